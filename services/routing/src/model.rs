//! What a referral is and what may become of it. Pure: no time of its own, no rows, no network.

mod choice;
pub mod conflict;
mod directory;
mod facts;
pub mod next;
mod recusal;
mod referral;
mod refusal;
mod rule_set;
mod state;
mod succession;

pub use choice::{Choice, Joint};
pub use directory::{Mediator, Organization};
pub use facts::{Facts, Party};
pub use recusal::{Aside, Asker, Decision, Ground, Recusal, Verdict};
pub use referral::Referral;
pub use refusal::{Refusal, Rule};
pub use rule_set::Unfit;
pub use state::{
    Claim, Destination, Disclosure, EndReason, Ending, Event, Fence, Lease, Room, State, Target, Way,
};

#[cfg(test)]
mod walk;
