//! The ten steps of the jurisdiction check.

use chrono::NaiveDate;
use lexicon::Refusal as _;
use rulebook::jurisdiction::{AgreedVenue, Fact, Kind, Matter, Opinion, Place, Point, Seat, check, venues};

const SHIQI: Place<'_> = Place::Town("442000001");
const XIAOLAN: Place<'_> = Place::Town("442000118");
const GUANGZHOU: Place<'_> = Place::Division("440106");
const SHANGHAI: Place<'_> = Place::Division("310115");

fn today() -> NaiveDate {
    "2026-03-02".parse().expect("a day")
}

fn of<'a>(cause: &'a str, defendants: &'a [Place<'a>], points: &'a [(Point, Place<'a>)]) -> Matter<'a> {
    Matter { cause: Some(cause), defendants, points, plaintiffs: &[SHIQI], ..Matter::on(today()) }
}

fn opinion(matter: &Matter<'_>) -> Opinion {
    let opinion = check(matter).expect("an opinion");
    let steps: Vec<u8> = opinion.findings.iter().map(|finding| finding.step).collect();
    assert_eq!(steps, (1..=10).collect::<Vec<_>>(), "{opinion:#?}");
    for finding in &opinion.findings {
        assert!(!finding.chinese.is_ascii() && !finding.english.is_empty() && !finding.article.is_empty());
    }
    opinion
}

/// Seats and bases, short.
fn told(matter: &Matter<'_>) -> Vec<(String, String)> {
    let seat = |seat: &Seat| match seat {
        Seat::Court(court) => court.id.clone(),
        Seat::Special(name) => name.clone(),
        Seat::Elsewhere { division, intermediate } => {
            format!("{division}{}", if *intermediate { "+" } else { "" })
        }
    };
    opinion(matter).proposals.into_iter().map(|found| (seat(&found.seat), found.basis)).collect()
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(seat, basis)| ((*seat).to_owned(), (*basis).to_owned())).collect()
}

#[test]
fn step_one_sends_away_what_no_court_takes_yet() {
    let ground = |matter: Matter<'_>| opinion(&matter).elsewhere.map(|to| (to.ground, to.english));
    let wages = of("205.5", &[SHIQI], &[]);
    assert_eq!(ground(wages), Some(("R01", "labour arbitration first")));
    assert_eq!(ground(Matter { facts: &[Fact::LabourArbitrationDone], ..wages }), None);
    assert_eq!(ground(Matter { kind: Kind::PaymentOrder, ..wages }), None, "wages agreed and unpaid");
    let loan = of("108.3", &[SHIQI], &[]);
    assert_eq!(ground(Matter { facts: &[Fact::ArbitrationAgreed], ..loan }).unwrap().0, "R08");
    assert_eq!(ground(Matter { facts: &[Fact::FinalDecision], ..loan }).unwrap().0, "R09");
    assert_eq!(ground(Matter { cause: None, category: Some("administrative"), ..loan }).unwrap().0, "R01");
    assert_eq!(ground(Matter { cause: None, category: Some("criminal_fraud"), ..loan }).unwrap().0, "R06");
    assert_eq!(ground(loan), None);
    assert!(opinion(&Matter { facts: &[Fact::ArbitrationAgreed], ..loan }).proposals.is_empty());
}

#[test]
fn step_two_knows_the_level_by_amount_place_and_date() {
    let seat = |on: &str, yuan: i64, defendant| {
        let defendants = [defendant];
        let loan = Matter {
            on: on.parse().unwrap(),
            cause: None,
            amount_fen: Some(yuan * 100),
            ..of("108.3", &defendants, &[])
        };
        told(&loan)[0].0.clone()
    };
    for (on, yuan, defendant, court) in [
        ("2026-03-02", 499_999_999, XIAOLAN, "court-2072"),
        ("2026-03-02", 500_000_000, XIAOLAN, "court-20"),
        ("2026-03-02", 100_000_000, SHANGHAI, "310115+"),
        ("2026-03-02", 99_999_999, SHANGHAI, "310115"),
        ("2026-03-02", 100_000_000, GUANGZHOU, "440106"),
        ("2021-10-01", 100_000_000, XIAOLAN, "court-2072"),
        ("2021-09-30", 100_000_000, XIAOLAN, "court-20"),
        ("2021-09-30", 99_999_999, XIAOLAN, "court-2072"),
        ("2021-09-30", 50_000_000, SHANGHAI, "310115+"),
    ] {
        assert_eq!(seat(on, yuan, defendant), court, "{on} {yuan} {defendant:?}");
    }
    let abroad = [Place::Abroad];
    let foreign =
        Matter { amount_fen: Some(4_000_000_000), ..of("108.3", &abroad, &[(Point::Performance, SHIQI)]) };
    assert_eq!(told(&foreign), pairs(&[("court-20", "SPECIAL_24")]));
    assert!(!opinion(&foreign).findings[1].verified, "that threshold is from memory");
}

