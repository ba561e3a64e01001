//! Every agreed instalment has a clock of its own, which is a default when it is reached unpaid; a confirmed agreement is then
//! enforced; and where the parties agree the period itself (CM), the ledger counts that.

use contracts::intake::v1::CloseDisputeRequest;
use contracts::intake::v1::Course;
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{
    ExtendPeriodRequest, GetMediationRequest, Instalment, MediationState, PeriodUnit,
    RecordPerformanceRequest,
};
use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use contracts::oversight::v1::{Deadline, DeadlineState, ExplainDeadlineRequest, ListDeadlinesRequest};
use contracts::transfer::v1::court_service_client::CourtServiceClient;
use contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use contracts::transfer::v1::{
    ApplyForConfirmationRequest, ConfirmationState, FilingKind, GetFilingRequest, RuleOnConfirmationRequest,
};
use supermarket::client::{Person, Thread};
use tests::{World, ask};

use super::{STUDIO, acknowledge, demand, move_to, register, seated, submit, until};

async fn waiting(person: &Person, case_id: &str, clock: &str) -> Vec<Deadline> {
    let message = ListDeadlinesRequest { case_id: case_id.to_owned() };
    let mut thread = Thread::default();
    let all = ask!(person, thread, OversightServiceClient::list_deadlines, message).unwrap().deadlines;
    all.into_iter().filter(|one| one.clock == clock && one.state() != DeadlineState::Met).collect()
}

fn days(found: &[Deadline]) -> Vec<String> {
    let day = |one: &Deadline| {
        let at = chrono::DateTime::from_timestamp(one.due_time.unwrap().seconds - 1, 0).unwrap();
        rulebook::calendar::civil_date(at).to_string()
    };
    let mut days: Vec<String> = found.iter().map(day).collect();
    days.sort();
    days
}

async fn state(person: &Person, case_id: &str) -> MediationState {
    let message = GetMediationRequest { case_id: case_id.to_owned() };
    let mut thread = Thread::default();
    ask!(person, thread, MediationServiceClient::get_mediation, message).unwrap().state()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmed_agreement_is_enforced_after_an_instalment_was_not_paid() {
    let world = World::open().await;
    let (clerk, court) = (world.person("clerk-1").await, world.person("court-2071").await);
    let mut table = seated(&world, &clerk, "instalments", "PM", "108.3").await;
    // The second day is a Saturday: it is the parties' own, and no rest day moves it.
    let part = |day: &str| Instalment { due_date: day.to_owned(), amount_fen: 1_000_000 };
    table.agree(&world, vec![part("2026-03-20"), part("2026-04-18")]).await;
    let id = table.case.id.clone();
    assert_eq!(days(&waiting(&clerk, &id, "schedule").await), ["2026-03-20", "2026-04-18"]);
    assert_eq!(waiting(&clerk, &id, "K40").await.len(), 1);

    let [claimant, respondent] = table.sides();
    let apply = ApplyForConfirmationRequest {
        case_id: id.clone(),
        applicant_party_ids: vec![claimant, respondent],
        court_org: "court-2071".to_owned(),
    };
    let thread = &mut table.case.thread;
    ask!(clerk, *thread, TransferServiceClient::apply_for_confirmation, apply).unwrap();
    world.settle().await;
    let ruling = RuleOnConfirmationRequest {
        case_id: id.clone(),
        valid: true,
        court_case_number: "（2026）粤2071诉前调确3号".to_owned(),
        reason: String::new(),
    };
    let ruled = ask!(court, *thread, CourtServiceClient::rule_on_confirmation, ruling).unwrap();
    assert_eq!(ruled.state(), ConfirmationState::Confirmed);
    world.settle().await;

    let paid = RecordPerformanceRequest {
        request_id: "p-1".to_owned(),
        case_id: id.clone(),
        fence: table.fence,
        amount_fen: 1_000_000,
        whole: false,
        perform_time: Some(world.now()),
        evidence: "转账凭证".to_owned(),
    };
    ask!(table.mediator, *thread, MediationServiceClient::record_performance, paid).unwrap();
    world.settle().await;
    assert_eq!(days(&waiting(&clerk, &id, "schedule").await), ["2026-04-18"], "the first is paid");
    move_to(&world, "2026-04-18T15:59:00Z");
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    let (clerk, court) = (world.person("clerk-1").await, world.person("court-2071").await);
    assert_eq!(state(&clerk, &id).await, MediationState::Performing, "not before its time");
    let explain = ExplainDeadlineRequest {
        case_id: id.clone(),
        deadline_id: waiting(&clerk, &id, "schedule").await.remove(0).deadline_id,
    };
    let told = ask!(clerk, *thread, OversightServiceClient::explain_deadline, explain).unwrap();
    assert!(told.lines[0].contains("约定") && told.lines_en[0].contains("10000.00"), "{:?}", told.lines_en);
    move_to(&world, "2026-04-18T16:00:00Z");
    until("in default", async || state(&clerk, &id).await == MediationState::Breached).await;
    world.settle().await;
    assert!(waiting(&clerk, &id, "schedule").await.is_empty());
    assert_eq!(waiting(&clerk, &id, "S09").await.len(), 1, "the parties choose");

    let mut case = table.case;
    demand(&world, &clerk, &mut case).await;
    let get = GetFilingRequest { case_id: id.clone() };
    let opened = ask!(clerk, case.thread, TransferServiceClient::get_filing, get).unwrap();
    assert_eq!(opened.kind(), FilingKind::Enforcement, "a confirmed agreement is enforced, not sued on");
    let sent = submit(&world, &clerk, &mut case, "court-2071").await;
    acknowledge(&world, &court, &mut case, &sent).await;
    register(&world, &court, &mut case, &sent, 31).await;
    let close = CloseDisputeRequest { case_id: id, ..Default::default() };
    let closed = ask!(clerk, case.thread, IntakeServiceClient::close_dispute, close).unwrap();
    assert_eq!(closed.course(), Course::Filed);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_period_that_the_parties_agreed_is_the_ledger_s() {
    let world = World::open_at("2026-05-06T01:00:00Z").await;
    let clerk = world.person("clerk-1").await;
    let mut table = seated(&world, &clerk, "agreed", "CM", "108.3").await;
    let id = table.case.id.clone();
    assert_eq!(
        waiting(&clerk, &id, "K11").await.len(),
        1,
        "the local default, until the parties agree otherwise"
    );
    let fixed = ExtendPeriodRequest {
        case_id: id.clone(),
        fence: table.fence,
        length: 20,
        unit: PeriodUnit::Days.into(),
        consents: table.consents(&world),
        approval_time: None,
    };
    let thread = &mut table.case.thread;
    let run = ask!(table.mediator, *thread, MediationServiceClient::extend_period, fixed).unwrap();
    let due = run.period.unwrap().due_date;
    world.settle().await;
    let found = waiting(&clerk, &id, "main").await;
    assert_eq!((days(&found), due.as_str()), (vec![due.clone()], "2026-05-26"));
    assert!(waiting(&clerk, &id, "K11").await.is_empty());
    move_to(&world, "2026-05-26T16:00:00Z");
    let head = world.head(STUDIO).await;
    until("ended by F05", async || state(&head, &id).await == MediationState::Failed).await;
    world.settle().await;
    world.close().await;
}
