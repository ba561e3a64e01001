//! What disputes are to each other, drafts that became one, and disputes that came in one batch.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string, string_null, timestamp_with_time_zone, uuid, uuid_null};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "intake_m0007_links"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [uuid_null("merged_into").take(), string_null("batch").take()] {
            manager.alter_table(Table::alter().table("dispute").add_column(column).to_owned()).await?;
        }
        // Hardly any dispute comes in a batch: the others are not in its index.
        let sql = "CREATE INDEX dispute_centre_batch_case_id ON dispute (centre, batch, case_id) WHERE batch IS NOT NULL";
        manager.get_connection().execute_unprepared(sql).await?;
        manager
            .create_table(
                Table::create()
                    .table("link")
                    .col(uuid("case_id"))
                    .col(uuid("other_id"))
                    .col(string("centre"))
                    .col(string("kind"))
                    .col(timestamp_with_time_zone("linked_at"))
                    .primary_key(Index::create().col("case_id").col("other_id"))
                    .to_owned(),
            )
            .await
    }
}
