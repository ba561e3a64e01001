//! Telephone numbers in one spelling, so that the same person is found again.
//!
//! Kept forms: `13800138000` (mobile), `0760-88881234` or `0760-88881234-801` (landline with its area code),
//! `4008001234` and `95588` (service lines), `+85291234567` (other regions and countries).

use crate::Fault;
use crate::text::{blank, half_width};

/// The normal form of a number, or `REQUIRED` / `FORMAT`.
pub fn normalise(text: &str) -> Result<String, Fault> {
    let plain: String = text
        .chars()
        .map(half_width)
        .filter(|c| !blank(*c))
        .map(|c| match c {
            '转' | '#' | '‐' | '‑' | '–' | '—' | '−' => '-',
            other => other,
        })
        .filter(|c| !matches!(c, '(' | ')' | '.'))
        .collect();
    if plain.is_empty() {
        return Err(Fault::REQUIRED);
    }
    if let Some(rest) = plain.strip_prefix("+86").or_else(|| plain.strip_prefix("0086")) {
        return mainland(rest);
    }
    match plain.strip_prefix('+').or_else(|| plain.strip_prefix("00")) {
        Some(abroad) => foreign(abroad),
        None => mainland(&plain),
    }
}

/// Whether a text message can be sent to this number in normal form.
pub fn is_mobile(normal: &str) -> bool {
    normal.len() == 11 && digits(normal) && matches!(normal.as_bytes(), [b'1', b'3'..=b'9', ..])
}

fn mainland(text: &str) -> Result<String, Fault> {
    let text = text.trim_start_matches('-');
    let joined: String = text.chars().filter(|c| *c != '-').collect();
    if !digits(&joined) || joined.len() > 20 {
        return Err(Fault::FORMAT);
    }
    if is_mobile(&joined) || is_service_line(&joined) {
        return Ok(joined);
    }
    landline(text, &joined)
}

/// 400 and 800 lines, banks' and insurers' 95xxx, and public hotlines such as 12348.
fn is_service_line(joined: &str) -> bool {
    match joined.len() {
        10 => joined.starts_with("400") || joined.starts_with("800"),
        5 => joined.starts_with("95") || joined.starts_with("96") || joined.starts_with('1'),
        6 => joined.starts_with("95") || joined.starts_with("96"),
        _ => false,
    }
}

/// Two-digit areas (010, 02x) have eight-digit lines; the others seven or eight. An extension needs a mark.
fn landline(text: &str, joined: &str) -> Result<String, Fault> {
    // `+86 760 …` is written without the trunk zero.
    let (text, joined) = if joined.starts_with('0') {
        (text.to_owned(), joined.to_owned())
    } else {
        (format!("0{text}"), format!("0{joined}"))
    };
    let area = if joined.starts_with("010") || joined.starts_with("02") { 3 } else { 4 };
    // Every mark after the area code's own position separates the line from its extension.
    let mut line = String::new();
    let mut extension: Option<String> = None;
    let mut seen = 0;
    for c in text.chars() {
        match c {
            '-' if seen >= area + 7 => {
                extension.get_or_insert_default();
            }
            '-' => {}
            digit => {
                seen += 1;
                match &mut extension {
                    Some(extension) => extension.push(digit),
                    None => line.push(digit),
                }
            }
        }
    }
    let body = line.len().checked_sub(area).ok_or(Fault::FORMAT)?;
    let fits = if area == 3 { body == 8 } else { body == 7 || body == 8 };
    let starts_well = !matches!(line.as_bytes().get(area), None | Some(b'0' | b'1'));
    if !fits || !starts_well || line.starts_with("00") {
        return Err(Fault::FORMAT);
    }
    let (area, body) = line.split_at(area);
    match extension.as_deref() {
        None | Some("") => Ok(format!("{area}-{body}")),
        Some(extension) if extension.len() <= 6 => Ok(format!("{area}-{body}-{extension}")),
        Some(_) => Err(Fault::FORMAT),
    }
}

/// Hong Kong and Macao have eight digits, Taiwan eight or nine after its trunk zero; elsewhere E.164's bounds.
fn foreign(text: &str) -> Result<String, Fault> {
    let joined: String = text.chars().filter(|c| *c != '-').collect();
    if !digits(&joined) || joined.starts_with('0') {
        return Err(Fault::FORMAT);
    }
    let fits = match joined.get(..3) {
        Some("852" | "853") => joined.len() == 11,
        Some("886") => (11..=12).contains(&joined.len()) && !joined[3..].starts_with('0'),
        _ => (8..=15).contains(&joined.len()),
    };
    if fits { Ok(format!("+{joined}")) } else { Err(Fault::FORMAT) }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_spelling_for_each_number() {
        for (typed, kept) in [
            ("13800138000", "13800138000"),
            (" 138 0013 8000 ", "13800138000"),
            ("+86-138-0013-8000", "13800138000"),
            ("008613800138000", "13800138000"),
            ("１３８００１３８０００", "13800138000"),
            ("076088881234", "0760-88881234"),
            ("(0760) 8888 1234", "0760-88881234"),
            ("（0760）88881234转801", "0760-88881234-801"),
            ("0760-88881234-801", "0760-88881234-801"),
            ("+86 760 88881234", "0760-88881234"),
            ("010-66668888", "010-66668888"),
            ("02087654321", "020-87654321"),
            ("0316-2345678", "0316-2345678"),
            ("400-800-1234", "4008001234"),
            ("95588", "95588"),
            ("12348", "12348"),
            ("+852 9123 4567", "+85291234567"),
            ("00853 6612 3456", "+85366123456"),
            ("+886 912 345 678", "+886912345678"),
            ("+1 (212) 555-0100", "+12125550100"),
        ] {
            assert_eq!(normalise(typed).as_deref(), Ok(kept), "{typed}");
        }
        assert!(is_mobile("13800138000") && !is_mobile("0760-88881234") && !is_mobile("12800138000"));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        assert_eq!(normalise(" \u{3000}"), Err(Fault::REQUIRED));
        for wrong in [
            "1380013800",
            "138001380000",
            "12800138000",
            "88881234",
            "0760-8888",
            "call me",
            "0760-08881234",
            "+852 1234567",
            "+886 0912345678",
            "+",
            "++8613800138000",
            "138\0",
            "01066668888777777777777",
        ] {
            assert_eq!(normalise(wrong), Err(Fault::FORMAT), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(text in "[0-9+() 转０-９-]{0,18}|0760-?[2-9][0-9]{6,7}(-[0-9]{1,6})?|1[0-9]{10}") {
            if let Ok(once) = normalise(&text) {
                prop_assert_eq!(normalise(&once), Ok(once.clone()));
            }
        }
    }
}
