//! What PostgreSQL needs because many write at once: numbers that are given afterwards, guards that fail a whole
//! statement, and a lease on the work that one replica is enough for. SQLite's single writer needs none of it.
use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

/// See the module.
pub(crate) struct Migration;

/// `said` is the order in which events were inserted. Of one case it is the order of its versions: a change that passes its
/// guard began after the one before it was committed.
const OUTBOX: [&str; 4] = [
    "ALTER TABLE outbox ALTER COLUMN pub_seq DROP NOT NULL",
    "ALTER TABLE outbox ALTER COLUMN after_seq DROP NOT NULL",
    "ALTER TABLE outbox ADD COLUMN said bigint GENERATED ALWAYS AS IDENTITY",
    "CREATE INDEX outbox_unnumbered ON outbox (said) WHERE pub_seq IS NULL",
];

/// The counter's row is locked first, so that whoever comes second looks again after the first has committed: each
/// statement of a function sees what was committed before it.
const NUMBER: &str = "
CREATE FUNCTION courier_number(at_most integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    first bigint;
    given bigint;
BEGIN
    SELECT next_pub_seq INTO STRICT first FROM counter WHERE id = 1 FOR UPDATE;
    WITH fresh AS (
        SELECT event_id, case_id, first - 1 + row_number() OVER (ORDER BY said) AS seq
        FROM (SELECT event_id, case_id, said FROM outbox WHERE pub_seq IS NULL ORDER BY said LIMIT at_most) unnumbered
    ), placed AS (
        SELECT event_id, seq, coalesce(
            lag(seq) OVER (PARTITION BY case_id ORDER BY seq),
            (SELECT max(before.pub_seq) FROM outbox before WHERE before.case_id = fresh.case_id),
            0) AS after
        FROM fresh
    )
    UPDATE outbox SET pub_seq = placed.seq, after_seq = placed.after FROM placed WHERE outbox.event_id = placed.event_id;
    GET DIAGNOSTICS given = ROW_COUNT;
    IF given > 0 THEN
        UPDATE counter SET next_pub_seq = first + given WHERE id = 1;
    END IF;
    RETURN given;
END $$";

/// Fails the statement that asks with the first guard whose count is none.
const MUST: &str = "
CREATE FUNCTION courier_must(counts bigint[], guards text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    FOR place IN 1 .. array_length(counts, 1) LOOP
        IF counts[place] = 0 THEN
            RAISE EXCEPTION USING ERRCODE = 'SM001', MESSAGE = guards[place];
        END IF;
    END LOOP;
END $$";

const LEASE: &str =
    "CREATE TABLE lease (name text PRIMARY KEY, holder uuid NOT NULL, until timestamptz NOT NULL)";

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "courier_m0002_many_writers"
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
        for sql in OUTBOX.into_iter().chain([NUMBER, MUST, LEASE]) {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }
}
