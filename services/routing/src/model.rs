//! What a referral is and what may become of it. Pure: no time of its own, no rows, no network.

mod referral;
mod refusal;
mod state;

pub use referral::Referral;
pub use refusal::{Refusal, Rule};
pub use state::{Claim, Destination, Disclosure, EndReason, Event, Fence, Room, State, Target};

#[cfg(test)]
mod walk;
