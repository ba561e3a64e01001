//! The 23 towns and subdistricts of Zhongshan, and the basic court of each.
//!
//! The city has no counties: towns hang directly under it. Which towns the first court has is the remainder
//! after the second court's own list of 2020, so the centre must confirm it.

use crate::courts::{self, Court};
use crate::table;
use chrono::NaiveDate;
use serde::Deserialize;
use std::sync::LazyLock;

/// A town or subdistrict.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Town {
    /// Nine digits of the statistics bureau.
    pub code: String,
    /// The official name.
    pub name: String,
    /// 街道 or 镇.
    pub kind: String,
    /// The id of its basic court.
    pub court: String,
    /// Whether the row was read in its source.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    /// Where the row comes from.
    pub source: String,
}

/// A town that a later list no longer has.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Former {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The last list that has it.
    pub last_list: NaiveDate,
    /// The first list that does not.
    pub gone_by: NaiveDate,
    /// The code of the town that now holds the place.
    pub successor: String,
    /// Whether the successor was read in a source.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    /// Where the row comes from.
    pub source: String,
}

static FORMER: LazyLock<Vec<Former>> = LazyLock::new(|| table::rows("former_towns.csv"));

static TOWNS: LazyLock<Vec<Town>> = LazyLock::new(|| table::rows("towns.csv"));

/// All towns, by code.
pub fn all() -> &'static [Town] {
    &TOWNS
}

/// The town of this code.
pub fn by_code(code: &str) -> Option<&'static Town> {
    TOWNS.iter().find(|town| town.code == code)
}

/// All towns that later lists no longer have.
pub fn all_former() -> &'static [Former] {
    &FORMER
}

/// The town of this code, if only an older list has it.
pub fn former(code: &str) -> Option<&'static Former> {
    FORMER.iter().find(|town| town.code == code)
}

/// The town that now holds the place this code, current or former, named.
pub fn successor_of(code: &str) -> Option<&'static Town> {
    by_code(code).or_else(|| by_code(&former(code)?.successor))
}

/// The town of this name, with or without 街道 or 镇 (`石岐` is enough), or by the 镇 a subdistrict was before.
pub fn by_name(name: &str) -> Option<&'static Town> {
    let name = name.trim();
    let stem = |town: &'static Town| town.name.strip_suffix(town.kind.as_str());
    let now = TOWNS.iter().find(|town| town.name == name || stem(town) == Some(name));
    let once = name.strip_suffix('镇').filter(|old| !old.is_empty());
    now.or_else(|| TOWNS.iter().find(|town| once.is_some() && stem(town) == once))
}

/// The basic court of a town, by its current or former code.
pub fn court_of(code: &str) -> Option<&'static Court> {
    successor_of(code).and_then(|town| courts::by_id(&town.court))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::assert_cited;

    #[test]
    fn every_town_has_a_basic_court_and_a_source() {
        assert_eq!(all().len(), 23);
        assert_eq!(all().iter().filter(|town| town.kind == "街道").count(), 8);
        for town in all() {
            assert_cited(&town.name, &town.source);
            assert_eq!(by_code(&town.code), Some(town));
            assert_eq!(by_name(&town.name), Some(town));
            assert!(town.code.len() == 9 && town.code.starts_with("442000"));
            assert_eq!(court_of(&town.code).unwrap().level, "basic");
        }
        let of_the_second = all().iter().filter(|town| town.court == "court-2072").count();
        assert_eq!(of_the_second, 8);
    }

    #[test]
    fn names_and_old_codes_find_the_present_town() {
        assert_eq!(by_name("石岐").unwrap().code, "442000001");
        assert_eq!(by_name("古镇").unwrap().code, "442000105");
        assert_eq!(by_name("古镇镇").unwrap().code, "442000105");
        assert_eq!(by_name("南朗镇").unwrap().code, "442000008");
        assert_eq!(by_name("镇"), None);
        assert_eq!(court_of("442000118").unwrap().id, "court-2072");
        assert_eq!(court_of("442000108").unwrap().id, "court-2071");
        assert_eq!(successor_of("442000104").unwrap().name, "小榄镇");
        assert_eq!(by_code("442000104"), None);
        assert_eq!(court_of("441900001"), None);
    }
}
