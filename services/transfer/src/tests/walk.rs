//! Every verb in every state: what changes, what is so already, what is refused and why.

use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use lexicon::{AccountId, CourtId, DocumentId, FilingId, OrgId, Outcome, Refusal as _};
use uuid::Uuid;

use crate::model::{
    Answer, CourtOutcome, DocumentKind, Entry, Event, Filing, Kind, No, OutcomeKind, Package, State, Venue,
};

const NUMBER: &str = "（2026）粤2071民初1号";

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::minutes(minutes)
}

fn package(content: &str) -> Package {
    let venue = Venue { court: CourtId::new("court-2071").unwrap(), basis: "GENERAL_22".parse().unwrap() };
    let entry = Entry::of(DocumentId::from(Uuid::from_u128(1)), DocumentKind::Complaint, content.as_bytes());
    Package::of(venue, vec![entry])
}

fn opened() -> Filing {
    let org = OrgId::new("desk-1").unwrap();
    let id = FilingId::from(Uuid::from_u128(7));
    let filing = Filing::open(id, Uuid::from_u128(8).into(), org, String::new(), Kind::Complaint, None);
    Filing { version: 1, ..filing.unwrap() }
}

fn changed(moved: Result<Outcome<Filing, Event>, No>) -> Filing {
    match moved.unwrap() {
        Outcome::Changed(filing, _) => filing,
        Outcome::AlreadySo(_) => panic!("nothing changed"),
    }
}

fn answer(content: &str, court_time: DateTime<Utc>) -> Answer {
    Answer { package_sha256: package(content).sha256, court_time, by: AccountId::new("court-1").unwrap() }
}

fn right() -> Answer {
    answer("a", at(1))
}

fn states() -> Vec<Filing> {
    let packed = changed(opened().pack(package("a"), 0));
    let sent = changed(packed.clone().submit(&package("a").sha256, at(0)));
    let review = changed(sent.clone().acknowledge(right(), at(1)));
    let filed = changed(review.clone().accept(right(), NUMBER.to_owned(), at(2)));
    let refused = changed(review.clone().refuse(right(), "缺材料".to_owned(), at(2)));
    let withdrawn = changed(packed.clone().withdraw());
    let correction = changed(review.clone().request_correction(right(), items("缺身份证明"), at(2)));
    let corrected = changed(correction.clone().answer_correction("已补交", at(3)));
    let lapsed = changed(correction.clone().lapse("S03", correction.version));
    let over = changed(filed.clone().report_outcome(judgment("1")));
    vec![opened(), packed, sent, review, filed, refused, withdrawn, correction, corrected, lapsed, over]
}

fn items(one: &str) -> Vec<String> {
    vec![one.to_owned()]
}

fn judgment(n: &str) -> CourtOutcome {
    let on = "2026-05-06".parse().unwrap();
    CourtOutcome { kind: OutcomeKind::Judgment, on, number: format!("（2026）粤2071民初{n}号") }
}

#[test]
fn every_verb_in_every_state() {
    type Verb = (&'static str, fn(Filing) -> Result<Outcome<Filing, Event>, No>);
    let verbs: [Verb; 21] = [
        ("pack", |f| f.pack(package("b"), 0)),
        ("pack what was read before an amendment", |f| f.pack(package("b"), 9)),
        ("amended", Filing::amended),
        ("submit what was packed", |f| f.submit(&package("a").sha256, at(9))),
        ("submit another package", |f| f.submit(&package("b").sha256, at(9))),
        ("withdraw", Filing::withdraw),
        ("acknowledge", |f| f.acknowledge(right(), at(9))),
        ("acknowledge another package too early", |f| f.acknowledge(answer("b", at(-6)), at(9))),
        ("accept", |f| f.accept(right(), NUMBER.to_owned(), at(9))),
        ("accept under another number", |f| f.accept(right(), "（2026）粤2071民初2号".to_owned(), at(9))),
        ("accept another package", |f| f.accept(answer("b", at(1)), NUMBER.to_owned(), at(9))),
        ("refuse", |f| f.refuse(right(), "缺材料".to_owned(), at(9))),
        ("refuse for another reason", |f| f.refuse(right(), "无管辖权".to_owned(), at(9))),
        ("request a correction", |f| f.request_correction(right(), items("缺身份证明"), at(9))),
        ("request another correction", |f| f.request_correction(right(), items("缺证据"), at(9))),
        ("answer the correction", |f| f.answer_correction("已补交", at(9))),
        ("answer it otherwise", |f| f.answer_correction("另补", at(9))),
        ("S03 of this generation", |f| {
            let generation = f.version;
            f.lapse("S03", generation)
        }),
        ("S03 of an older generation", |f| f.lapse("S03", 1)),
        ("report the outcome", |f| f.report_outcome(judgment("1"))),
        ("report another outcome", |f| f.report_outcome(judgment("2"))),
    ];
    let mut table = String::new();
    for before in states() {
        let packed = if before.state.package().is_some() { "packed" } else { "unpacked" };
        let _ = writeln!(table, "{} ({packed}), held by {}", before.state.code(), before.holder());
        for (name, verb) in verbs {
            let told = match verb(before.clone()) {
                Ok(Outcome::Changed(after, events)) => {
                    assert_eq!(
                        after.version,
                        before.version + u64::from(!events.is_empty()),
                        "said or not raised"
                    );
                    format!("→ {} {events:?}", after.state.code())
                }
                Ok(Outcome::AlreadySo(same)) => {
                    assert_eq!(same, before);
                    "already so".to_owned()
                }
                Err(No::Refused(refusal)) => {
                    assert_eq!(refusal.facts(), [("state", before.state.code().to_owned())]);
                    assert!(refusal.english().is_ascii() && !refusal.chinese().is_ascii());
                    refusal.reason().to_owned()
                }
                Err(No::Against(against)) => {
                    assert_eq!(against.state, before.state.code());
                    assert!(against.english().is_ascii() && !against.chinese().is_ascii());
                    format!("{} ({})", against.reason(), against.rule.article())
                }
                Err(no @ (No::Stale | No::Missing(_) | No::Unlawful(_))) => format!("{no:?}"),
                Err(No::Unlike(mismatches)) => format!("{mismatches:?}"),
            };
            let _ = writeln!(table, "    {name}: {told}");
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_demand_opens_one_filing_and_another_only_after_an_end_that_leaves_the_way_open() {
    let again = |last: &Filing, kind| {
        let org = OrgId::new("desk-1").unwrap();
        Filing::open(Uuid::from_u128(9).into(), last.case, org, String::new(), kind, Some(last)).is_some()
    };
    for last in states() {
        let (same, other) = (again(&last, Kind::Complaint), again(&last, Kind::Enforcement));
        let expected = match last.state.code() {
            "NOT_FILED" | "WITHDRAWN" => (true, true),
            // What was filed is done; something else may be filed beside it.
            "FILED" | "OUTCOME" => (false, true),
            _ => (false, false),
        };
        assert_eq!((same, other), expected, "{}", last.state.code());
    }
}

#[test]
fn the_court_s_clock_is_kept_and_may_be_a_little_behind() {
    let sent = states().remove(2);
    let on_time = |minutes| sent.clone().acknowledge(answer("a", at(minutes)), at(1));
    assert!(matches!(on_time(-6), Err(No::Unlike(_))));
    for court_time in [-5, 0, 600_000] {
        match changed(on_time(court_time)).state {
            State::CourtReview { received, .. } => {
                assert_eq!((received.court_time, received.receive_time), (at(court_time), at(1)));
            }
            other => panic!("{}", other.code()),
        }
    }
}
