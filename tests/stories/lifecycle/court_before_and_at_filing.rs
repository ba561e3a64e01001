//! The two tracks that begin at a court: its referral before filing (WP, until the end of 2024), and a judge's own mediation (JM).

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{AcceptDisputeRequest, CloseDisputeRequest, Course, DisputeState};
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{
    FinishAppraisalRequest, GetMediationRequest, MediationState, RecordSessionRequest, SessionMode,
    StartAppraisalRequest,
};
use contracts::transfer::v1::court_service_client::CourtServiceClient;
use contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use contracts::transfer::v1::{
    ApplyForConfirmationRequest, ConfirmationState, GetFilingRequest, RuleOnConfirmationRequest,
};
use supermarket::client::reason;
use tests::{World, ask, file};
use tonic_types::StatusExt as _;

use super::{demand, move_to, seat, seated, take};

/// The reason and the article of a refusal.
fn refused_by_law(refused: &tonic::Status) -> (String, String) {
    let info = refused.get_details_error_info().unwrap();
    (info.reason, info.metadata.get("article").cloned().unwrap_or_default())
}

/// What the law does not take in is refused at the window, each with a reason of its own and its article.
#[tokio::test(flavor = "multi_thread")]
async fn the_window_says_which_article_keeps_a_case_out() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut case = file(&clerk, "kept-out").await;
    for (track, cause, reason, article) in [
        ("XX", "108.3", "UNKNOWN_TRACK", "D1"),
        ("WP", "108.3", "TRACK_CLOSED", "P1; P2"),
        ("CM", "108.3", "TRACK_OUTSIDE_THE_BOOK", "D1"),
        ("WT", "108.3", "NOT_COMMISSIONED", "P1 items 2-3; L4 art. 20"),
        ("JM", "108.3", "SUIT_NOT_REGISTERED", "P1 item 2; L8 art. 4"),
        ("PM", "17", "NOT_MEDIABLE", "L2 art. 143, 355; L6 art. 4"),
    ] {
        let accept = AcceptDisputeRequest {
            case_id: case.id.clone(),
            cause_code: cause.to_owned(),
            track: track.to_owned(),
            ..Default::default()
        };
        let refused = ask!(clerk, case.thread, IntakeServiceClient::accept_dispute, accept).unwrap_err();
        assert_eq!(refused.code(), tonic::Code::FailedPrecondition, "{track} {cause}");
        assert_eq!(refused_by_law(&refused), (reason.to_owned(), article.to_owned()), "{track} {cause}");
    }
    world.close().await;
    // The book begins in 2016: of a day before, it has no law.
    let world = World::open_at("2015-12-30T01:00:00Z").await;
    let clerk = world.person("clerk-1").await;
    let mut case = file(&clerk, "too-early").await;
    let accept = AcceptDisputeRequest {
        case_id: case.id.clone(),
        cause_code: "108.3".to_owned(),
        ..Default::default()
    };
    let refused = ask!(clerk, case.thread, IntakeServiceClient::accept_dispute, accept).unwrap_err();
    assert_eq!(refused_by_law(&refused), ("OUTSIDE_EVERY_REGIME".to_owned(), "D1".to_owned()));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_court_s_referral_before_filing_from_first_contact_to_closed() {
    let world = World::open_at("2024-03-04T01:00:00Z").await;
    let (clerk, court) = (world.person("clerk-1").await, world.person("court-2071").await);
    let case = file(&clerk, "referred").await;
    let case = take(&world, &clerk, case, "WP", "108.3").await;
    let mut table = seat(&world, &clerk, case).await;
    let id = table.case.id.clone();
    let [claimant, respondent] = table.sides();
    let thread = &mut table.case.thread;
    let get = GetMediationRequest { case_id: id.clone() };
    let run = ask!(table.mediator, *thread, MediationServiceClient::get_mediation, get).unwrap();
    let period = run.period.clone().unwrap();
    assert_eq!((run.state(), period.clock.as_str()), (MediationState::InMediation, "K05"));
    assert_eq!(period.due_date, "2024-04-03", "thirty days from Monday 4 March");
    let session = RecordSessionRequest {
        request_id: "s-1".to_owned(),
        case_id: id.clone(),
        fence: table.fence,
        start_time: Some(world.now()),
        mode: SessionMode::Onsite.into(),
        present_party_ids: vec![claimant.clone(), respondent.clone()],
        text: "双方陈述。".to_owned(),
        rights_told: true,
        identities_checked: true,
        sham_warned: true,
        address_confirmed_party_ids: vec![claimant.clone()],
    };
    let nowhere = session.clone();
    let refused = ask!(table.mediator, *thread, MediationServiceClient::record_session, nowhere).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("ADDRESS_NOT_CONFIRMED"));
    let session = RecordSessionRequest {
        address_confirmed_party_ids: vec![claimant.clone(), respondent.clone()],
        ..session
    };
    ask!(table.mediator, *thread, MediationServiceClient::record_session, session).unwrap();
    let appraise = StartAppraisalRequest {
        case_id: id.clone(),
        fence: table.fence,
        start_time: Some(world.now()),
        agreeing_party_ids: vec![claimant.clone(), respondent.clone()],
        court_leave: false,
    };
    let thread = &mut table.case.thread;
    let refused =
        ask!(table.mediator, *thread, MediationServiceClient::start_appraisal, appraise.clone()).unwrap_err();
    assert_eq!(
        reason(&refused).as_deref(),
        Some("COURT_LEAVE_MISSING"),
        "before filing the court gives leave"
    );
    let appraise = StartAppraisalRequest { court_leave: true, ..appraise };
    ask!(table.mediator, *thread, MediationServiceClient::start_appraisal, appraise).unwrap();
    move_to(&world, "2024-03-06T01:00:00Z");
    let finish =
        FinishAppraisalRequest { case_id: id.clone(), fence: table.fence, finish_time: Some(world.now()) };
    let run = ask!(table.mediator, *thread, MediationServiceClient::finish_appraisal, finish).unwrap();
    assert_eq!(
        run.period.unwrap().due_date,
        "2024-04-07",
        "two days did not count, and 4 to 6 April are a holiday"
    );
    let agreed = table.agree(&world, vec![]).await;
    assert_eq!(agreed.state(), MediationState::Agreed);
    let apply = ApplyForConfirmationRequest {
        case_id: id.clone(),
        applicant_party_ids: vec![claimant, respondent],
        court_org: "court-2071".to_owned(),
    };
    let thread = &mut table.case.thread;
    let applied = ask!(clerk, *thread, TransferServiceClient::apply_for_confirmation, apply).unwrap();
    assert_eq!(applied.state(), ConfirmationState::ConfirmApplied);
    world.settle().await;
    let ruling = RuleOnConfirmationRequest {
        case_id: id.clone(),
        valid: true,
        court_case_number: "（2024）粤2071诉前调确1号".to_owned(),
        reason: String::new(),
    };
    ask!(court, *thread, CourtServiceClient::rule_on_confirmation, ruling).unwrap();
    world.settle().await;
    let close = CloseDisputeRequest { case_id: id, ..Default::default() };
    let closed = ask!(clerk, *thread, IntakeServiceClient::close_dispute, close).unwrap();
    assert_eq!((closed.state(), closed.course()), (DisputeState::Closed, Course::Confirmed));

    // The same from 2025 on: register first, mediate after.
    move_to(&world, "2025-01-02T01:00:00Z");
    let clerk = world.person("clerk-1").await;
    let mut late = file(&clerk, "too-late").await;
    let accept = AcceptDisputeRequest {
        case_id: late.id.clone(),
        cause_code: "108.3".to_owned(),
        track: "WP".to_owned(),
        ..Default::default()
    };
    let refused = ask!(clerk, late.thread, IntakeServiceClient::accept_dispute, accept).unwrap_err();
    assert_eq!(refused_by_law(&refused), ("TRACK_CLOSED".to_owned(), "P1; P2".to_owned()));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demand_in_a_judge_s_mediation_lets_the_trial_go_on() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let table = seated(&world, &clerk, "judge", "JM", "108.3").await;
    let (mediator, mut case) = (table.mediator, table.case);
    demand(&world, &clerk, &mut case).await;
    let get = GetMediationRequest { case_id: case.id.clone() };
    let run = ask!(mediator, case.thread, MediationServiceClient::get_mediation, get).unwrap();
    assert_eq!((run.state(), run.fail_ground.as_str()), (MediationState::Failed, "F02"));
    let get = GetFilingRequest { case_id: case.id.clone() };
    let missing = ask!(clerk, case.thread, TransferServiceClient::get_filing, get).unwrap_err();
    assert_eq!(missing.code(), tonic::Code::NotFound, "the court has the suit already");
    let close = CloseDisputeRequest { case_id: case.id.clone(), ..Default::default() };
    let closed = ask!(clerk, case.thread, IntakeServiceClient::close_dispute, close).unwrap();
    assert_eq!((closed.state(), closed.course()), (DisputeState::Closed, Course::Failed));
    world.close().await;
}
