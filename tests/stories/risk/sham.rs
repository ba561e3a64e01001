//! A suspected sham (T21) stops the sittings and is examined by the studio's head, or by the court that commissioned the
//! run (T22): it goes on, or ends with F06 and that court is told. No party is trapped meanwhile.

use std::time::Duration;

use contracts::intake::v1::GetDisputeRequest;
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{
    ConcludeWithoutAgreementRequest, ConfirmShamRequest, MediationState, RecordSessionRequest,
    RequestTransferRequest, ResumeMediationRequest, SessionMode, SuspendMediationRequest, SuspensionCause,
};
use contracts::transfer::v1::court_service_client::CourtServiceClient;
use contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use contracts::transfer::v1::{
    AnswerExaminationRequest, Commission, CommissionMediationRequest, CommissionState,
    ListCommissionsRequest, SignForCommissionsRequest,
};
use supermarket::client::{Person, Thread, reason};
use tests::{Case, World, ask, filing};
use tonic_types::StatusExt as _;

use super::{running, told};
use crate::lifecycle::{STUDIO, Seated, acknowledge, demand, register, seat, seated, submit, take};

fn suspicion(table: &Seated) -> SuspendMediationRequest {
    SuspendMediationRequest {
        case_id: table.case.id.clone(),
        fence: table.fence,
        reason: "双方陈述高度一致，疑似虚构债务。".to_owned(),
    }
}

fn finding(table: &Seated) -> ConfirmShamRequest {
    ConfirmShamRequest {
        case_id: table.case.id.clone(),
        fence: table.fence,
        explanation: "借款凭证系伪造。".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspicion_that_does_not_hold_goes_on_and_one_that_does_ends() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let head = world.head(STUDIO).await;
    let mut table = seated(&world, &clerk, "sham", "PM", "108.3").await;
    let name = table.mediator.account.account.clone();

    let early = finding(&table);
    let refused = ask!(head, table.case.thread, MediationServiceClient::confirm_sham, early).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("NOT_SUSPENDED"));
    let alone = ConcludeWithoutAgreementRequest {
        case_id: table.case.id.clone(),
        fence: table.fence,
        ground: "F06".to_owned(),
        explanation: "说明".to_owned(),
    };
    let thread = &mut table.case.thread;
    let refused =
        ask!(table.mediator, *thread, MediationServiceClient::conclude_without_agreement, alone).unwrap_err();
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(info.reason, "SHAM_NOT_EXAMINED");
    assert!(info.metadata["article"].contains("L4 art. 18"), "{}", info.metadata["article"]);

    let message = suspicion(&table);
    let thread = &mut table.case.thread;
    let stopped = ask!(table.mediator, *thread, MediationServiceClient::suspend_mediation, message).unwrap();
    assert_eq!(stopped.state(), MediationState::Suspended);
    assert_eq!(stopped.suspension.unwrap().cause(), SuspensionCause::Sham);
    let sitting = RecordSessionRequest {
        request_id: "s1".to_owned(),
        case_id: table.case.id.clone(),
        fence: table.fence,
        start_time: Some(world.now()),
        mode: SessionMode::Onsite.into(),
        present_party_ids: table.sides().to_vec(),
        text: "不应写入".to_owned(),
        rights_told: true,
        identities_checked: true,
        sham_warned: true,
        address_confirmed_party_ids: vec![],
    };
    let thread = &mut table.case.thread;
    let refused = ask!(table.mediator, *thread, MediationServiceClient::record_session, sitting).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("NOT_IN_MEDIATION"), "no sitting meanwhile");
    let clocks = told(&running(&world, &clerk, &mut table.case).await);
    for wanted in [format!("mediation S13 {STUDIO}"), format!("mediation K10 {STUDIO}")] {
        assert!(clocks.contains(&wanted), "the head examines, the period runs on: {clocks:?}");
    }

    let resume = ResumeMediationRequest { case_id: table.case.id.clone(), fence: table.fence };
    let refused =
        ask!(table.mediator, table.case.thread, MediationServiceClient::resume_mediation, resume.clone());
    assert_eq!(refused.unwrap_err().code(), tonic::Code::PermissionDenied, "the mediator does not examine");
    let goes_on = ask!(head, table.case.thread, MediationServiceClient::resume_mediation, resume).unwrap();
    assert_eq!((goes_on.state(), goes_on.suspension), (MediationState::InMediation, None));
    let clocks = told(&running(&world, &clerk, &mut table.case).await);
    assert!(clocks.contains(&format!("mediation K10 {name}")), "the mediator holds it again: {clocks:?}");
    assert!(!clocks.iter().any(|one| one.contains("S13")), "{clocks:?}");

    let message = suspicion(&table);
    ask!(table.mediator, table.case.thread, MediationServiceClient::suspend_mediation, message).unwrap();
    let message = finding(&table);
    let ended = ask!(head, table.case.thread, MediationServiceClient::confirm_sham, message.clone()).unwrap();
    assert_eq!((ended.state(), ended.fail_ground.as_str()), (MediationState::Failed, "F06"));
    let again = ask!(head, table.case.thread, MediationServiceClient::confirm_sham, message).unwrap();
    assert_eq!(again.version, ended.version, "already so");
    world.settle().await;

    // Who still wants a court gets one, and the court reads the ground in the report.
    demand(&world, &clerk, &mut table.case).await;
    let sent = submit(&world, &clerk, &mut table.case, "court-2071").await;
    assert!(!sent.package_sha256.is_empty());
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_leaves_for_the_court_while_a_suspicion_is_examined() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut table = seated(&world, &clerk, "leaves", "PM", "108.3").await;
    let message = suspicion(&table);
    ask!(table.mediator, table.case.thread, MediationServiceClient::suspend_mediation, message).unwrap();
    let leave = RequestTransferRequest {
        case_id: table.case.id.clone(),
        fence: table.fence,
        party_id: table.sides()[1].clone(),
    };
    let left =
        ask!(table.mediator, table.case.thread, MediationServiceClient::request_transfer, leave).unwrap();
    assert_eq!((left.state(), left.fail_ground.as_str()), (MediationState::Failed, "F02"));
    let clocks = told(&running(&world, &clerk, &mut table.case).await);
    assert!(!clocks.iter().any(|one| one.contains("S13")), "nothing is left to examine: {clocks:?}");
    world.close().await;
}

