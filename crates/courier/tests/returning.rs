//! A consumer that comes back far behind catches up by itself: the others hear the news meanwhile.
mod world;

use std::sync::Arc;
use std::time::Duration;

use courier::post::Consumers;
use courier::transport::inside::Inside;
use courier::{Pace, Post, Reactions, Report, Transport};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use world::{House, pace, say, steps, steps_of, tallying};

const TABLE: Consumers = &[("intake", &["routing", "oversight"])];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_is_far_behind_does_not_hold_up_the_others() {
    let house = House::new().await;
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    let road: Arc<dyn Transport> = Arc::new(Inside::new());
    let pace = Pace { page: 4, window: 8, silent_after: Duration::from_millis(200), ..pace() };
    let start = async |desk, reactions| {
        let cancel = CancellationToken::new();
        Post::start_at(pace.clone(), desk, reactions, road.clone(), TABLE, cancel).await.unwrap()
    };
    let from = start(&intake, Reactions::of("intake")).await;
    let to = start(&routing, tallying(&routing)).await;
    let case = Uuid::from_u128(1);
    // Oversight is silent: after a while nobody waits for it.
    for step in 1..=60 {
        say(&intake, case, step).await;
    }
    assert!(routing.heard("intake", 1, case, 60, Duration::from_secs(30)).await);
    // Then it listens again and stores nothing: its disk is slow.
    let reporting = async {
        loop {
            let report = Report {
                consumer: "oversight".into(),
                topic: "intake".into(),
                epoch: 1,
                stored: 0,
                applied: 0,
            };
            road.report(report).await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let news = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        for step in 61..=100 {
            say(&intake, case, step).await;
        }
        routing.heard("intake", 1, case, 100, Duration::from_secs(30)).await
    };
    let heard = tokio::select! {
        () = reporting => unreachable!("it never ends"),
        heard = news => heard,
    };
    assert!(heard, "routing has heard {}", steps_of(&routing, case).await);
    assert_eq!(steps_of(&routing, case).await, steps(100));
    // And when it works, it gets everything.
    let oversight = house.desk("oversight").await;
    let late = start(&oversight, tallying(&oversight)).await;
    assert!(
        tokio::time::timeout(Duration::from_secs(30), async {
            while steps_of(&oversight, case).await != steps(100) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await
        .is_ok()
    );
    for post in [from, to, late] {
        post.stop().await;
    }
}
