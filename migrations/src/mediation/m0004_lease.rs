//! `desk_fence.worked`: when the holder of the claim in force wrote last, and the edition in force then (JSON). A claim from
//! before has none until its holder writes.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_null;

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "mediation_m0004_lease"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let worked = string_null("worked").take();
        manager.alter_table(Table::alter().table("desk_fence").add_column(worked).to_owned()).await
    }
}
