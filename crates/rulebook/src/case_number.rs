//! Court case numbers (案号) in one spelling: `（2023）粤2071民初27790号`.
//!
//! Both kinds of brackets and both widths of digits are in use; the canonical form has full-width brackets and
//! plain digits, so two spellings of one number compare equal. Type codes longer than the three characters of
//! the rule are in real use, so the type is not checked against a list: [`CaseNumber::case_type`] may be none, and what
//! is unusual is a warning ([`CaseNumber::warnings`]), never a refusal. Since December 2018 a special-trial character
//! may stand before the type; it is told from the type by the list, as nothing else separates the two.

use crate::courts::{self, CaseType, Court};
use lexicon::{Fault, Warning};
use std::{fmt, str::FromStr};

const PROVINCES: &str = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新军兵";
const SUPREME: &str = "最高法";
/// 法〔2018〕335号 of 7 December 2018 (P34).
const SPECIAL_TRIAL_SINCE: u16 = 2018;
const NUMERALS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

/// The type is not in the list.
pub const CASE_TYPE_UNKNOWN: Warning = Warning {
    reason: "CASE_TYPE_UNKNOWN",
    english: "The type inside the case number is not in the list; please compare with the paper.",
    chinese: "案号中的类型代字不在已知列表中，请与文书核对。",
};
/// The type was not in use in the number's year.
pub const CASE_TYPE_YEAR: Warning = Warning {
    reason: "CASE_TYPE_YEAR",
    english: "The type inside the case number was not in use in that year; please compare with the paper.",
    chinese: "案号中的类型代字在该年度并未使用，请与文书核对。",
};
/// No court has a code of this length.
pub const CASE_COURT_CODE: Warning = Warning {
    reason: "CASE_COURT_CODE",
    english: "The court code inside the case number has an unusual length; please compare with the paper.",
    chinese: "案号中的法院代字位数不常见，请与文书核对。",
};

/// A court's case number, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaseNumber {
    year: u16,
    court: String,
    kind: String,
    serial: u32,
    part: u8,
}

/// The level of a court, as the length of its code tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CourtLevel {
    /// The Supreme People's Court.
    Supreme,
    /// A province's high court: the province alone.
    High,
    /// Two digits.
    Intermediate,
    /// Four digits; `71`, `72`… at the end where a city has no counties.
    Basic,
}

impl CaseNumber {
    /// Reads any common spelling, or answers `CASE_NUMBER`.
    pub fn parse(text: &str) -> Result<CaseNumber, Fault> {
        read(text).ok_or(Fault::CASE_NUMBER)
    }

    /// The year in brackets.
    pub const fn year(&self) -> u16 {
        self.year
    }

    /// The court's code, such as `粤2071`.
    pub fn court_code(&self) -> &str {
        &self.court
    }

    /// The type code, such as `民初`, with a special-trial character before it if there is one.
    pub fn type_code(&self) -> &str {
        &self.kind
    }

    /// The running number within court, type and year.
    pub const fn serial(&self) -> u32 {
        self.serial
    }

    /// Which of several papers under one number (之一, 之二 …); none for the number itself.
    pub const fn part(&self) -> Option<u8> {
        if self.part == 0 { None } else { Some(self.part) }
    }

    /// The court, if it is one of the directory's.
    pub fn court(&self) -> Option<&'static Court> {
        courts::by_case_number_code(&self.court)
    }

    /// The court's level; none for a code of unusual length.
    pub fn court_level(&self) -> Option<CourtLevel> {
        match self.court.bytes().filter(u8::is_ascii_digit).count() {
            0 if self.court == SUPREME => Some(CourtLevel::Supreme),
            0 => Some(CourtLevel::High),
            2 => Some(CourtLevel::Intermediate),
            4 => Some(CourtLevel::Basic),
            _ => None,
        }
    }

    /// The type, if it was seen before, without a special-trial character; an unknown one deserves a warning, not a
    /// refusal.
    pub fn case_type(&self) -> Option<&'static CaseType> {
        courts::case_type(&self.kind).or_else(|| courts::case_type(self.after_special()?.1))
    }

    /// The special-trial character (专门审判代字), if what follows it is a known type and the whole is none.
    pub fn special_trial(&self) -> Option<&str> {
        let (special, rest) = self.after_special()?;
        let split = courts::case_type(&self.kind).is_none() && courts::case_type(rest).is_some();
        split.then_some(special)
    }

    fn after_special(&self) -> Option<(&str, &str)> {
        let first = self.kind.chars().next()?;
        Some(self.kind.split_at(first.len_utf8()))
    }

    /// What deserves a second look.
    pub fn warnings(&self) -> Vec<Warning> {
        let case_type = self.case_type();
        let at_home = |known: &CaseType| {
            let special_since = if self.special_trial().is_some() { SPECIAL_TRIAL_SINCE } else { 0 };
            let first = known.first_year.max(special_since);
            first <= self.year && known.last_year.is_none_or(|last| self.year <= last)
        };
        let of_type = match case_type {
            None => Some(CASE_TYPE_UNKNOWN),
            Some(known) if !at_home(known) => Some(CASE_TYPE_YEAR),
            Some(_) => None,
        };
        let of_court = self.court_level().is_none().then_some(CASE_COURT_CODE);
        of_type.into_iter().chain(of_court).collect()
    }
}

