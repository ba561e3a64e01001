//! What the days of the window's two clocks are computed from: the edition under which a dispute was submitted, and when, in
//! which version and under which edition a correction was asked for. A dispute from before has none of it.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string, timestamp_with_time_zone_null};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "intake_m0002_terms"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            string("submit_edition").default("").take(),
            timestamp_with_time_zone_null("correction_at").take(),
            big_integer("correction_generation").default(0).take(),
            string("correction_edition").default("").take(),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("dispute").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
