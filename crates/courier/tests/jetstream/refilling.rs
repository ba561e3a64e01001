//! Sending again is not swallowed by the broker's memory of repeats; sending first is, and that is no loss.
use std::time::Duration;

use async_nats::HeaderValue;
use courier::transport::jetstream::JetStream;
use courier::{Parcel, Sending, Transport};
use futures::StreamExt;
use futures::stream::BoxStream;

use crate::broker::Server;
use crate::{STREAM, event, options, outsider};

/// What comes, signed for, until nothing comes for a while.
async fn numbers(parcels: &mut BoxStream<'static, Parcel>) -> Vec<u64> {
    let mut numbers = vec![];
    while let Ok(Some(parcel)) = tokio::time::timeout(Duration::from_secs(1), parcels.next()).await {
        let (event, signing) = parcel.open();
        numbers.push(event.pub_seq);
        signing.expect("this road wants a signature").await;
    }
    numbers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sending_again_inside_the_window_of_repeats_arrives() {
    let server = Server::start();
    let intake = JetStream::connect(options("intake", &server.url())).await.unwrap();
    let routing = JetStream::connect(options("routing", &server.url())).await.unwrap();
    drop(intake.reports("intake").await.unwrap());
    let mut parcels = routing.subscribe("routing", &["intake"]).await.unwrap();
    assert_eq!(numbers(&mut parcels).await, [] as [u64; 0], "and listens from here on");
    let events = [event(1), event(2), event(3)];

    intake.publish("intake", &events, Sending::First).await.unwrap();
    assert_eq!(numbers(&mut parcels).await, [1, 2, 3]);
    // Acknowledged as well, and stored nowhere: this is why the relay must not send a refill so.
    intake.publish("intake", &events, Sending::First).await.unwrap();
    assert_eq!(numbers(&mut parcels).await, [] as [u64; 0], "the broker takes it for a repeat");
    for _ in 0..2 {
        intake.publish("intake", &events, Sending::Again).await.unwrap();
        assert_eq!(numbers(&mut parcels).await, [1, 2, 3]);
    }
    // Another process of intake has ids of its own.
    let other = JetStream::connect(options("intake", &server.url())).await.unwrap();
    other.publish("intake", &events, Sending::Again).await.unwrap();
    assert_eq!(numbers(&mut parcels).await, [1, 2, 3]);
    let mut stream = outsider(&server.url()).await.get_stream(STREAM).await.unwrap();
    assert_eq!(stream.info().await.unwrap().state.messages, 12);
}

/// An event looks as the `CloudEvents` binding has it, and an id of the broker's is no id of ours.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_is_a_cloud_event_on_its_own_subject() {
    let server = Server::start();
    let intake = JetStream::connect(options("intake", &server.url())).await.unwrap();
    intake.publish("intake", &[event(1)], Sending::First).await.unwrap();
    intake.publish("intake", &[event(1)], Sending::Again).await.unwrap();
    let stream = outsider(&server.url()).await.get_stream(STREAM).await.unwrap();
    let stored = stream.get_raw_message(1).await.unwrap();
    assert_eq!(
        stored.subject.as_str(),
        "supermarket.intake.v1.DisputeFiled.442000.00000000-0000-0000-0000-000000000007"
    );
    for (name, value) in [
        ("ce-specversion", "1.0"),
        ("ce-id", "00000000-0000-0000-0000-000000000001"),
        ("ce-source", "/supermarket/intake"),
        ("ce-type", "supermarket.intake.v1.DisputeFiled"),
        ("ce-time", "2026-09-21T14:13:20Z"),
        ("ce-subject", "00000000-0000-0000-0000-000000000007"),
        ("ce-centre", "442000"),
        ("ce-epoch", "1"),
        ("ce-pubseq", "1"),
        ("ce-afterseq", "0"),
        ("ce-caseversion", "1"),
        ("content-type", "application/protobuf"),
        ("Nats-Msg-Id", "00000000-0000-0000-0000-000000000001"),
    ] {
        assert_eq!(stored.headers.get(name).map(HeaderValue::as_str), Some(value), "{name}");
    }
    assert_eq!(stored.payload, vec![8, 1]);
    let again = stream.get_raw_message(2).await.unwrap();
    let id = again.headers.get("Nats-Msg-Id").unwrap().as_str();
    assert!(id.starts_with("00000000-0000-0000-0000-000000000001.") && id.len() > 50, "{id}");
}
