//! The commands of several organisations about one case, each dropped at every point and then sent again (P15).

use contracts::intake::v1::AcceptDisputeRequest;
use contracts::routing::v1::{
    AcceptReferralRequest, AnswerAssistanceRequest, AssistanceKind, DecideConsultationRequest,
    DelegateCaseRequest, EndAssistanceRequest, EscalateCaseRequest, OpenConsultationRequest,
    RequestAssistanceRequest, ReturnReferralRequest,
};
use supermarket::client::Person;
use tests::{World, file};

use crate::every_other_command::step;
use crate::whoever_hangs_up::{call, succeed};

const HALL: &str = "hall-442000";
const STATION: &str = "station-442000001";
const HELPS: &str = "studio-police";

struct People {
    station: Person,
    station_head: Person,
    hall: Person,
    helper: Person,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_joint_command_is_whole_or_nothing() {
    let world = World::open().await;
    let people = People {
        station: world.person("station-clerk-1").await,
        station_head: world.person("station-head-1").await,
        hall: world.person("hall-head-1").await,
        helper: world.head(HELPS).await,
    };
    let mut dropped = 0;
    for n in 1..=6 {
        dropped += up_and_down(&world, &people, n).await;
    }
    assert!(dropped > 20, "only {dropped} drops");
    for post in &world.town.running.posts {
        let desk = post.desk();
        assert!(courier::ledger::list_gaps(desk, desk.service()).await.unwrap().is_empty());
        assert!(courier::ledger::list_quarantine(desk, 10).await.unwrap().is_empty());
    }
    world.close().await;
}

async fn up_and_down(world: &World, people: &People, n: usize) -> usize {
    let case = file(&people.station, &format!("joint-{n}")).await;
    let case_id = || case.id.clone();
    let reason = || "就近办理".to_owned();
    let accept =
        AcceptDisputeRequest { case_id: case_id(), cause_code: "108.3".to_owned(), ..Default::default() };
    succeed(world, call(&people.station, "/supermarket.intake.v1.IntakeService/AcceptDispute", &accept))
        .await;
    world.settle().await;
    let mut dropped = 0;
    let up = EscalateCaseRequest {
        case_id: case_id(),
        to_org: HALL.to_owned(),
        reason: reason(),
        ..Default::default()
    };
    dropped +=
        usize::from(step(world, &people.station, "routing.v1.RoutingService/EscalateCase", &up, n).await);
    let take = AcceptReferralRequest { case_id: case_id() };
    dropped +=
        usize::from(step(world, &people.hall, "routing.v1.RoutingService/AcceptReferral", &take, n).await);
    let meet = OpenConsultationRequest {
        case_id: case_id(),
        participant_orgs: vec![HELPS.to_owned()],
        question: reason(),
        due_date: String::new(),
    };
    dropped +=
        usize::from(step(world, &people.hall, "routing.v1.RoutingService/OpenConsultation", &meet, n).await);
    let decide = DecideConsultationRequest {
        case_id: case_id(),
        number: 2,
        lead_org: HALL.to_owned(),
        co_orgs: vec![HELPS.to_owned()],
        decision: reason(),
        minutes: reason(),
        ..Default::default()
    };
    dropped += usize::from(
        step(world, &people.hall, "routing.v1.RoutingService/DecideConsultation", &decide, n).await,
    );
    let ask = RequestAssistanceRequest {
        case_id: case_id(),
        to_org: HELPS.to_owned(),
        kind: AssistanceKind::Police.into(),
        reason: reason(),
        due_date: String::new(),
    };
    dropped +=
        usize::from(step(world, &people.hall, "routing.v1.RoutingService/RequestAssistance", &ask, n).await);
    let answer = AnswerAssistanceRequest {
        case_id: case_id(),
        number: 3,
        accepted: true,
        note: String::new(),
        co_mediators: vec!["mediator-04".to_owned()],
    };
    dropped += usize::from(
        step(world, &people.helper, "routing.v1.RoutingService/AnswerAssistance", &answer, n).await,
    );
    let end = EndAssistanceRequest {
        case_id: case_id(),
        org: HELPS.to_owned(),
        co_mediators: vec![],
        reason: reason(),
    };
    dropped +=
        usize::from(step(world, &people.hall, "routing.v1.RoutingService/EndAssistance", &end, n).await);
    let down = DelegateCaseRequest {
        case_id: case_id(),
        to_org: STATION.to_owned(),
        reason: reason(),
        ..Default::default()
    };
    dropped +=
        usize::from(step(world, &people.hall, "routing.v1.RoutingService/DelegateCase", &down, n).await);
    let back = ReturnReferralRequest { case_id: case_id(), reason: reason() };
    dropped
        + usize::from(
            step(world, &people.station_head, "routing.v1.RoutingService/ReturnReferral", &back, n).await,
        )
}
