//! The periods that run in a case: ours (S), and those of the law (K).
//!
//! All are defaults an edition may replace; the ledger of deadlines names which it used.

use crate::calendar::{self, Calendar, Due};
pub use crate::period::Unit;
use crate::period::{Period, Way};
use crate::table;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use std::sync::LazyLock;

/// Whether, and by whose will, a period may be made longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Extension {
    /// Not at all.
    None,
    /// By the parties' consent, without a cap.
    Consent,
    /// By the parties' consent, at most 30 days together.
    #[serde(rename = "consent-30d")]
    ConsentUpTo30Days,
    /// By the organ's approval, at most 30 days together.
    #[serde(rename = "approval-30d")]
    ApprovalUpTo30Days,
}

/// A period.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Clock {
    /// `S01`… for ours, `K01`… for the law's.
    pub id: String,
    /// How many.
    pub length: u32,
    /// Of what.
    pub unit: Unit,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// The event it starts with, in Chinese; the event's own day does not count.
    pub start_zh: String,
    /// The same in English.
    pub start_en: String,
    /// How it may be made longer.
    pub extension: Extension,
    /// Whether the time of an appraisal is left out.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub appraisal_excluded: bool,
    /// Where the row comes from.
    pub source: String,
}

/// When a clock runs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiry {
    /// The instant from which it is over.
    pub at: DateTime<Utc>,
    /// The last civil day in Shanghai.
    pub date: NaiveDate,
    /// Whether a calendar that is not out yet may move it.
    pub provisional: bool,
}

impl Clock {
    /// Whether this is one of our own clocks rather than the law's.
    pub fn is_service_clock(&self) -> bool {
        self.id.starts_with('S')
    }

    /// The last day when the start event fell on this civil day. Hours are counted as whole days here.
    pub fn due(&self, start: NaiveDate) -> Due {
        self.due_by(Calendar::compiled_in(), start)
    }

    /// The same by another calendar.
    pub fn due_by(&self, calendar: &Calendar, start: NaiveDate) -> Due {
        calendar.count(start, Period { length: self.length, unit: self.unit }, Way::Forward)
    }

    /// When it runs out if the start event happened at this instant: at the end of the last day, or of the hour.
    pub fn expiry(&self, start: DateTime<Utc>) -> Expiry {
        if self.unit == Unit::Hours {
            let at = calendar::add_hours(start, self.length);
            return Expiry { at, date: calendar::civil_date(at), provisional: false };
        }
        let Due { date, provisional } = self.due(calendar::civil_date(start));
        Expiry { at: calendar::end_of(date), date, provisional }
    }
}

static CLOCKS: LazyLock<Vec<Clock>> =
    LazyLock::new(|| table::rows("clocks.csv", include_str!("../data/clocks.csv")));

/// All clocks.
pub fn all() -> &'static [Clock] {
    &CLOCKS
}

/// The clock of this id.
pub fn get(id: &str) -> Option<&'static Clock> {
    CLOCKS.iter().find(|clock| clock.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::{self, assert_cited};

    #[test]
    fn every_clock_is_cited_and_the_laws_clocks_cite_more_than_us() {
        for clock in all() {
            assert_cited(&clock.id, &clock.source);
            assert!(
                clock.length > 0 && !clock.name_zh.is_ascii() && !clock.start_zh.is_ascii(),
                "{}",
                clock.id
            );
            assert!(clock.name_en.is_ascii() && clock.start_en.is_ascii(), "{}", clock.id);
            let ours = sources::of(&clock.source).all(|source| source.id == "D1");
            assert_eq!(ours, clock.is_service_clock(), "{}", clock.id);
            assert_eq!(get(&clock.id), Some(clock));
        }
        let asked = "S01 S02 S03 S04 S05 S06 S07 S08 S09 S10 K03 K04 K05 K10 K12 K15 K19 K23 K27 K34 K49";
        assert!(asked.split(' ').all(|id| get(id).is_some()));
        assert_eq!(get("K99"), None);
    }

    #[test]
    fn clocks_count_in_their_own_unit() {
        let on = |id: &str, start: &str| get(id).unwrap().due(start.parse().unwrap()).date.to_string();
        assert_eq!(on("S05", "2026-02-13"), "2026-02-24");
        assert_eq!(on("K03", "2026-02-13"), "2026-02-25");
        assert_eq!(on("K05", "2026-01-08"), "2026-02-09");
        assert_eq!(on("K10", "2026-01-31"), "2026-02-28");
        assert_eq!(on("K15", "2025-01-02"), "2025-02-19");
        assert_eq!(on("S08", "2026-03-16"), "2026-09-16");
    }

    #[test]
    fn a_clock_runs_out_when_its_last_day_is_over() {
        let start = "2026-01-08T23:30:00+08:00".parse::<DateTime<Utc>>().unwrap();
        let expiry = get("K05").unwrap().expiry(start);
        assert_eq!(expiry.date.to_string(), "2026-02-09");
        assert_eq!(expiry.at, "2026-02-10T00:00:00+08:00".parse::<DateTime<Utc>>().unwrap());
        let hours = Clock { length: 72, unit: Unit::Hours, ..get("K05").unwrap().clone() };
        assert_eq!(hours.expiry(start).at, "2026-01-12T00:00:00+08:00".parse::<DateTime<Utc>>().unwrap());
    }
}
