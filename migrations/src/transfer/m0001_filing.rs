//! `filing`, the `document`s of its package, and the court's `receipt`s.
//!
//! A case has at most one open filing: the partial unique index is the guard. What a package lists stands in the
//! filing's own row (JSON), so that one read sees a package whole even while it is being replaced; `document` has the
//! contents. The complaint, the documents' content
//! and the court's reason are sealed. A court's clock is kept as it was sent, in seconds and nanoseconds, because a
//! timestamp column would round it.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, binary, binary_null, integer, pk_uuid, string, string_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "transfer_m0001_filing"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [filing(), document(), receipt()] {
            manager.create_table(table).await?;
        }
        let one_open = Index::create()
            .name("filing_one_open")
            .table("filing")
            .col("centre")
            .col("case_id")
            .unique()
            .and_where(Expr::col("state").is_in(["TRANSFER_READY", "TRANSFERRED", "COURT_REVIEW"]))
            .to_owned();
        let of_document = Index::create()
            .name("document_place")
            .table("document")
            .col("filing_id")
            .col("place")
            .unique()
            .to_owned();
        for index in [
            one_open,
            of_document,
            index("filing_case", &["centre", "case_id", "filing_id"]),
            index("filing_state", &["centre", "state", "filing_id"]),
            index("filing_court", &["centre", "court", "state"]),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn index(name: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table("filing");
    for column in columns {
        index.col(*column);
    }
    index
}

fn filing() -> TableCreateStatement {
    Table::create()
        .table("filing")
        .col(pk_uuid("filing_id"))
        .col(string("centre"))
        .col(uuid("case_id"))
        .col(big_integer("version"))
        .col(string("kind"))
        .col(string("state"))
        .col(string("first_receiver_org"))
        .col(string_null("court"))
        .col(string_null("jurisdiction_basis"))
        .col(string_null("package_sha256"))
        .col(string_null("documents"))
        .col(binary_null("complaint"))
        .col(timestamp_with_time_zone_null("submit_time"))
        .col(string_null("court_case_number"))
        .col(binary_null("refusal_reason"))
        .to_owned()
}

fn document() -> TableCreateStatement {
    Table::create()
        .table("document")
        .col(pk_uuid("document_id"))
        .col(string("centre"))
        .col(uuid("filing_id"))
        .col(integer("place"))
        .col(string("media_type"))
        .col(binary("content"))
        .to_owned()
}

fn receipt() -> TableCreateStatement {
    Table::create()
        .table("receipt")
        .col(uuid("filing_id"))
        .col(string("kind"))
        .col(string("centre"))
        .col(string("package_sha256"))
        .col(big_integer("court_seconds"))
        .col(integer("court_nanos"))
        .col(timestamp_with_time_zone("receive_time"))
        .col(string("account"))
        .primary_key(Index::create().col("filing_id").col("kind"))
        .to_owned()
}
