//! PostgreSQL: what an event costs from being said to being numbered. Giving a row its number writes it a second time, and
//! each of its indexes with it, so an index of numbers holds only rows that have one, and a row is found where it lies.
use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

/// See the module.
pub(crate) struct Migration;

const INDEXES: [&str; 4] = [
    "ALTER TABLE outbox DROP CONSTRAINT outbox_pub_seq_key",
    "CREATE UNIQUE INDEX outbox_pub_seq ON outbox (pub_seq) WHERE pub_seq IS NOT NULL",
    "DROP INDEX outbox_case_id_pub_seq",
    "CREATE INDEX outbox_case_id_pub_seq ON outbox (case_id, pub_seq) WHERE pub_seq IS NOT NULL",
];

/// As before it, but for the place of a row, which holds while the counter's row is locked: nobody else writes rows that
/// have no number.
const NUMBER: &str = "
CREATE OR REPLACE FUNCTION courier_number(at_most integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    first bigint;
    given bigint;
BEGIN
    SELECT next_pub_seq INTO STRICT first FROM counter WHERE id = 1 FOR UPDATE;
    WITH fresh AS (
        SELECT place, case_id, first - 1 + row_number() OVER (ORDER BY said) AS seq
        FROM (SELECT ctid AS place, case_id, said FROM outbox WHERE pub_seq IS NULL ORDER BY said LIMIT at_most) unnumbered
    ), placed AS (
        SELECT place, seq, coalesce(
            lag(seq) OVER (PARTITION BY case_id ORDER BY seq),
            (SELECT max(before.pub_seq) FROM outbox before WHERE before.case_id = fresh.case_id),
            0) AS after
        FROM fresh
    )
    UPDATE outbox SET pub_seq = placed.seq, after_seq = placed.after FROM placed WHERE outbox.ctid = placed.place;
    GET DIAGNOSTICS given = ROW_COUNT;
    IF given > 0 THEN
        UPDATE counter SET next_pub_seq = first + given WHERE id = 1;
    END IF;
    RETURN given;
END $$";

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "courier_m0003_lean_outbox"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        for sql in INDEXES.into_iter().chain([NUMBER]) {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }
}
