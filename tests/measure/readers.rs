//! Stands in for intake's consumers where none runs: a relay sends only to those that report, and no further ahead of them
//! than its window. What they report to have stored is what stands in the stream, so the relay publishes everything, and
//! nobody applies anything.

use std::time::Duration;

use anyhow::Context as _;
use async_nats::jetstream::{self, stream::Stream};
use contracts::topics::consumers_of;
use courier::Transport as _;
use courier::transport::Report;
use courier::transport::jetstream::{JetStream, Options};
use tokio::task::JoinHandle;

const TOPIC: &str = "intake";
const EVERY: Duration = Duration::from_millis(100);

/// The reports of all of them, until this is dropped.
pub struct Readers {
    stream: Stream,
    reporting: JoinHandle<()>,
}

impl Readers {
    /// Begins to report.
    pub async fn of(broker: &str) -> anyhow::Result<Self> {
        let road = JetStream::connect(Options::new("bench", &[broker])).await?;
        let context = jetstream::new(async_nats::connect(broker).await.context("the broker")?);
        let stream = loop {
            // Intake makes it when its relay starts.
            match context.get_stream("SUPERMARKET_INTAKE").await {
                Ok(stream) => break stream,
                Err(_) => tokio::time::sleep(EVERY).await,
            }
        };
        let mut looking = stream.clone();
        #[expect(clippy::disallowed_methods, reason = "ends with the value that holds it")]
        let reporting = tokio::spawn(async move {
            loop {
                if let Ok(stored) = last(&mut looking).await {
                    for consumer in consumers_of(TOPIC) {
                        let report = Report {
                            consumer: (*consumer).to_owned(),
                            topic: TOPIC.to_owned(),
                            epoch: 1,
                            stored,
                            applied: stored,
                        };
                        drop(road.report(report).await);
                    }
                }
                tokio::time::sleep(EVERY).await;
            }
        });
        Ok(Self { stream, reporting })
    }

    /// The number of the last event that was published.
    pub async fn published(&mut self) -> anyhow::Result<u64> {
        last(&mut self.stream).await
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.reporting.abort();
    }
}

async fn last(stream: &mut Stream) -> anyhow::Result<u64> {
    let last = stream.info().await?.state.last_sequence;
    if last == 0 {
        return Ok(0);
    }
    let message = stream.get_raw_message(last).await?;
    let header = |name: &str| -> anyhow::Result<u64> {
        Ok(message.headers.get(name).context("an event has numbers")?.as_str().parse()?)
    };
    // A beat has none, and names the last.
    match header("ce-pubseq")? {
        0 => header("ce-caseversion"),
        number => Ok(number),
    }
}
