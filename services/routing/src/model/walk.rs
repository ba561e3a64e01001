//! Every state with every verb, and what the law of the referral says to it.

use std::fmt::Write;

use chrono::{DateTime, Duration, Utc};
use lexicon::{AccountId, CaseId, OrgId, Outcome, Refusal as _};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

type Answer = Result<Outcome<Referral, Event>, Refusal>;
type Verb = (&'static str, fn(Referral) -> Answer);

fn then() -> DateTime<Utc> {
    DateTime::from_timestamp(1_770_000_000, 0).unwrap()
}

fn now() -> DateTime<Utc> {
    then() + Duration::hours(1)
}

fn org(name: &str) -> OrgId {
    OrgId::new(name).unwrap()
}

fn account(name: &str) -> AccountId {
    AccountId::new(name).unwrap()
}

fn to() -> Destination {
    Destination { studio: org("studio-family"), rule: "family".to_owned() }
}

fn in_state(state: State) -> Referral {
    let case = CaseId::from(Uuid::from_u128(1));
    let mut referral = Referral::open(case, org("hall-442000"), Facts::default(), 7, 1, then());
    referral.fence.n = 4;
    referral.version = 5;
    referral.state = state;
    referral
}

fn states() -> Vec<(&'static str, State)> {
    let claim = || Claim { holder: account("mediator-1"), since: then() };
    let due = then() + Duration::days(3);
    vec![
        ("ROUTED", State::Routed(None)),
        ("ROUTED to studio-family", State::Routed(Some(to()))),
        ("POOL", State::Pool(to())),
        ("ASSIGNED", State::Assigned { to: to(), claim: claim(), confirm_due: due }),
        ("ASSIGNED, overdue", State::Assigned { to: to(), claim: claim(), confirm_due: then() }),
        ("CONFIRMED", State::Confirmed { to: to(), claim: claim(), relation_disclosed: false }),
        ("FENCING", State::Fencing(to())),
        ("ENDED", State::Ended(Some(to()), EndReason::Agreed)),
    ]
}

fn target(studio: &str, known: bool, first: bool) -> Target {
    Target { studio: org(studio), known, first_by_rule: first.then(|| "family".to_owned()) }
}

fn room(held: u64) -> Room {
    Room { held, capacity: 2, listed_in: Some(org("studio-family")) }
}

const OURS: Fence = Fence { epoch: 1, n: 4 };
const OLD: Fence = Fence { epoch: 1, n: 3 };
const DECLARED: Disclosure = Disclosure { declared: true, relation_exists: false, all_parties_keep: false };

fn take(referral: Referral, by: &str, room: &Room) -> Answer {
    referral.claim(account(by), room, 1, now() + Duration::days(3), now())
}

fn verbs() -> Vec<Verb> {
    vec![
        ("refer to studio-family, first", |r| r.refer(target("studio-family", true, true), None, now())),
        ("refer to studio-court, reason", |r| {
            r.refer(target("studio-court", true, false), Some("why".to_owned()), now())
        }),
        ("refer to studio-court, no reason", |r| r.refer(target("studio-court", true, false), None, now())),
        ("refer to nowhere", |r| r.refer(target("studio-x", false, false), Some("why".to_owned()), now())),
        ("accept", |r| r.accept(now())),
        ("send back", |r| r.send_back("why".to_owned(), now())),
        ("claim by mediator-1", |r| take(r, "mediator-1", &room(1))),
        ("claim by mediator-2", |r| take(r, "mediator-2", &room(1))),
        ("claim by a full mediator", |r| take(r, "mediator-2", &room(2))),
        ("claim from another studio", |r| {
            take(r, "mediator-2", &Room { listed_in: Some(org("studio-court")), ..room(0) })
        }),
        ("confirm", |r| r.confirm(OURS, DECLARED, now())),
        ("confirm, old fence", |r| r.confirm(OLD, DECLARED, now())),
        ("confirm, nothing declared", |r| r.confirm(OURS, Disclosure::default(), now())),
        ("confirm, relation, not all keep", |r| {
            r.confirm(OURS, Disclosure { relation_exists: true, ..DECLARED }, now())
        }),
        ("confirm, relation, all keep", |r| {
            r.confirm(
                OURS,
                Disclosure { declared: true, relation_exists: true, all_parties_keep: true },
                now(),
            )
        }),
        ("release", |r| r.release(OURS, "why".to_owned(), 1, now())),
        ("release, old fence", |r| r.release(OLD, "why".to_owned(), 1, now())),
        ("lapse of this claim", |r| r.lapse(4, 1, now())),
        ("lapse of an older claim", |r| r.lapse(3, 1, now())),
        ("silence of this claim", |r| r.silence(OURS, 1, now())),
        ("silence of an older claim", |r| r.silence(OLD, 1, now())),
        ("our fence is stored", |r| r.fence_stored(OURS, now())),
        ("an older fence is stored", |r| r.fence_stored(OLD, now())),
        ("a fence of a later epoch is stored", |r| r.fence_stored(Fence { epoch: 2, n: 0 }, now())),
        ("end: failed", |r| r.end(EndReason::Failed, now())),
        ("end: court", |r| r.end(EndReason::CourtDemanded, now())),
    ]
}

#[test]
fn every_state_with_every_verb() {
    let mut table = String::new();
    for (name, state) in states() {
        writeln!(table, "{name}").unwrap();
        for (verb, act) in verbs() {
            let before = in_state(state.clone());
            let line = match act(before.clone()) {
                Ok(Outcome::Changed(after, events)) => {
                    assert_eq!(after.version, before.version + 1, "{name}: {verb}");
                    assert!(after.fence >= before.fence, "{name}: {verb}");
                    assert_eq!(events.len(), 1, "every change says one thing");
                    let event = format!("{:?}", events[0]);
                    let event = event.split(['(', ' ']).next().unwrap().to_owned();
                    let studio = after.state.destination().map_or("-", |to| to.studio.as_str()).to_owned();
                    let holder = after.responsible().unwrap_or("-");
                    format!(
                        "-> {} {studio}, with {holder}, fence {}, says {event}",
                        after.state.name(),
                        after.fence.n
                    )
                }
                Ok(Outcome::AlreadySo(after)) => {
                    assert_eq!(after, before);
                    "already so".to_owned()
                }
                Err(refusal) => {
                    let facts: Vec<String> =
                        refusal.facts().iter().map(|(k, v)| format!("{k}={v}")).collect();
                    assert!(refusal.english().is_ascii() && !refusal.chinese().is_ascii());
                    format!("{} ({})", refusal.reason(), facts.join(", "))
                }
            };
            writeln!(table, "  {verb:36} {line}").unwrap();
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_restored_epoch_is_never_lowered() {
    let pool = || in_state(State::Pool(to()));
    let claimed =
        |epoch| pool().claim(account("a"), &room(0), epoch, now(), now()).unwrap().into_noun().fence;
    assert_eq!(claimed(3), Fence { epoch: 3, n: 5 });
    assert_eq!(claimed(0), Fence { epoch: 1, n: 5 });
}

#[test]
fn parties_are_replaced_or_added_without_a_step() {
    let party = |id: &str, digest: &str| Party {
        party_id: id.to_owned(),
        digest: digest.to_owned(),
        ..Default::default()
    };
    let referral =
        in_state(State::Routed(None)).with_party(party("a", "1"), 8).with_party(party("b", "2"), 9);
    let referral = referral.with_party(party("a", "3"), 10);
    assert_eq!((referral.version, referral.facts_seq), (5, 10));
    assert_eq!(referral.facts.parties, [party("a", "3"), party("b", "2")]);
}

proptest! {
    /// Whatever comes in whatever order: the version counts the changes, the fence only rises, an end is an end,
    /// and two different mediators never hold the case without a higher fence in between.
    #[test]
    fn no_order_of_verbs_breaks_the_law(order in prop::collection::vec(0..26_usize, 0..60)) {
        let verbs = verbs();
        let mut referral = in_state(State::Routed(None));
        referral.fence.n = 0;
        for index in order {
            let before = referral.clone();
            // The verbs about a fence show the one in force here; the table above shows the others.
            let fence = before.fence;
            let answer = match verbs[index].0 {
                "confirm" => before.clone().confirm(fence, DECLARED, now()),
                "release" => before.clone().release(fence, "why".to_owned(), 1, now()),
                "lapse of this claim" => before.clone().lapse(fence.n, 1, now()),
                "silence of this claim" => before.clone().silence(fence, 1, now()),
                "our fence is stored" => before.clone().fence_stored(fence, now()),
                _ => verbs[index].1(before.clone()),
            };
            let Ok(outcome) = answer else { continue };
            let changed = outcome.is_changed();
            referral = outcome.into_noun();
            prop_assert_eq!(referral.version, before.version + u64::from(changed));
            prop_assert!(referral.fence >= before.fence);
            if let (Some(was), Some(is)) = (before.state.claim(), referral.state.claim()) {
                prop_assert_eq!(&was.holder, &is.holder);
            }
            if before.state.claim() != referral.state.claim() && !matches!(referral.state, State::Ended(..)) {
                prop_assert!(referral.fence > before.fence);
            }
            prop_assert!(!changed || !matches!(before.state, State::Ended(..)));
        }
    }
}
