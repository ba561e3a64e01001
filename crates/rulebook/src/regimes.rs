//! The states of the law, one after the other, and pinning a case to the one in force at the event that the law names.
//!
//! A regime is the law as it stood from one change to the next. A case keeps the regime it was pinned to, however often
//! the law changes while it runs; moving it is an act of its own, with a reason ([`crate::deadline::Ledger::repin`]).

use crate::profiles::{self, Profile, Status};
use crate::table;
use crate::tracks::{self, Track};
use crate::unlawful::Unlawful;
use crate::validity;
use chrono::NaiveDate;
use serde::Deserialize;
use std::sync::LazyLock;

/// A state of the law.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Regime {
    /// Such as `R-2025`.
    pub code: String,
    /// Its first day; it holds until the next one's.
    pub valid_from: NaiveDate,
    /// A second day on which rows of it begin.
    pub also_from: Option<NaiveDate>,
    /// What it changed, in Chinese.
    pub changes_zh: String,
    /// What it changed, in English.
    pub changes_en: String,
    /// Whether its day and its wording were read in a source.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    /// Where the row comes from.
    pub source: String,
}

static REGIMES: LazyLock<Vec<Regime>> = LazyLock::new(|| table::rows("regimes.csv"));

impl Regime {
    /// Its place in the order of changes, from 1.
    pub fn order(&self) -> usize {
        1 + REGIMES.iter().position(|regime| regime.code == self.code).unwrap_or(REGIMES.len())
    }

    /// Its last day: none for the present one; before its first day where another change of the same day follows.
    pub fn valid_to(&self) -> Option<NaiveDate> {
        REGIMES.get(self.order()).and_then(|next| next.valid_from.pred_opt())
    }
}

/// All regimes, in the order of the changes.
pub fn all() -> &'static [Regime] {
    &REGIMES
}

/// The regime of this code.
pub fn get(code: &str) -> Option<&'static Regime> {
    REGIMES.iter().find(|regime| regime.code == code)
}

/// The regime in force on a day; none before the book begins.
pub fn on(day: NaiveDate) -> Option<&'static Regime> {
    REGIMES.iter().rev().find(|regime| regime.valid_from <= day)
}

/// What a case is pinned to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin {
    /// The track it runs on.
    pub track: &'static Track,
    /// The regime in force at the pinning event.
    pub regime: &'static Regime,
    /// What holds on the track under it.
    pub profile: &'static Profile,
    /// The day of the pinning event.
    pub on: NaiveDate,
}

/// Pins a case of a track by the day of the event that the law names. A closed track takes no new case.
pub fn regime_for(track: &str, event: &str, day: NaiveDate) -> Result<Pin, Unlawful> {
    let pin = pin(track, event, day)?;
    match pin.profile.status {
        Status::Open => Ok(pin),
        Status::Closed => Err(Unlawful::TrackClosed { track: pin.track.code.clone(), on: day }),
    }
}

/// The same where a court has opened the track for itself, by an edition that says so.
pub fn pin(track: &str, event: &str, day: NaiveDate) -> Result<Pin, Unlawful> {
    let track = tracks::get(track).ok_or(Unlawful::UnknownTrack {})?;
    if track.pin != event {
        return Err(Unlawful::NotThePinningEvent { track: track.code.clone(), event: track.pin.clone() });
    }
    let regime = on(day).ok_or(Unlawful::OutsideEveryRegime { on: day })?;
    let profile = validity::on(profiles::all(), &track.code, day)
        .ok_or_else(|| Unlawful::TrackOutsideTheBook { track: track.code.clone(), on: day })?;
    Ok(Pin { track, regime, profile, on: day })
}
