//! PostgreSQL as a desk's memory: how it is connected to, and how a write list gets there.
//!
//! A list is one statement in autocommit, or, where steps touch the same rows, a short transaction. Either runs in a task
//! of its own: sqlx 0.9 leaves a transaction open on a pooled connection when a `begin` is dropped half-way, and the next
//! borrower's acknowledged writes would vanish with it. Nobody can drop these tasks.
use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, RuntimeErr, Statement,
    TransactionTrait,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio_util::sync::CancellationToken;

use crate::fault::{CommitError, Fault, Standing};
use crate::planted::{self, Bug};
use crate::render;
use crate::shape::Texts;
use crate::statement::{self, EPOCH, GUARD_LOST};
use crate::tasks::Tasks;
use crate::write_list::{Step, WriteList};
use crate::writer::{NOTHING, Pulse, QUEUE, UNKNOWN};

/// PostgreSQL 15, as `server_version_num` says it.
const AT_LEAST: i32 = 150_000;
/// A list that met a deadlock or a lock that was held too long is written anew this often.
const TRIES: u32 = 3;
/// The server ends a transaction that nobody goes on with: the floor under every other care.
const IDLE_IN_TRANSACTION: &str = "10s";
/// Commands hold rows for milliseconds; who waits this long for one waits for something broken.
const LOCK_WAIT: &str = "5s";
/// A question that takes longer is not one of ours.
const READ_LIMIT: &str = "30s";

/// What a pool of connections is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Migrations, backup: one connection, nothing limited.
    Prepare,
    /// Questions only.
    Read,
    /// Write lists.
    Write,
}

/// Opens a pool of at most `most` connections.
pub(super) async fn connect(
    url: &str,
    service: &str,
    purpose: Use,
    most: u32,
) -> Result<DatabaseConnection, Fault> {
    let name = format!("supermarket-{service}");
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(most)
        .min_connections(1)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .acquire_timeout(Duration::from_secs(5))
        .idle_timeout(Duration::from_mins(10))
        .max_lifetime(Duration::from_hours(1))
        .map_sqlx_postgres_opts(move |options: PgConnectOptions| {
            let options =
                options.application_name(&name).options([("TimeZone", "UTC")]).statement_cache_capacity(256);
            match purpose {
                Use::Prepare => options,
                Use::Read => options.options([
                    ("default_transaction_read_only", "on"),
                    ("statement_timeout", READ_LIMIT),
                    ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION),
                ]),
                // No statement timeout: it would cut the wait for a synchronous standby, and what was cut is committed.
                Use::Write => options.options([
                    ("lock_timeout", LOCK_WAIT),
                    ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION),
                ]),
            }
        });
    Database::connect(options).await.map_err(|error| Fault::new("open the database", error))
}

/// Refuses a server that is too old.
pub(super) async fn assert_version(db: &DatabaseConnection) -> Result<(), Fault> {
    let ask = "SELECT current_setting('server_version_num')::integer";
    let query = Statement::from_string(db.get_database_backend(), ask);
    let asking = |error| Fault::new("ask PostgreSQL's version", error);
    let row = db.query_one_raw(query).await.map_err(asking)?;
    let number: i32 = row.map(|row| row.try_get_by_index(0)).transpose().map_err(asking)?.unwrap_or(0);
    if number < AT_LEAST {
        return Err(Fault::plain(
            format!("the database is PostgreSQL {}", number / 10_000),
            "at least version 15 is needed",
        ));
    }
    Ok(())
}

/// The way in for write lists; clones share it.
#[derive(Clone)]
pub(crate) struct Writer {
    pool: DatabaseConnection,
    epoch: u32,
    texts: Arc<Texts>,
    places: Arc<Semaphore>,
    pulse: Arc<Pulse>,
    closing: CancellationToken,
    ended: CancellationToken,
    tasks: Tasks,
}

impl Writer {
    pub(super) fn new(
        pool: DatabaseConnection,
        epoch: u32,
        pulse: Arc<Pulse>,
        closing: CancellationToken,
        ended: CancellationToken,
        tasks: Tasks,
    ) -> Self {
        let (texts, places) = (Arc::default(), Arc::new(Semaphore::new(QUEUE)));
        Writer { pool, epoch, texts, places, pulse, closing, ended, tasks }
    }

    /// The connections that write.
    pub(super) fn pool(&self) -> &DatabaseConnection {
        &self.pool
    }

    /// A place for one list, if one is free now.
    pub(super) fn try_place(&self) -> Result<OwnedSemaphorePermit, CommitError> {
        self.places.clone().try_acquire_owned().map_err(|_| CommitError::Busy)
    }

    /// A place for one list, when one is free.
    pub(super) async fn place(&self) -> Result<OwnedSemaphorePermit, CommitError> {
        self.places.clone().acquire_owned().await.map_err(|_| CommitError::Fault(Fault::closed()))
    }

