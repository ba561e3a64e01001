//! The paper that a claimant takes home, and the code on it.
//!
//! The code is made from the case's id under a key, so it is not stored, cannot be guessed (80 bits), and can be printed
//! again. What is stored is a digest of it, by which it is found. Letters are Crockford's, which nobody confuses.

use access::Vault;
use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};
use lexicon::CaseId;

use crate::model::Term;

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LETTERS: usize = 16;
const SHANGHAI: Duration = Duration::hours(8);
/// Columns of a Chinese receipt printer: 21 characters.
const WIDTH: usize = 42;

/// The code of a case's receipt: `XXXX-XXXX-XXXX-XXXX`.
pub fn code(vault: &Vault, case: CaseId) -> String {
    let digest = vault.index("status-code", &case.to_string());
    // Five bits a letter, from the first 80 bits of the digest.
    let bits = u128::from_str_radix(digest.get(..20).unwrap_or_default(), 16).unwrap_or_default();
    let letter = |at: usize| char::from(CROCKFORD[(bits >> (5 * (LETTERS - 1 - at)) & 31) as usize]);
    let mut code = String::with_capacity(LETTERS + 3);
    for at in 0..LETTERS {
        if at > 0 && at % 4 == 0 {
            code.push('-');
        }
        code.push(letter(at));
    }
    code
}

/// The digest by which a code is found. `None` is no code at all: wrong length or letters. Spaces, dashes and case do not
/// matter, and O, I and L are read as the digits they look like.
pub fn look_up(vault: &Vault, typed: &str) -> Option<String> {
    if typed.len() > 128 {
        return None;
    }
    let mut plain = String::with_capacity(LETTERS);
    for letter in typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '－' | '–' | '—')) {
        let letter = match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        if !letter.is_ascii() || !CROCKFORD.contains(&(letter as u8)) {
            return None;
        }
        plain.push(letter);
    }
    (plain.len() == LETTERS).then(|| vault.index("status-look-up", &plain))
}

/// The centre's name on papers.
pub fn centre_name(centre: &str) -> String {
    match centre {
        "442000" => "中山市矛盾纠纷调解超市".to_owned(),
        other => format!("矛盾纠纷调解超市（{other}）"),
    }
}

/// The number of an accepted case: per centre and year, without gaps within an epoch of the database.
pub fn case_number(centre: &str, year: i32, epoch: u32, number: i64) -> String {
    let place = match centre {
        "442000" => "中山",
        other => other,
    };
    format!("（{year}）{place}调字第E{epoch}-{number:06}号")
}

/// A civil day in words.
pub fn day(date: NaiveDate) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// An instant in Shanghai, in words.
pub fn moment(at: DateTime<Utc>) -> String {
    let here = at.checked_add_signed(SHANGHAI).unwrap_or(at);
    format!("{} {}", day(here.date_naive()), here.format("%H:%M"))
}

/// The last day of a term; a date that a later calendar may move says so.
pub fn last_day(term: &Term) -> String {
    format!("{}{}", day(term.ends.date), if term.ends.provisional { "（暂定）" } else { "" })
}

/// That a party may go to court at any time.
pub const COURT_NOTICE: &str = "任何一方当事人随时都可以要求到法院起诉，调解不影响诉讼权利。";

/// The receipt's text: Chinese, in the columns of a receipt printer.
pub fn printable(
    centre: &str,
    submitted_at: DateTime<Utc>,
    requested_at: Option<DateTime<Utc>>,
    answered_by: Option<&Term>,
    code: &str,
) -> String {
    let rule = "─".repeat(WIDTH / 2);
    let mut lines = vec![centred(&centre_name(centre)), centred("纠纷受理申请回执"), rule.clone()];
    lines.push(format!("收件时间　{}", moment(submitted_at)));
    if let Some(asked) = requested_at.filter(|asked| *asked < submitted_at) {
        lines.push(format!("提出请求　{}", moment(asked)));
    }
    lines.push(format!("查询码　　{code}"));
    lines.push("　　　　　（时间均为北京时间）".to_owned());
    lines.push(rule.clone());
    lines.push("接下来：".to_owned());
    let decided = match answered_by {
        Some(term) => format!("最迟于{}答复是否受理。", last_day(term)),
        None => "将尽快答复是否受理。".to_owned(),
    };
    let steps = [
        decided,
        "材料不齐的，将一次性告知需要补正的全部内容，补正期间不计入上述期限。".to_owned(),
        "凭查询码可以随时查询进展，请妥善保管，勿告知他人。".to_owned(),
    ];
    for (number, step) in ["1", "2", "3"].iter().zip(steps) {
        lines.extend(wrapped(&format!("{number}. "), &step));
    }
    lines.push(rule);
    lines.extend(wrapped("", COURT_NOTICE));
    lines.join("\n") + "\n"
}

