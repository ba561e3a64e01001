//! The books of delivery, open to the operator: what a service said, what it heard, what is missing, what is parked.
//!
//! Both sides of a topic are folded into the same buckets, so that two services can be compared without sending their
//! ledgers: a bucket whose count or digest differs names where to look, and [`list_gaps`] names the numbers.
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::{Set, Unchanged},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select, Statement, Value,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::fault::{CommitError, Fault};
use crate::receiver;
use crate::rows::inbox::{self, APPLIED, DISCARDED, QUARANTINED, SKIPPED, STORED};
use crate::rows::{audit, outbox, peer, watermark};
use crate::{Actor, Desk, WriteList};

/// Publication numbers that share a bucket.
pub const BUCKET: u64 = 1_024;
/// Ranges that one look for gaps answers, at most.
pub const GAPS_AT_MOST: u64 = 1_000;
/// Lost when the event is not in quarantine (any more).
pub const NOT_QUARANTINED: &str = "NOT_QUARANTINED";

/// Events of some consecutive numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// The first number of the bucket: 1, 1 025, 2 049, …
    pub first_seq: u64,
    /// How many events are there.
    pub count: u64,
    /// Their ids folded together, whatever their order: the first 8 bytes of each id's SHA-256, combined by exclusive or.
    pub digest: u64,
}

/// An outbox in figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxSummary {
    /// The epoch of the database.
    pub epoch: u32,
    /// Events said.
    pub count: u64,
    /// The highest number given, also when its row is gone.
    pub last_seq: u64,
    /// Rows of the audit table.
    pub audit_rows: u64,
    /// Ascending.
    pub buckets: Vec<Bucket>,
    /// What the consumers have reported.
    pub consumers: Vec<ConsumerReport>,
}

/// A consumer's last report, as its producer keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerReport {
    /// The consuming service.
    pub consumer: String,
    /// Everything up to this number is durable there.
    pub stored: u64,
    /// Everything up to this number has found its end there.
    pub applied: u64,
}

/// An inbox in figures, for one topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxSummary {
    /// Events heard.
    pub count: u64,
    /// The highest number heard, of those that are counted.
    pub last_seq: u64,
    /// Everything up to this number is stored.
    pub stored: u64,
    /// Everything up to this number has found its end: applied, of no use here, discarded, or in quarantine.
    pub applied_up_to: u64,
    /// Events that are applied, of no use here, or discarded.
    pub applied: u64,
    /// Events in quarantine.
    pub quarantined: u64,
    /// Ascending.
    pub buckets: Vec<Bucket>,
}

/// Missing numbers, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The first one missing.
    pub first_seq: u64,
    /// The last one missing.
    pub last_seq: u64,
}

/// An event in quarantine, without its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantinedEvent {
    /// Who said it.
    pub topic: String,
    /// Its number there.
    pub pub_seq: u64,
    /// Its kind.
    pub kind: String,
    /// The case that waits.
    pub case: Uuid,
    /// Why it is here.
    pub reason: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it came.
    pub received_at: chrono::DateTime<chrono::Utc>,
}

/// What this service has said.
pub async fn summarize_outbox(desk: &Desk) -> Result<OutboxSummary, Fault> {
    let read = |error| Fault::new("summarize the outbox", error);
    // Read first: what is said while we count is not counted.
    let last_seq = given(desk).await?;
    let mut buckets = Buckets::default();
    let mut after = 0i64;
    loop {
        let page: Vec<(i64, Uuid)> = outbox::Entity::find()
            .select_only()
            .columns([outbox::Column::PubSeq, outbox::Column::EventId])
            .filter(outbox::Column::PubSeq.gt(after))
            .filter(outbox::Column::PubSeq.lte(last_seq as i64))
            .order_by_asc(outbox::Column::PubSeq)
            .limit(BUCKET)
            .into_tuple()
            .all(desk.reader())
            .await
            .map_err(read)?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        buckets.add(&page);
    }
    let peers =
        peer::Entity::find().order_by_asc(peer::Column::Consumer).all(desk.reader()).await.map_err(read)?;
    Ok(OutboxSummary {
        epoch: desk.epoch(),
        count: buckets.count,
        last_seq,
        audit_rows: audit::Entity::find().count(desk.reader()).await.map_err(read)?,
        buckets: buckets.list,
        consumers: peers
            .into_iter()
            .map(|row| ConsumerReport {
                consumer: row.consumer,
                stored: row.stored as u64,
                applied: row.applied as u64,
            })
            .collect(),
    })
}

