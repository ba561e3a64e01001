//! The contract's edition as the rule book's, with all that is wrong with it.

use contracts::oversight::v1 as wire;
use rulebook::calendar::{Span, SpanKind};
use rulebook::edition::{Edition, Opening, Override};
use std::str::FromStr;

/// What is wrong with an edition: one line each, which names the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faulty(pub Vec<String>);

/// The longest name.
const NAME: usize = 40;

/// Reads and checks an edition.
pub fn read(edition: &wire::Edition) -> Result<Edition, Faulty> {
    let mut faults = Vec::new();
    let id = edition.edition_id.as_str();
    let named = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if id.is_empty() || id.len() > NAME || !id.chars().all(named) {
        faults.push("edition_id: 1 to 40 of A-Z a-z 0-9 - _ .".to_owned());
    }
    let mut spans = Vec::new();
    for notice in &edition.notices {
        for span in &notice.spans {
            let row = format!("notice of {}", notice.year);
            let day = |text: &str, faults: &mut Vec<String>| parsed(text, &row, "a day YYYY-MM-DD", faults);
            let (first, last) = (day(&span.first_date, &mut faults), day(&span.last_date, &mut faults));
            let Some((first, last)) = first.zip(last) else { continue };
            spans.push(Span {
                year: notice.year,
                kind: if span.worked { SpanKind::Work } else { SpanKind::Off },
                first,
                last,
                name: span.holiday.clone(),
                verified: notice.verified,
                source: notice.source.clone(),
            });
        }
    }
    let settings = edition.settings.iter().filter_map(|set| setting(set, &mut faults)).collect();
    let openings = edition.openings.iter().filter_map(|opening| opened(opening, &mut faults)).collect();
    match Edition::load(id, &spans, settings, openings) {
        Ok(edition) if faults.is_empty() => Ok(edition),
        Ok(_) => Err(Faulty(faults)),
        Err(defects) => {
            faults.extend(defects.iter().map(|found| format!("{}: {}", found.row, found.says)));
            Err(Faulty(faults))
        }
    }
}

fn setting(set: &wire::ClockSetting, faults: &mut Vec<String>) -> Option<Override> {
    let row = format!("setting of {}", set.clock);
    let stops: Vec<_> = set.stops.iter().map(|stop| parsed(stop, &row, "a reason to stop", faults)).collect();
    let period = optional(&set.period, &row, "a period such as 5wd", faults);
    let extension = optional(&set.extension, &row, "a way to extend such as consent-30d", faults);
    let from = parsed(&set.from_date, &row, "a day YYYY-MM-DD", faults);
    Some(Override {
        clock: set.clock.clone(),
        court: Some(set.court.clone()).filter(|court| !court.is_empty()),
        from: from?,
        period,
        extension,
        stops: stops.into_iter().collect::<Option<_>>()?,
        source: set.source.clone(),
    })
}

fn opened(opening: &wire::TrackOpening, faults: &mut Vec<String>) -> Option<Opening> {
    let row = format!("opening of {}", opening.track);
    let from = parsed(&opening.from_date, &row, "a day YYYY-MM-DD", faults);
    let to = optional(&opening.to_date, &row, "a day YYYY-MM-DD", faults);
    Some(Opening {
        court: opening.court.clone(),
        track: opening.track.clone(),
        from: from?,
        to,
        source: opening.source.clone(),
    })
}

fn parsed<T: FromStr>(text: &str, row: &str, shape: &str, faults: &mut Vec<String>) -> Option<T> {
    let read = text.parse().ok();
    if read.is_none() {
        faults.push(format!("{row}: must hold {shape}"));
    }
    read
}

/// Nothing for an empty text; nor for one that cannot be read, which is a fault.
fn optional<T: FromStr>(text: &str, row: &str, shape: &str, faults: &mut Vec<String>) -> Option<T> {
    if text.is_empty() { None } else { parsed(text, row, shape, faults) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::oversight::v1::{CalendarNotice, ClockSetting, NoticeSpan};

    #[test]
    fn every_fault_is_named_at_once() {
        let span = NoticeSpan { first_date: "2027-13-01".to_owned(), ..NoticeSpan::default() };
        let edition = wire::Edition {
            edition_id: "a b".to_owned(),
            notices: vec![CalendarNotice { year: 2027, spans: vec![span], ..Default::default() }],
            settings: vec![ClockSetting {
                clock: "K05".to_owned(),
                period: "x".to_owned(),
                ..Default::default()
            }],
            openings: vec![],
        };
        let Faulty(faults) = read(&edition).unwrap_err();
        for row in [
            "edition_id",
            "notice of 2027",
            "setting of K05: must hold a period",
            "setting of K05: must hold a day",
        ] {
            assert!(faults.iter().any(|fault| fault.starts_with(row)), "{row}: {faults:?}");
        }
    }

    #[test]
    fn a_clock_of_ours_may_be_set_and_a_law_s_may_not() {
        let set = |clock: &str| wire::Edition {
            edition_id: "2027.1".to_owned(),
            settings: vec![ClockSetting {
                clock: clock.to_owned(),
                from_date: "2027-01-01".to_owned(),
                period: "5wd".to_owned(),
                source: "D1 the centre's decision".to_owned(),
                ..Default::default()
            }],
            ..Default::default()
        };
        let edition = read(&set("S02")).unwrap();
        let terms = |day: &str| edition.terms("S02", None, day.parse().unwrap()).unwrap().period.to_string();
        assert_eq!((terms("2026-12-31"), terms("2027-01-01")), ("3wd".to_owned(), "5wd".to_owned()));
        assert!(read(&set("K27")).is_err());
    }
}
