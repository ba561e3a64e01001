//! Mediation's desk and oversight's book, joined by nothing but what they say to each other: the owner's letters through the
//! ledger's own rules, and the deadlines that the ledger announces back to the owner. Both are the real ones; there is no
//! database, no clock and no wire between them, so a test decides when each letter comes.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod course;
mod demands;
mod four;
mod interleaved;
mod performance;
mod periods;
mod planted;
mod spared;
mod table;
mod town;
