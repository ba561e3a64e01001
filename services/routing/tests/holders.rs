//! A thousand mediators on a hundred cases; leases over weekends and holidays; fences over restarts; watches over broken lines.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod town;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use contracts::lexicon::v1::Fence;
use contracts::oversight::v1::DeadlineReached;
use contracts::routing::v1::{PoolChange, PoolChangeKind, ReferralState, WatchPoolRequest};
use courier::Clock;
use migrations::rehearsal::Memory;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tonic::Code;
use town::{FAMILY, Town, as_caller, clerk, declared, mediator, reason, why};
use uuid::Uuid;

const MEDIATORS: usize = 1000;
const CASES: usize = 100;
/// Cases that each mediator goes for: a tenth of all, and with `CLAIMS_OPERATIONS` in the environment all of them.
const WANTED: usize = 10;

#[expect(clippy::disallowed_methods, reason = "how tests/full says that all of it is played")]
fn wanted() -> usize {
    if std::env::var("CLAIMS_OPERATIONS").is_ok() { CASES } else { WANTED }
}

fn shanghai(at: &str) -> DateTime<Utc> {
    format!("{at}+08:00").parse().unwrap()
}

async fn opened_at(at: &str) -> Town {
    Town::over(Arc::new(Memory::fresh().await), Clock::manual(shanghai(at))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_mediators_on_a_hundred_cases_one_holds_each_and_the_others_know_whom() {
    let town = Arc::new(Town::open().await);
    town.enlist(FAMILY, (0..MEDIATORS).map(|n| format!("m-{n}"))).await;
    let mut cases = vec![];
    for _ in 0..CASES {
        cases.push(town.pooled(FAMILY).await);
    }
    let (cases, gate) = (Arc::new(cases), Arc::new(Semaphore::new(64)));
    let mut claims = JoinSet::new();
    for n in 0..MEDIATORS {
        let (town, cases, gate) = (town.clone(), cases.clone(), gate.clone());
        claims.spawn(async move {
            let me = mediator(&format!("m-{n}"), FAMILY);
            let (mut won, mut told) = (vec![], vec![]);
            for k in 0..wanted() {
                // Ten neighbours go for the same cases in the same moment.
                let case = cases[(n / 10 + k) % CASES];
                let _turn = gate.acquire().await.unwrap();
                match town.claim(case, &me).await {
                    Ok(referral) => {
                        assert_eq!(referral.holder, me.account.as_str());
                        won.push((case, referral.holder, referral.fence.unwrap().n));
                    }
                    Err(status) => {
                        let (code, reason, facts) = why::<()>(Err(status));
                        assert_eq!((code, reason.as_str()), (Code::FailedPrecondition, "ALREADY_CLAIMED"));
                        told.push((case, facts["holder"].clone(), facts["since"].clone()));
                    }
                }
            }
            (won, told)
        });
    }
    let (mut holders, mut losers) = (HashMap::new(), vec![]);
    for (won, told) in claims.join_all().await {
        for (case, who, n) in won {
            assert_eq!(n, 1, "the first fence of the case");
            assert_eq!(holders.insert(case, who), None, "two hold one case");
        }
        losers.extend(told);
    }
    assert_eq!((holders.len(), holders.len() + losers.len()), (CASES, MEDIATORS * wanted()));
    for (case, holder, since) in losers {
        assert_eq!(holders[&case], holder);
        assert!(DateTime::parse_from_rfc3339(&since).is_ok());
    }
}

/// The news of the deadline is oversight's; until when the lease holds is judged here, by the same calendar.
#[tokio::test]
async fn a_lease_does_not_end_over_a_weekend_or_a_holiday_and_ends_over_working_days() {
    // (claimed, still held at, over at): a Friday; the last working day before the spring festival of 2026, whose Saturdays
    // around are worked; the day before the National Day of 2026, after which a Saturday is worked.
    let leases = [
        ("2026-03-06T16:00:00", "2026-03-11T23:59:59", "2026-03-12T00:00:00"),
        ("2026-02-14T10:00:00", "2026-02-26T23:59:59", "2026-02-27T00:00:00"),
        ("2026-09-30T10:00:00", "2026-10-10T23:59:59", "2026-10-11T00:00:00"),
    ];
    for (claimed, held, over) in leases {
        for (at, is_held) in [(held, true), (over, false)] {
            let town = opened_at(claimed).await;
            let (case, me) = (town.pooled(FAMILY).await, mediator("mediator-13", FAMILY));
            let referral = town.claim(case, &me).await.unwrap();
            assert_eq!(referral.confirm_due_time.unwrap().seconds, shanghai(over).timestamp(), "{claimed}");
            let now = town.clock.now();
            town.clock.advance(shanghai(at) - now);
            let answer = town.confirm(case, &me, referral.fence, declared()).await;
            if is_held {
                assert_eq!(answer.unwrap().state(), ReferralState::Confirmed, "{claimed} until {at}");
            } else {
                assert_eq!(reason(answer), "NOT_ASSIGNED", "{claimed} until {at}");
            }
        }
    }
}

/// A restart gives no number twice. A restore, which raises the epoch, is `tests/stories/a_town_is_restored.rs`.
#[tokio::test]
async fn no_fence_is_given_twice_whatever_ends_a_claim_and_however_often_the_house_is_opened() {
    let (memory, clock) = (Arc::new(Memory::fresh().await), Clock::manual(shanghai("2026-03-02T09:00:00")));
    let mut town = Town::over(memory.clone(), clock.clone()).await;
    town.enlist(FAMILY, (0..3).map(|n| format!("m-{n}"))).await;
    let case = town.pooled(FAMILY).await;
    let mut given = BTreeSet::new();
    for round in 0..12_u64 {
        let me = mediator(&format!("m-{}", round % 3), FAMILY);
        let fence = town.claim(case, &me).await.unwrap().fence.unwrap();
        let rank = |fence: Fence| (fence.epoch, fence.n);
        assert!(given.last().is_none_or(|last| *last < rank(fence)), "{fence:?} after {given:?}");
        given.insert(rank(fence));
        if round % 2 == 0 {
            town.release(case, &me, Some(fence)).await.unwrap();
        } else {
            let lapsed =
                DeadlineReached { clock: "K03".to_owned(), generation: fence.n, ..Default::default() };
            town.say(&town.oversight, case, round, &lapsed).await;
        }
        town.settle().await;
        town.stop().await;
        town = Town::over(memory.clone(), clock.clone()).await;
        let ended = town.get(case, &clerk()).await.unwrap();
        assert_eq!(ended.state(), ReferralState::Fencing);
        town.fence_stored(case, ended.fence.unwrap()).await;
        assert!(given.insert(rank(ended.fence.unwrap())), "the end of a claim has a number of its own");
    }
    assert_eq!(given.len(), 24);
}

/// What a watcher has been told, line after line.
#[derive(Default)]
struct Heard {
    token: String,
    changes: Vec<(PoolChangeKind, Uuid)>,
    caught_up: bool,
}

impl Heard {
    /// A new line that goes on where the last one broke.
    async fn line(&self, town: &Town) -> tonic::Streaming<PoolChange> {
        let me = mediator("mediator-15", FAMILY);
        let ask = WatchPoolRequest { resume_token: self.token.clone() };
        town.client().watch_pool(as_caller(&me, "WatchPool", ask)).await.unwrap().into_inner()
    }

    /// Listens until so many have come as are known to come, however late; then the line breaks.
    async fn listen(&mut self, town: &Town, count: usize) {
        let mut stream = self.line(town).await;
        for _ in 0..count {
            let change = tokio::time::timeout(Duration::from_secs(20), stream.message()).await;
            let change = change.expect("what is to be told is told").unwrap().unwrap();
            if change.kind() == PoolChangeKind::CaughtUp {
                assert!(!self.caught_up, "caught up twice");
                self.caught_up = true;
            } else {
                let case = change.referral.as_ref().unwrap().case_id.parse().unwrap();
                self.changes.push((change.kind(), case));
            }
            self.token = change.resume_token;
        }
    }

    /// How many changes are still to be told.
    fn lacks(&self, expected: &BTreeMap<Uuid, Vec<PoolChangeKind>>) -> usize {
        expected.values().map(Vec::len).sum::<usize>().saturating_sub(self.changes.len())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watch_over_twenty_broken_lines_misses_nothing_and_doubles_nothing() {
    use PoolChangeKind::{Added, Removed};
    let town = Town::open().await;
    let (mut heard, mut expected) = (Heard::default(), BTreeMap::new());
    let note = |expected: &mut BTreeMap<Uuid, Vec<PoolChangeKind>>, case, kind| {
        expected.entry(case).or_default().push(kind);
    };
    let mut pool = vec![];
    for _ in 0..5 {
        let case = town.pooled(FAMILY).await;
        note(&mut expected, case, Added);
        pool.push(case);
    }
    let mut breaks = 0;
    // Three lines break within the pool as it is, before anything changes.
    for _ in 0..3 {
        heard.listen(&town, 2).await;
        breaks += 1;
    }
    assert!(heard.caught_up);
    let me = mediator("mediator-13", FAMILY);
    while breaks < 20 {
        // While nobody listens: some come, one is claimed, one of those comes back.
        for _ in 0..=breaks % 3 {
            let case = town.pooled(FAMILY).await;
            note(&mut expected, case, Added);
            pool.push(case);
        }
        let case = pool.remove(breaks % pool.len());
        let claimed = town.claim(case, &me).await.unwrap();
        note(&mut expected, case, Removed);
        if breaks % 2 == 0 {
            let released = town.release(case, &me, claimed.fence).await.unwrap();
            town.fence_stored(case, released.fence.unwrap()).await;
            note(&mut expected, case, Added);
            pool.push(case);
        }
        // The line breaks after one, two, three, four changes: in the middle of what there is to tell.
        let count = (1 + breaks % 4).min(heard.lacks(&expected));
        heard.listen(&town, count).await;
        breaks += 1;
    }
    heard.listen(&town, heard.lacks(&expected)).await;
    let mut line = heard.line(&town).await;
    let more = tokio::time::timeout(Duration::from_secs(1), line.message()).await;
    assert!(more.is_err(), "nothing is told twice: {more:?}");
    let mut told: BTreeMap<Uuid, Vec<PoolChangeKind>> = BTreeMap::new();
    for (kind, case) in heard.changes {
        told.entry(case).or_default().push(kind);
    }
    assert_eq!(told, expected);
}
