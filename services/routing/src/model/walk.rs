//! Every state with every verb, and what the law of the referral says to it.

use std::fmt::Write;

use chrono::{DateTime, Duration, Utc};
use lexicon::{AccountId, CaseId, OrgId, Outcome, PartyRole, Refusal as _};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

mod joint;
mod roster;

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
    let party = |id: &str, role| Party { party_id: id.to_owned(), role: Some(role), ..Party::default() };
    let parties = vec![
        party("claimant", PartyRole::Claimant),
        party("respondent", PartyRole::Respondent),
        party("third", PartyRole::ThirdParty),
    ];
    let facts = Facts { parties, ..Facts::default() };
    let mut referral = Referral::open(case, org("hall-442000"), facts, 7, 1, then());
    referral.fence.n = 4;
    referral.version = 5;
    referral.state = state;
    referral
}

/// How a referral can stand: its state, and the recusal that waits in it.
fn standings() -> Vec<(String, Referral)> {
    let plain = states().into_iter().map(|(name, state)| (name.to_owned(), in_state(state)));
    let asked = |name: &str, asker, ground| {
        let (_, state) = states().into_iter().find(|(known, _)| *known == name).unwrap();
        let mut referral = in_state(state);
        let by = account("clerk-1");
        referral.aside.pending = Some(Recusal { ground, asker, by, at: then() });
        referral
    };
    let party = || Asker::Party("claimant".to_owned());
    let mut followed = in_state(State::Fencing(to()));
    followed.aside.successor = Some(account("mediator-3"));
    followed.aside.accounts = vec![account("mediator-1")];
    let mut declined = in_state(State::Fencing(to()));
    declined.aside.declined = true;
    let mut left = in_state(State::Pool(to()));
    left.aside.accounts = vec![account("mediator-1")];
    plain
        .chain([
            ("ASSIGNED, a party asked".to_owned(), asked("ASSIGNED", party(), Ground::Interest)),
            ("CONFIRMED, a party asked".to_owned(), asked("CONFIRMED", party(), Ground::Interest)),
            ("CONFIRMED, disclosed".to_owned(), asked("CONFIRMED", Asker::Mediator, Ground::Relative)),
            ("FENCING, mediator-3 follows".to_owned(), followed),
            ("POOL, mediator-1 stepped aside".to_owned(), left),
            ("FENCING, declined".to_owned(), declined),
        ])
        .collect()
}

fn states() -> Vec<(&'static str, State)> {
    let claim = || Claim { holder: account("mediator-1"), since: then() };
    let due = then() + Duration::days(3);
    vec![
        ("ROUTED", State::Routed(None)),
        ("ROUTED to studio-family", State::Routed(Some(to()))),
        ("POOL", State::Pool(to())),
        ("ASSIGNED", State::Assigned { to: to(), claim: claim(), confirm: lease(due) }),
        ("ASSIGNED, overdue", State::Assigned { to: to(), claim: claim(), confirm: lease(then()) }),
        ("CONFIRMED", State::Confirmed { to: to(), claim: claim(), relation_disclosed: false }),
        ("FENCING", State::Fencing(to())),
        ("ENDED", State::Ended(Some(to()), EndReason::Agreed)),
    ]
}

fn lease(due: DateTime<Utc>) -> Lease {
    Lease { due, edition: "2026.1".to_owned() }
}

fn target(studio: &str, known: bool, first: bool) -> Target {
    Target { studio: org(studio), known, first_by_rule: first.then(|| "family".to_owned()) }
}

fn room(held: u64) -> Room {
    Room { held, capacity: 2, listed_in: Some(org("studio-family")), standing: Standing::Ready }
}

const OURS: Fence = Fence { epoch: 1, n: 4 };
const OLD: Fence = Fence { epoch: 1, n: 3 };
const DECLARED: Disclosure = Disclosure { declared: true, relation_exists: false, all_parties_keep: false };

fn take(referral: Referral, by: &str, room: &Room) -> Answer {
    referral.claim(account(by), room, 1, lease(now() + Duration::days(3)), now())
}

fn stored(referral: Referral, fence: Fence) -> Answer {
    referral.fence_stored(fence, 1, lease(now() + Duration::days(3)), now())
}

fn ask(referral: Referral, asker: Asker, ground: Ground) -> Answer {
    let by = account("clerk-1");
    referral.ask_recusal(Recusal { ground, asker, by, at: now() }, "why".to_owned(), now())
}

fn of_party(id: &str) -> Asker {
    Asker::Party(id.to_owned())
}

fn decide(referral: Referral, verdict: Verdict, keeping: &[&str]) -> Answer {
    decided(referral, decision(verdict, keeping))
}

