//! An event on its way: what is written on the envelope, and the letter inside.
use bytes::Bytes;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// One event as it travels. It names its case and its place in the order, and holds no personal data.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    /// The event's own id.
    pub id: Uuid,
    /// The service that said it.
    pub topic: String,
    /// The producer's epoch, raised by a restore.
    pub epoch: u32,
    /// Dense number within the topic.
    pub pub_seq: u64,
    /// `pub_seq` of this case's previous event on this topic; 0 when there is none.
    pub after_seq: u64,
    /// Full protobuf name of the letter.
    pub kind: String,
    /// The governance centre.
    pub centre: String,
    /// The case it is about.
    pub case: Uuid,
    /// The version that the producer's noun has since then.
    pub version: u64,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// W3C trace parent of the work that caused it.
    pub trace: Option<String>,
    /// The letter, protobuf.
    pub body: Bytes,
}
