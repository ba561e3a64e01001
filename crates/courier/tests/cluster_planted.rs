//! The rest of the courier's planted bugs, those that only a real broker or a real PostgreSQL shows: see `planted.rs`.
#![expect(clippy::unwrap_used, reason = "a test may fail")]
#[expect(dead_code, reason = "other tests use the rest")]
mod broker;
mod world;

use std::sync::Arc;
use std::time::Duration;

use broker::Server;
use courier::planted::{Bug, plant};
use courier::transport::jetstream::{JetStream, Options};
use courier::{Actor, CommitError, Desk, Pace, Post, Reactions, Standing, Transport, WriteList};
use migrations::rehearsal::is_cluster;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement, TransactionTrait};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use world::{House, Note, column, opening, say, steps_of, tally, tallying};

/// What is sound has this long.
const SOON: Duration = Duration::from_secs(20);
/// What a bug holds up has so long: many times what the pace below needs.
const LONG_ENOUGH: Duration = Duration::from_secs(3);
const STREAM: &str = "SUPERMARKET_INTAKE";

static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

async fn start(desk: &Desk, reactions: Reactions, server: &Server, resend_after: Duration) -> Post {
    let road: Arc<dyn Transport> =
        Arc::new(JetStream::connect(Options::new(desk.service(), &[&server.url()])).await.unwrap());
    let pace = Pace {
        resend_after,
        resend_cap: Duration::from_millis(400),
        report_every: Duration::from_millis(100),
        ..world::pace()
    };
    let cancel = CancellationToken::new();
    Post::start_at(pace, desk, reactions, road, world::TABLE, cancel).await.unwrap()
}

/// What arrives of three events that the broker has acknowledged and lost, while it still knows their ids.
async fn refilled(within: Duration) -> Vec<i64> {
    let (server, house) = (Server::start(), House::new().await);
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    // Nothing is sent again before it is lost.
    let from = start(&intake, Reactions::of("intake"), &server, Duration::from_mins(1)).await;
    for case in 1..=3 {
        say(&intake, Uuid::from_u128(case), 1).await;
    }
    let operator = async_nats::jetstream::new(async_nats::connect(server.url()).await.unwrap());
    // The post makes its stream in its own time, after it has started.
    let taken = async {
        loop {
            if let Ok(stream) = operator.get_stream(STREAM).await
                && stream.cached_info().state.last_sequence >= 3
            {
                return stream;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let stream = tokio::time::timeout(SOON, taken).await.expect("the broker takes three events");
    from.stop().await;
    stream.purge().await.unwrap();
    // Started again, the relay first sends as if for the first time, for it does not know better.
    let from = start(&intake, Reactions::of("intake"), &server, Duration::from_millis(200)).await;
    let to = start(&routing, tallying(&routing), &server, Duration::from_millis(200)).await;
    let arrived = Post::settle(&[&from, &to], within).await.is_ok();
    let numbers = column(&routing, "SELECT pub_seq FROM inbox ORDER BY pub_seq").await;
    assert_eq!(arrived, numbers == [1, 2, 3]);
    numbers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trusting_duplicate_is_caught() {
    assert!(is_cluster(), "this test is about the cluster: use tests/run");
    let _turn = TURN.lock().await;
    assert_eq!(refilled(SOON).await, [1, 2, 3]);
    let _bug = plant(Bug::TrustDuplicate);
    assert_eq!(refilled(LONG_ENOUGH).await, [0; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refill_with_the_old_id_is_caught() {
    assert!(is_cluster(), "this test is about the cluster: use tests/run");
    let _turn = TURN.lock().await;
    assert_eq!(refilled(SOON).await, [1, 2, 3]);
    let _bug = plant(Bug::RefillWithOldId);
    assert_eq!(refilled(LONG_ENOUGH).await, [0; 0]);
}

/// The server process that waits for a lock in the name of intake.
async fn waiting(db: &DatabaseConnection) -> i32 {
    let ask = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() \
               AND application_name = 'supermarket-intake' AND wait_event_type = 'Lock'";
    let query = || Statement::from_string(db.get_database_backend(), ask);
    let asking = async {
        loop {
            if let Some(row) = db.query_one_raw(query()).await.unwrap() {
                return row.try_get_by_index(0).unwrap();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(SOON, asking).await.expect("the commit waits for the lock")
}

/// What a caller is answered whose server process is killed in the middle of the commit, and whether it is written.
async fn killed_in_the_commit() -> (Result<(), CommitError>, bool) {
    let house = House::new().await;
    let (desk, case) = (house.desk("intake").await, Uuid::from_u128(1));
    desk.commit(opening(&desk, case, 0)).await.unwrap();
    let (holder, killer) = (house.memory.owner("intake").await, house.memory.owner("intake").await);
    let lock = holder.begin().await.unwrap();
    lock.execute_unprepared("SELECT 1 FROM tally FOR UPDATE").await.unwrap();
    let stamp = desk.stamp(Actor::service("intake", "442000"), "test", None);
    let mut list = WriteList::new(&stamp, Some(case));
    list.update_where::<tally::Entity>(
        vec![(tally::Column::Steps, "written".into())],
        vec![(tally::Column::CaseId, case.into())],
        Some("THERE"),
    );
    list.post(case, 2, &Note { step: 1 });
    let (answer, ()) = tokio::join!(desk.commit(list), async {
        let kill = format!("SELECT pg_terminate_backend({})", waiting(&killer).await);
        killer.execute_unprepared(&kill).await.unwrap();
    });
    lock.rollback().await.unwrap();
    (answer, steps_of(&desk, case).await == "written")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ignoring_an_unknown_commit_is_caught() {
    assert!(is_cluster(), "this test is about PostgreSQL: use tests/run");
    let _turn = TURN.lock().await;
    let (answer, written) = killed_in_the_commit().await;
    let told = matches!(&answer, Err(CommitError::Fault(fault)) if fault.standing() == Standing::Unknown);
    assert!(told && !written, "{answer:?}");
    let _bug = plant(Bug::IgnoreUnknownCommit);
    let (answer, written) = killed_in_the_commit().await;
    assert!(answer.is_ok() && !written, "acknowledged and not there, if this bug is alive: {answer:?}");
}
