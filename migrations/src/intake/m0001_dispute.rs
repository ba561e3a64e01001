//! Disputes, their parties, the commands that made them, and the counter of case numbers.
//!
//! `words` and `sealed` hold everything personal, sealed to their place; the `…_index` columns are keyed digests. Each
//! unique key here is a guard of a write list: one dispute per request, per identifier of a sending system, per number.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, binary, boolean, integer, pk_uuid, string, string_null, text, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "intake_m0001_dispute"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(dispute()).await?;
        manager.create_table(party()).await?;
        manager.create_table(request()).await?;
        manager.create_table(external_reference()).await?;
        manager.create_table(case_counter()).await?;
        manager.create_index(index("dispute", &["centre", "case_id"])).await?;
        manager.create_index(index("dispute", &["centre", "state", "case_id"])).await?;
        manager.create_index(index("dispute", &["centre", "first_receiver_org", "case_id"])).await?;
        manager.create_index(index("dispute", &["centre", "external_id"])).await?;
        manager.create_index(index("dispute", &["centre", "case_number"]).unique().to_owned()).await?;
        manager.create_index(index("party", &["case_id", "position"])).await?;
        for column in ["name_index", "number_index", "phone_index"] {
            manager.create_index(index("party", &["centre", column])).await?;
        }
        manager.create_index(index("request", &["case_id"])).await
    }
}

fn dispute() -> TableCreateStatement {
    Table::create()
        .table("dispute")
        .col(pk_uuid("case_id"))
        .col(string("centre"))
        .col(string("first_receiver_org"))
        .col(string("state"))
        .col(big_integer("version"))
        .col(big_integer("said_version"))
        .col(string("channel"))
        .col(string_null("external_id"))
        .col(binary("words"))
        .col(big_integer("amount_fen"))
        .col(string("town_code"))
        .col(string("cause_code"))
        .col(string_null("case_number"))
        .col(string_null("track"))
        .col(text("mediation_consents"))
        .col(timestamp_with_time_zone_null("requested_at"))
        .col(timestamp_with_time_zone_null("submitted_at"))
        .col(timestamp_with_time_zone_null("accepted_at"))
        .col(timestamp_with_time_zone_null("correction_due_at"))
        .col(boolean("corrected"))
        .col(string_null("refuse_ground"))
        .col(uuid_null("withdrawn_by"))
        .col(string_null("course"))
        .col(uuid_null("demanded_by"))
        .col(string_null("demanded_how"))
        .col(timestamp_with_time_zone_null("demanded_at"))
        .col(string("confirmed_warnings"))
        .col(string("notice_version"))
        .col(boolean("share_with_studio"))
        .col(string_null("code_index").unique_key())
        .col(timestamp_with_time_zone("updated_at"))
        .to_owned()
}

fn party() -> TableCreateStatement {
    Table::create()
        .table("party")
        .col(pk_uuid("party_id"))
        .col(uuid("case_id"))
        .col(string("centre"))
        .col(integer("position"))
        .col(string_null("role"))
        .col(string_null("kind"))
        .col(binary("sealed"))
        .col(string_null("name_index"))
        .col(string_null("number_index"))
        .col(string_null("phone_index"))
        .to_owned()
}

fn request() -> TableCreateStatement {
    Table::create()
        .table("request")
        .col(string("centre"))
        .col(string("request_key"))
        .col(uuid("case_id"))
        .col(string("fingerprint"))
        .col(timestamp_with_time_zone("answered_at"))
        .col(timestamp_with_time_zone_null("replayed_at"))
        .primary_key(Index::create().col("centre").col("request_key"))
        .to_owned()
}

fn external_reference() -> TableCreateStatement {
    Table::create()
        .table("external_reference")
        .col(string("centre"))
        .col(string("org"))
        .col(string("channel"))
        .col(string("external_id"))
        .col(uuid("case_id"))
        .col(string("fingerprint"))
        .primary_key(Index::create().col("centre").col("org").col("channel").col("external_id"))
        .to_owned()
}

fn case_counter() -> TableCreateStatement {
    Table::create()
        .table("case_counter")
        .col(string("centre"))
        .col(integer("year"))
        .col(big_integer("epoch"))
        .col(big_integer("last"))
        .primary_key(Index::create().col("centre").col("year").col("epoch"))
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
