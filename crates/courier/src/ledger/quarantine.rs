//! Events whose effect was given up, and what an operator decides about them.
use sea_orm::{
    ActiveValue::{Set, Unchanged},
    EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use super::in_quarantine;
use crate::fault::{CommitError, Fault};
use crate::rows::inbox::{self, DISCARDED, QUARANTINED, STORED};
use crate::{Actor, Desk, WriteList};

/// Lost when the event is not in quarantine (any more).
pub const NOT_QUARANTINED: &str = "NOT_QUARANTINED";

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
