//! The check of a holder's fence sees the bug it is there for, where that is planted: see `courier::planted`.
#![expect(clippy::unwrap_used, reason = "a test may fail")]
#![expect(clippy::unnecessary_wraps, reason = "optional in the messages they go into")]
#[expect(dead_code, reason = "other tests use the rest")]
#[path = "table/house.rs"]
mod house;

use courier::planted::{Bug, plant};

use crate::house::{House, mediator, reason};

/// What becomes of a session that is recorded under a claim that has ended, when its holder has claimed the case again: the
/// refusal's reason, and how many sessions are kept. Somebody else than the holder is stopped by access already.
async fn late_write() -> (Option<String>, i64) {
    let house = House::build().await;
    let (case, me) = (house.at_the_table().await, mediator("mediator-1"));
    house.released(case, "mediator-1", 2).await;
    house.claimed(case, "mediator-1", 3).await;
    house.confirmed(case, "mediator-1", 3, &[]).await;
    let answer = house.session(&me, case, 1, "late", "said under the claim before").await;
    (answer.err().map(|status| reason(&status)), house.number("SELECT count(*) FROM session").await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unchecked_fence_is_caught() {
    assert_eq!(late_write().await, (Some("FENCE_PASSED".to_owned()), 0));
    let _bug = plant(Bug::FenceUnchecked);
    assert_eq!(late_write().await, (None, 1));
}
