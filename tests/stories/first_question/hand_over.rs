//! A case goes up a level and down again (domain.md 1, rows 20, 29, 34): offered until a day, moved only by an acceptance.

use chrono::TimeDelta;
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{
    AcceptReferralRequest, ClaimCaseRequest, DelegateCaseRequest, EscalateCaseRequest, HandOverKind,
    JointActKind, ListPoolRequest, ListReferralsRequest, ReferCaseRequest, ReferralState,
    ReturnReferralRequest,
};
use supermarket::client::{Person, Thread, reason};
use tests::{Case, World, accept, ask, pool};
use tonic::Code;
use tonic_types::StatusExt as _;

use super::{clock, day, referral, running, trace, until};

const HALL: &str = "hall-442000";
const STATION: &str = "station-442000001";
const VILLAGE: &str = "village-442000001-1";

fn up(id: &str, to: &str) -> EscalateCaseRequest {
    EscalateCaseRequest {
        case_id: id.to_owned(),
        to_org: to.to_owned(),
        reason: "案情疑难，本级难以处理。".to_owned(),
        skip_reason: String::new(),
        due_date: String::new(),
    }
}

fn down(id: &str, to: &str, due_date: &str) -> DelegateCaseRequest {
    DelegateCaseRequest {
        case_id: id.to_owned(),
        to_org: to.to_owned(),
        reason: "双方均在该镇，就地调解。".to_owned(),
        skip_reason: String::new(),
        due_date: due_date.to_owned(),
    }
}

