//! Who there is: the organisations and mediators of a centre.

use chrono::NaiveDate;
use serde::Deserialize;

use super::org_tree::Level;

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

    /// Whether it is of the police, whose assistance is a matter of its own.
    pub fn is_police(&self) -> bool {
        matches!(self.kind.as_str(), "POLICE_STATION" | "TRAFFIC_POLICE")
            || self.studio_kind.as_deref() == Some("POLICE")
    }
}

/// One mediator.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Mediator {
    /// The account.
    pub account_id: String,
    /// The name that staff see.
    pub name: String,
    /// The studio.
    pub studio_org: String,
    /// How many cases may be held at once.
    pub capacity: i32,
}
