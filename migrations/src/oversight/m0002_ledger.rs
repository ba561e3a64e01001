//! `docket.book`: what the deadlines of a case are computed from and who holds each noun (JSON); `open`: whether any is.
//! `deadline.ledger`: terms, start event, stops and extensions of one period (JSON), of which `due_at` is only the index.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{boolean, string, text};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "oversight_m0002_ledger"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [
            ("docket", text("book").default("").take()),
            // What was there before may be open; its next event says.
            ("docket", boolean("open").default(true).take()),
            ("deadline", string("noun_id").default("").take()),
            ("deadline", text("ledger").default("").take()),
            ("deadline", string("edition").default("").take()),
        ] {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        let open = Index::create().name("docket_open").table("docket").col("open").col("case_id").to_owned();
        manager.create_index(open).await
    }
}
