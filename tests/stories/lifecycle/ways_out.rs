//! The ways out: labour arbitration and after its silence the court; one correction; confirmation, a new run after its
//! dismissal; default, a new schedule, performance; another court after a refusal.

use std::time::Duration;

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{CloseDisputeRequest, Course};
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{
    AmendScheduleRequest, GetMediationRequest, Instalment, MediationState, RecordConsentRequest,
    RecordPerformanceRequest, ReportBreachRequest, UrgePerformanceRequest,
};
use contracts::oversight::v1::ListDeadlinesRequest;
use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use contracts::transfer::v1::court_service_client::CourtServiceClient;
use contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use contracts::transfer::v1::{
    AcceptConfirmationRequest, AnswerCorrectionRequest, ApplyForConfirmationRequest, ConfirmationState,
    CourtOutcome, DocumentKind, FilingKind, FilingState, GetHandoffRequest, GetPackageRequest, Handoff,
    HandoffState, OutcomeKind, PrepareFilingRequest, PrepareHandoffRequest, RecordHandoffRequest,
    RefuseFilingRequest, ReportOutcomeRequest, RequestCorrectionRequest, RuleOnConfirmationRequest,
};
use supermarket::client::{Person, reason};
use tests::{Case, World, ask};

use super::{STUDIO, acknowledge, demand, move_to, register, seated, submit};

