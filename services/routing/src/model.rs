//! What a referral is and what may become of it. Pure: no time of its own, no rows, no network.

mod choice;
pub mod conflict;
mod directory;
mod entries;
mod facts;
mod joint;
pub mod next;
mod org_tree;
mod recusal;
mod referral;
mod refusal;
mod roster;
mod rule_set;
mod state;
mod station;
mod succession;

pub use choice::{Choice, JointChoice};
pub use directory::Organization;
pub use entries::{DutyLawyer, Entries, File, LiaisonOfficer, Mentions, Misfit};
pub use facts::{Agent, Facts, Party};
pub use joint::{
    Act, AnswerAsk, Answered, AssistAsk, Assistance, AssistanceKind, ConsultAsk, Consultation, DecideAsk,
    Guests, HandOver, HandOverAsk, HandOverEnd, HandOverKind, Joint, LeaveAsk, Minutes, Receiver, Step,
};
pub use org_tree::{Level, step};
pub use recusal::{Aside, Asker, Decision, Ground, Recusal, Verdict};
pub use referral::Referral;
pub use refusal::{Refusal, Rule};
pub use roster::{Mediator, MediatorKind, RosterKind, Standing};
pub use rule_set::Unfit;
pub use state::{
    Claim, Destination, Disclosure, EndReason, Ending, Event, Fence, Lease, Room, State, Target, Way,
};
pub use station::{Hours, StationKind};

#[cfg(test)]
mod walk;
