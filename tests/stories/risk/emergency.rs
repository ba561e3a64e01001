//! Danger (T44): the table stops, somebody else answers within the hour or it goes up to the centre and the committee, and what
//! threatens is reported; what harms a minor is reported without any danger now.

use std::time::Duration;

use contracts::intake::v1::WithdrawDisputeRequest;
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::lexicon::v1::PartyRole;
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{
    GetMediationRequest, MediationState, ResumeMediationRequest, ScheduleSessionRequest, SessionMode,
    SuspensionCause,
};
use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use contracts::oversight::v1::{
    AcknowledgeEmergencyRequest, CaseRisk, Danger, DropReportDutyRequest, Emergency, EmergencyState,
    GetCaseRiskRequest, ListEmergenciesRequest, OpenReportDutyRequest, RaiseEmergencyRequest,
    RecordReportRequest, ReportAuthority, ReportDuty, ReportMatter, ReportState,
};
use supermarket::client::{Person, Thread, reason};
use tests::{Case, World, ask, file, party};
use tonic_types::StatusExt as _;

use super::{running, told};
use crate::lifecycle::{STUDIO, move_to, seat, seated, take};

fn raise(case: &Case, danger: Danger) -> RaiseEmergencyRequest {
    let text = "被申请人扬言报复，随身带刀。".to_owned();
    RaiseEmergencyRequest { case_id: case.id.clone(), danger: danger.into(), text }
}

async fn risk(person: &Person, case: &mut Case) -> (Emergency, ReportDuty) {
    let message = GetCaseRiskRequest { case_id: case.id.clone() };
    let risk = ask!(person, case.thread, OversightServiceClient::get_case_risk, message).unwrap();
    (risk.emergency.unwrap_or_default(), risk.report_duty.unwrap_or_default())
}

async fn acknowledge(person: &Person, case: &mut Case) -> Result<CaseRisk, tonic::Status> {
    let emergency_id = risk(person, case).await.0.emergency_id;
    let message = AcknowledgeEmergencyRequest { case_id: case.id.clone(), emergency_id };
    ask!(person, case.thread, OversightServiceClient::acknowledge_emergency, message)
}

