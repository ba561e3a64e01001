//! `outbox`: what this service said, in the order it said it. Rows stay.
use sea_orm::entity::prelude::*;

use crate::Envelope;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: Uuid,
    pub epoch: i64,
    pub pub_seq: i64,
    pub after_seq: i64,
    pub kind: String,
    pub centre: String,
    pub case_id: Uuid,
    pub version: i64,
    pub at: DateTimeUtc,
    pub trace: Option<String>,
    pub body: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The row as it travels.
    pub(crate) fn envelope(self, topic: &str) -> Envelope {
        Envelope {
            id: self.event_id,
            topic: topic.to_owned(),
            epoch: self.epoch as u32,
            pub_seq: self.pub_seq as u64,
            after_seq: self.after_seq as u64,
            kind: self.kind,
            centre: self.centre,
            case: self.case_id,
            version: self.version as u64,
            at: self.at,
            trace: self.trace,
            body: self.body.into(),
        }
    }
}
