//! What looks like a person's number, account or address of the net, whoever's it is.
//!
//! People group digits as they like: with blanks, dashes, brackets, in full width, in characters. So digits are counted over all that
//! stands between them; from seven on they are a phone, a paper or an account, unless they are a day or a sum of money.

use super::{NUMBER, dash_blind};

/// Amounts and dates are shorter; phones, papers, accounts are not.
pub const LONG: usize = 7;

/// A sum of money has at most so many digits before the point; a mobile phone has eleven.
const LONGEST_SUM: usize = 9;

/// With letters in it, a run of so many digits is a paper, a plate or an account.
const MIXED: usize = 5;

/// More than this between two digits parts them.
const WIDEST_GAP: usize = 6;

/// What stands behind a sum, with the digits that it may have: 万 is also a surname.
const MONEY: [(&str, usize); 16] = [
    ("元", LONGEST_SUM),
    ("块", LONGEST_SUM),
    ("圆", LONGEST_SUM),
    ("港", LONGEST_SUM),
    ("美", LONGEST_SUM),
    ("澳门", LONGEST_SUM),
    ("人民币", LONGEST_SUM),
    ("rmb", LONGEST_SUM),
    ("yuan", LONGEST_SUM),
    ("cny", LONGEST_SUM),
    ("hkd", LONGEST_SUM),
    ("usd", LONGEST_SUM),
    ("mop", LONGEST_SUM),
    ("万元", LONGEST_SUM),
    ("万", 6),
    ("亿", 6),
];

/// What stands before a sum.
const MONEY_FIRST: [&str; 5] = ["¥", "￥", "$", "人民币", "rmb"];

/// Letters behind digits that are a measure, no account.
const UNITS: [&str; 14] =
    ["rmb", "yuan", "cny", "hkd", "usd", "mop", "w", "k", "km", "kg", "m", "m2", "gb", "mah"];

/// Where people have accounts; what follows is one.
const ACCOUNTS: [&str; 17] = [
    "微信",
    "wechat",
    "weixin",
    "vx",
    "qq",
    "抖音",
    "快手",
    "微博",
    "支付宝",
    "淘宝",
    "小红书",
    "陌陌",
    "账号",
    "帐号",
    "账户",
    "帐户",
    "用户名",
];

/// What may stand between the name of such a place and the account.
const BETWEEN: [&str; 12] = [" ", ":", "=", "(", "是", "为", "叫", "号", "码", "id", "名", "-"];

/// What a plate begins with.
const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼港澳";

/// Endings of hosts whose name may be digits alone.
const DOMAINS: [&str; 16] =
    ["com", "cn", "net", "org", "gov", "edu", "hk", "mo", "tw", "top", "xyz", "cc", "vip", "io", "me", "co"];

/// `text` with each of them told as one word. Doing it twice changes nothing.
pub fn without_numbers(text: &str) -> String {
    [addresses, plates, accounts, numbers].into_iter().fold(text.to_owned(), |text, find| {
        let written: Vec<char> = text.chars().collect();
        let plain: Vec<char> = written.iter().map(|c| dash_blind(*c)).collect();
        let mut kept = String::with_capacity(text.len());
        let mut at = 0;
        for (start, end) in find(&plain) {
            kept.extend(&written[at..start]);
            kept.push_str(NUMBER);
            at = end;
        }
        kept.extend(&written[at..]);
        kept
    })
}

type Spans = Vec<(usize, usize)>;

fn digit(c: char) -> bool {
    c.is_ascii_digit() || !c.is_ascii() && c.is_numeric() || "零一二三四五六七八九幺".contains(c)
}

fn sign(c: char) -> bool {
    c.is_ascii_alphanumeric() || digit(c)
}

fn blank(c: char) -> bool {
    c.is_whitespace() && c != '\n'
}

fn starts(plain: &[char], at: usize, word: &str) -> bool {
    word.chars().eq(plain[at..].iter().copied().take(word.chars().count()))
}

fn ends(plain: &[char], word: &str) -> bool {
    let length = word.chars().count();
    plain.len() >= length && starts(plain, plain.len() - length, word)
}

/// The end of the run that begins at `at`.
fn run(plain: &[char], at: usize, of: impl Fn(usize) -> bool) -> usize {
    (at..plain.len()).find(|place| !of(*place)).unwrap_or(plain.len())
}

