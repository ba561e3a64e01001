//! Who answers for a case (首问负责): the first receiver is kept for good, and responsibility moves only when another unit has
//! accepted it: up and down the levels, after a consultation, and with the help of partner units and the police.

mod assistance;
mod consultation;
mod hand_over;
mod police;
mod stations;
mod table;

use chrono::NaiveDate;
use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use contracts::oversight::v1::{Deadline, DeadlineState, ListDeadlinesRequest};
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{GetReferralRequest, JointActKind, ListJointActsRequest, Referral};
use supermarket::client::{Person, Thread};
use tests::{Case, World, ask};

/// What runs for whom, once all news has settled.
async fn running(world: &World, person: &Person, case: &mut Case) -> Vec<Deadline> {
    world.settle().await;
    let message = ListDeadlinesRequest { case_id: case.id.clone() };
    let all = ask!(person, case.thread, OversightServiceClient::list_deadlines, message).unwrap();
    all.deadlines.into_iter().filter(|one| one.state() == DeadlineState::Running).collect()
}

/// The holder of a clock that runs, and when it ends.
fn clock<'a>(running: &'a [Deadline], noun: &str, clock: &str) -> &'a Deadline {
    let found = running.iter().find(|one| one.noun == noun && one.clock == clock);
    found.unwrap_or_else(|| panic!("{noun} {clock} does not run: {running:?}"))
}

async fn referral(person: &Person, case: &Case) -> Result<Referral, tonic::Status> {
    let mut thread = Thread::default();
    ask!(person, thread, RoutingServiceClient::get_referral, GetReferralRequest { case_id: case.id.clone() })
}

/// What the caller may read of the trace.
async fn trace(person: &Person, case: &Case) -> Vec<(JointActKind, String)> {
    let mut thread = Thread::default();
    let message = ListJointActsRequest { case_id: case.id.clone() };
    let acts = ask!(person, thread, RoutingServiceClient::list_joint_acts, message).unwrap().acts;
    acts.into_iter().map(|act| (act.kind(), act.text)).collect()
}

/// Looks again until something is so, for as long as a tick and its news may take.
async fn until(what: &str, mut look: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        if look().await {
            return;
        }
    }
    panic!("not within a minute: {what}");
}

/// So many days after the beginning of a story.
fn day(after: i64) -> String {
    let begin: NaiveDate = tests::BEGIN[..10].parse().unwrap();
    (begin + chrono::TimeDelta::days(after)).to_string()
}
