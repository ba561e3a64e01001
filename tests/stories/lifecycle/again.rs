//! What was filed once shuts no court: the next instalment is not paid either.

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{CloseDisputeRequest, Course, GetDisputeRequest};
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{Instalment, MediationState, ReportBreachRequest};
use contracts::transfer::v1::court_service_client::CourtServiceClient;
use contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use contracts::transfer::v1::{
    CourtOutcome, FilingKind, FilingState, GetFilingRequest, OutcomeKind, ReportOutcomeRequest,
};
use tests::{World, ask};

use super::{acknowledge, demand, register, seated, submit};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_default_goes_to_the_court_as_the_first_did() {
    let world = World::open().await;
    let (clerk, court) = (world.person("clerk-1").await, world.person("court-2071").await);
    let mut table = seated(&world, &clerk, "twice", "PM", "108.3").await;
    let parts = ["2026-04-01", "2026-05-06"]
        .map(|day| Instalment { due_date: day.to_owned(), amount_fen: 1_000_000 })
        .to_vec();
    table.agree(&world, parts).await;
    let breach = ReportBreachRequest {
        case_id: table.case.id.clone(),
        fence: table.fence,
        breach_time: Some(world.now()),
    };
    let run = ask!(table.mediator, table.case.thread, MediationServiceClient::report_breach, breach).unwrap();
    assert_eq!(run.state(), MediationState::Breached);
    world.settle().await;
    let mut case = table.case;
    demand(&world, &clerk, &mut case).await;
    let first = submit(&world, &clerk, &mut case, "court-2071").await;
    assert_eq!(first.kind(), FilingKind::SuitOnAgreement);
    acknowledge(&world, &court, &mut case, &first).await;
    register(&world, &court, &mut case, &first, 61).await;
    // While the court has this suit, the same demand finds it there.
    demand(&world, &clerk, &mut case).await;
    let get = GetFilingRequest { case_id: case.id.clone() };
    let same = ask!(clerk, case.thread, TransferServiceClient::get_filing, get.clone()).unwrap();
    assert_eq!((same.state(), &same.filing_id), (FilingState::Filed, &first.filing_id));
    let outcome = ReportOutcomeRequest {
        case_id: case.id.clone(),
        outcome: Some(CourtOutcome {
            kind: OutcomeKind::Judgment.into(),
            decision_date: "2026-03-02".to_owned(),
            document_number: "（2026）粤2071民初61号".to_owned(),
        }),
        ..Default::default()
    };
    ask!(court, case.thread, CourtServiceClient::report_outcome, outcome).unwrap();
    world.settle().await;

    // The second part is not paid either.
    demand(&world, &clerk, &mut case).await;
    let opened = ask!(clerk, case.thread, TransferServiceClient::get_filing, get).unwrap();
    assert_ne!(opened.filing_id, first.filing_id);
    assert_eq!((opened.state(), opened.kind()), (FilingState::TransferReady, FilingKind::SuitOnAgreement));
    let read = GetDisputeRequest { case_id: case.id.clone() };
    let dispute = ask!(clerk, case.thread, IntakeServiceClient::get_dispute, read).unwrap();
    assert_eq!(dispute.course(), Course::Transfer);
    let second = submit(&world, &clerk, &mut case, "court-2071").await;
    acknowledge(&world, &court, &mut case, &second).await;
    register(&world, &court, &mut case, &second, 62).await;
    let close = CloseDisputeRequest { case_id: case.id.clone(), ..Default::default() };
    let closed = ask!(clerk, case.thread, IntakeServiceClient::close_dispute, close).unwrap();
    assert_eq!(closed.course(), Course::Filed);
    world.close().await;
}
