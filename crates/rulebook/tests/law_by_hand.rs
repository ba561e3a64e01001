//! The law's answers against a table written by hand, and ten thousand cases across the change of 2025.

mod slow;

use chrono::{DateTime, Days, NaiveDate, Utc};
use lexicon::{PartyId, Refusal as _};
use rulebook::calendar::{Span, SpanKind, spans, start_of};
use rulebook::deadline::{Consent, Consents, Extension, Ledger, Start, Terms};
use rulebook::edition::{Edition, preview};
use rulebook::period::Period;
use rulebook::procedure::{self, Transition};
use rulebook::profiles::Course;
use rulebook::unlawful::Unlawful;
use rulebook::{regimes, tracks};
use serde::Deserialize;
use slow::{Dice, Slow, cases};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Deserialize)]
struct Row {
    regime: String,
    track: String,
    state: String,
    event: String,
    on: Option<NaiveDate>,
    ask: String,
    answer: String,
    basis: String,
}

fn table() -> Vec<Row> {
    let text = include_str!("law_by_hand.csv");
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().expect("the table reads")
}

fn floor() -> &'static Edition {
    Edition::compiled_in()
}

fn morning(on: NaiveDate) -> DateTime<Utc> {
    start_of(on) + chrono::TimeDelta::hours(10)
}

/// A case of the track accepted on that day, whatever its own pinning event is.
fn pinned(track: &str, on: NaiveDate) -> Result<regimes::Pin, Unlawful> {
    let event = tracks::get(track).map_or("", |track| &track.pin);
    regimes::regime_for(track, event, on)
}

fn terms(row: &Row, clock: &str) -> Result<Terms, Unlawful> {
    let on = row.on.expect("a day");
    let course = match clock {
        "main" => Course::Ordinary,
        "summary" => Course::Summary,
        "opinion" => Course::Opinion,
        id => return floor().terms(id, None, on),
    };
    floor().main_terms(&pinned(&row.track, on)?, course, None)
}

fn started(row: &Row, clock: &str) -> Result<Ledger, Unlawful> {
    let start = Start { event: row.event.clone(), at: morning(row.on.expect("a day")) };
    Ledger::start(terms(row, clock)?, start, floor(), 1)
}

fn due(ledger: &Ledger) -> String {
    ledger.standing(floor()).expiry().expect("it runs").date.to_string()
}

fn extended(row: &Row, clock: &str, by: Period) -> Result<String, Unlawful> {
    let mut ledger = started(row, clock)?;
    let parties: [PartyId; 2] =
        ["01900000-0000-7000-8000-000000000001", "01900000-0000-7000-8000-000000000002"]
            .map(|id| id.parse().expect("an id"));
    let at = morning(row.on.expect("a day") + Days::new(1));
    let consents = Consents::of_all(&parties, &parties.map(|party| Consent { party, at })).expect("all");
    ledger.extend(Extension::agreed(by, consents), floor())?;
    Ok(due(&ledger))
}

fn may(row: &Row, asked: &str) -> String {
    let (verb, answer) = asked.split_once('/').map_or((asked, None), |(verb, answer)| (verb, Some(answer)));
    let regime = regimes::get(&row.regime).expect("a regime");
    let (track, state) =
        (tracks::get(&row.track).expect("a track"), procedure::state(&row.state).expect("a state"));
    let named = |step: &&&Transition| step.verb == verb && step.answer.as_deref() == answer;
    let found = procedure::allowed_under(track, regime, state);
    let told = found.iter().find(named).map_or("no", |step| step.to.as_str()).to_owned();
    // A case pinned on the regime's first day, or on the last of its days that the track was open, has the same answer.
    if let Ok(pin) = pinned(&row.track, regime.valid_from) {
        let by_pin = procedure::allowed(&pin, state);
        let by_pin = by_pin.iter().find(named).map_or("no", |step| step.to.as_str());
        assert_eq!(by_pin, told, "{row:?}");
    }
    told
}

fn answer(row: &Row) -> String {
    let (ask, rest) = row.ask.split_once(' ').unwrap_or((&row.ask, ""));
    let told = match ask {
        "pin" => regimes::regime_for(&row.track, &row.event, row.on.expect("a day"))
            .map(|pin| pin.regime.code.clone()),
        "due" => started(row, rest).map(|ledger| due(&ledger)),
        "extend" => {
            let (clock, by) = rest.split_once(' ').expect("a clock and a period");
            extended(row, clock, by.parse().expect("a period"))
        }
        "may" => Ok(may(row, rest)),
        other => panic!("{other}"),
    };
    told.unwrap_or_else(|refused| refused.reason().to_owned())
}

