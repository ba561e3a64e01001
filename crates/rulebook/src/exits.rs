//! Where a matter goes when mediation does not settle it, in words, and when it has got there.

use crate::table;
use crate::tracks::Exit;
use serde::Deserialize;
use std::sync::LazyLock;

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WayOut {
    /// Which.
    #[serde(rename = "code")]
    pub exit: Exit,
    /// In Chinese.
    pub name_zh: String,
    /// In English.
    pub name_en: String,
    /// The states in which a party has got there.
    #[serde(deserialize_with = "table::words")]
    pub reached: Vec<String>,
    /// Whether the row was read in its source.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    /// Where the row comes from.
    pub source: String,
}

static EXITS: LazyLock<Vec<WayOut>> = LazyLock::new(|| table::rows("exits.csv"));

/// All ways out.
pub fn all() -> &'static [WayOut] {
    &EXITS
}

/// The row of an exit.
pub fn get(exit: Exit) -> Option<&'static WayOut> {
    EXITS.iter().find(|row| row.exit == exit)
}