fn decision(verdict: Verdict, keeping: &[&str]) -> Decision {
    Decision {
        fence: OURS,
        by: account("head-1"),
        verdict,
        keeping: keeping.iter().map(|id| (*id).to_owned()).collect(),
        successor: None,
        reason: "why".to_owned(),
    }
}

fn decided(referral: Referral, decision: Decision) -> Answer {
    referral.decide_recusal(decision, 1, now())
}

fn followed_by(name: &str, room: Room) -> Decision {
    Decision { successor: Some((account(name), room)), ..decision(Verdict::Granted, &[]) }
}

fn recusals() -> Vec<Verb> {
    vec![
        ("recusal, a party", |r| ask(r, of_party("claimant"), Ground::Interest)),
        ("recusal, another party", |r| ask(r, of_party("respondent"), Ground::Interest)),
        ("recusal, a stranger", |r| ask(r, of_party("stranger"), Ground::Interest)),
        ("recusal, the mediator", |r| ask(r, Asker::Mediator, Ground::Relative)),
        ("recusal, nobody's word", |r| ask(r, Asker::Nobody, Ground::Interest)),
        ("replacement, a party", |r| ask(r, of_party("claimant"), Ground::Replacement)),
        ("grant", |r| decide(r, Verdict::Granted, &[])),
        ("grant, mediator-3 follows", |r| decided(r, followed_by("mediator-3", room(1)))),
        ("grant, a full one follows", |r| decided(r, followed_by("mediator-3", room(2)))),
        ("grant, the same follows", |r| decided(r, followed_by("mediator-1", room(1)))),
        ("grant, an unlisted one follows", |r| {
            decided(r, followed_by("mediator-3", Room { listed_in: None, ..room(1) }))
        }),
        ("grant, old fence", |r| decided(r, Decision { fence: OLD, ..decision(Verdict::Granted, &[]) })),
        ("grant, by the mediator", |r| {
            decided(r, Decision { by: account("mediator-1"), ..decision(Verdict::Granted, &[]) })
        }),
        ("keep, both sides agree", |r| decide(r, Verdict::Kept, &["claimant", "respondent"])),
        ("keep, one side agrees", |r| decide(r, Verdict::Kept, &["claimant", "third"])),
        ("keep, a stranger agrees", |r| decide(r, Verdict::Kept, &["claimant", "respondent", "x"])),
        ("unfounded", |r| decide(r, Verdict::Unfounded, &[])),
    ]
}

fn verbs() -> Vec<Verb> {
    [claims(), recusals(), roster::verbs()].concat()
}

fn claims() -> Vec<Verb> {
    vec![
        ("refer to studio-family, first", |r| r.refer(target("studio-family", true, true), None, now())),
        ("refer to studio-court, reason", |r| {
            r.refer(target("studio-court", true, false), Some("why".to_owned()), now())
        }),
        ("refer to studio-court, no reason", |r| r.refer(target("studio-court", true, false), None, now())),
        ("refer to nowhere", |r| r.refer(target("studio-x", false, false), Some("why".to_owned()), now())),
        ("accept", |r| r.accept(now())),
        ("send back", |r| {
            r.send_back("why".to_owned(), &[account("mediator-1"), account("mediator-2")], now())
        }),
        ("send back, nobody left", |r| r.send_back("why".to_owned(), &[account("mediator-1")], now())),
        ("decline", |r| r.decline(OURS, "why".to_owned(), 1, now())),
        ("decline, old fence", |r| r.decline(OLD, "why".to_owned(), 1, now())),
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
        ("our fence is stored", |r| stored(r, OURS)),
        ("an older fence is stored", |r| stored(r, OLD)),
        ("a fence of a later epoch is stored", |r| stored(r, Fence { epoch: 2, n: 0 })),
        ("end: failed", |r| r.end(EndReason::Failed, now())),
        ("end: court", |r| r.end(EndReason::CourtDemanded, now())),
    ]
}