/// What this service has heard of `topic`. Events are counted up to the number `up_to`, so that an inbox that moves can be
/// compared with an outbox that was read before; the watermarks are as they are.
pub async fn summarize_inbox(desk: &Desk, topic: &str, up_to: Option<u64>) -> Result<InboxSummary, Fault> {
    let read = |error| Fault::new("summarize the inbox", error);
    let up_to = up_to.map_or(i64::MAX, |up_to| i64::try_from(up_to).unwrap_or(i64::MAX));
    let mut buckets = Buckets::default();
    let mut after = 0i64;
    loop {
        let page: Vec<(i64, Uuid)> = inbox::Entity::find()
            .select_only()
            .columns([inbox::Column::PubSeq, inbox::Column::EventId])
            .filter(inbox::Column::Topic.eq(topic))
            .filter(inbox::Column::PubSeq.gt(after))
            .filter(inbox::Column::PubSeq.lte(up_to))
            .order_by_asc(inbox::Column::PubSeq)
            .limit(BUCKET)
            .into_tuple()
            .all(desk.reader())
            .await
            .map_err(read)?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        buckets.add(&page);
    }
    let mark = watermark::Entity::find_by_id(topic).one(desk.reader()).await.map_err(read)?;
    let stored = mark.map_or(0, |row| row.stored as u64);
    let of = |states: Condition| {
        inbox::Entity::find()
            .filter(inbox::Column::Topic.eq(topic))
            .filter(inbox::Column::PubSeq.lte(up_to))
            .filter(states)
            .count(desk.reader())
    };
    let ended = inbox::Column::State.is_in([APPLIED, SKIPPED, DISCARDED]);
    Ok(InboxSummary {
        count: buckets.count,
        last_seq: after as u64,
        stored,
        applied_up_to: receiver::applied(desk, topic, stored).await?,
        applied: of(Condition::all().add(ended)).await.map_err(read)?,
        quarantined: of(Condition::all().add(in_quarantine())).await.map_err(read)?,
        buckets: buckets.list,
    })
}

/// The numbers that are missing: in the inbox below its highest number and its watermark; in the outbox, when `topic` is
/// the service's own, below the last number given.
pub async fn list_gaps(desk: &Desk, topic: &str) -> Result<Vec<Gap>, Fault> {
    #[derive(FromQueryResult)]
    struct Hole {
        before: i64,
        after: i64,
    }
    let own = topic == desk.service();
    let (rows, values) = if own {
        ("SELECT pub_seq FROM outbox WHERE pub_seq IS NOT NULL", vec![])
    } else {
        ("SELECT pub_seq FROM inbox WHERE topic = $1", vec![Value::from(topic)])
    };
    // Read first: what comes while we look is not missing.
    let expected = if own {
        given(desk).await?
    } else {
        let mark = watermark::Entity::find_by_id(topic).one(desk.reader()).await;
        mark.map_err(|error| Fault::new("look for gaps", error))?.map_or(0, |row| row.stored as u64)
    };
    let sql = format!(
        "SELECT before, after FROM (SELECT pub_seq AS after, lag(pub_seq, 1, 0) OVER (ORDER BY pub_seq) AS before \
         FROM ({rows}) r) g WHERE after > before + 1 ORDER BY after LIMIT {GAPS_AT_MOST}"
    );
    let read = |error| Fault::new("look for gaps", error);
    let db = desk.reader();
    let query = Statement::from_sql_and_values(db.get_database_backend(), sql, values.clone());
    let holes = Hole::find_by_statement(query).all(db).await.map_err(read)?;
    let mut gaps: Vec<Gap> = holes
        .into_iter()
        .map(|hole| Gap { first_seq: hole.before as u64 + 1, last_seq: hole.after as u64 - 1 })
        .collect();
    let highest = Statement::from_sql_and_values(
        db.get_database_backend(),
        format!("SELECT max(pub_seq) FROM ({rows}) r"),
        values,
    );
    let highest: Option<i64> = match db.query_one_raw(highest).await.map_err(read)? {
        Some(row) => row.try_get_by_index(0).map_err(read)?,
        None => None,
    };
    let highest = highest.unwrap_or(0) as u64;
    if highest < expected && (gaps.len() as u64) < GAPS_AT_MOST {
        gaps.push(Gap { first_seq: highest + 1, last_seq: expected });
    }
    Ok(gaps)
}

/// What is in quarantine, oldest first.
pub async fn list_quarantine(desk: &Desk, at_most: u64) -> Result<Vec<QuarantinedEvent>, Fault> {
    let rows = quarantine(at_most)
        .all(desk.reader())
        .await
        .map_err(|error| Fault::new("list the quarantine", error))?;
    Ok(rows.into_iter().map(quarantined).collect())
}

pub(crate) fn quarantine(at_most: u64) -> Select<inbox::Entity> {
    inbox::Entity::find()
        .filter(in_quarantine())
        .order_by_asc(inbox::Column::ReceivedAt)
        .order_by_asc(inbox::Column::PubSeq)
        .limit(at_most)
}

/// The state is written out: with a parameter SQLite could not use the partial index.
fn in_quarantine() -> Expr {
    inbox::Column::State.into_expr().eq(Expr::cust(QUARANTINED.to_string()))
}

