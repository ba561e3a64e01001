//! The post office of one service: relay, receiver and applier, started and stopped together.
use std::sync::{Arc, Mutex, PoisonError};

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
        let reactions = Arc::new(reactions);
        let topics: Vec<&'static str> = heard_by(table, desk.service()).collect();
        if !topics.is_empty() {
            // Subscribed before anything is sent: else the first events would wait for their second sending.
            let stream = transport.subscribe(desk.service(), &topics).await?;
            // Its rows say which topics are read here; until they stand, `Desk::heard` could not tell a topic that nobody
            // has sent anything on from one that is of no use.
            drop(Receiver::load(desk, &reactions, &*transport, &topics, &pace).await?);
            let stream = Arc::new(Mutex::new(Some(stream)));
            let (to, pace_of, with, reading) =
                (desk.clone(), pace.clone(), reactions.clone(), topics.clone());
            let (road, until) = (transport.clone(), cancel.clone());
            tasks.supervise("receiver", cancel.clone(), move || {
                let (desk, pace, reactions, topics) =
                    (to.clone(), pace_of.clone(), with.clone(), reading.clone());
                let (transport, cancel, stream) = (road.clone(), until.clone(), stream.clone());
                async move {
                    let receiver = Receiver::load(&desk, &reactions, &*transport, &topics, &pace).await?;
                    let stream = stream.lock().unwrap_or_else(PoisonError::into_inner).take();
                    receiver.run(stream, cancel).await
                }
            });
            let (to, pace_of, until) = (desk.clone(), pace.clone(), cancel.clone());
            tasks.supervise("applier", cancel.clone(), move || {
                Applier::new(to.clone(), reactions.clone(), &topics, &pace_of).run(until.clone())
            });
        }
        let consumers = consumers_of(table, desk.service());
        if !consumers.is_empty() {
            let (from, road, until) = (desk.clone(), transport, cancel.clone());
            tasks.supervise("relay", cancel.clone(), move || {
                let (desk, transport, cancel, pace) =
                    (from.clone(), road.clone(), until.clone(), pace.clone());
                async move { Relay::load(&desk, &*transport, consumers, &pace).await?.run(cancel).await }
            });
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

/// The topics that `service` reads.
pub(crate) fn heard_by(table: Consumers, service: &str) -> impl Iterator<Item = &'static str> {
    table.iter().filter(move |(_, consumers)| consumers.contains(&service)).map(|(topic, _)| *topic)
}

/// Who reads `topic`.
pub(crate) fn consumers_of(table: Consumers, topic: &str) -> &'static [&'static str] {
    table.iter().find(|(name, _)| *name == topic).map_or(&[], |(_, consumers)| consumers)
}
