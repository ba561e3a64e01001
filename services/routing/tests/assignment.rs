//! The next case for me, the parties' choice, and the head's appointments.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

#[path = "assignment/at_once.rs"]
mod at_once;
mod town;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use access::Caller;
use chrono::Duration;
use contracts::intake::v1::{DisputeAccepted, DisputeFiled, PartyDigest};
use contracts::lexicon::v1::{Fence, PartyKind, PartyRole};
use contracts::oversight::v1::DeadlineReached;
use contracts::routing::v1::{
    AppointMediatorRequest, Appointment, AppointmentOutcome, AppointmentResult, CaseClaimed, ChoiceLapsed,
    ChoiceOffered, ChooseMediatorRequest, ClaimWay, Fit, OfferChoiceRequest, Referral, ReferralState,
    TakeGround, TakeNextCaseRequest, TakeNextCaseResponse,
};
use prost::Message;
use tokio::task::JoinSet;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use town::{COURT, FAMILY, HALL, Town, as_caller, clerk, declared, head, mediator, reason, why};
use uuid::Uuid;

const LISTED: [&str; 3] = ["mediator-13", "mediator-14", "mediator-15"];

async fn take(town: &Town, by: &Caller, request_id: &str) -> Result<TakeNextCaseResponse, Status> {
    let ask = TakeNextCaseRequest { request_id: request_id.to_owned() };
    Ok(town.client().take_next_case(as_caller(by, "TakeNextCase", ask)).await?.into_inner())
}

async fn offer(town: &Town, case: Uuid, by: &Caller) -> Result<Referral, Status> {
    let ask = OfferChoiceRequest { case_id: case.to_string() };
    Ok(town.client().offer_choice(as_caller(by, "OfferChoice", ask)).await?.into_inner())
}

async fn choose(
    town: &Town,
    case: Uuid,
    by: &Caller,
    whom: &str,
    agreeing: &[&str],
) -> Result<Referral, Status> {
    let agreeing_party_ids = agreeing.iter().map(|id| (*id).to_owned()).collect();
    let ask = ChooseMediatorRequest {
        case_id: case.to_string(),
        mediator: whom.to_owned(),
        agreeing_party_ids,
        relation_known: false,
    };
    Ok(town.client().choose_mediator(as_caller(by, "ChooseMediator", ask)).await?.into_inner())
}

async fn appoint(town: &Town, by: &Caller, asks: &[(Uuid, &str)]) -> Result<Vec<AppointmentResult>, Status> {
    let appointment =
        |(case, who): &(Uuid, &str)| Appointment { case_id: case.to_string(), mediator: (*who).to_owned() };
    let ask = AppointMediatorRequest { appointments: asks.iter().map(appointment).collect() };
    Ok(town.client().appoint_mediator(as_caller(by, "AppointMediator", ask)).await?.into_inner().results)
}

/// A case in the family studio's pool whose parties have sides.
async fn with_sides(town: &Town) -> Uuid {
    let case = town.clock.id();
    let party = |id: &str, role: PartyRole| PartyDigest {
        party_id: id.to_owned(),
        kind: PartyKind::Person.into(),
        role: role.into(),
        ..Default::default()
    };
    let parties = vec![
        party("p1", PartyRole::Claimant),
        party("p2", PartyRole::Respondent),
        party("p3", PartyRole::ThirdParty),
    ];
    let accepted = DisputeAccepted { parties, ..town::accepted("P2") };
    let filed = DisputeFiled { first_receiver_org: HALL.to_owned(), ..Default::default() };
    town.say(&town.intake, case, 1, &filed).await;
    town.say(&town.intake, case, 2, &accepted).await;
    town.refer(case, FAMILY).await.unwrap();
    town.accept(case, FAMILY).await.unwrap();
    case
}

fn id(taken: &TakeNextCaseResponse) -> Uuid {
    taken.referral.as_ref().unwrap().case_id.parse().unwrap()
}

