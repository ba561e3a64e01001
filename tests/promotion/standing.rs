//! What one database server holds and does, as its administrator sees it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, QueryResult, Statement};

/// One server.
pub struct Standing {
    db: DatabaseConnection,
}

impl Standing {
    /// The server at this URL.
    pub async fn of(url: &str) -> anyhow::Result<Self> {
        Ok(Self { db: Database::connect(url).await.context("the database")? })
    }

    /// From now on no commit is answered before a standby has flushed it.
    pub async fn replicate_synchronously(&self) -> anyhow::Result<()> {
        self.db.execute_unprepared("ALTER SYSTEM SET synchronous_standby_names = '*'").await?;
        self.db.execute_unprepared("SELECT pg_reload_conf()").await?;
        let begun = Instant::now();
        while self.number("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'").await? == 0 {
            ensure!(begun.elapsed() < Duration::from_secs(30), "no standby follows");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Ends intake's sessions that wait for a standby: what they wrote is committed and visible, and on no standby. Answers
    /// how many there were.
    pub async fn end_those_who_wait(&self) -> anyhow::Result<u64> {
        self.number(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
             WHERE wait_event = 'SyncRep' AND usename = 'supermarket_intake'",
        )
        .await
    }

    /// What a standby holds that was cut off, when it has applied all that it was sent: request id → case.
    pub async fn all_that_was_heard(&self) -> anyhow::Result<BTreeMap<String, String>> {
        let begun = Instant::now();
        let behind = "SELECT (SELECT count(*) FROM pg_stat_wal_receiver) \
            + (pg_last_wal_replay_lsn() < pg_last_wal_receive_lsn())::int";
        while self.number(behind).await? > 0 {
            ensure!(begun.elapsed() < Duration::from_secs(30), "the standby still hears, or does not apply");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.requests().await
    }

    /// Request id → case.
    pub async fn requests(&self) -> anyhow::Result<BTreeMap<String, String>> {
        let rows =
            self.rows("SELECT split_part(request_key, '|', 3), case_id::text FROM intake.request").await?;
        rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
    }

    /// Fails unless there are so many disputes, each with one request, two parties and one event that tells of it.
    pub async fn once_each(&self, disputes: usize) -> anyhow::Result<()> {
        let found = self.number("SELECT count(*) FROM intake.dispute").await?;
        ensure!(found == disputes as u64, "{found} disputes are there, {disputes} were acknowledged");
        let odd = self
            .rows(
                "SELECT d.case_id::text FROM intake.dispute d \
                 WHERE (SELECT count(*) FROM intake.request r WHERE r.case_id = d.case_id) <> 1 \
                 OR (SELECT count(*) FROM intake.party p WHERE p.case_id = d.case_id) <> 2 \
                 OR (SELECT count(*) FROM intake.outbox o WHERE o.case_id = d.case_id) <> 1",
            )
            .await?;
        ensure!(odd.is_empty(), "{} disputes are not there once and whole", odd.len());
        Ok(())
    }

    async fn number(&self, sql: &str) -> anyhow::Result<u64> {
        let rows = self.rows(sql).await?;
        Ok(rows.first().context("a number")?.try_get_by_index::<i64>(0)? as u64)
    }

    async fn rows(&self, sql: &str) -> anyhow::Result<Vec<QueryResult>> {
        Ok(self.db.query_all_raw(Statement::from_string(self.db.get_database_backend(), sql)).await?)
    }
}
