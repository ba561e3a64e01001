//! The numbers on the papers that prove who somebody is.
//!
//! A number that cannot exist is refused, because a wrong number sends a court's letter to a stranger. A number
//! that is merely unlikely passes with a warning the clerk confirms. What is checked, by paper:
//!
//! - resident identity (GB 11643): 18 characters, province, birth date, check character (ISO 7064 MOD 11-2).
//!   The 15-digit form of before 1999 is accepted and lengthened. 81, 82 and 83 are the residence permits of
//!   people from Hong Kong, Macao and Taiwan, which are numbered the same way;
//! - credit code (GB 32100): 18 characters of its alphabet; a wrong check character is only a warning, since
//!   early codes were issued with wrong ones;
//! - the other papers: their shape.
//!
//! Counties come and go, and no table of them by year is kept here: a county that never existed passes. Only
//! a code that names a whole province (`440000`) is warned of. Passing means "possible", never "genuine".

use crate::fault::{Fault, Warning};
use crate::text::{blank, half_width};
use chrono::{Datelike, NaiveDate};

coded! {
    /// The sort of paper.
    PaperKind {
        /// Resident identity card, or a residence permit numbered like one.
        ResidentId = "RESIDENT_ID", "居民身份证";
        /// A passport of any country.
        Passport = "PASSPORT", "护照";
        /// Mainland travel permit for residents of Hong Kong and Macao.
        HkMacaoPermit = "HK_MACAO_PERMIT", "港澳居民来往内地通行证";
        /// Mainland travel permit for residents of Taiwan.
        TaiwanPermit = "TAIWAN_PERMIT", "台湾居民来往大陆通行证";
        /// Permanent residence card of a foreigner.
        ForeignResident = "FOREIGN_RESIDENT", "外国人永久居留身份证";
        /// Officer's or soldier's card.
        MilitaryId = "MILITARY_ID", "军人证件";
        /// Unified social credit code of an organisation or sole trader.
        Uscc = "USCC", "统一社会信用代码";
        /// Anything else; the clerk describes it.
        Other = "OTHER", "其他证件";
    }
}

/// A number that may exist, in its normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Upper case, half width, no separators, 18 characters for an old identity card.
    pub normal: String,
    /// What the clerk should look at again.
    pub warnings: Vec<Warning>,
}

/// People older than this have no live papers; it catches a mistyped century.
const OLDEST_YEARS: i32 = 130;

/// GB/T 2260 province codes, and 81-83 as residence permits write them.
const PROVINCES: [&str; 35] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42",
    "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82",
    "83",
];

const RESIDENT_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const RESIDENT_CHECKS: &[u8; 11] = b"10X98765432";
const USCC_ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const USCC_WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// Checks a number against its paper. `today` is the civil day in Shanghai, to refuse births in the future.
pub fn check(kind: PaperKind, text: &str, today: NaiveDate) -> Result<Checked, Fault> {
    let plain: String = text
        .chars()
        .map(half_width)
        .filter(|c| !blank(*c) && *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .collect();
    if plain.is_empty() {
        return Err(Fault::REQUIRED);
    }
    if plain.chars().any(char::is_control) {
        return Err(Fault::ID_CHARACTER);
    }
    match kind {
        PaperKind::ResidentId => resident(plain, today),
        PaperKind::Uscc => credit_code(plain),
        PaperKind::ForeignResident => foreign_resident(plain, today),
        PaperKind::Passport => shaped(plain, 5..=20, |c| c.is_ascii_alphanumeric()),
        PaperKind::HkMacaoPermit => hk_macao(plain),
        PaperKind::TaiwanPermit => taiwan(&plain),
        PaperKind::MilitaryId => shaped(plain, 6..=20, char::is_alphanumeric),
        PaperKind::Other => shaped(plain, 1..=40, |_| true),
    }
}

/// The birth date in a resident identity number of normal form.
pub fn birth_date(normal: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(normal.get(6..14)?, "%Y%m%d").ok().filter(|_| normal.len() == 18)
}

fn sound(normal: String) -> Checked {
    Checked { normal, warnings: Vec::new() }
}

fn resident(plain: String, today: NaiveDate) -> Result<Checked, Fault> {
    let full = match plain.chars().count() {
        18 => plain,
        15 => lengthened(&plain)?,
        _ => return Err(Fault::ID_LENGTH),
    };
    check_person_number(&full, 0..2, today)?;
    let warnings = if &full[2..6] == "0000" { vec![Warning::ID_PLACE] } else { Vec::new() };
    Ok(Checked { normal: full, warnings })
}

/// The 15-digit form lacks the century and the check character.
fn lengthened(old: &str) -> Result<String, Fault> {
    if !old.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Fault::ID_CHARACTER);
    }
    let body = format!("{}19{}", &old[..6], &old[6..]);
    let check = resident_check(body.as_bytes());
    Ok(format!("{body}{}", char::from(check)))
}

