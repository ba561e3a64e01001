//! A claim is a lease that every write renews: silence ends it, and a write in time is never overrun by the news of the deadline.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails, and says where")]

use chrono::{DateTime, Duration, Utc};
use lexicon::{AccountId, CaseId, OrgId, Outcome, PartyRole, Refusal as _};
use mediation::model::lease::Unheard;
use mediation::model::{CaseDesk, Claim, Event, Fence, Mediation, Party};
use uuid::Uuid;

/// A Monday morning in Zhongshan: five working days end with Monday the ninth.
fn monday() -> DateTime<Utc> {
    "2026-03-02T01:00:00Z".parse().unwrap()
}

fn end() -> DateTime<Utc> {
    "2026-03-09T16:00:00Z".parse().unwrap()
}

fn fence(n: u64) -> Fence {
    Fence { epoch: 1, n }
}

fn held(n: u64, at: DateTime<Utc>) -> CaseDesk {
    let parties = [(1, PartyRole::Claimant), (2, PartyRole::Respondent)]
        .map(|(n, role)| Party { id: Uuid::from_u128(n).into(), role, consented: Some(at), member: None })
        .to_vec();
    let claim = Claim {
        fence: fence(n),
        mediator: AccountId::new("mediator-1").unwrap(),
        studio: OrgId::new("studio-1").unwrap(),
        track: "PM".to_owned(),
        parties,
    };
    let desk = CaseDesk::unheard(CaseId::from(Uuid::from_u128(8)));
    desk.confirmed(claim, Uuid::from_u128(9).into(), at).into_noun()
}

#[test]
fn silence_is_said_once_and_only_of_the_claim_in_force() {
    let desk = held(4, monday());
    assert_eq!(desk.lease_ends(), Some(end()));
    assert_eq!(
        desk.clone().silent(5, end()),
        Err(Unheard),
        "a claim that this desk has not heard of is not judged yet"
    );
    assert_eq!(desk.clone().silent(3, end()), Ok(Outcome::AlreadySo(desk.clone())), "an older claim");
    let Ok(Outcome::Changed(after, said)) = desk.clone().silent(4, end()) else { panic!("nothing was said") };
    assert_eq!(said, [Event::HolderSilent { fence: fence(4), last: Some(monday()) }]);
    assert_eq!((after.version, after.run.as_ref().unwrap().version), (desk.version + 1, desk.version + 1));
    // Routing ends the claim: the fence rises, and the old deadline is an older claim's.
    let ended = after.released(fence(5), None, end()).into_noun();
    assert_eq!(ended.clone().silent(4, end()), Ok(Outcome::AlreadySo(ended.clone())));
    assert_eq!(ended.lease_ends(), None, "nobody holds it");
}

#[test]
fn a_run_that_is_over_has_no_lease() {
    let desk = held(4, monday());
    let run = desk.run.clone().unwrap().conclude("F04", monday()).unwrap().into_noun();
    let over = desk.clone().with(run);
    assert_eq!((over.lease_ends(), over.lapsed(end())), (None, None));
    assert_eq!(over.clone().silent(4, end()), Ok(Outcome::AlreadySo(over)));
    // Nor has a run that a dismissed confirmation opened: its referral is over, and no S10 runs.
    let again = Mediation { ordinal: 1, ..desk.run.clone().unwrap() };
    assert_eq!(desk.with(again).lapsed(end()), None);
}

/// Whoever is examined may not go on, so their silence says nothing; it counts anew once they may.
#[test]
fn a_suspended_run_waits_for_whoever_examines_it() {
    let desk = held(4, monday());
    let suspended = desk.clone().with(desk.run.clone().unwrap().suspend(monday()).unwrap().into_noun());
    assert_eq!((suspended.lease_ends(), suspended.lapsed(end())), (None, None));
    assert_eq!(suspended.clone().silent(4, end()), Ok(Outcome::AlreadySo(suspended.clone())));
    let head = AccountId::new("head-1").unwrap();
    let run = suspended.run.clone().unwrap().resume(&head).unwrap().into_noun();
    let mut resumed = suspended.with(run);
    resumed.work(end());
    assert!(resumed.lease_ends() > Some(end()));
    assert!(matches!(resumed.silent(4, end() + Duration::days(30)), Ok(Outcome::Changed(..))));
}

