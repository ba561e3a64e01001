//! The road between processes: NATS JetStream.
//!
//! A stream for each topic, made by the service that says it; a durable consumer for each service on each stream that it
//! reads; an event as a message with `CloudEvents` headers; reports as plain messages beside the streams. The broker is
//! disposable: streams and consumers may vanish at any moment and come back empty, and an acknowledgement proves nothing
//! but that sending went well. What counts is what consumers report to have stored.
use std::collections::HashSet;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::{Context, ContextBuilder, ErrorCode};
use async_nats::{Client, ConnectErrorKind, Event, ServerError};
use async_trait::async_trait;
use futures::stream::{BoxStream, select_all};
use futures::{StreamExt, future};
use tokio::time::{Instant, timeout};

use crate::transport::{Parcel, Report, Sending, Transport};
use crate::{Envelope, Fault};

mod consumer;
mod floor;
mod headers;
mod options;
mod publishing;
mod reading;
mod refusal;
mod reports;
mod streams;
mod subjects;

pub use floor::{FLOOR, Version, check_version};
pub use options::{Options, Tls};

use reading::Reading;
use refusal::Refusal;
use streams::Unready;
use subjects::Subjects;

/// A report that cannot leave in this time is followed by a newer one.
const REPORTED_WITHIN: Duration = Duration::from_secs(1);
/// For readiness: longer is as bad as never.
const READY_WITHIN: Duration = Duration::from_secs(2);
/// An answer about readiness holds this long.
const READY_FOR: Duration = Duration::from_secs(1);

/// One service's connection to the broker. When it is lost it comes back by itself; meanwhile nothing is kept here.
pub struct JetStream {
    options: Options,
    subjects: Subjects,
    client: Client,
    context: Context,
    /// The topics whose stream was as it must be when last seen.
    known: Mutex<HashSet<String>>,
    /// No other connection has this, now or later.
    unique: String,
    sent_again: AtomicU64,
    answered: Mutex<Option<Instant>>,
}

impl JetStream {
    /// Connects, and refuses with what to do where that cannot work: no server, no access, no JetStream, too old. Once
    /// connected it connects again for ever.
    pub async fn connect(options: Options) -> Result<JetStream, Fault> {
        let (addresses, place) = (options.addresses()?, options.place());
        let name = options.name.clone();
        let connecting = options.connecting().event_callback(move |event| {
            tell(&name, &event);
            future::ready(())
        });
        let client = connecting
            .connect(addresses)
            .await
            .map_err(|error| unreachable_broker(&options, &place, error.kind()))?;
        let server = client.server_info();
        check_version(&server.version, &place)?;
        let without =
            || Fault::plain(&place, "it runs without JetStream: start it with deploy/nats/server.conf");
        if !server.jetstream {
            return Err(without());
        }
        let context = ContextBuilder::new().timeout(options.answer_within).build(client.clone());
        if let Err(error) = context.query_account().await {
            let refusal = Refusal::from(error.kind());
            if refusal.is(ErrorCode::JETSTREAM_NOT_ENABLED)
                || refusal.is(ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT)
            {
                return Err(without());
            }
            // A cluster that has no leader yet: it will.
            tracing::info!(fault = %refusal.fault("ask about the account"), "JetStream does not answer yet");
        }
        let inbox = client.new_inbox();
        let unique = inbox.rsplit('.').next().unwrap_or_default().to_owned();
        Ok(JetStream {
            subjects: Subjects::new(&options.prefix),
            options,
            client,
            context,
            known: Mutex::default(),
            unique,
            sent_again: AtomicU64::new(0),
            answered: Mutex::default(),
        })
    }

