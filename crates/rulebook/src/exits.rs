//! Where a matter goes when mediation does not settle it, in words, and when it has got there.

use crate::procedure;
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

/// Where one party's word that it wants the court leads from a state on a track: the state of what opens. Nothing where the
/// track has no such way, as from a state that the party has left already.
pub fn on_demand(track: &str, state: &str) -> Option<&'static str> {
    let state = procedure::state(state)?;
    let row = procedure::transitions()
        .iter()
        .find(|row| row.verb == "DemandCourt" && row.is_of(track) && row.leads_from(state))?;
    Some(row.to.as_str())
}

#[cfg(test)]
mod tests {
    use super::on_demand;

    #[test]
    fn a_demand_leads_where_the_track_leads() {
        assert_eq!(on_demand("PM", "IN_MEDIATION"), Some("TRANSFER_READY"));
        assert_eq!(on_demand("LA", "FAILED"), Some("OFFERED"));
        assert_eq!(
            on_demand("LA", "BREACHED"),
            Some("TRANSFER_READY"),
            "an agreement is sued on before a court"
        );
        assert_eq!(on_demand("WT", "IN_MEDIATION"), Some("REPORTED"));
        assert_eq!(on_demand("JM", "IN_MEDIATION"), Some("FILED"));
        assert_eq!(on_demand("PM", "CLOSED"), None);
    }
}
