//! The shipped permissions: each service can do its work with its own login, and nothing beside it.
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::pull;
use async_nats::{Client, ConnectOptions, Event};
use contracts::topics::{CONSUMERS, topics_of};
use courier::transport::jetstream::{JetStream, Options};
use courier::{Post, Reactions, Report, Transport};
use futures::StreamExt;

use crate::broker::shipped::{self, PASSWORD};
use crate::world::{House, tallying};
use crate::{SOON, STREAM, assert_taken, event, listening, options, post, tell};

fn login(service: &str, url: &str) -> Options {
    let (user, password) = (format!("supermarket_{service}"), PASSWORD.to_owned());
    Options { user, password, ..options(service, url) }
}

/// A connection that collects what the server refuses.
struct Attempt {
    client: Client,
    refused: Arc<Mutex<BTreeSet<String>>>,
}

impl Attempt {
    async fn of(service: &str, url: &str) -> Self {
        let refused: Arc<Mutex<BTreeSet<String>>> = Arc::default();
        let heard = refused.clone();
        let connecting =
            ConnectOptions::with_user_and_password(format!("supermarket_{service}"), PASSWORD.into())
                .custom_inbox_prefix(format!("_INBOX_{service}"))
                .event_callback(move |event| {
                    if let Event::ServerError(error) = event {
                        heard.lock().unwrap().insert(error.to_string().to_lowercase());
                    }
                    futures::future::ready(())
                });
        Attempt { client: connecting.connect(url).await.unwrap(), refused }
    }

