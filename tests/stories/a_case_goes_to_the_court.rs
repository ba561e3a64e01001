//! Mediation fails, a party demands the court, and the court gets the case complete, once, with two receipts.

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{
    CloseDisputeRequest, Course, DemandCourtRequest, HowSaid, WithdrawDisputeRequest,
};
use contracts::lexicon::v1::PartyRole;
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{
    ConcludeWithoutAgreementRequest, GetMediationRequest, MediationState, RecordSessionRequest, SessionMode,
};
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{GetReferralRequest, ReferralState};
use contracts::transfer::v1::court_service_client::CourtServiceClient;
use contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use contracts::transfer::v1::{
    AcceptFilingRequest, AcknowledgeReceiptRequest, Filing, FilingState, GetFilingRequest, GetPackageRequest,
    InboxItem, PrepareFilingRequest, ReceiptKind, RefuseFilingRequest, SubmitFilingRequest,
    WatchInboxRequest,
};
use supermarket::client::{Person, Thread, describe, reason};
use tests::{Case, World, accept, ask, hold, party, pool};
use tokio_stream::StreamExt as _;

const SAID: &str = "对方在调解中表示愿意让步五千元";

/// Demands the court and submits the filing.
async fn submit(clerk: &Person, case: &mut Case) -> Filing {
    let demand = DemandCourtRequest {
        case_id: case.id.clone(),
        party_id: party(&case.dispute, PartyRole::Claimant),
        how_said: HowSaid::AtWindow.into(),
    };
    let once = ask!(clerk, case.thread, IntakeServiceClient::demand_court, demand.clone()).unwrap();
    let twice = ask!(clerk, case.thread, IntakeServiceClient::demand_court, demand).unwrap();
    assert!(once.court_demanded && twice.court_demanded, "saying it again is already so");
    // The respondent's town would propose; the party chooses (Civil Procedure Law art. 36).
    let prepare =
        PrepareFilingRequest { case_id: case.id.clone(), court_org: "court-2071".to_owned(), kind: 0 };
    let filing = ask!(clerk, case.thread, TransferServiceClient::prepare_filing, prepare).unwrap();
    assert_eq!(filing.court_org, "court-2071", "the court that the party chose");
    let changed = SubmitFilingRequest { case_id: case.id.clone(), package_sha256: "0".repeat(64) };
    let refused = ask!(clerk, case.thread, TransferServiceClient::submit_filing, changed).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("PACKAGE_CHANGED"));
    let message = SubmitFilingRequest { case_id: case.id.clone(), package_sha256: filing.package_sha256 };
    ask!(clerk, case.thread, TransferServiceClient::submit_filing, message).unwrap()
}

