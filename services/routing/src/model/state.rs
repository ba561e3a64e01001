//! The states of a referral, and the words that its steps are told in.

use chrono::{DateTime, Utc};
use lexicon::{AccountId, OrgId};

use super::joint::Act;
use super::recusal::Verdict;
use super::roster::Standing;

/// The number a holder shows with every write; a later claim has a greater one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fence {
    /// Raised when the service is restored from a backup.
    pub epoch: u32,
    /// Raised whenever a claim begins or ends.
    pub n: u64,
}

impl Fence {
    /// The next one. An epoch never falls, not even in a database whose epoch was lost.
    pub(super) fn raised(self, epoch: u32) -> Self {
        Self { epoch: epoch.max(self.epoch), n: self.n + 1 }
    }
}

/// The studio a case was referred to, and why there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The studio.
    pub studio: OrgId,
    /// The rule that proposed it, or `override`.
    pub rule: String,
}

/// Who has taken the case, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The mediator's account.
    pub holder: AccountId,
    /// When they took it.
    pub since: DateTime<Utc>,
}

/// Why a referral is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// The parties agreed.
    Agreed,
    /// Mediation ended without agreement.
    Failed,
    /// A party went to court.
    CourtDemanded,
    /// The claimant withdrew.
    Withdrawn,
    /// The dispute was closed.
    Closed,
    /// The court that commissioned it took it back.
    Recalled,
}

/// Until when a claim must be confirmed (K03): by the calendar in force, on the terms of the edition of its first moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The instant at which it is over.
    pub due: DateTime<Utc>,
    /// The edition; empty for a claim from before it was kept, whose instant stays as it was promised.
    pub edition: String,
}

/// Where a referral stands, with what is true only there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Waiting for a studio to be chosen, or for the chosen one to accept.
    Routed(Option<Destination>),
    /// Offered to the studio's mediators.
    Pool(Destination),
    /// Taken, until `confirm` at most if nobody confirms.
    Assigned {
        /// The studio.
        to: Destination,
        /// Whose it is.
        claim: Claim,
        /// Until when it must be confirmed.
        confirm: Lease,
    },
    /// Held.
    Confirmed {
        /// The studio.
        to: Destination,
        /// Whose it is.
        claim: Claim,
        /// A relation was disclosed, and all parties keep the mediator.
        relation_disclosed: bool,
    },
    /// A claim has ended; the mediation desk has not stored the higher fence yet.
    Fencing(Destination),
    /// Over.
    Ended(Option<Destination>, EndReason),
}

impl State {
    /// The name of the state in which a case is offered.
    pub(super) const OFFERED: &'static str = "POOL";

    /// Its name in rows, refusals and the contract.
    pub fn name(&self) -> &'static str {
        match self {
            State::Routed(_) => "ROUTED",
            State::Pool(_) => Self::OFFERED,
            State::Assigned { .. } => "ASSIGNED",
            State::Confirmed { .. } => "CONFIRMED",
            State::Fencing(_) => "FENCING",
            State::Ended(..) => "ENDED",
        }
    }

    /// The studio, once one is chosen.
    pub fn destination(&self) -> Option<&Destination> {
        match self {
            State::Routed(to) | State::Ended(to, _) => to.as_ref(),
            State::Pool(to)
            | State::Assigned { to, .. }
            | State::Confirmed { to, .. }
            | State::Fencing(to) => Some(to),
        }
    }

    /// The claim in force.
    pub fn claim(&self) -> Option<&Claim> {
        match self {
            State::Assigned { claim, .. } | State::Confirmed { claim, .. } => Some(claim),
            State::Routed(_) | State::Pool(_) | State::Fencing(_) | State::Ended(..) => None,
        }
    }
}

/// The studio that a clerk wants, looked up.
#[derive(Debug, Clone)]
pub struct Target {
    /// The studio.
    pub studio: OrgId,
    /// Whether the directory has it.
    pub known: bool,
    /// The rule, if the studio is the one proposed first.
    pub first_by_rule: Option<String>,
}

/// How many cases a mediator holds and may hold.
#[derive(Debug, Clone)]
pub struct Room {
    /// Held now.
    pub held: u64,
    /// At most.
    pub capacity: u64,
    /// The studio that the directory has them in, if it has them.
    pub listed_in: Option<OrgId>,
    /// How they stand to new work today.
    pub standing: Standing,
}

/// What a mediator discloses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Disclosure {
    /// They have read the grounds and declare.
    pub declared: bool,
    /// There is a relation that may affect fairness.
    pub relation_exists: bool,
    /// All parties know it and want to keep the mediator.
    pub all_parties_keep: bool,
}

/// How a mediator was given a case that they did not claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// They follow one who stepped aside.
    Followed,
    /// The parties chose them.
    Chosen,
    /// The studio's head appointed them.
    Appointed,
}

/// How a claim ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The holder gave it up, and said why.
    Released(String),
    /// Nobody confirmed it in time, or its holder was silent.
    Lapsed,
    /// The holder has stepped aside.
    Recused,
    /// Ties of these kinds were found to bind the holder to a party.
    Conflict(String),
    /// A consultation named another lead unit.
    Reassigned,
    /// The holder declines it with a reason: outside the charter or their skill, unsuitable.
    Declined(String),
}

/// What has happened; the referral after it tells the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A referral was opened.
    Opened,
    /// A studio was chosen, with a reason if it was not the first proposal.
    Referred(Option<String>),
    /// The studio sent it back.
    Returned {
        /// The studio that did.
        studio: OrgId,
        /// Why.
        reason: String,
        /// It had been taken: the first receiver's time begins anew.
        taken: bool,
    },
    /// It is offered.
    Pooled,
    /// A mediator took it.
    Claimed,
    /// A mediator was given it.
    Given(Way),
    /// The parties are asked to choose a mediator.
    ChoiceOffered,
    /// They have had their time.
    ChoiceLapsed,
    /// The mediator disclosed and confirmed.
    Confirmed,
    /// A claim ended.
    ClaimEnded {
        /// Whose it was.
        former: AccountId,
        /// The fence it had.
        fence: Fence,
        /// How.
        how: Ending,
    },
    /// A recusal is asked for.
    RecusalRequested {
        /// In words.
        reason: String,
    },
    /// It was decided.
    RecusalDecided {
        /// How.
        verdict: Verdict,
        /// The claim it was about.
        fence: Fence,
        /// In words.
        reason: String,
    },
    /// Something that several organisations do together.
    Joint(Act),
    /// It is over.
    Ended,
    /// An agreement has another mediator.
    Succeeded {
        /// Who had it, if that is known.
        former: Option<AccountId>,
        /// Who has it.
        successor: AccountId,
        /// In words.
        reason: String,
    },
}