    /// Begins to write; what is answered is sent to the receiver, whether or not anybody still waits.
    pub(super) fn write(
        &self,
        list: WriteList,
        place: OwnedSemaphorePermit,
    ) -> Result<oneshot::Receiver<Result<(), CommitError>>, CommitError> {
        if self.closing.is_cancelled() {
            return Err(CommitError::Fault(Fault::closed()));
        }
        let (answer, answered) = oneshot::channel();
        let writer = self.clone();
        self.tasks.spawn("commit", async move {
            let result = writer.try_write(&list).await;
            if result.is_ok() {
                writer.pulse.after(&[&list]);
            }
            drop(place);
            // A caller that has hung up is no reason to undo anything.
            drop(answer.send(result));
        });
        Ok(answered)
    }

    async fn try_write(&self, list: &WriteList) -> Result<(), CommitError> {
        let mut reason = CommitError::Busy;
        for _ in 0..TRIES {
            let mut statements = statement::of(list, self.epoch, &self.texts)?;
            let written = match (statements.pop(), statements.is_empty()) {
                (None, _) => return Ok(()),
                (Some(only), true) => self.pool.execute_raw(only).await.map(drop).map_err(Sent::Alone),
                (Some(end), false) => {
                    statements.push(end);
                    self.transaction(statements).await
                }
            };
            match written.map_err(|sent| judge(&sent, list)) {
                Ok(()) => return Ok(()),
                Err(Judged::Again(error)) => reason = error,
                Err(Judged::Restored) => {
                    tracing::error!("the database was restored: this process ends");
                    self.ended.cancel();
                    return Err(CommitError::Fault(Fault::closed()));
                }
                Err(Judged::Conflict(error)) => {
                    return Err(self.lost_guard(list).await.map_or(error, CommitError::Lost));
                }
                Err(Judged::Ended(CommitError::Fault(fault)))
                    if planted::is(Bug::IgnoreUnknownCommit) && fault.standing() == Standing::Unknown =>
                {
                    return Ok(());
                }
                Err(Judged::Ended(error)) => return Err(error),
            }
        }
        Err(reason)
    }

    /// The first guard of an update that does not hold. A conflict with a unique key ends a statement before its guards are
    /// judged, although somebody else's change, which the guard tells of, is what brought the conflict about.
    async fn lost_guard(&self, list: &WriteList) -> Option<&'static str> {
        for step in &list.steps {
            let Step::Update { table, matching, guard: Some(guard), .. } = step else { continue };
            let holds = self.pool.query_one(&render::look(table, matching)).await;
            if holds.is_ok_and(|row| row.is_none()) {
                return Some(guard);
            }
        }
        None
    }

    async fn transaction(&self, statements: Vec<Statement>) -> Result<(), Sent> {
        let transaction = self.pool.begin().await.map_err(Sent::Before)?;
        for statement in statements {
            transaction.execute_raw(statement).await.map_err(Sent::Before)?;
        }
        transaction.commit().await.map_err(Sent::Alone)
    }
}

/// When something failed.
enum Sent {
    /// Before a commit was sent: nothing is written.
    Before(DbErr),
    /// With the commit, or with the statement that is its own commit.
    Alone(DbErr),
}

/// What a failure means.
enum Judged {
    /// Nothing is written; another try may succeed. If none does, this is what is answered.
    Again(CommitError),
    /// Nothing is written, because a row was there already.
    Conflict(CommitError),
    /// Nothing is written, because the database is of another epoch than this desk.
    Restored,
    Ended(CommitError),
}

/// A refusal of the server's means that nothing is written. A connection that broke with the commit on its way means that
/// nobody knows, and so does a server that was shut down in the middle of it.
fn judge(sent: &Sent, list: &WriteList) -> Judged {
    let (error, committing) = match sent {
        Sent::Before(error) => (error, false),
        Sent::Alone(error) => (error, true),
    };
    let ended = |fault: Fault| Judged::Ended(CommitError::Fault(fault));
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error
    else {
        // No connection was to be had, so nothing was sent.
        return ended(Fault::new(NOTHING, error.clone()).away());
    };
    let Some(refusal) = cause.as_database_error() else {
        let fault = Fault::new(if committing { UNKNOWN } else { NOTHING }, error.clone());
        return ended(if committing { fault.unknown() } else { fault.away() });
    };
    let code = refusal.code().unwrap_or_default();
    match code.as_ref() {
        GUARD_LOST if refusal.message() == EPOCH => Judged::Restored,
        GUARD_LOST => match list.guard(refusal.message()) {
            Some(guard) => Judged::Ended(CommitError::Lost(guard)),
            None => ended(Fault::plain(NOTHING, "a guard that the list does not name was lost")),
        },
        "23505" => Judged::Conflict(match refusal.table().and_then(|table| list.insert_guard(table)) {
            Some(guard) => CommitError::Lost(guard),
            None => CommitError::Fault(Fault::new(NOTHING, error.clone())),
        }),
        // Deadlock, serialization, a lock held too long: nothing is written, and it may go better in a moment.
        "40P01" | "40001" | "55P03" => Judged::Again(CommitError::Busy),
        // The server says that it takes nobody now, or that it is a standby.
        "57P03" | "53300" | "25006" => ended(Fault::new(NOTHING, error.clone()).away()),
        code if code.starts_with("57P") && committing => ended(Fault::new(UNKNOWN, error.clone()).unknown()),
        code if code.starts_with("57P") => ended(Fault::new(NOTHING, error.clone()).away()),
        _ => ended(Fault::new(NOTHING, error.clone())),
    }
}
