//! Health by `grpc.health.v1`: what this process says of itself, and what its names mean.
//!
//! | name | SERVING means | asked by |
//! | --- | --- | --- |
//! | `` (empty) | the process has started and is not leaving: liveness | a supervisor |
//! | `intake`, … | that service takes commands: its post office runs and its database answers: readiness | reception, balancers |
//! | `intake.transport`, … | its road to the others is open | people, alarms |
//!
//! A broker that is away does **not** make a service unready: a command needs the database alone, its news waits in the
//! outbox. So the road has a name of its own, and nobody routes by it. A database that misses two signs of life in a row
//! (asked each second, given two) makes the service unready until the next one comes. A road counts as closed after
//! five seconds, because a reconnect is no event.
//!
//! When the process leaves, every name stops serving first, so that whoever chooses by health looks elsewhere while calls
//! are still taken; nothing makes it serve again. In a process with reception the names of the services that it passes
//! calls on to say whether any replica of theirs is ready.

use std::sync::Arc;
use std::time::Duration;

use courier::{Desk, Transport};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};

const EVERY: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(2);
/// Signs of life that may be missing in a row before a service counts as unready.
const MISSES: u32 = 1;
/// Looks at a closed road before it is said.
const CLOSED_LOOKS: u32 = 5;

/// Tells how the services are.
#[derive(Debug, Clone, Default)]
pub struct Health {
    reporter: HealthReporter,
    /// Whether the process leaves. Held while a status is set, so that no late good news overtakes the end.
    leaving: Arc<Mutex<bool>>,
}

impl Health {
    /// Nothing serves yet.
    pub async fn starting(&self, names: &[String]) {
        self.tell("", false).await;
        for name in names {
            self.tell(name, false).await;
        }
    }

    /// Whether what has this name serves; the empty name is the whole process.
    pub async fn tell(&self, name: &str, serves: bool) {
        let leaving = self.leaving.lock().await;
        let status = if serves && !*leaving { ServingStatus::Serving } else { ServingStatus::NotServing };
        self.reporter.set_service_status(name, status).await;
    }

    /// Nothing serves any longer.
    pub async fn stopping(&self, names: &[String]) {
        *self.leaving.lock().await = true;
        self.starting(names).await;
    }

    /// The gRPC service that answers.
    pub fn server(&self) -> HealthServer<HealthService> {
        HealthServer::new(HealthService::from_health_reporter(self.reporter.clone()))
    }

    /// Watches one service's memory and its road until the process leaves.
    pub(crate) async fn watch(self, desk: Desk, transport: Arc<dyn Transport>, leaving: CancellationToken) {
        let service = desk.service();
        let road = road_of(service);
        let (mut ready, mut closed) = (Judgement::new(MISSES), Judgement::new(CLOSED_LOOKS));
        let mut pace = tokio::time::interval(EVERY);
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = leaving.cancelled() => return,
                _ = pace.tick() => {}
            }
            let answered = tokio::time::timeout(PATIENCE, desk.ping()).await.is_ok_and(|pong| pong.is_ok());
            if let Some(ready) = ready.changed(answered) {
                if ready {
                    tracing::info!(service, "the database answers again");
                } else {
                    tracing::error!(service, "the database does not answer; no command can be taken");
                }
                self.tell(service, ready).await;
            }
            let open =
                tokio::time::timeout(PATIENCE, transport.ready(service)).await.is_ok_and(|open| open.is_ok());
            if let Some(open) = closed.changed(open) {
                if open {
                    tracing::info!(service, "the road to the other services is open again");
                } else {
                    tracing::warn!(service, "the road to the other services is closed; news waits");
                }
                self.tell(&road, open).await;
            }
        }
    }
}

/// The name under which a service's road is told.
pub fn road_of(service: &str) -> String {
    format!("{service}.transport")
}

/// Good at once, bad only after more than so many bad looks in a row.
struct Judgement {
    patience: u32,
    bad: u32,
    good: bool,
}

impl Judgement {
    fn new(patience: u32) -> Self {
        Self { patience, bad: 0, good: true }
    }

    /// The new judgement, if this look changed it.
    fn changed(&mut self, look: bool) -> Option<bool> {
        self.bad = if look { 0 } else { self.bad.saturating_add(1) };
        let good = self.bad == 0 || (self.good && self.bad <= self.patience);
        (good != self.good).then(|| {
            self.good = good;
            good
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_news_needs_a_row_and_good_news_comes_at_once() {
        let mut judgement = Judgement::new(1);
        let looks = [true, false, true, false, false, false, true, true, false, false];
        let said: Vec<_> = looks.iter().map(|look| judgement.changed(*look)).collect();
        let none = None;
        assert_eq!(said, [none, none, none, none, Some(false), none, Some(true), none, none, Some(false)]);
    }
}
