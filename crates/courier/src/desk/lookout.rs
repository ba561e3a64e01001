//! What a desk on PostgreSQL looks at again and again: what time it is there, whether that is still the database it was
//! opened on, and whether its connections are still worth anything.
//!
//! A machine that vanishes says no goodbye, and a connection to it may wait for ever, for its own end too. So where the
//! pools are of no use for a while and a fresh connection is, the desk ends and with it the process: whoever looks after it
//! starts another, with fresh pools. A database of another epoch ends it at once: what this process would go on from was
//! restored away.
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::postgres::{self, Use};
use crate::{Clock, Fault};

/// How often it looks.
const EVERY: Duration = Duration::from_secs(5);
/// Who takes longer to answer does not answer.
const ANSWER: Duration = Duration::from_secs(5);
/// How long the pools may be of no use while a fresh connection is.
const STUCK: Duration = Duration::from_secs(25);
const LOOK: &str = "SELECT clock_timestamp(), pg_is_in_recovery(), epoch FROM epoch WHERE id = 1";

/// Looks after one desk.
pub(super) struct Lookout {
    pub(super) service: &'static str,
    pub(super) url: String,
    pub(super) epoch: u32,
    pub(super) clock: Clock,
    pub(super) pools: [DatabaseConnection; 2],
    pub(super) closing: CancellationToken,
    pub(super) ended: CancellationToken,
}

impl Lookout {
    /// Looks until the desk closes, or ends it.
    pub(super) async fn run(self) {
        let (service, mut well) = (self.service, Instant::now());
        loop {
            tokio::select! {
                () = self.closing.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
            match self.look().await {
                Ok(epoch) if epoch == self.epoch => well = Instant::now(),
                Ok(epoch) => {
                    tracing::error!(service, epoch, "the database was restored: this process ends");
                    return self.ended.cancel();
                }
                Err(fault) => tracing::debug!(service, %fault, "the database does not answer"),
            }
            if well.elapsed() > STUCK && self.fresh().await.is_ok() {
                tracing::error!(
                    service,
                    "the database is there, and no connection to it is: this process ends"
                );
                return self.ended.cancel();
            }
        }
    }

    /// The epoch, as both pools see it.
    async fn look(&self) -> Result<u32, Fault> {
        let mut epoch = self.epoch;
        for pool in &self.pools {
            epoch = within(set_by(&self.clock, pool)).await?;
            if epoch != self.epoch {
                break;
            }
        }
        Ok(epoch)
    }

    /// Whether a new connection is of use.
    async fn fresh(&self) -> Result<(), Fault> {
        let connecting = postgres::connect(&self.url, self.service, Use::Read, 1);
        let db = timeout(2 * ANSWER, connecting).await.map_err(|_| silent())??;
        let looked = within(set_by(&self.clock, &db)).await;
        drop(timeout(ANSWER, db.close()).await);
        looked.map(drop)
    }
}

/// Sets the clock by the database's: what replicas judge by must be one clock. Answers the database's epoch; a standby has
/// nothing to say.
pub(super) async fn set_by(clock: &Clock, db: &DatabaseConnection) -> Result<u32, Fault> {
    let asked = Instant::now();
    let fault = |error| Fault::new("look at the database", error);
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, LOOK)).await.map_err(fault)?;
    let asking = asked.elapsed();
    let row = row.ok_or_else(|| Fault::plain("look at the database", "it has no epoch: is it migrated?"))?;
    let time: DateTime<Utc> = row.try_get_by_index(0).map_err(fault)?;
    if row.try_get_by_index(1).map_err(fault)? {
        return Err(standby());
    }
    clock.set_by(time, asked, asking);
    row.try_get_by_index::<i64>(2).map(|epoch| epoch as u32).map_err(fault)
}

/// Whether the pool reaches a database that takes writes.
pub(super) async fn ping(db: &DatabaseConnection) -> Result<(), Fault> {
    let asking = async {
        let ask = Statement::from_string(DbBackend::Postgres, "SELECT pg_is_in_recovery()");
        let fault = |error| Fault::new("ask whether the database is there", error);
        let row = db.query_one_raw(ask).await.map_err(fault)?;
        let follows = row.is_some_and(|row| row.try_get_by_index(0).unwrap_or(true));
        if follows { Err(standby()) } else { Ok(()) }
    };
    within(asking).await
}

async fn within<T>(asking: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    timeout(ANSWER, asking).await.unwrap_or_else(|_| Err(silent()))
}

fn silent() -> Fault {
    Fault::plain("look at the database", "it does not answer").away()
}

fn standby() -> Fault {
    Fault::plain("look at the database", "it is a standby, and takes no writes").away()
}
