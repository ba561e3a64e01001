//! `tie`: what binds mediators to others, for conflicts of interest. Both ends are an account or a keyed digest of a paper's number;
//! the number itself is nowhere.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string, timestamp_with_time_zone};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "routing_m0009_tie"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let key = Index::create().col("centre").col("one").col("other").col("bond").to_owned();
        let table = Table::create()
            .table("tie")
            .col(string("centre"))
            .col(string("one"))
            .col(string("other"))
            .col(string("bond"))
            .col(string("account"))
            .col(string("declared_by"))
            .col(timestamp_with_time_zone("declared_at"))
            .primary_key(key.clone().primary())
            .to_owned();
        manager.create_table(table).await?;
        // A tie counts both ways; and whose ties they are is asked too.
        for (name, column) in [("tie_other", "other"), ("tie_account", "account")] {
            let index = Index::create().name(name).table("tie").col("centre").col(column).to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
