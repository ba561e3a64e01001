//! The road between services, as the courier sees it.
//!
//! A transport promises nothing. It may lose, repeat, reorder, delay or forget; the relay and the watermarks make up for
//! it. So a send has no acknowledgement: what counts is what a consumer reports to have stored. A [`Parcel`] may be signed
//! for, after it is durable; that spares a road that keeps things a repeat, and proves nothing.
use async_trait::async_trait;
use futures::future::BoxFuture;
use futures::stream::BoxStream;

use crate::{Envelope, Fault};

pub mod inside;
pub mod jetstream;
#[cfg(feature = "shaken")]
pub mod shaken;

/// How far a consumer is on a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The service that reads.
    pub consumer: String,
    /// The topic it reads.
    pub topic: String,
    /// The topic's epoch as the consumer knows it; 0 before its first event.
    pub epoch: u32,
    /// Everything up to this number is durable at the consumer.
    pub stored: u64,
    /// Everything up to this number is applied, skipped, discarded or in quarantine.
    pub applied: u64,
}

/// Whether an event goes out for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// As far as the relay knows. A road that leaves out repeats may leave this one out.
    First,
    /// Somebody lacks it although it was sent: no road may take it for a repeat.
    Again,
}

/// An event that arrived, and what tells the road that it is durable here.
pub struct Parcel {
    /// The event.
    pub event: Envelope,
    signing: Option<BoxFuture<'static, ()>>,
}

impl Parcel {
    /// Of a road that wants no signature.
    pub fn unsigned(event: Envelope) -> Self {
        Parcel { event, signing: None }
    }

    /// Of a road that brings the event again until `signing` has run.
    pub fn to_sign(event: Envelope, signing: BoxFuture<'static, ()>) -> Self {
        Parcel { event, signing: Some(signing) }
    }

    /// The event, and its signature for later: after the event is durable, never before.
    pub fn open(self) -> (Envelope, Option<BoxFuture<'static, ()>>) {
        (self.event, self.signing)
    }
}

/// Carries events from a topic to its consumers, and reports back.
#[async_trait]
pub trait Transport: Send + Sync + 'static {
    /// Sends events towards every consumer of the topic. A slow consumer must not hold up the others: its copy is lost
    /// rather, and sent again later.
    async fn publish(&self, topic: &str, events: &[Envelope], sending: Sending) -> Result<(), Fault>;

    /// What comes for `consumer` on these topics. When the stream ends, subscribe anew.
    async fn subscribe(&self, consumer: &str, topics: &[&str]) -> Result<BoxStream<'static, Parcel>, Fault>;

    /// Tells the topic's producer how far a consumer is.
    async fn report(&self, report: Report) -> Result<(), Fault>;

    /// The reports that come in about a topic. When the stream ends, ask anew.
    async fn reports(&self, topic: &str) -> Result<BoxStream<'static, Report>, Fault>;

    /// Whether the news of `service` can travel at this moment; the fault says what is wrong. Cheap enough to be asked
    /// every second. A road within the process is always open.
    async fn ready(&self, service: &str) -> Result<(), Fault> {
        let _ = service;
        Ok(())
    }
}
