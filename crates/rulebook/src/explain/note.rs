//! What an explanation is made of.

use crate::clocks::StopReason;
use crate::deadline::{Extension, Standing};
use crate::period::{Period, Way};
use chrono::NaiveDate;

/// Why days were not worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Saturday or Sunday.
    Weekend,
    /// A holiday, by its Chinese name.
    Holiday(String),
}

/// One thing that decided the date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The rule.
    Rule {
        /// The clock's id.
        clock: String,
        /// Its Chinese name.
        name_zh: String,
        /// Its English name.
        name_en: String,
        /// Its article.
        article: String,
        /// Whether it was read there.
        verified: bool,
        /// The day whose law it is.
        pinned_on: NaiveDate,
    },
    /// How long, and how such a length is counted.
    Counting {
        /// How long.
        period: Period,
        /// From the event on, or back from it.
        way: Way,
    },
    /// The event's own day, which does not count.
    Event {
        /// The event's code; empty where only a day is known.
        event: String,
        /// Its day.
        on: NaiveDate,
        /// Whether the period began anew with it.
        anew: bool,
    },
    /// The case was moved to these terms.
    Repinned {
        /// When.
        on: NaiveDate,
        /// Why.
        reason: String,
    },
    /// Rest days that did not count.
    Rest {
        /// The first.
        first: NaiveDate,
        /// The last.
        last: NaiveDate,
        /// Why they are not worked.
        why: Why,
    },
    /// A weekend day that did count, because it was worked instead of a holiday.
    MadeUp {
        /// Which.
        on: NaiveDate,
        /// Instead of which holiday.
        name: String,
    },
    /// Days on which the period may not end.
    NoEnd {
        /// The first.
        first: NaiveDate,
        /// The last.
        last: NaiveDate,
        /// Why they are not worked; nothing where the period stood still.
        why: Option<Why>,
        /// Which way the end moves off them.
        way: Way,
    },
    /// Days that did not count because the period stood still.
    Stopped {
        /// The first.
        first: NaiveDate,
        /// The last; none if it still does.
        last: Option<NaiveDate>,
        /// Why.
        reason: StopReason,
    },
    /// A longer period.
    Extended {
        /// By how much, and who granted it.
        extension: Extension,
        /// The last day before and after; none where hours are counted or the period stands still.
        ends: Option<(NaiveDate, NaiveDate)>,
    },
    /// The calendar of a year is not out yet.
    Provisional {
        /// The first such year.
        year: i32,
    },
    /// The end.
    End {
        /// How it stands.
        standing: Standing,
        /// Whether it is counted in hours.
        hours: bool,
        /// The edition whose calendar was used.
        edition: String,
    },
}

/// A day and what it was to the count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayNote {
    /// Which.
    pub date: NaiveDate,
    /// Whether it counted.
    pub counted: bool,
    /// `weekend`, `holiday`, `make-up` or `stopped`.
    pub why: &'static str,
    /// The holiday's Chinese name.
    pub name: Option<String>,
}
