//! A court's document on an agreement behind which no commission stands, sealed: its number is the court's own text. A row of before
//! keeps it in clear among what is known of the case, until it is written again.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::binary_null;

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "transfer_m0020_document"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = binary_null("document_sealed").take();
        manager.alter_table(Table::alter().table("thread").add_column(column).to_owned()).await
    }
}
