//! The holidays' names in English.

use crate::table;
use serde::Deserialize;
use std::sync::LazyLock;

/// A holiday.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Holiday {
    /// As the notices name it.
    pub name_zh: String,
    /// In English.
    pub name_en: String,
    /// Where it is named.
    pub source: String,
}

static HOLIDAYS: LazyLock<Vec<Holiday>> = LazyLock::new(|| table::rows("holidays.csv"));

/// All holidays.
pub fn holidays() -> &'static [Holiday] {
    &HOLIDAYS
}

/// A holiday's name in English; two that share their leave are written `国庆节、中秋节`. An unknown one keeps its own name.
pub fn holiday_in_english(name: &str) -> String {
    let one = |name: &str| {
        let known = HOLIDAYS.iter().find(|holiday| holiday.name_zh == name);
        known.map_or_else(|| name.to_owned(), |holiday| holiday.name_en.clone())
    };
    name.split('、').map(one).collect::<Vec<_>>().join(" and ")
}