fn police(world: &World, case: &Case) -> RecordReportRequest {
    RecordReportRequest {
        case_id: case.id.clone(),
        authority: ReportAuthority::Police.into(),
        report_time: Some(world.now()),
        receipt: "110-20260302-17".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn danger_stops_the_table_is_answered_and_is_reported() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let head = world.head(STUDIO).await;
    let mut table = seated(&world, &clerk, "danger", "PM", "108.3").await;
    let (case, mediator) = (&mut table.case, &table.mediator);
    let message = raise(case, Danger::Violence);
    let raised = ask!(mediator, case.thread, OversightServiceClient::raise_emergency, message.clone());
    let raised = raised.unwrap().emergency.unwrap();
    assert_eq!((raised.state(), raised.level, raised.holder.as_str()), (EmergencyState::Raised, 1, STUDIO));
    world.settle().await;
    let again = ask!(mediator, case.thread, OversightServiceClient::raise_emergency, message).unwrap();
    // What was said is waited for, not the docket's own version, which others' news raises.
    let read = GetMediationRequest { case_id: case.id.clone() };
    ask!(mediator, case.thread, MediationServiceClient::get_mediation, read).unwrap();
    assert_eq!(again.emergency.unwrap().emergency_id, raised.emergency_id, "already so");
    let more = raise(case, Danger::SelfHarm);
    let words = RaiseEmergencyRequest {
        text: "又来电话，仍随身带刀。".to_owned(),
        ..raise(case, Danger::Violence)
    };
    for _ in 0..2 {
        ask!(mediator, case.thread, OversightServiceClient::raise_emergency, words.clone()).unwrap();
    }
    ask!(mediator, case.thread, OversightServiceClient::raise_emergency, more).unwrap();
    let clocks = told(&running(&world, &clerk, case).await);
    for wanted in ["emergency S14", "report S15", "mediation S13"] {
        assert!(clocks.contains(&format!("{wanted} {STUDIO}")), "{wanted}: {clocks:?}");
    }
    let read = GetMediationRequest { case_id: case.id.clone() };
    let run = ask!(mediator, case.thread, MediationServiceClient::get_mediation, read).unwrap();
    assert_eq!(run.state(), MediationState::Suspended);
    assert_eq!(run.suspension.unwrap().cause(), SuspensionCause::Emergency);

    let resume = ResumeMediationRequest { case_id: case.id.clone(), fence: table.fence };
    let early = ask!(head, case.thread, MediationServiceClient::resume_mediation, resume.clone());
    let info = early.unwrap_err().get_details_error_info().unwrap();
    assert_eq!(info.reason, "EMERGENCY_UNANSWERED");
    assert_eq!(info.metadata["article"], "L3 art. 25");
    let drop = DropReportDutyRequest { case_id: case.id.clone(), reason: "无须报告".to_owned() };
    let supervisor = world.person("supervisor-1").await;
    let refused = ask!(supervisor, case.thread, OversightServiceClient::drop_report_duty, drop).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("EMERGENCY_UNANSWERED"), "what threatens is reported");

    let answered = acknowledge(&head, case).await.unwrap().emergency.unwrap();
    assert_eq!(answered.state(), EmergencyState::Acknowledged);
    assert_eq!(answered.dangers, [Danger::Violence as i32, Danger::SelfHarm as i32]);
    acknowledge(&supervisor, case).await.unwrap();
    acknowledge(&supervisor, case).await.unwrap();
    // Who must act reads what was said; a colleague of the studio reads that there is danger, and no more.
    let colleague = world.mediators(STUDIO).await.remove(1);
    for (who, read) in [(&head, 3), (&supervisor, 3), (mediator, 3), (&colleague, 0)] {
        let message = GetCaseRiskRequest { case_id: case.id.clone() };
        let risk = ask!(who, case.thread, OversightServiceClient::get_case_risk, message).unwrap();
        assert_eq!(risk.texts.len(), read, "{}", who.account.account);
        assert!(risk.texts.iter().all(|one| one.text.contains("随身带刀")));
    }
    let by: Vec<String> =
        risk(&clerk, case).await.0.acknowledgements.into_iter().map(|one| one.account).collect();
    assert_eq!(by, [head.account.account.clone(), "supervisor-1".to_owned()], "each account once");
    world.settle().await;
    ask!(head, case.thread, MediationServiceClient::resume_mediation, resume).unwrap();

    let message = police(&world, case);
    let reported = ask!(clerk, case.thread, OversightServiceClient::record_report, message.clone()).unwrap();
    let duty = reported.report_duty.unwrap();
    assert_eq!((duty.state(), duty.authority()), (ReportState::Reported, ReportAuthority::Police));
    assert_eq!((duty.receipt.as_str(), duty.ended_by.as_str()), ("110-20260302-17", "clerk-1"));
    ask!(clerk, case.thread, OversightServiceClient::record_report, message).unwrap();
    let clocks = told(&running(&world, &clerk, case).await);
    assert!(!clocks.iter().any(|one| one.contains("S13") || one.contains("S14") || one.contains("S15")));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_answers_goes_up_to_the_centre_and_the_committee() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut case = file(&clerk, "unanswered").await;
    world.settle().await;
    let message = raise(&case, Danger::MassIncident);
    ask!(clerk, case.thread, OversightServiceClient::raise_emergency, message).unwrap();
    let own = acknowledge(&clerk, &mut case).await.unwrap_err();
    assert_eq!(reason(&own).as_deref(), Some("OWN_EMERGENCY"));
    let other = world.person("clerk-2").await;
    // The hour of the news does not count, so the second hour ends at 11:00 in Zhongshan.
    move_to(&world, "2026-03-02T02:30:00Z");
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(risk(&clerk, &mut case).await.0.level, 1, "not before its time");
    for (at, level, holder) in
        [("2026-03-02T03:00:01Z", 2, "centre"), ("2026-03-02T05:00:01Z", 3, "committee")]
    {
        move_to(&world, at);
        let mut emergency = Emergency::default();
        for _ in 0..150 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            emergency = risk(&clerk, &mut case).await.0;
            if emergency.level == level {
                break;
            }
        }
        assert_eq!((emergency.level, emergency.holder.as_str()), (level, holder));
        let clocks = told(&running(&world, &clerk, &mut case).await);
        assert!(clocks.contains(&format!("emergency S14 {holder}")), "{clocks:?}");
    }
    let late = acknowledge(&other, &mut case).await.unwrap_err();
    assert_eq!(reason(&late).as_deref(), Some("ANSWERED_ABOVE"));
    let supervisor = world.person("supervisor-1").await;
    let open = ListEmergenciesRequest {};
    let open = ask!(supervisor, case.thread, OversightServiceClient::list_emergencies, open).unwrap();
    assert_eq!(open.risks.len(), 1);
    assert_eq!(open.risks[0].case_id, case.id);
    let answered = acknowledge(&supervisor, &mut case).await.unwrap().emergency.unwrap();
    assert_eq!((answered.state(), answered.acknowledgements[0].level), (EmergencyState::Acknowledged, 3));
    let foreign = world.mediators("studio-family").await.remove(0);
    let read = GetCaseRiskRequest { case_id: case.id.clone() };
    let missing = ask!(foreign, Thread::default(), OversightServiceClient::get_case_risk, read).unwrap_err();
    assert_eq!(missing.code(), tonic::Code::NotFound, "a foreign case is missing");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn harm_to_a_minor_is_reported_within_a_day_or_a_supervisor_says_why_not() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut case = file(&clerk, "minor").await;
    world.settle().await;
    let open = |case: &Case, matter: ReportMatter| OpenReportDutyRequest {
        case_id: case.id.clone(),
        matter: matter.into(),
        text: "孩子身上有伤，陈述为继父所打。".to_owned(),
    };
    let early = police(&world, &case);
    let refused = ask!(clerk, case.thread, OversightServiceClient::record_report, early).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("NO_REPORT_DUE"));
    let message = open(&case, ReportMatter::MinorHarmed);
    let due = ask!(clerk, case.thread, OversightServiceClient::open_report_duty, message.clone()).unwrap();
    let due = due.report_duty.unwrap();
    assert_eq!((due.state(), due.holder.as_str()), (ReportState::Due, "hall-442000"));
    let again = ask!(clerk, case.thread, OversightServiceClient::open_report_duty, message).unwrap();
    assert_eq!(again.report_duty.unwrap().report_id, due.report_id, "already so");
    let before = running(&world, &clerk, &mut case).await;
    move_to(&world, "2026-03-02T03:10:00Z");
    let message = open(&case, ReportMatter::Crime);
    let joined = ask!(clerk, case.thread, OversightServiceClient::open_report_duty, message).unwrap();
    assert_eq!(joined.report_duty.unwrap().matters.len(), 2);
    let after = running(&world, &clerk, &mut case).await;
    let end = |all: &[contracts::oversight::v1::Deadline]| {
        all.iter().find(|one| one.clock == "S15").and_then(|one| one.due_time).unwrap().seconds
    };
    assert_eq!(end(&before), end(&after), "another matter does not begin the day anew");
    assert_eq!(end(&after) - world.now().seconds, 22 * 3600 + 50 * 60, "a day from the next full hour");

    let report =
        RecordReportRequest { authority: ReportAuthority::ChildProtection.into(), ..police(&world, &case) };
    let told = ask!(clerk, case.thread, OversightServiceClient::record_report, report).unwrap();
    assert_eq!(told.report_duty.unwrap().state(), ReportState::Reported);

    // Another suspicion, which proves to be nothing: only a supervisor says so.
    let message = open(&case, ReportMatter::PublicOrder);
    ask!(clerk, case.thread, OversightServiceClient::open_report_duty, message).unwrap();
    let drop = DropReportDutyRequest { case_id: case.id.clone(), reason: "经核实系误会。".to_owned() };
    let refused =
        ask!(clerk, case.thread, OversightServiceClient::drop_report_duty, drop.clone()).unwrap_err();
    assert_eq!(refused.code(), tonic::Code::PermissionDenied);
    let supervisor = world.person("supervisor-1").await;
    let dropped = ask!(supervisor, case.thread, OversightServiceClient::drop_report_duty, drop).unwrap();
    assert_eq!(dropped.report_duty.unwrap().state(), ReportState::Dropped);

    let back = WithdrawDisputeRequest {
        case_id: case.id.clone(),
        party_id: party(&case.dispute, PartyRole::Claimant),
        ..Default::default()
    };
    ask!(clerk, case.thread, IntakeServiceClient::withdraw_dispute, back).unwrap();
    world.settle().await;
    let message = open(&case, ReportMatter::Crime);
    let refused = ask!(clerk, case.thread, OversightServiceClient::open_report_duty, message).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("CASE_NOT_LIVE"));
    world.close().await;
}

