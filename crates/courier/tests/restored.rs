//! Memories that were put back go on in a new epoch: what was on its way arrives, and what was said in the lost future,
//! and is still on the road, is not taken for what has its number now.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod world;

use std::sync::Arc;
use std::time::Duration;

use courier::transport::Sending;
use courier::transport::inside::Inside;
use courier::{Envelope, Post, Reactions, Transport, backup};
use uuid::Uuid;
use world::{House, column, opening, post, say, steps, steps_of, tallying};

/// The epoch begins in a memory as `supermarket restore` begins it.
async fn put_back(house: &House, service: &str, epoch: u32) {
    let owner = house.memory.owner(service).await;
    let schema = if house.memory.admin_url().is_some() { service } else { "main" };
    backup::begin_epoch(&owner, schema, epoch, "442000").await.unwrap();
    assert_eq!(backup::progress(&owner, schema).await.unwrap().epoch, epoch);
    owner.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_on_its_way_arrives_and_the_lost_future_does_not() {
    let house = House::new().await;
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    let road: Arc<dyn Transport> = Arc::new(Inside::new());
    let case = Uuid::from_u128(1);
    intake.commit(opening(&intake, case, 2)).await.unwrap();
    let (from, to) = (
        post(&intake, Reactions::of("intake"), &road).await,
        post(&routing, tallying(&routing), &road).await,
    );
    Post::settle(&[&from, &to], Duration::from_mins(1)).await.unwrap();
    from.stop().await;
    to.stop().await;
    // Said, and heard by nobody before the backup.
    say(&intake, case, 3).await;
    intake.close().await;
    routing.close().await;
    put_back(&house, "intake", 2).await;
    put_back(&house, "routing", 2).await;

    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    assert_eq!((intake.epoch(), routing.epoch()), (2, 2));
    let road: Arc<dyn Transport> = Arc::new(Inside::new());
    let to = post(&routing, tallying(&routing), &road).await;
    let lost = Envelope {
        id: Uuid::from_u128(99),
        topic: "intake".to_owned(),
        epoch: 1,
        pub_seq: 4,
        after_seq: 3,
        kind: "supermarket.test.v1.Note".to_owned(),
        centre: "442000".to_owned(),
        case,
        version: 4,
        at: house.clock.now(),
        trace: None,
        body: vec![8, 77].into(),
    };
    for _ in 0..20 {
        road.publish("intake", std::slice::from_ref(&lost), Sending::First).await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(column::<i64>(&routing, "SELECT max(pub_seq) FROM inbox").await, [2]);
    let from = post(&intake, Reactions::of("intake"), &road).await;
    Post::settle(&[&from, &to], Duration::from_mins(1)).await.unwrap();
    assert_eq!(steps_of(&routing, case).await, steps(3), "what was said in the epoch before arrives");
    road.publish("intake", &[lost], Sending::Again).await.unwrap();
    say(&intake, case, 4).await;
    Post::settle(&[&from, &to], Duration::from_mins(1)).await.unwrap();
    assert_eq!(steps_of(&routing, case).await, steps(4), "and 4 is what is called so now");
    from.stop().await;
    to.stop().await;
}
