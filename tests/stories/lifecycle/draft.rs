//! A party at the counter wants the court before anything was submitted; one who never brings what is missing; and a draft that
//! nobody comes back for.

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{
    Channel, CloseDisputeRequest, DemandCourtRequest, Dispute, DisputeBody, DisputeState, GetDisputeRequest,
    GetStatusByCodeRequest, HowSaid, RequestCorrectionRequest, SaveDraftRequest,
};
use contracts::lexicon::v1::PartyRole;
use contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use contracts::transfer::v1::{FilingState, GetFilingRequest, PrepareFilingRequest, SubmitFilingRequest};
use supermarket::client::{Person, Thread, reason};
use tests::{Case, World, ask, file, filing, party};

use super::{acknowledge, demand, move_to, register, until};

async fn save(clerk: &Person, thread: &mut Thread, n: u32, known: &Dispute, body: DisputeBody) -> Dispute {
    let mut etag = 0;
    if !known.case_id.is_empty() {
        // What transfer tells of the filing raises the version too.
        let get = GetDisputeRequest { case_id: known.case_id.clone() };
        etag = ask!(clerk, *thread, IntakeServiceClient::get_dispute, get).unwrap().version;
    }
    let message = SaveDraftRequest {
        request_id: format!("draft-{n}"),
        case_id: known.case_id.clone(),
        etag,
        channel: Channel::Window.into(),
        body: Some(body),
        ..SaveDraftRequest::default()
    };
    ask!(clerk, *thread, IntakeServiceClient::save_draft, message).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_goes_to_the_court_on_one_party_s_word() {
    let world = World::open().await;
    let (clerk, court) = (world.person("clerk-1").await, world.person("court-2071").await);
    let whole = filing("counter").body.unwrap();
    let mut thread = Thread::default();
    let claimant = whole.parties.iter().find(|one| one.role() == PartyRole::Claimant).unwrap().clone();
    let typed = DisputeBody { parties: vec![claimant], ..DisputeBody::default() };
    let draft = save(&clerk, &mut thread, 1, &Dispute::default(), typed).await;
    let message = DemandCourtRequest {
        case_id: draft.case_id.clone(),
        party_id: party(&draft, PartyRole::Claimant),
        how_said: HowSaid::AtWindow.into(),
    };
    let said = ask!(clerk, thread, IntakeServiceClient::demand_court, message).unwrap();
    assert_eq!((said.state(), said.court_demanded), (DisputeState::Draft, true));
    world.settle().await;
    let prepare =
        PrepareFilingRequest { case_id: draft.case_id.clone(), court_org: "court-2071".to_owned(), kind: 0 };
    let refused = ask!(clerk, thread, TransferServiceClient::prepare_filing, prepare.clone()).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("COMPLAINT_INCOMPLETE"), "who is sued, and why?");

    let mut parties = whole.parties.clone();
    let known = parties.iter_mut().find(|one| one.role() == PartyRole::Claimant).unwrap();
    known.party_id.clone_from(&said.parties[0].party_id);
    let saved = save(&clerk, &mut thread, 2, &said, DisputeBody { parties, ..whole.clone() }).await;
    world.settle().await;
    let packed = ask!(clerk, thread, TransferServiceClient::prepare_filing, prepare.clone()).unwrap();
    assert_eq!(packed.state(), FilingState::TransferReady);
    // The draft says otherwise now: what was packed of it is gone.
    let body =
        DisputeBody {
            claims: "返还借款二万元及利息。".to_owned(), parties: saved.parties.clone(), ..whole
        };
    save(&clerk, &mut thread, 3, &saved, body).await;
    world.settle().await;
    let submit =
        SubmitFilingRequest { case_id: draft.case_id.clone(), package_sha256: packed.package_sha256.clone() };
    let refused = ask!(clerk, thread, TransferServiceClient::submit_filing, submit).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("NOT_PACKED"));
    let packed = ask!(clerk, thread, TransferServiceClient::prepare_filing, prepare).unwrap();
    let submit =
        SubmitFilingRequest { case_id: draft.case_id.clone(), package_sha256: packed.package_sha256 };
    let sent = ask!(clerk, thread, TransferServiceClient::submit_filing, submit).unwrap();
    world.settle().await;
    let mut case = Case { id: draft.case_id.clone(), dispute: saved, thread };
    acknowledge(&world, &court, &mut case, &sent).await;
    register(&world, &court, &mut case, &sent, 41).await;
    let close = CloseDisputeRequest { case_id: case.id.clone(), ..Default::default() };
    let closed = ask!(clerk, case.thread, IntakeServiceClient::close_dispute, close).unwrap();
    assert_eq!(closed.state(), DisputeState::Closed);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_corrected_in_time_is_refused_and_the_court_stays_open() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut case = file(&clerk, "missing").await;
    let message =
        RequestCorrectionRequest { case_id: case.id.clone(), missing_items: vec!["借条".to_owned()] };
    let asked = ask!(clerk, case.thread, IntakeServiceClient::request_correction, message).unwrap();
    let due = asked.correction_due_time.unwrap().seconds;
    assert_eq!(due, "2026-03-09T16:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp());
    world.settle().await;
    move_to(&world, "2026-03-09T15:59:00Z");
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    let clerk = world.person("clerk-1").await;
    let get = GetDisputeRequest { case_id: case.id.clone() };
    let state = async |thread: &mut Thread| {
        ask!(clerk, *thread, IntakeServiceClient::get_dispute, get.clone()).unwrap()
    };
    assert_eq!(state(&mut case.thread).await.state(), DisputeState::Correction, "not before its time");
    move_to(&world, "2026-03-09T16:00:00Z");
    let mut refused = Dispute::default();
    until("refused", async || {
        refused = state(&mut case.thread).await;
        refused.state() == DisputeState::Refused
    })
    .await;
    assert_eq!(refused.refuse_ground, "R14");
    let status = GetStatusByCodeRequest { code: refused.receipt.unwrap().code };
    let told = ask!(clerk, case.thread, IntakeServiceClient::get_status_by_code, status).unwrap();
    assert!(told.next_step.contains("期限内未补正") && !told.court_notice.is_empty(), "{}", told.next_step);
    world.settle().await;

    demand(&world, &clerk, &mut case).await;
    let message = GetFilingRequest { case_id: case.id.clone() };
    let opened = ask!(clerk, case.thread, TransferServiceClient::get_filing, message).unwrap();
    assert_eq!(opened.state(), FilingState::TransferReady);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_nobody_files_is_emptied_in_its_time() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut thread = Thread::default();
    let body = filing("forgotten").body.unwrap();
    let first = save(&clerk, &mut thread, 1, &Dispute::default(), body.clone()).await;
    let kept = save(&clerk, &mut thread, 2, &Dispute::default(), filing("kept").body.unwrap()).await;
    world.settle().await;
    // Ten days later somebody types on: the thirty days begin anew.
    move_to(&world, "2026-03-12T02:00:00Z");
    let clerk = world.person("clerk-1").await;
    save(&clerk, &mut thread, 3, &kept, filing("kept").body.unwrap()).await;
    world.settle().await;
    let state = async |clerk: &Person, thread: &mut Thread, draft: &Dispute| {
        let get = GetDisputeRequest { case_id: draft.case_id.clone() };
        ask!(clerk, *thread, IntakeServiceClient::get_dispute, get).unwrap()
    };
    move_to(&world, "2026-04-01T15:59:00Z");
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    let clerk = world.person("clerk-1").await;
    assert_eq!(state(&clerk, &mut thread, &first).await.state(), DisputeState::Draft, "not before its time");
    move_to(&world, "2026-04-01T16:00:00Z");
    let mut gone = Dispute::default();
    until("emptied", async || {
        gone = state(&clerk, &mut thread, &first).await;
        gone.state() == DisputeState::Removed
    })
    .await;
    assert!(gone.text.is_empty() && gone.parties.is_empty(), "what was typed is gone");
    assert_eq!(state(&clerk, &mut thread, &kept).await.state(), DisputeState::Draft);
    world.settle().await;
    // It is nobody's any more: nothing of it waits, and it cannot be taken up again.
    let late = SaveDraftRequest {
        request_id: "late".to_owned(),
        case_id: first.case_id.clone(),
        etag: gone.version,
        channel: Channel::Window.into(),
        body: Some(body),
        ..SaveDraftRequest::default()
    };
    let refused = ask!(clerk, thread, IntakeServiceClient::save_draft, late).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("DISPUTE_ENDED"));
    world.close().await;
}
