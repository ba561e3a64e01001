//! One service's memory: a database, its one writer, and its readers.
use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, Statement};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::fault::{CommitError, Fault};
use crate::tasks::Tasks;
use crate::writer::{Job, Pulse, QUEUE, Writer};
use crate::{Actor, Clock, Stamp, WriteList};

/// The first SQLite without the WAL-reset bug, which silently loses committed writes.
const SQLITE_AT_LEAST: [u32; 3] = [3, 51, 3];
const READERS: u32 = 4;

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
    queue: mpsc::Sender<Job>,
    pulse: Arc<Pulse>,
    closing: CancellationToken,
    ended: CancellationToken,
    tasks: Tasks,
}

impl Desk {
    /// A connection with the settings of this house (WAL, every commit flushed, foreign keys on) for whoever prepares a
    /// database before the desk opens it: migrations, backup. One connection, so that writes cannot collide.
    pub async fn connect(url: &str) -> Result<DatabaseConnection, Fault> {
        let db = connect(url, Use::Prepare).await?;
        assert_version(&db).await?;
        Ok(db)
    }

    /// Opens the memory of `service` at `url`, e.g. `sqlite:///data/intake.db`. Its tables must be there already.
    pub async fn open(service: &'static str, url: &str, clock: Clock) -> Result<Desk, Fault> {
        let db = Self::connect(url).await?;
        let epoch = read_epoch(&db).await.map_err(|error| {
            Fault::new(format!("open the desk of {service} (are its migrations applied?)"), error)
        })?;
        let reader = connect(url, Use::Read).await?;
        let (queue, receiver) = mpsc::channel(QUEUE);
        let pulse = Arc::new(Pulse::default());
        let closing = CancellationToken::new();
        let tasks = Tasks::new();
        let writer = Writer {
            db: Some(db),
            url: url.to_owned(),
            queue: receiver,
            epoch,
            pulse: pulse.clone(),
            closing: closing.clone(),
        };
        let ended = CancellationToken::new();
        tasks.spawn("writer", telling(ended.clone(), writer.run()));
        let inner = Inner { service, clock, epoch, reader, queue, pulse, closing, ended, tasks };
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

    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<(), Fault> {
        let query = Statement::from_string(self.inner.reader.get_database_backend(), "SELECT 1");
        let answer = self.inner.reader.query_one_raw(query).await;
        answer.map(|_| ()).map_err(|error| Fault::new("ask the database for a sign of life", error))
    }

    /// The epoch of this database, raised by a restore.
    pub fn epoch(&self) -> u32 {
        self.inner.epoch
    }

    /// The stamp of a unit of work that starts now.
    pub fn stamp(&self, by: Actor, method: &'static str, trace: Option<String>) -> Stamp {
        Stamp::new(&self.inner.clock, by, method, trace)
    }

    /// Writes the list, whole or not at all. `Ok` means that it is on the disk. Dropping this future gives nothing or
    /// everything; after a `Fault` nothing was written, unless the fault says that the outcome is unknown.
    pub async fn commit(&self, list: WriteList) -> Result<(), CommitError> {
        let (answer, answered) = oneshot::channel();
        self.inner.queue.try_send(Job { list, answer }).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => CommitError::Busy,
            mpsc::error::TrySendError::Closed(_) => CommitError::Fault(Fault::closed()),
        })?;
        outcome(answered).await
    }

    /// Like [`commit`](Self::commit), but waits when the writer is busy: for the courier's own work.
    pub(crate) async fn commit_patiently(&self, list: WriteList) -> Result<(), CommitError> {
        let (answer, answered) = oneshot::channel();
        if self.inner.queue.send(Job { list, answer }).await.is_err() {
            return Err(CommitError::Fault(Fault::closed()));
        }
        outcome(answered).await
    }

    /// Writes what is queued, then closes the database. Commits that come later are refused.
    pub async fn close(&self) {
        self.inner.closing.cancel();
        self.inner.tasks.finished().await;
        if self.inner.reader.close_by_ref().await.is_err() {
            tracing::warn!(service = self.inner.service, "the readers did not close cleanly");
        }
    }

    /// Cancelled when the writer has ended: after [`close`](Self::close), or because it panicked. Nothing can be written
    /// from then on, so a process should not outlive it.
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

