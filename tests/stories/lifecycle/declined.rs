//! A mediator declines a case with a reason (T15), and the window sends it to another studio.

use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use contracts::oversight::v1::{DeadlineState, ListDeadlinesRequest};
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{
    AcceptReferralRequest, ClaimCaseRequest, DeclineCaseRequest, GetReferralRequest, ReferCaseRequest,
    ReferralState, ReturnReferralRequest,
};
use supermarket::client::reason;
use tests::{World, ask, file, hold};

use super::{STUDIO, take};

const ELSEWHERE: &str = "studio-family";

#[tokio::test(flavor = "multi_thread")]
async fn what_a_mediator_declines_goes_to_another_studio() {
    let world = World::open().await;
    let (clerk, head) = (world.person("clerk-1").await, world.head(STUDIO).await);
    let case = file(&clerk, "declined").await;
    let mut case = take(&world, &clerk, case, "PM", "108.3").await;
    let refer = |studio: &str| ReferCaseRequest {
        case_id: case.id.clone(),
        studio_org: studio.to_owned(),
        reason: "test".to_owned(),
        circumstances: None,
        due_date: String::new(),
    };
    let (here, there) = (refer(STUDIO), refer(ELSEWHERE));
    let accept = AcceptReferralRequest { case_id: case.id.clone() };
    ask!(clerk, case.thread, RoutingServiceClient::refer_case, here).unwrap();
    ask!(head, case.thread, RoutingServiceClient::accept_referral, accept.clone()).unwrap();
    let back = ReturnReferralRequest { case_id: case.id.clone(), reason: "不属专长".to_owned() };
    let refused = ask!(head, case.thread, RoutingServiceClient::return_referral, back).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("MEDIATORS_LEFT"), "a studio that has taken it keeps it");

    let mediator = world.mediators(STUDIO).await.remove(0);
    let claim = ClaimCaseRequest { case_id: case.id.clone() };
    let claimed = ask!(mediator, case.thread, RoutingServiceClient::claim_case, claim).unwrap();
    let decline = DeclineCaseRequest {
        case_id: case.id.clone(),
        fence: claimed.fence,
        reason: "超出本人专业范围".to_owned(),
    };
    let fencing = ask!(mediator, case.thread, RoutingServiceClient::decline_case, decline.clone()).unwrap();
    assert_eq!(fencing.state(), ReferralState::Fencing);
    world.settle().await;
    ask!(mediator, case.thread, RoutingServiceClient::decline_case, decline).unwrap();
    let get = GetReferralRequest { case_id: case.id.clone() };
    let routed = ask!(clerk, case.thread, RoutingServiceClient::get_referral, get).unwrap();
    assert_eq!((routed.state(), routed.studio_org.as_str()), (ReferralState::Routed, ""));
    let list = ListDeadlinesRequest { case_id: case.id.clone() };
    let clocks = ask!(clerk, case.thread, OversightServiceClient::list_deadlines, list).unwrap().deadlines;
    let waits: Vec<_> = clocks
        .iter()
        .filter(|one| one.clock == "S04" && one.state() == DeadlineState::Running)
        .map(|one| one.holder.as_str())
        .collect();
    assert_eq!(waits, ["hall-442000"], "the first receiver's time begins anew");

    let head = world.head(ELSEWHERE).await;
    ask!(clerk, case.thread, RoutingServiceClient::refer_case, there).unwrap();
    ask!(head, case.thread, RoutingServiceClient::accept_referral, accept).unwrap();
    let mediator = world.mediators(ELSEWHERE).await.remove(0);
    hold(&mediator, &mut case).await;
    world.settle().await;
    world.close().await;
}
