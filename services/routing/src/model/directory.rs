//! Who there is: the organisations of a centre.

use chrono::NaiveDate;
use serde::Deserialize;

use super::org_tree::Level;
use super::station::{Hours, StationKind};

/// One organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Organization {
    /// Its stable id.
    pub org_id: String,
    /// Its name.
    pub name: String,
    /// `COURT`, `HALL`, `STUDIO`, `WORKSTATION` or `PARTNER`.
    pub kind: String,
    /// The one above it.
    pub parent_org: Option<String>,
    /// The town it sits in.
    pub town_code: Option<String>,
    /// For studios, what kind.
    pub studio_kind: Option<String>,
    /// `PROVINCE`, `CITY`, `COUNTY`, `TOWN` or `VILLAGE`; by the kind where none was told.
    #[serde(default)]
    pub org_level: Option<String>,
    /// The first day on which it is there; always, where none was told.
    #[serde(default)]
    pub valid_from: Option<NaiveDate>,
    /// The last.
    #[serde(default)]
    pub valid_to: Option<NaiveDate>,
    /// For workstations, whether it stays where it is.
    #[serde(default)]
    pub station_kind: Option<StationKind>,
    /// For workstations, the number on its door.
    #[serde(default)]
    pub station_number: Option<String>,
    /// For workstations, when it is open, and where it stands then.
    #[serde(skip)]
    pub hours: Vec<Hours>,
}

impl Organization {
    /// On which level it stands. A workstation stands in its town; whatever else says nothing is the city's.
    pub fn level(&self) -> Level {
        let by_kind = if self.kind == "WORKSTATION" { Level::Town } else { Level::City };
        self.org_level.as_deref().and_then(Level::named).unwrap_or(by_kind)
    }

    /// Whether it is there on a day.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.valid_from.is_none_or(|first| first <= day) && self.valid_to.is_none_or(|last| day <= last)
    }

    /// Whether it is there on a day and has hours then.
    pub fn is_open_on(&self, day: NaiveDate) -> bool {
        self.holds_on(day) && self.hours.iter().any(|one| one.is_on(day))
    }

    /// Whether it is of the police, whose assistance is a matter of its own.
    pub fn is_police(&self) -> bool {
        matches!(self.kind.as_str(), "POLICE_STATION" | "TRAFFIC_POLICE")
            || self.studio_kind.as_deref() == Some("POLICE")
    }
}
