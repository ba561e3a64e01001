//! `rule_text`, `rule_set` and `decision`: the rule sets of a centre and what was decided by them.
//!
//! A text is kept under its digest as soon as anything was decided by it or it was put in force, so that every decision can be
//! made again. `decision.inputs` and `decision.outcome` are the bytes that the set is given and gives: codes, amounts and dates,
//! no personal value. `version` is the referral's since the decision; `returned` is set when the studio sends the case back.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, blob, boolean, pk_uuid, string, text, timestamp_with_time_zone, uuid,
};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "routing_m0004_rules"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let rule_text = Table::create()
            .table("rule_text")
            .col(string("centre"))
            .col(string("digest"))
            .col(text("body"))
            .primary_key(Index::create().col("centre").col("digest"))
            .to_owned();
        let rule_set = Table::create()
            .table("rule_set")
            .col(string("centre"))
            .col(big_integer("number"))
            .col(string("digest"))
            .col(string("rule_set_id"))
            .col(string("version"))
            .col(timestamp_with_time_zone("activated_at"))
            .col(string("activated_by"))
            .primary_key(Index::create().col("centre").col("number"))
            .to_owned();
        manager.create_table(rule_text).await?;
        manager.create_table(rule_set).await?;
        manager.create_table(decision()).await?;
        // The last decisions of a centre; those of a case; what each rule of a set did by studio.
        manager.create_index(index("decision", "decision_last", &["centre", "id"])).await?;
        manager.create_index(index("decision", "decision_case", &["case_id", "version"])).await?;
        let counted = &["centre", "digest", "rule_id", "studio_org", "returned"];
        manager.create_index(index("decision", "decision_rule", counted)).await?;
        // How much each studio has to do.
        manager.create_index(index("referral", "referral_load", &["centre", "state", "studio_org"])).await
    }
}

fn decision() -> TableCreateStatement {
    Table::create()
        .table("decision")
        .col(pk_uuid("id"))
        .col(string("centre"))
        .col(uuid("case_id"))
        .col(big_integer("version"))
        .col(timestamp_with_time_zone("decided_at"))
        .col(big_integer("number"))
        .col(string("digest"))
        .col(blob("inputs"))
        .col(blob("outcome"))
        .col(string("decisive_rule"))
        .col(string("rule_id"))
        .col(string("studio_org"))
        .col(boolean("overridden"))
        .col(boolean("returned"))
        .to_owned()
}

fn index(table: &'static str, name: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}
