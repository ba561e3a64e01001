//! `case_relation`: one row a case, the organisations and people who may see it.
//!
//! Every column but the key may be empty: each is filled by the event that settles it, and the events of
//! different topics arrive in any order.
//!
//! The indexes end in the case, so that a list finds its cases without reading a row of the table.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer_null, integer_null, pk_uuid, string, string_null};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "access_m0001_case_relation"
    }
}

const TABLE: &str = "case_relation";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(TABLE)
            .col(pk_uuid("case_id"))
            .col(string("centre"))
            .col(string_null("first_receiver_org"))
            .col(string_null("studio_org"))
            .col(string_null("holder"))
            .col(integer_null("fence_epoch"))
            .col(big_integer_null("fence_n"))
            .col(string_null("court"))
            .to_owned();
        manager.create_table(table).await?;
        for column in ["first_receiver_org", "studio_org", "holder", "court"] {
            let index = Index::create()
                .name(format!("case_relation_{column}"))
                .table(TABLE)
                .col("centre")
                .col(column)
                .col("case_id")
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
