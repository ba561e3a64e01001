//! An agreement from its draft on: who has signed, and when that is enough.
//!
//! The terms themselves are not here: the model needs to know only whether they are the same, so it holds their keyed
//! digest and the store seals the text.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use lexicon::{AgreementId, Fen, PartyId};
use rulebook::tracks::{self, Formality};

/// What is settled, without its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Keyed digest of the words.
    pub digest: String,
    /// Only a part of the claims is settled.
    pub partial: bool,
    /// What is to be paid.
    pub amount: Fen,
}

/// Terms put down, with the signatures under them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// Its id; it stays when the terms are put differently.
    pub id: AgreementId,
    /// What is settled.
    pub terms: Terms,
    /// When these terms were put down.
    pub drafted: DateTime<Utc>,
    /// In the order in which they were recorded.
    pub signatures: Vec<Signature>,
}

/// Who signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Signatory {
    /// A party.
    Party(PartyId),
    /// The mediator.
    Mediator,
    /// The organisation, by its seal.
    Seal,
    /// A member of a group who consents, and leaves the signing to those whom the group elected.
    Member(PartyId),
}

/// A signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// Whose.
    pub by: Signatory,
    /// When it was given.
    pub at: DateTime<Utc>,
}

impl Agreement {
    /// Whether this one has signed.
    pub fn is_signed_by(&self, who: Signatory) -> bool {
        self.signatures.iter().any(|signature| signature.by == who)
    }

    /// Whether anybody has signed; a member's consent alone keeps no terms from being put differently.
    pub(super) fn is_signed(&self) -> bool {
        self.signatures.iter().any(|signature| !matches!(signature.by, Signatory::Member(_)))
    }

    /// The instant at which the last of `needed` signed or of the members consented, once all have signed.
    pub(super) fn effective(&self, needed: &BTreeSet<Signatory>) -> Option<DateTime<Utc>> {
        let given = self.signatures.iter().filter(|signature| {
            needed.contains(&signature.by) || matches!(signature.by, Signatory::Member(_))
        });
        let all = needed.iter().all(|who| self.is_signed_by(*who));
        if all { given.map(|signature| signature.at).max() } else { None }
    }
}

/// Whose signatures the track asks for. Where the law is content with the parties' (court referral, police, traffic and
/// the like) the mediator's and the seal do not delay the effect; on every other track, and on one this rulebook does
/// not know, all three are needed (People's Mediation Law art. 29).
pub(super) fn needed(track: &str, parties: impl Iterator<Item = PartyId>) -> BTreeSet<Signatory> {
    let mut all: BTreeSet<Signatory> = parties.map(Signatory::Party).collect();
    let parties_suffice = tracks::get(track).is_some_and(|track| track.formality == Formality::PartiesSign);
    if !parties_suffice {
        all.extend([Signatory::Mediator, Signatory::Seal]);
    }
    all
}
