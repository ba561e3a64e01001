//! A court that has filed a case sends it back to mediation with everybody's consent (T39), and makes its document of what
//! was agreed.

use std::time::Duration;

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{CloseDisputeRequest, Course, GetDisputeRequest};
use contracts::mediation::v1::GetMediationRequest;
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::transfer::v1::court_service_client::CourtServiceClient;
use contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use contracts::transfer::v1::{
    CommissionMediationRequest, CommissionState, CourtOutcome, IssueCourtDocumentRequest,
    ListCommissionsRequest, OutcomeKind, SignForCommissionsRequest, SubmitCommissionReportRequest,
};
use supermarket::client::{Thread, reason};
use tests::{Case, World, ask, filing};

use super::{STUDIO, acknowledge, demand, register, seat, seated, submit, take};

#[tokio::test(flavor = "multi_thread")]
async fn a_filed_case_comes_back_as_a_commission_and_ends_in_the_court_s_document() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut table = seated(&world, &clerk, "first", "PM", "108.3").await;
    table.fail("F04").await;
    let mut first = table.case;
    demand(&world, &clerk, &mut first).await;
    let sent = submit(&world, &clerk, &mut first, "court-2071").await;
    let court = world.person("court-2071").await;
    acknowledge(&world, &court, &mut first, &sent).await;
    let commission = CommissionMediationRequest {
        request_id: "c-1".to_owned(),
        origin_case_id: first.id.clone(),
        court_case_number: "（2026）粤2071民初9号".to_owned(),
        studio_org: STUDIO.to_owned(),
        reception_org: "hall-442000".to_owned(),
        summary_procedure: true,
        all_parties_consent: true,
        body: filing("commissioned").body,
        ..Default::default()
    };
    let mut thread = Thread::default();
    let early =
        ask!(court, thread, CourtServiceClient::commission_mediation, commission.clone()).unwrap_err();
    assert_eq!(reason(&early).as_deref(), Some("NOT_FILED_YET"), "register first, mediate after");
    register(&world, &court, &mut first, &sent, 9).await;
    let alone = CommissionMediationRequest { all_parties_consent: false, ..commission.clone() };
    let refused = ask!(court, thread, CourtServiceClient::commission_mediation, alone).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("CONSENT_OF_ALL_NEEDED"));
    let once = ask!(court, thread, CourtServiceClient::commission_mediation, commission.clone()).unwrap();
    let twice = ask!(court, thread, CourtServiceClient::commission_mediation, commission).unwrap();
    assert_eq!(once.commission_id, twice.commission_id, "a repeated request is one commission");
    assert_eq!(once.state(), CommissionState::Received);

    let head = world.head(STUDIO).await;
    let sign = SignForCommissionsRequest { commission_ids: vec![once.commission_id.clone()] };
    let signed = ask!(head, thread, TransferServiceClient::sign_for_commissions, sign).unwrap();
    assert_eq!(signed.commissions[0].state(), CommissionState::Signed);
    let mut case_id = String::new();
    for _ in 0..150 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let list = ListCommissionsRequest::default();
        let list = ask!(head, thread, TransferServiceClient::list_commissions, list).unwrap();
        case_id.clone_from(&list.commissions[0].case_id);
        if !case_id.is_empty() {
            break;
        }
    }
    assert!(!case_id.is_empty(), "the tick files what was signed for");
    world.settle().await;
    let message = GetDisputeRequest { case_id: case_id.clone() };
    let dispute = ask!(clerk, thread, IntakeServiceClient::get_dispute, message).unwrap();
    let case = Case { id: case_id.clone(), dispute, thread };
    let case = take(&world, &clerk, case, "WT", "108.3").await;
    let mut table = seat(&world, &clerk, case).await;
    let message = GetMediationRequest { case_id: case_id.clone() };
    let run =
        ask!(table.mediator, table.case.thread, MediationServiceClient::get_mediation, message).unwrap();
    let period = run.period.unwrap();
    assert_eq!((period.clock.as_str(), period.start_event.as_str()), ("K08", "MATERIAL_SIGNED"));
    assert_eq!(period.due_date, "2026-03-09", "seven days in summary procedure");
    let message = SubmitCommissionReportRequest { commission_id: once.commission_id.clone() };
    let early =
        ask!(head, table.case.thread, TransferServiceClient::submit_commission_report, message.clone())
            .unwrap_err();
    assert_eq!(reason(&early).as_deref(), Some("STILL_IN_MEDIATION"));
    table.agree(&world, vec![]).await;
    let mut case = table.case;
    let reported = ask!(head, case.thread, TransferServiceClient::submit_commission_report, message).unwrap();
    assert_eq!((reported.state(), reported.report.unwrap().agreed), (CommissionState::Reported, true));
    world.settle().await;
    let document = IssueCourtDocumentRequest {
        commission_id: once.commission_id,
        document: Some(CourtOutcome {
            kind: OutcomeKind::MediationDocument.into(),
            decision_date: "2026-03-02".to_owned(),
            document_number: "（2026）粤2071民初9号".to_owned(),
        }),
        case_id: String::new(),
    };
    let issued = ask!(court, case.thread, CourtServiceClient::issue_court_document, document).unwrap();
    assert_eq!(issued.state(), CommissionState::CourtDoc);
    world.settle().await;
    let close = CloseDisputeRequest { case_id, ..Default::default() };
    let closed = ask!(clerk, case.thread, IntakeServiceClient::close_dispute, close).unwrap();
    assert_eq!(closed.course(), Course::Reported);
    world.close().await;
}
