//! Civil days in Shanghai, and instants.

use chrono::{DateTime, Duration, DurationRound, NaiveDate, NaiveTime, Utc};

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

/// The end of `n` hours: the hour of the event does not count, the first whole hour after it does (C1).
pub fn add_hours(event: DateTime<Utc>, n: u32) -> DateTime<Utc> {
    hour_of(event).checked_add_signed(Duration::hours(1 + i64::from(n))).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// The last instant that leaves `n` whole hours before the event's own, which does not count (C8).
pub fn hours_before(event: DateTime<Utc>, n: u32) -> DateTime<Utc> {
    hour_of(event).checked_sub_signed(Duration::hours(n.into())).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

fn hour_of(event: DateTime<Utc>) -> DateTime<Utc> {
    event.duration_trunc(Duration::hours(1)).unwrap_or(event)
}