impl FromStr for CaseNumber {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        Self::parse(text)
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "（{}）{}{}{}号", self.year, self.court, self.kind, self.serial)?;
        match self.part {
            0 => Ok(()),
            part => write!(f, "之{}", numeral(part)),
        }
    }
}

fn read(text: &str) -> Option<CaseNumber> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(half_width_sign).collect();
    let (year, rest) = plain.strip_prefix('(')?.split_once(')')?;
    let year = number(year, 4..=4).filter(|year| (1949..=2999).contains(year))?;
    let (court, rest) = split_court(rest)?;
    let digits_at = rest.find(|c: char| c.is_ascii_digit())?;
    let (kind, rest) = rest.split_at(digits_at);
    let fits = (1..=6).contains(&kind.chars().count()) && kind.chars().all(|c| ('一'..='龥').contains(&c));
    let (serial, rest) = rest.split_once('号')?;
    let serial = number(serial, 1..=8).filter(|serial| fits && *serial > 0)?;
    let part = match rest {
        "" => 0,
        after => part(after.strip_prefix('之')?)?,
    };
    let (court, kind) = (court.to_owned(), kind.to_owned());
    Some(CaseNumber { year: u16::try_from(year).ok()?, court, kind, serial, part })
}

fn half_width_sign(c: char) -> char {
    match c {
        '（' | '〔' | '﹝' | '[' | '［' => '(',
        '）' | '〕' | '﹞' | ']' | '］' => ')',
        '０'..='９' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        other => other,
    }
}

/// A province's character and up to four digits, or the Supreme People's Court.
fn split_court(text: &str) -> Option<(&str, &str)> {
    if let Some(rest) = text.strip_prefix(SUPREME) {
        return Some((SUPREME, rest));
    }
    let province = text.chars().next().filter(|c| PROVINCES.contains(*c))?;
    let after = &text[province.len_utf8()..];
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    (digits <= 4).then(|| text.split_at(province.len_utf8() + digits))
}

fn number(digits: &str, lengths: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let fits = lengths.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if fits { digits.parse().ok() } else { None }
}

/// `一` to `九十九`, or the same in digits.
fn part(text: &str) -> Option<u8> {
    if let Some(digits) = number(text, 1..=2) {
        return u8::try_from(digits).ok().filter(|part| *part > 0);
    }
    (1..=99).find(|part| numeral(*part) == text)
}

