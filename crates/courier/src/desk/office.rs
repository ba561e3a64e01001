//! What only a desk with many writers needs: numbers given afterwards, and one replica that delivers.
//!
//! On SQLite both come with the single writer, and the functions here answer at once.
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, Value};
use uuid::Uuid;

use super::{Desk, Hand};
use crate::Fault;

/// Events numbered in one go.
const NUMBERED: i32 = 512;

impl Desk {
    /// Gives every event that was said and has none its number; answers how many it gave. Dense, also when two do it at
    /// the same time: the counter's row is locked.
    pub async fn number(&self) -> Result<u64, Fault> {
        let Hand::Postgres(writer) = &self.inner.hand else { return Ok(0) };
        let mut given = 0;
        loop {
            let ask = Statement::from_sql_and_values(
                DbBackend::Postgres,
                "SELECT courier_number($1)",
                [NUMBERED.into()],
            );
            let some: i64 = one(writer.pool(), ask, "number events").await?.unwrap_or(0);
            given += some as u64;
            if some < i64::from(NUMBERED) {
                return Ok(given);
            }
        }
    }

    /// Whether other processes may say something on this desk, so that its relay has to look and not only to listen.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.inner.hand, Hand::Postgres(_))
    }

    /// Takes or keeps the lease on this desk's post office for `life`, judged by the database's clock. It only saves work:
    /// two who both deliver do no harm.
    pub(crate) async fn lead(&self, me: Uuid, life: Duration) -> Result<bool, Fault> {
        let Hand::Postgres(writer) = &self.inner.hand else { return Ok(true) };
        let sql = "INSERT INTO lease (name, holder, until) VALUES ('post', $1, clock_timestamp() + $2 * interval '1 millisecond') \
            ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until \
            WHERE lease.holder = excluded.holder OR lease.until < clock_timestamp() RETURNING 1::bigint";
        let values: [Value; 2] = [me.into(), (life.as_millis() as i64).into()];
        let ask = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        Ok(one::<i64>(writer.pool(), ask, "take the lease").await?.is_some())
    }

    /// Gives the lease back, so that another replica need not wait for its end.
    pub(crate) async fn stand_down(&self, me: Uuid) {
        let Hand::Postgres(writer) = &self.inner.hand else { return };
        let sql = "DELETE FROM lease WHERE name = 'post' AND holder = $1";
        let ask = Statement::from_sql_and_values(DbBackend::Postgres, sql, [me.into()]);
        if writer.pool().execute_raw(ask).await.is_err() {
            tracing::debug!(service = self.service(), "the lease ends by itself");
        }
    }
}

async fn one<T: sea_orm::TryGetable>(
    db: &DatabaseConnection,
    ask: Statement,
    doing: &str,
) -> Result<Option<T>, Fault> {
    let row = db.query_one_raw(ask).await.map_err(|error| Fault::new(doing, error))?;
    row.map(|row| row.try_get_by_index(0)).transpose().map_err(|error| Fault::new(doing, error))
}
