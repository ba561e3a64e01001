//! What clerks corrected of suggestions: one sealed row a case, to learn from.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, pk_uuid, string, timestamp_with_time_zone};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "intake_m0005_training_row"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("training_row")
            .col(pk_uuid("case_id"))
            .col(string("centre"))
            .col(big_integer("version"))
            .col(binary("sealed"))
            .col(timestamp_with_time_zone("kept_at"))
            .to_owned();
        manager.create_table(table).await?;
        // Read by centre, a page at a time.
        let index = Index::create()
            .name("training_row_centre_case_id")
            .table("training_row")
            .col("centre")
            .col("case_id")
            .to_owned();
        manager.create_index(index).await
    }
}