/// Another connection for the writer. The database must be there, and still be the same.
pub(crate) async fn reopen(url: &str, epoch: u32) -> Result<DatabaseConnection, Fault> {
    let db = connect(url, Use::Write).await?;
    match read_epoch(&db).await {
        Ok(found) if found == epoch => return Ok(db),
        Ok(_) => drop(db.close().await),
        Err(error) => {
            drop(db.close().await);
            return Err(Fault::new("open the database again", error));
        }
    }
    Err(Fault::plain("open the database again", "it was replaced by another one"))
}

/// What a pool of connections is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// One connection; makes the file if there is none.
    Prepare,
    /// One connection to a file that is there.
    Write,
    /// Some connections that cannot write.
    Read,
}

async fn connect(url: &str, purpose: Use) -> Result<DatabaseConnection, Fault> {
    let (connections, read_only) = if purpose == Use::Read { (READERS, true) } else { (1, false) };
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .acquire_timeout(Duration::from_secs(10))
        .map_sqlx_sqlite_opts(move |sqlite: SqliteConnectOptions| {
            let sqlite = sqlite
                .create_if_missing(purpose == Use::Prepare)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(5))
                .foreign_keys(true);
            if read_only { sqlite.pragma("query_only", "ON") } else { sqlite }
        });
    Database::connect(options).await.map_err(|error| Fault::new("open the database", error))
}

async fn outcome(answered: oneshot::Receiver<Result<(), CommitError>>) -> Result<(), CommitError> {
    let unknown = || Fault::plain("commit", "the writer ended; the outcome is unknown");
    answered.await.unwrap_or_else(|_| Err(unknown().into()))
}

async fn assert_version(db: &DatabaseConnection) -> Result<(), Fault> {
    let query = Statement::from_string(db.get_database_backend(), "SELECT sqlite_version()");
    let row = db.query_one_raw(query).await.map_err(|error| Fault::new("ask SQLite's version", error))?;
    let text: String = match row {
        Some(row) => row.try_get_by_index(0).map_err(|error| Fault::new("ask SQLite's version", error))?,
        None => String::new(),
    };
    if parse_version(&text) < Some(SQLITE_AT_LEAST) {
        return Err(Fault::plain(
            format!("this program is linked with SQLite {text}"),
            "at least 3.51.3 is needed: older ones can lose committed writes (WAL-reset bug)",
        ));
    }
    Ok(())
}

fn parse_version(text: &str) -> Option<[u32; 3]> {
    let parts: Vec<u32> = text.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
    parts.get(..3)?.try_into().ok()
}

async fn read_epoch(db: &DatabaseConnection) -> Result<u32, DbErr> {
    let query = Statement::from_string(db.get_database_backend(), "SELECT epoch FROM epoch WHERE id = 1");
    let row = db.query_one_raw(query).await?.ok_or_else(|| DbErr::RecordNotFound("epoch".to_owned()))?;
    row.try_get_by_index::<i64>(0).map(|epoch| epoch as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_end_of_a_writer_that_panicked_is_told() {
        let (tasks, ended) = (Tasks::new(), CancellationToken::new());
        tasks.spawn("writer", telling(ended.clone(), async { panic!("planted") }));
        tokio::time::timeout(Duration::from_secs(5), ended.cancelled()).await.unwrap();
    }

    #[test]
    fn an_sqlite_that_loses_writes_is_recognised() {
        assert!(parse_version("3.51.2") < Some(SQLITE_AT_LEAST));
        assert!(parse_version("3.46.0") < Some(SQLITE_AT_LEAST));
        assert!(parse_version("nonsense") < Some(SQLITE_AT_LEAST));
        assert!(parse_version("3.51.3") >= Some(SQLITE_AT_LEAST));
        assert!(parse_version("3.52.0") >= Some(SQLITE_AT_LEAST));
    }
}
