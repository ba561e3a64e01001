//! `thread`: one row a case, the version that all its nouns share and what other services told; `confirmation`, `handoff`,
//! `commission`: what stands in the way of words is sealed with each as one blob; and of a filing its kind's own columns.
//!
//! `revision` is raised with every write about a case, also one that says nothing: a write shows the one it was judged on.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, binary, binary_null, pk_uuid, string, string_null, text, timestamp_with_time_zone_null, uuid,
};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "transfer_m0003_nouns"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let filing = [binary_null("correction").take(), string_null("outcome").take()];
        for column in filing {
            manager.alter_table(Table::alter().table("filing").add_column(column).to_owned()).await?;
        }
        for table in [thread(), confirmation(), handoff(), commission()] {
            manager.create_table(table).await?;
        }
        for index in [
            index("confirmation_case", "confirmation", &["centre", "case_id", "confirmation_id"]),
            index("confirmation_court", "confirmation", &["centre", "court", "state"]),
            index("handoff_case", "handoff", &["centre", "case_id", "handoff_id"]),
            index("commission_thread", "commission", &["centre", "thread_id"]),
            index("commission_studio", "commission", &["centre", "studio_org", "commission_id"]),
            index("commission_state", "commission", &["state", "commission_id"]),
            index("commission_request", "commission", &["centre", "request_key"]).unique().to_owned(),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn thread() -> TableCreateStatement {
    Table::create()
        .table("thread")
        .col(pk_uuid("case_id"))
        .col(string("centre"))
        .col(big_integer("revision"))
        .col(big_integer("version"))
        .col(text("facts"))
        .to_owned()
}

fn confirmation() -> TableCreateStatement {
    Table::create()
        .table("confirmation")
        .col(pk_uuid("confirmation_id"))
        .col(string("centre"))
        .col(uuid("case_id"))
        .col(big_integer("version"))
        .col(string("state"))
        .col(string("court"))
        .col(string("jurisdiction_basis"))
        .col(string("package_sha256"))
        .col(text("documents"))
        .col(binary("content"))
        .to_owned()
}

fn handoff() -> TableCreateStatement {
    Table::create()
        .table("handoff")
        .col(pk_uuid("handoff_id"))
        .col(string("centre"))
        .col(uuid("case_id"))
        .col(big_integer("version"))
        .col(string("state"))
        .col(string("first_receiver_org"))
        .col(string("exit"))
        .col(binary("content"))
        .to_owned()
}

fn commission() -> TableCreateStatement {
    Table::create()
        .table("commission")
        .col(pk_uuid("commission_id"))
        .col(string("centre"))
        .col(uuid("thread_id"))
        .col(big_integer("version"))
        .col(string("state"))
        .col(string("court"))
        .col(string("studio_org"))
        .col(binary("content"))
        .col(binary("body"))
        .col(string("request_key"))
        .col(string("fingerprint"))
        .col(timestamp_with_time_zone_null("replayed_at"))
        .to_owned()
}

fn index(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}
