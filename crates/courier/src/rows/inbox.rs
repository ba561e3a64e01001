//! `inbox`: what this service heard, and what became of it. Rows stay.
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use crate::Envelope;

/// Durable here, effect still to come.
pub(crate) const STORED: i16 = 0;
/// The effect is written.
pub(crate) const APPLIED: i16 = 1;
/// This service does not use that kind; kept without its body.
pub(crate) const SKIPPED: i16 = 2;
/// Given up after repeated failure; a person decides.
pub(crate) const QUARANTINED: i16 = 3;
/// A person decided to go on without it.
pub(crate) const DISCARDED: i16 = 4;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub topic: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub pub_seq: i64,
    pub epoch: i64,
    pub event_id: Uuid,
    pub after_seq: i64,
    pub kind: String,
    pub centre: String,
    pub case_id: Uuid,
    pub version: i64,
    pub at: DateTimeUtc,
    pub trace: Option<String>,
    pub body: Option<Vec<u8>>,
    pub state: i16,
    pub attempts: i32,
    pub next_at: Option<DateTimeUtc>,
    pub reason: Option<String>,
    pub received_at: DateTimeUtc,
    pub applied_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The event as it came.
    pub(crate) fn envelope(&self) -> Envelope {
        Envelope {
            id: self.event_id,
            topic: self.topic.clone(),
            epoch: self.epoch as u32,
            pub_seq: self.pub_seq as u64,
            after_seq: self.after_seq as u64,
            kind: self.kind.clone(),
            centre: self.centre.clone(),
            case: self.case_id,
            version: self.version as u64,
            at: self.at,
            trace: self.trace.clone(),
            body: self.body.clone().unwrap_or_default().into(),
        }
    }
}

/// A new row for an event that just came; `used` tells whether anything here reacts to its kind.
pub(crate) fn arrived(event: Envelope, used: bool, now: DateTimeUtc) -> ActiveModel {
    ActiveModel {
        topic: Set(event.topic),
        pub_seq: Set(event.pub_seq as i64),
        epoch: Set(i64::from(event.epoch)),
        event_id: Set(event.id),
        after_seq: Set(event.after_seq as i64),
        kind: Set(event.kind),
        centre: Set(event.centre),
        case_id: Set(event.case),
        version: Set(event.version as i64),
        at: Set(event.at),
        trace: Set(event.trace),
        body: Set(used.then(|| event.body.to_vec())),
        state: Set(if used { STORED } else { SKIPPED }),
        attempts: Set(0),
        next_at: Set(None),
        reason: Set(None),
        received_at: Set(now),
        applied_at: Set(None),
    }
}
