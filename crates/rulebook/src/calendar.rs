//! Counting days as the law counts them.
//!
//! - The day of the event does not count (C1); a period of days ends at 24:00 of its last day (C3).
//! - A last day on a rest day moves to the next working day (C2): weekends worked instead of a holiday do not
//!   count as rest days, so a period may end on a Saturday.
//! - Months and years end on the same day of the due month, or on its last day (C4).
//! - Working days skip weekends and holidays and count make-up days (C7).
//!
//! A year whose notice is not out yet is counted by weekends alone, and every date that needed it says
//! *provisional*; it is never an error. A notice may also touch the last days of the year before (that of 2023
//! begins on 2022-12-31); those days count as known once their own year's notice is.

use crate::table;
use chrono::{DateTime, Datelike, Days, Duration, DurationRound, Months, NaiveDate, NaiveTime, Utc, Weekday};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Whether a day is worked, and how sure that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workday {
    /// The year's notice is known.
    Known(bool),
    /// The year's notice is not known: weekends only.
    Provisional(bool),
}

impl Workday {
    /// The answer, sure or not.
    pub const fn is_worked(self) -> bool {
        matches!(self, Workday::Known(true) | Workday::Provisional(true))
    }

    /// Whether a later notice may change it.
    pub const fn is_provisional(self) -> bool {
        matches!(self, Workday::Provisional(_))
    }
}

/// The last day of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The civil day in Shanghai at whose end the period ends.
    pub date: NaiveDate,
    /// Whether a notice that is not out yet may move it.
    pub provisional: bool,
}

/// A set of known years. The compiled-in one is [`Calendar::compiled_in`]; an edition may bring another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    years: HashSet<i32>,
    moved: HashMap<NaiveDate, bool>,
}

/// One row of a calendar table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Span {
    /// The year whose notice this is.
    pub year: i32,
    /// `OFF` or `WORK`.
    pub kind: SpanKind,
    /// First day.
    pub first: NaiveDate,
    /// Last day, the same for one day.
    pub last: NaiveDate,
    /// The holiday it belongs to.
    pub name: String,
    /// The notice.
    pub source: String,
}

/// Whether days are given off or taken for work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SpanKind {
    /// Not worked.
    Off,
    /// A rest day that is worked.
    Work,
}

static SPANS: LazyLock<Vec<Span>> =
    LazyLock::new(|| table::rows("calendar.csv", include_str!("../data/calendar.csv")));

static COMPILED_IN: LazyLock<Calendar> = LazyLock::new(|| Calendar::of(&SPANS));

impl Calendar {
    /// The calendar of the tables this program was built with: 2020 to 2026.
    pub fn compiled_in() -> &'static Calendar {
        &COMPILED_IN
    }

    /// A calendar of these rows; a year is known when it has one.
    pub fn of(spans: &[Span]) -> Calendar {
        let mut calendar = Calendar::default();
        for span in spans {
            calendar.years.insert(span.year);
            for day in span.first.iter_days().take_while(|day| *day <= span.last) {
                calendar.moved.insert(day, span.kind == SpanKind::Work);
            }
        }
        calendar
    }

    /// Whether a day is worked.
    pub fn is_workday(&self, date: NaiveDate) -> Workday {
        let weekday = !matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        let worked = self.moved.get(&date).copied().unwrap_or(weekday);
        if self.years.contains(&date.year()) { Workday::Known(worked) } else { Workday::Provisional(worked) }
    }

    /// `n` calendar days after `start`; only the last day moves off a rest day.
    pub fn add_days(&self, start: NaiveDate, n: u32) -> Due {
        self.rolled(start.checked_add_days(Days::new(n.into())).unwrap_or(NaiveDate::MAX))
    }

    /// The `n`-th working day after `start`; for none, the first working day from `start` on.
    pub fn add_workdays(&self, start: NaiveDate, n: u32) -> Due {
        if n == 0 {
            return self.rolled(start);
        }
        let mut due = Due { date: start, provisional: false };
        let mut left = n;
        while left > 0 {
            let Some(next) = due.date.succ_opt() else { break };
            let day = self.is_workday(next);
            due = Due { date: next, provisional: due.provisional || day.is_provisional() };
            left -= u32::from(day.is_worked());
        }
        due
    }

    /// `n` months after `start`, on the same day of the month or its last one, moved off a rest day.
    pub fn add_months(&self, start: NaiveDate, n: u32) -> Due {
        self.rolled(start.checked_add_months(Months::new(n)).unwrap_or(NaiveDate::MAX))
    }

    /// `n` years after `start`, counted as months.
    pub fn add_years(&self, start: NaiveDate, n: u32) -> Due {
        self.add_months(start, n.saturating_mul(12))
    }

    fn rolled(&self, mut date: NaiveDate) -> Due {
        let mut provisional = false;
        loop {
            let day = self.is_workday(date);
            provisional |= day.is_provisional();
            match date.succ_opt() {
                Some(next) if !day.is_worked() => date = next,
                _ => return Due { date, provisional },
            }
        }
    }
}

/// The rows of the compiled-in calendar, for review and display.
pub fn spans() -> &'static [Span] {
    &SPANS
}

/// [`Calendar::is_workday`] by the compiled-in calendar.
pub fn is_workday(date: NaiveDate) -> Workday {
    COMPILED_IN.is_workday(date)
}

/// [`Calendar::add_days`] by the compiled-in calendar.
pub fn add_days(start: NaiveDate, n: u32) -> Due {
    COMPILED_IN.add_days(start, n)
}

/// [`Calendar::add_workdays`] by the compiled-in calendar.
pub fn add_workdays(start: NaiveDate, n: u32) -> Due {
    COMPILED_IN.add_workdays(start, n)
}

/// [`Calendar::add_months`] by the compiled-in calendar.
pub fn add_months(start: NaiveDate, n: u32) -> Due {
    COMPILED_IN.add_months(start, n)
}

/// [`Calendar::add_years`] by the compiled-in calendar.
pub fn add_years(start: NaiveDate, n: u32) -> Due {
    COMPILED_IN.add_years(start, n)
}

/// The end of `n` hours: the hour of the event does not count, the first whole hour after it does (C1).
pub fn add_hours(event: DateTime<Utc>, n: u32) -> DateTime<Utc> {
    let hour = event.duration_trunc(Duration::hours(1)).unwrap_or(event);
    hour.checked_add_signed(Duration::hours(1 + i64::from(n))).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Eight hours ahead of UTC, all year, since 1991; the law's days are days there.
const SHANGHAI: Duration = Duration::hours(8);

/// The civil day of an instant.
pub fn civil_date(instant: DateTime<Utc>) -> NaiveDate {
    instant.checked_add_signed(SHANGHAI).unwrap_or(instant).date_naive()
}

/// When a civil day begins, as an instant.
pub fn start_of(date: NaiveDate) -> DateTime<Utc> {
    let midnight = date.and_time(NaiveTime::MIN).and_utc();
    midnight.checked_sub_signed(SHANGHAI).unwrap_or(midnight)
}

/// When a civil day is over: 24:00, which is 00:00 of the next.
pub fn end_of(date: NaiveDate) -> DateTime<Utc> {
    date.succ_opt().map_or(DateTime::<Utc>::MAX_UTC, start_of)
}
