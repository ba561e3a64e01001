//! The one writer of a database file.
//!
//! It takes what waits in the queue, up to 64 lists, and writes them in one transaction: one flush to the disk pays for
//! all of them. Each list has a savepoint of its own, so a lost guard costs its neighbours nothing. Callers are answered
//! after the commit, never before; if the commit fails, all of them are told so.
//!
//! After a transaction that failed, what the driver believes (its depth of savepoints) and what SQLite does (which often
//! has rolled back by itself) may differ, and the next "commit" would end a savepoint only. So such a connection is never
//! used again: it is closed and another one opened before anybody is answered.
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::desk::sqlite::reopen;
use crate::fault::{CommitError, Fault};
use crate::heard::Looks;
use crate::numbering::Numbering;
use crate::render;
use crate::touch::Touch;
use crate::write_list::WriteList;

/// Lists that wait for the writer, at most.
pub(crate) const QUEUE: usize = 1_024;
/// Lists that share a commit, at most.
const BATCH: usize = 64;
/// A connection that does not close in this time is left to itself; its lock, if it has one, then fails the next commit.
const CLOSING: Duration = Duration::from_secs(2);

/// What a fault says before the commit was sent, and after.
pub(crate) const NOTHING: &str = "commit, nothing was written";
pub(crate) const UNKNOWN: &str = "commit, the outcome is unknown";

/// A list and who waits for it.
pub(crate) struct Job {
    pub(crate) list: WriteList,
    pub(crate) answer: oneshot::Sender<Result<(), CommitError>>,
}

/// What a commit wakes.
#[derive(Default)]
pub(crate) struct Pulse {
    /// Something was said: the relay.
    pub(crate) said: Notify,
    /// Something came or may go on: the applier.
    pub(crate) stored: Notify,
    /// Something is applied: those who wait to have heard.
    pub(crate) applied: Notify,
    /// Until when news was heard.
    pub(crate) touch: Touch,
    /// Who may look now whether something has been heard.
    pub(crate) looks: Looks,
}

impl Pulse {
    /// Wakes whoever waits for what these lists wrote.
    pub(crate) fn after(&self, written: &[&WriteList]) {
        if written.iter().any(|list| !list.letters.is_empty()) {
            self.said.notify_one();
        }
        if written.iter().any(|list| list.steps.iter().any(|step| step.table() == "inbox")) {
            self.stored.notify_one();
            self.applied.notify_waiters();
        }
    }
}

/// The writer; it ends when the queue is closed and empty.
pub(crate) struct Writer {
    /// None while it does not open again.
    pub(crate) db: Option<DatabaseConnection>,
    pub(crate) url: String,
    pub(crate) queue: mpsc::Receiver<Job>,
    pub(crate) epoch: u32,
    pub(crate) pulse: Arc<Pulse>,
    pub(crate) closing: CancellationToken,
}

impl Writer {
    pub(crate) async fn run(mut self) {
        let mut jobs = vec![];
        loop {
            tokio::select! {
                biased;
                () = self.closing.cancelled(), if !self.queue.is_closed() => self.queue.close(),
                taken = self.queue.recv_many(&mut jobs, BATCH) => {
                    if taken == 0 {
                        break;
                    }
                    self.serve(std::mem::take(&mut jobs)).await;
                }
            }
        }
        if let Some(db) = self.db
            && db.close().await.is_err()
        {
            tracing::warn!("the writer's connection did not close cleanly");
        }
    }

    async fn serve(&mut self, jobs: Vec<Job>) {
        let lists: Vec<&WriteList> = jobs.iter().map(|job| &job.list).collect();
        let written = match self.connection().await {
            Ok(db) => write(&db, self.epoch, &lists).await,
            Err(fault) => Err(fault),
        };
        let results = match written {
            Ok(results) => results,
            Err(fault) => {
                tracing::error!(%fault, lists = lists.len(), "a commit failed");
                self.renew().await;
                lists.iter().map(|_| Err(CommitError::Fault(fault.clone()))).collect()
            }
        };
        let good: Vec<&WriteList> =
            lists.iter().zip(&results).filter(|(_, result)| result.is_ok()).map(|(list, _)| *list).collect();
        self.pulse.after(&good);
        for (job, result) in jobs.into_iter().zip(results) {
            // A caller that has hung up is no reason to undo anything.
            drop(job.answer.send(result));
        }
    }

    /// The connection; opened now if it could not be before.
    async fn connection(&mut self) -> Result<DatabaseConnection, Fault> {
        if let Some(db) = &self.db {
            return Ok(db.clone());
        }
        let db = reopen(&self.url, self.epoch).await.map_err(|fault| Fault::new(NOTHING, fault))?;
        tracing::info!("the writer's database is open again");
        self.db = Some(db.clone());
        Ok(db)
    }

    /// Never again the connection on which something failed.
    async fn renew(&mut self) {
        let Some(db) = self.db.take() else { return };
        if !matches!(tokio::time::timeout(CLOSING, db.close()).await, Ok(Ok(()))) {
            tracing::warn!("the writer's connection did not close cleanly");
        }
        match reopen(&self.url, self.epoch).await {
            Ok(db) => self.db = Some(db),
            Err(fault) => tracing::error!(%fault, "the database does not open again; the next commit tries"),
        }
    }
}

/// One transaction. An `Err` means that nothing of any list is written, or, once the commit was sent, that nobody knows.
async fn write(
    db: &DatabaseConnection,
    epoch: u32,
    lists: &[&WriteList],
) -> Result<Vec<Result<(), CommitError>>, Fault> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let outer = |error: DbErr| Fault::new(NOTHING, error);
    let transaction = db.begin_with_options(options).await.map_err(outer)?;
    let mut numbering = None;
    if lists.iter().any(|list| !list.letters.is_empty()) {
        numbering = Some(Numbering::begin(&transaction).await.map_err(outer)?);
    }
    let mut results = Vec::with_capacity(lists.len());
    for list in lists {
        transaction.execute_unprepared("SAVEPOINT list").await.map_err(outer)?;
        let mark = numbering.as_ref().map(Numbering::mark);
        let result = write_one(&transaction, epoch, list, numbering.as_mut()).await;
        if result.is_err() {
            // If even this fails, SQLite has given up the whole transaction, and so do we.
            transaction.execute_unprepared("ROLLBACK TO list").await.map_err(outer)?;
            if let (Some(numbering), Some(mark)) = (numbering.as_mut(), mark) {
                numbering.back_to(mark);
            }
        }
        transaction.execute_unprepared("RELEASE list").await.map_err(outer)?;
        results.push(result);
    }
    if let Some(numbering) = &numbering {
        numbering.finish(&transaction).await.map_err(outer)?;
    }
    transaction.commit().await.map_err(|error| Fault::new(UNKNOWN, error).unknown())?;
    Ok(results)
}

async fn write_one(
    transaction: &DatabaseTransaction,
    epoch: u32,
    list: &WriteList,
    numbering: Option<&mut Numbering>,
) -> Result<(), CommitError> {
    if let Some(why) = list.broken {
        return Err(CommitError::Fault(Fault::plain("a write list is malformed", why)));
    }
    for step in &list.steps {
        render::run(transaction, step).await?;
    }
    match numbering {
        Some(numbering) => numbering.number(transaction, epoch, &list.letters).await,
        None => Ok(()),
    }
}
