//! The road inside one process: bounded channels, and nothing kept.
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::BoxStream;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::transport::{Parcel, Report, Sending, Transport};
use crate::{Envelope, Fault};

/// Copies that wait for one consumer, at most: a relay's whole window. Bodies are shared, not copied.
const WAITING: usize = 4_096;
const REPORTS: usize = 256;

/// Channels between the services of one process.
#[derive(Default)]
pub struct Inside {
    ends: Mutex<Ends>,
}

#[derive(Default)]
struct Ends {
    consumers: HashMap<String, Consumer>,
    producers: HashMap<String, mpsc::Sender<Report>>,
}

struct Consumer {
    topics: Vec<String>,
    channel: mpsc::Sender<Envelope>,
}

impl Inside {
    /// An empty road.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets everything that is on the way and everybody who listens, as a broker does that loses its disk.
    pub fn wipe(&self) {
        *self.ends() = Ends::default();
    }

    fn ends(&self) -> MutexGuard<'_, Ends> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Transport for Inside {
    async fn publish(&self, topic: &str, events: &[Envelope], _: Sending) -> Result<(), Fault> {
        let ends = self.ends();
        for consumer in
            ends.consumers.values().filter(|consumer| consumer.topics.iter().any(|own| own == topic))
        {
            for event in events {
                // Full or gone: this copy is lost, the relay sends it again.
                if consumer.channel.try_send(event.clone()).is_err() {
                    break;
                }
            }
        }
        Ok(())
    }

    async fn subscribe(&self, consumer: &str, topics: &[&str]) -> Result<BoxStream<'static, Parcel>, Fault> {
        let (channel, stream) = mpsc::channel(WAITING);
        let topics = topics.iter().map(|&topic| topic.to_owned()).collect();
        self.ends().consumers.insert(consumer.to_owned(), Consumer { topics, channel });
        Ok(ReceiverStream::new(stream).map(Parcel::unsigned).boxed())
    }

    async fn report(&self, report: Report) -> Result<(), Fault> {
        if let Some(channel) = self.ends().producers.get(&report.topic) {
            // A report that does not fit is followed by a newer one.
            drop(channel.try_send(report));
        }
        Ok(())
    }

    async fn reports(&self, topic: &str) -> Result<BoxStream<'static, Report>, Fault> {
        let (channel, stream) = mpsc::channel(REPORTS);
        self.ends().producers.insert(topic.to_owned(), channel);
        Ok(ReceiverStream::new(stream).boxed())
    }
}