/// Mail and the web.
fn addresses(plain: &[char]) -> Spans {
    let near = |at: usize, side: isize| {
        let mut place = at.checked_add_signed(side);
        while place.and_then(|p| plain.get(p)).is_some_and(|c| blank(*c)) {
            place = place.and_then(|p| p.checked_add_signed(side));
        }
        place.and_then(|p| plain.get(p)) == Some(&'@')
    };
    let part = |at: usize| {
        let c = plain[at];
        c.is_ascii_alphanumeric() || "@._-+:/?=&%#~".contains(c) || blank(c) && (near(at, -1) || near(at, 1))
    };
    let mut found = vec![];
    let mut at = 0;
    while at < plain.len() {
        if !part(at) {
            at += 1;
            continue;
        }
        let end = run(plain, at, part);
        let shown = |place: &usize| plain[*place].is_ascii_alphanumeric() || plain[*place] == '@';
        if let (Some(first), Some(last)) = ((at..end).find(shown), (at..end).rev().find(shown)) {
            let text: String = plain[first..=last].iter().collect();
            if text.len() > 1
                && (text.contains('@') || text.contains("://") || text.contains("www.") || hosted(&text))
            {
                found.push((first, last + 1));
            }
        }
        at = end;
    }
    found
}

/// Whether a part of it looks like the name of a host.
fn hosted(text: &str) -> bool {
    let labels: Vec<&str> =
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '.')).collect();
    labels.iter().filter_map(|host| host.rsplit_once('.')).any(|(name, ending)| {
        let named = name.chars().any(|c| c.is_ascii_alphabetic());
        let worded = ending.len() > 1 && ending.chars().all(|c| c.is_ascii_alphabetic());
        !name.is_empty() && worded && (named || DOMAINS.contains(&ending))
    })
}

/// A province, a letter, and five or six letters and digits.
fn plates(plain: &[char]) -> Spans {
    let letter = |at: usize| plain.get(at).is_some_and(char::is_ascii_alphabetic);
    let mut found = vec![];
    for at in (0..plain.len()).filter(|at| PROVINCES.contains(plain[*at]) && letter(at + 1)) {
        let begin = at + 2 + usize::from(plain.get(at + 2).is_some_and(|c| " ·•.-".contains(*c)));
        let end = run(plain, begin.min(plain.len()), |place| plain[place].is_ascii_alphanumeric());
        let digits = plain.get(begin..end).unwrap_or_default().iter().any(char::is_ascii_digit);
        if (5..=6).contains(&end.saturating_sub(begin)) && digits {
            found.push((at + 1, end));
        }
    }
    found
}

/// What is said to be an account somewhere.
fn accounts(plain: &[char]) -> Spans {
    let part = |at: usize| plain[at].is_ascii_alphanumeric() || "._-".contains(plain[at]);
    let mut found = vec![];
    let mut at = 0;
    while at < plain.len() {
        if !plain[at].is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let end = run(plain, at, part);
        let token = &plain[at..end];
        let digits = token.iter().filter(|c| c.is_ascii_digit()).count();
        let named = token.len() > 2 && !measure(token);
        if (digits == token.len() && digits >= MIXED || named)
            && said_to_be(&plain[..at])
            && !money(plain, at, end)
        {
            found.push((at, end));
        }
        at = end;
    }
    found
}

fn said_to_be(before: &[char]) -> bool {
    let mut before = before;
    while let Some(word) = BETWEEN.iter().find(|word| ends(before, word)).filter(|_| !ends(before, NUMBER)) {
        if ACCOUNTS.iter().any(|place| ends(before, place)) {
            return true;
        }
        before = &before[..before.len() - word.chars().count()];
    }
    ACCOUNTS.iter().any(|place| ends(before, place))
}

/// Digits, and letters that say of what.
fn measure(token: &[char]) -> bool {
    let end = run(token, 0, |at| token[at].is_ascii_digit() || ".,".contains(token[at]));
    let rest: String = token[end..].iter().collect();
    end > 0 && (rest.is_empty() || UNITS.contains(&rest.as_str()))
}

/// Whether the number from `start` to `end` is a sum of money by what stands around it.
fn money(plain: &[char], start: usize, end: usize) -> bool {
    let number = &plain[start..end];
    let whole = number.iter().take_while(|c| **c != '.').filter(|c| c.is_ascii_digit()).count();
    if number.iter().any(|c| !(c.is_ascii_digit() || ".,".contains(*c))) || whole > LONGEST_SUM {
        return false;
    }
    let behind = run(plain, end, |at| blank(plain[at]));
    let mut before = &plain[..start];
    while before.last().is_some_and(|c| blank(*c)) {
        before = &before[..before.len() - 1];
    }
    MONEY.iter().any(|(unit, most)| whole <= *most && starts(plain, behind, unit))
        || MONEY_FIRST.iter().any(|unit| ends(before, unit))
}

