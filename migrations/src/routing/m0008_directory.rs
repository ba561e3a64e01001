//! The directory in full: the level and the validity of organisations; of mediators what they are, what they are strong in, which
//! languages they speak, where they work, whether they are on duty, and since when, until when and for which court they are on
//! the roster. Lists are words divided by spaces.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{boolean, date_null, string, string_null};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "routing_m0008_directory"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let validity = || [date_null("valid_from"), date_null("valid_to")];
        let organization = validity().into_iter().chain([string_null("org_level")]);
        let words = ["kind", "strengths", "languages", "territory", "inviting_court"];
        let words = words.map(|name| string(name).default("").take());
        let mediator = words.into_iter().chain(validity()).chain([boolean("on_duty").default(true).take()]);
        // SQLite adds one column at a time.
        for column in organization {
            manager.alter_table(Table::alter().table("organization").add_column(column).to_owned()).await?;
        }
        for column in mediator {
            manager.alter_table(Table::alter().table("mediator").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
