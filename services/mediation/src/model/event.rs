//! What a change says, before it is put into the contract's words.
use chrono::{DateTime, Utc};
use lexicon::{AccountId, AgreementId, Fen, OrgId, PartyId, SessionId};

use super::Fence;

/// News of the table. The run it is about is the one that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A run opened.
    Opened {
        /// Its mediator.
        mediator: AccountId,
        /// The mediator's studio.
        studio: OrgId,
        /// Its legal track.
        track: String,
    },
    /// A party consented.
    ConsentRecorded {
        /// Who.
        party: PartyId,
    },
    /// Everybody whose consent is needed has consented.
    Started {
        /// When the main period began.
        at: DateTime<Utc>,
        /// Whose clock it is.
        track: String,
    },
    /// A sitting was recorded.
    SessionRecorded {
        /// Which.
        session: SessionId,
    },
    /// Terms were put down, or put differently.
    AgreementDrafted {
        /// Which agreement.
        agreement: AgreementId,
    },
    /// Somebody signed.
    SignatureAdded {
        /// Which agreement.
        agreement: AgreementId,
    },
    /// The last signature that the track asks for.
    AgreementSigned {
        /// Which agreement.
        agreement: AgreementId,
        /// When it took effect.
        effective: DateTime<Utc>,
        /// Only a part of the claims.
        partial: bool,
        /// What is to be paid.
        amount: Fen,
    },
    /// The run ended without agreement.
    Concluded {
        /// Why: F01–F12, F99.
        ground: &'static str,
    },
    /// The case was taken back.
    Withdrawn,
    /// The fence is stored.
    FenceRaised {
        /// The fence in force.
        fence: Fence,
    },
}
