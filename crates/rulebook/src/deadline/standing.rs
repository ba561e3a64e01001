//! How a deadline stands: computed each time from the ledger and a calendar, and kept nowhere.

use super::{Entry, Ledger};
use crate::calendar::{self, Calendar, Day, DayKind, Gap, Part};
use crate::clocks::{Expiry, StopReason};
use crate::edition::Edition;
use crate::explain::{Why, why_of};
use crate::period::Way;
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};

/// How a deadline stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It runs, and this is its end.
    Running(Expiry),
    /// It stands still.
    Stopped {
        /// Since when.
        since: DateTime<Utc>,
        /// Why.
        reason: StopReason,
    },
}

impl Standing {
    /// Its end, if it runs.
    pub const fn expiry(&self) -> Option<Expiry> {
        match self {
            Standing::Running(expiry) => Some(*expiry),
            Standing::Stopped { .. } => None,
        }
    }
}

/// A part of the count: the base period, or one extension.
pub(crate) struct Stage {
    /// From when.
    pub from: NaiveDate,
    /// Its last day.
    pub last: NaiveDate,
    /// The days that mattered.
    pub seen: Vec<Seen>,
    /// The first year met whose calendar is not out yet.
    pub unknown_year: Option<i32>,
}

/// A day that mattered to the count.
pub(crate) struct Seen {
    pub date: NaiveDate,
    pub part: Part,
    pub why: Option<Why>,
    pub make_up: Option<String>,
}

impl Stage {
    pub(crate) fn new(from: NaiveDate) -> Stage {
        Stage { from, last: from, seen: Vec::new(), unknown_year: None }
    }

    pub(crate) fn see(&mut self, day: Day<'_>, part: Part) {
        if day.provisional {
            self.unknown_year.get_or_insert(day.date.year());
        }
        if part != Part::Counted || day.kind != DayKind::Weekday {
            let (why, make_up) = why_of(day.kind);
            self.seen.push(Seen { date: day.date, part, why, make_up });
        }
    }
}

impl Ledger {
    /// How it stands by an edition's calendar.
    pub fn standing(&self, edition: &Edition) -> Standing {
        match self.stopped() {
            Some((since, reason)) => Standing::Stopped { since, reason },
            None => Standing::Running(self.count(edition.calendar(), &mut |_| {})),
        }
    }

    /// Its end as if it ran, telling each stage of the count.
    pub(crate) fn count(&self, calendar: &Calendar, tell: &mut dyn FnMut(Stage)) -> Expiry {
        if self.is_in_hours() {
            return self.count_hours();
        }
        let gaps = self.gaps();
        let terms = self.terms();
        let mut at = calendar::civil_date(self.began().at);
        let mut provisional = false;
        let base = std::iter::once((terms.period, terms.way));
        let more = self.extensions().map(|extension| (extension.length(), Way::Forward));
        for (length, way) in base.chain(more) {
            let mut stage = Stage::new(at);
            let due = calendar.walk(at, length, way, &gaps, &mut |day, part| stage.see(day, part));
            stage.last = due.date;
            tell(stage);
            at = due.date;
            provisional |= due.provisional;
        }
        Expiry { at: calendar::end_of(at), date: at, provisional }
    }

    /// Hours run through rest days; a stop takes its own length out of them.
    fn count_hours(&self) -> Expiry {
        let terms = self.terms();
        let more: u32 = self.extensions().map(|extension| extension.length().length).sum();
        let hours = terms.period.length.saturating_add(more);
        let end = match terms.way {
            Way::Forward => calendar::add_hours(self.began().at, hours),
            Way::Backward => calendar::hours_before(self.began().at, hours),
        };
        let at = end + self.stops().iter().map(|(from, to, _)| *to - *from).sum::<TimeDelta>();
        Expiry { at, date: calendar::civil_date(at), provisional: false }
    }

    /// The stops of the running period that have ended, with both ends and the reason.
    pub(crate) fn stops(&self) -> Vec<(DateTime<Utc>, DateTime<Utc>, StopReason)> {
        let mut stops = Vec::new();
        let mut since = None;
        for entry in self.running().1 {
            match (entry, since) {
                (Entry::Stopped { at, reason }, _) => since = Some((*at, *reason)),
                (Entry::Resumed { at }, Some((from, reason))) => {
                    stops.push((from, *at, reason));
                    since = None;
                }
                _ => {}
            }
        }
        stops
    }

    /// The days that do not count: those after the day of a stop, up to and with the day on which it ended.
    fn gaps(&self) -> Vec<Gap> {
        let days = self.stops().into_iter().filter_map(|(from, to, _)| {
            let first = calendar::civil_date(from).checked_add_days(Days::new(1))?;
            Some(Gap { first, last: calendar::civil_date(to) })
        });
        days.filter(|gap| gap.first <= gap.last).collect()
    }
}
