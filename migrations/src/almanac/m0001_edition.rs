//! `edition`: one row for each edition that was activated; the last one is in force.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, blob, string_uniq, timestamp_with_time_zone};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "almanac_m0001_edition"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let edition = Table::create()
            .table("edition")
            .col(big_integer("number").primary_key())
            .col(string_uniq("edition_id"))
            .col(blob("body"))
            .col(timestamp_with_time_zone("activated_at"))
            .to_owned();
        manager.create_table(edition).await
    }
}
