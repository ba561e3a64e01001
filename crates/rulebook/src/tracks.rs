//! The thirteen legal bases a mediation can run on.
//!
//! A case has one track at a time; changing it closes the old clocks and opens new ones. What holds on a track changes
//! with the law and stands in [`crate::profiles`]; the fields here that can change are those of the youngest profile.

use crate::clocks::{self, Clock};
use crate::profiles::{self, Status};
use crate::table;
use crate::validity::Dated;
use chrono::NaiveDate;
use serde::Deserialize;
use std::sync::LazyLock;

told! {
    /// When an agreement of the track is formed.
    Formality {
        /// When all parties have signed.
        PartiesSign = "parties-sign", "各方签名", "all parties sign";
        /// When the parties and the mediator have signed and the body has sealed it.
        SignedAndSealed = "signed-and-sealed", "各方和调解员签名并加盖印章", "parties and mediator sign, the body seals";
        /// Signed and sealed; or by word, on the day it is reached.
        WrittenOrOral = "written-or-oral", "书面签名盖章，或口头达成", "signed and sealed, or by word";
        /// Reported to the court, which records it.
        ReportedToCourt = "reported-to-court", "报法院审查", "reported to the court";
        /// By the court's own mediation document.
        CourtDocument = "court-document", "法院调解书签收", "the court's mediation document";
    }
}

told! {
    /// Where a matter goes when mediation fails.
    Exit {
        /// A court.
        Court = "court", "人民法院", "a court";
        /// Labour arbitration, before any court.
        LabourArbitration = "labour-arbitration", "劳动争议仲裁", "labour arbitration";
        /// The police, who decide on the violation.
        Police = "police", "公安机关", "the police";
        /// A court, or arbitration where that was agreed.
        CourtOrArbitration = "court-or-arbitration", "人民法院或者仲裁机构", "a court or arbitration";
        /// The petition office, which answers in writing.
        PetitionOffice = "petition-office", "信访工作机构", "the petition office";
    }
}

/// A track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// Two letters.
    pub code: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// The event whose day fixes the regime of a case.
    pub pin: String,
    /// The state in which a case comes onto the track.
    pub entry: String,
    /// The id of the clock of its base period; none where the parties agree it.
    pub main_clock: Option<String>,
    /// When its agreement is formed.
    pub formality: Formality,
    /// Where it leads when it fails.
    pub exit: Exit,
    /// Whether the pinning event is said by the source.
    pub verified: bool,
    /// Where the row comes from.
    pub source: String,
}

/// A row of the table.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Row {
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
    pub pin: String,
    pub entry: String,
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    pub source: String,
}

impl Track {
    /// The clock of its base period.
    pub fn clock(&self) -> Option<&'static Clock> {
        self.main_clock.as_deref().and_then(clocks::get)
    }

    /// Whether a matter received on this day may enter it.
    pub fn is_open_on(&self, day: NaiveDate) -> bool {
        profiles::of(&self.code).any(|profile| profile.status == Status::Open && profile.holds_on(day))
    }
}

/// A track without a profile is left out here and refused by the build.
static TRACKS: LazyLock<Vec<Track>> = LazyLock::new(|| {
    let rows: Vec<Row> = table::rows("tracks.csv");
    let tracks = rows.into_iter().filter_map(|row| {
        let profile = profiles::of(&row.code).next_back()?;
        Some(Track {
            code: row.code,
            name_zh: row.name_zh,
            name_en: row.name_en,
            pin: row.pin,
            entry: row.entry,
            main_clock: profile.main.clone(),
            formality: profile.formality,
            exit: profile.exit,
            verified: row.verified,
            source: row.source,
        })
    });
    tracks.collect()
});

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

    #[test]
    fn thirteen_tracks_each_with_a_clock() {
        assert_eq!(all().len(), 13);
        for track in all() {
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
        assert!(!open("PM", "2015-12-31"), "the book does not know the law of that day");
    }
}
