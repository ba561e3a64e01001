//! A road that refuses for a while, is slow, or answers nothing: the relay goes on, and holds up nobody who stops.
mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use courier::transport::inside::Inside;
use courier::{Envelope, Fault, Pace, Parcel, Post, Reactions, Report, Sending, Transport, ledger};
use futures::stream::BoxStream;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use world::{House, TABLE, opening, pace, post, say, steps, steps_of, tallying};

/// Refuses the first sendings, and takes its time for each; everything else works.
#[derive(Default)]
struct Refusing {
    inner: Inside,
    left: AtomicU32,
    takes: Duration,
    asked: AtomicU32,
    again: AtomicUsize,
}

#[async_trait]
impl Transport for Refusing {
    async fn publish(&self, topic: &str, events: &[Envelope], sending: Sending) -> Result<(), Fault> {
        tokio::time::sleep(self.takes).await;
        if sending == Sending::Again {
            self.again.fetch_add(events.len(), Ordering::SeqCst);
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
    let refusing = Arc::new(Refusing { left: AtomicU32::new(9), ..Refusing::default() });
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
    Post::settle(&[&from, &to], Duration::from_secs(30)).await.unwrap();
    assert_eq!(steps_of(&routing, case).await, steps(5));
    assert_eq!(refusing.left.load(Ordering::SeqCst), 0);
    // Pauses of 250 and 500 ms, then of 1 s; and one and the same relay all the time.
    assert!(begun.elapsed() >= Duration::from_millis(7_700), "{:?}", begun.elapsed());
    assert_eq!(refusing.asked.load(Ordering::SeqCst), 1, "the relay was started anew");
    to.stop().await;
    from.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_stops_does_not_wait_for_the_road() {
    let house = House::new().await;
    let intake = house.desk("intake").await;
    let road: Arc<dyn Transport> =
        Arc::new(Refusing { takes: Duration::from_hours(1), ..Refusing::default() });
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

/// Many pages take longer than the patience with a consumer: what it has stored meanwhile is not sent to it again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_road_is_not_burdened_with_repeats() {
    let house = House::new().await;
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    for case in 1..=200 {
        intake.commit(opening(&intake, Uuid::from_u128(case), 10)).await.unwrap();
    }
    // Twenty pages take four seconds, twice the patience; and no single insert on a busy disk takes two.
    let slow = Arc::new(Refusing { takes: Duration::from_millis(200), ..Refusing::default() });
    let road: Arc<dyn Transport> = slow.clone();
    let patience = Duration::from_secs(2);
    let pace = Pace { page: 100, resend_after: patience, resend_cap: patience, ..pace() };
    // It stores, and has no use for anything: storing is what counts here.
    let (idle, cancel) = (Reactions::of("routing"), CancellationToken::new());
    let to = Post::start_at(pace.clone(), &routing, idle, road.clone(), TABLE, cancel);
    let to = to.await.unwrap();
    let from = Post::start_at(pace, &intake, Reactions::of("intake"), road, TABLE, CancellationToken::new());
    let from = from.await.unwrap();
    Post::settle(&[&from, &to], Duration::from_mins(1)).await.unwrap();
    let again = slow.again.load(Ordering::SeqCst);
    assert!(again <= 200, "{again} of 2000 events were sent again");
}
