//! PostgreSQL's pool: a connection on which something was dropped half-way is never lent to anybody else.
//!
//! sqlx 0.9 leaves a transaction open when a `begin` is dropped at the wrong moment; what the next borrower writes is
//! acknowledged and vanishes. The same probe is put to a desk, where it must find nothing, and to a bare pool, where it must
//! find that: a probe that finds nothing anywhere would prove nothing.
#![expect(clippy::unwrap_used, reason = "a test may fail")]
mod world;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use courier::{Actor, CommitError, Desk, Standing, WriteList};
use migrations::rehearsal::is_cluster;
use sea_orm::{
    ActiveValue::Set, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, TransactionTrait, Value,
};
use uuid::Uuid;
use world::{House, tally};

/// Rounds; each drops at another moment.
const ROUNDS: u128 = 240;

/// Polls `work` so many times, a little apart, and drops it.
async fn drop_after(polls: u128, apart: Duration, work: impl Future<Output = ()>) {
    let mut work = pin!(work);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..polls {
        if work.as_mut().poll(&mut context) == Poll::Ready(()) {
            return;
        }
        tokio::time::sleep(apart).await;
    }
}

fn apart(round: u128) -> Duration {
    Duration::from_micros(150 * u64::try_from(round % 5).unwrap())
}

