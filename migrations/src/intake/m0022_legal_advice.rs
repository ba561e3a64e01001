//! `legal_advice`: what duty lawyers advised at the window, sealed, one row a talk; a draft is made from it without retyping.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{binary, pk_uuid, string, timestamp_with_time_zone};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "intake_m0022_legal_advice"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("legal_advice")
            .col(pk_uuid("advice_id"))
            .col(string("centre"))
            .col(string("org"))
            .col(string("request_id"))
            .col(string("fingerprint"))
            .col(string("lawyer"))
            .col(timestamp_with_time_zone("advised_at"))
            .col(binary("sealed"))
            .to_owned();
        manager.create_table(table).await?;
        let request = Index::create()
            .name("legal_advice_request")
            .table("legal_advice")
            .col("centre")
            .col("org")
            .col("request_id")
            .unique()
            .to_owned();
        manager.create_index(request).await?;
        // Listed for a window, the newest first.
        let listed = Index::create()
            .name("legal_advice_listed")
            .table("legal_advice")
            .col("centre")
            .col("org")
            .col("advice_id")
            .to_owned();
        manager.create_index(listed).await
    }
}
