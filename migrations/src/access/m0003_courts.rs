//! `case_court`: every court that has received a filing or an application of a case, for one case and for lists.
//!
//! `case_relation.court` stays: it says that there is a court at all, so that a case without one asks no second question. No list
//! searches by it any more, and its index goes.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string, uuid};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "access_m0003_courts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("case_court")
            .col(uuid("case_id"))
            .col(string("court"))
            .col(string("centre"))
            .primary_key(Index::create().col("case_id").col("court"))
            .to_owned();
        manager.create_table(table).await?;
        let known = Query::select()
            .columns(["case_id", "court", "centre"])
            .from("case_relation")
            .and_where(Expr::col("court").is_not_null())
            .to_owned();
        let copy = Query::insert()
            .into_table("case_court")
            .columns(["case_id", "court", "centre"])
            .select_from(known)
            .map_err(|error| DbErr::Custom(error.to_string()))?
            .to_owned();
        manager.execute(copy).await?;
        let index = Index::create()
            .name("case_court_court")
            .table("case_court")
            .col("centre")
            .col("court")
            .col("case_id")
            .to_owned();
        manager.create_index(index).await?;
        manager.drop_index(Index::drop().name("case_relation_court").table("case_relation").to_owned()).await
    }
}