    /// Says something on each subject; answers with those that the server did not refuse.
    async fn publish(&self, subjects: &[&'static str]) -> Vec<&'static str> {
        for subject in subjects {
            self.client.publish(*subject, "{}".into()).await.unwrap();
        }
        self.after("publish", subjects).await
    }

    /// Listens on each subject; answers with those that the server did not refuse.
    async fn subscribe(&self, subjects: &[&'static str]) -> Vec<&'static str> {
        let mut open = vec![];
        for subject in subjects {
            open.push(self.client.subscribe(*subject).await.unwrap());
        }
        self.after("subscription", subjects).await
    }

    async fn after(&self, what: &str, subjects: &[&'static str]) -> Vec<&'static str> {
        // The server's refusals come before its answer to this; they are told here a little later.
        self.client.flush().await.unwrap();
        let mut open = subjects.to_vec();
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let refused = self.refused.lock().unwrap();
            open.retain(|subject| {
                let told = format!("{what} to \"{}\"", subject.to_lowercase());
                !refused.iter().any(|error| error.contains(&told))
            });
            if open.is_empty() {
                break;
            }
        }
        open
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_its_own_login_each_service_can_do_its_work() {
    let (server, house) = (shipped::server(), House::new().await);
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    let road = async |service| {
        let road: Arc<dyn Transport> =
            Arc::new(JetStream::connect(login(service, &server.url())).await.unwrap());
        road
    };
    let from = post(&intake, Reactions::of("intake"), &road("intake").await).await;
    let to = post(&routing, tallying(&routing), &road("routing").await).await;
    tell(&intake, 20, 1, 3).await;
    Post::settle(&[&from, &to], SOON).await.unwrap();
    assert_taken(&routing, 20, 3).await;
    // The relay heard it, so it does not send again: reports travel.
    let mut reports = road("intake").await.reports("intake").await.unwrap();
    let report = tokio::time::timeout(Duration::from_secs(5), reports.next()).await.unwrap().unwrap();
    assert_eq!((report.consumer.as_str(), report.stored), ("routing", 60));
    // The operator takes the stream away, and routing's consumer after that.
    let operator = Attempt::of("operator", &server.url()).await;
    let operator = async_nats::jetstream::new(operator.client);
    operator.delete_stream(STREAM).await.unwrap();
    tell(&intake, 20, 4, 4).await;
    Post::settle(&[&from, &to], SOON).await.unwrap();
    operator.delete_consumer_from_stream("routing", STREAM).await.unwrap();
    tell(&intake, 20, 5, 5).await;
    Post::settle(&[&from, &to], SOON).await.unwrap();
    assert_taken(&routing, 20, 5).await;
    // A consumer with other settings is replaced, which needs one more right.
    to.stop().await;
    operator.delete_consumer_from_stream("routing", STREAM).await.unwrap();
    let odd =
        pull::Config { durable_name: Some("routing".into()), max_deliver: 3, ..pull::Config::default() };
    // The operator may not make one, and so read the news with it.
    let reader = async_nats::jetstream::new(Attempt::of("routing", &server.url()).await.client);
    reader.create_consumer_on_stream(odd, STREAM).await.unwrap();
    let to = post(&routing, tallying(&routing), &road("routing").await).await;
    tell(&intake, 20, 6, 6).await;
    Post::settle(&[&from, &to], SOON).await.unwrap();
    assert_taken(&routing, 20, 6).await;
}

/// Every service with every topic that it says or reads, as the contract has them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_service_speaks_on_its_topic_and_hears_those_it_reads() {
    let server = shipped::server();
    let services: Vec<&str> = CONSUMERS.iter().map(|(topic, _)| *topic).collect();
    let mut roads = vec![];
    for service in &services {
        let road = JetStream::connect(login(service, &server.url())).await.unwrap();
        drop(road.reports(service).await.unwrap());
        road.ready("").await.unwrap();
        roads.push(road);
    }
    let operator = Attempt::of("operator", &server.url()).await;
    let operator = async_nats::jetstream::new(operator.client);
    let mut heard = vec![];
    for (road, service) in roads.iter().zip(&services) {
        let topics: Vec<_> = topics_of(service).collect();
        let mut parcels = road.subscribe(service, &topics).await.unwrap();
        for topic in &topics {
            listening(&mut parcels, &operator, &stream(topic), service).await;
        }
        heard.push((parcels, topics.len(), *service));
    }
    for (road, service) in roads.iter().zip(&services) {
        let mut event = event(1);
        event.topic = (*service).to_owned();
        event.kind = format!("supermarket.{service}.v1.Something");
        road.publish(service, &[event], courier::Sending::First).await.unwrap();
    }
    for (parcels, count, service) in &mut heard {
        let mut topics = BTreeSet::new();
        while topics.len() < *count {
            let parcel = tokio::time::timeout(Duration::from_secs(10), parcels.next()).await;
            let parcel = parcel.unwrap_or_else(|_| panic!("{service} has heard only {topics:?}")).unwrap();
            let (event, signing) = parcel.open();
            signing.unwrap().await;
            topics.insert(event.topic);
        }
    }
    // Every signature is accepted, and every report comes in under its sender's name.
    for (topic, consumers) in CONSUMERS {
        let stream = stream(topic);
        let producer = services.iter().position(|service| service == topic).unwrap();
        let mut reports = roads[producer].reports(topic).await.unwrap();
        for consumer in *consumers {
            assert_eq!(unsigned(&operator, &stream, consumer).await, 0, "{consumer} signs on {topic}");
            let road = &roads[services.iter().position(|service| service == consumer).unwrap()];
            let (consumer, topic) = ((*consumer).to_owned(), (*topic).to_owned());
            let report = Report { consumer, topic, epoch: 1, stored: 1, applied: 1 };
            // Said again until it comes: the subscription may reach the server after the first one.
            let comes = async {
                loop {
                    road.report(report.clone()).await.unwrap();
                    let came = tokio::time::timeout(Duration::from_millis(500), reports.next()).await;
                    if came.is_ok_and(|came| came.as_ref() == Some(&report)) {
                        break;
                    }
                }
            };
            let came = tokio::time::timeout(Duration::from_secs(20), comes).await;
            assert!(came.is_ok(), "no report of {report:?}");
        }
    }
}

fn stream(topic: &str) -> String {
    format!("SUPERMARKET_{}", topic.to_uppercase())
}

async fn unsigned(operator: &Context, stream: &str, consumer: &str) -> usize {
    for _ in 0..100 {
        let found = operator.get_consumer_from_stream::<pull::Config, _, _>(consumer, stream).await.unwrap();
        if found.cached_info().num_ack_pending == 0 {
            return 0;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_a_services_own_is_refused() {
    let server = shipped::server();
    // The streams stand, so that a request that came through would find something.
    for service in ["intake", "routing"] {
        let road = JetStream::connect(login(service, &server.url())).await.unwrap();
        drop(road.reports(service).await.unwrap());
    }
    let intake = Attempt::of("intake", &server.url()).await;
    let own = ["supermarket.intake.v1.DisputeFiled.442000.x", "$JS.API.STREAM.INFO.SUPERMARKET_INTAKE"];
    assert_eq!(intake.publish(&own).await, own, "the test can tell what is allowed");
    let foreign = [
        "supermarket.routing.v1.CaseClaimed.442000.x",
        "supermarket.intakes.v1.DisputeFiled",
        "supermarket_report.intake.intake",
        "supermarket_report.routing.mediation",
        "$JS.API.STREAM.DELETE.SUPERMARKET_INTAKE",
        "$JS.API.STREAM.DELETE.SUPERMARKET_ROUTING",
        "$JS.API.STREAM.PURGE.SUPERMARKET_INTAKE",
        "$JS.API.STREAM.MSG.DELETE.SUPERMARKET_INTAKE",
        "$JS.API.STREAM.MSG.GET.SUPERMARKET_ROUTING",
        "$JS.API.STREAM.SNAPSHOT.SUPERMARKET_ROUTING",
        "$JS.API.STREAM.RESTORE.SUPERMARKET_INTAKE",
        "$JS.API.STREAM.CREATE.SUPERMARKET_ROUTING",
        "$JS.API.STREAM.UPDATE.SUPERMARKET_ROUTING",
        "$JS.API.STREAM.INFO.SUPERMARKET_ROUTING",
        "$JS.API.STREAM.NAMES",
        "$JS.API.DIRECT.GET.SUPERMARKET_ROUTING",
        "$JS.API.CONSUMER.CREATE.SUPERMARKET_ROUTING.mediation",
        "$JS.API.CONSUMER.CREATE.SUPERMARKET_ROUTING.intake.supermarket.routing.>",
        "$JS.API.CONSUMER.DURABLE.CREATE.SUPERMARKET_ROUTING.intake",
        "$JS.API.CONSUMER.CREATE.SUPERMARKET_ROUTING",
        "$JS.API.CONSUMER.CREATE.SUPERMARKET_INTAKE.intake",
        "$JS.API.CONSUMER.DELETE.SUPERMARKET_ROUTING.mediation",
        "$JS.API.CONSUMER.MSG.NEXT.SUPERMARKET_ROUTING.mediation",
        "$JS.API.CONSUMER.INFO.SUPERMARKET_ROUTING.mediation",
        "$JS.API.CONSUMER.PAUSE.SUPERMARKET_ROUTING.intake",
        "$JS.ACK.SUPERMARKET_ROUTING.mediation.1.1.1.1.0",
        "_INBOX_routing.x",
        "anything",
    ];
    assert_eq!(intake.publish(&foreign).await, [] as [&str; 0]);
    let deaf = [
        "supermarket.intake.>",
        "supermarket.routing.>",
        "supermarket.>",
        "supermarket_report.routing.*",
        "supermarket_report.>",
        "_INBOX_routing.>",
        "_INBOX.>",
        "$JS.>",
        "$SYS.>",
        ">",
    ];
    assert_eq!(intake.subscribe(&deaf).await, [] as [&str; 0]);
    // The operator looks after streams, and neither says nor hears news.
    let operator = Attempt::of("operator", &server.url()).await;
    let news = [
        "supermarket.intake.v1.DisputeFiled.442000.x",
        "supermarket_report.intake.routing",
        "$JS.API.STREAM.MSG.GET.SUPERMARKET_INTAKE",
        "$JS.API.STREAM.UPDATE.SUPERMARKET_INTAKE",
        "$JS.API.CONSUMER.CREATE.SUPERMARKET_INTAKE.reader",
    ];
    assert_eq!(operator.publish(&news).await, [] as [&str; 0]);
    assert_eq!(operator.subscribe(&deaf).await, [] as [&str; 0]);
    // Everything is still there.
    let context = async_nats::jetstream::new(operator.client);
    for stream in [STREAM, "SUPERMARKET_ROUTING"] {
        assert!(context.get_stream(stream).await.is_ok(), "{stream}");
    }
}
