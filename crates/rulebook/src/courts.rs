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
    pub verified: bool,
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
    /// The first year of a number in which it is at home.
    pub first_year: u16,
    /// The last one, if it went out of use.
    pub last_year: Option<u16>,
    /// Whether it was seen in a source.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    /// Where the row comes from.
    pub source: String,
}

/// A tribunal (人民法庭): a part of a basic court, whose seal its documents carry.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Tribunal {
    /// The id of its court.
    pub court: String,
    /// The official name.
    pub name: String,
    /// The codes of the towns it serves; none where the map is not established.
    #[serde(deserialize_with = "table::words")]
    pub towns: Vec<String>,
    /// Whether the map is established.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    /// Where the row comes from.
    pub source: String,
}

static COURTS: LazyLock<Vec<Court>> = LazyLock::new(|| table::rows("courts.csv"));

static CASE_TYPES: LazyLock<Vec<CaseType>> = LazyLock::new(|| table::rows("case_types.csv"));

static TRIBUNALS: LazyLock<Vec<Tribunal>> = LazyLock::new(|| table::rows("tribunals.csv"));

/// All tribunals.
pub fn tribunals() -> &'static [Tribunal] {
    &TRIBUNALS
}

/// The tribunal that serves a town, where that is established.
pub fn tribunal_of(town: &str) -> Option<&'static Tribunal> {
    TRIBUNALS.iter().find(|tribunal| tribunal.towns.iter().any(|code| code == town))
}

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
        assert!(by_id("court-2071").unwrap().verified && !by_id("court-20").unwrap().verified);
    }

    #[test]
    fn a_tribunal_serves_towns_of_its_court() {
        assert_eq!(tribunals().len(), 8);
        assert_eq!(tribunal_of("442000109").unwrap().name, "黄圃人民法庭");
        assert_eq!(tribunal_of("442000106"), None, "that map is not established");
        for tribunal in tribunals() {
            assert!(
                tribunal
                    .towns
                    .iter()
                    .all(|town| crate::towns::by_code(town).unwrap().court == tribunal.court)
            );
        }
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
