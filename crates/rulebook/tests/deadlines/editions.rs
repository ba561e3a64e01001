//! What a later edition moves, what it may set, and which is refused.

use super::*;

/// A notice as 2027's may look, and a later change of one day of 2026.
fn notices() -> Vec<Span> {
    let span = |year, kind, first: &str, last: &str, name: &str| Span {
        year,
        kind,
        first: day(first),
        last: day(last),
        name: name.to_owned(),
        verified: false,
        source: "D1 a notice made up for this test".to_owned(),
    };
    vec![
        span(2027, SpanKind::Off, "2027-01-01", "2027-01-03", "元旦"),
        span(2027, SpanKind::Off, "2027-02-05", "2027-02-11", "春节"),
        span(2027, SpanKind::Work, "2027-02-14", "2027-02-14", "春节"),
    ]
}

#[test]
fn a_new_notice_moves_and_heals_exactly_what_it_touches() {
    let next = Edition::load("2027.1", &notices(), vec![], vec![]).unwrap();
    let open = [
        ("untouched", ledger("K46", "ACCEPTED", "2026-03-02")),
        ("healed", ledger("K46", "ACCEPTED", "2026-11-20")),
        ("moved", ledger("K46", "ACCEPTED", "2026-12-09")),
    ];
    let moves = preview(floor(), &next, open.iter().map(|(name, ledger)| (*name, ledger)));
    let told: Vec<_> =
        moves.iter().map(|found| (found.key, found.heals(), found.changes_the_day())).collect();
    assert_eq!(told, [("healed", true, false), ("moved", true, true)]);
    let to = |name: &str| {
        moves.iter().find(|found| found.key == name).unwrap().to.expiry().unwrap().date.to_string()
    };
    assert_eq!((to("healed").as_str(), to("moved").as_str()), ("2027-01-19", "2027-02-12"));
    let mut ledger = open[2].1.clone();
    assert_eq!(due(&ledger), "2027-02-08", "nothing moves by itself");
    assert_eq!((ledger.adopt(morning("2026-12-20"), &next), ledger.edition()), (Ok(2), "2027.1"));
    assert!(
        matches!(ledger.explain(&next).notes.last(), Some(Note::End { edition, .. }) if edition == "2027.1")
    );
    assert!(preview(&next, &next, open.iter().map(|(name, ledger)| (*name, ledger))).is_empty());
}

#[test]
fn a_faulty_edition_is_refused_before_it_is_loaded() {
    let set = |clock: &str, court: Option<&str>, period| Override {
        clock: clock.to_owned(),
        court: court.map(str::to_owned),
        from: day("2026-01-01"),
        period: Some(period),
        extension: None,
        stops: vec![],
        source: "D1".to_owned(),
    };
    let told = |overrides, openings| {
        let found = Edition::load("x", &[], overrides, openings).unwrap_err();
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let days = Period::days;
    assert_eq!(
        told(vec![set("K12", None, days(20))], vec![]),
        ["data/edition: K12: Fixed: the law fixes it; only a court may decide otherwise, for itself"]
    );
    assert_eq!(
        told(vec![set("K99", None, days(20))], vec![]),
        ["data/edition: K99: UnknownReference: clock K99"]
    );
    assert_eq!(
        told(vec![set("K10", None, days(0))], vec![]),
        ["data/edition: K10: WrongDay: its length is out of range"]
    );
    let twice = vec![set("K10", None, days(20)), set("K10", None, days(30))];
    assert_eq!(told(twice, vec![]), ["data/edition: K10: Overlap: set twice from 2026-01-01"]);
    let opening = |track: &str| Opening {
        court: "court-2071".into(),
        track: track.into(),
        from: day("2026-01-01"),
        to: None,
        source: String::new(),
    };
    assert_eq!(
        told(vec![], vec![opening("PM")]),
        [
            "data/edition: PM: UnknownReference: track that is closed on 2026-01-01",
            "data/edition: PM: Unsourced: has no source"
        ]
    );
    let mut twice = notices();
    twice.push(twice[0].clone());
    assert!(
        Edition::load("x", &twice, vec![], vec![]).unwrap_err()[0]
            .to_string()
            .contains("2027-01-01 is said twice")
    );
    let mut gap = notices();
    for span in &mut gap {
        span.year += 1;
        (span.first, span.last) = (span.first + chrono::Months::new(12), span.last + chrono::Months::new(12));
    }
    let told = Edition::load("x", &gap[..2], vec![], vec![]).unwrap_err();
    assert_eq!(told[0].to_string(), "data/edition: 2027: Gap: the notice of this year is missing");
    assert_eq!(
        Edition::load("2026.1", &[], vec![], vec![]).unwrap_err().len(),
        1,
        "the floor's name is taken"
    );
}

#[test]
fn an_edition_sets_what_the_law_leaves_open_and_what_a_court_decides_for_itself() {
    let set = |clock: &str, court: Option<&str>, period: &str| Override {
        clock: clock.to_owned(),
        court: court.map(str::to_owned),
        from: day("2026-01-01"),
        period: Some(period.parse().unwrap()),
        extension: None,
        stops: vec![StopReason::Review],
        source: "D2 decided by the centre".to_owned(),
    };
    let opening = Opening {
        court: "court-2071".to_owned(),
        track: "WP".to_owned(),
        from: day("2026-01-01"),
        to: Some(day("2026-06-30")),
        source: "D2".to_owned(),
    };
    let overrides =
        vec![set("K49", None, "20wd"), set("K26", None, "30d"), set("K08", Some("court-2072"), "10d")];
    let edition = Edition::load("zs.1", &[], overrides, vec![opening]).unwrap();
    let length =
        |clock: &str, court, on: &str| edition.terms(clock, court, day(on)).unwrap().period.to_string();
    assert_eq!(
        (length("K49", None, "2026-03-02"), length("K49", None, "2025-12-31")),
        ("20wd".into(), "30d".into())
    );
    assert_eq!(length("K26", None, "2026-03-02"), "30d");
    assert_eq!(length("K08", Some("court-2072"), "2026-03-02"), "10d");
    assert_eq!(length("K08", Some("court-2071"), "2026-03-02"), "7d");
    let terms = edition.terms("K49", None, day("2026-03-02")).unwrap();
    assert!(
        terms.article.starts_with("D2 decided by the centre; P28")
            && terms.stops.contains(&StopReason::Review)
    );
    let pin = |court, on: &str| {
        edition.pin("WP", "SUIT_RECEIVED", day(on), court).map(|pin| pin.regime.code.as_str())
    };
    assert_eq!(pin(Some("court-2071"), "2026-03-02"), Ok("R-2026b"));
    assert_eq!(pin(Some("court-2072"), "2026-03-02").unwrap_err().reason(), "TRACK_CLOSED");
    assert_eq!(pin(Some("court-2071"), "2026-07-01").unwrap_err().reason(), "TRACK_CLOSED");
    assert_eq!(pin(None, "2024-12-31"), Ok("R-2024"));
}