/// Danger that somebody saw before there was a run: the run comes to no table until it is answered, and its clocks run.
#[tokio::test(flavor = "multi_thread")]
async fn danger_from_before_a_run_exists_stops_the_run_when_it_opens() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let head = world.head(STUDIO).await;
    let mut case = file(&clerk, "danger-first").await;
    let message = raise(&case, Danger::Violence);
    ask!(clerk, case.thread, OversightServiceClient::raise_emergency, message).unwrap();
    world.settle().await;
    let case = take(&world, &clerk, case, "PM", "108.3").await;
    let mut table = seat(&world, &clerk, case).await;
    let case_id = table.case.id.clone();
    let read = || GetMediationRequest { case_id: case_id.clone() };
    let (thread, mediator) = (&mut table.case.thread, &table.mediator);
    let run = ask!(mediator, *thread, MediationServiceClient::get_mediation, read()).unwrap();
    assert_eq!(run.state(), MediationState::Suspended, "everybody has consented, and nobody sits down");
    assert_eq!(run.suspension.unwrap().cause(), SuspensionCause::Emergency);
    assert_eq!(run.period.unwrap().clock, "K10", "the period runs on");
    let plan = ScheduleSessionRequest {
        case_id: case_id.clone(),
        fence: table.fence,
        start_time: Some(world.now()),
        mode: SessionMode::Onsite.into(),
        ..Default::default()
    };
    let refused =
        ask!(mediator, *thread, MediationServiceClient::schedule_session, plan.clone()).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("NOT_IN_MEDIATION"));
    let clocks = told(&running(&world, &clerk, &mut table.case).await);
    for wanted in ["mediation S13", "mediation K10"] {
        assert!(clocks.iter().any(|one| one.starts_with(wanted)), "{wanted}: {clocks:?}");
    }
    let resume = ResumeMediationRequest { case_id: case_id.clone(), fence: table.fence };
    let thread = &mut table.case.thread;
    let early = ask!(head, *thread, MediationServiceClient::resume_mediation, resume.clone()).unwrap_err();
    assert_eq!(reason(&early).as_deref(), Some("EMERGENCY_UNANSWERED"));
    // Whoever took the case in answers: the first receiver's supervisor.
    let supervisor = world.person("supervisor-1").await;
    acknowledge(&supervisor, &mut table.case).await.unwrap();
    world.settle().await;
    let thread = &mut table.case.thread;
    let run = ask!(head, *thread, MediationServiceClient::resume_mediation, resume).unwrap();
    assert_eq!(run.state(), MediationState::InMediation);
    ask!(table.mediator, *thread, MediationServiceClient::schedule_session, plan).unwrap();
    world.close().await;
}
