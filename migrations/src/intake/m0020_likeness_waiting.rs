//! `likeness_waiting`: the bands of a dispute's words as one row, until a tick has given each its row in `likeness`.
//!
//! What `likeness` holds from before stays and is found as before.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{binary, pk_uuid, string};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "intake_m0020_likeness_waiting"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let waiting = Table::create()
            .table("likeness_waiting")
            .col(pk_uuid("case_id"))
            .col(string("centre"))
            .col(binary("bands"))
            .to_owned();
        manager.create_table(waiting).await
    }
}
