//! Every service's `case_relation` against the fold of the producers' ledgers: computed here from the outboxes alone, by a
//! second, slower way, and compared row by row.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use contracts::intake::v1::{DisputeFiled, DraftSaved};
use contracts::routing::v1::{
    CaseClaimed, CasePooled, CaseReferred, ClaimConfirmed, ClaimEnded, ReferralReturned,
};
use contracts::transfer::v1::{CommissionReceived, FilingSubmitted};
use prost::{Message, Name};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement};
use uuid::Uuid;

/// First receiver, studio, holder, court.
type Near = [Option<String>; 4];

/// Which topic tells what; a service does not hear every topic, and knows of its own facts by itself.
const TOLD_BY: [&str; 4] = ["intake", "routing", "routing", "transfer"];

/// Fails with the first difference.
pub async fn check(admin: &str) -> anyhow::Result<()> {
    let db = Database::connect(admin).await.context("the database")?;
    let mut folded: BTreeMap<Uuid, Near> = BTreeMap::new();
    for topic in ["intake", "routing", "transfer"] {
        let sql = format!("SELECT case_id, kind, body FROM {topic}.outbox ORDER BY pub_seq");
        for row in rows(&db, sql).await? {
            let (case, kind, body): (Uuid, String, Vec<u8>) =
                (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
            fold(folded.entry(case).or_default(), &kind, &body)?;
        }
    }
    ensure!(!folded.is_empty(), "no ledger says anything");
    for service in ["intake", "routing", "mediation", "transfer", "oversight"] {
        let hears =
            |topic: &str| topic == service || contracts::topics::consumers_of(topic).contains(&service);
        let sql = format!(
            "SELECT case_id, first_receiver_org, studio_org, holder, court FROM {service}.case_relation"
        );
        let mut found: BTreeMap<Uuid, Near> = BTreeMap::new();
        for row in rows(&db, sql).await? {
            let near = [1, 2, 3, 4].map(|column| row.try_get_by_index(column));
            let [a, b, c, d] = near;
            found.insert(row.try_get_by_index(0)?, [a?, b?, c?, d?]);
        }
        for (case, near) in &folded {
            let place = found.get(case).cloned().unwrap_or_default();
            for (n, topic) in TOLD_BY.iter().enumerate().filter(|(_, topic)| hears(topic)) {
                ensure!(place[n] == near[n], "{service}: what {topic} tells of case {case} is not the fold");
            }
        }
        ensure!(
            found.keys().all(|case| folded.contains_key(case)),
            "{service} knows a case that nobody told of"
        );
        println!("{service:<10} {} cases stand as the ledgers say", found.len());
    }
    Ok(())
}

fn fold(near: &mut Near, kind: &str, body: &[u8]) -> anyhow::Result<()> {
    if kind == DraftSaved::full_name() {
        near[0] = Some(DraftSaved::decode(body)?.first_receiver_org);
    } else if kind == DisputeFiled::full_name() {
        near[0] = Some(DisputeFiled::decode(body)?.first_receiver_org);
    } else if kind == CaseReferred::full_name() {
        near[1] = Some(CaseReferred::decode(body)?.studio_org);
    } else if kind == CasePooled::full_name() {
        near[1] = Some(CasePooled::decode(body)?.studio_org);
    } else if kind == ReferralReturned::full_name() {
        near[1] = None;
    } else if kind == CaseClaimed::full_name() {
        near[2] = Some(CaseClaimed::decode(body)?.holder);
    } else if kind == ClaimConfirmed::full_name() {
        near[2] = Some(ClaimConfirmed::decode(body)?.holder);
    } else if kind == ClaimEnded::full_name() {
        near[2] = None;
    } else if kind == CommissionReceived::full_name() {
        let received = CommissionReceived::decode(body)?;
        (near[0], near[1]) = (Some(received.reception_org), Some(received.studio_org));
    } else if kind == FilingSubmitted::full_name() {
        near[3] = Some(FilingSubmitted::decode(body)?.court_org);
    }
    Ok(())
}

async fn rows(db: &DatabaseConnection, sql: String) -> anyhow::Result<Vec<sea_orm::QueryResult>> {
    Ok(db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?)
}
