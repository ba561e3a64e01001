//! Who was invited to a case, and who helps its holder: `case_relation.guests` for one case, `case_guest` for lists.
//!
//! Two places, because a list must find its cases by the covering indexes of `case_relation` alone.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string, string_null, uuid};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "access_m0004_guest"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = string_null("guests").take();
        manager.alter_table(Table::alter().table("case_relation").add_column(column).to_owned()).await?;
        let table = Table::create()
            .table("case_guest")
            .col(string("guest"))
            .col(uuid("case_id"))
            .col(string("centre"))
            .primary_key(Index::create().col("guest").col("case_id"))
            .to_owned();
        manager.create_table(table).await
    }
}
