//! `filing.track`: where the case's matter leads; and `filing.amendments`: how often its complaint changed at intake,
//! which a package shows that it was made from what is there now. A filing from before has neither.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "transfer_m0002_track"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [string("track").default("").take(), big_integer("amendments").default(0).take()] {
            manager.alter_table(Table::alter().table("filing").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