#[test]
fn step_three_names_the_courts_of_special_competence() {
    assert_eq!(told(&of("228", &[SHIQI], &[])), pairs(&[("广州海事法院", "SPECIAL_COURT")]));
    let patent = opinion(&of("167.3", &[SHIQI], &[]));
    assert!(!patent.proposals[0].verified && patent.findings[2].english.contains("to be confirmed"));
}

#[test]
fn step_four_leaves_no_choice() {
    let boundary = of("55", &[SHIQI], &[(Point::Object, XIAOLAN)]);
    assert_eq!(told(&boundary), pairs(&[("court-2072", "EXCLUSIVE_34_1")]));
    let agreed = AgreedVenue { place: SHIQI, written: true, connected: true };
    assert_eq!(
        told(&Matter { agreed: Some(agreed), ..boundary }),
        pairs(&[("court-2072", "EXCLUSIVE_34_1")])
    );
    let nowhere = opinion(&of("55", &[SHIQI], &[]));
    assert_eq!(
        (nowhere.proposals.len(), nowhere.missing),
        (0, vec![Point::Object]),
        "never the defendant's instead"
    );
    let estate = of("29", &[SHIQI], &[(Point::LastDomicile, XIAOLAN), (Point::Estate, GUANGZHOU)]);
    assert_eq!(told(&estate), pairs(&[("court-2072", "EXCLUSIVE_34_3"), ("440106", "EXCLUSIVE_34_3")]));
    // A thing may be movable: only where an immovable's place is recorded is the venue exclusive.
    assert_eq!(
        told(&of("38.1", &[SHIQI], &[(Point::Object, XIAOLAN)])),
        pairs(&[("court-2072", "EXCLUSIVE_34_1")])
    );
    assert_eq!(told(&of("38.1", &[SHIQI], &[])), pairs(&[("court-2071", "GENERAL_22")]));
    let letting = opinion(&of("116.2", &[SHIQI], &[(Point::Object, XIAOLAN)]));
    assert!(letting.proposals[0].basis == "EXCLUSIVE_34_1" && !letting.proposals[0].verified);
}

#[test]
fn step_five_holds_only_in_writing_with_a_connection_for_property() {
    let loan = of("108.3", &[SHIQI], &[]);
    let with = |written, connected, cause| {
        let agreed = Some(AgreedVenue { place: XIAOLAN, written, connected });
        told(&Matter { agreed, cause: Some(cause), ..loan })
    };
    assert_eq!(with(true, true, "108.3"), pairs(&[("court-2072", "AGREED_35")]));
    for found in [with(false, true, "108.3"), with(true, false, "108.3")] {
        assert_eq!(found, pairs(&[("court-2071", "SPECIAL_24")]));
    }
    assert_eq!(
        with(true, true, "14"),
        pairs(&[("court-2071", "GENERAL_22")]),
        "a divorce is no property dispute"
    );
}

#[test]
fn step_six_adds_the_places_of_the_rule_in_their_order() {
    for (cause, points, expected) in [
        (
            "108.3",
            vec![(Point::Performance, XIAOLAN)],
            vec![("court-2072", "SPECIAL_24"), ("court-2071", "SPECIAL_24")],
        ),
        (
            "411",
            vec![(Point::Accident, XIAOLAN), (Point::FirstArrival, GUANGZHOU)],
            vec![("court-2072", "SPECIAL_30"), ("440106", "SPECIAL_30"), ("court-2071", "SPECIAL_30")],
        ),
        (
            "372",
            vec![(Point::InsuredDomicile, XIAOLAN)],
            vec![("court-2071", "SPECIAL_25"), ("court-2072", "SPECIAL_25")],
        ),
        (
            "371.1",
            vec![(Point::Object, XIAOLAN), (Point::Accident, GUANGZHOU)],
            vec![("court-2071", "SPECIAL_25"), ("court-2072", "SPECIAL_25"), ("440106", "SPECIAL_25")],
        ),
        (
            "379",
            vec![(Point::Payment, XIAOLAN)],
            vec![("court-2072", "SPECIAL_26"), ("court-2071", "SPECIAL_26")],
        ),
        ("315", vec![(Point::CompanySeat, XIAOLAN)], vec![("court-2072", "SPECIAL_27")]),
        (
            "121.2",
            vec![(Point::Departure, GUANGZHOU), (Point::Destination, XIAOLAN)],
            vec![("440106", "SPECIAL_28"), ("court-2072", "SPECIAL_28"), ("court-2071", "SPECIAL_28")],
        ),
        ("6", vec![(Point::Act, XIAOLAN)], vec![("court-2072", "SPECIAL_29"), ("court-2071", "SPECIAL_29")]),
        (
            "88.8",
            vec![(Point::Receipt, XIAOLAN)],
            vec![("court-2072", "SPECIAL_24_20"), ("court-2071", "SPECIAL_24_20")],
        ),
        (
            "116.3",
            vec![(Point::Use, XIAOLAN)],
            vec![("court-2072", "SPECIAL_24_19"), ("court-2071", "SPECIAL_24_19")],
        ),
    ] {
        assert_eq!(told(&of(cause, &[SHIQI], &points)), pairs(&expected), "{cause}");
    }
    let victim = [(Point::Victim, XIAOLAN)];
    let insult = of("6", &[SHIQI], &victim);
    assert_eq!(
        told(&Matter { facts: &[Fact::Online], ..insult }),
        pairs(&[("court-2072", "SPECIAL_29_25"), ("court-2071", "SPECIAL_29_25")])
    );
    assert_eq!(told(&insult), pairs(&[("court-2071", "SPECIAL_29")]));
}

