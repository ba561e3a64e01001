//! `heard_until`: up to which instant all that a topic said is here, for the replicas that do not read it themselves. A database of
//! one process keeps that in its memory and leaves the table empty.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string, timestamp_with_time_zone};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "courier_m0004_heard_until"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("heard_until")
            .col(string("topic").primary_key())
            .col(timestamp_with_time_zone("at"))
            .to_owned();
        manager.create_table(table).await
    }
}
