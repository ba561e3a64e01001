//! A closed case's file is put away (T42), its clock is watched, and no file shuts the court.

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{ArchiveDisputeRequest, CloseDisputeRequest, DisputeState, GetDisputeRequest};
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{RecordSessionRequest, SessionMode};
use contracts::oversight::v1::ListOverdueRequest;
use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use supermarket::client::{Person, reason};
use tests::{Case, World, ask};

use super::{Seated, demand, move_to, seated, until};

async fn close(world: &World, clerk: &Person, case: &mut Case) {
    let satisfied_party_ids = case.dispute.parties.iter().map(|p| p.party_id.clone()).collect();
    let message = CloseDisputeRequest { case_id: case.id.clone(), satisfied_party_ids };
    let closed = ask!(clerk, case.thread, IntakeServiceClient::close_dispute, message).unwrap();
    assert_eq!(closed.state(), DisputeState::Closed);
    world.settle().await;
}

async fn state(clerk: &Person, case: &mut Case) -> DisputeState {
    let read = GetDisputeRequest { case_id: case.id.clone() };
    ask!(clerk, case.thread, IntakeServiceClient::get_dispute, read).unwrap().state()
}

async fn agreed(world: &World, clerk: &Person, name: &str, recorded: bool) -> Seated {
    let mut table = seated(world, clerk, name, "PM", "108.3").await;
    if recorded {
        let session = RecordSessionRequest {
            request_id: format!("{name}-1"),
            case_id: table.case.id.clone(),
            fence: table.fence,
            start_time: Some(world.now()),
            mode: SessionMode::Onsite.into(),
            present_party_ids: table.case.dispute.parties.iter().map(|p| p.party_id.clone()).collect(),
            text: "双方陈述。".to_owned(),
            rights_told: true,
            identities_checked: true,
            sham_warned: true,
            address_confirmed_party_ids: vec![],
        };
        ask!(table.mediator, table.case.thread, MediationServiceClient::record_session, session).unwrap();
    }
    table.agree(world, vec![]).await;
    close(world, clerk, &mut table.case).await;
    table
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_file_is_put_away_by_itself_and_what_is_missing_is_asked_for() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut whole = agreed(&world, &clerk, "whole", true).await.case;
    let mut lacking = agreed(&world, &clerk, "lacking", false).await.case;
    let overdue = async |case: &mut Case| {
        let list = ListOverdueRequest::default();
        let all = ask!(clerk, case.thread, OversightServiceClient::list_overdue, list).unwrap().deadlines;
        let mine = all.iter().filter(|one| one.case_id == case.id && one.clock == "S17");
        mine.map(|one| one.holder.clone()).collect::<Vec<_>>()
    };
    assert_eq!(state(&clerk, &mut whole).await, DisputeState::Closed, "thirty days are left for it");
    assert!(overdue(&mut lacking).await.is_empty());
    move_to(&world, "2026-05-06T01:00:00Z");
    world.settle().await;
    until("the whole file is put away", async || state(&clerk, &mut whole).await == DisputeState::Archived)
        .await;
    until("the other one is overdue", async || !overdue(&mut lacking).await.is_empty()).await;
    world.settle().await;
    assert_eq!(overdue(&mut whole).await, Vec::<String>::new());

    // The other one is told of, and says what it lacks.
    assert_eq!(overdue(&mut lacking).await, ["hall-442000"]);
    let read = GetDisputeRequest { case_id: lacking.id.clone() };
    let dispute = ask!(clerk, lacking.thread, IntakeServiceClient::get_dispute, read).unwrap();
    let missing: Vec<_> = dispute.missing_documents.iter().map(|one| one.document.as_str()).collect();
    assert_eq!((dispute.state(), missing), (DisputeState::Closed, vec!["mediation-record"]));
    let archive = |note: &str| ArchiveDisputeRequest { case_id: lacking.id.clone(), note: note.to_owned() };
    let (bare, noted) = (archive(""), archive("调解员手写笔录，已附纸质卷。"));
    let refused = ask!(clerk, lacking.thread, IntakeServiceClient::archive_dispute, bare).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("FILE_INCOMPLETE"));
    let put_away = ask!(clerk, lacking.thread, IntakeServiceClient::archive_dispute, noted).unwrap();
    assert_eq!(put_away.state(), DisputeState::Archived);
    assert_eq!(put_away.archive_note, "调解员手写笔录，已附纸质卷。");
    world.settle().await;
    assert!(overdue(&mut lacking).await.is_empty());

    // It was not done after all: the court is as open as it was.
    demand(&world, &clerk, &mut whole).await;
    assert_eq!(state(&clerk, &mut whole).await, DisputeState::Accepted);
    let early = ArchiveDisputeRequest { case_id: whole.id.clone(), note: String::new() };
    let refused = ask!(clerk, whole.thread, IntakeServiceClient::archive_dispute, early).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("NOT_CLOSED"));
    world.close().await;
}
