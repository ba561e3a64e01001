//! Counting days: the vectors of the law reference, the recorded holidays, and the edges.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use proptest::prelude::*;
use rulebook::calendar::{self, Calendar, Due, Workday};
use rulebook::sources;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse::<DateTime<chrono::FixedOffset>>().expect("an instant").to_utc()
}

fn sure(text: &str) -> Due {
    Due { date: day(text), provisional: false }
}

#[test]
fn calendar_days_roll_only_at_the_end() {
    for (start, n, due) in [
        ("2021-01-12", 30, "2021-02-18"),
        ("2021-09-01", 30, "2021-10-08"),
        ("2022-01-03", 30, "2022-02-07"),
        ("2023-09-04", 30, "2023-10-07"),
        ("2024-01-16", 30, "2024-02-18"),
        ("2024-09-03", 30, "2024-10-08"),
        ("2025-09-05", 30, "2025-10-09"),
        ("2025-12-20", 15, "2026-01-04"),
        ("2026-01-08", 30, "2026-02-09"),
        ("2026-02-10", 7, "2026-02-24"),
        ("2026-04-17", 15, "2026-05-06"),
    ] {
        assert_eq!(calendar::add_days(day(start), n), sure(due), "{start} + {n} d");
    }
}

#[test]
fn working_days_skip_holidays_and_count_make_up_days() {
    for (start, n, due) in [
        ("2021-02-05", 3, "2021-02-09"),
        ("2021-09-30", 3, "2021-10-11"),
        ("2024-02-08", 3, "2024-02-19"),
        ("2025-09-30", 2, "2025-10-10"),
        ("2026-02-13", 3, "2026-02-25"),
        ("2026-04-30", 5, "2026-05-11"),
        ("2025-01-02", 30, "2025-02-19"),
    ] {
        assert_eq!(calendar::add_workdays(day(start), n), sure(due), "{start} + {n} wd");
    }
    assert_eq!(calendar::add_workdays(day("2026-02-15"), 0), sure("2026-02-24"));
    assert_eq!(calendar::add_workdays(day("2026-02-14"), 0), sure("2026-02-14"));
}

#[test]
fn months_and_years_keep_the_day_or_take_the_last_one() {
    assert_eq!(calendar::add_months(day("2025-01-31"), 1), sure("2025-02-28"));
    assert_eq!(calendar::add_months(day("2023-12-31"), 2), sure("2024-02-29"));
    assert_eq!(calendar::add_months(day("2025-09-02"), 1), sure("2025-10-09"));
    assert_eq!(calendar::add_years(day("2024-02-29"), 1), sure("2025-02-28"));
    assert_eq!(calendar::add_years(day("2024-05-07"), 2), sure("2026-05-07"));
}

#[test]
fn an_unpublished_year_is_provisional_and_never_fails() {
    assert_eq!(calendar::is_workday(day("2027-03-01")), Workday::Provisional(true));
    assert_eq!(calendar::is_workday(day("2027-03-06")), Workday::Provisional(false));
    assert_eq!(calendar::is_workday(day("2026-02-14")), Workday::Known(true));
    assert_eq!(calendar::is_workday(day("2026-02-16")), Workday::Known(false));
    let over = calendar::add_days(day("2026-12-20"), 30);
    assert_eq!(over, Due { date: day("2027-01-19"), provisional: true });
    assert!(calendar::add_workdays(day("2026-12-29"), 5).provisional);
    assert!(!calendar::add_workdays(day("2026-12-24"), 5).provisional);
    assert_eq!(calendar::add_days(day("2026-01-01"), u32::MAX).date, NaiveDate::MAX);
    assert_eq!(calendar::add_years(day("2026-01-01"), u32::MAX).date, NaiveDate::MAX);
}

/// The figures of the yearly table.
#[test]
fn each_year_has_its_working_days() {
    for (year, count) in [(2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)] {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        let days = first.iter_days().take_while(|day| day.year() == year);
        let worked = days.map(calendar::is_workday).inspect(|day| assert!(!day.is_provisional()));
        assert_eq!(worked.filter(|day| day.is_worked()).count(), count, "{year}");
    }
}

