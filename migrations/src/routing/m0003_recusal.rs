//! `referral.aside`: the recusal that waits for its decision, who has stepped aside, and who follows (JSON; accounts, party
//! ids and codes only: reasons are sealed in `remark`).
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_null;

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "routing_m0003_recusal"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = string_null("aside").take();
        manager.alter_table(Table::alter().table("referral").add_column(column).to_owned()).await
    }
}
