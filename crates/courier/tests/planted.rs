//! The courier's checks see the bugs they are there for: the same probe finds nothing in the house as it is, and finds the
//! bug where it is planted.
//!
//! A bug is planted in the whole process, so these tests take turns. Those that need a broker or PostgreSQL's own ways are in
//! `cluster_planted.rs`, those of the services beside the services.
#![expect(clippy::unwrap_used, reason = "a test may fail")]
mod world;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use courier::planted::{Bug, plant};
use courier::transport::inside::Inside;
use courier::{
    Actor, Desk, Envelope, Fault, Pace, Parcel, Post, Reactions, Report, Sending, Transport, WriteList,
};
use futures::StreamExt;
use futures::stream::BoxStream;
use migrations::rehearsal::is_cluster;
use sea_orm::ConnectionTrait;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use world::{House, Note, column, post, say, steps, steps_of, tallying};

/// What is sound has this long.
const SOON: Duration = Duration::from_secs(20);
/// What a bug holds up has so long: many times what the hurried pace needs.
const LONG_ENOUGH: Duration = Duration::from_secs(2);

static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// A road that keeps a copy of what it was given, loses what it is told to, and, where it knows the consumer's desk, looks
/// at each signature whether what is signed for is there.
#[derive(Default)]
struct Road {
    inside: Inside,
    carried: Mutex<Vec<Envelope>>,
    loses: AtomicBool,
    looks_at: Option<Desk>,
    signed_too_early: Arc<Mutex<BTreeSet<u64>>>,
}

impl Road {
    fn carried(&self) -> Vec<Envelope> {
        self.carried.lock().unwrap().clone()
    }
}

#[async_trait]
impl Transport for Road {
    async fn publish(&self, topic: &str, events: &[Envelope], sending: Sending) -> Result<(), Fault> {
        // Decided before anybody sees them on the road: whoever saw them may end the losing at once.
        let loses = self.loses.load(Ordering::SeqCst);
        self.carried.lock().unwrap().extend_from_slice(events);
        if loses { Ok(()) } else { self.inside.publish(topic, events, sending).await }
    }

    async fn subscribe(&self, consumer: &str, topics: &[&str]) -> Result<BoxStream<'static, Parcel>, Fault> {
        let stream = self.inside.subscribe(consumer, topics).await?;
        let Some(desk) = self.looks_at.clone() else { return Ok(stream) };
        let early = self.signed_too_early.clone();
        let to_sign = move |parcel: Parcel| {
            let (event, _) = parcel.open();
            let (desk, early, number) = (desk.clone(), early.clone(), event.pub_seq);
            let looking = async move {
                if !stored(&desk).await.contains(&number) {
                    early.lock().unwrap().insert(number);
                }
            };
            Parcel::to_sign(event, Box::pin(looking))
        };
        Ok(stream.map(to_sign).boxed())
    }

    async fn report(&self, report: Report) -> Result<(), Fault> {
        self.inside.report(report).await
    }

    async fn reports(&self, topic: &str) -> Result<BoxStream<'static, Report>, Fault> {
        self.inside.reports(topic).await
    }
}

/// The numbers that a consumer has stored.
async fn stored(desk: &Desk) -> Vec<u64> {
    let numbers: Vec<i64> = column(desk, "SELECT pub_seq FROM inbox ORDER BY pub_seq").await;
    numbers.into_iter().map(|number| number as u64).collect()
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(SOON, waiting).await.unwrap_or_else(|_| panic!("{what}"));
}

/// Intake's and routing's desks and post offices on one road.
struct Street {
    house: House,
    road: Arc<Road>,
    intake: Desk,
    routing: Desk,
    from: Post,
    to: Post,
}

impl Street {
    async fn open(looks: bool, pace: Pace) -> Self {
        let house = House::new().await;
        let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
        let looks_at = looks.then(|| routing.clone());
        let road = Arc::new(Road { looks_at, ..Road::default() });
        let shared: Arc<dyn Transport> = road.clone();
        let from = post(&intake, Reactions::of("intake"), &shared).await;
        let to = start(&routing, pace, &road).await;
        Street { house, road, intake, routing, from, to }
    }

    async fn settles_within(&self, time: Duration) -> bool {
        Post::settle(&[&self.from, &self.to], time).await.is_ok()
    }

    async fn settle(&self) {
        Post::settle(&[&self.from, &self.to], SOON).await.unwrap();
    }
}

async fn start(desk: &Desk, pace: Pace, road: &Arc<Road>) -> Post {
    let cancel = CancellationToken::new();
    Post::start_at(pace, desk, tallying(desk), road.clone(), world::TABLE, cancel).await.unwrap()
}