#[test]
fn every_row_of_the_calendar_is_cited_and_in_its_year() {
    for span in calendar::spans() {
        // New Year's leave may begin in the old year: the notice for 2023 begins on 2022-12-31.
        assert!(span.first <= span.last && span.last.year() == span.year, "{span:?}");
        assert!((span.last - span.first).num_days() < 12, "{span:?}");
        assert_eq!(sources::of(&span.source).count(), 1, "{span:?}");
        assert!(span.source.contains("gov.cn/"), "{span:?}");
    }
}

#[test]
fn the_recorded_holidays_agree_day_by_day() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/holidays_cn.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: {path} is not here");
        return;
    };
    let recorded: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut seen = 0;
    for year in recorded["years"].as_object().unwrap().values() {
        for row in year["days"].as_array().unwrap() {
            let date = day(row["date"].as_str().unwrap());
            assert_eq!(
                calendar::is_workday(date),
                Workday::Known(!row["isOffDay"].as_bool().unwrap()),
                "{date}"
            );
            seen += 1;
        }
    }
    let kept: i64 = calendar::spans().iter().map(|span| (span.last - span.first).num_days() + 1).sum();
    assert_eq!(seen, kept);
}

#[test]
fn a_civil_day_is_shanghais() {
    assert_eq!(calendar::civil_date(at("2026-02-09T15:59:59Z")), day("2026-02-09"));
    assert_eq!(calendar::civil_date(at("2026-02-09T16:00:00Z")), day("2026-02-10"));
    assert_eq!(calendar::end_of(day("2026-02-09")), at("2026-02-10T00:00:00+08:00"));
    assert_eq!(calendar::start_of(day("2026-02-09")), at("2026-02-09T00:00:00+08:00"));
    assert_eq!(calendar::add_hours(at("2026-02-09T10:20:00+08:00"), 72), at("2026-02-12T11:00:00+08:00"));
    assert_eq!(calendar::add_hours(at("2026-02-09T10:00:00+08:00"), 24), at("2026-02-10T11:00:00+08:00"));
}

#[test]
fn an_edition_may_bring_a_new_year() {
    let mut spans = calendar::spans().to_vec();
    let mut extra = spans[0].clone();
    extra.year = 2027;
    (extra.first, extra.last) = (day("2027-03-01"), day("2027-03-01"));
    spans.push(extra);
    let edition = Calendar::of(&spans);
    assert_eq!(edition.is_workday(day("2027-03-01")), Workday::Known(false));
    assert_eq!(edition.add_days(day("2027-02-26"), 3), sure("2027-03-02"));
}

proptest! {
    #[test]
    fn a_period_ends_on_a_worked_day_and_not_before_its_length(offset in 0..2500_u64, n in 0..400_u32) {
        let start = day("2020-01-01") + chrono::Days::new(offset);
        let due = calendar::add_days(start, n);
        prop_assert!(calendar::is_workday(due.date).is_worked());
        prop_assert!(due.date >= start + chrono::Days::new(n.into()));
        prop_assert!((due.date - start).num_days() - i64::from(n) <= 10);
        let working = calendar::add_workdays(start, n);
        prop_assert!(working.date >= due.date || n < 3);
        let worked = start.iter_days().skip(1).take_while(|d| *d <= working.date);
        let counted = worked.filter(|d| calendar::is_workday(*d).is_worked()).count();
        prop_assert!(n == 0 || counted == n as usize);
    }

    #[test]
    fn an_instant_lies_in_its_civil_day(seconds in 0..4_000_000_000_i64) {
        let instant = DateTime::from_timestamp(seconds, 0).unwrap();
        let date = calendar::civil_date(instant);
        prop_assert!(calendar::start_of(date) <= instant && instant < calendar::end_of(date));
    }
}