async fn handoff(clerk: &Person, case: &mut Case) -> Handoff {
    let message = GetHandoffRequest { case_id: case.id.clone() };
    ask!(clerk, case.thread, TransferServiceClient::get_handoff, message).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn wages_go_to_arbitration_and_after_its_silence_to_the_court_which_corrects_once() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut wages = seated(&world, &clerk, "wages", "LA", "205").await;
    wages.fail("F04").await;
    let mut case = wages.case;
    demand(&world, &clerk, &mut case).await;
    let offered = handoff(&clerk, &mut case).await;
    assert_eq!((offered.state(), offered.exit.as_str()), (HandoffState::Offered, "LABOUR_ARBITRATION"));
    assert!(offered.article.contains("L15 art. 5"), "{}", offered.article);
    let early = PrepareFilingRequest { case_id: case.id.clone(), court_org: String::new(), kind: 0 };
    let refused = ask!(clerk, case.thread, TransferServiceClient::prepare_filing, early).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("NOT_FOR_COURT"), "arbitration comes first");
    let to = PrepareHandoffRequest {
        case_id: case.id.clone(),
        receiver: "中山市劳动人事争议仲裁委员会".to_owned(),
    };
    ask!(clerk, case.thread, TransferServiceClient::prepare_handoff, to).unwrap();
    let handed = RecordHandoffRequest {
        case_id: case.id.clone(),
        hand_time: Some(world.now()),
        evidence: "EMS 1".to_owned(),
    };
    ask!(clerk, case.thread, TransferServiceClient::record_handoff, handed).unwrap();
    world.settle().await;
    // Five days from Monday 2 March end with Saturday, and so with Monday 9 March.
    move_to(&world, "2026-03-09T15:00:00Z");
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let clerk = world.person("clerk-1").await;
    assert_eq!(handoff(&clerk, &mut case).await.state(), HandoffState::Handed, "not before its time");
    move_to(&world, "2026-03-09T17:00:00Z");
    let mut state = HandoffState::Handed;
    for _ in 0..150 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        state = handoff(&clerk, &mut case).await.state();
        if state == HandoffState::Silent {
            break;
        }
    }
    assert_eq!(state, HandoffState::Silent);

    let sent = submit(&world, &clerk, &mut case, "court-2071").await;
    assert_eq!((sent.state(), sent.kind()), (FilingState::Transferred, FilingKind::Complaint));
    let court = world.person("court-2071").await;
    acknowledge(&world, &court, &mut case, &sent).await;
    let correct = RequestCorrectionRequest {
        case_id: case.id.clone(),
        package_sha256: sent.package_sha256.clone(),
        items: vec!["仲裁逾期未决定的证明".to_owned()],
        court_time: Some(world.now()),
    };
    let asked = ask!(court, case.thread, CourtServiceClient::request_correction, correct.clone()).unwrap();
    assert_eq!(asked.state(), FilingState::CourtCorrection);
    let answer =
        AnswerCorrectionRequest { case_id: case.id.clone(), answer: "已附邮寄凭证。".to_owned() };
    let back = ask!(clerk, case.thread, TransferServiceClient::answer_correction, answer).unwrap();
    assert_eq!((back.state(), back.correction_items.len()), (FilingState::CourtReview, 1));
    let again = RequestCorrectionRequest { items: vec!["另一项".to_owned()], ..correct };
    let refused = ask!(court, case.thread, CourtServiceClient::request_correction, again).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("CORRECTION_ONLY_ONCE"));
    register(&world, &court, &mut case, &sent, 7).await;
    let message = ReportOutcomeRequest {
        case_id: case.id.clone(),
        outcome: Some(CourtOutcome {
            kind: OutcomeKind::Judgment.into(),
            decision_date: "2026-05-06".to_owned(),
            document_number: "（2026）粤2071民初7号".to_owned(),
        }),
        ..Default::default()
    };
    let over = ask!(court, case.thread, CourtServiceClient::report_outcome, message).unwrap();
    assert_eq!(over.state(), FilingState::Outcome);
    world.settle().await;
    let close = CloseDisputeRequest { case_id: case.id.clone(), ..Default::default() };
    let closed = ask!(clerk, case.thread, IntakeServiceClient::close_dispute, close).unwrap();
    assert_eq!(closed.course(), Course::Outcome);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dismissed_confirmation_leads_back_to_the_table_or_to_a_suit_on_the_agreement() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut table = seated(&world, &clerk, "confirm", "PM", "108.3").await;
    table.agree(&world, vec![]).await;
    let [claimant, respondent] = table.sides();
    let apply = |applicants: Vec<String>| ApplyForConfirmationRequest {
        case_id: table.case.id.clone(),
        applicant_party_ids: applicants,
        court_org: "court-2071".to_owned(),
    };
    let (alone, both) = (apply(vec![claimant.clone()]), apply(vec![claimant.clone(), respondent.clone()]));
    let thread = &mut table.case.thread;
    let refused = ask!(clerk, *thread, TransferServiceClient::apply_for_confirmation, alone).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("NOT_JOINT"));
    let applied = ask!(clerk, *thread, TransferServiceClient::apply_for_confirmation, both).unwrap();
    assert_eq!(applied.state(), ConfirmationState::ConfirmApplied);
    assert_eq!(applied.window_end_date, "2026-04-01", "thirty days from Monday 2 March");
    world.settle().await;
    let court = world.person("court-2071").await;
    let package = GetPackageRequest { case_id: table.case.id.clone(), confirmation: true };
    let package = ask!(court, table.case.thread, CourtServiceClient::get_package, package).unwrap();
    let kinds: Vec<DocumentKind> = package
        .documents
        .iter()
        .filter_map(|one| one.entry.as_ref())
        .map(contracts::transfer::v1::DocumentEntry::kind)
        .collect();
    assert!(kinds.contains(&DocumentKind::SignedAgreement), "{kinds:?}");
    let accept = |hours: i64| {
        let now = world.now();
        let court_time = Some(prost_types::Timestamp { seconds: now.seconds + 3_600 * hours, ..now });
        AcceptConfirmationRequest { case_id: table.case.id.clone(), court_time }
    };
    let (early, now) = (accept(1), accept(0));
    let thread = &mut table.case.thread;
    let refused = ask!(court, *thread, CourtServiceClient::accept_confirmation, early).unwrap_err();
    assert_eq!(refused.code(), tonic::Code::InvalidArgument, "nobody's clock is ahead of ours");
    for _ in 0..2 {
        let accepted = ask!(court, *thread, CourtServiceClient::accept_confirmation, now.clone()).unwrap();
        assert!(accepted.accept_time.is_some() && accepted.state() == ConfirmationState::ConfirmApplied);
    }
    world.settle().await;
    let list = ListDeadlinesRequest { case_id: table.case.id.clone() };
    let clocks = ask!(clerk, table.case.thread, OversightServiceClient::list_deadlines, list).unwrap();
    let ruling = clocks.deadlines.iter().find(|one| one.clock == "K29").unwrap();
    assert_eq!((ruling.noun.as_str(), ruling.holder.as_str()), ("confirmation", STUDIO));
    let ruling = RuleOnConfirmationRequest {
        case_id: table.case.id.clone(),
        valid: false,
        court_case_number: String::new(),
        reason: "内容不明确，无法执行".to_owned(),
    };
    let denied = ask!(court, table.case.thread, CourtServiceClient::rule_on_confirmation, ruling).unwrap();
    assert_eq!(denied.state(), ConfirmationState::ConfirmDenied);
    world.settle().await;

    // T47: two months later the parties sit down again, in a run of its own with a period of its own.
    move_to(&world, "2026-05-12T01:00:00Z");
    let clerk = world.person("clerk-1").await;
    table.mediator = world.person(&table.mediator.account.account.clone()).await;
    let before = 1;
    for (n, party_id) in [claimant, respondent].into_iter().enumerate() {
        let consent = RecordConsentRequest {
            case_id: table.case.id.clone(),
            fence: table.fence,
            party_id,
            consent_time: Some(world.now()),
        };
        let run =
            ask!(table.mediator, table.case.thread, MediationServiceClient::record_consent, consent).unwrap();
        let wanted = if n < before { MediationState::ConsentPending } else { MediationState::InMediation };
        assert_eq!(run.state(), wanted);
    }
    world.settle().await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let get = GetMediationRequest { case_id: table.case.id.clone() };
    let run = ask!(table.mediator, table.case.thread, MediationServiceClient::get_mediation, get).unwrap();
    let period = run.period.clone().unwrap();
    assert_eq!((run.state(), period.due_date.as_str()), (MediationState::InMediation, "2026-06-12"));
    assert_eq!(period.start_event, "MEDIATION_RENEWED");
    table.fail("F04").await;
    let mut case = table.case;
    demand(&world, &clerk, &mut case).await;
    let message = PrepareFilingRequest {
        case_id: case.id.clone(),
        court_org: "court-2071".to_owned(),
        kind: FilingKind::SuitOnAgreement.into(),
    };
    let filing = ask!(clerk, case.thread, TransferServiceClient::prepare_filing, message).unwrap();
    assert_eq!(filing.kind(), FilingKind::SuitOnAgreement, "the first agreement still binds");
    let kinds: Vec<DocumentKind> =
        filing.documents.iter().map(contracts::transfer::v1::DocumentEntry::kind).collect();
    assert!(kinds.contains(&DocumentKind::SignedAgreement), "and goes to the court: {kinds:?}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_default_is_urged_put_on_a_new_schedule_and_performed() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut table = seated(&world, &clerk, "performed", "PM", "108.3").await;
    let parts = |day: &str| vec![Instalment { due_date: day.to_owned(), amount_fen: 2_000_000 }];
    let run = table.agree(&world, parts("2026-04-01")).await;
    assert_eq!(run.state(), MediationState::Performing, "the schedule runs at once");
    let (case_id, fence) = (table.case.id.clone(), table.fence);
    let thread = &mut table.case.thread;
    let breach = ReportBreachRequest { case_id: case_id.clone(), fence, breach_time: Some(world.now()) };
    let run = ask!(table.mediator, *thread, MediationServiceClient::report_breach, breach).unwrap();
    assert_eq!(run.state(), MediationState::Breached);
    let urge = UrgePerformanceRequest {
        request_id: "u1".to_owned(),
        case_id: case_id.clone(),
        fence,
        text: "已电话催告。".to_owned(),
    };
    for _ in 0..2 {
        let run =
            ask!(table.mediator, *thread, MediationServiceClient::urge_performance, urge.clone()).unwrap();
        assert_eq!(run.urged_count, 1, "a repeated request is one urging");
    }
    let schedule = parts("2026-05-06");
    let amend = AmendScheduleRequest { case_id: case_id.clone(), fence, schedule, consents: vec![] };
    let refused =
        ask!(table.mediator, *thread, MediationServiceClient::amend_schedule, amend.clone()).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("SCHEDULE_WITHOUT_CONSENT"));
    let amend = AmendScheduleRequest { consents: table.consents(&world), ..amend };
    let thread = &mut table.case.thread;
    let run = ask!(table.mediator, *thread, MediationServiceClient::amend_schedule, amend).unwrap();
    assert_eq!(run.state(), MediationState::Performing);
    let perform = |request_id: &str, amount_fen| RecordPerformanceRequest {
        request_id: request_id.to_owned(),
        case_id: case_id.clone(),
        fence,
        amount_fen,
        whole: false,
        perform_time: Some(world.now()),
        evidence: "转账凭证".to_owned(),
    };
    let (half, rest) = (perform("p1", 1_000_000), perform("p2", 1_000_000));
    let run = ask!(table.mediator, *thread, MediationServiceClient::record_performance, half).unwrap();
    assert_eq!((run.state(), run.performed_fen), (MediationState::Performing, 1_000_000));
    let run = ask!(table.mediator, *thread, MediationServiceClient::record_performance, rest).unwrap();
    assert_eq!(run.state(), MediationState::Performed);
    world.settle().await;
    let close = CloseDisputeRequest { case_id, ..Default::default() };
    let closed = ask!(clerk, table.case.thread, IntakeServiceClient::close_dispute, close).unwrap();
    assert_eq!(closed.course(), Course::Performed);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_court_has_not_filed_goes_to_another() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut table = seated(&world, &clerk, "elsewhere", "PM", "108.3").await;
    table.fail("F04").await;
    let mut case = table.case;
    demand(&world, &clerk, &mut case).await;
    let sent = submit(&world, &clerk, &mut case, "court-2072").await;
    let court = world.person("court-2072").await;
    acknowledge(&world, &court, &mut case, &sent).await;
    let refuse = RefuseFilingRequest {
        case_id: case.id.clone(),
        package_sha256: sent.package_sha256.clone(),
        reason: "不属于本院管辖".to_owned(),
        court_time: Some(world.now()),
    };
    ask!(court, case.thread, CourtServiceClient::refuse_filing, refuse).unwrap();
    world.settle().await;
    let again = submit(&world, &clerk, &mut case, "court-2071").await;
    assert_ne!(again.filing_id, sent.filing_id, "a filing of its own (T48)");
    let court = world.person("court-2071").await;
    acknowledge(&world, &court, &mut case, &again).await;
    register(&world, &court, &mut case, &again, 8).await;
    let close = CloseDisputeRequest { case_id: case.id.clone(), ..Default::default() };
    let closed = ask!(clerk, case.thread, IntakeServiceClient::close_dispute, close).unwrap();
    assert_eq!(closed.course(), Course::Filed);
    world.close().await;
}