fn case(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// What was signed for before it was there.
async fn signed_too_early() -> BTreeSet<u64> {
    let street = Street::open(true, world::pace()).await;
    for step in 1..=3 {
        say(&street.intake, case(1), step).await;
    }
    street.settle().await;
    street.road.signed_too_early.lock().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ack_before_commit_is_caught() {
    let _turn = TURN.lock().await;
    assert_eq!(signed_too_early().await, BTreeSet::new());
    let _bug = plant(Bug::AckBeforeCommit);
    assert_eq!(signed_too_early().await, BTreeSet::from([1, 2, 3]));
}

/// The steps taken after the first of two events came once more.
async fn steps_after_a_repeat() -> String {
    let street = Street::open(false, world::pace()).await;
    say(&street.intake, case(1), 1).await;
    street.settle().await;
    let repeat = street.road.carried();
    street.road.inside.publish("intake", &repeat, Sending::Again).await.unwrap();
    // Comes behind the repeat, so that is over when this is.
    say(&street.intake, case(1), 2).await;
    street.settle().await;
    steps_of(&street.routing, case(1)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_inbox_is_caught() {
    let _turn = TURN.lock().await;
    assert_eq!(steps_after_a_repeat().await, steps(2));
    let _bug = plant(Bug::NoInbox);
    let taken = steps_after_a_repeat().await;
    assert!(taken.starts_with("1 1 "), "{taken}");
}

/// Which of three events come, when the second to be written got its id first.
async fn arrived_out_of_the_order_of_ids(within: Duration) -> Vec<u64> {
    let street = Street::open(false, world::pace()).await;
    let letter = |step| {
        let stamp = street.intake.stamp(Actor::service("intake", "442000"), "test.Say", None);
        let mut list = WriteList::new(&stamp, Some(case(step)));
        list.post(case(step), 1, &Note { step: step as u64 });
        list
    };
    let (slow, quick) = (letter(1), letter(2));
    street.intake.commit(quick).await.unwrap();
    street.settle().await;
    street.intake.commit(slow).await.unwrap();
    // Numbered, which on PostgreSQL somebody has to do, before the third is there.
    assert_eq!(world::numbers(&street.intake).await, [1, 2]);
    street.intake.commit(letter(3)).await.unwrap();
    until("the third is there", async || stored(&street.routing).await.contains(&3)).await;
    street.settles_within(within).await;
    stored(&street.routing).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_by_id_is_caught() {
    let _turn = TURN.lock().await;
    assert_eq!(arrived_out_of_the_order_of_ids(SOON).await, [1, 2, 3]);
    let _bug = plant(Bug::CursorById);
    assert_eq!(arrived_out_of_the_order_of_ids(LONG_ENOUGH).await, [1, 3]);
}

/// Which of two events come, when the road has lost the first.
async fn arrived_over_a_road_that_loses(within: Duration) -> Vec<u64> {
    let street = Street::open(false, world::pace()).await;
    street.road.loses.store(true, Ordering::SeqCst);
    say(&street.intake, case(1), 1).await;
    until("the first is on the road", async || !street.road.carried().is_empty()).await;
    street.road.loses.store(false, Ordering::SeqCst);
    say(&street.intake, case(2), 1).await;
    until("the second is there", async || stored(&street.routing).await.contains(&2)).await;
    street.settles_within(within).await;
    stored(&street.routing).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn marking_published_before_the_ack_is_caught() {
    let _turn = TURN.lock().await;
    assert_eq!(arrived_over_a_road_that_loses(SOON).await, [1, 2]);
    let _bug = plant(Bug::PublishedBeforeAck);
    assert_eq!(arrived_over_a_road_that_loses(LONG_ENOUGH).await, [2]);
}

/// The steps taken when nothing could be written down as applied for a while, and then routing was started again.
async fn steps_after_a_stop_in_the_middle() -> String {
    let pace = Pace { retry_base: Duration::from_millis(500), attempts: 100, ..world::pace() };
    let mut street = Street::open(false, pace.clone()).await;
    let owner = street.house.memory.owner("routing").await;
    owner.execute_unprepared(stop(is_cluster())).await.unwrap();
    say(&street.intake, case(1), 1).await;
    until("the event could not be applied", async || {
        column::<i32>(&street.routing, "SELECT attempts FROM inbox")
            .await
            .first()
            .is_some_and(|times| *times > 0)
    })
    .await;
    street.to.stop().await;
    street.routing.close().await;
    owner.execute_unprepared(go_on(is_cluster())).await.unwrap();
    owner.close().await.unwrap();
    street.routing = street.house.desk("routing").await;
    street.to = start(&street.routing, pace, &street.road).await;
    street.settle().await;
    steps_of(&street.routing, case(1)).await
}

/// From here on no event becomes "applied": the moment between two writes, held still.
fn stop(cluster: bool) -> &'static str {
    if cluster {
        "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stop'; END $$; \
         CREATE TRIGGER stop BEFORE UPDATE ON inbox FOR EACH ROW WHEN (NEW.state = 1) EXECUTE FUNCTION stop()"
    } else {
        "CREATE TRIGGER stop BEFORE UPDATE ON inbox WHEN NEW.state = 1 BEGIN SELECT RAISE(ABORT, 'stop'); END"
    }
}

fn go_on(cluster: bool) -> &'static str {
    if cluster { "DROP TRIGGER stop ON inbox" } else { "DROP TRIGGER stop" }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_effect_outside_the_inbox_is_caught() {
    let _turn = TURN.lock().await;
    assert_eq!(steps_after_a_stop_in_the_middle().await, steps(1));
    let _bug = plant(Bug::EffectOutsideInbox);
    let taken = steps_after_a_stop_in_the_middle().await;
    assert!(taken.starts_with("1 1 "), "{taken}");
}
