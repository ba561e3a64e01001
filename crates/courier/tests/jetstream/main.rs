//! News over a real NATS JetStream: delivered once and in order, whatever happens to the broker.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

#[path = "../broker/mod.rs"]
mod broker;
mod cluster;
mod delivery;
mod joining;
mod mending;
mod refilling;
mod rights;
mod sealed;
mod touch;
mod vanishing;
#[path = "../world/mod.rs"]
mod world;

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::pull;
use courier::transport::jetstream::{JetStream, Options};
use courier::{Desk, Envelope, Parcel, Post, Reactions, Transport};
use futures::StreamExt;
use futures::stream::BoxStream;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Long: a broken broker is waited for, and the machine is shared.
const SOON: Duration = Duration::from_secs(40);

const STREAM: &str = "SUPERMARKET_INTAKE";

/// A service's way to a server without a login, impatient where that only saves time.
fn options(service: &str, url: &str) -> Options {
    Options { answer_within: Duration::from_secs(2), ..Options::new(service, &[url]) }
}

async fn road(service: &str, url: &str) -> Arc<dyn Transport> {
    Arc::new(JetStream::connect(options(service, url)).await.unwrap())
}

/// An outsider's look into JetStream.
async fn outsider(url: &str) -> Context {
    async_nats::jetstream::new(async_nats::connect(url).await.unwrap())
}

/// Reads on, and hears nothing, until the consumer stands: then nothing that is said is missed.
async fn listening(
    parcels: &mut BoxStream<'static, Parcel>,
    operator: &Context,
    stream: &str,
    service: &str,
) {
    let stands = async {
        while operator.get_consumer_from_stream::<pull::Config, _, _>(service, stream).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        parcel = parcels.next() => panic!("{:?} came too early", parcel.map(|parcel| parcel.open().0)),
        stands = tokio::time::timeout(SOON, stands) => stands.expect("the consumer stands"),
    }
}

/// The numbers of the next parcels, signed for.
async fn next_numbers(parcels: &mut BoxStream<'static, Parcel>, count: usize) -> Vec<u64> {
    let mut numbers = vec![];
    while numbers.len() < count {
        let parcel = tokio::time::timeout(SOON, parcels.next()).await;
        let parcel = parcel.unwrap_or_else(|_| panic!("only {numbers:?} came")).unwrap();
        let (event, signing) = parcel.open();
        numbers.push(event.pub_seq);
        signing.expect("this road wants a signature").await;
    }
    numbers
}

/// A post office with the pace of the house, but reports ten times as often.
async fn post(desk: &Desk, reactions: Reactions, road: &Arc<dyn Transport>) -> Post {
    let pace = courier::Pace {
        resend_after: Duration::from_millis(300),
        resend_cap: Duration::from_secs(1),
        report_every: Duration::from_millis(100),
        ..world::pace()
    };
    let cancel = CancellationToken::new();
    Post::start_at(pace, desk, reactions, road.clone(), world::TABLE, cancel).await.unwrap()
}

/// Says steps `from` to `to` of each of the first cases.
async fn tell(desk: &Desk, cases: u128, from: u64, to: u64) {
    for step in from..=to {
        for case in 1..=cases {
            world::say(desk, Uuid::from_u128(case), step).await;
        }
    }
}

/// Each of the first cases has taken its steps once and in order.
async fn assert_taken(desk: &Desk, cases: u128, to: u64) {
    for case in 1..=cases {
        assert_eq!(world::steps_of(desk, Uuid::from_u128(case)).await, world::steps(to), "case {case}");
    }
}

/// An event of intake, number `seq`.
fn event(seq: u64) -> Envelope {
    Envelope {
        id: Uuid::from_u128(u128::from(seq)),
        topic: "intake".to_owned(),
        epoch: 1,
        pub_seq: seq,
        after_seq: seq - 1,
        kind: "supermarket.intake.v1.DisputeFiled".to_owned(),
        centre: "442000".to_owned(),
        case: Uuid::from_u128(7),
        version: seq,
        at: chrono::DateTime::from_timestamp_micros(1_790_000_000_000_000).unwrap(),
        trace: None,
        body: vec![8, 1].into(),
    }
}
