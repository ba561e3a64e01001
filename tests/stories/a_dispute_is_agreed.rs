//! From the window to a signed agreement, with the receipt, the docket and a running deadline at every step.

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{
    CloseDisputeRequest, Course, DisputeState, FileDisputeRequest, GetDisputeRequest, GetStatusByCodeRequest,
    SaveDraftRequest,
};
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{
    DraftAgreementRequest, GetMediationRequest, MediationState, RecordSessionRequest, SessionMode,
    SignAgreementRequest, Signatory,
};
use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use contracts::oversight::v1::{DeadlineState, GetDocketRequest, ListDeadlinesRequest, ListOverdueRequest};
use supermarket::client::{Person, Thread, reason};
use tests::{Case, World, ask, filing, hold, pool};

/// The clocks that run for a case, by noun.
async fn running(supervisor: &Person, case: &mut Case) -> Vec<String> {
    let message = ListDeadlinesRequest { case_id: case.id.clone() };
    let all =
        ask!(supervisor, case.thread, OversightServiceClient::list_deadlines, message).unwrap().deadlines;
    let mut running: Vec<String> = all
        .iter()
        .filter(|deadline| deadline.state() == DeadlineState::Running)
        .map(|deadline| format!("{} {} {}", deadline.noun, deadline.clock, deadline.holder))
        .collect();
    running.sort();
    running
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_window_to_a_signed_agreement() {
    let world = World::open().await;
    let (clerk, supervisor) = (world.person("clerk-1").await, world.person("supervisor-1").await);
    let mut case = pool(&world, &clerk, "agreed", "studio-court").await;
    assert!(case.dispute.case_number.contains("2026"), "{}", case.dispute.case_number);
    world.settle().await;
    assert_eq!(
        running(&supervisor, &mut case).await,
        ["dispute S11 hall-442000", "referral S05 studio-court"]
    );

    let mediator = world.mediators("studio-court").await.remove(0);
    let name = mediator.account.account.clone();
    let held = hold(&mediator, &mut case).await;
    world.settle().await;
    let now = running(&supervisor, &mut case).await;
    assert_eq!(
        now,
        [
            "dispute S11 hall-442000".to_owned(),
            format!("mediation K10 {name}"),
            format!("referral S10 {name}")
        ]
    );

    let message = GetMediationRequest { case_id: case.id.clone() };
    let run = ask!(mediator, case.thread, MediationServiceClient::get_mediation, message).unwrap();
    assert_eq!(run.state(), MediationState::InMediation, "both consented at the window");
    let session = RecordSessionRequest {
        request_id: "s1".to_owned(),
        case_id: case.id.clone(),
        fence: held.fence,
        start_time: Some(world.now()),
        mode: SessionMode::Onsite.into(),
        present_party_ids: run.consents.iter().map(|c| c.party_id.clone()).collect(),
        text: "双方陈述。".to_owned(),
        rights_told: true,
        identities_checked: true,
        sham_warned: true,
        address_confirmed_party_ids: vec![],
    };
    let once = ask!(mediator, case.thread, MediationServiceClient::record_session, session.clone()).unwrap();
    let twice = ask!(mediator, case.thread, MediationServiceClient::record_session, session.clone()).unwrap();
    assert_eq!((once.sessions.len(), twice.sessions.len()), (1, 1), "a repeated request is one session");
    let other = RecordSessionRequest { text: "别的话。".to_owned(), ..session };
    let refused = ask!(mediator, case.thread, MediationServiceClient::record_session, other).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("IDEMPOTENCY_KEY_REUSED"));

    let draft = DraftAgreementRequest {
        case_id: case.id.clone(),
        fence: held.fence,
        terms: "三十日内返还二万元。".to_owned(),
        partial: false,
        amount_fen: 2_000_000,
        schedule: vec![],
    };
    let mut run = ask!(mediator, case.thread, MediationServiceClient::draft_agreement, draft).unwrap();
    let parties = run.consents.iter().map(|c| (Signatory::Party, c.party_id.clone())).collect::<Vec<_>>();
    for (signatory, party_id) in
        parties.into_iter().chain([(Signatory::Mediator, String::new()), (Signatory::Seal, String::new())])
    {
        assert_eq!(run.state(), MediationState::AgreedUnsigned, "not before the last signature");
        let message = SignAgreementRequest {
            case_id: case.id.clone(),
            fence: held.fence,
            signatory: signatory.into(),
            party_id,
            sign_time: Some(world.now()),
        };
        run = ask!(mediator, case.thread, MediationServiceClient::sign_agreement, message).unwrap();
    }
    assert_eq!(run.state(), MediationState::Agreed);
    assert!(run.agreement.unwrap().effective_time.is_some());

    world.settle().await;
    let message = CloseDisputeRequest { case_id: case.id.clone(), ..Default::default() };
    let early = ask!(clerk, case.thread, IntakeServiceClient::close_dispute, message.clone()).unwrap_err();
    assert_eq!(reason(&early).as_deref(), Some("STILL_OPEN"), "nobody has said that it was done");
    let satisfied_party_ids = case.dispute.parties.iter().map(|p| p.party_id.clone()).collect();
    let message = CloseDisputeRequest { satisfied_party_ids, ..message };
    let closed = ask!(clerk, case.thread, IntakeServiceClient::close_dispute, message).unwrap();
    assert_eq!((closed.state(), closed.course()), (DisputeState::Closed, Course::Agreed));
    world.settle().await;
    let waits = running(&supervisor, &mut case).await;
    assert!(
        waits.len() == 1 && waits[0].starts_with("dispute S17 "),
        "nothing is waited for but the file: {waits:?}"
    );

    let message = GetDocketRequest { case_id: case.id.clone() };
    let docket = ask!(supervisor, case.thread, OversightServiceClient::get_docket, message).unwrap();
    let numbers: Vec<u64> = docket.entries.iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "a docket has no gaps");
    for said in
        ["DisputeFiled", "DisputeAccepted", "CasePooled", "CaseClaimed", "AgreementSigned", "DisputeClosed"]
    {
        assert_eq!(docket.entries.iter().filter(|e| e.kind.ends_with(said)).count(), 1, "{said}");
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_answers_anybody_who_holds_its_code() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut thread = Thread::default();
    let draft = SaveDraftRequest {
        request_id: "draft".to_owned(),
        channel: filing("x").channel,
        body: None,
        ..SaveDraftRequest::default()
    };
    let draft = ask!(clerk, thread, IntakeServiceClient::save_draft, draft).unwrap();
    assert_eq!(draft.state(), DisputeState::Draft);
    assert!(draft.receipt.is_none(), "a draft has no receipt");
    let ask = FileDisputeRequest { case_id: draft.case_id.clone(), etag: draft.version, ..filing("receipt") };
    let filed = ask!(clerk, thread, IntakeServiceClient::file_dispute, ask.clone()).unwrap();
    assert_eq!(filed.case_id, draft.case_id, "a draft becomes the dispute");
    let again = ask!(clerk, thread, IntakeServiceClient::file_dispute, ask.clone()).unwrap();
    assert_eq!((again.case_id, again.submit_time), (filed.case_id.clone(), filed.submit_time));

    let receipt = filed.receipt.unwrap();
    assert!(receipt.printable.contains(&receipt.code), "{}", receipt.printable);
    let mut anyone = IntakeServiceClient::new(supermarket::client::channel(&world.address).unwrap());
    let code = receipt.code.to_lowercase().replace('-', " ");
    let status = anyone.get_status_by_code(GetStatusByCodeRequest { code }).await.unwrap().into_inner();
    assert_eq!(status.state(), DisputeState::Submitted);
    assert_eq!(status.receipt.unwrap().printable, receipt.printable);
    assert!(status.court_notice.contains("法院"));
    let wrong = GetStatusByCodeRequest { code: "0000-0000-0000-0000".to_owned() };
    assert_eq!(anyone.get_status_by_code(wrong).await.unwrap_err().code(), tonic::Code::NotFound);

    let message = FileDisputeRequest {
        validate_only: true,
        request_id: "v".into(),
        external_id: "v".into(),
        ..filing("v")
    };
    let seen = ask!(clerk, thread, IntakeServiceClient::file_dispute, message).unwrap();
    assert!(seen.case_id.is_empty(), "validate_only stores nothing and names no case");
    let message = GetDisputeRequest { case_id: filed.case_id };
    let read = ask!(clerk, thread, IntakeServiceClient::get_dispute, message).unwrap();
    assert_eq!(read.parties.len(), 2);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_does_becomes_overdue_once_and_says_so() {
    let world = World::open().await;
    let (clerk, supervisor) = (world.person("clerk-1").await, world.person("supervisor-1").await);
    let mut case = tests::file(&clerk, "overdue").await;
    world.settle().await;
    // S02: three working days from Monday 2 March end with Thursday 5 March.
    world.clock.advance(chrono::TimeDelta::hours(24 * 3 + 14));
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    let overdue =
        ask!(supervisor, case.thread, OversightServiceClient::list_overdue, ListOverdueRequest::default());
    assert!(overdue.unwrap().deadlines.is_empty(), "not before the last day is over");
    world.clock.advance(chrono::TimeDelta::hours(2));
    let mut announced = 0;
    for _ in 0..200 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let message = GetDocketRequest { case_id: case.id.clone() };
        let docket = ask!(supervisor, case.thread, OversightServiceClient::get_docket, message).unwrap();
        announced = docket.entries.iter().filter(|e| e.kind.ends_with("DeadlineReached")).count();
        if announced > 0 {
            break;
        }
    }
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    let message = GetDocketRequest { case_id: case.id.clone() };
    let docket = ask!(supervisor, case.thread, OversightServiceClient::get_docket, message).unwrap();
    let after = docket.entries.iter().filter(|e| e.kind.ends_with("DeadlineReached")).count();
    assert_eq!((announced, after), (1, 1), "announced once");
    let overdue =
        ask!(supervisor, case.thread, OversightServiceClient::list_overdue, ListOverdueRequest::default());
    let overdue = overdue.unwrap().deadlines;
    assert_eq!(overdue.len(), 1);
    assert_eq!((overdue[0].clock.as_str(), overdue[0].holder.as_str()), ("S02", "hall-442000"));
    world.close().await;
}
