//! The states of a dispute, with what is true only there, and the term that a state may have.

use chrono::{DateTime, Utc};
use lexicon::{CaseId, PartyId};
use rulebook::clocks::Expiry;

/// A period that runs: the edition to whose terms it was pinned, and when it ends by the calendar in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The edition; empty from before there were any.
    pub edition: String,
    /// Its end. A calendar that is not out yet may move it.
    pub ends: Expiry,
}

/// Where it stands, with what is true only there.
#[derive(Clone, PartialEq, Eq)]
pub enum State {
    /// Being typed.
    Draft,
    /// Received; acceptance is being checked.
    Submitted {
        /// Whether what was missing has been asked for and has come.
        corrected: bool,
    },
    /// Something is missing.
    Correction {
        /// The complete list.
        missing: Vec<String>,
        /// When it was asked for.
        since: DateTime<Utc>,
        /// Until when.
        term: Term,
        /// What a deadline that was reached is compared with: the version in which it was asked for; 0 from before.
        generation: u64,
    },
    /// Closed with advice.
    Advised {
        /// What was advised.
        advice: String,
    },
    /// Not taken.
    Refused {
        /// R01–R14.
        ground: String,
        /// Where to go instead.
        redirect: String,
    },
    /// Taken.
    Accepted,
    /// Taken back.
    Withdrawn {
        /// By whom.
        by: PartyId,
    },
    /// Done.
    Closed,
    /// Its file is put away.
    Archived,
    /// A draft whose content went into another.
    Merged {
        /// Which.
        into: CaseId,
    },
    /// A draft that nobody filed in its time: what was typed is gone.
    Removed,
}

impl State {
    /// The name in columns, facts and the contract.
    pub const fn code(&self) -> &'static str {
        match self {
            State::Draft => "DRAFT",
            State::Submitted { .. } => "SUBMITTED",
            State::Correction { .. } => "CORRECTION",
            State::Advised { .. } => "ADVISED",
            State::Refused { .. } => "REFUSED",
            State::Accepted => "ACCEPTED",
            State::Withdrawn { .. } => "WITHDRAWN",
            State::Closed => "CLOSED",
            State::Archived => "ARCHIVED",
            State::Merged { .. } => "MERGED",
            State::Removed => "REMOVED",
        }
    }
}

/// Lists and advice are somebody's words, so only the name is printed.
impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}
