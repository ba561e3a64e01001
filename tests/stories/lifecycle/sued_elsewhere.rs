//! A suit about the same matter, in another case of ours (T43): it is found by the same people and the same cause, and ends a
//! traffic or medical mediation, and no other.

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{Course, GetDisputeRequest};
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{GetMediationRequest, Mediation, MediationState};
use contracts::oversight::v1::GetDocketRequest;
use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use supermarket::client::{Person, Thread};
use tests::{Case, World, ask, filing};

use super::{Seated, acknowledge, demand, register, seat, submit, take};

/// A case of the people of another.
async fn of_the_same(clerk: &Person, name: &str, people: &str) -> Case {
    let mut thread = Thread::default();
    let mut asked = filing(people);
    asked.request_id = format!("test-{name}");
    name.clone_into(&mut asked.external_id);
    let dispute = ask!(clerk, thread, IntakeServiceClient::file_dispute, asked).unwrap();
    Case { id: dispute.case_id.clone(), dispute, thread }
}

async fn course(clerk: &Person, case: &mut Case) -> Course {
    let get = GetDisputeRequest { case_id: case.id.clone() };
    ask!(clerk, case.thread, IntakeServiceClient::get_dispute, get).unwrap().course()
}

async fn read(table: &mut Seated) -> Mediation {
    let get = GetMediationRequest { case_id: table.case.id.clone() };
    let thread = &mut table.case.thread;
    ask!(table.mediator, *thread, MediationServiceClient::get_mediation, get).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suit_in_one_case_ends_the_traffic_mediation_of_another() {
    let world = World::open().await;
    let (clerk, court) = (world.person("clerk-1").await, world.person("court-2071").await);
    let mut tables = vec![];
    // The same people at four tables; only the first of them is about this matter and on a track that ends by a suit.
    for (name, people, track, cause) in [
        ("traffic", "crash", "TR", "108.3"),
        ("committee", "crash", "PM", "108.3"),
        ("another-cause", "crash", "TR", "413"),
        ("other-people", "others", "TR", "108.3"),
    ] {
        let case = of_the_same(&clerk, name, people).await;
        let case = take(&world, &clerk, case, track, cause).await;
        tables.push(seat(&world, &clerk, case).await);
    }
    // One that is accepted, and that no mediator has yet when the suit is there.
    let waiting = of_the_same(&clerk, "waiting", "crash").await;
    let mut waiting = take(&world, &clerk, waiting, "ME", "108.3").await;
    let suit = of_the_same(&clerk, "suit", "crash").await;
    let mut suit = take(&world, &clerk, suit, "PM", "108.3").await;
    demand(&world, &clerk, &mut suit).await;
    let sent = submit(&world, &clerk, &mut suit, "court-2071").await;
    acknowledge(&world, &court, &mut suit, &sent).await;
    world.settle().await;
    assert_eq!(read(&mut tables[0]).await.state(), MediationState::InMediation, "no court has filed it yet");
    register(&world, &court, &mut suit, &sent, 31).await;

    let ended = read(&mut tables[0]).await;
    assert_eq!((ended.state(), ended.fail_ground.as_str()), (MediationState::Failed, "F12"));
    for table in &mut tables[1..] {
        let run = read(table).await;
        assert_eq!(run.state(), MediationState::InMediation, "{}", run.track);
    }
    let docket = GetDocketRequest { case_id: tables[0].case.id.clone() };
    let docket = ask!(clerk, tables[0].case.thread, OversightServiceClient::get_docket, docket).unwrap();
    let kinds = docket.entries.iter().filter(|entry| entry.kind.ends_with("SuitFound")).count();
    assert_eq!(kinds, 1, "told once");

    assert_eq!(
        course(&clerk, &mut waiting).await,
        Course::Failed,
        "nobody is to take it to a table any more"
    );
    // And one that is taken in while the suit is known.
    let late = of_the_same(&clerk, "late", "crash").await;
    let mut late = take(&world, &clerk, late, "TR", "108.3").await;
    world.settle().await;
    assert_eq!(course(&clerk, &mut late).await, Course::Failed);
    world.close().await;
}

/// A judge's suit is one as well, as soon as the window says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_suit_that_a_judge_mediates_ends_it_too() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let case = of_the_same(&clerk, "medical", "patient").await;
    let case = take(&world, &clerk, case, "ME", "108.3").await;
    let mut table = seat(&world, &clerk, case).await;
    let suit = of_the_same(&clerk, "suit", "patient").await;
    take(&world, &clerk, suit, "JM", "108.3").await;
    world.settle().await;
    let run = read(&mut table).await;
    assert_eq!((run.state(), run.fail_ground.as_str()), (MediationState::Failed, "F12"));
    world.close().await;
}
