//! What can go wrong at the window, at the table and around it: what a screen sees, a mediator who must step aside, a sham, danger,
//! and what must be reported.

mod emergency;
mod recusal;
mod screening;
mod sham;

use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use contracts::oversight::v1::{Deadline, DeadlineState, ListDeadlinesRequest};
use supermarket::client::Person;
use tests::{Case, World, ask};

/// The deadlines of a case that run.
async fn running(world: &World, person: &Person, case: &mut Case) -> Vec<Deadline> {
    world.settle().await;
    let message = ListDeadlinesRequest { case_id: case.id.clone() };
    let all = ask!(person, case.thread, OversightServiceClient::list_deadlines, message).unwrap();
    all.deadlines.into_iter().filter(|one| one.state() == DeadlineState::Running).collect()
}

/// What runs for whom.
fn told(deadlines: &[Deadline]) -> Vec<String> {
    let mut told: Vec<String> =
        deadlines.iter().map(|one| format!("{} {} {}", one.noun, one.clock, one.holder)).collect();
    told.sort();
    told
}