async fn count(db: &DatabaseConnection, sql: &str) -> i64 {
    let query = sea_orm::Statement::from_string(db.get_database_backend(), sql);
    db.query_one_raw(query).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

/// A list that touches the same table twice, so that it is a transaction of several statements.
fn two_statements(desk: &Desk, case: Uuid) -> WriteList {
    let stamp = desk.stamp(Actor::service("intake", "442000"), "test", None);
    let mut list = WriteList::new(&stamp, Some(case));
    list.insert(tally::ActiveModel { case_id: Set(case), version: Set(1), steps: Set("a".into()) }, "THERE");
    let (set, matching): (Vec<(_, Value)>, Vec<(_, Value)>) =
        (vec![(tally::Column::Steps, "b".into())], vec![(tally::Column::CaseId, case.into())]);
    list.update_where::<tally::Entity>(set, matching, Some("HERE"));
    list
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_hangs_up_leaves_no_transaction_behind() {
    assert!(is_cluster(), "this test is about PostgreSQL: use tests/run");
    let house = House::new().await;
    drop(house.desk("intake").await);
    let desk = Desk::open_with("intake", &house.url("intake"), house.clock.clone(), 2).await.unwrap();
    let owner = house.memory.owner("intake").await;
    for round in 0..ROUNDS {
        let list = two_statements(&desk, Uuid::from_u128(1_000 + round));
        let commit = async { drop(desk.commit(list).await) };
        drop_after(round % 12, apart(round), commit).await;
        let next = Uuid::from_u128(9_000 + round);
        desk.commit(world::opening(&desk, next, 1)).await.unwrap();
        let there = count(&owner, &format!("SELECT count(*) FROM tally WHERE case_id = '{next}'")).await;
        assert_eq!(there, 1, "round {round}: an acknowledged write is not there");
    }
    desk.close().await;
    assert_eq!(
        count(&owner, "SELECT count(*) FROM tally WHERE steps = 'a'").await,
        0,
        "half of a list is there"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_probe_finds_a_bare_begin_that_was_dropped() {
    assert!(is_cluster(), "this test is about PostgreSQL: use tests/run");
    let house = House::new().await;
    drop(house.desk("intake").await);
    let owner = house.memory.owner("intake").await;
    let mut lost = 0;
    for round in 0..ROUNDS {
        let mut options = ConnectOptions::new(house.url("intake"));
        options.max_connections(1).sqlx_logging(false).test_before_acquire(false);
        let bare = Database::connect(options).await.unwrap();
        drop_after(round % 12, apart(round), async { drop(bare.begin().await) }).await;
        let next = Uuid::from_u128(20_000 + round);
        let insert = format!("INSERT INTO tally (case_id, version, steps) VALUES ('{next}', 1, '')");
        bare.execute_unprepared(&insert).await.unwrap();
        lost += 1 - count(&owner, &format!("SELECT count(*) FROM tally WHERE case_id = '{next}'")).await;
        bare.close().await.unwrap();
        if lost > 0 {
            break;
        }
    }
    assert!(
        lost > 0,
        "no dropped begin poisoned the pool: this sqlx may have been mended, and the probe proves nothing"
    );
}

/// Another table: a counter that two lists draw from.
mod turn {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "turn")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub last: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// An update meets a unique key before its statement's guards are judged: the guard is what is told all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conflict_that_a_lost_guard_explains_is_that_lost_guard() {
    assert!(is_cluster(), "this test is about PostgreSQL: use tests/run");
    let house = House::new().await;
    let desk = house.desk("intake").await;
    let turns = "CREATE TABLE turn (id bigint PRIMARY KEY, last bigint NOT NULL); INSERT INTO turn VALUES (1, 6); \
                 CREATE UNIQUE INDEX tally_steps ON tally (steps)";
    house.memory.table("intake", "turn", turns).await;
    let stamp = || desk.stamp(Actor::service("intake", "442000"), "test", None);
    let [one, two] = [1, 2].map(Uuid::from_u128);
    for case in [one, two] {
        let mut list = WriteList::new(&stamp(), Some(case));
        let steps = Set(case.to_string());
        list.insert(tally::ActiveModel { case_id: Set(case), version: Set(1), steps }, "THERE");
        desk.commit(list).await.unwrap();
    }
    // Both have read that 6 was the last, and take 7.
    let take = |case: Uuid, with_turn: bool| {
        let mut list = WriteList::new(&stamp(), Some(case));
        if with_turn {
            let read = vec![(turn::Column::Id, 1i64.into()), (turn::Column::Last, 6i64.into())];
            list.update_where::<turn::Entity>(vec![(turn::Column::Last, 7i64.into())], read, Some("NUMBER"));
        }
        let this = vec![(tally::Column::CaseId, case.into())];
        list.update_where::<tally::Entity>(vec![(tally::Column::Steps, "7".into())], this, Some("CASE"));
        list
    };
    desk.commit(take(one, true)).await.unwrap();
    let second = desk.commit(take(two, true)).await;
    assert!(matches!(second, Err(CommitError::Lost("NUMBER"))), "{second:?}");
    let unexplained = desk.commit(take(two, false)).await;
    assert!(matches!(unexplained, Err(CommitError::Fault(_))), "{unexplained:?}");
}

/// Two take the first number of a year: the row that counts them is new, and so is the number that both would give.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_a_list_names_first_is_the_one_that_is_told() {
    assert!(is_cluster(), "this test is about PostgreSQL: use tests/run");
    let house = House::new().await;
    let desk = house.desk("intake").await;
    let turns = "CREATE TABLE turn (id bigint PRIMARY KEY, last bigint NOT NULL); \
                 CREATE UNIQUE INDEX tally_steps ON tally (steps)";
    house.memory.table("intake", "turn", turns).await;
    let stamp = || desk.stamp(Actor::service("intake", "442000"), "test", None);
    let [one, two] = [1, 2].map(Uuid::from_u128);
    for case in [one, two] {
        let mut list = WriteList::new(&stamp(), Some(case));
        let steps = Set(case.to_string());
        list.insert(tally::ActiveModel { case_id: Set(case), version: Set(1), steps }, "THERE");
        desk.commit(list).await.unwrap();
    }
    let take = |case: Uuid| {
        let mut list = WriteList::new(&stamp(), Some(case));
        list.insert(turn::ActiveModel { id: Set(1), last: Set(1) }, "NUMBER");
        let this = vec![(tally::Column::CaseId, case.into())];
        list.update_where::<tally::Entity>(vec![(tally::Column::Steps, "1".into())], this, Some("CASE"));
        list
    };
    desk.commit(take(one)).await.unwrap();
    let second = desk.commit(take(two)).await;
    assert!(matches!(second, Err(CommitError::Lost("NUMBER"))), "{second:?}");
}

/// Where an address moves to a standby before that has taken over, writes are refused for a while: whoever asked may ask
/// again, as when nobody is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_only_reads_is_one_that_is_away() {
    assert!(is_cluster(), "this test is about PostgreSQL: use tests/run");
    let house = House::new().await;
    drop(house.desk("intake").await);
    let desk = Desk::open_with("intake", &house.url("intake"), house.clock.clone(), 2).await.unwrap();
    let owner = house.memory.owner("intake").await;
    let database = house.memory.admin_url().unwrap().rsplit_once('/').unwrap().1;
    let reads_only = async |only: bool| {
        let set = format!("ALTER DATABASE {database} SET default_transaction_read_only = {only}");
        owner.execute_unprepared(&set).await.unwrap();
        // Only a new session learns of it.
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND usename = 'supermarket_intake'";
        owner.execute_unprepared(end).await.unwrap();
        // The first to use the connection finds that it is gone, and does not know more.
        drop(desk.commit(world::opening(&desk, Uuid::from_u128(1 + u128::from(only)), 1)).await);
    };
    reads_only(true).await;
    let refused = desk.commit(world::opening(&desk, Uuid::from_u128(3), 1)).await;
    let told = matches!(&refused, Err(CommitError::Fault(fault)) if fault.standing() == Standing::Away);
    assert!(told, "{refused:?}");
    reads_only(false).await;
    desk.commit(world::opening(&desk, Uuid::from_u128(3), 1)).await.unwrap();
    assert_eq!(
        count(&owner, "SELECT count(*) FROM tally WHERE case_id = '00000000-0000-0000-0000-000000000003'")
            .await,
        1
    );
}
