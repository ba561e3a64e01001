//! What each of the others has told last of a case, each in a place of its own; and the court that has its suit.
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string, string_null};

const OF_THE_COURT: &str = "'TRANSFER', 'SUBMITTED_TO_COURT', 'COURT_REVIEW', 'COURT_CORRECTION', 'FILED', 'NOT_FILED', \
    'OUTCOME', 'HANDOFF', 'HANDED', 'HANDOFF_ACKNOWLEDGED', 'HANDOFF_RETURNED', 'HANDOFF_DONE', 'REPORTED'";
const OF_A_RULING: &str = "'CONFIRM_APPLIED', 'CONFIRMED', 'CONFIRM_DENIED'";

/// See the module.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "intake_m0004_beyond"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            string_null("ruling").take(),
            string_null("court_course").take(),
            string_null("court_org").take(),
            string("court_case_number").default("").take(),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("dispute").add_column(column).to_owned()).await?;
        }
        // Until now one column held the last word of whoever told it.
        for (column, words) in [("court_course", OF_THE_COURT), ("ruling", OF_A_RULING)] {
            let sql =
                format!("UPDATE dispute SET {column} = course, course = NULL WHERE course IN ({words})");
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        // An agreement that a court was asked about is still an agreement.
        let sql = "UPDATE dispute SET course = 'AGREED' WHERE ruling IS NOT NULL AND course IS NULL";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }
}
