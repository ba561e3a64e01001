//! A workstation beside the centre (domain.md 1, row 2): it receives a case from the centre, sends it back with a reason, receives
//! it again and mediates it; what is said twice is done once.

use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{
    AcceptReferralRequest, DelegateCaseRequest, ReferralState, ReturnReferralRequest,
};
use supermarket::client::reason;
use tests::{World, accept, ask, hold};
use tonic::Code;

use super::{clock, referral, running, trace};

const HALL: &str = "hall-442000";
const STATION: &str = "station-442000001";

#[tokio::test(flavor = "multi_thread")]
async fn a_station_receives_from_the_centre_returns_and_mediates() {
    let world = World::open().await;
    let (clerk, station) = (world.person("clerk-1").await, world.person("station-head-1").await);
    let mut case = accept(&world, &clerk, "station").await;
    world.settle().await;
    let down = DelegateCaseRequest {
        case_id: case.id.clone(),
        to_org: STATION.to_owned(),
        reason: "双方均在该街道。".to_owned(),
        ..Default::default()
    };
    let begun = running(&world, &clerk, &mut case).await;
    let first = clock(&begun, "referral", "S04").clone();
    ask!(clerk, case.thread, RoutingServiceClient::delegate_case, down.clone()).unwrap();
    world.settle().await;
    let back =
        ReturnReferralRequest { case_id: case.id.clone(), reason: "一方已迁往外街道。".to_owned() };
    let returned = ask!(station, case.thread, RoutingServiceClient::return_referral, back).unwrap();
    assert_eq!(
        (returned.state(), returned.holder.as_str(), returned.return_count),
        (ReferralState::Routed, HALL, 1)
    );
    let after = running(&world, &clerk, &mut case).await;
    let same = clock(&after, "referral", "S04");
    assert_eq!((&same.holder, same.due_time), (&first.holder, first.due_time), "its clock ran on");
    assert!(trace(&clerk, &case).await.iter().any(|(_, text)| text == "一方已迁往外街道。"));

    // Once more, said twice: one offer. The station takes it, and nobody else of the hall has it any more.
    let once = ask!(clerk, case.thread, RoutingServiceClient::delegate_case, down.clone()).unwrap();
    let twice = ask!(clerk, case.thread, RoutingServiceClient::delegate_case, down.clone()).unwrap();
    assert_eq!(once.version, twice.version);
    world.settle().await;
    let take = AcceptReferralRequest { case_id: case.id.clone() };
    ask!(station, case.thread, RoutingServiceClient::accept_referral, take.clone()).unwrap();
    let again = ask!(station, case.thread, RoutingServiceClient::accept_referral, take).unwrap();
    assert_eq!((again.holder.as_str(), again.first_receiver_org.as_str()), (STATION, HALL));
    let late = ask!(clerk, case.thread, RoutingServiceClient::delegate_case, down.clone()).unwrap();
    assert_eq!(late.version, again.version, "the answer was lost, and the station has it");
    let elsewhere = DelegateCaseRequest { to_org: "station-442000002".to_owned(), ..down };
    let refused = ask!(clerk, case.thread, RoutingServiceClient::delegate_case, elsewhere).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("NOT_RESPONSIBLE"));
    world.settle().await;
    let mediator = world.person("station-mediator-1").await;
    let held = hold(&mediator, &mut case).await;
    assert_eq!((held.state(), held.studio_org.as_str()), (ReferralState::Confirmed, STATION));
    world.settle().await;
    let other = world.mediators("studio-justice").await.remove(0);
    assert_eq!(referral(&other, &case).await.unwrap_err().code(), Code::NotFound);
    world.close().await;
}
