//! The tables of venue, level and special courts.

use super::matter::Point;
use crate::causes::{Cause, Causes};
use crate::table;
use crate::validity::{self, dated};
use chrono::NaiveDate;
use serde::Deserialize;
use std::sync::LazyLock;

/// Whether a rule leaves a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Force {
    /// It leaves none (L1 art. 34).
    Exclusive,
    /// It adds places.
    Special,
}

/// When a rule speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// For all of its causes.
    Always,
    /// Only where its first place is recorded.
    Known,
}

/// A rule of venue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Venue {
    /// Stable name.
    pub id: String,
    /// Whether it leaves a choice.
    #[serde(rename = "kind")]
    pub force: Force,
    /// What it is about.
    #[serde(deserialize_with = "table::parsed_words")]
    pub causes: Vec<Causes>,
    /// When it speaks.
    pub when: When,
    /// Only for what was made or done over the internet.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub online: bool,
    /// The places, in the order of proposal.
    #[serde(deserialize_with = "table::parsed_words")]
    pub points: Vec<Point>,
    /// The basis code of a filing.
    pub basis: String,
    /// The rule in Chinese.
    pub chinese: String,
    /// The rule in English.
    pub english: String,
    /// Whether it was read and says this.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    /// The articles.
    pub source: String,
}

/// From which amount an intermediate court is competent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Threshold {
    /// `inside`, `crossing` or `foreign`.
    pub scope: String,
    /// The regime that brought it.
    pub regime: String,
    /// Its first day.
    pub valid_from: NaiveDate,
    /// Its last day, if it was replaced.
    pub valid_to: Option<NaiveDate>,
    /// The least amount.
    pub least_fen: i64,
    /// Whether it was read in its source.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    /// Where the row comes from.
    pub source: String,
}

dated!(Threshold, scope);

/// A court of special competence.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SpecialCourt {
    /// Stable name.
    pub id: String,
    /// What belongs to it.
    #[serde(deserialize_with = "table::parsed_words")]
    pub causes: Vec<Causes>,
    /// Its name.
    pub chinese: String,
    /// Its name in English.
    pub english: String,
    /// Whether it was read in a source.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    /// Where the row comes from.
    pub source: String,
}

static VENUES: LazyLock<Vec<Venue>> = LazyLock::new(|| table::rows("venues.csv"));
static THRESHOLDS: LazyLock<Vec<Threshold>> = LazyLock::new(|| table::rows("thresholds.csv"));
static SPECIAL_COURTS: LazyLock<Vec<SpecialCourt>> = LazyLock::new(|| table::rows("special_courts.csv"));

/// All rules of venue, in their order.
pub fn venues() -> &'static [Venue] {
    &VENUES
}

/// All thresholds.
pub fn thresholds() -> &'static [Threshold] {
    &THRESHOLDS
}

/// All courts of special competence.
pub fn special_courts() -> &'static [SpecialCourt] {
    &SPECIAL_COURTS
}

/// The threshold of a scope on a day.
pub(super) fn threshold(scope: &str, day: NaiveDate) -> Option<&'static Threshold> {
    validity::on(&THRESHOLDS, scope, day)
}

pub(super) fn holds(sets: &[Causes], cause: Option<&Cause>) -> bool {
    cause.is_some_and(|cause| sets.iter().any(|set| set.holds(cause)))
}
