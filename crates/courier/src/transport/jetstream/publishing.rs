//! Sending a slice of events as one window, and waiting for each acknowledgement by itself.
//!
//! What is not acknowledged is tried again, for longer than a change of leader takes. That an acknowledgement calls an
//! event a repeat proves nothing: after a change of leader the broker may remember ids whose events it never stored.
use std::future::IntoFuture;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream;
use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use tokio::time::{Instant, sleep, timeout_at};

use super::refusal::Refusal;
use super::streams::{self, Unready};
use super::{JetStream, headers};
use crate::planted::{self, Bug};
use crate::transport::Sending;
use crate::{Envelope, Fault};

/// Events that are out at a time.
const WINDOW: usize = 256;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

impl JetStream {
    /// Until each event is acknowledged, or the budget is used up.
    pub(super) async fn send(&self, topic: &str, events: &[Envelope], sending: Sending) -> Result<(), Fault> {
        let deadline = Instant::now() + self.options.publish_within;
        let mut open: Vec<&Envelope> = events.iter().collect();
        if planted::is(Bug::TrustDuplicate) {
            open.retain(|event| !self.known().contains(&event.id.to_string()));
        }
        let mut pause = FIRST_PAUSE;
        while !open.is_empty() {
            let refusal = match self.stand_ready(topic).await {
                Ok(()) => match self.window(topic, &mut open, sending).await {
                    None => continue,
                    Some(refusal) => refusal,
                },
                Err(Unready::Later(refusal)) => refusal,
                Err(Unready::Never(fault)) => return Err(fault),
            };
            if refusal != Refusal::Disconnected {
                // Whatever is wrong, it may be the stream.
                self.known().remove(topic);
            }
            if Instant::now() + pause >= deadline {
                return Err(refusal.fault(&format!("publish {} events of {topic}", open.len())));
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        Ok(())
    }

    /// The topic's stream is there, as far as is known.
    pub(super) async fn stand_ready(&self, topic: &str) -> Result<(), Unready> {
        if self.client.connection_state() != State::Connected {
            return Err(Unready::Later(Refusal::Disconnected));
        }
        if self.known().contains(topic) {
            return Ok(());
        }
        let (name, subjects) = (self.subjects.stream(topic), self.subjects.all_of(topic));
        let wanted = streams::wanted(name, subjects, self.options.replicas, self.options.max_age);
        streams::ensure(&self.context, &wanted).await?;
        self.known().insert(topic.to_owned());
        Ok(())
    }

    /// Sends the first events of `open` and takes out those that are done with. Answers with the last refusal.
    async fn window(&self, topic: &str, open: &mut Vec<&Envelope>, sending: Sending) -> Option<Refusal> {
        let stream = self.subjects.stream(topic);
        let until = Instant::now() + self.options.answer_within;
        let mut out = Vec::with_capacity(WINDOW);
        for &event in open.iter().take(WINDOW) {
            let message = PublishMessage::build()
                .headers(headers::encode(event))
                .message_id(self.message_id(event, sending))
                .expected_stream(&stream)
                .payload(event.body.clone());
            let sent = timeout_at(until, self.context.send_publish(self.subjects.of(event), message)).await;
            out.push((event, sent));
        }
        let (count, mut refused, mut left) = (out.len(), None, Vec::new());
        for (event, sent) in out {
            let acknowledged = match sent {
                Ok(Ok(acknowledgement)) => timeout_at(until, acknowledgement.into_future()).await,
                Ok(Err(error)) => Ok(Err(error)),
                Err(elapsed) => Err(elapsed),
            };
            let refusal = match acknowledged {
                Ok(Ok(acknowledgement)) => {
                    if planted::is(Bug::TrustDuplicate) && acknowledgement.duplicate {
                        self.known().insert(event.id.to_string());
                    }
                    continue;
                }
                Ok(Err(error)) if error.kind() == PublishErrorKind::MaxPayloadExceeded => {
                    // Waiting for it would stop the topic. It stays uncovered, and is told each time it is sent again.
                    tracing::error!(
                        topic,
                        pub_seq = event.pub_seq,
                        "an event is larger than the broker's max_payload: raise that"
                    );
                    continue;
                }
                Ok(Err(error)) => refusal_of(&error),
                Err(_) => Refusal::NoAnswer,
            };
            refused = Some(refusal);
            left.push(event);
        }
        open.splice(..count, left);
        refused
    }

    /// The id by which the broker tells repeats. Whoever asks again must not be taken for one, ever.
    fn message_id(&self, event: &Envelope, sending: Sending) -> String {
        match sending {
            Sending::Again if planted::is(Bug::RefillWithOldId) => event.id.to_string(),
            Sending::First => event.id.to_string(),
            Sending::Again => {
                let times = self.sent_again.fetch_add(1, Ordering::Relaxed);
                format!("{}.{}.{times}", event.id, self.unique)
            }
        }
    }
}

fn refusal_of(error: &PublishError) -> Refusal {
    if error.kind() == PublishErrorKind::StreamNotFound {
        return Refusal::NobodyListens;
    }
    let said = std::error::Error::source(error).and_then(|source| source.downcast_ref::<jetstream::Error>());
    said.map_or(Refusal::NoAnswer, |error| Refusal::Code(error.error_code()))
}
