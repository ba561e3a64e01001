//! `risk`: the emergency and the duty to report of a case (JSON: accounts, codes and instants), and whether an emergency waits
//! for an answer. `risk_word`: what was said of it, sealed.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{binary, boolean, pk_uuid, string, text, timestamp_with_time_zone, uuid};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "oversight_m0003_risk"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let risk = Table::create()
            .table("risk")
            .col(pk_uuid("case_id"))
            .col(string("centre"))
            .col(boolean("unanswered"))
            .col(text("content"))
            .to_owned();
        manager.create_table(risk).await?;
        let word = Table::create()
            .table("risk_word")
            .col(pk_uuid("word_id"))
            .col(string("centre"))
            .col(uuid("case_id"))
            .col(timestamp_with_time_zone("at"))
            .col(string("account"))
            .col(string("kind"))
            .col(binary("words"))
            .to_owned();
        manager.create_table(word).await?;
        let open = Index::create().name("risk_open").table("risk").col("unanswered").col("centre").to_owned();
        manager.create_index(open).await?;
        let words = Index::create().name("risk_word_case").table("risk_word").col("case_id").to_owned();
        manager.create_index(words).await
    }
}
