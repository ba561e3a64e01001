//! `matter_head`: one row a matter, raised by each case that becomes known or becomes a suit, so that two of them in the same moment
//! cannot miss one another.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "transfer_m0021_matter_head"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("matter_head")
            .col(string("centre"))
            .col(string("shared"))
            .col(big_integer("version"))
            .primary_key(Index::create().col("centre").col("shared"))
            .to_owned();
        manager.create_table(table).await
    }
}