#[test]
fn the_law_answers_as_the_table_says() {
    let rows = table();
    assert!(rows.len() >= 300, "{} rows", rows.len());
    let differ: Vec<String> = rows
        .iter()
        .map(|row| (row, answer(row)))
        .filter(|(row, told)| *told != row.answer)
        .map(|(row, told)| format!("{row:?}: the law says {told}"))
        .collect();
    assert!(differ.is_empty(), "{} of {}:\n{}", differ.len(), rows.len(), differ.join("\n"));
    for row in &rows {
        let of_the_day = row.on.filter(|_| !row.regime.is_empty()).and_then(regimes::on);
        assert!(
            of_the_day.is_none_or(|regime| regime.code == row.regime),
            "{row:?} names another day's regime"
        );
        assert!(!row.basis.is_empty(), "{row:?}");
    }
    let of = |name: fn(&Row) -> &str| {
        rows.iter().map(name).filter(|name| !name.is_empty()).collect::<BTreeSet<_>>()
    };
    assert_eq!(of(|row| &row.track).into_iter().filter(|track| *track != "XX").count(), 13, "every track");
    assert!(of(|row| &row.regime).len() >= 9 && of(|row| &row.state).len() >= 25);
}

/// The end of the commission of a case, by the law of the day on which the court gave it: written from P1 item 3 and L4
/// art. 27, with the slow count.
fn by_the_opinion(
    slow: &Slow,
    begin: usize,
    commissioned_in_2025: bool,
    summary: bool,
    more: u32,
) -> Option<String> {
    if commissioned_in_2025 && more > 30 {
        return None;
    }
    let base = slow.count(begin, if summary { 7 } else { 15 }, "d", 1, &[]);
    let end = if more == 0 { base.at } else { slow.count(base.at, more, "d", 1, &[]).at };
    Some(slow.name(end))
}

#[test]
fn ten_thousand_cases_across_the_new_year_of_2025() {
    let slow = Slow::new();
    let mut dice = Dice(20_250_101);
    let (first, change) = (slow.place(2024, 11, 1), slow.place(2025, 1, 1));
    let mut told: BTreeMap<&str, u32> = BTreeMap::new();
    let mut kept = Vec::new();
    for case in 0..cases() / 10 {
        let day = first + dice.below(120) as usize;
        let on: NaiveDate = slow.name(day).parse().unwrap();
        let (new, summary) = (day >= change, dice.below(2) == 0);
        if dice.below(3) == 0 {
            // Referred before filing: until the last day of 2024 only.
            let pin = regimes::regime_for("WP", "SUIT_RECEIVED", on).map(|pin| pin.regime.code.as_str());
            let expected = if new { Err("TRACK_CLOSED") } else { Ok("R-2024") };
            assert_eq!(pin.map_err(|refused| refused.reason()), expected, "case {case}: {on}");
            *told.entry(if new { "referral refused" } else { "referral" }).or_default() += 1;
            continue;
        }
        let pin = regimes::regime_for("WT", "COMMISSIONED", on).unwrap();
        assert_eq!(pin.regime.code, if new { "R-2025" } else { "R-2024" }, "case {case}: {on}");
        // Signed for up to ten days later, so that some of the old cases begin under the new law's days.
        let signed = day + dice.below(10) as usize;
        let course = if summary { Course::Summary } else { Course::Ordinary };
        let terms = floor().main_terms(&pin, course, None).unwrap();
        let start =
            Start { event: "MATERIAL_SIGNED".into(), at: morning(slow.name(signed).parse().unwrap()) };
        let mut ledger = Ledger::start(terms, start, floor(), 1).unwrap();
        let more = dice.below(61) as u32;
        let parties: [PartyId; 2] =
            ["01900000-0000-7000-8000-000000000001", "01900000-0000-7000-8000-000000000002"]
                .map(|id| id.parse().unwrap());
        let at = ledger.began().at;
        let extension = |days| {
            let consents = Consents::of_all(&parties, &parties.map(|party| Consent { party, at })).unwrap();
            Extension::agreed(Period::days(days), consents)
        };
        let granted = if more == 0 { Ok(1) } else { ledger.extend(extension(more), floor()) };
        let ours = granted.ok().map(|_| due(&ledger));
        let theirs = by_the_opinion(&slow, signed, new, summary, more);
        assert_eq!(ours, theirs, "case {case}: commissioned {on}, signed {}, +{more}", slow.name(signed));
        *told.entry(if ours.is_some() { "commission" } else { "extension refused" }).or_default() += 1;
        let fits = rulebook::procedure::allowed(&pin, rulebook::procedure::state("IN_MEDIATION").unwrap());
        assert!(fits.iter().any(|step| step.verb == "DemandCourt" && step.to == "REPORTED"), "case {case}");
        kept.push((case, ledger));
    }
    assert_eq!(told.len(), 4, "{told:?}");

    // A later edition, which knows a year more and changes a day long past all of these, changes none of them.
    let mut notices: Vec<Span> = spans().iter().filter(|span| span.year == 2026).cloned().collect();
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let extra = |year, first, name: &str| Span {
        year,
        kind: SpanKind::Off,
        first: day(first),
        last: day(first),
        name: name.to_owned(),
        verified: false,
        source: "D1 made up".to_owned(),
    };
    notices.extend([extra(2026, "2026-11-16", "国庆节"), extra(2027, "2027-01-01", "元旦")]);
    let later = Edition::load("2027.1", &notices, vec![], vec![]).unwrap();
    assert_ne!(later.calendar(), floor().calendar());
    assert_eq!(preview(floor(), &later, kept.iter().map(|(case, ledger)| (*case, ledger))), []);
    assert!(kept.iter().all(|(_, ledger)| ledger.edition() == floor().id()));
}