#[tokio::test]
async fn the_next_case_is_the_oldest_and_says_why() {
    let town = Town::open().await;
    let me = mediator("mediator-13", FAMILY);
    assert_eq!(reason(take(&town, &me, "r-0").await), "POOL_EMPTY");
    let first = town.pooled(FAMILY).await;
    town.clock.advance(Duration::hours(1));
    let (second, third) = (town.pooled(FAMILY).await, town.pooled(FAMILY).await);
    town.pooled(COURT).await;
    let taken = take(&town, &me, "r-1").await.unwrap();
    let why_this = taken.why.clone().unwrap();
    assert_eq!((id(&taken), why_this.ground(), why_this.considered_count), (first, TakeGround::Oldest, 3));
    assert!(why_this.text.contains("3件") && why_this.text_en.contains("oldest"), "{why_this:?}");
    let referral = taken.referral.clone().unwrap();
    assert_eq!((referral.state(), referral.holder.as_str()), (ReferralState::Assigned, "mediator-13"));
    assert_eq!(referral.fence, Some(Fence { epoch: 1, n: 1 }));

    // Its answer was lost: the same request, the same case, and nothing is said again.
    let said = town.said_kinds(first).await;
    assert_eq!(take(&town, &me, "r-1").await.unwrap(), taken);
    assert_eq!(town.said_kinds(first).await, said);
    let other = mediator("mediator-14", FAMILY);
    assert_ne!(id(&take(&town, &other, "r-1").await.unwrap()), first, "another's request is another");

    // Monday's case, and S05 ends on Wednesday: on Tuesday evening it goes first whoever fits what.
    town.clock.advance(Duration::hours(36));
    let young = town.pooled(FAMILY).await;
    let last = take(&town, &other, "r-2").await.unwrap();
    let why_this = last.why.clone().unwrap();
    assert!([second, third].contains(&id(&last)));
    assert_eq!(why_this.ground(), TakeGround::LongestWaiting);
    assert!((50..100).contains(&why_this.waited_percent), "{why_this:?}");
    assert_eq!(id(&take(&town, &me, "r-3").await.unwrap()), young);
    assert_eq!(reason(take(&town, &me, "r-4").await), "POOL_EMPTY");
    assert_eq!(why(take(&town, &clerk(), "r").await).0, Code::PermissionDenied);
    for bad in ["", "no blank", &"x".repeat(65)] {
        assert_eq!(why(take(&town, &me, bad).await).0, Code::InvalidArgument);
    }
    let claimed = town.said(first).await.pop().unwrap();
    assert_eq!(CaseClaimed::decode(claimed.2.as_slice()).unwrap().way(), ClaimWay::Claimed);
    let _ = Fit::Strength;
}

#[tokio::test]
async fn nobody_takes_what_they_may_not_have() {
    let town = Town::open().await;
    let me = mediator("mediator-13", FAMILY);
    let stranger = mediator("mediator-01", FAMILY);
    let case = with_sides(&town).await;
    assert_eq!(reason(take(&town, &stranger, "r").await), "NOT_OF_THIS_STUDIO", "the directory knows better");
    offer(&town, case, &clerk()).await.unwrap();
    assert_eq!(reason(take(&town, &me, "r").await), "POOL_EMPTY", "the parties may still choose");
    let free = town.pooled(FAMILY).await;
    assert_eq!(id(&take(&town, &me, "r").await.unwrap()), free);
    // Who gave it up because of a ground of their own does not find it again.
    let ask = contracts::routing::v1::RequestRecusalRequest {
        case_id: free.to_string(),
        ground: contracts::routing::v1::RecusalGround::Interest.into(),
        party_id: String::new(),
        reason: "an interest".to_owned(),
    };
    town.client().request_recusal(as_caller(&me, "RequestRecusal", ask)).await.unwrap();
    let released = town.release(free, &me, Some(Fence { epoch: 1, n: 1 })).await.unwrap();
    town.fence_stored(free, released.fence.unwrap()).await;
    assert_eq!(reason(take(&town, &me, "r-2").await), "POOL_EMPTY");
    assert_eq!(why(take(&town, &me, "r").await).0, Code::NotFound, "nor by the request that took it");
    assert_eq!(id(&take(&town, &mediator("mediator-14", FAMILY), "r").await.unwrap()), free);
}

