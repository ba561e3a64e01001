//! Which index SQLite takes for the questions that are asked again and again over ledgers that only grow.
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, QueryTrait, Statement, Value};
use sea_orm_migration::MigratorTrait;
use uuid::Uuid;

use crate::{Desk, applier, clock, heard, ledger, numbering, receiver, settle};

async fn plan(db: &DatabaseConnection, query: Statement) -> String {
    let explained = Statement { sql: format!("EXPLAIN QUERY PLAN {}", query.sql), ..query };
    let rows = db.query_all_raw(explained).await.unwrap();
    let details = rows.iter().map(|row| row.try_get::<String>("", "detail").unwrap());
    details.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn every_question_about_a_ledger_has_its_index() {
    let folder = tempfile::tempdir().unwrap();
    let db = Desk::connect(&format!("sqlite://{}/plans.db", folder.path().display())).await.unwrap();
    migrations::Ledger::up(&db, None).await.unwrap();
    let of = |sql: &str, values: Vec<Value>| Statement::from_sql_and_values(DbBackend::Sqlite, sql, values);
    let (topic, now, case) = (Value::from("intake"), Value::from(clock::machine()), Uuid::from_u128(1));
    let behind = "inbox_quarantined (topic=? AND case_id=? AND pub_seq<?)";
    let questions = [
        (
            "heard",
            heard::chain("intake", case).build(DbBackend::Sqlite),
            vec!["inbox_topic_case_id_pub_seq (topic=? AND case_id=?)"],
        ),
        (
            "ready",
            of(applier::READY, vec![topic.clone(), now.clone(), 64i64.into()]),
            vec!["i USING INDEX inbox_stored (topic=?)", behind, "(topic=? AND pub_seq=?)"],
        ),
        (
            "next due",
            of(applier::NEXT_DUE, vec![topic.clone(), now]),
            vec!["inbox_due (topic=? AND next_at>?)"],
        ),
        ("applied", of(receiver::WAITING, vec![topic.clone()]), vec!["inbox_stored (topic=?)"]),
        ("moving", of(settle::MOVING, vec![topic]), vec!["inbox_stored (topic=?)", behind]),
        ("previous", of(numbering::PREVIOUS, vec![case.into()]), vec!["outbox_case_id_pub_seq (case_id=?)"]),
        (
            "quarantine",
            ledger::quarantine::quarantine(10).build(DbBackend::Sqlite),
            vec!["inbox USING INDEX inbox_quarantined"],
        ),
    ];
    for (name, query, indexes) in questions {
        let plan = plan(&db, query).await;
        for index in indexes {
            assert!(plan.contains(index), "{name} should use {index}:\n{plan}");
        }
        assert!(
            !plan.contains("SEARCH s")
                || plan.contains("s USING INDEX sqlite_autoindex_inbox_1 (topic=? AND pub_seq=?)"),
            "{name} reads a whole topic:\n{plan}"
        );
        // The quarantine is short and read in the order it came.
        assert!(name == "quarantine" || !plan.contains("TEMP B-TREE"), "{name} sorts:\n{plan}");
    }
}