/// Characters first, so that the slices below stand on ASCII.
fn check_person_number(full: &str, province: std::ops::Range<usize>, today: NaiveDate) -> Result<(), Fault> {
    let bytes = full.as_bytes();
    let (body, last) = (&bytes[..bytes.len() - 1], bytes[bytes.len() - 1]);
    if !full.is_ascii() || !body.iter().all(u8::is_ascii_digit) || !(last.is_ascii_digit() || last == b'X') {
        return Err(Fault::ID_CHARACTER);
    }
    if !PROVINCES.contains(&&full[province]) {
        return Err(Fault::ID_PROVINCE);
    }
    let born = birth_date(full).ok_or(Fault::ID_DATE)?;
    if born > today || born.year() < today.year() - OLDEST_YEARS {
        return Err(Fault::ID_DATE);
    }
    if resident_check(body) == last { Ok(()) } else { Err(Fault::ID_CHECKSUM) }
}

fn resident_check(body: &[u8]) -> u8 {
    let sum: u32 = body.iter().zip(RESIDENT_WEIGHTS).map(|(b, w)| u32::from(b - b'0') * w).sum();
    RESIDENT_CHECKS[(sum % 11) as usize]
}

fn credit_code(plain: String) -> Result<Checked, Fault> {
    if plain.chars().count() != 18 {
        return Err(Fault::ID_LENGTH);
    }
    let values: Option<Vec<usize>> = plain.chars().map(|c| USCC_ALPHABET.find(c)).collect();
    let values = values.ok_or(Fault::ID_CHARACTER)?;
    let bytes = plain.as_bytes();
    let place = bytes[2..8].iter().all(u8::is_ascii_digit);
    if !place || !matches!(bytes[0], b'1'..=b'9' | b'A' | b'N' | b'Y') {
        return Err(Fault::ID_CHARACTER);
    }
    let sum: usize = values.iter().zip(USCC_WEIGHTS).map(|(value, weight)| value * weight).sum();
    let expected = (31 - sum % 31) % 31;
    let matches = values[17] == expected;
    // Only army units are led by an A, and far more often it is a slip: it must prove itself.
    if bytes[0] == b'A' && !matches {
        return Err(Fault::ID_CHARACTER);
    }
    let warnings = if matches { Vec::new() } else { vec![Warning::USCC_CHECKSUM] };
    Ok(Checked { normal: plain, warnings })
}

/// Since 2023 numbered like a resident's, led by a 9, with province and nationality before the birth date;
/// before that three letters and twelve digits.
fn foreign_resident(plain: String, today: NaiveDate) -> Result<Checked, Fault> {
    match plain.chars().count() {
        18 if plain.starts_with('9') => check_person_number(&plain, 1..3, today)?,
        18 => return Err(Fault::ID_CHARACTER),
        15 => {
            let bytes = plain.as_bytes();
            let fits = plain.is_ascii()
                && bytes[..3].iter().all(u8::is_ascii_uppercase)
                && bytes[3..].iter().all(u8::is_ascii_digit);
            if !fits {
                return Err(Fault::ID_CHARACTER);
            }
        }
        _ => return Err(Fault::ID_LENGTH),
    }
    Ok(sound(plain))
}

/// H or M and eight digits; older cards add two for the number of renewals.
fn hk_macao(plain: String) -> Result<Checked, Fault> {
    let rest = plain.strip_prefix(['H', 'M']).ok_or(Fault::ID_CHARACTER)?;
    if !rest.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Fault::ID_CHARACTER);
    }
    if rest.len() == 8 || rest.len() == 10 { Ok(sound(plain)) } else { Err(Fault::ID_LENGTH) }
}

/// Eight digits; older papers have ten and a letter in brackets.
fn taiwan(plain: &str) -> Result<Checked, Fault> {
    let open: String = plain.chars().filter(|c| *c != '(' && *c != ')').collect();
    let digits = open.bytes().take_while(u8::is_ascii_digit).count();
    let fits = match (digits, open.len() - digits) {
        (8 | 10, 0) => true,
        (10, 1) => open.ends_with(|c: char| c.is_ascii_uppercase()),
        _ => false,
    };
    if fits {
        return Ok(sound(open));
    }
    let possible = open.chars().all(|c| c.is_ascii_alphanumeric());
    Err(if possible { Fault::ID_LENGTH } else { Fault::ID_CHARACTER })
}

fn shaped(
    plain: String,
    lengths: std::ops::RangeInclusive<usize>,
    allowed: impl Fn(char) -> bool,
) -> Result<Checked, Fault> {
    if !lengths.contains(&plain.chars().count()) {
        return Err(Fault::ID_LENGTH);
    }
    if plain.chars().all(allowed) { Ok(sound(plain)) } else { Err(Fault::ID_CHARACTER) }
}
