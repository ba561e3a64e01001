//! Agreements of other shapes: by word of mouth (T25), on a part of the claims, and on what no court confirms.

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{CloseDisputeRequest, Course};
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{
    DraftAgreementRequest, MediationState, RecordOralAgreementRequest, RecordPerformanceRequest,
    SignAgreementRequest, Signatory,
};
use contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use contracts::transfer::v1::{
    ApplyForConfirmationRequest, FilingKind, GetFilingRequest, PrepareFilingRequest,
};
use supermarket::client::reason;
use tests::{World, ask};
use tonic_types::StatusExt as _;

use super::{acknowledge, demand, register, seated, submit};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_agreed_by_word_is_written_down_performed_and_closed() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut table = seated(&world, &clerk, "oral", "PM", "108.3").await;
    let case_id = table.case.id.clone();
    let oral = RecordOralAgreementRequest {
        case_id: case_id.clone(),
        fence: table.fence,
        terms: "当场道歉，三日内赔偿五百元。".to_owned(),
        partial: false,
        amount_fen: 50_000,
        agree_time: Some(world.now()),
        schedule: vec![],
    };
    let thread = &mut table.case.thread;
    let run =
        ask!(table.mediator, *thread, MediationServiceClient::record_oral_agreement, oral.clone()).unwrap();
    assert_eq!(run.state(), MediationState::Agreed, "on reaching it, with no signature (L3 art. 30)");
    assert_eq!(run.agreement.unwrap().effective_time, oral.agree_time);
    world.settle().await;
    let close = CloseDisputeRequest { case_id: case_id.clone(), ..Default::default() };
    let early = ask!(clerk, *thread, IntakeServiceClient::close_dispute, close.clone()).unwrap_err();
    assert_eq!(reason(&early).as_deref(), Some("STILL_OPEN"), "it is to be performed");
    let perform = RecordPerformanceRequest {
        request_id: "p1".to_owned(),
        case_id,
        fence: table.fence,
        amount_fen: 50_000,
        whole: true,
        perform_time: Some(world.now()),
        evidence: "收条".to_owned(),
    };
    let run = ask!(table.mediator, *thread, MediationServiceClient::record_performance, perform).unwrap();
    assert_eq!(run.state(), MediationState::Performed);
    world.settle().await;
    let closed = ask!(clerk, *thread, IntakeServiceClient::close_dispute, close).unwrap();
    assert_eq!(closed.course(), Course::Performed);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_is_settled_and_the_rest_is_sued_for() {
    let world = World::open().await;
    let (clerk, court) = (world.person("clerk-1").await, world.person("court-2071").await);
    let mut table = seated(&world, &clerk, "part", "PM", "108.3").await;
    let draft = DraftAgreementRequest {
        case_id: table.case.id.clone(),
        fence: table.fence,
        terms: "先返还本金一万元，利息另行解决。".to_owned(),
        partial: true,
        amount_fen: 1_000_000,
        schedule: vec![],
    };
    let mut run =
        ask!(table.mediator, table.case.thread, MediationServiceClient::draft_agreement, draft).unwrap();
    let [claimant, respondent] = table.sides();
    for (signatory, party_id) in [
        (Signatory::Party, claimant),
        (Signatory::Party, respondent),
        (Signatory::Mediator, String::new()),
        (Signatory::Seal, String::new()),
    ] {
        let sign = SignAgreementRequest {
            case_id: table.case.id.clone(),
            fence: table.fence,
            signatory: signatory.into(),
            party_id,
            sign_time: Some(world.now()),
        };
        run = ask!(table.mediator, table.case.thread, MediationServiceClient::sign_agreement, sign).unwrap();
    }
    assert_eq!((run.state(), run.agreement.unwrap().partial), (MediationState::Agreed, true));
    let mut case = table.case;
    world.settle().await;
    demand(&world, &clerk, &mut case).await;
    let get = GetFilingRequest { case_id: case.id.clone() };
    let opened = ask!(clerk, case.thread, TransferServiceClient::get_filing, get).unwrap();
    assert_eq!(opened.kind(), FilingKind::Complaint, "what was not settled goes to the court");
    // Nor is the settled part lost: it may be sued on instead.
    let other = PrepareFilingRequest {
        case_id: case.id.clone(),
        court_org: "court-2071".to_owned(),
        kind: FilingKind::SuitOnAgreement.into(),
    };
    let other = ask!(clerk, case.thread, TransferServiceClient::prepare_filing, other).unwrap();
    assert_eq!(other.kind(), FilingKind::SuitOnAgreement);
    let rest = PrepareFilingRequest {
        case_id: case.id.clone(),
        court_org: "court-2071".to_owned(),
        kind: FilingKind::Complaint.into(),
    };
    ask!(clerk, case.thread, TransferServiceClient::prepare_filing, rest).unwrap();
    let sent = submit(&world, &clerk, &mut case, "court-2071").await;
    assert_eq!(sent.kind(), FilingKind::Complaint);
    acknowledge(&world, &court, &mut case, &sent).await;
    register(&world, &court, &mut case, &sent, 41).await;
    let close = CloseDisputeRequest { case_id: case.id.clone(), ..Default::default() };
    let closed = ask!(clerk, case.thread, IntakeServiceClient::close_dispute, close).unwrap();
    assert_eq!(closed.course(), Course::Filed);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_court_confirms_is_refused_with_its_article() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    // Property and children can be mediated; the end of a marriage cannot be confirmed.
    let mut table = seated(&world, &clerk, "divorce", "PM", "14").await;
    table.agree(&world, vec![]).await;
    let apply = ApplyForConfirmationRequest {
        case_id: table.case.id.clone(),
        applicant_party_ids: table.sides().to_vec(),
        court_org: "court-2071".to_owned(),
    };
    let refused = ask!(clerk, table.case.thread, TransferServiceClient::apply_for_confirmation, apply);
    let info = refused.unwrap_err().get_details_error_info().unwrap();
    assert_eq!(info.reason, "NOT_CONFIRMABLE");
    assert_eq!(info.metadata["article"], "L2 art. 355; L6 art. 4");
    world.close().await;
}
