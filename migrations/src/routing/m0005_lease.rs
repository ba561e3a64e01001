//! `referral.claim_edition`: on the terms of which edition a claim is to be confirmed. A claim from before keeps its instant.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string;

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "routing_m0005_lease"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = string("claim_edition").default("").take();
        manager.alter_table(Table::alter().table("referral").add_column(column).to_owned()).await
    }
}
