//! `referral.joint`: the hand-over that is offered, the consultation and the assistance that wait, who helps (JSON;
//! organisations, accounts, days and codes only: reasons and minutes are sealed in `remark`).
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_null;

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "routing_m0007_joint"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = string_null("joint").take();
        manager.alter_table(Table::alter().table("referral").add_column(column).to_owned()).await
    }
}