#[tokio::test]
async fn the_parties_choose_together_within_two_working_days() {
    let town = Town::open().await;
    let case = with_sides(&town).await;
    let (window, studio) = (clerk(), head(FAMILY));
    assert_eq!(why(offer(&town, case, &head(COURT)).await).0, Code::NotFound);
    let offered = offer(&town, case, &window).await.unwrap();
    // Monday, two working days: until the end of Wednesday in Shanghai.
    let due = "2026-03-05T00:00:00+08:00".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!(
        (offered.state(), offered.choice_due_time.unwrap().seconds),
        (ReferralState::Pool, due.timestamp())
    );
    assert_eq!(offer(&town, case, &studio).await.unwrap(), offered, "already so");
    let said = town.said(case).await.pop().unwrap();
    let said = ChoiceOffered::decode(said.2.as_slice()).unwrap();
    assert_eq!((said.studio_org.as_str(), said.generation), (FAMILY, offered.version));

    // Until then nobody else decides.
    assert_eq!(reason(town.claim(case, &mediator("mediator-13", FAMILY)).await), "CHOICE_OPEN");
    let refused = appoint(&town, &studio, &[(case, "mediator-13")]).await.unwrap();
    assert_eq!(refused[0].reason, "CHOICE_OPEN");
    assert_eq!(appoint(&town, &studio, &[(case, "")]).await.unwrap()[0].reason, "CHOICE_OPEN");

    let of = |who: &'static str, agreeing: &'static [&'static str]| {
        let (town, window) = (&town, &window);
        async move { reason(choose(town, case, window, who, agreeing).await) }
    };
    assert_eq!(of("mediator-14", &["p1"]).await, "CHOICE_NOT_JOINT");
    assert_eq!(of("mediator-14", &["p1", "p3"]).await, "CHOICE_NOT_JOINT");
    assert_eq!(of("mediator-14", &["p1", "p2", "p9"]).await, "UNKNOWN_PARTY");
    assert_eq!(of("mediator-01", &["p1", "p2"]).await, "NOT_OF_THIS_STUDIO");
    assert_eq!(of("m-unlisted", &["p1", "p2"]).await, "NOT_OF_THIS_STUDIO");
    let chosen = choose(&town, case, &window, "mediator-14", &["p2", "p1"]).await.unwrap();
    assert_eq!((chosen.state(), chosen.holder.as_str()), (ReferralState::Assigned, "mediator-14"));
    assert_eq!((chosen.fence, chosen.choice_due_time), (Some(Fence { epoch: 1, n: 1 }), None));
    assert_eq!(
        choose(&town, case, &studio, "mediator-14", &["p1", "p2"]).await.unwrap(),
        chosen,
        "already so"
    );
    assert_eq!(reason(choose(&town, case, &studio, "mediator-13", &["p1", "p2"]).await), "ALREADY_CLAIMED");
    let said = CaseClaimed::decode(town.said(case).await.pop().unwrap().2.as_slice()).unwrap();
    assert_eq!((said.way(), said.holder.as_str()), (ClaimWay::Chosen, "mediator-14"));
    // The chosen mediator confirms as after a claim.
    let them = mediator("mediator-14", FAMILY);
    assert_eq!(
        town.confirm(case, &them, chosen.fence, declared()).await.unwrap().state(),
        ReferralState::Confirmed
    );
}