/// Chinese characters and marks take two columns.
fn columns(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

fn centred(text: &str) -> String {
    format!("{}{text}", " ".repeat(WIDTH.saturating_sub(columns(text)) / 2))
}

/// Lines of at most the width; later ones are indented by the mark's columns. No line begins with a closing mark, and no
/// number is torn.
fn wrapped(mark: &str, text: &str) -> Vec<String> {
    let indent = columns(mark);
    let mut lines = vec![];
    let (mut line, mut filled) = (mark.to_owned(), indent);
    for piece in pieces(text) {
        let closing = matches!(piece, "，" | "。" | "、" | "；" | "：" | "）");
        if filled + columns(piece) > WIDTH && !closing {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
            filled = indent;
        }
        line.push_str(piece);
        filled += columns(piece);
    }
    lines.push(line);
    lines
}

/// Single characters, but runs of ASCII together.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = vec![];
    let (mut begin, mut in_ascii) = (0, false);
    for (at, c) in text.char_indices() {
        if at > begin && !(in_ascii && c.is_ascii()) {
            pieces.push(&text[begin..at]);
            begin = at;
        }
        in_ascii = c.is_ascii();
    }
    pieces.push(&text[begin..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn by(submitted: &str) -> Term {
        let editions = almanac::Editions::default();
        let edition = editions.active().id().to_owned();
        Term { ends: editions.expiry("S02", &edition, at(submitted)).unwrap(), edition }
    }

    #[test]
    fn a_code_is_found_however_it_is_typed() {
        let vault = Vault::passing().unwrap();
        let case = CaseId::from(uuid::Uuid::from_u128(7));
        let printed = code(&vault, case);
        assert_eq!((printed.len(), printed.matches('-').count()), (19, 3));
        let index = look_up(&vault, &printed).unwrap();
        for typed in [
            printed.to_lowercase(),
            printed.replace('-', ""),
            printed.replace('-', " "),
            format!(" {} ", printed.replace('-', "－")),
            printed.replace('0', "o").replace('1', "l"),
        ] {
            assert_eq!(look_up(&vault, &typed).as_ref(), Some(&index), "{typed}");
        }
        for wrong in [
            "",
            "ABCD",
            &printed[1..],
            &format!("{printed}A"),
            &printed.replace('-', "*"),
            "中文",
            &"A".repeat(200),
        ] {
            assert_eq!(look_up(&vault, wrong), None, "{wrong}");
        }
        assert_ne!(look_up(&Vault::passing().unwrap(), &printed), Some(index));
    }

    #[test]
    fn codes_use_all_their_letters_and_do_not_repeat() {
        let vault = Vault::passing().unwrap();
        let codes: HashSet<String> =
            (1..2_000).map(|n| code(&vault, uuid::Uuid::from_u128(n).into())).collect();
        assert_eq!(codes.len(), 1_999);
        for place in (0..19).filter(|place| place % 5 != 4) {
            let letters: HashSet<u8> = codes.iter().map(|code| code.as_bytes()[place]).collect();
            assert_eq!(letters.len(), 32, "place {place}");
        }
    }

    #[test]
    fn the_receipt_reads_well() {
        // 2026-02-13 is the last Friday before the Spring Festival; the weekend before is worked.
        let text = printable(
            "442000",
            at("2026-02-13T08:05:00Z"),
            Some(at("2026-02-12T16:30:00Z")),
            Some(&by("2026-02-13T08:05:00Z")),
            "ABCD-EFGH-JKMN-PQRS",
        );
        insta::assert_snapshot!(text);
        assert!(text.lines().all(|line| columns(line) <= WIDTH + 2), "a closing mark may hang over");
    }

    #[test]
    fn a_year_without_a_calendar_gives_a_provisional_day() {
        let submitted = "2031-03-03T01:00:00Z";
        let text = printable("440100", at(submitted), None, Some(&by(submitted)), "X");
        assert!(text.contains("2031年3月6日（暂定）"));
    }

    #[test]
    fn numbers_of_cases() {
        assert_eq!(case_number("442000", 2026, 1, 123), "（2026）中山调字第E1-000123号");
        assert_eq!(case_number("440100", 2027, 2, 1_000_000), "（2027）440100调字第E2-1000000号");
    }
}
