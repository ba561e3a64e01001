//! One service's memory: a database, its writer, and its readers.
//!
//! The database's URL decides which: a SQLite file with one writer that commits in groups, or PostgreSQL with a pool. No
//! caller of a desk knows the difference.
use std::sync::Arc;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::fault::{CommitError, Fault};
use crate::tasks::Tasks;
use crate::writer::{Job, Pulse, QUEUE, Writer};
use crate::{Actor, Clock, Stamp, WriteList};

mod lookout;
pub(crate) mod office;
pub(crate) mod postgres;
pub(crate) mod sqlite;

/// Connections of a desk on PostgreSQL unless it is told another number. A quarter of them read, the others write: a write
/// waits for the disk and shares its flush with whoever else waits, a question is answered at once.
pub const POOL: u32 = 16;

/// One service's memory; clones share it.
#[derive(Clone)]
pub struct Desk {
    inner: Arc<Inner>,
}

struct Inner {
    service: &'static str,
    clock: Clock,
    epoch: u32,
    reader: DatabaseConnection,
    hand: Hand,
    pulse: Arc<Pulse>,
    closing: CancellationToken,
    ended: CancellationToken,
    tasks: Tasks,
}

/// What writes.
enum Hand {
    /// The one writer of a file.
    Sqlite(mpsc::Sender<Job>),
    /// A pool.
    Postgres(postgres::Writer),
}

/// Whether a URL names a PostgreSQL database.
fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

impl Desk {
    /// A connection with the settings of this house for whoever prepares a database before the desk opens it: migrations,
    /// backup. One connection, so that writes cannot collide.
    pub async fn connect(url: &str) -> Result<DatabaseConnection, Fault> {
        if is_postgres(url) {
            let db = postgres::connect(url, "prepare", postgres::Use::Prepare, 1).await?;
            postgres::assert_version(&db).await?;
            return Ok(db);
        }
        let db = sqlite::connect(url, sqlite::Use::Prepare).await?;
        sqlite::assert_version(&db).await?;
        Ok(db)
    }

    /// The version of the SQLite that this program is linked with; one that loses writes is a fault.
    pub async fn sqlite_version() -> Result<String, Fault> {
        let db = sqlite::connect("sqlite::memory:", sqlite::Use::Prepare).await?;
        let version = sqlite::assert_version(&db).await;
        drop(db.close().await);
        version
    }

    /// Opens the memory of `service` at `url`, e.g. `sqlite:///data/intake.db` or `postgres://…`. Its tables must be there
    /// already.
    pub async fn open(service: &'static str, url: &str, clock: Clock) -> Result<Desk, Fault> {
        Self::open_with(service, url, clock, POOL).await
    }

    /// As [`open`](Self::open), with at most `pool` connections on PostgreSQL.
    pub async fn open_with(service: &'static str, url: &str, clock: Clock, pool: u32) -> Result<Desk, Fault> {
        let (pulse, closing, ended) = (Arc::default(), CancellationToken::new(), CancellationToken::new());
        let tasks = Tasks::new();
        let unmigrated =
            |error| Fault::new(format!("open the desk of {service} (are its migrations applied?)"), error);
        let (epoch, reader, hand);
        if is_postgres(url) {
            let readers = (pool / 4).max(1);
            let writers = pool.saturating_sub(readers).max(1);
            reader = postgres::connect(url, service, postgres::Use::Read, readers).await?;
            postgres::assert_version(&reader).await?;
            epoch = read_epoch(&reader).await.map_err(unmigrated)?;
            let writing = postgres::connect(url, service, postgres::Use::Write, writers).await?;
            lookout::set_by(&clock, &writing).await?;
            let lookout = lookout::Lookout {
                service,
                url: url.to_owned(),
                epoch,
                clock: clock.clone(),
                pools: [writing.clone(), reader.clone()],
                closing: closing.clone(),
                ended: ended.clone(),
            };
            tasks.spawn("lookout", lookout.run());
            hand = Hand::Postgres(postgres::Writer::new(
                writing,
                epoch,
                Arc::clone(&pulse),
                closing.clone(),
                ended.clone(),
                tasks.clone(),
            ));
        } else {
            let db = Self::connect(url).await?;
            epoch = read_epoch(&db).await.map_err(unmigrated)?;
            reader = sqlite::connect(url, sqlite::Use::Read).await?;
            let (queue, receiver) = mpsc::channel(QUEUE);
            let writer = Writer {
                db: Some(db),
                url: url.to_owned(),
                queue: receiver,
                epoch,
                pulse: Arc::clone(&pulse),
                closing: closing.clone(),
            };
            tasks.spawn("writer", telling(ended.clone(), writer.run()));
            hand = Hand::Sqlite(queue);
        }
        let inner = Inner { service, clock, epoch, reader, hand, pulse, closing, ended, tasks };
        Ok(Desk { inner: Arc::new(inner) })
    }

