//! `desk_fence.amended`: the sides of parties that were added or changed after the facts of a claim were written down
//! (JSON); and `amendments`: how many changes that were, which a write shows that it was judged on all of them.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string_null};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "mediation_m0002_amended"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [string_null("amended").take(), big_integer("amendments").default(0).take()] {
            manager.alter_table(Table::alter().table("desk_fence").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
