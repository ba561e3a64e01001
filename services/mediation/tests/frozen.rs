//! A holder is frozen in the middle of their work; when they wake, the claim is another's, and what they had in mind is refused:
//! in each of a hundred runs, at whatever moment of the change they wake (P3).
#![expect(clippy::unwrap_used, reason = "a test may fail")]
#![expect(clippy::unnecessary_wraps, reason = "optional in the messages they go into")]
#[expect(dead_code, reason = "other tests use the rest")]
#[path = "table/house.rs"]
mod house;

use std::sync::Arc;

use tokio::task::JoinSet;

use crate::house::{House, mediator, reason};

const RUNS: u64 = 100;
/// Cases at the table at the same time: each waits for its own news.
const AT_ONCE: u64 = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_holders_late_write_is_refused_in_every_run() {
    let house = Arc::new(House::build().await);
    for first in (0..RUNS).step_by(AT_ONCE as usize) {
        let mut together = JoinSet::new();
        for run in first..first + AT_ONCE {
            together.spawn(wakes_too_late(house.clone(), run));
        }
        let refused = together.join_all().await;
        assert_eq!(refused.len() as u64, AT_ONCE);
        for (run, told) in refused {
            assert!(["FENCE_PASSED", "NOT_FOUND"].contains(&told.as_str()), "run {run}: {told}");
        }
    }
    assert_eq!(house.number("SELECT count(*) FROM session").await, 0, "nothing of it was kept");
}

/// Frozen under fence 1. The claim ends; by the time they wake another has it, or they themselves have it again.
async fn wakes_too_late(house: Arc<House>, run: u64) -> (u64, String) {
    let case = house.at_the_table().await;
    let follows = if run.is_multiple_of(2) { "mediator-2" } else { "mediator-1" };
    house.released(case, "mediator-1", 2).await;
    if run % 4 > 1 {
        house.claimed(case, follows, 3).await;
    }
    if run % 8 > 3 {
        house.claimed(case, follows, 3).await;
        house.confirmed(case, follows, 3, &[]).await;
    }
    let late = house.session(&mediator("mediator-1"), case, 1, &format!("late-{run}"), "said too late").await;
    (run, reason(&late.unwrap_err()))
}