/// Digits, however grouped.
fn numbers(plain: &[char]) -> Spans {
    let mut found = vec![];
    let mut at = 0;
    while at < plain.len() {
        if !sign(plain[at]) {
            at += 1;
            continue;
        }
        let end = grouped(plain, at);
        found.extend(personal(plain, at, end));
        at = end;
    }
    found
}

/// The end of what belongs together from `at` on.
fn grouped(plain: &[char], at: usize) -> usize {
    let mut end = run(plain, at, |place| sign(plain[place]));
    loop {
        let next = run(plain, end, |place| blank(plain[place]) || "-_./·•*()+,".contains(plain[place]));
        let gap = &plain[end..next];
        let digits = digit(plain[end - 1]) && plain.get(next).is_some_and(|c| digit(*c));
        let tight = gap.iter().all(|c| "-_".contains(*c)) && plain.get(next).is_some_and(|c| sign(*c));
        if gap.is_empty() || gap.len() > WIDEST_GAP || !(digits || tight) {
            return end;
        }
        end = run(plain, next, |place| sign(plain[place]));
    }
}

/// What of the group from `start` to `end` must go.
fn personal(plain: &[char], start: usize, end: usize) -> Spans {
    let digits = |from: usize, to: usize| plain[from..to].iter().filter(|c| digit(**c)).count();
    // A sum or a year at its end is not of the number.
    let last =
        (start..end).rev().take_while(|at| plain[*at].is_ascii_digit() || ".,".contains(plain[*at])).last();
    let open = |at: &usize| *at == start || blank(plain[*at - 1]) || "()".contains(plain[*at - 1]);
    let sum = last.filter(open).filter(|at| money(plain, *at, end) || dated(plain, *at, end));
    let mut to = sum.unwrap_or(end);
    while to > start && !sign(plain[to - 1]) {
        to -= 1;
    }
    let mut counted = digits(start, to);
    let mut at = start;
    while at < to {
        let length = day(plain, at, to).filter(|_| open(&at)).unwrap_or_default();
        counted -= digits(at, at + length);
        at += length.max(1);
    }
    if counted >= LONG && !measured(plain, start, to) {
        let shut = to < end || plain.get(to) != Some(&')') || !plain[start..to].contains(&'(');
        let plus = start > 0
            && (plain[start - 1] == '+' || plain[start - 1] == '(' && plain[start..to].contains(&')'));
        return vec![(start - usize::from(plus), to + usize::from(!shut))];
    }
    let mut found = vec![];
    let mut at = start;
    while at < to {
        let stop = run(plain, at, |place| place < to && (sign(plain[place]) || "-_".contains(plain[place])));
        let token = &plain[at..stop];
        let letters = token.iter().any(char::is_ascii_alphabetic);
        if letters && digits(at, stop) >= MIXED && !measure(token) {
            found.push((at, stop));
        }
        at = stop + 1;
    }
    found
}

/// Digits with the letters of money, `1500000RMB`.
fn measured(plain: &[char], start: usize, end: usize) -> bool {
    let stop = run(plain, start, |at| at < end && (plain[at].is_ascii_digit() || ".,".contains(plain[at])));
    let unit: String = plain[stop..end].iter().collect();
    let whole = plain[start..stop].iter().take_while(|c| **c != '.').filter(|c| c.is_ascii_digit()).count();
    whole <= LONGEST_SUM && MONEY.iter().any(|(money, _)| *money == unit)
}

/// A year, `2025年`.
fn dated(plain: &[char], start: usize, end: usize) -> bool {
    end - start == 4
        && (starts(plain, start, "19") || starts(plain, start, "20"))
        && plain.get(end) == Some(&'年')
}

/// The length of a day that stands at `at`: `2025-03-12`, `2025.3.12`.
fn day(plain: &[char], at: usize, end: usize) -> Option<usize> {
    let text: String = plain[at..end.min(at + 10)].iter().collect();
    let mark = text.chars().nth(4).filter(|c| "-./".contains(*c))?;
    let mut parts = text.splitn(3, mark);
    let mut part = || parts.next().filter(|part| part.chars().all(|c| c.is_ascii_digit()));
    let (year, month) = (part()?, part()?);
    let rest = text.get(year.len() + month.len() + 2..)?;
    let day: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let within =
        |part: &str, most: u32| part.len() <= 2 && part.parse().is_ok_and(|n: u32| (1..=most).contains(&n));
    let length = year.len() + month.len() + day.len() + 2;
    let after = plain.get(at + length).filter(|_| at + length < end);
    let shut = after.is_none_or(|c| blank(*c) || "()".contains(*c));
    let sound = (year.starts_with("19") || year.starts_with("20")) && within(month, 12) && within(&day, 31);
    (sound && shut).then_some(length)
}
