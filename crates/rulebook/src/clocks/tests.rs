//! The catalogue is whole, and each clock counts in its own unit.

use super::*;
use crate::regimes;
use std::collections::BTreeSet;

#[test]
fn the_catalogue_is_whole() {
    let number = |id: &str| id[1..3].parse::<u32>().unwrap();
    let of = |letter: char| -> BTreeSet<u32> {
        let ids =
            all().iter().map(|clock| clock.id.as_str()).chain(unfixed().iter().map(|open| open.id.as_str()));
        ids.filter(|id| id.starts_with(letter)).map(number).collect()
    };
    assert_eq!(of('K'), (1..=54).collect());
    // S18 to S20 are not given; S21 to S23 are those of several organisations.
    assert_eq!(of('S'), (1..=17).chain(21..=23).collect());
    assert_eq!(unfixed().iter().map(|open| open.id.as_str()).collect::<Vec<_>>(), ["K26", "K51"]);
    assert_eq!((get("K99"), get("K26")), (None, None));
    for clock in all() {
        assert_eq!(clock.is_service_clock(), clock.regime.is_none(), "{}", clock.id);
        assert_eq!(clock.extension.to_string().parse(), Ok(clock.extension), "{}", clock.id);
        assert!(!clock.start_zh().is_empty() && clock.start_en().is_ascii(), "{}", clock.id);
    }
}

#[test]
fn a_clock_is_what_it_was_on_the_day() {
    let day = |text: &str| text.parse().unwrap();
    let (before, after) = (on("K07", day("2024-12-31")).unwrap(), on("K07", day("2025-01-01")).unwrap());
    assert_eq!(before.extension, Extendable::ByConsent(None));
    assert_eq!(after.extension, Extendable::ByConsent(Some(Period::days(30))));
    assert_eq!(get("K07"), Some(after));
    assert_eq!(under("K07", regimes::get("R-2024").unwrap()), Some(before));
    assert_eq!(on("K44", day("2022-04-30")), None);
    assert!("consent-3".parse::<Extendable>().is_err() && "none-3d".parse::<Extendable>().is_err());
    assert!("sometimes".parse::<StopReason>().is_err());
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
    assert_eq!(on("K20a", "2026-03-20"), "2026-03-17");
    assert_eq!(on("K20a", "2026-03-18"), "2026-03-13", "a Sunday moves back to Friday");
}

#[test]
fn a_clock_runs_out_when_its_last_day_is_over() {
    let start = "2026-01-08T23:30:00+08:00".parse::<DateTime<Utc>>().unwrap();
    let expiry = get("K05").unwrap().expiry(start);
    assert_eq!(expiry.date.to_string(), "2026-02-09");
    assert_eq!(expiry.at, "2026-02-10T00:00:00+08:00".parse::<DateTime<Utc>>().unwrap());
    let hours = get("K43a").unwrap().expiry(start);
    assert_eq!(hours.at, "2026-01-12T00:00:00+08:00".parse::<DateTime<Utc>>().unwrap());
}
