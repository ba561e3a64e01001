//! A longer period, and the hands it takes.
//!
//! An extension that not every party has agreed to cannot be represented: the only ways to an [`Extension`] are
//! [`Consents`], which hold one consent of each party, and the [`Approval`] of the organ.

use crate::clocks::Extendable;
use crate::period::{Period, Unit};
use crate::unlawful::Unlawful;
use chrono::{DateTime, Utc};
use lexicon::{OrgId, PartyId};
use std::collections::BTreeSet;

/// A party's yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent {
    /// Whose.
    pub party: PartyId,
    /// When it was given.
    pub at: DateTime<Utc>,
}

/// The yes of every party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consents(Vec<Consent>);

impl Consents {
    /// One consent of each party of the case, of whom there are at least two; the first one counts where somebody gave two.
    pub fn of_all(parties: &[PartyId], given: &[Consent]) -> Result<Consents, Unlawful> {
        let parties: BTreeSet<PartyId> = parties.iter().copied().collect();
        if given.iter().any(|consent| !parties.contains(&consent.party)) {
            return Err(Unlawful::ConsentOfAStranger {});
        }
        let of = |party: &PartyId| {
            given.iter().filter(|consent| consent.party == *party).min_by_key(|consent| consent.at).copied()
        };
        let missing = parties.iter().filter(|party| of(party).is_none()).count();
        let absent = 2_usize.saturating_sub(parties.len());
        if missing + absent > 0 {
            return Err(Unlawful::ExtensionWithoutConsent { missing: missing + absent });
        }
        Ok(Consents(parties.iter().filter_map(of).collect()))
    }

    /// They.
    pub fn all(&self) -> &[Consent] {
        &self.0
    }

    /// When the last one was given: before that there was no agreement.
    fn complete_at(&self) -> DateTime<Utc> {
        self.0.iter().map(|consent| consent.at).max().unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

/// The organ's yes, where the law leaves the extension to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Whose.
    pub by: OrgId,
    /// When it was given.
    pub at: DateTime<Utc>,
}

/// By whose will.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    /// All parties.
    Consents(Consents),
    /// The organ.
    Approval(Approval),
}

/// A longer period that was lawfully granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    length: Period,
    grant: Grant,
}

impl Extension {
    /// Agreed by all parties.
    pub fn agreed(length: Period, consents: Consents) -> Extension {
        Extension { length, grant: Grant::Consents(consents) }
    }

    /// Approved by the organ.
    pub fn approved(length: Period, approval: Approval) -> Extension {
        Extension { length, grant: Grant::Approval(approval) }
    }

    /// By how much.
    pub const fn length(&self) -> Period {
        self.length
    }

    /// By whose will.
    pub const fn grant(&self) -> &Grant {
        &self.grant
    }

    /// From when it holds: the last consent, or the approval.
    pub fn at(&self) -> DateTime<Utc> {
        match &self.grant {
            Grant::Consents(consents) => consents.complete_at(),
            Grant::Approval(approval) => approval.at,
        }
    }
}

/// Whether a clock may be extended by these, all together.
pub(super) fn lawful(
    clock: &str,
    rule: Extendable,
    unit: Unit,
    article: &str,
    granted: &[&Extension],
) -> Result<(), Unlawful> {
    let named = || (clock.to_owned(), article.to_owned());
    let cap = match rule {
        Extendable::No => {
            let (clock, article) = named();
            return granted.first().map_or(Ok(()), |_| Err(Unlawful::NotExtendable { clock, article }));
        }
        Extendable::ByConsent(cap) | Extendable::ByApproval(cap) => cap,
    };
    let right_hand = |extension: &Extension| {
        matches!(
            (rule, extension.grant()),
            (Extendable::ByConsent(_), Grant::Consents(_)) | (Extendable::ByApproval(_), Grant::Approval(_))
        )
    };
    if !granted.iter().all(|extension| right_hand(extension)) {
        let (clock, article) = named();
        return Err(Unlawful::WrongHandExtends { clock, article });
    }
    let hours = unit == Unit::Hours;
    let fits = |given: Unit| cap.map_or((given == Unit::Hours) == hours, |cap| cap.unit == given);
    if granted.iter().any(|extension| !fits(extension.length.unit)) {
        let unit = cap.map_or("days, working days, months or years", |cap| match cap.unit {
            Unit::Months => "months",
            _ => "days",
        });
        return Err(Unlawful::ExtensionInAnotherUnit { unit: unit.to_owned(), article: article.to_owned() });
    }
    let together: u64 = granted.iter().map(|extension| u64::from(extension.length.length)).sum();
    match cap {
        Some(cap) if together > u64::from(cap.length) => {
            Err(Unlawful::ExtensionOverTheCap { cap, article: article.to_owned() })
        }
        _ => Ok(()),
    }
}
