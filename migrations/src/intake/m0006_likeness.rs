//! By what a dispute is found again: keyed bands of its words, and its people's digests in the order of their cases.
//!
//! A band is a number from a keyed digest and says nothing without the key. Disputes from before have no bands until their
//! words change; their people find them.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string, uuid};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "intake_m0006_likeness"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("likeness")
                    .col(string("centre"))
                    .col(big_integer("band"))
                    .col(uuid("case_id"))
                    .primary_key(Index::create().col("centre").col("band").col("case_id"))
                    .to_owned(),
            )
            .await?;
        // The newest cases of a person are read by key: who is in thousands costs no more than who is in one.
        for column in ["name_index", "number_index", "phone_index"] {
            let mut newest = Index::create();
            newest.name(format!("party_centre_{column}_case_id")).table("party");
            newest.col("centre").col(column).col("case_id");
            manager.create_index(newest).await?;
            let old = Index::drop().name(format!("party_centre_{column}")).table("party").to_owned();
            manager.drop_index(old).await?;
        }
        Ok(())
    }
}
