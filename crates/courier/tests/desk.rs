//! The desk: write lists whole or not at all, dense numbers, nothing half-done by whoever hangs up.
mod world;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use courier::{Actor, Clock, CommitError, Desk, Standing, WriteList};
use futures::future::join_all;
use migrations::rehearsal::is_cluster;
use sea_orm::{ActiveValue::Set, EntityTrait, PaginatorTrait};
use uuid::Uuid;
use world::{House, Note, numbers, tally};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_list_costs_its_neighbours_nothing() {
    let house = House::new().await;
    let desk = house.desk("intake").await;
    let first = Uuid::from_u128(1);
    desk.commit(world::opening(&desk, first, 1)).await.unwrap();
    let lists = (0..200u128).map(|n| {
        let (desk, case) = (desk.clone(), Uuid::from_u128(if n % 3 == 0 { 1 } else { 100 + n }));
        async move { (n, desk.commit(world::opening(&desk, case, 1)).await) }
    });
    for (n, result) in join_all(lists).await {
        if n % 3 == 0 {
            assert!(matches!(result, Err(CommitError::Lost("TALLY_EXISTS"))), "{n}: {result:?}");
        } else {
            result.unwrap();
        }
    }
    assert_eq!(tally::Entity::find().count(desk.reader()).await.unwrap(), 1 + 133);
    let sent = numbers(&desk).await;
    assert_eq!(sent, (1..=134).collect::<Vec<_>>(), "numbers are dense after lists that failed");
    assert_eq!(world::count(&desk, "audit").await, 134, "one audit row per change, none for a refused one");
    desk.close().await;
}

#[tokio::test]
async fn a_fault_in_one_list_is_that_lists_alone() {
    let house = House::new().await;
    let desk = house.desk("intake").await;
    let stamp = desk.stamp(Actor::service("intake", "442000"), "test", None);
    let mut bad = WriteList::new(&stamp, None);
    bad.update_where::<world::absent::Entity>(vec![(world::absent::Column::Id, 1.into())], vec![], None);
    let good = world::opening(&desk, Uuid::from_u128(9), 1);
    let (bad, good) = tokio::join!(desk.commit(bad), desk.commit(good));
    assert!(matches!(bad, Err(CommitError::Fault(_))), "{bad:?}");
    good.unwrap();
    assert_eq!(numbers(&desk).await, [1]);
}

#[tokio::test]
async fn a_stale_version_loses_and_a_malformed_list_is_refused() {
    let house = House::new().await;
    let desk = house.desk("intake").await;
    let case = Uuid::from_u128(5);
    desk.commit(world::opening(&desk, case, 1)).await.unwrap();
    let stamp = desk.stamp(Actor::service("intake", "442000"), "test", None);
    let row =
        |version| tally::ActiveModel { case_id: Set(case), version: Set(version), steps: Set("a".into()) };
    let mut list = WriteList::new(&stamp, Some(case));
    list.update(row(2), 1, "STALE").post(case, 2, &Note { step: 2 });
    desk.commit(list.clone()).await.unwrap();
    let mut late = WriteList::new(&stamp, Some(case));
    late.update(row(2), 1, "STALE").post(case, 2, &Note { step: 2 });
    assert!(matches!(desk.commit(late).await, Err(CommitError::Lost("STALE"))));
    let mut keyless = WriteList::new(&stamp, Some(case));
    keyless.update(tally::ActiveModel { version: Set(3), ..Default::default() }, 2, "STALE");
    assert!(matches!(desk.commit(keyless).await, Err(CommitError::Fault(_))));
    assert_eq!(numbers(&desk).await, [1, 2]);
    let after: Vec<i64> = world::column(&desk, "SELECT after_seq FROM outbox ORDER BY pub_seq").await;
    assert_eq!(after, [0, 1], "an event names the one before it of its case");
}