#[tokio::test]
async fn a_choice_that_nobody_makes_ends_and_somebody_is_appointed() {
    let town = Town::open().await;
    let case = with_sides(&town).await;
    let generation = offer(&town, case, &head(FAMILY)).await.unwrap().version;
    let reached = |generation| DeadlineReached { clock: "K01".to_owned(), generation, ..Default::default() };
    town.say(&town.oversight, case, 1, &reached(generation - 1)).await;
    assert!(town.get(case, &clerk()).await.unwrap().choice_due_time.is_some(), "another one's deadline");
    // Over at its hour, also while the news of that is still on its way.
    town.clock.advance(Duration::days(3));
    assert_eq!(reason(choose(&town, case, &clerk(), "mediator-13", &["p1", "p2"]).await), "CHOICE_PASSED");
    town.say(&town.oversight, case, 2, &reached(generation)).await;
    town.say(&town.oversight, case, 3, &reached(generation)).await;
    let now = town.get(case, &clerk()).await.unwrap();
    assert_eq!((now.state(), now.choice_due_time), (ReferralState::Pool, None));
    let said = town.said(case).await;
    assert_eq!(said.iter().filter(|(kind, ..)| kind == "ChoiceLapsed").count(), 1);
    assert_eq!(ChoiceLapsed::decode(said.last().unwrap().2.as_slice()).unwrap().studio_org, FAMILY);
    assert_eq!(reason(offer(&town, case, &clerk()).await), "CHOICE_PASSED");

    let results = appoint(&town, &head(FAMILY), &[(case, "mediator-15")]).await.unwrap();
    assert_eq!(
        (results[0].outcome(), results[0].mediator.as_str()),
        (AppointmentOutcome::Appointed, "mediator-15")
    );
    // Given up, it may be offered anew: the parties choose another.
    let released = town.release(case, &mediator("mediator-15", FAMILY), results[0].fence).await.unwrap();
    town.fence_stored(case, released.fence.unwrap()).await;
    assert!(offer(&town, case, &clerk()).await.unwrap().choice_due_time.is_some());
    assert_eq!(town.quarantined().await, 0);
}

/// While the parties may choose the case is nobody's to claim: a watcher sees it go, and come back when their time is over.
#[tokio::test]
async fn a_watched_pool_is_without_the_cases_that_the_parties_choose_for() {
    use PoolChangeKind::{Added, Removed};

    use contracts::routing::v1::{PoolChangeKind, WatchPoolRequest};
    let town = Town::open().await;
    let (me, first, second) =
        (mediator("mediator-15", FAMILY), with_sides(&town).await, with_sides(&town).await);
    offer(&town, first, &clerk()).await.unwrap();
    let watch = as_caller(&me, "WatchPool", WatchPoolRequest::default());
    let mut stream = town.client().watch_pool(watch).await.unwrap().into_inner();
    let mut told = vec![];
    while !told.contains(&PoolChangeKind::CaughtUp) {
        told.push(stream.message().await.unwrap().unwrap().kind());
    }
    assert_eq!(told, [PoolChangeKind::Added, PoolChangeKind::CaughtUp], "the second alone");
    let generation = offer(&town, second, &clerk()).await.unwrap().version;
    choose(&town, first, &clerk(), "mediator-13", &["p1", "p2"]).await.unwrap();
    let lapsed = DeadlineReached { clock: "K01".to_owned(), generation, ..Default::default() };
    town.say(&town.oversight, second, 1, &lapsed).await;
    town.claim(second, &me).await.unwrap();
    let mut told = vec![];
    // Silence alone is not taken for the end: the last change may be slow to get its number.
    for _ in 0..3 {
        let change = tokio::time::timeout(std::time::Duration::from_secs(20), stream.message()).await;
        let change = change.unwrap().unwrap().unwrap();
        told.push((change.kind(), change.referral.unwrap_or_default().case_id));
    }
    let more = tokio::time::timeout(std::time::Duration::from_secs(1), stream.message()).await;
    assert!(more.is_err(), "{more:?}");
    let of = |case: Uuid| -> Vec<PoolChangeKind> {
        told.iter().filter(|(_, id)| *id == case.to_string()).map(|(kind, _)| *kind).collect()
    };
    assert_eq!(of(first), []);
    assert_eq!(of(second), [Removed, Added, Removed], "{told:?}");
}

