//! The one writer of a database file.
//!
//! It takes what waits in the queue, up to 64 lists, and writes them in one transaction: one flush to the disk pays for
//! all of them. Each list has a savepoint of its own, so a lost guard costs its neighbours nothing. Callers are answered
//! after the commit, never before; if the commit fails, all of them are told so.
use std::sync::Arc;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::fault::{CommitError, Fault};
use crate::numbering::Numbering;
use crate::render;
use crate::write_list::WriteList;

/// Lists that wait for the writer, at most.
pub(crate) const QUEUE: usize = 1_024;
/// Lists that share a commit, at most.
const BATCH: usize = 64;

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
}

/// The writer; it ends when the queue is closed and empty.
pub(crate) struct Writer {
    pub(crate) db: DatabaseConnection,
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
        if self.db.close().await.is_err() {
            tracing::warn!("the writer's connection did not close cleanly");
        }
    }

    async fn serve(&self, jobs: Vec<Job>) {
        let lists: Vec<&WriteList> = jobs.iter().map(|job| &job.list).collect();
        let results = match self.write(&lists).await {
            Ok(results) => results,
            Err(fault) => {
                tracing::error!(%fault, lists = lists.len(), "a commit failed");
                lists.iter().map(|_| Err(CommitError::Fault(fault.clone()))).collect()
            }
        };
        let good = || lists.iter().zip(&results).filter(|(_, result)| result.is_ok()).map(|(list, _)| list);
        if good().any(|list| !list.letters.is_empty()) {
            self.pulse.said.notify_one();
        }
        if good().any(|list| list.steps.iter().any(|step| step.table() == "inbox")) {
            self.pulse.stored.notify_one();
            self.pulse.applied.notify_waiters();
        }
        for (job, result) in jobs.into_iter().zip(results) {
            // A caller that has hung up is no reason to undo anything.
            drop(job.answer.send(result));
        }
    }

    /// One transaction. An `Err` means that nothing of any list is written.
    async fn write(&self, lists: &[&WriteList]) -> Result<Vec<Result<(), CommitError>>, Fault> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let outer = |error: DbErr| Fault::new("commit", error);
        let transaction = self.db.begin_with_options(options).await.map_err(outer)?;
        let mut numbering = None;
        if lists.iter().any(|list| !list.letters.is_empty()) {
            numbering = Some(Numbering::begin(&transaction).await.map_err(outer)?);
        }
        let mut results = Vec::with_capacity(lists.len());
        for list in lists {
            transaction.execute_unprepared("SAVEPOINT list").await.map_err(outer)?;
            let mark = numbering.as_ref().map(Numbering::mark);
            let result = self.write_one(&transaction, list, numbering.as_mut()).await;
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
        transaction.commit().await.map_err(outer)?;
        Ok(results)
    }

    async fn write_one(
        &self,
        transaction: &DatabaseTransaction,
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
            Some(numbering) => numbering.number(transaction, self.epoch, &list.letters).await,
            None => Ok(()),
        }
    }
}
