//! What a court told at the end, sealed: the number of its document is the court's own text. A row of before keeps it in clear.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::binary_null;

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "transfer_m0005_outcome"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = binary_null("outcome_sealed").take();
        manager.alter_table(Table::alter().table("filing").add_column(column).to_owned()).await
    }
}
