//! The roster's own columns: which list a mediator is on, whether they are suspended, the sealed name (the clear one is empty since)
//! and the line's version; the language of a decision's case; of workstations the kind, the number and the hours; `liaison`, the
//! officers of units (sealed), and `duty_lawyer`, who gives advice on which day.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, binary, binary_null, boolean, date, integer, string, string_null, text_null,
};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "routing_m0010_roster"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let added = [
            ("mediator", string("roster").default("").take()),
            ("mediator", boolean("suspended").default(false).take()),
            ("mediator", binary_null("sealed")),
            ("mediator", big_integer("version").default(1).take()),
            ("decision", string("language").default("").take()),
            ("organization", string_null("station_kind")),
            ("organization", string_null("station_number")),
            ("organization", text_null("hours")),
        ];
        // SQLite adds one column at a time.
        for (table, column) in added {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        let liaison = Table::create()
            .table("liaison")
            .col(string("centre"))
            .col(string("org_id"))
            .col(integer("number"))
            .col(binary("sealed"))
            .primary_key(Index::create().col("centre").col("org_id").col("number"))
            .to_owned();
        manager.create_table(liaison).await?;
        let lawyer = Table::create()
            .table("duty_lawyer")
            .col(string("centre"))
            .col(date("day"))
            .col(string("account_id"))
            .col(string("org_id"))
            .primary_key(Index::create().col("centre").col("day").col("account_id"))
            .to_owned();
        manager.create_table(lawyer).await
    }
}
