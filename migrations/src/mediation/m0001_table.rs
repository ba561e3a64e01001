//! The runs, their sittings and agreements, and the fence of every case.
//!
//! What was said, the terms and the words of a failure are sealed blobs; nothing else here is personal. The unique keys
//! are guards: one run for each claim, one sitting for each request.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, binary, binary_null, boolean, pk_uuid, string, string_null, text, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "mediation_m0001_table"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [desk_fence(), mediation(), session(), agreement()] {
            manager.create_table(table).await?;
        }
        for index in [
            index("mediation", &["case_id", "opened_epoch", "opened_n"]).unique().to_owned(),
            index("mediation", &["centre", "state", "mediation_id"]),
            index("session", &["centre", "request_key"]).unique().to_owned(),
            index("session", &["mediation_id", "start_at"]),
            index("agreement", &["mediation_id"]).unique().to_owned(),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// One row a case: what is known whether or not a run exists.
fn desk_fence() -> TableCreateStatement {
    Table::create()
        .table("desk_fence")
        .col(pk_uuid("case_id"))
        .col(string("centre"))
        .col(big_integer("epoch"))
        .col(big_integer("n"))
        .col(timestamp_with_time_zone_null("raised_at"))
        .col(big_integer("version"))
        .col(string_null("ended"))
        .col(string_null("former_holders"))
        .to_owned()
}

fn mediation() -> TableCreateStatement {
    Table::create()
        .table("mediation")
        .col(pk_uuid("mediation_id"))
        .col(string("centre"))
        .col(uuid("case_id"))
        .col(big_integer("version"))
        .col(string("state"))
        .col(string_null("mediator"))
        .col(string("studio_org"))
        .col(string("track"))
        .col(text("parties"))
        .col(big_integer("opened_epoch"))
        .col(big_integer("opened_n"))
        .col(timestamp_with_time_zone("open_at"))
        .col(timestamp_with_time_zone_null("start_at"))
        .col(timestamp_with_time_zone_null("end_at"))
        .col(string_null("fail_ground"))
        .col(binary_null("explanation"))
        .to_owned()
}

fn session() -> TableCreateStatement {
    Table::create()
        .table("session")
        .col(pk_uuid("session_id"))
        .col(string("centre"))
        .col(uuid("case_id"))
        .col(uuid("mediation_id"))
        .col(timestamp_with_time_zone("start_at"))
        .col(string("mode"))
        .col(text("present"))
        .col(binary("words"))
        .col(timestamp_with_time_zone("recorded_at"))
        .col(string("request_key"))
        .col(string("fingerprint"))
        .col(timestamp_with_time_zone_null("replayed_at"))
        .to_owned()
}

fn agreement() -> TableCreateStatement {
    Table::create()
        .table("agreement")
        .col(pk_uuid("agreement_id"))
        .col(string("centre"))
        .col(uuid("case_id"))
        .col(uuid("mediation_id"))
        .col(timestamp_with_time_zone("drafted_at"))
        .col(binary("terms"))
        .col(string("digest"))
        .col(boolean("partial"))
        .col(big_integer("amount_fen"))
        .col(text("signatures"))
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
