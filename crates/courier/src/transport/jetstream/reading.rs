//! What one service hears on one topic, without an end: consumers come and go underneath.
//!
//! A consumer that is deleted, a stream that is gone, heartbeats that stay away, a consumer that vanished while the
//! connection was down (which nobody tells: nats.rs#1584), or events that are pending and never come: each ends with
//! looking for the consumer anew, after a pause that grows.
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_nats::Client;
use async_nats::connection::State;
use async_nats::jetstream::consumer::{PullConsumer, pull};
use async_nats::jetstream::context::ConsumerInfoErrorKind;
use async_nats::jetstream::message::Acker;
use async_nats::jetstream::{AckKind, Context, Message};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt, stream};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, timeout};

use super::refusal::Refusal;
use super::{consumer, headers};
use crate::transport::Parcel;

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// A consumer that lived this long was a good one.
const SETTLED: Duration = Duration::from_secs(5);
/// Between two glances at the connection.
const GLANCE: Duration = Duration::from_millis(500);
/// A signature that cannot leave in this time is not worth waiting for: the message comes again.
const SIGNED_WITHIN: Duration = Duration::from_secs(1);

/// A service's reading of a topic.
pub(super) struct Reading {
    pub(super) client: Client,
    pub(super) context: Context,
    pub(super) stream: String,
    pub(super) topic: String,
    pub(super) service: String,
    pub(super) stuck_after: Duration,
    pub(super) state: Reached,
}

/// How far a reading has come.
#[derive(Default)]
pub(super) struct Reached {
    open: Option<Open>,
    pause: Duration,
    waiting_for: Option<Refusal>,
}

/// A consumer in use.
struct Open {
    consumer: PullConsumer,
    messages: pull::Stream,
    since: Instant,
    glances: Interval,
    looked: Instant,
    /// How often a connection had been made when the consumer was last seen.
    connects: u64,
    /// Since when events are pending while nothing comes, and what was signed for then.
    still: Option<(Instant, u64)>,
}

impl Reading {
    /// Every event, for ever.
    pub(super) fn parcels(self) -> BoxStream<'static, Parcel> {
        stream::unfold(self, |mut reading| async move {
            let parcel = reading.next().await;
            Some((parcel, reading))
        })
        .boxed()
    }

    async fn next(&mut self) -> Parcel {
        loop {
            let Some(open) = &mut self.state.open else {
                self.attach().await;
                continue;
            };
            tokio::select! {
                biased;
                message = open.messages.next() => match message {
                    Some(Ok(message)) => {
                        open.still = None;
                        if let Some(parcel) = self.parcel(message).await {
                            return parcel;
                        }
                    }
                    Some(Err(error)) => {
                        tracing::debug!(topic = self.topic, service = self.service, %error, "looking for the consumer anew");
                        self.detach();
                    }
                    None => self.detach(),
                },
                _ = open.glances.tick() => self.glance().await,
            }
        }
    }

    async fn parcel(&self, message: Message) -> Option<Parcel> {
        let (message, acker) = message.split();
        match headers::decode(&self.topic, message.headers.as_ref(), message.payload) {
            Ok(event) => Some(Parcel::to_sign(event, signing(self.client.clone(), acker, AckKind::Ack))),
            Err(headers::Undecodable(header)) => {
                tracing::error!(
                    topic = self.topic,
                    header,
                    "left out a message that is not an event of this topic"
                );
                signing(self.client.clone(), acker, AckKind::Term).await;
                None
            }
        }
    }

    async fn attach(&mut self) {
        let state = &mut self.state;
        tokio::time::sleep(state.pause).await;
        state.pause = (state.pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
        let found = if self.client.connection_state() == State::Connected {
            consumer::find_or_make(&self.context, &self.stream, &self.service).await
        } else {
            Err(Refusal::Disconnected)
        };
        self.take(found).await;
    }

    /// Reads on with this consumer, if it is one.
    async fn take(&mut self, found: Result<PullConsumer, Refusal>) {
        let opened = match found {
            Ok(consumer) => consumer::messages(&consumer).await.map(|messages| (consumer, messages)),
            Err(refusal) => Err(refusal),
        };
        match opened {
            Ok((consumer, messages)) => {
                let now = Instant::now();
                let mut glances = interval(GLANCE.min(self.stuck_after / 4));
                glances.set_missed_tick_behavior(MissedTickBehavior::Delay);
                self.state.waiting_for = None;
                self.state.open = Some(Open {
                    consumer,
                    messages,
                    since: now,
                    glances,
                    looked: now,
                    connects: self.connects(),
                    still: None,
                });
                tracing::debug!(topic = self.topic, service = self.service, "listening");
            }
            Err(refusal) => {
                // Once for each reason: it may take long.
                if self.state.waiting_for.replace(refusal) != Some(refusal) {
                    let fault =
                        refusal.fault(&format!("{} waits for the topic {}", self.service, self.topic));
                    tracing::info!(%fault, "not listening yet");
                }
            }
        }
    }

    fn detach(&mut self) {
        if self.state.open.take().is_some_and(|open| open.since.elapsed() >= SETTLED) {
            self.state.pause = Duration::ZERO;
        }
    }

    fn connects(&self) -> u64 {
        self.client.statistics().connects.load(Ordering::Relaxed)
    }

    /// A look at the consumer from time to time, and after each new connection.
    async fn glance(&mut self) {
        let connects = self.connects();
        let Some(open) = &mut self.state.open else { return };
        if self.client.connection_state() != State::Connected {
            open.still = None;
        } else if open.connects != connects || open.looked.elapsed() >= self.stuck_after / 4 {
            (open.connects, open.looked) = (connects, Instant::now());
            self.look().await;
        }
    }

    /// Whether the consumer is there and does its work. Another replica may be served by it instead of this one, so it is
    /// stuck when nothing comes here and nobody signs for anything.
    async fn look(&mut self) {
        let Some(open) = &mut self.state.open else { return };
        let info = match open.consumer.get_info().await {
            Ok(info) => info,
            Err(error) => {
                let gone = [ConsumerInfoErrorKind::NotFound, ConsumerInfoErrorKind::StreamNotFound];
                if gone.contains(&error.kind()) {
                    self.detach();
                }
                return;
            }
        };
        let signed = info.ack_floor.stream_sequence;
        match open.still {
            _ if info.num_pending == 0 => open.still = None,
            Some((since, at)) if at == signed => {
                if since.elapsed() >= self.stuck_after {
                    tracing::warn!(
                        topic = self.topic,
                        service = self.service,
                        pending = info.num_pending,
                        unsigned = info.num_ack_pending,
                        "a stuck consumer is made anew"
                    );
                    self.state.open = None;
                    let made = consumer::remake(&self.context, &self.stream, &self.service).await;
                    self.take(made).await;
                }
            }
            _ => open.still = Some((Instant::now(), signed)),
        }
    }
}

/// Signs for a message, if that is possible at once. An unsigned message comes again, and is known by then.
fn signing(client: Client, acker: Acker, kind: AckKind) -> BoxFuture<'static, ()> {
    async move {
        // Without a connection a signature would wait in a queue that can be full.
        if client.connection_state() == State::Connected {
            drop(timeout(SIGNED_WITHIN, acker.ack_with(kind)).await);
        }
    }
    .boxed()
}