async fn of_court(court: &Person, thread: &mut Thread) -> Commission {
    let list = ListCommissionsRequest::default();
    let list = ask!(court, *thread, TransferServiceClient::list_commissions, list).unwrap();
    assert_eq!(list.commissions.len(), 1);
    list.commissions[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_court_that_commissioned_a_sham_sees_the_suspicion_examines_it_and_is_told_the_result() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let head = world.head(STUDIO).await;
    let mut first = seated(&world, &clerk, "first", "PM", "108.3").await;
    first.fail("F04").await;
    let mut first = first.case;
    demand(&world, &clerk, &mut first).await;
    let sent = submit(&world, &clerk, &mut first, "court-2071").await;
    let court = world.person("court-2071").await;
    acknowledge(&world, &court, &mut first, &sent).await;
    register(&world, &court, &mut first, &sent, 9).await;
    let mut thread = Thread::default();
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
    let sent = ask!(court, thread, CourtServiceClient::commission_mediation, commission).unwrap();
    let sign = SignForCommissionsRequest { commission_ids: vec![sent.commission_id.clone()] };
    ask!(head, thread, TransferServiceClient::sign_for_commissions, sign).unwrap();
    let mut case_id = String::new();
    for _ in 0..150 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        case_id = of_court(&court, &mut thread).await.case_id;
        if !case_id.is_empty() {
            break;
        }
    }
    assert!(!case_id.is_empty(), "the tick files what was signed for");
    world.settle().await;
    let message = GetDisputeRequest { case_id: case_id.clone() };
    let dispute = ask!(clerk, thread, IntakeServiceClient::get_dispute, message).unwrap();
    let case = take(&world, &clerk, Case { id: case_id, dispute, thread }, "WT", "108.3").await;
    let mut table = seat(&world, &clerk, case).await;

    assert_eq!(of_court(&court, &mut table.case.thread).await.sham_suspected_time, None);
    let message = suspicion(&table);
    ask!(table.mediator, table.case.thread, MediationServiceClient::suspend_mediation, message).unwrap();
    world.settle().await;
    let seen = of_court(&court, &mut table.case.thread).await;
    assert!(seen.sham_suspected_time.is_some() && seen.state() == CommissionState::Signed);
    let clocks = told(&running(&world, &clerk, &mut table.case).await);
    assert!(clocks.contains(&"mediation S13 court-2071".to_owned()), "the court examines: {clocks:?}");
    let message = finding(&table);
    let refused = ask!(head, table.case.thread, MediationServiceClient::confirm_sham, message).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("EXAMINED_BY_COURT"));
    let resume = ResumeMediationRequest { case_id: table.case.id.clone(), fence: table.fence };
    let refused =
        ask!(head, table.case.thread, MediationServiceClient::resume_mediation, resume).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("EXAMINED_BY_COURT"));

    // The first suspicion does not hold, and the sittings go on; the second does.
    let answer = |sham: bool| AnswerExaminationRequest {
        commission_id: sent.commission_id.clone(),
        sham,
        reason: "经审查借款凭证。".to_owned(),
        sham_suspected_time: None,
    };
    let other = world.person("court-2072").await;
    let foreign =
        ask!(other, Thread::default(), CourtServiceClient::answer_examination, answer(true)).unwrap_err();
    assert_eq!(foreign.code(), tonic::Code::NotFound, "another court's commission is missing");
    let thread = &mut table.case.thread;
    let cleared = ask!(court, *thread, CourtServiceClient::answer_examination, answer(false)).unwrap();
    assert!(cleared.sham_suspected_time.is_none() && !cleared.examination.clone().unwrap().sham);
    let again = ask!(court, *thread, CourtServiceClient::answer_examination, answer(false)).unwrap();
    assert_eq!(again.version, cleared.version, "already so");
    let late = ask!(court, *thread, CourtServiceClient::answer_examination, answer(true)).unwrap_err();
    assert_eq!(reason(&late).as_deref(), Some("NO_SUSPICION"));
    world.settle().await;
    let clocks = told(&running(&world, &clerk, &mut table.case).await);
    assert!(!clocks.iter().any(|one| one.contains("S13")), "{clocks:?}");
    let message = suspicion(&table);
    ask!(table.mediator, table.case.thread, MediationServiceClient::suspend_mediation, message).unwrap();
    world.settle().await;
    let thread = &mut table.case.thread;
    ask!(court, *thread, CourtServiceClient::answer_examination, answer(true)).unwrap();
    world.settle().await;
    let seen = of_court(&court, &mut table.case.thread).await;
    let report = seen.report.unwrap();
    assert_eq!((report.agreed, report.fail_ground.as_str()), (false, "F06"), "told at once, unasked");
    assert_eq!(CommissionState::try_from(seen.state), Ok(CommissionState::Reported));
    let list = ListCommissionsRequest::default();
    let list = ask!(other, Thread::default(), TransferServiceClient::list_commissions, list).unwrap();
    assert_eq!(list.commissions, [], "another court sees nothing of it");
    world.close().await;
}