    fn known(&self) -> MutexGuard<'_, HashSet<String>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answered(&self) -> MutexGuard<'_, Option<Instant>> {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Transport for JetStream {
    async fn publish(&self, topic: &str, events: &[Envelope], sending: Sending) -> Result<(), Fault> {
        self.send(topic, events, sending).await
    }

    /// Never fails, and the stream never ends: what is not there yet is waited for underneath.
    async fn subscribe(&self, consumer: &str, topics: &[&str]) -> Result<BoxStream<'static, Parcel>, Fault> {
        let readings = topics.iter().map(|&topic| {
            let reading = Reading {
                client: self.client.clone(),
                context: self.context.clone(),
                stream: self.subjects.stream(topic),
                topic: topic.to_owned(),
                service: consumer.to_owned(),
                stuck_after: self.options.stuck_after,
                state: reading::Reached::default(),
            };
            reading.parcels()
        });
        Ok(select_all(readings).boxed())
    }

    async fn report(&self, report: Report) -> Result<(), Fault> {
        if self.client.connection_state() == State::Connected {
            let subject = self.subjects.report(&report.topic, &report.consumer);
            let sending = self.client.publish(subject, reports::encode(&report).into());
            drop(timeout(REPORTED_WITHIN, sending).await);
        }
        Ok(())
    }

    async fn reports(&self, topic: &str) -> Result<BoxStream<'static, Report>, Fault> {
        let subject = self.subjects.reports(topic);
        let asked = timeout(self.options.answer_within, self.client.subscribe(subject)).await;
        let Ok(Ok(messages)) = asked else {
            return Err(Refusal::Disconnected.fault(&format!("listen for reports about {topic}")));
        };
        // Whoever asks for reports is the topic's service: its readers wait for the stream, also before it says anything.
        match self.stand_ready(topic).await {
            Ok(()) => {}
            Err(Unready::Later(refusal)) => {
                tracing::info!(fault = %refusal.fault(&format!("make the stream of {topic}")), "not yet");
            }
            Err(Unready::Never(fault)) => tracing::error!(%fault, "the stream cannot be made"),
        }
        let topic = topic.to_owned();
        let read = move |message| future::ready(reports::decode(&topic, &message));
        Ok(messages.filter_map(read).boxed())
    }

    async fn ready(&self, _: &str) -> Result<(), Fault> {
        let place = self.options.place();
        if self.client.connection_state() != State::Connected {
            return Err(Refusal::Disconnected.fault(&place));
        }
        check_version(&self.client.server_info().version, &place)?;
        if self.answered().is_some_and(|at| at.elapsed() < READY_FOR) {
            return Ok(());
        }
        match timeout(READY_WITHIN, self.context.query_account()).await {
            Ok(Ok(_)) => {
                *self.answered() = Some(Instant::now());
                Ok(())
            }
            Ok(Err(error)) => Err(Refusal::from(error.kind()).fault(&place)),
            Err(_) => Err(Refusal::NoAnswer.fault(&place)),
        }
    }
}

/// Why there is no connection, with what to do.
fn unreachable_broker(options: &Options, place: &str, kind: ConnectErrorKind) -> Fault {
    let cause = match kind {
        ConnectErrorKind::AuthorizationViolation | ConnectErrorKind::Authentication
            if options.user.is_empty() =>
        {
            "it asks for a login: set user and password"
        }
        ConnectErrorKind::AuthorizationViolation | ConnectErrorKind::Authentication => {
            "it refuses this login: compare user and password with deploy/nats/authorization.conf and with the \
             environment of nats-server"
        }
        ConnectErrorKind::Dns => "no such host: correct the address",
        ConnectErrorKind::Tls => {
            "the encrypted connection failed: check the authority's file and the name in the certificate"
        }
        _ if options.tls.is_some() => {
            "no encrypted connection: start nats-server with a tls block, or check the address, the authority's file and \
             the name in the certificate"
        }
        _ => "nobody answers there: start nats-server (deploy/nats/server.conf), or correct the address",
    };
    Fault::plain(place, cause)
}

/// What an operator should hear about the connection.
fn tell(name: &str, event: &Event) {
    match event {
        Event::Connected => tracing::info!(name, "connected to the broker"),
        Event::Disconnected => tracing::warn!(name, "the connection to the broker is lost, connecting again"),
        Event::ServerError(ServerError::AuthorizationViolation) => {
            tracing::error!(name, "the broker refuses this login now");
        }
        // Names a subject: an event's kind, centre and case.
        Event::ServerError(error) => tracing::error!(name, %error, "the broker refuses something"),
        Event::SlowConsumer(_) => tracing::warn!(name, "messages were dropped here: they come again"),
        other => tracing::debug!(name, event = %other, "the connection to the broker"),
    }
}
