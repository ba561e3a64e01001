//! The thirteen legal bases a mediation can run on.
//!
//! A case has one track at a time; changing it closes the old clocks and opens new ones.

use crate::clocks::{self, Clock};
use crate::table;
use chrono::NaiveDate;
use serde::Deserialize;
use std::sync::LazyLock;

/// When an agreement of the track is formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Formality {
    /// When all parties have signed.
    PartiesSign,
    /// When the parties and the mediator have signed and the body has sealed it.
    SignedAndSealed,
    /// Signed and sealed; or by word, on the day it is reached.
    WrittenOrOral,
    /// Reported to the court, which records it.
    ReportedToCourt,
    /// By the court's own mediation document.
    CourtDocument,
}

/// Where a matter goes when mediation fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exit {
    /// A court.
    Court,
    /// Labour arbitration, before any court.
    LabourArbitration,
    /// The police, who decide on the violation.
    Police,
    /// A court, or arbitration where that was agreed.
    CourtOrArbitration,
    /// The petition office, which answers in writing.
    PetitionOffice,
}

/// A track.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Track {
    /// Two letters.
    pub code: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// The id of the clock of its base period; none where the parties agree it.
    pub main_clock: Option<String>,
    /// When its agreement is formed.
    pub formality: Formality,
    /// Where it leads when it fails.
    pub exit: Exit,
    /// The first day a matter may enter it, if it is younger than this book.
    pub valid_from: Option<NaiveDate>,
    /// The last day a matter may enter it, if it was closed.
    pub valid_to: Option<NaiveDate>,
    /// Where the row comes from.
    pub source: String,
}

impl Track {
    /// The clock of its base period.
    pub fn clock(&self) -> Option<&'static Clock> {
        self.main_clock.as_deref().and_then(clocks::get)
    }

    /// Whether a matter received on this day may enter it.
    pub fn is_open_on(&self, day: NaiveDate) -> bool {
        self.valid_from.is_none_or(|first| first <= day) && self.valid_to.is_none_or(|last| day <= last)
    }
}

static TRACKS: LazyLock<Vec<Track>> =
    LazyLock::new(|| table::rows("tracks.csv", include_str!("../data/tracks.csv")));

/// All tracks.
pub fn all() -> &'static [Track] {
    &TRACKS
}

/// The track of this code.
pub fn get(code: &str) -> Option<&'static Track> {
    TRACKS.iter().find(|track| track.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::assert_cited;

    #[test]
    fn thirteen_tracks_each_with_a_source_and_a_clock() {
        assert_eq!(all().len(), 13);
        for track in all() {
            assert_cited(&track.code, &track.source);
            assert_eq!(get(&track.code), Some(track));
            assert_eq!(track.clock().is_some(), track.code != "CM", "{}", track.code);
        }
        assert_eq!(get("PM").unwrap().clock().unwrap().id, "K10");
        assert_eq!(get("LA").unwrap().exit, Exit::LabourArbitration);
        assert_eq!(get("XX"), None);
    }

    #[test]
    fn tracks_open_and_close_with_the_law() {
        let open = |code: &str, day: &str| get(code).unwrap().is_open_on(day.parse().unwrap());
        assert!(open("WP", "2024-12-31") && !open("WP", "2025-01-01"));
        assert!(!open("CM", "2026-04-30") && open("CM", "2026-05-01"));
        assert!(open("PM", "2020-01-01") && open("PM", "2030-01-01"));
    }
}