fn numeral(part: u8) -> String {
    let (tens, ones) = (usize::from(part / 10), usize::from(part % 10));
    match tens {
        0 => NUMERALS[ones].to_owned(),
        1 => format!("十{}", NUMERALS[ones]),
        _ => format!("{}十{}", NUMERALS[tens], NUMERALS[ones]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_in_the_wild_have_one_canonical_form() {
        for (written, canonical) in [
            ("（2023）粤2071民初27790号", "（2023）粤2071民初27790号"),
            ("(2023)粤2071民初27790号", "（2023）粤2071民初27790号"),
            (" ( 2023 ) 粤 2071 民初 27790 号 ", "（2023）粤2071民初27790号"),
            ("〔２０２３〕粤２０７１民初２７７９０号", "（2023）粤2071民初27790号"),
            ("(2021)川0104民诉前调801号", "（2021）川0104民诉前调801号"),
            ("(2024)浙02民诉前调595号", "（2024）浙02民诉前调595号"),
            ("(2024)粤0604诉前调确1716号", "（2024）粤0604诉前调确1716号"),
            ("（2020）最高法民终1号之一", "（2020）最高法民终1号之一"),
            ("（2020）粤20民终0012号之12", "（2020）粤20民终12号之十二"),
            ("（2020）粤民终5号之二十", "（2020）粤民终5号之二十"),
        ] {
            assert_eq!(
                CaseNumber::parse(written).map(|n| n.to_string()).as_deref(),
                Ok(canonical),
                "{written}"
            );
        }
    }

    #[test]
    fn the_elements_are_kept_apart() {
        let number = CaseNumber::parse("(2024)粤2071诉前调确1716号之二").unwrap();
        assert_eq!((number.year(), number.court_code(), number.type_code()), (2024, "粤2071", "诉前调确"));
        assert_eq!((number.serial(), number.part()), (1716, Some(2)));
        assert_eq!(number.court().unwrap().id, "court-2071");
        assert_eq!(number.case_type().unwrap().code, "诉前调确");
        let elsewhere = CaseNumber::parse("(2024)浙02知民初5号").unwrap();
        assert_eq!((elsewhere.court(), elsewhere.part()), (None, None));
        assert_eq!(
            (elsewhere.special_trial(), elsewhere.case_type().unwrap().code.as_str()),
            (Some("知"), "民初")
        );
        assert_eq!(number.special_trial(), None);
    }

    #[test]
    fn the_length_of_the_code_tells_the_level() {
        let level = |code: &str| CaseNumber::parse(&format!("（2023）{code}民初1号")).unwrap().court_level();
        assert_eq!(level("最高法"), Some(CourtLevel::Supreme));
        assert_eq!(level("粤"), Some(CourtLevel::High));
        assert_eq!(
            (level("粤20"), level("粤2071")),
            (Some(CourtLevel::Intermediate), Some(CourtLevel::Basic))
        );
        assert_eq!((level("粤2"), level("粤207")), (None, None));
    }

    #[test]
    fn what_is_unusual_is_a_warning_and_no_refusal() {
        for (number, warnings) in [
            ("（2023）粤2071民初27790号", vec![]),
            ("（2024）粤2071诉前调1号", vec![]),
            ("（2025）粤2071诉前调1号", vec![CASE_TYPE_YEAR]),
            ("（2021）粤2071诉前调确1号", vec![CASE_TYPE_YEAR]),
            ("（2019）浙02知民初5号", vec![]),
            ("（2017）浙02知民初5号", vec![CASE_TYPE_YEAR]),
            ("（2023）粤2071先调1号", vec![CASE_TYPE_UNKNOWN]),
            ("（2023）粤207民初1号", vec![CASE_COURT_CODE]),
        ] {
            assert_eq!(CaseNumber::parse(number).unwrap().warnings(), warnings, "{number}");
        }
    }

    #[test]
    fn what_is_no_case_number_is_refused() {
        for wrong in [
            "",
            "2023粤2071民初27790号",
            "（2023）粤2071民初号",
            "（2023）粤2071民初0号",
            "（2023）粤207100民初1号",
            "（23）粤2071民初1号",
            "（2023）港2071民初1号",
            "（2023）粤20711号",
            "（2023）粤2071civil1号",
            "（2023）粤2071民初123456789号",
            "（2023）粤2071民初1",
            "（2023）粤2071民初1号之",
            "（2023）粤2071民初1号之百",
            "（2023）粤2071民初1号附件",
            "（0000）粤2071民初1号",
            "（2023）粤2071民事初审上诉案1号",
            "（2023",
            "(2023)粤2071民初1号之0",
        ] {
            assert_eq!(CaseNumber::parse(wrong), Err(Fault::CASE_NUMBER), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn the_canonical_form_reads_as_itself(year in 1949..=2999_u16, serial in 1..=99_999_999_u32, part in 0..=99_u8,
                                              court in "粤(20)?(71|72)?|最高法|京", kind in "[民刑行执知诉前调初终确]{1,6}") {
            let number = CaseNumber { year, court, kind, serial, part };
            prop_assert_eq!(CaseNumber::parse(&number.to_string()), Ok(number));
        }

        #[test]
        fn no_text_makes_it_fall_over(text in "\\PC{0,40}|[（）()0-9粤民初号之一]{0,30}") {
            if let Ok(number) = CaseNumber::parse(&text) {
                prop_assert_eq!(CaseNumber::parse(&number.to_string()), Ok(number.clone()));
            }
        }
    }
}
