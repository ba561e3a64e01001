//! Random periods, counted by the crate and by the slow second implementation: no difference is allowed.

mod slow;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rulebook::calendar::{self, Calendar, Gap};
use rulebook::period::{Period, Unit, Way};
use slow::{Answer, Dice, Slow, cases};

fn date(slow: &Slow, at: usize) -> NaiveDate {
    slow.name(at).parse().expect("a day")
}

#[test]
fn the_slow_one_knows_the_vectors_too() {
    let slow = Slow::new();
    let due = |start: &str, n, unit| {
        let mut parts = start.split('-').map(|part| part.parse::<u32>().unwrap());
        let (year, month, day) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        slow.name(slow.count(slow.place(year as i32, month, day), n, unit, 1, &[]).at)
    };
    assert_eq!(due("2021-01-12", 30, "d"), "2021-02-18");
    assert_eq!(due("2023-09-04", 30, "d"), "2023-10-07");
    assert_eq!(due("2026-02-13", 3, "wd"), "2026-02-25");
    assert_eq!(due("2023-12-31", 2, "m"), "2024-02-29");
}

#[test]
fn every_day_of_the_calendar_is_the_same() {
    let slow = Slow::new();
    for (at, day) in slow.days.iter().enumerate() {
        let ours = Calendar::compiled_in().is_workday(date(&slow, at));
        assert_eq!((ours.is_worked(), ours.is_provisional()), (day.worked, !day.known), "{}", slow.name(at));
    }
}

#[test]
fn random_periods_end_on_the_same_day() {
    let slow = Slow::new();
    let mut dice = Dice(20_260_101);
    let (first, last) = (slow.place(2019, 3, 1), slow.place(2027, 9, 30));
    for case in 0..cases() {
        let start = first + dice.below((last - first) as u64) as usize;
        let (unit, code, most) = match dice.below(10) {
            0..4 => (Unit::Days, "d", 120),
            4..7 => (Unit::WorkDays, "wd", 60),
            7 => (Unit::Days, "d", 730),
            8 => (Unit::Months, "m", 30),
            _ => (Unit::Years, "y", 2),
        };
        let period = Period::new(1 + dice.below(most) as u32, unit).unwrap();
        let way = if dice.below(4) == 0 { Way::Backward } else { Way::Forward };
        let step = if way == Way::Forward { 1 } else { -1 };
        // Half of them stand still once or twice on the way.
        let (mut gaps, mut stopped) = (Vec::new(), Vec::new());
        for _ in 0..dice.below(4).saturating_sub(1) {
            let from = start.checked_add_signed(step * dice.below(most) as isize).unwrap();
            let until = from + dice.below(40) as usize;
            gaps.push(Gap { first: date(&slow, from), last: date(&slow, until) });
            stopped.push((from, until));
        }
        let begin = date(&slow, start);
        let due = Calendar::compiled_in().walk(begin, period, way, &gaps, &mut |_, _| {});
        let other = slow.count(start, period.length, code, step, &stopped);
        let ours = Answer {
            at: if due.date == date(&slow, other.at) { other.at } else { usize::MAX },
            provisional: due.provisional,
        };
        assert_eq!(
            ours,
            other,
            "case {case}: {begin} {way:?} {period}, stopped {gaps:?}: {due:?}, the slow one {}",
            slow.name(other.at)
        );
    }
}

#[test]
fn random_hours_end_at_the_same_instant() {
    let mut dice = Dice(7);
    let begin: DateTime<Utc> = "2020-01-01T00:00:00+08:00".parse().unwrap();
    for case in 0..cases() / 10 {
        let event = begin + TimeDelta::seconds(dice.below(7 * 365 * 86_400) as i64);
        let n = 1 + dice.below(200) as u32;
        // One second at a time to the next full hour, then one hour at a time.
        let mut at = event.timestamp() + 1;
        while at % 3600 != 0 {
            at += 1;
        }
        let mut before = event.timestamp();
        while before % 3600 != 0 {
            before -= 1;
        }
        for _ in 0..n {
            at += 3600;
            before -= 3600;
        }
        assert_eq!(calendar::add_hours(event, n).timestamp(), at, "case {case}: {event} + {n} h");
        assert_eq!(calendar::hours_before(event, n).timestamp(), before, "case {case}: {event} - {n} h");
    }
}
