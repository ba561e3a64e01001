//! A story without the persons in it, for a row that teaches words.
//!
//! What the dispute knows of its parties is found in the spelling that it knows, and [`number`] finds what looks like a number or
//! an account of anybody's. Names of others stay: nothing here knows that they are names.

mod number;

use suggest::READ_LIMIT;

use self::number::without_numbers;
use super::party::{Party, Sheet};

/// Too short to be taken out of a text without harm.
const SHORT: usize = 2;

/// What stands instead of a name, a number, an address.
const NAME: &str = "某某";
const NUMBER: &str = "某号";
const PLACE: &str = "某地";

/// The subject and the story, as far as they are read, without persons.
pub fn impersonal(sheet: &Sheet) -> String {
    let words = &sheet.words;
    if words.subject.is_empty() {
        without_persons(&words.text, &sheet.parties)
    } else {
        without_persons(&format!("{}\n{}", words.subject, words.text), &sheet.parties)
    }
}

/// `text`, as far as it is read, without what is known of `parties` and without numbers. Doing it again changes nothing, so
/// what was cleaned once can be cleaned of those who became parties since.
pub fn without_persons(text: &str, parties: &[Party]) -> String {
    let mut known: Vec<(&str, &'static str)> = parties.iter().flat_map(particulars).collect();
    // The longest first, so that no part of one is left.
    known.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
    let text =
        known.into_iter().fold(text.to_owned(), |text, (value, instead)| take_out(&text, value, instead));
    without_numbers(&text).chars().take(READ_LIMIT).collect()
}

/// What is known of a party, and what stands instead.
fn particulars(party: &Party) -> impl Iterator<Item = (&str, &'static str)> {
    let people = party
        .representatives
        .iter()
        .flat_map(|one| {
            let paper = one.paper.as_ref().map_or("", |paper| paper.number.as_str());
            [(one.name.as_str(), NAME), (one.phone.as_str(), NUMBER), (paper, NUMBER)]
        })
        .chain(
            party.guardian.iter().flat_map(|one| [(one.name.as_str(), NAME), (one.phone.as_str(), NUMBER)]),
        );
    let paper = party.paper.iter().map(|paper| (paper.number.as_str(), NUMBER));
    let own = [
        (party.name.as_str(), NAME),
        (party.phone.as_str(), NUMBER),
        (party.address.as_str(), PLACE),
        (party.service_address.as_str(), PLACE),
    ];
    own.into_iter().chain(people).chain(paper)
}

/// `text` with `instead` wherever `value` stands, whatever its width and case and whatever people write between its
/// characters: blanks in names and addresses, blanks and dashes in numbers. A Latin name must be a word of its own.
fn take_out(text: &str, value: &str, instead: &'static str) -> String {
    let between = |c: char| {
        c.is_whitespace() && c != '\n' || "·•・".contains(c) || instead == NUMBER && "-_./()*+".contains(c)
    };
    let wanted: Vec<char> = value.chars().map(dash_blind).filter(|c| !between(*c)).collect();
    if wanted.len() < SHORT {
        return text.to_owned();
    }
    let latin = instead == NAME && wanted.iter().all(char::is_ascii_alphabetic);
    let signs: Vec<(usize, char)> =
        text.char_indices().map(|(at, c)| (at, dash_blind(c))).filter(|(_, c)| !between(*c)).collect();
    let letter = |c: Option<char>| c.is_some_and(|c| dash_blind(c).is_ascii_alphabetic());
    let (mut kept, mut done, mut at) = (String::with_capacity(text.len()), 0, 0);
    while let Some(here) = signs.get(at..at + wanted.len()) {
        let (begin, last) = (here[0].0, here[here.len() - 1].0);
        let end = last + text[last..].chars().next().map_or(0, char::len_utf8);
        let within =
            latin && (letter(text[..begin].chars().next_back()) || letter(text[end..].chars().next()));
        if !within && here.iter().map(|(_, c)| *c).eq(wanted.iter().copied()) {
            kept.push_str(&text[done..begin]);
            kept.push_str(instead);
            done = end;
            at += wanted.len();
        } else {
            at += 1;
        }
    }
    kept.push_str(&text[done..]);
    kept
}

/// One character without its width and case; every dash is one.
fn dash_blind(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(c) - 0xfee0).map_or(c, |c| c.to_ascii_lowercase())
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => '-',
        c => c.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::party::{Guardian, Paper, Representative, Words};
    use lexicon::identity::PaperKind;
    use lexicon::{Fen, PartyId};
    use proptest::prelude::*;

    fn sheet(text: &str) -> Sheet {
        let party = Party {
            id: PartyId::from(uuid::Uuid::nil()),
            role: None,
            kind: None,
            name: "欧阳小明".into(),
            paper: Some(Paper { kind: PaperKind::Passport, number: "E1234".into() }),
            phone: "13912345678".into(),
            address: "石岐区民生路1号".into(),
            town: String::new(),
            service_address: String::new(),
            representatives: vec![Representative {
                name: "何律师".into(),
                phone: String::new(),
                scope: None,
                proxy_given: false,
                paper: None,
            }],
            guardian: Some(Guardian {
                name: "欧阳大明".into(),
                phone: String::new(),
                relation: String::new(),
            }),
            member_of: String::new(),
            elected_for: String::new(),
        };
        Sheet {
            words: Words { subject: "借款".into(), text: text.into(), claims: String::new() },
            amount: Fen::new(0).unwrap(),
            town: String::new(),
            cause: String::new(),
            parties: vec![party],
        }
    }

    fn told(text: &str) -> String {
        let told = impersonal(&sheet(text));
        told.strip_prefix("借款\n").unwrap().to_owned()
    }

    #[test]
    fn persons_are_taken_out_and_the_matter_stays() {
        let text = "欧阳小明（住石岐区民生路1号，电话139-1234-5678，微信a_b123@qq.com）借了我50000元，2025年3月还，\
                    证件E1234，账号６２２２０２１２３４５６７，何律师和欧阳大明都知道。";
        assert_eq!(
            told(text),
            "某某（住某地，电话某号，微信某号）借了我50000元，2025年3月还，\
             证件某号，账号某号，某某和某某都知道。"
        );
    }

    #[test]
    fn a_number_is_taken_out_however_it_is_written() {
        let rows = [
            ("电话139 1234 5678找他", "电话某号找他"),
            ("电话138 0000 1111", "电话某号"),
            ("电话+86 138-0000-1111", "电话某号"),
            ("电话（０７６０）８８８８ １２３４。", "电话某号。"),
            ("卡号6222 0212 3456 7890 123", "卡号某号"),
            ("身份证 440106 19900101 1234", "身份证 某号"),
            ("身份证 440106 1990-01-01 1234", "身份证 某号"),
            ("身份证44010619900101123X的人", "身份证某号的人"),
            ("138–0000–1111", "某号"),
            ("138－0000－1111", "某号"),
            ("138/0000/1111", "某号"),
            ("138·0000·1111", "某号"),
            ("138,0000,1111", "某号"),
            ("138.0000.1111", "某号"),
            ("138****1111", "某号"),
            ("１３８　００００　１１１１", "某号"),
            ("一三八零零零零一一一一", "某号"),
            ("①③⑧⓪⓪⓪⓪①①①①", "某号"),
            ("车牌粤T12345，", "车牌粤某号，"),
            ("车牌粤T·1A234，", "车牌粤某号，"),
            ("车牌粤T AD1234，", "车牌粤某号，"),
            ("证件A123456(7)", "证件某号"),
            ("护照 E 1234", "护照 某号"),
            ("护照ｅ1234", "护照某号"),
            ("加QQ123456", "加某号"),
            ("QQ：12345", "QQ：某号"),
            ("他的微信号是zhang_san，", "他的微信号是某号，"),
            ("微信: zhangsan88", "微信: 某号"),
            ("见https://example.com/u/7?x=1，", "见某号，"),
            ("见www.example.com。", "见某号。"),
            ("见weibo.com/u/77", "见某号"),
            ("写信到a.b@example.com", "写信到某号"),
            ("写信到a.b＠example．com", "写信到某号"),
            ("写信到a.b @ example.com", "写信到某号"),
        ];
        for (text, expected) in rows {
            assert_eq!(told(text), expected, "{text}");
        }
    }

    #[test]
    fn amounts_dates_and_measures_stay() {
        let rows = [
            "2025-03-12借款50000元",
            "2025.03.12 借款",
            "2025/3/12借款",
            "2025-03-12 10:30 到场",
            "2025年3月12日借1500000元",
            "借1,500,000元",
            "借1500000.00元",
            "借 1500000 元",
            "借￥1500000，",
            "借人民币1500000整",
            "借150万，2025-03-12 还 50000元",
            "paid 50000 rmb on 2025-03-12",
            "paid 50000RMB for an iPhone14",
            "买了120平方米，单价12000元/平方米，共1440000元",
            "微信转账5000元",
            "支付宝50000元",
            "找12345热线，打110",
            "第1期2000、第2期3000、第3期5000",
            "三十五万六千七百八十九元，二〇二五年三月",
        ];
        for text in rows {
            assert_eq!(told(text), text);
        }
    }

    #[test]
    fn a_known_name_is_found_with_blanks_in_it_and_not_within_another_word() {
        assert_eq!(told("欧阳 小明和欧阳　大明"), "某某和某某");
        let mut sheet = sheet("Ms Li told me; the police came; li ming did not");
        sheet.parties[0].name = "Li".into();
        assert_eq!(impersonal(&sheet), "借款\nMs 某某 told me; the police came; 某某 ming did not");
    }

    proptest! {
        #[test]
        fn nothing_known_of_a_party_is_left(before in "[^0-9a-zA-Z@]{0,20}", after in "[^0-9a-zA-Z@]{0,20}") {
            let text = told(&format!("{before}欧阳小明{after}13912345678{before}E1234{after}"));
            for known in ["欧阳小明", "13912345678", "E1234"] {
                prop_assert!(!text.contains(known), "{text}");
            }
        }

        /// Seven digits and more, with anything between them that people write there.
        #[test]
        fn no_long_number_is_left(
            digits in prop::collection::vec(("[3-9３-９]", "[ 　\\-–－/.·()（）*]{0,2}"), number::LONG..20),
        ) {
            let number = digits.iter().fold(String::new(), |text, (digit, join)| text + digit + join);
            let text = told(&format!("打{number}找他"));
            prop_assert!(!text.contains(char::is_numeric), "{text}");
        }

        #[test]
        fn what_is_short_and_nobodys_stays(text in "[一-龥]{1,30}[0-9]{1,6}元") {
            prop_assume!(!text.contains(|c| "零一二三四五六七八九幺".contains(c)));
            prop_assert_eq!(without_numbers(&text), text);
        }

        /// A row is cleaned again whenever it is read, which may not wear it away.
        #[test]
        fn doing_it_twice_changes_nothing(text in "[0-9a-z@./ ０元年一二三微信号粤张-]{0,60}") {
            let once = without_numbers(&text);
            prop_assert_eq!(without_numbers(&once), once);
        }
    }
}
