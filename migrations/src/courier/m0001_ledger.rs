//! Outbox, inbox, watermarks, peers, epoch, counter and audit.
//!
//! `outbox` is the producer's ledger of what it said, `inbox` the consumer's of what it heard; neither is a queue and
//! neither is emptied by delivery, so that the two can be compared row by row at any time.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, binary, binary_null, integer, pk_uuid, small_integer, string, string_null,
    timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "courier_m0001_ledger"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(outbox()).await?;
        manager.create_table(inbox()).await?;
        manager.create_table(watermark()).await?;
        manager.create_table(peer()).await?;
        manager.create_table(single("epoch", "epoch")).await?;
        manager.create_table(single("counter", "next_pub_seq")).await?;
        manager.create_table(audit()).await?;
        manager.create_index(index("outbox", &["case_id", "pub_seq"])).await?;
        manager.create_index(index("inbox", &["topic", "case_id", "pub_seq"])).await?;
        // Only the rows still waiting (0) or in quarantine (3) are ever searched by state, and they are few.
        manager.create_index(unfinished("inbox_stored", &["topic", "pub_seq"], 0)).await?;
        let mut due = unfinished("inbox_due", &["topic", "next_at"], 0);
        manager.create_index(due.and_where(Expr::col("next_at").is_not_null()).to_owned()).await?;
        manager.create_index(unfinished("inbox_quarantined", &["topic", "case_id", "pub_seq"], 3)).await?;
        manager.create_index(index("audit", &["case_id"])).await?;
        for (table, column) in [("epoch", "epoch"), ("counter", "next_pub_seq")] {
            let row = Query::insert()
                .into_table(table)
                .columns(["id", column])
                .values_panic([1.into(), 1i64.into()])
                .to_owned();
            manager.execute(row).await?;
        }
        Ok(())
    }
}

fn outbox() -> TableCreateStatement {
    Table::create()
        .table("outbox")
        .col(pk_uuid("event_id"))
        .col(big_integer("epoch"))
        .col(big_integer("pub_seq").unique_key())
        .col(big_integer("after_seq"))
        .col(string("kind"))
        .col(string("centre"))
        .col(uuid("case_id"))
        .col(big_integer("version"))
        .col(timestamp_with_time_zone("at"))
        .col(string_null("trace"))
        .col(binary("body"))
        .to_owned()
}

fn inbox() -> TableCreateStatement {
    Table::create()
        .table("inbox")
        .col(string("topic"))
        .col(big_integer("pub_seq"))
        .col(big_integer("epoch"))
        .col(uuid("event_id"))
        .col(big_integer("after_seq"))
        .col(string("kind"))
        .col(string("centre"))
        .col(uuid("case_id"))
        .col(big_integer("version"))
        .col(timestamp_with_time_zone("at"))
        .col(string_null("trace"))
        .col(binary_null("body"))
        .col(small_integer("state"))
        .col(integer("attempts"))
        .col(timestamp_with_time_zone_null("next_at"))
        .col(string_null("reason"))
        .col(timestamp_with_time_zone("received_at"))
        .col(timestamp_with_time_zone_null("applied_at"))
        .primary_key(Index::create().col("topic").col("pub_seq"))
        .to_owned()
}

fn watermark() -> TableCreateStatement {
    Table::create()
        .table("watermark")
        .col(string("topic").primary_key())
        .col(big_integer("epoch"))
        .col(big_integer("stored"))
        .col(big_integer("applied"))
        .to_owned()
}

fn peer() -> TableCreateStatement {
    Table::create()
        .table("peer")
        .col(string("consumer").primary_key())
        .col(big_integer("epoch"))
        .col(big_integer("stored"))
        .col(big_integer("applied"))
        .col(timestamp_with_time_zone("reported_at"))
        .to_owned()
}

/// A table of exactly one row.
fn single(table: &'static str, column: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(integer("id").primary_key().check(Expr::col("id").eq(1)))
        .col(big_integer(column))
        .to_owned()
}

fn audit() -> TableCreateStatement {
    Table::create()
        .table("audit")
        .col(pk_uuid("id"))
        .col(timestamp_with_time_zone("at"))
        .col(string("centre"))
        .col(string("org"))
        .col(string("account"))
        .col(string("role"))
        .col(string("method"))
        .col(uuid_null("case_id"))
        .to_owned()
}

fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{table}_{}", columns.join("_"))).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}

fn unfinished(name: &'static str, columns: &[&'static str], state: i16) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table("inbox").and_where(Expr::col("state").eq(state));
    for column in columns {
        index.col(*column);
    }
    index
}
