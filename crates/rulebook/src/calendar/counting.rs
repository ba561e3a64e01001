//! Counting a period day by day, and telling each day that was seen on the way.
//!
//! Backward counting (C8) and the days of a stop are this project's reading: no text settles them. Back from an event,
//! a last day on a rest day moves *earlier*, so that the other side never has fewer days than the law gives. Hours run
//! through rest days: only a last *day* moves (C2).

use super::{Calendar, Day, Due};
use crate::period::{Period, Unit, Way};
use chrono::{Days, Months, NaiveDate};

/// Days that do not count because the period stood still, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The first.
    pub first: NaiveDate,
    /// The last; the day on which the reason fell away is still left out, as every event's own day is.
    pub last: NaiveDate,
}

/// What a day was to the count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// One of the period's days.
    Counted,
    /// A rest day, which a period of working days does not count.
    Rest,
    /// The period stood still.
    Stopped,
    /// The last day by count, or one after it, on which the period may not end.
    NoEnd,
}

impl Calendar {
    /// The last day of a period that an event on `start` begins, or the last day before that event.
    pub fn count(&self, start: NaiveDate, period: Period, way: Way) -> Due {
        self.walk(start, period, way, &[], &mut |_, _| {})
    }

    /// The same with days left out, showing every day that mattered.
    pub fn walk(
        &self,
        start: NaiveDate,
        period: Period,
        way: Way,
        gaps: &[Gap],
        see: &mut dyn FnMut(Day<'_>, Part),
    ) -> Due {
        if period.unit == Unit::WorkDays && period.length > 0 {
            return self.walk_workdays(start, period.length, way, gaps, see);
        }
        let last = self.last_by_count(start, period, way, gaps, see);
        if period.unit == Unit::Hours {
            return Due { date: last, provisional: false };
        }
        self.rolled(last, way, gaps, see)
    }

    fn walk_workdays(
        &self,
        start: NaiveDate,
        length: u32,
        way: Way,
        gaps: &[Gap],
        see: &mut dyn FnMut(Day<'_>, Part),
    ) -> Due {
        let mut due = Due { date: start, provisional: false };
        let mut left = length;
        while left > 0 {
            let Some(date) = next(due.date, way) else { break };
            let day = self.day(date);
            due = Due { date, provisional: due.provisional || day.provisional };
            let part = match (is_in(gaps, date), day.kind.is_worked()) {
                (true, _) => Part::Stopped,
                (false, true) => Part::Counted,
                (false, false) => Part::Rest,
            };
            left -= u32::from(part == Part::Counted);
            see(day, part);
        }
        due
    }

    fn last_by_count(
        &self,
        start: NaiveDate,
        period: Period,
        way: Way,
        gaps: &[Gap],
        see: &mut dyn FnMut(Day<'_>, Part),
    ) -> NaiveDate {
        let nominal = nominal(start, period, way);
        if gaps.is_empty() {
            return nominal;
        }
        let mut left = (nominal - start).num_days().unsigned_abs();
        let mut last = start;
        while left > 0 {
            let Some(date) = next(last, way) else { break };
            last = date;
            if is_in(gaps, date) {
                see(self.day(date), Part::Stopped);
            } else {
                left -= 1;
            }
        }
        last
    }

    fn rolled(&self, last: NaiveDate, way: Way, gaps: &[Gap], see: &mut dyn FnMut(Day<'_>, Part)) -> Due {
        let mut due = Due { date: last, provisional: false };
        loop {
            let day = self.day(due.date);
            due.provisional |= day.provisional;
            let may_end = day.kind.is_worked() && !is_in(gaps, due.date);
            match next(due.date, way) {
                Some(date) if !may_end => {
                    see(day, Part::NoEnd);
                    due.date = date;
                }
                _ => {
                    see(day, Part::Counted);
                    return due;
                }
            }
        }
    }
}

/// Where the bare count leads, whatever day that is: the same day of the due month, or its last one (C4).
fn nominal(start: NaiveDate, period: Period, way: Way) -> NaiveDate {
    let n = period.length;
    let days = |days: u32| Days::new(days.into());
    let moved = match (period.unit, way) {
        (Unit::Hours, Way::Forward) => start.checked_add_days(days(n.div_ceil(24))),
        (Unit::Hours, Way::Backward) => start.checked_sub_days(days(n.div_ceil(24))),
        (Unit::Days | Unit::WorkDays, Way::Forward) => start.checked_add_days(days(n)),
        (Unit::Days | Unit::WorkDays, Way::Backward) => start.checked_sub_days(days(n)),
        (Unit::Months, Way::Forward) => start.checked_add_months(Months::new(n)),
        (Unit::Months, Way::Backward) => start.checked_sub_months(Months::new(n)),
        (Unit::Years, Way::Forward) => start.checked_add_months(Months::new(n.saturating_mul(12))),
        (Unit::Years, Way::Backward) => start.checked_sub_months(Months::new(n.saturating_mul(12))),
    };
    moved.unwrap_or(match way {
        Way::Forward => NaiveDate::MAX,
        Way::Backward => NaiveDate::MIN,
    })
}

fn next(date: NaiveDate, way: Way) -> Option<NaiveDate> {
    match way {
        Way::Forward => date.succ_opt(),
        Way::Backward => date.pred_opt(),
    }
}

fn is_in(gaps: &[Gap], date: NaiveDate) -> bool {
    gaps.iter().any(|gap| gap.first <= date && date <= gap.last)
}
