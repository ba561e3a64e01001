//! The courts of the city, and the type codes of their case numbers.

use crate::table;
use serde::Deserialize;
use std::sync::LazyLock;

/// A court.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Court {
    /// Our id, such as `court-2071`.
    pub id: String,
    /// The official name.
    pub name: String,
    /// `intermediate` or `basic`.
    pub level: String,
    /// What its case numbers carry (法院代字).
    pub case_number_code: String,
    /// Whether that code was seen in a reliable source; otherwise the centre must confirm it.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub established: bool,
    /// The id of the court above it; empty for the highest one here.
    pub superior: String,
    /// What is known about the code.
    pub note: String,
    /// Where the row comes from.
    pub source: String,
}

/// A type code of case numbers (类型代字).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CaseType {
    /// The characters in the number.
    pub code: String,
    /// What they stand for, in Chinese.
    pub chinese: String,
    /// When they are used.
    #[serde(rename = "use")]
    pub usage: String,
    /// Where the row comes from.
    pub source: String,
}

static COURTS: LazyLock<Vec<Court>> =
    LazyLock::new(|| table::rows("courts.csv", include_str!("../data/courts.csv")));

static CASE_TYPES: LazyLock<Vec<CaseType>> =
    LazyLock::new(|| table::rows("case_types.csv", include_str!("../data/case_types.csv")));

/// All courts.
pub fn all() -> &'static [Court] {
    &COURTS
}

/// The court of this id.
pub fn by_id(id: &str) -> Option<&'static Court> {
    COURTS.iter().find(|court| court.id == id)
}

/// The court whose case numbers carry this code.
pub fn by_case_number_code(code: &str) -> Option<&'static Court> {
    COURTS.iter().find(|court| court.case_number_code == code)
}

/// All type codes seen so far. One that is missing here is unknown, not wrong.
pub fn case_types() -> &'static [CaseType] {
    &CASE_TYPES
}

/// The type of this code, if it was seen before.
pub fn case_type(code: &str) -> Option<&'static CaseType> {
    CASE_TYPES.iter().find(|case_type| case_type.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::assert_cited;

    #[test]
    fn courts_resolve_and_are_cited() {
        assert_eq!(all().len(), 3);
        for court in all() {
            assert_cited(&court.id, &court.source);
            assert_eq!(by_case_number_code(&court.case_number_code), Some(court));
            assert!(lexicon::CourtId::new(court.id.as_str()).is_ok());
            match court.level.as_str() {
                "basic" => assert_eq!(by_id(&court.superior).unwrap().level, "intermediate"),
                level => assert_eq!((level, court.superior.as_str()), ("intermediate", "")),
            }
        }
        assert!(by_id("court-2071").unwrap().established && !by_id("court-20").unwrap().established);
    }

    #[test]
    fn case_types_are_cited() {
        for case_type in case_types() {
            assert_cited(&case_type.code, &case_type.source);
        }
        assert_eq!(case_type("诉前调确").unwrap().source, "P4; P5");
        assert_eq!(case_type("未见"), None);
    }
}
