//! The check that one case has one holder sees the bug it is there for, where that is planted: see `courier::planted`.
mod town;

use std::sync::Arc;

use courier::planted::{Bug, plant};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use town::{FAMILY, Town, mediator};

const CLAIMERS: usize = 50;
const ROUNDS: usize = 20;

/// How many of those who claim one case at once are told that it is theirs.
async fn holders() -> usize {
    let town = Arc::new(Town::open().await);
    town.enlist(FAMILY, (0..CLAIMERS).map(|n| format!("m-{n}"))).await;
    let case = town.pooled(FAMILY).await;
    let (start, mut claimers) = (Arc::new(Barrier::new(CLAIMERS)), JoinSet::new());
    for n in 0..CLAIMERS {
        let (town, start) = (town.clone(), start.clone());
        claimers.spawn(async move {
            let me = mediator(&format!("m-{n}"), FAMILY);
            start.wait().await;
            town.claim(case, &me).await.is_ok_and(|referral| referral.holder == me.account.as_str())
        });
    }
    claimers.join_all().await.into_iter().filter(|holds| *holds).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_by_read_then_write_is_caught() {
    assert_eq!(holders().await, 1);
    let _bug = plant(Bug::ClaimByReadThenWrite);
    // Whether two of them really meet is up to the machine; that none of so many ever do is not.
    for _ in 0..ROUNDS {
        if holders().await > 1 {
            return;
        }
    }
    panic!("in {ROUNDS} rounds of {CLAIMERS} nobody was told wrongly that the case is theirs");
}
