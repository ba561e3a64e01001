//! Whatever vanishes at the broker comes back, and what was in it arrives.
use std::time::Duration;

use async_nats::jetstream::consumer::pull;
use courier::{Desk, Post, Reactions};
use tokio::time::sleep;

use crate::broker::Server;
use crate::world::{House, tallying};
use crate::{SOON, STREAM, assert_taken, outsider, post, road, tell};

/// Two post offices and a server.
struct Town {
    server: Server,
    intake: Desk,
    routing: Desk,
    from: Post,
    to: Post,
    _house: House,
}

impl Town {
    async fn begin() -> Self {
        let (server, house) = (Server::start(), House::new().await);
        let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
        let from = post(&intake, Reactions::of("intake"), &road("intake", &server.url()).await).await;
        let to = post(&routing, tallying(&routing), &road("routing", &server.url()).await).await;
        tell(&intake, 10, 1, 2).await;
        Post::settle(&[&from, &to], SOON).await.unwrap();
        Town { server, intake, routing, from, to, _house: house }
    }

    /// Everything that was said up to this step took effect, once and in order, and both stop at once.
    async fn end(self, step: u64) {
        Post::settle(&[&self.from, &self.to], SOON).await.unwrap();
        assert_taken(&self.routing, 10, step).await;
        let stopping = async { tokio::join!(self.from.stop(), self.to.stop()) };
        assert!(tokio::time::timeout(Duration::from_secs(10), stopping).await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_store() {
    let mut town = Town::begin().await;
    for round in 0..2 {
        tell(&town.intake, 10, 3 + round * 4, 4 + round * 4).await;
        town.server.kill();
        town.server.wipe();
        tell(&town.intake, 10, 5 + round * 4, 6 + round * 4).await;
        town.server.start_again();
    }
    town.end(10).await;
}

/// The last events are acknowledged, lost with the store, and nothing new is said: only the watermark knows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_event_of_a_case() {
    let mut town = Town::begin().await;
    town.to.stop().await;
    tell(&town.intake, 10, 3, 3).await;
    // Acknowledged: in the stream.
    let mut stream = outsider(&town.server.url()).await.get_stream(STREAM).await.unwrap();
    while stream.info().await.unwrap().state.last_sequence < 30 {
        sleep(Duration::from_millis(10)).await;
    }
    town.server.kill();
    town.server.wipe();
    town.server.start_again();
    town.to = post(&town.routing, tallying(&town.routing), &road("routing", &town.server.url()).await).await;
    town.end(3).await;
}

/// An old copy of the store comes back: what was said since then is gone, what was read before comes again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_since_a_copy_of_the_store() {
    let mut town = Town::begin().await;
    town.server.copy_store();
    tell(&town.intake, 10, 3, 6).await;
    Post::settle(&[&town.from, &town.to], SOON).await.unwrap();
    tell(&town.intake, 10, 7, 8).await;
    town.server.kill();
    town.server.put_copy_back();
    town.server.start_again();
    tell(&town.intake, 10, 9, 9).await;
    town.end(9).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_process_alone() {
    let mut town = Town::begin().await;
    for round in 0..3 {
        tell(&town.intake, 10, 3 + round * 2, 3 + round * 2).await;
        town.server.kill();
        tell(&town.intake, 10, 4 + round * 2, 4 + round * 2).await;
        town.server.start_again();
    }
    town.end(8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_stream_under_traffic() {
    let town = Town::begin().await;
    let operator = outsider(&town.server.url()).await;
    let deleting = async {
        for _ in 0..4 {
            sleep(Duration::from_millis(150)).await;
            drop(operator.delete_stream(STREAM).await);
        }
    };
    tokio::join!(tell(&town.intake, 10, 3, 42), deleting);
    town.end(42).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_consumer_under_traffic() {
    let town = Town::begin().await;
    let operator = outsider(&town.server.url()).await;
    let deleting = async {
        for _ in 0..4 {
            sleep(Duration::from_millis(150)).await;
            drop(operator.delete_consumer_from_stream("routing", STREAM).await);
        }
    };
    tokio::join!(tell(&town.intake, 10, 3, 42), deleting);
    town.end(42).await;
}

/// A consumer that vanishes while nobody is connected does not tell anybody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_consumer_while_the_connection_is_down() {
    let mut town = Town::begin().await;
    // Killed before the readers come back, so that they find a server without their consumer.
    let operator = outsider(&town.server.url()).await;
    let consumer = operator.get_consumer_from_stream::<pull::Config, _, _>("routing", STREAM).await.unwrap();
    assert_eq!(consumer.cached_info().name, "routing");
    town.server.kill();
    town.server.forget_consumers();
    town.server.start_again();
    tell(&town.intake, 10, 3, 4).await;
    town.end(4).await;
}

/// Connections stay open and nobody answers, for longer than an answer is waited for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_servers_breath() {
    let town = Town::begin().await;
    for round in 0..2 {
        town.server.pause();
        tell(&town.intake, 10, 3 + round, 3 + round).await;
        sleep(Duration::from_secs(3)).await;
        town.server.resume();
    }
    tell(&town.intake, 10, 5, 5).await;
    town.end(5).await;
}

/// Longer than the broker is given to show a sign of life: the connection is given up and made anew.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_servers_breath_for_long() {
    let town = Town::begin().await;
    town.server.pause();
    tell(&town.intake, 10, 3, 3).await;
    sleep(Duration::from_secs(14)).await;
    // Whoever stops now does not wait for the broker.
    let stopping = tokio::time::timeout(Duration::from_secs(10), town.to.stop()).await;
    assert!(stopping.is_ok());
    town.server.resume();
    let to = post(&town.routing, tallying(&town.routing), &road("routing", &town.server.url()).await).await;
    Town { to, ..town }.end(3).await;
}