/// Polls `commit` n times and drops it, for every n up to the end: the list is there whole or not at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_hangs_up_leaves_nothing_half_done() {
    let house = House::new().await;
    let desk = house.desk("intake").await;
    let (mut kept, mut finished) = (0u64, 0u64);
    for round in 0..300u128 {
        let polls = round % 6;
        let case = Uuid::from_u128(1_000 + round);
        let list = world::opening(&desk, case, 2);
        {
            let mut commit = pin!(desk.commit(list));
            let mut context = Context::from_waker(Waker::noop());
            for _ in 0..polls {
                if let Poll::Ready(result) = commit.as_mut().poll(&mut context) {
                    result.unwrap();
                    finished += 1;
                    break;
                }
                tokio::time::sleep(Duration::from_micros(200 * u64::try_from(round % 4).unwrap())).await;
            }
        }
        // A list of somebody else goes through the same writer behind it: afterwards the first one's fate is sealed. Of
        // many writers none stands behind another.
        desk.commit(world::opening(&desk, Uuid::from_u128(9_000 + round), 1)).await.unwrap();
        while is_cluster() && polls > 0 && world::rows_of(&desk, case).await == (0, 0, 0) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let rows = world::rows_of(&desk, case).await;
        assert!(rows == (0, 0, 0) || rows == (1, 2, 1), "after {polls} polls: {rows:?}");
        assert_eq!(rows.0 == 0, polls == 0, "sent with the first poll, not before");
        kept += rows.0;
    }
    assert_eq!(kept, 250);
    assert!(finished > 0, "some commits are polled to their end");
    let sent = numbers(&desk).await;
    assert_eq!(sent, (1..=i64::try_from(sent.len()).unwrap()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_closed_desk_refuses_and_an_unprepared_one_does_not_open() {
    let house = House::new().await;
    let desk = house.desk("intake").await;
    desk.commit(world::opening(&desk, Uuid::from_u128(1), 1)).await.unwrap();
    assert!(!desk.ended().is_cancelled());
    desk.close().await;
    let late = desk.commit(world::opening(&desk, Uuid::from_u128(2), 1)).await;
    assert!(
        matches!(&late, Err(CommitError::Fault(fault)) if fault.standing() == Standing::Closed),
        "{late:?}"
    );
    assert!(desk.ended().is_cancelled());
    let again = house.desk("intake").await;
    assert_eq!(numbers(&again).await, [1]);
    assert!(Desk::open("routing", &house.url("empty"), Clock::system()).await.is_err());
}

#[tokio::test]
async fn a_full_queue_says_busy() {
    let house = House::new().await;
    let desk = house.desk("intake").await;
    // On one thread the writer cannot run while these are polled for the first time.
    let results = join_all((0..1_100u128).map(|n| {
        let (desk, list) = (desk.clone(), world::opening(&desk, Uuid::from_u128(n + 1), 1));
        async move { desk.commit(list).await }
    }))
    .await;
    let busy = results.iter().filter(|result| matches!(result, Err(CommitError::Busy))).count();
    let written = results.iter().filter(|result| result.is_ok()).count();
    assert_eq!((busy, written), (76, 1_024));
    assert_eq!(numbers(&desk).await.len(), 1_024);
}

#[tokio::test]
async fn readers_cannot_write() {
    use sea_orm::ConnectionTrait;
    let house = House::new().await;
    let desk = house.desk("intake").await;
    assert!(desk.reader().execute_unprepared("DELETE FROM audit").await.is_err());
}

#[tokio::test]
async fn numbers_of_a_list_that_fails_while_it_is_numbered_are_given_again() {
    use sea_orm::ConnectionTrait;
    let house = House::new().await;
    let desk = house.desk("intake").await;
    let db = house.memory.owner("intake").await;
    let trap = if is_cluster() {
        "CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'trap'; END $$; \
         CREATE TRIGGER trap BEFORE INSERT ON outbox FOR EACH ROW WHEN (NEW.version = 3) EXECUTE FUNCTION trap()"
    } else {
        "CREATE TRIGGER trap BEFORE INSERT ON outbox WHEN NEW.version = 3 BEGIN SELECT RAISE(ABORT, 'trap'); END"
    };
    db.execute_unprepared(trap).await.unwrap();
    db.close().await.unwrap();
    let [before, trapped, after] = [(1, 2), (2, 3), (3, 2)].map(|(case, letters)| {
        let list = world::opening(&desk, Uuid::from_u128(case), letters);
        let desk = desk.clone();
        async move { desk.commit(list).await }
    });
    let (before, trapped, after) = tokio::join!(before, trapped, after);
    before.unwrap();
    assert!(matches!(trapped, Err(CommitError::Fault(_))), "{trapped:?}");
    after.unwrap();
    assert_eq!(numbers(&desk).await, [1, 2, 3, 4]);
    assert_eq!(world::rows_of(&desk, Uuid::from_u128(2)).await, (0, 0, 0));
}
