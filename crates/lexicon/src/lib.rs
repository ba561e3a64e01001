//! The field's words as types: ids, money, parties, identity numbers, outcomes, refusals.
//!
//! This is the floor everything stands on, so it is pure: no clock, no network, no file, no async.
//! What comes in from outside passes one of three checks here and leaves in one normal form:
//!
//! - [`text::clean`] for words, [`identity::check`] for the numbers on papers, [`phone::normalise`] for phones;
//! - each answers with a [`Fault`], which names the rule that was broken and never the value that broke it;
//! - [`Violations`] gathers the faults of a whole request, so that a clerk hears of all of them at once.
//!
//! What a model answers to a command is an [`Outcome`] or a [`Refusal`].

#[macro_use]
mod coded;
pub mod demand;
pub mod fault;
pub mod identity;
pub mod ids;
pub mod money;
pub mod outcome;
pub mod party;
pub mod phone;
mod rule;
pub mod text;
pub mod violation;

pub use demand::Demands;
pub use fault::{Fault, Warning};
pub use ids::{
    AccountId, AgreementId, CaseId, CentreId, CourtId, DeadlineId, DocumentId, EntryId, FilingId,
    MediationId, OrgId, PartyId, SessionId, StudioId,
};
pub use money::Fen;
pub use outcome::{Outcome, Refusal};
pub use party::{PartyKind, PartyRole};
pub use violation::{Violation, Violations};
