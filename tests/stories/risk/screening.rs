//! The screen at the window: a father comes about a debt, with a bruised child, and says that the other side is on the way with a
//! knife. The filing itself raises the emergency and opens the duty to report; nobody is kept from mediation or from the court.

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{
    AcceptDisputeRequest, DemandCourtRequest, DisputeState, FileDisputeRequest, GetStatusByCodeRequest,
    HowSaid, RefuseDisputeRequest, ScreenConsequence, ScreenFinding, ScreenSign, Screening,
};
use contracts::lexicon::v1::PartyRole;
use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use contracts::oversight::v1::{
    AcknowledgeEmergencyRequest, CaseRisk, Danger, EmergencyState, GetCaseRiskRequest, RecordReportRequest,
    ReportAuthority, ReportMatter, ReportState,
};
use supermarket::client::{Person, Thread, reason};
use tests::{Case, World, ask, filing, party};

use super::{running, told};

#[expect(clippy::unnecessary_wraps, reason = "the field is optional")]
fn seen(signs: &[ScreenSign]) -> Option<Screening> {
    let signs = signs.iter().map(|sign| i32::from(*sign)).collect();
    Some(Screening { signs, screen_time: None })
}

async fn file(clerk: &Person, name: &str, signs: &[ScreenSign]) -> Case {
    let mut thread = Thread::default();
    let message = FileDisputeRequest { screening: seen(signs), ..filing(name) };
    let dispute = ask!(clerk, thread, IntakeServiceClient::file_dispute, message).unwrap();
    Case { id: dispute.case_id.clone(), dispute, thread }
}

async fn risk(person: &Person, case: &mut Case) -> CaseRisk {
    let message = GetCaseRiskRequest { case_id: case.id.clone() };
    ask!(person, case.thread, OversightServiceClient::get_case_risk, message).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_window_sees_is_answered_and_reported_and_closes_no_door() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut case =
        file(&clerk, "screened", &[ScreenSign::Weapon, ScreenSign::SelfHarm, ScreenSign::MinorHarmed]).await;
    let told_of: Vec<ScreenConsequence> =
        case.dispute.screen_findings.iter().map(ScreenFinding::consequence).collect();
    assert_eq!(
        told_of,
        [
            ScreenConsequence::Emergency,
            ScreenConsequence::Emergency,
            ScreenConsequence::Report,
            ScreenConsequence::Advise
        ]
    );
    // The same thread reads its own news.
    let open = risk(&clerk, &mut case).await;
    let (emergency, duty) = (open.emergency.unwrap(), open.report_duty.unwrap());
    assert_eq!(
        (emergency.state(), emergency.dangers),
        (EmergencyState::Raised, [Danger::Violence, Danger::SelfHarm].map(i32::from).to_vec())
    );
    assert_eq!(emergency.raised_by, "clerk-1");
    let matters = [ReportMatter::Danger, ReportMatter::MinorHarmed].map(i32::from);
    assert_eq!((duty.state(), duty.matters.as_slice()), (ReportState::Due, matters.as_slice()));
    let clocks = told(&running(&world, &clerk, &mut case).await);
    // Two dangers at once are one emergency, with its hour.
    for wanted in ["dispute S02", "emergency S14", "report S15"] {
        assert!(clocks.contains(&format!("{wanted} hall-442000")), "{wanted}: {clocks:?}");
    }
    let answer = AcknowledgeEmergencyRequest {
        case_id: case.id.clone(),
        emergency_id: emergency.emergency_id.clone(),
    };
    let own = ask!(clerk, case.thread, OversightServiceClient::acknowledge_emergency, answer.clone());
    assert_eq!(reason(&own.unwrap_err()).as_deref(), Some("OWN_EMERGENCY"), "somebody else answers");
    let other = world.person("clerk-2").await;
    ask!(other, case.thread, OversightServiceClient::acknowledge_emergency, answer).unwrap();

    // Accepting looks again and sees that the injury is grave: the duty has a matter more, the day runs on.
    let accept = AcceptDisputeRequest {
        case_id: case.id.clone(),
        cause_code: "108.3".to_owned(),
        screening: seen(&[ScreenSign::InjurySerious, ScreenSign::MinorHarmed]),
        ..AcceptDisputeRequest::default()
    };
    let taken = ask!(clerk, case.thread, IntakeServiceClient::accept_dispute, accept).unwrap();
    assert_eq!(taken.state(), DisputeState::Accepted, "a screen refuses nobody");
    assert!(taken.screen_findings.iter().any(|finding| finding.refuse_ground == "R06"));
    world.settle().await;
    let duty = risk(&clerk, &mut case).await.report_duty.unwrap();
    assert_eq!(duty.matters.len(), 3, "{:?}", duty.matters);
    let report = RecordReportRequest {
        case_id: case.id.clone(),
        authority: ReportAuthority::Police.into(),
        report_time: Some(world.now()),
        receipt: "110-20260302-31".to_owned(),
    };
    ask!(clerk, case.thread, OversightServiceClient::record_report, report).unwrap();
    let clocks = told(&running(&world, &clerk, &mut case).await);
    assert!(!clocks.iter().any(|one| one.contains("S14") || one.contains("S15")), "{clocks:?}");

    let demand = DemandCourtRequest {
        case_id: case.id.clone(),
        party_id: party(&case.dispute, PartyRole::Claimant),
        how_said: HowSaid::AtWindow.into(),
    };
    ask!(clerk, case.thread, IntakeServiceClient::demand_court, demand).unwrap();
    let clocks = told(&running(&world, &clerk, &mut case).await);
    assert!(clocks.iter().any(|one| one.starts_with("filing S06")), "{clocks:?}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slight_matter_is_only_advised_and_what_is_for_the_police_is_still_open_to_the_court() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut slight = file(&clerk, "slight", &[ScreenSign::Injury, ScreenSign::MinorInvolved]).await;
    world.settle().await;
    let open = risk(&clerk, &mut slight).await;
    assert_eq!((open.emergency, open.report_duty), (None, None));
    assert_eq!(slight.dispute.screen_findings.len(), 2);

    // The police know of it: they are named, and nothing is reported to them again.
    let mut known = file(&clerk, "known", &[ScreenSign::Crime, ScreenSign::PoliceTold]).await;
    world.settle().await;
    assert_eq!(risk(&clerk, &mut known).await.report_duty, None);
    let refuse = RefuseDisputeRequest {
        case_id: known.id.clone(),
        ground: known.dispute.screen_findings[0].refuse_ground.clone(),
        redirect: String::new(),
    };
    let refused = ask!(clerk, known.thread, IntakeServiceClient::refuse_dispute, refuse).unwrap();
    assert_eq!((refused.refuse_ground.as_str(), refused.redirect.as_str()), ("R06", "移交公安机关"));
    let code = known.dispute.receipt.clone().unwrap().code;
    let status =
        ask!(clerk, known.thread, IntakeServiceClient::get_status_by_code, GetStatusByCodeRequest { code });
    assert!(!status.unwrap().court_notice.is_empty());
    let demand = DemandCourtRequest {
        case_id: known.id.clone(),
        party_id: party(&known.dispute, PartyRole::Claimant),
        how_said: HowSaid::InWriting.into(),
    };
    let demanded = ask!(clerk, known.thread, IntakeServiceClient::demand_court, demand).unwrap();
    assert!(demanded.court_demanded);
    world.close().await;
}