#[tokio::test]
async fn each_case_of_a_batch_has_an_answer_of_its_own() {
    use AppointmentOutcome::{AlreadySo, Appointed, Refused};

    let town = Town::open().await;
    let studio = head(FAMILY);
    let (free, routed, elsewhere) =
        (town.pooled(FAMILY).await, town.accepted("P2").await, town.pooled(COURT).await);
    town.refer(routed, FAMILY).await.unwrap();
    let (held, unknown) = (town.pooled(FAMILY).await, town.clock.id());
    town.claim(held, &mediator("mediator-14", FAMILY)).await.unwrap();
    let asks = [
        (free, "mediator-13"),
        (elsewhere, "mediator-13"),
        (held, "mediator-13"),
        (unknown, ""),
        (routed, ""),
    ];
    let results = appoint(&town, &studio, &asks).await.unwrap();
    let told: Vec<(AppointmentOutcome, &str, &str)> =
        results.iter().map(|one| (one.outcome(), one.mediator.as_str(), one.reason.as_str())).collect();
    assert_eq!(
        told,
        [
            (Appointed, "mediator-13", ""),
            (Refused, "", "NOT_FOUND"),
            (Refused, "", "ALREADY_CLAIMED"),
            (Refused, "", "NOT_FOUND"),
            // Of those who hold nothing: 13 was counted on, 14 holds one.
            (Appointed, "mediator-15", ""),
        ]
    );
    assert!(results[1].message.contains("未找到") && results[1].message_en.is_ascii());
    let said = CaseClaimed::decode(town.said(routed).await.pop().unwrap().2.as_slice()).unwrap();
    assert_eq!(said.way(), ClaimWay::Appointed);
    // Its answer was lost, and it is sent again.
    let before = town.said_kinds(free).await;
    let again = appoint(&town, &studio, &asks).await.unwrap();
    let told: Vec<AppointmentOutcome> = again.iter().map(AppointmentResult::outcome).collect();
    assert_eq!(told, [AlreadySo, Refused, Refused, Refused, AlreadySo]);
    assert_eq!(again[0].fence, results[0].fence);
    assert_eq!(town.said_kinds(free).await, before);
    assert_eq!(why(appoint(&town, &mediator("mediator-13", FAMILY), &asks).await).0, Code::PermissionDenied);
    assert_eq!(why(appoint(&town, &studio, &[]).await).0, Code::InvalidArgument);
    assert_eq!(why(appoint(&town, &studio, &[(free, ""), (free, "")]).await).0, Code::InvalidArgument);
}

#[tokio::test]
async fn five_hundred_cases_are_spread_evenly_in_one_call() {
    let town = Town::open().await;
    let mut cases = vec![];
    for _ in 0..30 {
        cases.push(town.pooled(FAMILY).await);
    }
    // The rest is not there: what is asked about five hundred is asked in some queries.
    let asks: Vec<(Uuid, &str)> =
        cases.iter().copied().chain((0..470).map(|_| town.clock.id())).map(|case| (case, "")).collect();
    let results = appoint(&town, &head(FAMILY), &asks).await.unwrap();
    assert_eq!(results.len(), 500);
    let mut load: BTreeMap<String, usize> = BTreeMap::new();
    let mut fences = HashSet::new();
    for (one, case) in results[..30].iter().zip(&cases) {
        assert_eq!((one.outcome(), one.case_id.clone()), (AppointmentOutcome::Appointed, case.to_string()));
        assert!(fences.insert((case, one.fence.unwrap().n)));
        *load.entry(one.mediator.clone()).or_default() += 1;
    }
    assert_eq!(load, LISTED.map(|name| (name.to_owned(), 10)).into());
    assert!(results[30..].iter().all(|one| one.reason == "NOT_FOUND"));
    let more: Vec<(Uuid, &str)> = (0..501).map(|_| (town.clock.id(), "")).collect();
    assert_eq!(why(appoint(&town, &head(FAMILY), &more).await).0, Code::InvalidArgument);
}
