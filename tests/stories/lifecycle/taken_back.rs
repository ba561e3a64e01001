//! What is taken back leaves every way open: a filing before it was submitted, a commissioned case, a commission itself.

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{
    AcceptDisputeRequest, CloseDisputeRequest, Course, DemandCourtRequest, DisputeState, GetDisputeRequest,
    HowSaid, WithdrawDisputeRequest,
};
use contracts::lexicon::v1::PartyRole;
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{
    AcceptReferralRequest, ClaimCaseRequest, GetReferralRequest, ReferCaseRequest, ReferralState,
};
use contracts::transfer::v1::court_service_client::CourtServiceClient;
use contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use contracts::transfer::v1::{
    CommissionState, FilingState, GetFilingRequest, ListCommissionsRequest, RecallCommissionRequest,
    WithdrawFilingRequest,
};
use supermarket::client::reason;
use tests::{World, ask, party};

use super::{STUDIO, acknowledge, commissioned, demand, register, seated, signed, submit};

#[tokio::test(flavor = "multi_thread")]
async fn after_a_filing_was_taken_back_the_other_party_goes_to_court() {
    let world = World::open().await;
    let (clerk, court) = (world.person("clerk-1").await, world.person("court-2071").await);
    let mut table = seated(&world, &clerk, "back", "PM", "108.3").await;
    table.fail("F04").await;
    let mut case = table.case;
    demand(&world, &clerk, &mut case).await;
    let get = GetFilingRequest { case_id: case.id.clone() };
    let first = ask!(clerk, case.thread, TransferServiceClient::get_filing, get.clone()).unwrap();
    let withdraw = WithdrawFilingRequest { case_id: case.id.clone(), party_id: String::new() };
    let back = ask!(clerk, case.thread, TransferServiceClient::withdraw_filing, withdraw).unwrap();
    assert_eq!(back.state(), FilingState::Withdrawn);
    let read = GetDisputeRequest { case_id: case.id.clone() };
    let dispute = ask!(clerk, case.thread, IntakeServiceClient::get_dispute, read).unwrap();
    assert_eq!((dispute.course(), dispute.court_demanded), (Course::Failed, false));
    let respondent = DemandCourtRequest {
        case_id: case.id.clone(),
        party_id: party(&case.dispute, PartyRole::Respondent),
        how_said: HowSaid::ByPhone.into(),
    };
    ask!(clerk, case.thread, IntakeServiceClient::demand_court, respondent).unwrap();
    world.settle().await;
    let second = ask!(clerk, case.thread, TransferServiceClient::get_filing, get).unwrap();
    assert_ne!(second.filing_id, first.filing_id);
    let sent = submit(&world, &clerk, &mut case, "court-2071").await;
    acknowledge(&world, &court, &mut case, &sent).await;
    register(&world, &court, &mut case, &sent, 51).await;
    let close = CloseDisputeRequest { case_id: case.id.clone(), ..Default::default() };
    let closed = ask!(clerk, case.thread, IntakeServiceClient::close_dispute, close).unwrap();
    assert_eq!(closed.course(), Course::Filed);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_court_learns_at_once_that_its_commission_was_taken_back() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let (commission_id, mut case) = commissioned(&world, &clerk, "withdrawn", false).await;
    let withdraw = WithdrawDisputeRequest {
        case_id: case.id.clone(),
        party_id: party(&case.dispute, PartyRole::Claimant),
        ..Default::default()
    };
    ask!(clerk, case.thread, IntakeServiceClient::withdraw_dispute, withdraw).unwrap();
    world.settle().await;
    let head = world.head(STUDIO).await;
    let list = ListCommissionsRequest::default();
    let list = ask!(head, case.thread, TransferServiceClient::list_commissions, list).unwrap().commissions;
    let found = list.into_iter().find(|one| one.commission_id == commission_id).unwrap();
    let report = found.report.clone().unwrap();
    assert_eq!((found.state(), report.agreed), (CommissionState::Reported, false));
    assert_eq!(report.fail_ground, "F01");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recalled_commission_is_mediated_by_nobody() {
    let world = World::open().await;
    let (clerk, court, head) =
        (world.person("clerk-1").await, world.person("court-2071").await, world.head(STUDIO).await);
    // In the pool: nobody claims it any more.
    let (commission_id, mut case) = commissioned(&world, &clerk, "pooled", false).await;
    let refer = ReferCaseRequest {
        case_id: case.id.clone(),
        studio_org: STUDIO.to_owned(),
        reason: "test".to_owned(),
        circumstances: None,
        due_date: String::new(),
    };
    ask!(clerk, case.thread, RoutingServiceClient::refer_case, refer).unwrap();
    let accept = AcceptReferralRequest { case_id: case.id.clone() };
    ask!(head, case.thread, RoutingServiceClient::accept_referral, accept).unwrap();
    world.settle().await;
    let recall = RecallCommissionRequest { commission_id };
    ask!(court, case.thread, CourtServiceClient::recall_commission, recall).unwrap();
    world.settle().await;
    let get = GetReferralRequest { case_id: case.id.clone() };
    let referral = ask!(clerk, case.thread, RoutingServiceClient::get_referral, get).unwrap();
    assert_eq!(referral.state(), ReferralState::Ended);
    let mediator = world.mediators(STUDIO).await.remove(0);
    let claim = ClaimCaseRequest { case_id: case.id.clone() };
    let refused = ask!(mediator, case.thread, RoutingServiceClient::claim_case, claim).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("NOT_IN_POOL"));
    let close = CloseDisputeRequest { case_id: case.id.clone(), ..Default::default() };
    let closed = ask!(clerk, case.thread, IntakeServiceClient::close_dispute, close).unwrap();
    assert_eq!(closed.state(), DisputeState::Closed);

    // Before the window has accepted it: it is not taken in any more.
    let (commission_id, mut case) = signed(&world, &clerk, "unaccepted", false).await;
    let recall = RecallCommissionRequest { commission_id };
    ask!(court, case.thread, CourtServiceClient::recall_commission, recall).unwrap();
    world.settle().await;
    let accept = AcceptDisputeRequest {
        case_id: case.id.clone(),
        cause_code: "108.3".to_owned(),
        track: "WT".to_owned(),
        ..Default::default()
    };
    let refused = ask!(clerk, case.thread, IntakeServiceClient::accept_dispute, accept).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("NOT_SUBMITTED"));
    world.close().await;
}
