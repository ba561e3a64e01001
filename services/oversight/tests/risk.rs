//! Every state of a case's risk with every verb: the whole of T44 as one reviewed page.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use lexicon::{AccountId, Outcome, Refusal as _};
use oversight::model::risk::{Authority, Danger, Hand, Matter, Moved, Receipt, Risk};
use uuid::Uuid;

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_770_000_000, 0).unwrap()
}

fn hand(who: &str, live: bool) -> Hand {
    Hand { by: AccountId::new(who).unwrap(), at: at(), responsible: "studio-1".to_owned(), live }
}

fn receipt(digest: &str) -> Receipt {
    Receipt { digest: digest.to_owned(), sealed: vec![] }
}

fn id() -> Uuid {
    Uuid::from_u128(7)
}

fn raised() -> Risk {
    Risk::default().raise(Danger::Violence, &hand("mediator-1", true), id).unwrap().into_noun()
}

fn risks() -> Vec<(&'static str, Risk)> {
    let answered = || raised().acknowledge(id(), &hand("head-1", true), false).unwrap().into_noun();
    let due = Risk::default().open_duty(Matter::MinorHarmed, &hand("clerk-1", true), id).unwrap().into_noun();
    let reported = || {
        let by = hand("clerk-1", true).by;
        answered().report(Authority::Police, receipt("110-1"), at(), &by).unwrap().into_noun()
    };
    vec![
        ("nothing", Risk::default()),
        ("RAISED", raised()),
        ("RAISED, level 2", raised().escalate().into_noun()),
        ("RAISED, level 3", raised().escalate().into_noun().escalate().into_noun()),
        ("ACKNOWLEDGED, report DUE", answered()),
        ("ACKNOWLEDGED, REPORTED", reported()),
        ("DUE, no emergency", due.clone()),
        ("DROPPED", due.drop_duty(&hand("supervisor-1", true)).unwrap().into_noun()),
    ]
}

type Verb = (&'static str, fn(Risk) -> Moved);

const VERBS: [Verb; 16] = [
    ("raise the same danger", |r| r.raise(Danger::Violence, &hand("mediator-1", true), id)),
    ("raise the same danger, another", |r| r.raise(Danger::Violence, &hand("head-1", true), id)),
    ("raise another danger", |r| r.raise(Danger::SelfHarm, &hand("clerk-1", true), id)),
    ("raise, the case has ended", |r| r.raise(Danger::Violence, &hand("clerk-1", false), id)),
    ("acknowledge, the head", |r| r.acknowledge(id(), &hand("head-1", true), false)),
    ("acknowledge, who raised it", |r| r.acknowledge(id(), &hand("mediator-1", true), false)),
    ("acknowledge, a supervisor", |r| r.acknowledge(id(), &hand("supervisor-1", true), true)),
    ("acknowledge another's", |r| r.acknowledge(Uuid::from_u128(8), &hand("head-1", true), false)),
    ("the window saw danger", |r| {
        r.see(&[Danger::SelfHarm, Danger::Violence], &[Matter::MinorHarmed], &hand("clerk-1", true), id)
    }),
    ("the window saw nothing", |r| r.see(&[], &[], &hand("clerk-1", true), id)),
    ("nobody answers", |r| Ok(r.escalate())),
    ("open a duty, minor", |r| r.open_duty(Matter::MinorHarmed, &hand("clerk-1", true), id)),
    ("open a duty, ended case", |r| r.open_duty(Matter::Crime, &hand("clerk-1", false), id)),
    ("report", |r| r.report(Authority::Police, receipt("110-1"), at(), &hand("clerk-1", true).by)),
    ("report elsewhere", |r| r.report(Authority::Department, receipt("x"), at(), &hand("clerk-1", true).by)),
    ("drop the duty", |r| r.drop_duty(&hand("supervisor-1", true))),
];

fn told(risk: &Risk) -> String {
    let emergency = risk.emergency.as_ref().map_or("-".to_owned(), |emergency| {
        let state = if emergency.open { "RAISED" } else { "ACKNOWLEDGED" };
        format!("{state} level {} with {}", emergency.level, emergency.holder)
    });
    let duty = risk.duty.as_ref().map_or("-".to_owned(), |duty| {
        let end = duty.end.as_ref().map(|end| end.to);
        let state = match end {
            None => "DUE",
            Some(Some(_)) => "REPORTED",
            Some(None) => "DROPPED",
        };
        format!("{state} {:?}", duty.matters)
    });
    format!("{emergency}; {duty}")
}

#[test]
fn every_verb_in_every_state() {
    let mut page = String::new();
    for (name, before) in risks() {
        writeln!(page, "{name}").unwrap();
        for (verb, act) in VERBS {
            let line = match act(before.clone()) {
                Ok(Outcome::Changed(after, events)) => {
                    assert!(!events.is_empty(), "{name} {verb}: every change is said");
                    format!("→ {} {events:?}", told(&after))
                }
                Ok(Outcome::AlreadySo(after)) => {
                    assert_eq!(after, before, "{name} {verb}");
                    "already so".to_owned()
                }
                Err(refusal) => {
                    assert!(refusal.english().is_ascii() && !refusal.chinese().is_ascii());
                    assert_eq!(refusal.facts(), [("article", "L3 art. 25".to_owned())]);
                    refusal.reason().to_owned()
                }
            };
            writeln!(page, "  {verb:<28}{line}").unwrap();
        }
    }
    insta::assert_snapshot!(page);
}

/// Nobody answers what they themselves raised, however many others have raised something since; and a danger that joins gives
/// nobody more time for the first.
#[test]
fn who_raised_a_danger_does_not_answer_it_when_another_joins() {
    let joined = raised().raise(Danger::SelfHarm, &hand("clerk-1", true), id).unwrap().into_noun();
    for who in ["mediator-1", "clerk-1"] {
        let refused = joined.clone().acknowledge(id(), &hand(who, true), false).unwrap_err();
        assert_eq!(refused.reason(), "OWN_EMERGENCY", "{who}");
    }
    assert!(joined.clone().acknowledge(id(), &hand("head-1", true), false).is_ok());
    // The same danger, raised by another, is that one's too.
    let same = raised().raise(Danger::Violence, &hand("clerk-1", true), id).unwrap().into_noun();
    assert_eq!(same.emergency.as_ref().unwrap().dangers, [Danger::Violence]);
    let refused = same.clone().acknowledge(id(), &hand("clerk-1", true), false).unwrap_err();
    assert_eq!(refused.reason(), "OWN_EMERGENCY");
    assert!(!same.raise(Danger::Violence, &hand("clerk-1", true), id).unwrap().is_changed());
    let later = Hand { at: at() + chrono::Duration::hours(1), ..hand("clerk-1", true) };
    let joined = raised().raise(Danger::SelfHarm, &later, id).unwrap().into_noun();
    let emergency = joined.emergency.unwrap();
    assert_eq!((emergency.by.as_str(), emergency.at), ("mediator-1", at()), "the first is kept");
}

/// A receipt from before it was sealed is still read, and compared.
#[test]
fn a_receipt_from_before_is_read() {
    let old = r#"{"to":"Police","receipt":"110-1","by":"clerk-1","at":"2026-03-02T01:00:00Z"}"#;
    let end: oversight::model::risk::End = serde_json::from_str(old).unwrap();
    assert_eq!(end.receipt, receipt("110-1"));
    let kept = Receipt { digest: "d".to_owned(), sealed: vec![1, 2] };
    let again: Receipt = serde_json::from_str(&serde_json::to_string(&kept).unwrap()).unwrap();
    assert_eq!(again, kept);
}
