//! `matter`: one row a case; what is shared is a digest of keyed digests and a cause, equal for cases about one matter.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{pk_uuid, string};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "transfer_m0004_matter"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("matter")
            .col(pk_uuid("case_id"))
            .col(string("centre"))
            .col(string("shared"))
            .to_owned();
        manager.create_table(table).await?;
        let mut index = Index::create();
        index.name("matter_shared").table("matter").col("centre").col("shared").col("case_id");
        manager.create_index(index).await
    }
}
