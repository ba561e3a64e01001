//! A road that could not be joined when the process started: the broker was away. Commands are taken all the same, their
//! news waits in the outbox; the road is tried again each second until it is there, and then is that road.
//!
//! Only a broker that is away is waited for. One that answers and refuses (a login, a version) is a mistake that somebody
//! has to put right, and the process says so by not starting.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use courier::{Envelope, Fault, Parcel, Report, Sending, Transport};
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt};
use tokio::sync::OnceCell;

const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Joins the road, or says why not.
pub(super) type Join = Box<dyn Fn() -> BoxFuture<'static, Result<Arc<dyn Transport>, Fault>> + Send + Sync>;

/// The road once it is there.
#[derive(Clone)]
pub(super) struct Late {
    inner: Arc<Inner>,
}

struct Inner {
    service: &'static str,
    again_after: Duration,
    join: Join,
    joined: OnceCell<Arc<dyn Transport>>,
}

impl Late {
    pub(super) fn new(service: &'static str, join: Join) -> Self {
        Self::trying(AGAIN_AFTER, service, join)
    }

    fn trying(again_after: Duration, service: &'static str, join: Join) -> Self {
        Self { inner: Arc::new(Inner { service, again_after, join, joined: OnceCell::new() }) }
    }

    /// One attempt, unless it is there already; attempts at the same time are one.
    async fn attempt(&self) -> Result<Arc<dyn Transport>, Fault> {
        let Inner { service, join, joined, .. } = &*self.inner;
        let attempt = || async {
            let road = join().await?;
            tracing::info!(service, "the broker is there now");
            Ok(road)
        };
        joined.get_or_try_init(attempt).await.cloned()
    }

    async fn wait(&self) -> Arc<dyn Transport> {
        loop {
            match self.attempt().await {
                Ok(road) => return road,
                Err(fault) => {
                    tracing::debug!(service = self.inner.service, %fault, "the broker is still away");
                }
            }
            tokio::time::sleep(self.inner.again_after).await;
        }
    }
}

#[async_trait]
impl Transport for Late {
    async fn publish(&self, topic: &str, events: &[Envelope], sending: Sending) -> Result<(), Fault> {
        match self.inner.joined.get() {
            Some(road) => road.publish(topic, events, sending).await,
            None => Err(Fault::plain("publish", "the broker has not been there since this process started")),
        }
    }

    async fn subscribe(&self, consumer: &str, topics: &[&str]) -> Result<BoxStream<'static, Parcel>, Fault> {
        if let Some(road) = self.inner.joined.get() {
            return road.subscribe(consumer, topics).await;
        }
        let (late, consumer) = (self.clone(), consumer.to_owned());
        let topics: Vec<String> = topics.iter().map(|&topic| topic.to_owned()).collect();
        Ok(once_there(async move {
            let topics: Vec<&str> = topics.iter().map(String::as_str).collect();
            late.wait().await.subscribe(&consumer, &topics).await
        }))
    }

    async fn report(&self, report: Report) -> Result<(), Fault> {
        match self.inner.joined.get() {
            Some(road) => road.report(report).await,
            // It is followed by a newer one.
            None => Ok(()),
        }
    }

    async fn reports(&self, topic: &str) -> Result<BoxStream<'static, Report>, Fault> {
        if let Some(road) = self.inner.joined.get() {
            return road.reports(topic).await;
        }
        let (late, topic) = (self.clone(), topic.to_owned());
        Ok(once_there(async move { late.wait().await.reports(&topic).await }))
    }

    /// Asked each second by health, so it is also what looks for the broker where nobody listens or speaks.
    async fn ready(&self, service: &str) -> Result<(), Fault> {
        self.attempt().await?.ready(service).await
    }
}

/// What comes once the stream is there. If it is refused then, this one ends, and whoever listens asks anew.
fn once_there<T: Send + 'static>(
    asking: impl Future<Output = Result<BoxStream<'static, T>, Fault>> + Send + 'static,
) -> BoxStream<'static, T> {
    let there = stream::once(asking).filter_map(|stream| async move {
        stream.inspect_err(|fault| tracing::warn!(%fault, "the road is there, but does not open")).ok()
    });
    there.flatten().boxed()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use courier::transport::inside::Inside;

    use super::*;

    /// A broker that comes up at the third attempt.
    fn late(attempts: &Arc<AtomicU32>) -> Late {
        let (road, attempts): (Arc<dyn Transport>, _) = (Arc::new(Inside::new()), attempts.clone());
        Late::trying(
            Duration::from_secs(3),
            "intake",
            Box::new(move || {
                let (road, attempt) = (road.clone(), attempts.fetch_add(1, Ordering::SeqCst));
                Box::pin(async move {
                    if attempt < 2 { Err(Fault::plain("join", "nobody answers")) } else { Ok(road) }
                })
            }),
        )
    }

    fn report() -> Report {
        Report { consumer: "routing".into(), topic: "intake".into(), epoch: 1, stored: 7, applied: 7 }
    }

    #[tokio::test]
    async fn whoever_listens_before_it_is_there_hears_what_is_said_after() {
        let attempts = Arc::new(AtomicU32::new(0));
        let road = late(&attempts);
        let mut reports = road.reports("intake").await.unwrap();
        let news = road.subscribe("intake", &["routing"]).await.unwrap();
        assert!(road.publish("intake", &[], Sending::First).await.is_err(), "nothing is taken for sent");
        road.report(report()).await.unwrap();
        assert!(road.ready("intake").await.is_err());
        assert!(tokio::time::timeout(Duration::from_millis(100), reports.next()).await.is_err());
        assert_eq!(attempts.load(Ordering::SeqCst), 2);

        let heard = async { tokio::time::timeout(Duration::from_secs(30), reports.next()).await };
        // Said again until it is heard: the listener listens only after what it waits between two attempts.
        let said = async {
            loop {
                if road.ready("intake").await.is_ok() {
                    road.report(report()).await.unwrap();
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        let heard = tokio::select! {
            heard = heard => heard,
            () = said => unreachable!("it never ends"),
        };
        assert_eq!(heard.unwrap().unwrap(), report());
        assert!(road.publish("intake", &[], Sending::First).await.is_ok());
        assert_eq!(attempts.load(Ordering::SeqCst), 3, "it is joined once");
        drop(news);
    }
}