async fn take(person: &Person, case: &mut Case) -> contracts::routing::v1::Referral {
    let message = AcceptReferralRequest { case_id: case.id.clone() };
    ask!(person, case.thread, RoutingServiceClient::accept_referral, message).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_goes_up_only_when_the_upper_level_accepts_and_returns_by_itself() {
    let world = World::open().await;
    let (station, head) = (world.person("station-clerk-1").await, world.person("hall-head-1").await);
    let mut case = accept(&world, &station, "up").await;
    let id = case.id.clone();
    world.settle().await;
    let before = running(&world, &station, &mut case).await;
    let first = clock(&before, "referral", "S04").clone();
    assert_eq!(first.holder, STATION);

    let refused =
        ask!(station, case.thread, RoutingServiceClient::escalate_case, up(&id, VILLAGE)).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("NOT_A_LEVEL_UP"));
    let refused =
        ask!(station, case.thread, RoutingServiceClient::escalate_case, up(&id, "hall-x")).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("UNKNOWN_ORGANIZATION"));
    let late = EscalateCaseRequest { due_date: day(-1), ..up(&id, HALL) };
    let refused = ask!(station, case.thread, RoutingServiceClient::escalate_case, late).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("DUE_DATE_OUT_OF_RANGE"));
    assert_eq!(referral(&head, &case).await.unwrap_err().code(), Code::NotFound, "nothing is offered yet");

    // Offered until the end of the third working day: the station goes on being responsible, its clock goes on running.
    let offered = ask!(station, case.thread, RoutingServiceClient::escalate_case, up(&id, HALL)).unwrap();
    let offer = offered.hand_over.clone().unwrap();
    assert_eq!((offer.kind(), offer.to_org.as_str()), (HandOverKind::Escalate, HALL));
    assert_eq!((offered.holder.as_str(), offer.due_date.as_str()), (STATION, "2026-03-05"));
    let again = ask!(station, case.thread, RoutingServiceClient::escalate_case, up(&id, HALL)).unwrap();
    assert_eq!(again.version, offered.version, "the same again is already so");
    let waiting = running(&world, &station, &mut case).await;
    assert_eq!(clock(&waiting, "handover", "S21").holder, HALL);
    let same = clock(&waiting, "referral", "S04");
    assert_eq!((&same.holder, same.due_time), (&first.holder, first.due_time));

    // Nobody accepts. After the day it returns by itself, and is the station's as before.
    world.clock.advance(TimeDelta::days(4));
    until("the offer lapses", async || referral(&station, &case).await.unwrap().hand_over.is_none()).await;
    world.settle().await;
    let back = referral(&station, &case).await.unwrap();
    assert_eq!(
        (back.state(), back.holder.as_str(), back.studio_org.as_str()),
        (ReferralState::Routed, STATION, "")
    );
    assert_eq!((back.hand_over, back.return_count), (None, 1));
    assert_eq!(referral(&head, &case).await.unwrap_err().code(), Code::NotFound, "the offer is over");
    let late = AcceptReferralRequest { case_id: case.id.clone() };
    let late = ask!(head, case.thread, RoutingServiceClient::accept_referral, late).unwrap_err();
    assert_eq!(late.code(), Code::NotFound);

    // Once more, and returned with a reason; then accepted. The first receiver is kept for good.
    ask!(station, case.thread, RoutingServiceClient::escalate_case, up(&id, HALL)).unwrap();
    world.settle().await;
    let no = ReturnReferralRequest { case_id: case.id.clone(), reason: "材料不全。".to_owned() };
    ask!(head, case.thread, RoutingServiceClient::return_referral, no.clone()).unwrap();
    world.settle().await;
    let again = ask!(head, case.thread, RoutingServiceClient::return_referral, no).unwrap();
    assert_eq!(again.return_count, 2, "returned once");
    ask!(station, case.thread, RoutingServiceClient::escalate_case, up(&id, HALL)).unwrap();
    world.settle().await;
    let taken = take(&head, &mut case).await;
    assert_eq!((taken.state(), taken.holder.as_str()), (ReferralState::Pool, HALL));
    assert_eq!((taken.first_receiver_org.as_str(), taken.hand_over), (STATION, None));
    let after = running(&world, &station, &mut case).await;
    assert_eq!(clock(&after, "referral", "S05").holder, HALL);
    assert!(after.iter().all(|one| one.noun != "handover"), "{after:?}");
    let kinds: Vec<JointActKind> = trace(&station, &case).await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(
        kinds,
        [
            JointActKind::HandOverOffered,
            JointActKind::HandOverLapsed,
            JointActKind::HandOverOffered,
            JointActKind::HandOverReturned,
            JointActKind::HandOverOffered,
            JointActKind::HandOverAccepted,
        ]
    );
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_level_is_not_skipped_without_a_reason() {
    let world = World::open().await;
    let village = world.person("village-clerk-1").await;
    let mut case = accept(&world, &village, "skip").await;
    let id = case.id.clone();
    world.settle().await;
    let refused = ask!(village, case.thread, RoutingServiceClient::escalate_case, up(&id, HALL)).unwrap_err();
    let info = refused.get_details_error_info().unwrap();
    assert_eq!((info.reason.as_str(), info.metadata["skipped"].as_str()), ("LEVEL_SKIPPED", "TOWN"));
    let skipping =
        EscalateCaseRequest { skip_reason: "镇级为利害关系方。".to_owned(), ..up(&id, HALL) };
    let offered = ask!(village, case.thread, RoutingServiceClient::escalate_case, skipping).unwrap();
    assert_eq!(offered.hand_over.unwrap().to_org, HALL);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_studio_hands_its_case_down_and_keeps_it_until_it_is_taken() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut case = pool(&world, &clerk, "down", "studio-justice").await;
    let id = case.id.clone();
    world.settle().await;
    let (studio, station) = (world.head("studio-justice").await, world.person("station-head-1").await);
    let mediator = world.mediators("studio-justice").await.remove(0);
    let there = world.person("station-mediator-1").await;

    let foreign = down(&id, STATION, "");
    let refused = ask!(clerk, case.thread, RoutingServiceClient::delegate_case, foreign).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("NOT_RESPONSIBLE"), "the studio has it now");
    let offered = ask!(studio, case.thread, RoutingServiceClient::delegate_case, down(&id, STATION, &day(6)));
    assert_eq!(offered.unwrap().holder, "studio-justice", "until the station takes it");
    world.settle().await;
    assert!(referral(&station, &case).await.is_ok(), "whom it is offered to may look at it");
    let offers = async |person: &Person| {
        let mut thread = Thread::default();
        let pool = ask!(person, thread, RoutingServiceClient::list_pool, ListPoolRequest::default());
        pool.unwrap().referrals.len()
    };
    assert_eq!(
        (offers(&mediator).await, offers(&station).await),
        (1, 0),
        "it lies in the studio's pool alone"
    );

    // Whoever claims it meanwhile has it, and the offer is over.
    let message = ClaimCaseRequest { case_id: case.id.clone() };
    let claimed = ask!(mediator, case.thread, RoutingServiceClient::claim_case, message.clone()).unwrap();
    assert_eq!(claimed.hand_over, None);
    world.settle().await;
    assert_eq!(referral(&station, &case).await.unwrap_err().code(), Code::NotFound);
    let refused =
        ask!(studio, case.thread, RoutingServiceClient::delegate_case, down(&id, STATION, "")).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("CLAIM_IN_FORCE"));
    let release = contracts::routing::v1::ReleaseClaimRequest {
        case_id: case.id.clone(),
        fence: claimed.fence,
        reason: "换由镇级办理".to_owned(),
    };
    ask!(mediator, case.thread, RoutingServiceClient::release_claim, release).unwrap();
    world.settle().await;

    ask!(studio, case.thread, RoutingServiceClient::delegate_case, down(&id, STATION, &day(6))).unwrap();
    world.settle().await;
    let taken = take(&station, &mut case).await;
    assert_eq!((taken.holder.as_str(), taken.first_receiver_org.as_str()), (STATION, "hall-442000"));
    world.settle().await;
    assert_eq!((offers(&mediator).await, offers(&there).await), (0, 1), "it has moved to the station's pool");
    assert_eq!(
        referral(&studio, &case).await.unwrap_err().code(),
        Code::NotFound,
        "and is no longer the studio's"
    );
    let list = ListReferralsRequest::default();
    let mut thread = Thread::default();
    let seen = ask!(studio, thread, RoutingServiceClient::list_referrals, list).unwrap();
    assert!(seen.referrals.is_empty());
    ask!(there, case.thread, RoutingServiceClient::claim_case, message).unwrap();
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_referral_carries_its_note_and_its_day_in_one_call() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut case = accept(&world, &clerk, "forward").await;
    world.settle().await;
    let forward = ReferCaseRequest {
        case_id: case.id.clone(),
        studio_org: "studio-labour".to_owned(),
        reason: "请于周内接收。".to_owned(),
        circumstances: None,
        due_date: day(4),
    };
    let referred = ask!(clerk, case.thread, RoutingServiceClient::refer_case, forward).unwrap();
    let offer = referred.hand_over.unwrap();
    assert_eq!((offer.kind(), offer.due_date), (HandOverKind::Refer, day(4)));
    let waiting = running(&world, &clerk, &mut case).await;
    assert_eq!(clock(&waiting, "handover", "S21").holder, "studio-labour");
    assert_eq!(clock(&waiting, "referral", "S04").holder, "hall-442000");
    let read = trace(&world.head("studio-labour").await, &case).await;
    assert_eq!(read, [(JointActKind::HandOverOffered, "请于周内接收。".to_owned())]);
    let taken = take(&world.head("studio-labour").await, &mut case).await;
    assert_eq!((taken.holder.as_str(), taken.hand_over), ("studio-labour", None));
    world.close().await;
}
