//! `session.told`: what was done before a sitting (JSON): the parties told, identities checked, everybody warned, addresses
//! confirmed. A sitting from before says nothing of it.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_null;

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "mediation_m0005_told"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let told = string_null("told").take();
        manager.alter_table(Table::alter().table("session").add_column(told).to_owned()).await
    }
}
