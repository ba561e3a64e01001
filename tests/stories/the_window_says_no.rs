//! Correction, refusal with a way on, advice, withdrawal, and the court for whoever asks.

use contracts::intake::v1::Disposition;
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{
    AcceptDisputeRequest, CloseDisputeRequest, CorrectDisputeRequest, DemandCourtRequest, DisputeBody,
    DisputeState, HowSaid, RecordAdviceRequest, RefuseDisputeRequest, RequestCorrectionRequest,
    SuggestCausesRequest, WithdrawDisputeRequest,
};
use contracts::lexicon::v1::PartyRole;
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{GetReferralRequest, ProposeRoutesRequest, ReferCaseRequest, ReferralState};
use contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use contracts::transfer::v1::{FilingState, GetFilingRequest, PrepareFilingRequest};
use supermarket::client::{Thread, reason};
use tests::{World, accept, ask, file, party};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_asked_once_and_brought() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut case = file(&clerk, "correct").await;
    let missing = RequestCorrectionRequest {
        case_id: case.id.clone(),
        missing_items: vec!["借条复印件".to_owned()],
    };
    let asked = ask!(clerk, case.thread, IntakeServiceClient::request_correction, missing.clone()).unwrap();
    assert_eq!(asked.state(), DisputeState::Correction);
    assert_eq!(asked.missing_items, missing.missing_items);
    let accept = AcceptDisputeRequest {
        case_id: case.id.clone(),
        cause_code: "108.3".to_owned(),
        ..AcceptDisputeRequest::default()
    };
    let early = ask!(clerk, case.thread, IntakeServiceClient::accept_dispute, accept.clone()).unwrap_err();
    assert_eq!(reason(&early).as_deref(), Some("NOT_SUBMITTED"));
    let body = DisputeBody { claims: "返还二万元及利息。".to_owned(), ..DisputeBody::default() };
    let correct = CorrectDisputeRequest { case_id: case.id.clone(), body: Some(body), ..Default::default() };
    let corrected = ask!(clerk, case.thread, IntakeServiceClient::correct_dispute, correct).unwrap();
    assert_eq!(corrected.state(), DisputeState::Submitted);
    assert_eq!(corrected.claims, "返还二万元及利息。");
    assert!(corrected.text.contains("借条"), "what was not brought stays");
    let again = RequestCorrectionRequest { missing_items: vec!["另一样".to_owned()], ..missing };
    let twice = ask!(clerk, case.thread, IntakeServiceClient::request_correction, again).unwrap_err();
    assert_eq!(reason(&twice).as_deref(), Some("CORRECTION_ALREADY_ASKED"), "the list is given once");
    let accepted = ask!(clerk, case.thread, IntakeServiceClient::accept_dispute, accept).unwrap();
    assert_eq!(accepted.state(), DisputeState::Accepted);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_names_the_way_on_and_never_bars_the_court() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut case = file(&clerk, "refuse").await;
    let refuse =
        RefuseDisputeRequest { case_id: case.id.clone(), ground: "R06".to_owned(), redirect: String::new() };
    let refused = ask!(clerk, case.thread, IntakeServiceClient::refuse_dispute, refuse).unwrap();
    assert_eq!((refused.state(), refused.refuse_ground.as_str()), (DisputeState::Refused, "R06"));
    assert!(refused.redirect.contains("公安"), "{}", refused.redirect);
    let demand = DemandCourtRequest {
        case_id: case.id.clone(),
        party_id: party(&case.dispute, PartyRole::Claimant),
        how_said: HowSaid::InWriting.into(),
    };
    ask!(clerk, case.thread, IntakeServiceClient::demand_court, demand).unwrap();
    let message =
        PrepareFilingRequest { case_id: case.id.clone(), court_org: "court-2072".to_owned(), kind: 0 };
    let filing = ask!(clerk, case.thread, TransferServiceClient::prepare_filing, message).unwrap();
    assert_eq!(filing.court_org, "court-2072", "the party chooses the court");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_ends_everything_that_is_open() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut case = accept(&world, &clerk, "withdraw").await;
    let claimant = party(&case.dispute, PartyRole::Claimant);
    let early = CloseDisputeRequest { case_id: case.id.clone(), ..Default::default() };
    let open = ask!(clerk, case.thread, IntakeServiceClient::close_dispute, early).unwrap_err();
    assert_eq!(reason(&open).as_deref(), Some("STILL_OPEN"));
    let respondent = WithdrawDisputeRequest {
        case_id: case.id.clone(),
        party_id: party(&case.dispute, PartyRole::Respondent),
        ..Default::default()
    };
    assert!(
        ask!(clerk, case.thread, IntakeServiceClient::withdraw_dispute, respondent).is_err(),
        "not theirs to take back"
    );
    let demand = DemandCourtRequest {
        case_id: case.id.clone(),
        party_id: claimant.clone(),
        how_said: HowSaid::ByPhone.into(),
    };
    ask!(clerk, case.thread, IntakeServiceClient::demand_court, demand).unwrap();
    world.settle().await;
    let withdraw =
        WithdrawDisputeRequest { case_id: case.id.clone(), party_id: claimant, ..Default::default() };
    let withdrawn = ask!(clerk, case.thread, IntakeServiceClient::withdraw_dispute, withdraw).unwrap();
    assert_eq!(withdrawn.state(), DisputeState::Withdrawn);
    world.settle().await;
    let message = GetReferralRequest { case_id: case.id.clone() };
    let referral = ask!(clerk, case.thread, RoutingServiceClient::get_referral, message).unwrap();
    assert_eq!(referral.state(), ReferralState::Ended);
    let message = GetFilingRequest { case_id: case.id.clone() };
    let filing = ask!(clerk, case.thread, TransferServiceClient::get_filing, message).unwrap();
    assert_eq!(filing.state(), FilingState::Withdrawn);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn advice_closes_and_words_point_the_way() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut case = file(&clerk, "advice").await;
    let advice =
        RecordAdviceRequest { case_id: case.id.clone(), advice: "可以先发函催告。".to_owned() };
    let advised = ask!(clerk, case.thread, IntakeServiceClient::record_advice, advice).unwrap();
    assert_eq!(advised.state(), DisputeState::Advised);
    let suggest = async |text: &str| {
        let message = SuggestCausesRequest { text: text.to_owned(), subject: String::new() };
        ask!(clerk, Thread::default(), IntakeServiceClient::suggest_causes, message).unwrap()
    };
    let loan = suggest("朋友借了我两万元，有借条，到期一直不还钱").await;
    assert_eq!(loan.disposition(), Disposition::Mediable);
    assert!(!loan.categories[0].words.is_empty() && !loan.causes.is_empty());
    let crime = suggest("我被电信诈骗了三万元，要不要报警").await;
    assert_eq!(crime.disposition(), Disposition::NotForAMediator);
    assert!(!crime.redirect.is_empty());
    let nothing = suggest("在吗").await;
    assert_eq!(nothing.disposition(), Disposition::AskBack);
    assert!(!nothing.question.is_empty());
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_against_the_proposal_needs_a_reason() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut case = accept(&world, &clerk, "route").await;
    let message = ProposeRoutesRequest { case_id: case.id.clone(), circumstances: None };
    let proposals =
        ask!(clerk, case.thread, RoutingServiceClient::propose_routes, message).unwrap().proposals;
    assert!(proposals.iter().all(|p| !p.reason.is_empty() && !p.reason_en.is_empty()));
    let mut refer = async |studio: &str, why: &str| {
        let message = ReferCaseRequest {
            case_id: case.id.clone(),
            studio_org: studio.to_owned(),
            reason: why.to_owned(),
            circumstances: None,
            due_date: String::new(),
        };
        ask!(clerk, case.thread, RoutingServiceClient::refer_case, message)
    };
    let silent = refer("studio-medical", "").await.unwrap_err();
    assert_eq!(reason(&silent).as_deref(), Some("REASON_REQUIRED"));
    let unknown = refer("studio-nowhere", "x").await.unwrap_err();
    assert_eq!(reason(&unknown).as_deref(), Some("UNKNOWN_STUDIO"));
    let referred = refer("studio-medical", "当事人指定").await.unwrap();
    assert_eq!(referred.rule_id, "override");
    let proposed = refer(&proposals[0].studio_org, "").await.unwrap();
    assert_eq!(proposed.rule_id, proposals[0].rule_id);
    world.close().await;
}
