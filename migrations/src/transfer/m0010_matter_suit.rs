//! `matter.court`, `matter.may_learn`: who has a suit about the matter and who would learn of one, so that whoever asks reads no case
//! that is neither. A row from before has no court: its case is read.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{boolean, string_null};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "transfer_m0010_matter_suit"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for mut column in [string_null("court"), boolean("may_learn").default(true).take()] {
            manager.alter_table(Table::alter().table("matter").add_column(column.take()).to_owned()).await?;
        }
        Ok(())
    }
}