/// The inbox up to where it is caught up.
async fn inbox(court: &Person, resume_token: &str) -> Vec<InboxItem> {
    let message = WatchInboxRequest { resume_token: resume_token.to_owned() };
    let mut items = ask!(court, Thread::default(), CourtServiceClient::watch_inbox, message).unwrap();
    let mut all = Vec::new();
    while let Some(item) = items.next().await {
        let item = item.unwrap();
        let last = item.caught_up;
        all.push(item);
        if last {
            break;
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_mediation_reaches_the_court_complete_and_without_what_was_said() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut case = pool(&world, &clerk, "court", "studio-court").await;
    let mediator = world.mediators("studio-court").await.remove(0);
    let held = hold(&mediator, &mut case).await;
    let session = RecordSessionRequest {
        request_id: "s1".to_owned(),
        case_id: case.id.clone(),
        fence: held.fence,
        start_time: Some(world.now()),
        mode: SessionMode::Onsite.into(),
        present_party_ids: case.dispute.parties.iter().map(|p| p.party_id.clone()).collect(),
        text: SAID.to_owned(),
        rights_told: true,
        identities_checked: true,
        sham_warned: true,
        address_confirmed_party_ids: vec![],
    };
    ask!(mediator, case.thread, MediationServiceClient::record_session, session).unwrap();
    let conclude = ConcludeWithoutAgreementRequest {
        case_id: case.id.clone(),
        fence: held.fence,
        ground: "F04".to_owned(),
        explanation: SAID.to_owned(),
    };
    ask!(mediator, case.thread, MediationServiceClient::conclude_without_agreement, conclude).unwrap();
    world.settle().await;
    let message = GetReferralRequest { case_id: case.id.clone() };
    let referral = ask!(clerk, case.thread, RoutingServiceClient::get_referral, message).unwrap();
    assert_eq!(referral.state(), ReferralState::Ended);
    let submitted = submit(&clerk, &mut case).await;
    assert_eq!(submitted.state(), FilingState::Transferred);

    let court = world.person("court-2071").await;
    let items = inbox(&court, "").await;
    assert_eq!(items.iter().filter(|i| i.case_id == case.id).count(), 1);
    let message = GetPackageRequest { case_id: case.id.clone(), confirmation: false };
    let package = ask!(court, case.thread, CourtServiceClient::get_package, message.clone()).unwrap();
    let complaint = package.complaint.unwrap();
    assert_eq!((complaint.plaintiffs.len(), complaint.defendants.len()), (1, 1));
    assert!(complaint.facts.contains("借条"), "the claimant's story travels");
    for document in &package.documents {
        let text = String::from_utf8_lossy(&document.content).into_owned();
        assert!(!text.contains("让步"), "what was said at the table is in a document");
    }
    let elsewhere = world.person("court-2072").await;
    let refused = ask!(elsewhere, Thread::default(), CourtServiceClient::get_package, message).unwrap_err();
    assert_eq!(refused.code(), tonic::Code::NotFound, "another court's package does not exist");

    let digest = submitted.package_sha256.clone();
    let receipt = AcknowledgeReceiptRequest {
        case_id: case.id.clone(),
        package_sha256: "f".repeat(64),
        court_time: Some(world.now()),
    };
    let wrong =
        ask!(court, case.thread, CourtServiceClient::acknowledge_receipt, receipt.clone()).unwrap_err();
    assert!(describe(&wrong).contains("package_sha256"), "{}", describe(&wrong));
    let receipt = AcknowledgeReceiptRequest { package_sha256: digest.clone(), ..receipt };
    for _ in 0..2 {
        let filing =
            ask!(court, case.thread, CourtServiceClient::acknowledge_receipt, receipt.clone()).unwrap();
        assert_eq!((filing.state(), filing.receipts.len()), (FilingState::CourtReview, 1));
    }
    let number = AcceptFilingRequest {
        case_id: case.id.clone(),
        package_sha256: digest,
        court_case_number: "(2026)粤2071民初123号".to_owned(),
        court_time: Some(world.now()),
    };
    let foreign = AcceptFilingRequest {
        court_case_number: "（2026）粤2072民初123号".to_owned(),
        ..number.clone()
    };
    let wrong = ask!(court, case.thread, CourtServiceClient::accept_filing, foreign).unwrap_err();
    assert!(describe(&wrong).contains("court_case_number"), "{}", describe(&wrong));
    let filed = ask!(court, case.thread, CourtServiceClient::accept_filing, number.clone()).unwrap();
    assert_eq!(filed.court_case_number, "（2026）粤2071民初123号", "brackets are normalised");
    ask!(court, case.thread, CourtServiceClient::accept_filing, number.clone()).unwrap();
    let other =
        AcceptFilingRequest { court_case_number: "（2026）粤2071民初124号".to_owned(), ..number };
    let refused = ask!(court, case.thread, CourtServiceClient::accept_filing, other).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("ALREADY_ANSWERED"));

    world.settle().await;
    let message = GetFilingRequest { case_id: case.id.clone() };
    let filing = ask!(clerk, case.thread, TransferServiceClient::get_filing, message).unwrap();
    let kinds: Vec<ReceiptKind> =
        filing.receipts.iter().map(contracts::transfer::v1::CourtReceipt::kind).collect();
    assert_eq!(kinds, [ReceiptKind::Received, ReceiptKind::Accepted], "two receipts");
    let message = CloseDisputeRequest { case_id: case.id.clone(), ..Default::default() };
    let closed = ask!(clerk, case.thread, IntakeServiceClient::close_dispute, message).unwrap();
    assert_eq!(closed.course(), Course::Filed);
    assert!(
        inbox(&court, "").await.iter().all(|i| i.case_id != case.id),
        "an answered filing waits no longer"
    );
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_at_the_table_may_go_to_court_without_anybody_s_consent() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut case = pool(&world, &clerk, "demand", "studio-court").await;
    let mediator = world.mediators("studio-court").await.remove(0);
    hold(&mediator, &mut case).await;
    world.settle().await;
    submit(&clerk, &mut case).await;
    world.settle().await;
    let message = GetMediationRequest { case_id: case.id.clone() };
    let run = ask!(mediator, case.thread, MediationServiceClient::get_mediation, message).unwrap();
    assert_eq!((run.state(), run.fail_ground.as_str()), (MediationState::Failed, "F02"));
    let message = WithdrawDisputeRequest {
        case_id: case.id.clone(),
        party_id: party(&case.dispute, PartyRole::Claimant),
        ..Default::default()
    };
    let refused = ask!(clerk, case.thread, IntakeServiceClient::withdraw_dispute, message).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("COURT_HAS_IT"));

    let court = world.person("court-2071").await;
    let item = inbox(&court, "").await.remove(0);
    let digest = item.package_sha256.clone();
    let refuse = RefuseFilingRequest {
        case_id: case.id.clone(),
        package_sha256: digest.clone(),
        reason: "不属于本院管辖".to_owned(),
        court_time: Some(world.now()),
    };
    let early = ask!(court, case.thread, CourtServiceClient::refuse_filing, refuse.clone()).unwrap_err();
    assert_eq!(reason(&early).as_deref(), Some("NOT_IN_REVIEW"), "a receipt comes first");
    let court_time = Some(world.now());
    let receipt = AcknowledgeReceiptRequest { case_id: case.id.clone(), package_sha256: digest, court_time };
    ask!(court, case.thread, CourtServiceClient::acknowledge_receipt, receipt).unwrap();
    let filing = ask!(court, case.thread, CourtServiceClient::refuse_filing, refuse).unwrap();
    assert_eq!(filing.state(), FilingState::NotFiled);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_that_broke_goes_on_where_it_was() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let court = world.person("court-2071").await;
    let mut first = accept(&world, &clerk, "watch-1").await;
    submit(&clerk, &mut first).await;
    let seen = inbox(&court, "").await;
    let token = seen.last().unwrap().resume_token.clone();
    let mut second = accept(&world, &clerk, "watch-2").await;
    submit(&clerk, &mut second).await;
    let resumed = inbox(&court, &token).await;
    assert!(resumed.iter().any(|i| i.case_id == second.id), "what came during the break is told");
    let message = WatchInboxRequest { resume_token: format!("{token}x") };
    let forged = ask!(court, Thread::default(), CourtServiceClient::watch_inbox, message).err().unwrap();
    assert_eq!(forged.code(), tonic::Code::InvalidArgument);
    world.close().await;
}
