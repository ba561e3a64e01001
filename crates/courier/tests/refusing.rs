//! A road that refuses for a while, or answers nothing, does not end the relay and holds up nobody who stops.
mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use courier::transport::inside::Inside;
use courier::{Envelope, Fault, Parcel, Post, Reactions, Report, Sending, Transport, ledger};
use futures::stream::BoxStream;
use uuid::Uuid;
use world::{House, post, say, steps, steps_of, tallying};

/// Refuses some sendings; everything else works.
struct Refusing {
    inner: Inside,
    left: AtomicU32,
    asked: AtomicU32,
    hangs: bool,
}

impl Refusing {
    fn new(refusals: u32, hangs: bool) -> Arc<Self> {
        let (left, asked) = (AtomicU32::new(refusals), AtomicU32::new(0));
        Arc::new(Refusing { inner: Inside::new(), left, asked, hangs })
    }
}

#[async_trait]
impl Transport for Refusing {
    async fn publish(&self, topic: &str, events: &[Envelope], sending: Sending) -> Result<(), Fault> {
        if self.hangs {
            std::future::pending::<()>().await;
        }
        if self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
            return Err(Fault::plain("publish", "refused"));
        }
        self.inner.publish(topic, events, sending).await
    }

    async fn subscribe(&self, consumer: &str, topics: &[&str]) -> Result<BoxStream<'static, Parcel>, Fault> {
        self.inner.subscribe(consumer, topics).await
    }

    async fn report(&self, report: Report) -> Result<(), Fault> {
        self.inner.report(report).await
    }

    async fn reports(&self, topic: &str) -> Result<BoxStream<'static, Report>, Fault> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.inner.reports(topic).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_road_that_refuses_is_tried_again_and_reports_are_heard_meanwhile() {
    let house = House::new().await;
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    let refusing = Refusing::new(6, false);
    let road: Arc<dyn Transport> = refusing.clone();
    let from = post(&intake, Reactions::of("intake"), &road).await;
    let case = Uuid::from_u128(1);
    let begun = std::time::Instant::now();
    for step in 1..=5 {
        say(&intake, case, step).await;
    }
    // While nothing can be sent, a report comes in: it is heard, and kept.
    let report =
        Report { consumer: "routing".into(), topic: "intake".into(), epoch: 7, stored: 0, applied: 0 };
    while world::column::<i64>(&intake, "SELECT epoch FROM peer").await != [7] {
        road.report(report.clone()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(refusing.left.load(Ordering::SeqCst) > 0, "the road refuses still");
    let to = post(&routing, tallying(&routing), &road).await;
    Post::settle(&[&from, &to], Duration::from_secs(15)).await.unwrap();
    assert_eq!(steps_of(&routing, case).await, steps(5));
    assert_eq!(refusing.left.load(Ordering::SeqCst), 0);
    // Pauses of 250 and 500 ms, then of 1 s; and one and the same relay all the time.
    assert!(begun.elapsed() >= Duration::from_millis(4_700), "{:?}", begun.elapsed());
    assert_eq!(refusing.asked.load(Ordering::SeqCst), 1, "the relay was started anew");
    to.stop().await;
    from.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_stops_does_not_wait_for_the_road() {
    let house = House::new().await;
    let intake = house.desk("intake").await;
    let road: Arc<dyn Transport> = Refusing::new(0, true);
    let from = post(&intake, Reactions::of("intake"), &road).await;
    say(&intake, Uuid::from_u128(1), 1).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(tokio::time::timeout(Duration::from_secs(2), from.stop()).await.is_ok());
    // What it could not send is there, and goes out after the next start.
    assert_eq!(ledger::summarize_outbox(&intake).await.unwrap().count, 1);
    let routing = house.desk("routing").await;
    let road: Arc<dyn Transport> = Arc::new(Inside::new());
    let from = post(&intake, Reactions::of("intake"), &road).await;
    let to = post(&routing, tallying(&routing), &road).await;
    Post::settle(&[&from, &to], Duration::from_secs(15)).await.unwrap();
    assert_eq!(steps_of(&routing, Uuid::from_u128(1)).await, steps(1));
}
