//! The courier: how a service remembers, and how its news reaches the others.
//!
//! A service never holds a transaction. It reads, its model decides, and it hands its [`Desk`] one [`WriteList`]: guarded
//! inserts and updates, the events to say, one audit row. The desk's single writer turns up to 64 lists into one commit,
//! each in its own savepoint, and answers nobody before that commit is on the disk. Whoever hangs up in the middle gets
//! nothing or everything.
//!
//! News goes: `outbox` row, in the same commit as the change → [`relay`](post::Post) → [`Transport`] → `inbox` row at each
//! consumer → that consumer's [`Reactions`], whose write list includes the inbox row's "applied". The transport is
//! disposable. It may lose, repeat, reorder or forget everything: events of a topic are numbered densely (`pub_seq`),
//! consumers report the highest number up to which they *stored* everything, and the relay sends again what stays
//! uncovered. Effects follow per case, in the order the producer said them; a failing event parks only its own case.
//!
//! Invariants, each with a test that can break it in `tests/`:
//! 1. a list is written whole or not at all, whatever becomes of its neighbours or its caller;
//! 2. `pub_seq` has no gaps, also after lists that failed;
//! 3. an event changes a consumer once, and the events of a case in order;
//! 4. losing everything that is on the way loses nothing.
mod applier;
mod apply_one;
pub mod backup;
pub mod clock;
pub mod desk;
pub mod envelope;
pub mod fault;
mod heard;
pub mod ledger;
mod numbering;
pub mod pace;
#[cfg(test)]
mod plans;
pub mod planted;
pub mod post;
pub mod reactions;
mod receiver;
mod relay;
mod render;
mod rows;
mod settle;
mod shape;
pub mod stamp;
mod statement;
pub mod tasks;
mod touch;
pub mod transport;
pub mod write_list;
mod writer;

pub use clock::Clock;
pub use desk::Desk;
pub use envelope::Envelope;
pub use fault::{CommitError, Fault, Standing};
pub use pace::Pace;
pub use post::{Post, Unsettled};
pub use reactions::{Heard, Reaction, Reactions, Trouble};
pub use stamp::{Actor, Stamp};
pub use tasks::Tasks;
pub use touch::OUT_OF_TOUCH;
pub use transport::{Parcel, Report, Sending, Transport};
pub use write_list::WriteList;
