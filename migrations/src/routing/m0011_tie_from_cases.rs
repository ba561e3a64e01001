//! `tie`: what cases themselves tell stands beside what mediators declare; a tie that is withdrawn stays.
//!
//! `account` is empty where nobody declared it, and `case_id` then names the case that told it. `checked` is no as long as nobody has
//! looked whom it binds of those who hold a case: also for every tie of before. `withdrawn_why` is sealed.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    binary_null, boolean, string_null, timestamp_with_time_zone_null, uuid_null,
};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "routing_m0011_tie_from_cases"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for mut column in [
            uuid_null("case_id"),
            boolean("checked").default(false).take(),
            timestamp_with_time_zone_null("withdrawn_at"),
            string_null("withdrawn_by"),
            binary_null("withdrawn_why"),
        ] {
            manager.alter_table(Table::alter().table("tie").add_column(column.take()).to_owned()).await?;
        }
        let unchecked = Index::create().name("tie_unchecked").table("tie").col("checked").to_owned();
        manager.create_index(unchecked).await
    }
}
