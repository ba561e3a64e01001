//! Every state with every way to be given a case, and what the law of the referral says to it.

use std::fmt::Write as _;

use chrono::Duration;
use lexicon::{CaseId, OrgId, PartyRole, Refusal as _};
use uuid::Uuid;

use super::*;
use crate::model::{Destination, EndReason, Facts, Fence, Party, RosterKind};

type Verb = (&'static str, fn(Referral) -> Answer);

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_770_000_000, 0).unwrap()
}

fn account(name: &str) -> AccountId {
    AccountId::new(name).unwrap()
}

fn lease() -> Lease {
    Lease { due: now() + Duration::days(3), edition: "2026.1".to_owned() }
}

fn room(studio: &str, held: u64) -> Room {
    Room { held, capacity: 2, listed_in: Some(OrgId::new(studio).unwrap()), standing: Standing::Ready }
}

fn standing(standing: Standing) -> Room {
    Room { standing, ..room("studio-1", 0) }
}

fn in_state(state: State) -> Referral {
    let party = |id: &str, role| Party { party_id: id.to_owned(), role: Some(role), ..Party::default() };
    let parties = vec![
        party("claimant", PartyRole::Claimant),
        party("respondent", PartyRole::Respondent),
        party("third", PartyRole::ThirdParty),
    ];
    let facts = Facts { parties, ..Facts::default() };
    let case = CaseId::from(Uuid::from_u128(1));
    let mut referral = Referral::open(case, OrgId::new("hall-1").unwrap(), facts, 7, 1, now());
    referral.fence = Fence { epoch: 1, n: 4 };
    referral.version = 5;
    referral.state = state;
    referral
}

fn choice(until: Duration, passed: bool) -> Choice {
    Choice { since: now(), until: now() + until, edition: "2026.1".to_owned(), generation: 5, passed }
}

fn standings() -> Vec<(&'static str, Referral)> {
    let to = || Destination { studio: OrgId::new("studio-1").unwrap(), rule: "family".to_owned() };
    let claim = || Claim { holder: account("m-1"), since: now() };
    let pool = || in_state(State::Pool(to()));
    let mut aside = pool();
    aside.aside.accounts = vec![account("m-1")];
    vec![
        ("ROUTED", in_state(State::Routed(None))),
        ("ROUTED to studio-1", in_state(State::Routed(Some(to())))),
        ("POOL", pool()),
        ("POOL, m-1 stepped aside", aside),
        ("POOL, choice open", Referral { choice: Some(choice(Duration::days(2), false)), ..pool() }),
        ("POOL, choice just over", Referral { choice: Some(choice(Duration::zero(), false)), ..pool() }),
        ("POOL, choice passed", Referral { choice: Some(choice(Duration::days(2), true)), ..pool() }),
        ("ASSIGNED to m-1", in_state(State::Assigned { to: to(), claim: claim(), confirm: lease() })),
        ("FENCING", in_state(State::Fencing(to()))),
        ("ENDED", in_state(State::Ended(Some(to()), EndReason::Agreed))),
    ]
}

fn chosen(who: &str, room: Room, agreeing: &[&str], by_studio: bool) -> JointChoice {
    let agreeing = agreeing.iter().map(|id| (*id).to_owned()).collect();
    JointChoice { chosen: account(who), room, agreeing, by_studio, relation_known: false }
}

fn choose(referral: Referral, said: &JointChoice) -> Answer {
    referral.choose(said, 1, lease(), now())
}

const BOTH: [&str; 2] = ["respondent", "claimant"];

fn verbs() -> Vec<Verb> {
    vec![
        ("offer the choice", |r| r.offer_choice(lease(), now())),
        ("its time is over", |r| r.lapse_choice(5, now())),
        ("an older one's time is over", |r| r.lapse_choice(4, now())),
        ("choose m-1, the window records", |r| choose(r, &chosen("m-1", room("studio-1", 1), &BOTH, false))),
        ("choose m-1, the studio records", |r| choose(r, &chosen("m-1", room("studio-1", 1), &BOTH, true))),
        ("choose m-2", |r| choose(r, &chosen("m-2", room("studio-1", 0), &BOTH, true))),
        ("choose m-2, one side", |r| choose(r, &chosen("m-2", room("studio-1", 0), &["claimant"], true))),
        ("choose m-2, a stranger agrees", |r| {
            choose(r, &chosen("m-2", room("studio-1", 0), &["claimant", "respondent", "x"], true))
        }),
        ("choose a full one", |r| choose(r, &chosen("m-2", room("studio-1", 2), &BOTH, true))),
        ("choose one of another studio", |r| choose(r, &chosen("m-9", room("studio-2", 0), &BOTH, true))),
        ("appoint m-1", |r| r.appoint(account("m-1"), &room("studio-1", 1), 1, lease(), now())),
        ("appoint m-2", |r| r.appoint(account("m-2"), &room("studio-1", 1), 1, lease(), now())),
        ("appoint a full one", |r| r.appoint(account("m-2"), &room("studio-1", 2), 1, lease(), now())),
        ("appoint whom nobody lists", |r| {
            r.appoint(account("m-9"), &Room { listed_in: None, ..room("studio-1", 0) }, 1, lease(), now())
        }),
        ("choose one off duty", |r| choose(r, &chosen("m-2", standing(Standing::OffDuty), &BOTH, true))),
        ("choose a suspended one", |r| {
            choose(r, &chosen("m-2", standing(Standing::Suspended(RosterKind::Peoples)), &BOTH, true))
        }),
        ("appoint one off duty", |r| {
            r.appoint(account("m-2"), &standing(Standing::OffDuty), 1, lease(), now())
        }),
        ("appoint a suspended one", |r| {
            let room = standing(Standing::Suspended(RosterKind::Peoples));
            r.appoint(account("m-2"), &room, 1, lease(), now())
        }),
        ("appoint nobody", |r| r.appoint_nobody(now())),
        ("claim by m-2", |r| r.claim(account("m-2"), &room("studio-1", 0), 1, lease(), now())),
        ("send back", |r| r.send_back("why".to_owned(), &[], now())),
    ]
}

#[test]
fn every_state_with_every_way_to_be_given_a_case() {
    let mut table = String::new();
    for (name, standing) in standings() {
        writeln!(table, "{name}").unwrap();
        for (verb, act) in verbs() {
            let line = match act(standing.clone()) {
                Ok(Outcome::Changed(after, events)) => {
                    assert_eq!(after.version, standing.version + 1, "{name}: {verb}");
                    let given = after.state.claim() != standing.state.claim();
                    assert_eq!(given, after.fence > standing.fence, "{name}: {verb}: a claim is a fence");
                    assert!(!given || after.choice.is_none(), "{name}: {verb}");
                    let holder = after.responsible().unwrap_or("-");
                    format!(
                        "-> {}, with {holder}, fence {}, says {events:?}",
                        after.state.name(),
                        after.fence.n
                    )
                }
                Ok(Outcome::AlreadySo(after)) => {
                    assert_eq!(after, standing);
                    "already so".to_owned()
                }
                Err(refusal) => {
                    assert!(refusal.english().is_ascii() && !refusal.chinese().is_ascii());
                    refusal.reason().to_owned()
                }
            };
            writeln!(table, "  {verb:33} {line}").unwrap();
        }
    }
    insta::assert_snapshot!(table);
}
