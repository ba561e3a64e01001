//! Streams and consumers that are not as they must be are mended, and what does not belong into a stream stops nobody.
use std::time::{Duration, Instant};

use async_nats::HeaderMap;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull, push};
use async_nats::jetstream::stream::{Config, RetentionPolicy, StorageType};
use courier::transport::jetstream::{JetStream, Options};
use courier::{Post, Reactions, Report, Sending, Transport};
use futures::StreamExt;

use crate::broker::Server;
use crate::world::{House, tallying};
use crate::{SOON, STREAM, assert_taken, event, listening, options, outsider, post, road, tell};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_with_other_settings_is_mended() {
    let (server, house) = (Server::start(), House::new().await);
    let operator = outsider(&server.url()).await;
    let odd = Config {
        name: STREAM.to_owned(),
        description: Some("an operator's note".to_owned()),
        subjects: vec!["supermarket.intake.v1.>".to_owned()],
        max_messages: 3,
        max_age: Duration::from_mins(1),
        duplicate_window: Duration::from_secs(1),
        no_ack: true,
        ..Config::default()
    };
    operator.create_stream(odd).await.unwrap();
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    let from = post(&intake, Reactions::of("intake"), &road("intake", &server.url()).await).await;
    let to = post(&routing, tallying(&routing), &road("routing", &server.url()).await).await;
    tell(&intake, 5, 1, 2).await;
    Post::settle(&[&from, &to], SOON).await.unwrap();
    assert_taken(&routing, 5, 2).await;
    let mended = operator.get_stream(STREAM).await.unwrap().cached_info().config.clone();
    assert_eq!(mended.subjects, ["supermarket.intake.>"]);
    assert_eq!(
        (mended.retention, mended.storage, mended.num_replicas),
        (RetentionPolicy::Limits, StorageType::File, 1)
    );
    assert_eq!(
        (mended.max_age, mended.duplicate_window),
        (Duration::from_hours(168), Duration::from_mins(2))
    );
    assert_eq!((mended.max_messages, mended.max_bytes, mended.no_ack), (-1, -1, false));
    assert_eq!(mended.description.as_deref(), Some("an operator's note"), "what does no harm stays");
    // And under way: the next refusal of the broker makes us look.
    operator.update_stream(Config { subjects: vec!["elsewhere".to_owned()], ..mended }).await.unwrap();
    tell(&intake, 5, 3, 3).await;
    Post::settle(&[&from, &to], SOON).await.unwrap();
    assert_taken(&routing, 5, 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_cannot_be_mended_is_told_with_what_to_do() {
    let server = Server::start();
    let operator = outsider(&server.url()).await;
    let memory = Config { name: STREAM.to_owned(), storage: StorageType::Memory, ..Config::default() };
    operator.create_stream(memory).await.unwrap();
    let intake = JetStream::connect(options("intake", &server.url())).await.unwrap();
    let begun = Instant::now();
    let fault = intake.publish("intake", &[event(1)], Sending::First).await.unwrap_err().to_string();
    assert!(fault.contains(STREAM) && fault.contains("supermarket_operator"), "{fault}");
    // The same for subjects that somebody else takes.
    operator.delete_stream(STREAM).await.unwrap();
    let other =
        Config { name: "OTHER".to_owned(), subjects: vec!["supermarket.>".to_owned()], ..Config::default() };
    operator.create_stream(other).await.unwrap();
    let fault = intake.publish("intake", &[event(1)], Sending::First).await.unwrap_err().to_string();
    assert!(fault.contains("another stream") && fault.contains("prefix"), "{fault}");
    // And for three copies on one server.
    operator.delete_stream("OTHER").await.unwrap();
    let three = Options { replicas: 3, ..options("intake", &server.url()) };
    let three = JetStream::connect(three).await.unwrap();
    let fault = three.publish("intake", &[event(1)], Sending::First).await.unwrap_err().to_string();
    assert!(fault.contains("replicas to 1"), "{fault}");
    assert!(begun.elapsed() < Duration::from_secs(15), "told at once, not after the budget");
    intake.publish("intake", &[event(1)], Sending::First).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consumer_with_other_settings_is_made_anew() {
    let (server, house) = (Server::start(), House::new().await);
    let operator = outsider(&server.url()).await;
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    let to_intake = road("intake", &server.url()).await;
    drop(to_intake.reports("intake").await.unwrap());
    let from = post(&intake, Reactions::of("intake"), &to_intake).await;
    let odd = pull::Config {
        durable_name: Some("routing".to_owned()),
        deliver_policy: DeliverPolicy::All,
        ack_policy: AckPolicy::None,
        filter_subject: "supermarket.intake.v1.Other.>".to_owned(),
        ..pull::Config::default()
    };
    operator.create_consumer_on_stream(odd, STREAM).await.unwrap();
    let to = post(&routing, tallying(&routing), &road("routing", &server.url()).await).await;
    tell(&intake, 5, 1, 2).await;
    Post::settle(&[&from, &to], SOON).await.unwrap();
    assert_taken(&routing, 5, 2).await;
    let made = operator.get_consumer_from_stream::<pull::Config, _, _>("routing", STREAM).await.unwrap();
    let made = &made.cached_info().config;
    assert_eq!(
        (made.deliver_policy, made.ack_policy, made.max_deliver, made.filter_subject.as_str()),
        (DeliverPolicy::New, AckPolicy::Explicit, -1, "")
    );
    assert_eq!((made.ack_wait, made.max_ack_pending), (Duration::from_secs(30), 4_096));
    to.stop().await;
    // One that pushes is of no use at all.
    operator.delete_consumer_from_stream("routing", STREAM).await.unwrap();
    let pushing = push::Config {
        durable_name: Some("routing".to_owned()),
        deliver_subject: "nowhere".to_owned(),
        ..push::Config::default()
    };
    operator.create_consumer_on_stream(pushing, STREAM).await.unwrap();
    let to = post(&routing, tallying(&routing), &road("routing", &server.url()).await).await;
    tell(&intake, 5, 3, 3).await;
    Post::settle(&[&from, &to], SOON).await.unwrap();
    assert_taken(&routing, 5, 3).await;
    assert!(operator.get_consumer_from_stream::<pull::Config, _, _>("routing", STREAM).await.is_ok());
}

/// Somebody else has taken as many messages as may be out, and signs for none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stuck_consumer_is_made_anew() {
    let server = Server::start();
    let url = server.url();
    let intake = JetStream::connect(options("intake", &url)).await.unwrap();
    let patient = JetStream::connect(options("routing", &url)).await.unwrap();
    drop(intake.reports("intake").await.unwrap());
    // The consumer as we make it.
    let operator = outsider(&url).await;
    let mut parcels = patient.subscribe("routing", &["intake"]).await.unwrap();
    listening(&mut parcels, &operator, STREAM, "routing").await;
    drop(parcels);
    let hog = operator.get_consumer_from_stream::<pull::Config, _, _>("routing", STREAM).await.unwrap();
    let events: Vec<_> = (1..=4_100).map(event).collect();
    intake.publish("intake", &events, Sending::First).await.unwrap();
    let mut taken = 0;
    while taken < 4_096 {
        let mut batch = hog.fetch().max_messages(4_096 - taken).messages().await.unwrap();
        while let Some(Ok(_unsigned)) = batch.next().await {
            taken += 1;
        }
    }
    let hasty = Options { stuck_after: Duration::from_secs(1), ..options("routing", &url) };
    let hasty = JetStream::connect(hasty).await.unwrap();
    let mut parcels = hasty.subscribe("routing", &["intake"]).await.unwrap();
    let begun = Instant::now();
    let mut sent = 4_100;
    // Nothing comes, and then what is new comes again: within seconds, not when the hog's time for signing ends.
    let first = loop {
        sent += 1;
        intake.publish("intake", &[event(sent)], Sending::First).await.unwrap();
        if let Ok(parcel) = tokio::time::timeout(Duration::from_millis(100), parcels.next()).await {
            break parcel.unwrap().open().0.pub_seq;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "it is still stuck");
    };
    assert!(
        first > 4_100 && begun.elapsed() >= Duration::from_secs(1),
        "{first} after {:?}",
        begun.elapsed()
    );
    let info = operator.get_consumer_from_stream::<pull::Config, _, _>("routing", STREAM).await.unwrap();
    assert!(info.cached_info().num_ack_pending < 100, "a new consumer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_event_is_left_out_and_stops_nobody() {
    let (server, house) = (Server::start(), House::new().await);
    let stranger = async_nats::connect(server.url()).await.unwrap();
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    let (to_intake, to_routing) = (road("intake", &server.url()).await, road("routing", &server.url()).await);
    let from = post(&intake, Reactions::of("intake"), &to_intake).await;
    let to = post(&routing, tallying(&routing), &to_routing).await;
    let mut headers = HeaderMap::new();
    headers.insert("ce-specversion", "1.0");
    headers.insert("ce-pubseq", "-7");
    for step in 1..=3 {
        stranger.publish("supermarket.intake.v1.Nonsense", "nonsense".into()).await.unwrap();
        stranger
            .publish_with_headers("supermarket.intake.v1.Nonsense", headers.clone(), "\x08\x01".into())
            .await
            .unwrap();
        // Reports that are none, and one of somebody whom nobody knows.
        for (consumer, report) in
            [("routing", "nonsense"), ("routing", "1 1 99999999999999999999 0"), ("nobody", "1 1 5 5")]
        {
            stranger.publish(format!("supermarket_report.intake.{consumer}"), report.into()).await.unwrap();
        }
        tell(&intake, 5, step, step).await;
    }
    Post::settle(&[&from, &to], SOON).await.unwrap();
    assert_taken(&routing, 5, 3).await;
    let operator = outsider(&server.url()).await;
    let mut consumer =
        operator.get_consumer_from_stream::<pull::Config, _, _>("routing", STREAM).await.unwrap();
    let signed = async {
        while consumer.info().await.unwrap().num_ack_pending > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), signed).await.expect("the nonsense does not come again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_reach_the_topics_own_service() {
    let server = Server::start();
    let intake = JetStream::connect(options("intake", &server.url())).await.unwrap();
    let routing = JetStream::connect(options("routing", &server.url())).await.unwrap();
    let mut reports = intake.reports("intake").await.unwrap();
    let of = |topic: &str, stored| Report {
        consumer: "routing".to_owned(),
        topic: topic.to_owned(),
        epoch: 2,
        stored,
        applied: 3,
    };
    routing.report(of("mediation", 9)).await.unwrap();
    routing.report(of("intake", 7)).await.unwrap();
    let heard = tokio::time::timeout(Duration::from_secs(5), reports.next()).await.unwrap();
    assert_eq!(heard, Some(of("intake", 7)));
}
