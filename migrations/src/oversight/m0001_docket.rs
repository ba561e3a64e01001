//! `docket`: one row a case. `docket_entry`: what happened, numbered in the case. `deadline`: the one ledger of what is due.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, boolean, pk_uuid, string, timestamp_with_time_zone, uuid};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "oversight_m0001_docket"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let docket = Table::create()
            .table("docket")
            .col(pk_uuid("case_id"))
            .col(string("centre"))
            .col(big_integer("version"))
            .col(boolean("court_demanded"))
            .col(boolean("closed"))
            .to_owned();
        manager.create_table(docket).await?;
        let entry = Table::create()
            .table("docket_entry")
            .col(uuid("case_id"))
            .col(big_integer("number"))
            .col(string("centre"))
            .col(timestamp_with_time_zone("at"))
            .col(string("kind"))
            .col(string("service"))
            .primary_key(Index::create().col("case_id").col("number"))
            .to_owned();
        manager.create_table(entry).await?;
        let deadline = Table::create()
            .table("deadline")
            .col(pk_uuid("deadline_id"))
            .col(string("centre"))
            .col(uuid("case_id"))
            .col(string("noun"))
            .col(string("clock"))
            .col(timestamp_with_time_zone("start_at"))
            .col(timestamp_with_time_zone("due_at"))
            .col(boolean("provisional"))
            .col(string("state"))
            .col(string("holder"))
            .col(big_integer("generation"))
            .to_owned();
        manager.create_table(deadline).await?;
        for (name, table, columns) in [
            ("docket_entry_kind", "docket_entry", ["centre", "kind"]),
            ("deadline_case", "deadline", ["case_id", "noun"]),
            ("deadline_due", "deadline", ["state", "due_at"]),
        ] {
            let [first, second] = columns;
            let index = Index::create().name(name).table(table).col(first).col(second).to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