#[test]
fn every_state_with_every_verb() {
    let mut table = String::new();
    for (name, standing) in standings() {
        writeln!(table, "{name}").unwrap();
        for (verb, act) in verbs() {
            let before = standing.clone();
            let line = match act(before.clone()) {
                Ok(Outcome::Changed(after, events)) => {
                    assert_eq!(after.version, before.version + 1, "{name}: {verb}");
                    assert!(after.fence >= before.fence, "{name}: {verb}");
                    assert!(!events.is_empty(), "{name}: {verb}: every change is said");
                    let names = events
                        .iter()
                        .map(|event| format!("{event:?}").split(['(', ' ']).next().unwrap().to_owned());
                    let event = names.collect::<Vec<_>>().join(" and ");
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
        |epoch| pool().claim(account("a"), &room(0), epoch, lease(now()), now()).unwrap().into_noun().fence;
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
    assert_eq!(referral.facts.parties[3..], [party("a", "3"), party("b", "2")]);
}

proptest! {
    /// Whatever comes in whatever order: the version counts the changes, the fence only rises, an end is an end,
    /// and two different mediators never hold the case without a higher fence in between.
    #[test]
    fn no_order_of_verbs_breaks_the_law(order in prop::collection::vec(0..46_usize, 0..60)) {
        let verbs = verbs();
        let mut referral = in_state(State::Routed(None));
        referral.fence.n = 0;
        for index in order {
            let before = referral.clone();
            // The verbs about a fence show the one in force here; the table above shows the others.
            let fence = before.fence;
            let answer = match verbs[index].0 {
                "confirm" => before.clone().confirm(fence, DECLARED, now()),
                "decline" => before.clone().decline(fence, "why".to_owned(), 1, now()),
                "release" => before.clone().release(fence, "why".to_owned(), 1, now()),
                "lapse of this claim" => before.clone().lapse(fence.n, 1, now()),
                "silence of this claim" => before.clone().silence(fence, 1, now()),
                "our fence is stored" => stored(before.clone(), fence),
                "grant" => decided(before.clone(), Decision { fence, ..decision(Verdict::Granted, &[]) }),
                "grant, mediator-3 follows" => {
                    decided(before.clone(), Decision { fence, ..followed_by("mediator-3", room(1)) })
                }
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
            if let Some(claim) = referral.state.claim() {
                prop_assert!(!referral.aside.accounts.contains(&claim.holder), "who stepped aside holds again");
            }
            prop_assert!(referral.aside.pending.is_none() || referral.state.claim().is_some());
        }
    }
}

/// Who is asked to step aside, and is not, has not stepped aside; a party's first wish is its own (L4 art. 13).
#[test]
fn only_who_was_replaced_without_a_ground_was_replaced() {
    let confirmed = || {
        in_state(State::Confirmed {
            to: to(),
            claim: Claim { holder: account("mediator-1"), since: then() },
            relation_disclosed: false,
        })
    };
    // The mediator discloses a kinship and steps aside; the next one may still be wished away once by each party.
    let disclosed = ask(confirmed(), Asker::Mediator, Ground::Relative).unwrap().into_noun();
    let aside = decide(disclosed, Verdict::Granted, &[]).unwrap().into_noun();
    assert_eq!(aside.aside.accounts, [account("mediator-1")]);
    let fence = aside.fence;
    let pool = stored(aside, fence).unwrap().into_noun();
    let next = take(pool, "mediator-2", &room(0)).unwrap().into_noun();
    let wished = ask(next, of_party("claimant"), Ground::Replacement).unwrap().into_noun();
    let fence = wished.fence;
    let granted = decided(wished, Decision { fence, ..decision(Verdict::Granted, &[]) }).unwrap().into_noun();
    let fence = granted.fence;
    let pool = stored(granted, fence).unwrap().into_noun();
    let third = take(pool, "mediator-3", &room(0)).unwrap().into_noun();
    let again = ask(third.clone(), of_party("claimant"), Ground::Replacement).unwrap_err();
    assert_eq!(again.reason(), "ALREADY_REPLACED");
    assert!(
        ask(third, of_party("respondent"), Ground::Replacement).is_ok(),
        "the other side has had no wish yet"
    );

    // A request that nobody granted excludes nobody: the mediator gives the claim up, and may take it again.
    let asked = ask(confirmed(), of_party("claimant"), Ground::Interest).unwrap().into_noun();
    let given_up = asked.release(OURS, "why".to_owned(), 1, now()).unwrap().into_noun();
    assert!(given_up.aside.accounts.is_empty() && given_up.aside.pending.is_none());
    // Who disclosed a ground of their own and then gives the claim up has stepped aside.
    let disclosed = ask(confirmed(), Asker::Mediator, Ground::Interest).unwrap().into_noun();
    let given_up = disclosed.release(OURS, "why".to_owned(), 1, now()).unwrap().into_noun();
    assert_eq!(given_up.aside.accounts, [account("mediator-1")]);
}

/// A decline goes back to be routed when the fence is stored, and never to somebody who was to follow.
#[test]
fn what_is_declined_waits_for_another_studio() {
    let assigned = in_state(State::Assigned {
        to: to(),
        claim: Claim { holder: account("mediator-1"), since: then() },
        confirm: lease(now() + Duration::days(3)),
    });
    let fencing = assigned.decline(OURS, "why".to_owned(), 1, now()).unwrap().into_noun();
    let fence = fencing.fence;
    let back = stored(fencing, fence).unwrap().into_noun();
    assert_eq!((&back.state, back.returns, back.aside.declined), (&State::Routed(None), 1, false));
    // Another studio takes it, and the pool there is a pool.
    let there = back.refer(target("studio-court", true, true), None, now()).unwrap().into_noun();
    let there = there.accept(now()).unwrap().into_noun();
    assert_eq!(there.state.name(), "POOL");
}
