//! `mediation.course`: the base period with what happened to it, plans and performance (JSON: ids, dates, amounts);
//! `mediation.ordinal`: which run of its claim it is, since a dismissed confirmation may open another; `desk_fence.begun`: what
//! a period may begin with (JSON); and `entry`: notes, facts, evidence and the like, their words sealed.
//!
//! One run for each claim and ordinal takes the place of one run for each claim.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, binary, pk_uuid, string, string_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "mediation_m0003_course"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [string_null("course").take(), big_integer("ordinal").default(0).take()] {
            manager.alter_table(Table::alter().table("mediation").add_column(column).to_owned()).await?;
        }
        let begun = string_null("begun").take();
        manager.alter_table(Table::alter().table("desk_fence").add_column(begun).to_owned()).await?;
        let former = "mediation_case_id_opened_epoch_opened_n";
        manager.drop_index(Index::drop().name(former).table("mediation").to_owned()).await?;
        manager.create_table(entry()).await?;
        for index in [
            index("mediation", &["case_id", "opened_epoch", "opened_n", "ordinal"]).unique().to_owned(),
            index("entry", &["centre", "request_key"]).unique().to_owned(),
            index("entry", &["mediation_id", "kind", "entry_id"]),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn entry() -> TableCreateStatement {
    Table::create()
        .table("entry")
        .col(pk_uuid("entry_id"))
        .col(string("centre"))
        .col(uuid("case_id"))
        .col(uuid("mediation_id"))
        .col(string("kind"))
        .col(timestamp_with_time_zone("recorded_at"))
        .col(binary("words"))
        .col(string_null("request_key"))
        .col(string_null("fingerprint"))
        .col(timestamp_with_time_zone_null("replayed_at"))
        .to_owned()
}

fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{table}_{}", columns.join("_"))).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}
