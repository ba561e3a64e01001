//! `organization` and `mediator`: who there is, per centre.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, string, string_null};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "routing_m0002_directory"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let organization = Table::create()
            .table("organization")
            .col(string("centre"))
            .col(string("org_id"))
            .col(string("name"))
            .col(string("kind"))
            .col(string_null("parent_org"))
            .col(string_null("town_code"))
            .col(string_null("studio_kind"))
            .primary_key(Index::create().col("centre").col("org_id"))
            .to_owned();
        let mediator = Table::create()
            .table("mediator")
            .col(string("centre"))
            .col(string("account_id"))
            .col(string("name"))
            .col(string("studio_org"))
            .col(integer("capacity"))
            .primary_key(Index::create().col("centre").col("account_id"))
            .to_owned();
        manager.create_table(organization).await?;
        manager.create_table(mediator).await
    }
}
