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

mod civil;
mod counting;
mod holidays;

pub use civil::{add_hours, civil_date, end_of, hours_before, start_of};
pub use counting::{Gap, Part};
pub use holidays::{Holiday, holiday_in_english, holidays};

use crate::period::{Period, Unit, Way};
use crate::table;
use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
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

/// A day as the calendar knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day<'a> {
    /// Which.
    pub date: NaiveDate,
    /// What it is.
    pub kind: DayKind<'a>,
    /// Whether a notice that is not out yet may change it.
    pub provisional: bool,
}

/// What a day is; holidays and make-up days carry the holiday's Chinese name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind<'a> {
    /// Monday to Friday, worked.
    Weekday,
    /// Saturday or Sunday, not worked.
    Weekend,
    /// Given off.
    Holiday(&'a str),
    /// A weekend day worked instead of a holiday.
    MakeUp(&'a str),
}

impl DayKind<'_> {
    /// Whether it is worked.
    pub const fn is_worked(self) -> bool {
        matches!(self, DayKind::Weekday | DayKind::MakeUp(_))
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
    years: BTreeSet<i32>,
    /// What the notices say of a year's days, by their ordinal: the place in `moves` plus one, or nothing.
    days: BTreeMap<i32, Vec<u16>>,
    moves: Vec<(SpanKind, String)>,
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
    /// Whether it was compared with the notice or with a source that quotes it.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
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

static SPANS: LazyLock<Vec<Span>> = LazyLock::new(|| table::rows("calendar.csv"));

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
            calendar.moves.push((span.kind, span.name.clone()));
            let mark = calendar.moves.len() as u16;
            for day in span.first.iter_days().take_while(|day| *day <= span.last) {
                let year = calendar.days.entry(day.year()).or_insert_with(|| vec![0; 366]);
                year[day.ordinal0() as usize] = mark;
            }
        }
        calendar
    }

    /// The years whose notice is known.
    pub fn years(&self) -> impl Iterator<Item = i32> + '_ {
        self.years.iter().copied()
    }

    /// What a day is.
    pub fn day(&self, date: NaiveDate) -> Day<'_> {
        let mark = self.days.get(&date.year()).map_or(0, |days| days[date.ordinal0() as usize]);
        let moved = usize::from(mark).checked_sub(1).and_then(|at| self.moves.get(at));
        let kind = match moved {
            Some((SpanKind::Off, name)) => DayKind::Holiday(name),
            Some((SpanKind::Work, name)) => DayKind::MakeUp(name),
            None if matches!(date.weekday(), Weekday::Sat | Weekday::Sun) => DayKind::Weekend,
            None => DayKind::Weekday,
        };
        Day { date, kind, provisional: !self.years.contains(&date.year()) }
    }

    /// Whether a day is worked.
    pub fn is_workday(&self, date: NaiveDate) -> Workday {
        let day = self.day(date);
        let worked = day.kind.is_worked();
        if day.provisional { Workday::Provisional(worked) } else { Workday::Known(worked) }
    }

    /// `n` calendar days after `start`; only the last day moves off a rest day.
    pub fn add_days(&self, start: NaiveDate, n: u32) -> Due {
        self.count(start, Period { length: n, unit: Unit::Days }, Way::Forward)
    }

    /// The `n`-th working day after `start`; for none, the first working day from `start` on.
    pub fn add_workdays(&self, start: NaiveDate, n: u32) -> Due {
        self.count(start, Period { length: n, unit: Unit::WorkDays }, Way::Forward)
    }

    /// `n` months after `start`, on the same day of the month or its last one, moved off a rest day.
    pub fn add_months(&self, start: NaiveDate, n: u32) -> Due {
        self.count(start, Period { length: n, unit: Unit::Months }, Way::Forward)
    }

    /// `n` years after `start`, counted as months.
    pub fn add_years(&self, start: NaiveDate, n: u32) -> Due {
        self.count(start, Period { length: n, unit: Unit::Years }, Way::Forward)
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