/// The court answers after longer than a claim may be silent: the mediator it clears goes on with a lease of their own.
#[test]
fn whoever_a_court_has_cleared_has_the_lease_anew() {
    let mut desk = held(4, monday());
    let mut run = desk.run.clone().unwrap();
    run.begun.court = Some("court-2071".to_owned());
    desk.begun = run.begun.clone();
    let suspended = desk.with(run.suspend(monday()).unwrap().into_noun());
    let answered = end() + Duration::hours(17);
    let Outcome::Changed(cleared, said) = suspended.examined(false, answered) else { panic!("not heard") };
    assert!(matches!(said[..], [Event::Resumed { .. }]));
    assert_eq!(cleared.lapsed(answered), None, "the holder may write");
    assert!(cleared.lease_ends() > Some(answered + Duration::days(4)));
    assert!(matches!(cleared.silent(4, answered + Duration::days(30)), Ok(Outcome::Changed(..))));
}

#[test]
fn the_lease_is_over_at_its_instant_also_while_that_is_still_on_its_way() {
    let desk = held(4, monday());
    assert_eq!(desk.lapsed(end() - Duration::microseconds(1)), None);
    let refused = desk.lapsed(end()).unwrap();
    assert_eq!(refused.reason(), "CLAIM_LAPSED");
    assert!(refused.facts().contains(&("state", "IN_MEDIATION".to_owned())));
    assert!(refused.english().is_ascii() && !refused.chinese().is_ascii());
}

/// The holder writes at some instants; the deadline that oversight counted from any of them, or from the confirmation, arrives
/// between any two. Whatever the order, the claim is silent only if no write lies within the five working days before.
#[test]
fn a_write_in_time_is_never_overrun_by_the_deadline_s_news() {
    let (mut kept, mut ended) = (0, 0);
    let mut dice = 7_u64;
    let mut throw = |of: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % of
    };
    for _ in 0..1_000 {
        let mut desk = held(4, monday());
        let mut known = vec![monday()];
        let mut now = monday();
        loop {
            now += Duration::minutes(throw(6 * 24 * 60) as i64 + 1);
            // Oversight has heard of some of the writes, perhaps not of the last.
            let heard = known[throw(known.len() as u64) as usize];
            let due = held(4, heard).lease_ends().unwrap();
            if now >= due {
                let last = *known.last().unwrap();
                let over = held(4, last).lease_ends().unwrap() <= due;
                let said = desk.clone().silent(4, due).unwrap();
                assert_eq!(said.is_changed(), over, "last write {last}, deadline counted from {heard}");
                if over {
                    ended += 1;
                    break;
                }
                kept += 1;
            }
            if desk.lapsed(now).is_some() {
                // A late write is refused; the deadline of the last write is still to come.
                let due = desk.lease_ends().unwrap();
                assert!(desk.clone().silent(4, due).unwrap().is_changed());
                ended += 1;
                break;
            }
            desk.work(now);
            known.push(now);
        }
    }
    assert!(kept > 100 && ended == 1_000, "{kept} kept, {ended} ended");
}

/// An expert is waited for, not the mediator; the lease begins anew with the end of the appraisal.
#[test]
fn an_appraisal_waits_for_its_expert() {
    let desk = held(4, monday());
    let mut run = Mediation { track: "ME".to_owned(), ..desk.run.clone().unwrap() };
    run.course.period = Some(mediation::model::course::Period::begin("ME", &run.begun, monday()));
    let both: Vec<_> = run.parties.iter().map(|party| party.id).collect();
    let run = run.appraise(monday(), &both, false).unwrap().into_noun();
    let appraised = desk.with(run);
    assert_eq!((appraised.lease_ends(), appraised.lapsed(end())), (None, None));
    assert_eq!(appraised.clone().silent(4, end()), Ok(Outcome::AlreadySo(appraised.clone())));
    let run = appraised.run.clone().unwrap().finish_appraisal(end()).unwrap().into_noun();
    let mut goes_on = appraised.with(run);
    goes_on.work(end());
    assert!(goes_on.lease_ends() > Some(end()));
}
