//! Sending a slice of events in windows, each with one acknowledgement at its end.
//!
//! A window that is not acknowledged is tried again, for longer than a change of leader takes. An acknowledgement proves
//! nothing about the events before it, nor does its word that an event is a repeat: after a change of leader the broker may
//! remember ids whose events it never stored. It paces; what consumers report is what counts.
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_nats::connection::State;
use async_nats::header::{NATS_EXPECTED_STREAM, NATS_MESSAGE_ID};
use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::{client, jetstream};
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
    /// Until the last window is acknowledged, or the budget is used up.
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

    /// Sends the first events of `open` and takes out those that are done with. Answers with the refusal.
    ///
    /// Only the last is asked to be acknowledged: a broker takes one connection's messages in their order, so that answer
    /// paces the whole window. What it lost in the middle, consumers miss and the relay sends again.
    async fn window(&self, topic: &str, open: &mut Vec<&Envelope>, sending: Sending) -> Option<Refusal> {
        let until = Instant::now() + self.options.answer_within;
        let window: Vec<&Envelope> = open.iter().copied().take(WINDOW).collect();
        let mut too_large = vec![];
        for (place, &event) in window.iter().enumerate() {
            let asks = place + 1 == window.len() || planted::is(Bug::TrustDuplicate);
            match timeout_at(until, self.send_one(topic, event, sending, asks)).await {
                Ok(Ok(())) => {}
                Ok(Err(Unsent::TooLarge)) => too_large.push(event.id),
                Ok(Err(Unsent::Refused(refusal))) => return Some(refusal),
                Err(_) => return Some(Refusal::NoAnswer),
            }
        }
        for id in &too_large {
            // Waiting for it would stop the topic. It stays uncovered, and is told each time it is sent again.
            tracing::error!(topic, event = %id, "an event is larger than the broker's max_payload: raise that");
        }
        // The last was not sent, so nobody was asked: the others are, by the window that begins now.
        let asked = window.last().is_none_or(|last| !too_large.contains(&last.id));
        let left: Vec<&Envelope> =
            window.iter().copied().filter(|event| !asked && !too_large.contains(&event.id)).collect();
        open.splice(..window.len(), left);
        None
    }

    /// Sends an event, and waits for its acknowledgement if that is asked for.
    async fn send_one(
        &self,
        topic: &str,
        event: &Envelope,
        sending: Sending,
        asks: bool,
    ) -> Result<(), Unsent> {
        let (subject, body) = (self.subjects.of(event), event.body.clone());
        let mut headers = headers::encode(event);
        headers.insert(NATS_MESSAGE_ID, self.message_id(event, sending));
        headers.insert(NATS_EXPECTED_STREAM, self.subjects.stream(topic));
        if !asks {
            let sent = self.client.publish_with_headers(subject, headers, body).await;
            return sent.map_err(|error| match error.kind() {
                client::PublishErrorKind::MaxPayloadExceeded => Unsent::TooLarge,
                _ => Unsent::Refused(Refusal::NoAnswer),
            });
        }
        let message = PublishMessage::build().headers(headers).payload(body);
        let acknowledged = match self.context.send_publish(subject, message).await {
            Ok(answer) => answer.await,
            Err(error) => Err(error),
        };
        match acknowledged {
            Ok(acknowledgement) => {
                if planted::is(Bug::TrustDuplicate) && acknowledgement.duplicate {
                    self.known().insert(event.id.to_string());
                }
                Ok(())
            }
            Err(error) if error.kind() == PublishErrorKind::MaxPayloadExceeded => Err(Unsent::TooLarge),
            Err(error) => Err(Unsent::Refused(refusal_of(&error))),
        }
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

/// Why an event was not sent.
enum Unsent {
    TooLarge,
    Refused(Refusal),
}

fn refusal_of(error: &PublishError) -> Refusal {
    if error.kind() == PublishErrorKind::StreamNotFound {
        return Refusal::NobodyListens;
    }
    let said = std::error::Error::source(error).and_then(|source| source.downcast_ref::<jetstream::Error>());
    said.map_or(Refusal::NoAnswer, |error| Refusal::Code(error.error_code()))
}
