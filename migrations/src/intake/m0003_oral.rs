//! How an application by word was read back and confirmed. A dispute that came in writing has none of it.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string, string_null, timestamp_with_time_zone_null};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "intake_m0003_oral"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            timestamp_with_time_zone_null("oral_read_back_at").take(),
            string_null("oral_confirmation").take(),
            string("oral_call_id").default("").take(),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("dispute").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
