//! `referral.choice`: the parties' choice of a mediator while it is offered (JSON: instants, an edition, numbers). `taking`: what
//! `TakeNextCase` gave to whom under which request, and why, so that a repeat is answered with the same case.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{binary, string, string_null, timestamp_with_time_zone, uuid};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "routing_m0006_assignment"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = string_null("choice").take();
        manager.alter_table(Table::alter().table("referral").add_column(column).to_owned()).await?;
        manager.create_table(taking()).await
    }
}

fn taking() -> TableCreateStatement {
    Table::create()
        .table("taking")
        .col(string("centre"))
        .col(string("org"))
        .col(string("account"))
        .col(string("request_id"))
        .col(uuid("case_id"))
        .col(timestamp_with_time_zone("at"))
        .col(binary("why"))
        .primary_key(Index::create().col("centre").col("org").col("account").col("request_id"))
        .to_owned()
}
