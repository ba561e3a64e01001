//! Sending again is not swallowed by the broker's memory of repeats; sending first is, and that is no loss.
use std::time::Duration;

use async_nats::HeaderValue;
use courier::transport::jetstream::JetStream;
use courier::{Sending, Transport};
use futures::StreamExt;

use crate::broker::Server;
use crate::{STREAM, event, listening, next_numbers, options, outsider};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sending_again_inside_the_window_of_repeats_arrives() {
    let server = Server::start();
    let intake = JetStream::connect(options("intake", &server.url())).await.unwrap();
    let routing = JetStream::connect(options("routing", &server.url())).await.unwrap();
    drop(intake.reports("intake").await.unwrap());
    let operator = outsider(&server.url()).await;
    let mut parcels = routing.subscribe("routing", &["intake"]).await.unwrap();
    listening(&mut parcels, &operator, STREAM, "routing").await;
    let events = [event(1), event(2), event(3)];
    let stored = async || operator.get_stream(STREAM).await.unwrap().cached_info().state.messages;

    intake.publish("intake", &events, Sending::First).await.unwrap();
    assert_eq!(next_numbers(&mut parcels, 3).await, [1, 2, 3]);
    // Acknowledged as well, and stored nowhere: this is why the relay must not send a refill so.
    intake.publish("intake", &events, Sending::First).await.unwrap();
    assert_eq!(stored().await, 3, "the broker takes them for repeats");
    let more = tokio::time::timeout(Duration::from_millis(500), parcels.next()).await;
    assert!(more.is_err(), "and delivers nothing");
    for _ in 0..2 {
        intake.publish("intake", &events, Sending::Again).await.unwrap();
        assert_eq!(next_numbers(&mut parcels, 3).await, [1, 2, 3]);
    }
    // Another process of intake has ids of its own.
    let other = JetStream::connect(options("intake", &server.url())).await.unwrap();
    other.publish("intake", &events, Sending::Again).await.unwrap();
    assert_eq!(next_numbers(&mut parcels, 3).await, [1, 2, 3]);
    assert_eq!(stored().await, 12);
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
