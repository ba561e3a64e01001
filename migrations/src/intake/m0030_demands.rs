//! Who demands the court, each by the version in which it was said; how far a filing, a hand-over and a commission have come, each
//! by itself; the version in which a draft was saved last; whether the dispute still moves. Nothing of this is known of a row from before.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer_null, boolean_null, string_null, text_null};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "intake_m0030_demands"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            text_null("demands").take(),
            string_null("court_parts").take(),
            big_integer_null("saved_version").take(),
            boolean_null("is_open").take(),
        ] {
            manager.alter_table(Table::alter().table("dispute").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