#[test]
fn steps_seven_and_eight_fall_back_to_the_defendant_and_leave_the_choice() {
    let divorce = of("14", &[XIAOLAN], &[]);
    assert_eq!(told(&divorce), pairs(&[("court-2072", "GENERAL_22")]));
    assert_eq!(
        told(&Matter { facts: &[Fact::AbsentDefendant], ..divorce }),
        pairs(&[("court-2071", "GENERAL_23")])
    );
    let two = opinion(&of("108.3", &[SHIQI, XIAOLAN], &[]));
    assert!(two.findings[7].english.starts_with("2 courts are competent: the party chooses"));
    assert_eq!(two.missing, [Point::Performance]);
    let unknown = opinion(&of("14", &[Place::Unknown], &[]));
    assert_eq!((unknown.proposals.len(), unknown.missing), (0, vec![Point::Defendant]));
    let order =
        Matter { kind: Kind::PaymentOrder, amount_fen: Some(99_999_999_999), ..of("108.3", &[XIAOLAN], &[]) };
    assert_eq!(told(&order), pairs(&[("court-2072", "PAYMENT_ORDER_23")]));
}

#[test]
fn step_nine_goes_by_the_town_also_by_its_old_code() {
    let at = |code: &'static str| {
        let defendants = [Place::Town(code)];
        let found = opinion(&of("14", &defendants, &[]));
        found.proposals.first().map(|found| {
            let Seat::Court(court) = &found.seat else { panic!("{found:?}") };
            (court.id.clone(), found.tribunal.map(|tribunal| tribunal.name.clone()), found.verified)
        })
    };
    assert_eq!(at("442000101"), Some(("court-2072".into(), Some("黄圃人民法庭".into()), true)));
    assert_eq!(at("442000104"), Some(("court-2072".into(), None, true)), "东升, now 小榄");
    assert_eq!(
        at("442000107"),
        Some(("court-2071".into(), None, false)),
        "the first court has the remainder by inference"
    );
    assert_eq!(at("441900001"), None);
    let city = [Place::Division("442000")];
    let some_town = opinion(&of("14", &city, &[]));
    assert_eq!(
        (some_town.proposals.len(), some_town.missing),
        (0, vec![Point::Defendant]),
        "which town decides"
    );
    let large = Matter { amount_fen: Some(50_000_000_000), ..of("108.3", &city, &[]) };
    assert_eq!(told(&large), pairs(&[("court-20", "SPECIAL_24")]));
}

#[test]
fn step_ten_finds_the_court_that_confirms() {
    let points = [(Point::Organisation, XIAOLAN)];
    let agreed = Matter { kind: Kind::Confirmation, track: Some("PM"), ..of("108.3", &[GUANGZHOU], &points) };
    assert_eq!(
        told(&Matter { invited_by: Some("court-2072"), ..agreed }),
        pairs(&[("court-2072", "CONFIRM_205_1")])
    );
    assert_eq!(
        told(&agreed),
        pairs(&[
            ("440106", "CONFIRM_205_2"),
            ("court-2071", "CONFIRM_205_2"),
            ("court-2072", "CONFIRM_205_2")
        ])
    );
    assert_eq!(told(&Matter { amount_fen: Some(50_000_000_000), ..agreed })[1].0, "court-20");
    assert_eq!(check(&Matter { cause: Some("14"), ..agreed }).unwrap_err().reason(), "NOT_CONFIRMABLE");
    assert_eq!(check(&Matter { track: Some("TR"), ..agreed }).unwrap_err().reason(), "TRACK_NOT_CONFIRMABLE");
    assert_eq!(check(&Matter { track: None, ..agreed }).unwrap_err().reason(), "UNKNOWN_TRACK");
}

#[test]
fn a_cause_is_read_by_the_revision_of_its_day() {
    let old = Matter { on: "2025-12-31".parse().unwrap(), ..of("108.3", &[SHIQI], &[]) };
    assert_eq!(check(&old).unwrap_err().reason(), "CAUSE_TABLE_MISSING");
    assert_eq!(check(&of("9999", &[SHIQI], &[])).unwrap_err().reason(), "UNKNOWN_CAUSE");
    assert_eq!(venues().len(), 19);
}
