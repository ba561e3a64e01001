//! `referral` and `remark`: where each case belongs, who holds it, and the reasons that people gave on the way.
//!
//! `facts` is the contract's `CaseFacts` as it came from intake and holds no personal value; `facts_seq` is the number of
//! the event that wrote it last, so that a claim cannot be confirmed on facts that change in the same moment.
//! `remark.text` is sealed; none where nobody gave a reason. A remark on the end of a claim has the fence that the claim
//! had, so that a former holder who calls again is known.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary, binary_null, boolean_null, integer, integer_null, pk_uuid, string,
    string_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
};

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "routing_m0001_referral"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(referral()).await?;
        manager.create_table(remark()).await?;
        // A studio's pool, oldest first; and what each mediator holds.
        manager.create_index(index("referral_pool", &["centre", "state", "state_at", "case_id"])).await?;
        manager.create_index(index("referral_holder", &["centre", "holder"])).await?;
        manager
            .create_index(Index::create().name("remark_case").table("remark").col("case_id").to_owned())
            .await
    }
}

fn referral() -> TableCreateStatement {
    Table::create()
        .table("referral")
        .col(pk_uuid("case_id"))
        .col(string("centre"))
        .col(big_integer("version"))
        .col(string("state"))
        .col(timestamp_with_time_zone("state_at"))
        .col(timestamp_with_time_zone("opened_at"))
        .col(string("first_receiver_org"))
        .col(string_null("studio_org"))
        .col(string_null("rule_id"))
        .col(string_null("holder"))
        .col(timestamp_with_time_zone_null("claimed_at"))
        .col(timestamp_with_time_zone_null("confirm_due_at"))
        .col(boolean_null("relation_disclosed"))
        .col(integer("fence_epoch"))
        .col(big_integer("fence_n"))
        .col(integer("return_count"))
        .col(string_null("end_reason"))
        .col(binary("facts"))
        .col(big_integer("facts_seq"))
        .to_owned()
}

fn remark() -> TableCreateStatement {
    Table::create()
        .table("remark")
        .col(pk_uuid("id"))
        .col(string("centre"))
        .col(uuid("case_id"))
        .col(big_integer("version"))
        .col(timestamp_with_time_zone("at"))
        .col(string("org"))
        .col(string("account"))
        .col(string("kind"))
        .col(integer_null("fence_epoch"))
        .col(big_integer_null("fence_n"))
        .col(binary_null("text"))
        .to_owned()
}

fn index(name: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table("referral");
    for column in columns {
        index.col(*column);
    }
    index
}
