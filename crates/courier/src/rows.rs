//! The courier's own tables as sea-orm entities. They are private: other crates read them through the ledger.

pub(crate) mod audit;
pub(crate) mod heard_until;
pub(crate) mod inbox;
pub(crate) mod outbox;
pub(crate) mod peer;
pub(crate) mod watermark;
