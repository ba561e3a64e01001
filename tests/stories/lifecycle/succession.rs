//! A mediator leaves while an agreement is performed: the studio's head names another, and nothing of it stands still.

use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{Instalment, MediationState, RecordPerformanceRequest};
use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use contracts::oversight::v1::{DeadlineState, ListDeadlinesRequest};
use contracts::routing::v1::NameSuccessorRequest;
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use supermarket::client::{Thread, reason};
use tests::{World, ask};

use super::{STUDIO, seated};

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_outlives_its_mediator_in_the_studio() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let (head, others) = (world.head(STUDIO).await, world.mediators(STUDIO).await);
    let mut table = seated(&world, &clerk, "outlived", "PM", "108.3").await;
    let other = others.into_iter().find(|one| one.account.account != table.mediator.account.account).unwrap();
    let name = |mediator: &str| NameSuccessorRequest {
        case_id: table.case.id.clone(),
        mediator: mediator.to_owned(),
        reason: "调解员离职".to_owned(),
    };
    let (early, stranger, heir) =
        (name(other.account.account.as_str()), name("mediator-nobody"), name(other.account.account.as_str()));
    let refused = ask!(head, table.case.thread, RoutingServiceClient::name_successor, early).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("NO_AGREEMENT"), "a claim ends in its own ways");
    let parts = ["2026-04-01", "2026-05-06"]
        .map(|day| Instalment { due_date: day.to_owned(), amount_fen: 1_000_000 })
        .to_vec();
    table.agree(&world, parts).await;
    world.settle().await;
    let refused = ask!(head, table.case.thread, RoutingServiceClient::name_successor, stranger).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("NOT_OF_THIS_STUDIO"));
    let named = ask!(head, table.case.thread, RoutingServiceClient::name_successor, heir.clone()).unwrap();
    let again = ask!(head, table.case.thread, RoutingServiceClient::name_successor, heir).unwrap();
    assert_eq!((again.version, again.fence), (named.version, named.fence), "already so");
    world.settle().await;

    let perform = |fence| RecordPerformanceRequest {
        request_id: "first".to_owned(),
        case_id: table.case.id.clone(),
        fence,
        amount_fen: 1_000_000,
        whole: false,
        perform_time: Some(world.now()),
        evidence: "收条".to_owned(),
    };
    // Whoever left has neither the case nor its fence any more, and is told so.
    let (left, goes_on) = (perform(table.fence), perform(named.fence));
    let mut thread = Thread::default();
    let refused = ask!(table.mediator, thread, MediationServiceClient::record_performance, left).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("FENCE_PASSED"));
    let run = ask!(other, table.case.thread, MediationServiceClient::record_performance, goes_on).unwrap();
    assert_eq!(run.state(), MediationState::Performing);
    world.settle().await;
    let list = ListDeadlinesRequest { case_id: table.case.id.clone() };
    let all = ask!(other, table.case.thread, OversightServiceClient::list_deadlines, list).unwrap().deadlines;
    let runs = all.iter().filter(|one| one.state() == DeadlineState::Running && one.noun == "mediation");
    let holders: Vec<_> = runs.map(|one| one.holder.as_str()).collect();
    assert!(
        holders.len() >= 2 && holders.iter().all(|holder| *holder == other.account.account),
        "{holders:?}"
    );
    world.close().await;
}