    /// Whose memory this is; also the name of its topic.
    pub fn service(&self) -> &'static str {
        self.inner.service
    }

    /// The clock of the house.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// Connections that can only read; each statement sees every commit that was answered before.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.inner.reader
    }

    /// The epoch of this database, raised by a restore.
    pub fn epoch(&self) -> u32 {
        self.inner.epoch
    }

    /// The stamp of a unit of work that starts now.
    pub fn stamp(&self, by: Actor, method: &'static str, trace: Option<String>) -> Stamp {
        Stamp::new(&self.inner.clock, by, method, trace)
    }

    /// Whether the database answers a write's connection and takes writes.
    pub async fn ping(&self) -> Result<(), Fault> {
        let db = match &self.inner.hand {
            Hand::Sqlite(_) => &self.inner.reader,
            Hand::Postgres(writer) => return lookout::ping(writer.pool()).await,
        };
        db.query_one_raw(Statement::from_string(db.get_database_backend(), "SELECT 1"))
            .await
            .map(drop)
            .map_err(|error| Fault::new("ask whether the database is there", error))
    }

    /// Writes the list, whole or not at all. `Ok` means that it is on the disk. Dropping this future gives nothing or
    /// everything; after a `Fault` nothing was written, unless its standing says that the outcome is unknown.
    pub async fn commit(&self, list: WriteList) -> Result<(), CommitError> {
        let answered = match &self.inner.hand {
            Hand::Sqlite(queue) => {
                let (answer, answered) = oneshot::channel();
                queue.try_send(Job { list, answer }).map_err(|refused| match refused {
                    mpsc::error::TrySendError::Full(_) => CommitError::Busy,
                    mpsc::error::TrySendError::Closed(_) => CommitError::Fault(Fault::closed()),
                })?;
                answered
            }
            Hand::Postgres(writer) => writer.write(list, writer.try_place()?)?,
        };
        outcome(answered).await
    }

    /// Writes that a command was asked for again and found done. Its answer is an acknowledgement too: what it vouches for
    /// was read, and becomes as durable as this row, also on a standby that has not heard of it yet.
    pub async fn vouch(&self, stamp: &Stamp, case: Uuid) -> Result<(), CommitError> {
        self.commit(WriteList::new(stamp, Some(case))).await
    }

    /// Like [`commit`](Self::commit), but waits when the writer is busy: for the courier's own work.
    pub(crate) async fn commit_patiently(&self, list: WriteList) -> Result<(), CommitError> {
        let answered = match &self.inner.hand {
            Hand::Sqlite(queue) => {
                let (answer, answered) = oneshot::channel();
                if queue.send(Job { list, answer }).await.is_err() {
                    return Err(CommitError::Fault(Fault::closed()));
                }
                answered
            }
            Hand::Postgres(writer) => writer.write(list, writer.place().await?)?,
        };
        outcome(answered).await
    }

    /// Writes what is queued, then closes the database. Commits that come later are refused.
    pub async fn close(&self) {
        self.inner.closing.cancel();
        self.inner.tasks.finished().await;
        if let Hand::Postgres(writer) = &self.inner.hand {
            drop(writer.pool().close_by_ref().await);
            self.inner.ended.cancel();
        }
        if self.inner.reader.close_by_ref().await.is_err() {
            tracing::warn!(service = self.inner.service, "the readers did not close cleanly");
        }
    }

    /// Cancelled when the writer has ended: after [`close`](Self::close), because it panicked, because its connections are
    /// of no use any more, or because the database was restored. Nothing can be written from then on, so a process should
    /// not outlive it.
    pub fn ended(&self) -> CancellationToken {
        self.inner.ended.clone()
    }

    pub(crate) fn pulse(&self) -> &Pulse {
        &self.inner.pulse
    }
}

/// Runs `work` and cancels `ended` when it has ended, however it did.
async fn telling(ended: CancellationToken, work: impl Future<Output = ()>) {
    let _told = ended.drop_guard();
    work.await;
}

async fn outcome(answered: oneshot::Receiver<Result<(), CommitError>>) -> Result<(), CommitError> {
    let unknown = || Fault::plain("commit", "the writer ended; the outcome is unknown").unknown();
    answered.await.unwrap_or_else(|_| Err(unknown().into()))
}

pub(crate) async fn read_epoch(db: &DatabaseConnection) -> Result<u32, DbErr> {
    let query = Statement::from_string(db.get_database_backend(), "SELECT epoch FROM epoch WHERE id = 1");
    let row = db.query_one_raw(query).await?.ok_or_else(|| DbErr::RecordNotFound("epoch".to_owned()))?;
    row.try_get_by_index::<i64>(0).map(|epoch| epoch as u32)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn the_end_of_a_writer_that_panicked_is_told() {
        let (tasks, ended) = (Tasks::new(), CancellationToken::new());
        tasks.spawn("writer", telling(ended.clone(), async { panic!("planted") }));
        tokio::time::timeout(Duration::from_secs(5), ended.cancelled()).await.unwrap();
    }
}
