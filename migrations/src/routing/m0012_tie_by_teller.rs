//! `tie`: one row for each who tells it, so that a withdrawn declaration takes away neither another's nor what a case tells.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    binary_null, boolean, string, string_null, timestamp_with_time_zone, timestamp_with_time_zone_null,
    uuid_null,
};

/// See the module.
pub(crate) struct Migration;

const COLUMNS: [&str; 12] = [
    "centre",
    "one",
    "other",
    "bond",
    "account",
    "declared_by",
    "declared_at",
    "case_id",
    "checked",
    "withdrawn_at",
    "withdrawn_by",
    "withdrawn_why",
];

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "routing_m0012_tie_by_teller"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["tie_other", "tie_account", "tie_unchecked"] {
            manager.drop_index(Index::drop().name(name).table("tie").to_owned()).await?;
        }
        manager.rename_table(Table::rename().table("tie", "tie_before").to_owned()).await?;
        let key = Index::create()
            .name("tie_key")
            .col("centre")
            .col("one")
            .col("other")
            .col("bond")
            .col("account")
            .to_owned();
        let table = Table::create()
            .table("tie")
            .col(string("centre"))
            .col(string("one"))
            .col(string("other"))
            .col(string("bond"))
            .col(string("account"))
            .col(string("declared_by"))
            .col(timestamp_with_time_zone("declared_at"))
            .col(uuid_null("case_id"))
            .col(boolean("checked").default(false).take())
            .col(timestamp_with_time_zone_null("withdrawn_at"))
            .col(string_null("withdrawn_by"))
            .col(binary_null("withdrawn_why"))
            .primary_key(key.clone().primary())
            .to_owned();
        manager.create_table(table).await?;
        let all = Query::select().columns(COLUMNS).from("tie_before").to_owned();
        let mut copy = Query::insert();
        copy.into_table("tie").columns(COLUMNS);
        copy.select_from(all).map_err(|error| DbErr::Custom(error.to_string()))?;
        manager.execute(copy).await?;
        manager.execute(told_by_cases()?).await?;
        manager.drop_table(Table::drop().table("tie_before").to_owned()).await?;
        // A tie counts both ways; whose ties they are is asked too, and which nobody has looked at.
        for (name, columns) in [
            ("tie_other", &["centre", "other"][..]),
            ("tie_account", &["centre", "account"]),
            ("tie_unchecked", &["checked"]),
        ] {
            let mut index = Index::create().name(name).table("tie").to_owned();
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// What a case had told before somebody declared it too: once more in the case's own name, to be looked at.
fn told_by_cases() -> Result<InsertStatement, DbErr> {
    const KEPT: [&str; 6] = ["centre", "one", "other", "bond", "declared_at", "case_id"];
    let kept = Query::select()
        .columns(KEPT)
        .exprs([Expr::val(""), Expr::val("routing"), Expr::val(false)])
        .from("tie_before")
        .and_where(Expr::col("case_id").is_not_null())
        .and_where(Expr::col("account").ne(""))
        .to_owned();
    let mut copy = Query::insert();
    copy.into_table("tie").columns(KEPT.into_iter().chain(["account", "declared_by", "checked"]));
    copy.select_from(kept).map_err(|error| DbErr::Custom(error.to_string()))?;
    Ok(copy)
}
