//! Who there is: the organisations and mediators of a centre.

use serde::Deserialize;

/// One organisation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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
