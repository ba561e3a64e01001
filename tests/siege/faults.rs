//! What is done to a town: one fault at a time, each mended before the next.

use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;
use async_nats::jetstream;

use crate::stage::Town;

/// One fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// `kill -9` of a replica; it is started again.
    KillService,
    /// `kill -9` of the door.
    KillDoor,
    /// `kill -9` of the broker.
    KillBroker,
    /// `kill -9` of PostgreSQL's postmaster.
    KillDatabase,
    /// SIGSTOP of a replica for a while.
    PauseService,
    /// SIGSTOP of the broker.
    PauseBroker,
    /// SIGSTOP of all of PostgreSQL.
    PauseDatabase,
    /// The broker loses everything that it has stored.
    WipeBroker,
    /// One stream is deleted.
    DeleteStream,
    /// One durable consumer is deleted.
    DeleteConsumer,
}

/// All of them, those first that a short siege must not leave out.
pub const ALL: [Fault; 10] = [
    Fault::KillService,
    Fault::KillBroker,
    Fault::KillDatabase,
    Fault::WipeBroker,
    Fault::PauseService,
    Fault::DeleteConsumer,
    Fault::KillDoor,
    Fault::DeleteStream,
    Fault::PauseBroker,
    Fault::PauseDatabase,
];

impl Fault {
    /// Whether it takes away what must be there first.
    pub fn deletes(self) -> bool {
        matches!(self, Self::DeleteStream | Self::DeleteConsumer)
    }
}

impl Town {
    /// Does it and mends it. `turn` says whose turn it is where there are several.
    pub async fn suffer(&mut self, fault: Fault, turn: usize, pause: Duration) -> anyhow::Result<()> {
        let services = self.cluster.members.len() - 1;
        match fault {
            Fault::KillService => {
                // Five services in turn, then their second replicas.
                let place = (turn % 5) * (services / 5) + (turn / 5) % (services / 5);
                self.cluster.members[place].kill();
                self.cluster.members[place].start()?;
            }
            Fault::KillDoor => {
                self.cluster.members[services].kill();
                self.cluster.members[services].start()?;
                self.cluster.members[services].listens().await?;
            }
            Fault::KillBroker => {
                self.broker.kill();
                self.broker.start_again();
            }
            Fault::KillDatabase => {
                self.postgres.kill();
                self.postgres.start_again().await?;
            }
            Fault::PauseService => {
                let pid = self.cluster.members[turn * 3 % services].pid().context("it runs")?;
                signal("STOP", &pid.to_string())?;
                tokio::time::sleep(pause).await;
                signal("CONT", &pid.to_string())?;
            }
            Fault::PauseBroker => {
                self.broker.pause();
                tokio::time::sleep(pause).await;
                self.broker.resume();
            }
            Fault::PauseDatabase => {
                // The postmaster leads a group of its own, but each backend leads its own session.
                let all = self.postgres.processes()?;
                for pid in &all {
                    // One that has ended meanwhile needs no stopping.
                    drop(signal("STOP", pid));
                }
                tokio::time::sleep(pause).await;
                for pid in &all {
                    drop(signal("CONT", pid));
                }
            }
            Fault::WipeBroker => {
                self.broker.kill();
                self.broker.wipe();
                self.broker.start_again();
            }
            Fault::DeleteStream => {
                // Oversight has next to nothing to say here: a stream that a wipe took is not there before it is needed.
                let topic = ["INTAKE", "ROUTING", "MEDIATION", "TRANSFER"][turn % 4];
                let context = self.jetstream().await?;
                context.delete_stream(format!("SUPERMARKET_{topic}")).await.context("deleting a stream")?;
            }
            Fault::DeleteConsumer => {
                let context = self.jetstream().await?;
                let stream =
                    context.get_stream("SUPERMARKET_INTAKE").await.context("the stream of intake")?;
                let consumer = ["routing", "mediation", "transfer", "oversight"][turn % 4];
                stream.delete_consumer(consumer).await.context("deleting a consumer")?;
            }
        }
        Ok(())
    }

    async fn jetstream(&self) -> anyhow::Result<jetstream::Context> {
        Ok(jetstream::new(async_nats::connect(self.broker.url()).await.context("the broker")?))
    }
}

fn signal(name: &str, pid: &str) -> anyhow::Result<()> {
    let sent = Command::new("kill").args(["-s", name, pid]).status()?;
    anyhow::ensure!(sent.success(), "kill -{name} {pid}");
    Ok(())
}
