//! What is known of a case's file: whether there was a mediation and a record of it, and which closing its clock began with.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "intake_m0008_archive"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Of a case from before nothing was heard for the file, so nothing is missing from it.
        let columns =
            [string("file_known").default("").take(), big_integer("closed_generation").default(0).take()];
        for column in columns {
            manager.alter_table(Table::alter().table("dispute").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