/// Back from quarantine, to be tried at once. Refused with [`NOT_QUARANTINED`].
pub async fn retry_quarantined(
    desk: &Desk,
    by: Actor,
    method: &'static str,
    topic: &str,
    pub_seq: u64,
) -> Result<QuarantinedEvent, CommitError> {
    let row = find(desk, topic, pub_seq).await?;
    let mut change = key(&row);
    change.state = Set(STORED);
    change.attempts = Set(0);
    change.next_at = Set(None);
    change.reason = Set(None);
    decide(desk, by, method, row, change).await
}

/// Given up for good; the case goes on without it. Refused with [`NOT_QUARANTINED`]. The reason is kept with the event:
/// an operator's words about a defect, not about a person.
pub async fn discard_quarantined(
    desk: &Desk,
    by: Actor,
    method: &'static str,
    topic: &str,
    pub_seq: u64,
    reason: &str,
) -> Result<QuarantinedEvent, CommitError> {
    let row = find(desk, topic, pub_seq).await?;
    let mut change = key(&row);
    change.state = Set(DISCARDED);
    change.reason = Set(Some(reason.to_owned()));
    change.applied_at = Set(Some(desk.clock().now()));
    decide(desk, by, method, row, change).await
}

async fn find(desk: &Desk, topic: &str, pub_seq: u64) -> Result<inbox::Model, CommitError> {
    let row = inbox::Entity::find_by_id((topic.to_owned(), pub_seq as i64))
        .one(desk.reader())
        .await
        .map_err(|error| Fault::new("read the quarantine", error))?;
    row.filter(|row| row.state == QUARANTINED).ok_or(CommitError::Lost(NOT_QUARANTINED))
}

fn key(row: &inbox::Model) -> inbox::ActiveModel {
    inbox::ActiveModel {
        topic: Unchanged(row.topic.clone()),
        pub_seq: Unchanged(row.pub_seq),
        ..Default::default()
    }
}

async fn decide(
    desk: &Desk,
    by: Actor,
    method: &'static str,
    row: inbox::Model,
    change: inbox::ActiveModel,
) -> Result<QuarantinedEvent, CommitError> {
    use sea_orm::{ActiveModelTrait, ActiveValue, Iterable};
    let set = inbox::Column::iter()
        .filter_map(|column| match change.get(column) {
            ActiveValue::Set(value) => Some((column, value)),
            _ => None,
        })
        .collect();
    let matching = vec![
        (inbox::Column::Topic, row.topic.clone().into()),
        (inbox::Column::PubSeq, row.pub_seq.into()),
        (inbox::Column::State, QUARANTINED.into()),
    ];
    let stamp = desk.stamp(by, method, None);
    let mut list = WriteList::new(&stamp, Some(row.case_id));
    list.update_where::<inbox::Entity>(set, matching, Some(NOT_QUARANTINED));
    desk.commit(list).await?;
    Ok(quarantined(row))
}

fn quarantined(row: inbox::Model) -> QuarantinedEvent {
    QuarantinedEvent {
        topic: row.topic,
        pub_seq: row.pub_seq as u64,
        kind: row.kind,
        case: row.case_id,
        reason: row.reason.unwrap_or_default(),
        attempts: u32::try_from(row.attempts).unwrap_or(0),
        received_at: row.received_at,
    }
}

/// The last number given.
async fn given(desk: &Desk) -> Result<u64, Fault> {
    let read = |error| Fault::new("read the counter", error);
    let db = desk.reader();
    let query =
        Statement::from_string(db.get_database_backend(), "SELECT next_pub_seq FROM counter WHERE id = 1");
    let next: i64 = match db.query_one_raw(query).await.map_err(read)? {
        Some(row) => row.try_get_by_index(0).map_err(read)?,
        None => 1,
    };
    Ok(next.saturating_sub(1) as u64)
}

#[derive(Default)]
struct Buckets {
    list: Vec<Bucket>,
    count: u64,
}

impl Buckets {
    /// Adds events, ascending.
    fn add(&mut self, events: &[(i64, Uuid)]) {
        for (seq, id) in events {
            let first_seq = (*seq as u64).saturating_sub(1) / BUCKET * BUCKET + 1;
            if self.list.last().is_none_or(|bucket| bucket.first_seq != first_seq) {
                self.list.push(Bucket { first_seq, count: 0, digest: 0 });
            }
            if let Some(bucket) = self.list.last_mut() {
                bucket.count += 1;
                bucket.digest ^= fold(*id);
            }
            self.count += 1;
        }
    }
}

fn fold(id: Uuid) -> u64 {
    let digest = Sha256::digest(id.as_bytes());
    digest.iter().take(8).fold(0, |folded, byte| folded << 8 | u64::from(*byte))
}
