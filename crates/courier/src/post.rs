//! The post office of one service: relay, receiver and applier, started and stopped together.
//!
//! Of the replicas that share a desk one delivers, by a lease. That saves work and nothing else: the inbox and the dense
//! numbers hold whoever delivers, so a replica that does not know yet that its lease is over does no harm.
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::applier::Applier;
use crate::receiver::Receiver;
use crate::relay::Relay;
use crate::tasks::Tasks;
use crate::transport::Transport;
use crate::{Desk, Fault, Pace, Reactions};

pub use crate::settle::Unsettled;

/// Who reads what: each topic with its consumers. Compiled in, so that no event is ever finished because somebody who
/// should read it had not registered yet.
pub type Consumers = &'static [(&'static str, &'static [&'static str])];

/// A service's post office at work.
pub struct Post {
    pub(crate) desk: Desk,
    pub(crate) table: Consumers,
    tasks: Tasks,
    cancel: CancellationToken,
}

impl Post {
    /// Starts sending what the desk says and applying what it hears, until `cancel`.
    pub async fn start(
        desk: &Desk,
        reactions: Reactions,
        transport: Arc<dyn Transport>,
        table: Consumers,
        cancel: CancellationToken,
    ) -> Result<Post, Fault> {
        Self::start_at(Pace::default(), desk, reactions, transport, table, cancel).await
    }

    /// As [`start`](Self::start), at another pace.
    pub async fn start_at(
        pace: Pace,
        desk: &Desk,
        reactions: Reactions,
        transport: Arc<dyn Transport>,
        table: Consumers,
        cancel: CancellationToken,
    ) -> Result<Post, Fault> {
        let tasks = Tasks::new();
        let topics: Vec<&'static str> = heard_by(table, desk.service()).collect();
        let office = Office {
            desk: desk.clone(),
            reactions: Arc::new(reactions),
            transport,
            topics: topics.into(),
            consumers: consumers_of(table, desk.service()),
            pace,
        };
        if !office.topics.is_empty() {
            // Its rows say which topics are read here; until they stand, `Desk::heard` could not tell a topic that nobody
            // has sent anything on from one that is of no use.
            drop(office.receiver().await?);
        }
        if desk.is_shared() {
            tasks.spawn("office", by_turns(office, cancel.clone()));
        } else {
            office.open(&tasks, &cancel).await?;
        }
        Ok(Post { desk: desk.clone(), table, tasks, cancel })
    }

    /// The desk this post office serves.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Stops, and waits until everything stands still. What was on the way is sent again after the next start.
    pub async fn stop(&self) {
        self.cancel.cancel();
        self.tasks.finished().await;
    }

    /// Waits until the token given at the start is cancelled and everything stands still.
    pub async fn join(&self) {
        self.cancel.cancelled().await;
        self.tasks.finished().await;
    }
}

/// What delivers for one desk.
#[derive(Clone)]
struct Office {
    desk: Desk,
    reactions: Arc<Reactions>,
    transport: Arc<dyn Transport>,
    topics: Arc<[&'static str]>,
    consumers: &'static [&'static str],
    pace: Pace,
}

impl Office {
    /// Starts relay, receiver and applier.
    async fn open(&self, tasks: &Tasks, cancel: &CancellationToken) -> Result<(), Fault> {
        if !self.topics.is_empty() {
            // Subscribed before anything is sent: else the first events would wait for their second sending.
            let stream = self.transport.subscribe(self.desk.service(), &self.topics).await?;
            let stream = Arc::new(Mutex::new(Some(stream)));
            let (office, until) = (self.clone(), cancel.clone());
            tasks.supervise("receiver", cancel.clone(), move || {
                let (office, cancel, stream) = (office.clone(), until.clone(), stream.clone());
                async move {
                    let receiver = office.receiver().await?;
                    let stream = stream.lock().unwrap_or_else(PoisonError::into_inner).take();
                    receiver.run(stream, cancel).await
                }
            });
            let (office, until) = (self.clone(), cancel.clone());
            tasks.supervise("applier", cancel.clone(), move || {
                let Office { desk, reactions, topics, pace, .. } = office.clone();
                Applier::new(desk, reactions, &topics, &pace).run(until.clone())
            });
        }
        if !self.consumers.is_empty() {
            let (office, until) = (self.clone(), cancel.clone());
            tasks.supervise("relay", cancel.clone(), move || {
                let (Office { desk, transport, consumers, pace, .. }, cancel) =
                    (office.clone(), until.clone());
                async move { Relay::load(&desk, &*transport, consumers, &pace).await?.run(cancel).await }
            });
        }
        Ok(())
    }

    async fn receiver(&self) -> Result<Receiver<'_>, Fault> {
        Receiver::load(&self.desk, &self.reactions, &*self.transport, &self.topics, &self.pace).await
    }
}

/// Opens the office while this process has the lease on it; the other replicas wait for their turn.
async fn by_turns(office: Office, cancel: CancellationToken) {
    let (me, service) = (office.desk.clock().id(), office.desk.service());
    let Pace { lease, .. } = office.pace;
    let leads = async || match office.desk.lead(me, lease).await {
        Ok(leads) => Some(leads),
        Err(fault) => {
            tracing::debug!(service, %fault, "the lease cannot be asked for");
            None
        }
    };
    while !cancel.is_cancelled() {
        if leads().await == Some(true) {
            tracing::info!(service, "this replica delivers");
            let (tasks, term) = (Tasks::new(), cancel.child_token());
            if let Err(fault) = office.open(&tasks, &term).await {
                tracing::warn!(service, %fault, "the post office does not open, trying again");
                term.cancel();
            }
            let mut sure_until = Instant::now() + lease;
            while !term.is_cancelled() {
                tokio::select! {
                    () = term.cancelled() => {}
                    () = tokio::time::sleep(lease / 4) => match leads().await {
                        Some(true) => sure_until = Instant::now() + lease,
                        None if Instant::now() < sure_until => {}
                        Some(false) | None => term.cancel(),
                    },
                }
            }
            tasks.finished().await;
            tracing::info!(service, "this replica delivers no more");
        }
        if cancel.is_cancelled() {
            office.desk.stand_down(me).await;
            return;
        }
        tokio::select! {
            () = cancel.cancelled() => {}
            () = tokio::time::sleep(lease / 4) => {}
        }
    }
}

/// The topics that `service` reads.
pub(crate) fn heard_by(table: Consumers, service: &str) -> impl Iterator<Item = &'static str> {
    table.iter().filter(move |(_, consumers)| consumers.contains(&service)).map(|(topic, _)| *topic)
}

/// Who reads `topic`.
pub(crate) fn consumers_of(table: Consumers, topic: &str) -> &'static [&'static str] {
    table.iter().find(|(name, _)| *name == topic).map_or(&[], |(_, consumers)| consumers)
}
