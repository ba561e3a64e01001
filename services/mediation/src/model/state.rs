//! Where a run stands.

use chrono::{DateTime, Utc};

use super::Agreement;

/// Where a run stands. `since` is the beginning of the main period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The parties are being asked.
    ConsentPending,
    /// At the table.
    InMediation {
        /// Since when.
        since: DateTime<Utc>,
    },
    /// An expert appraisal: the period stands still.
    Appraisal {
        /// The main period's beginning.
        since: DateTime<Utc>,
    },
    /// Stopped, for a suspected sham or danger; the period runs on.
    Suspended {
        /// The main period's beginning.
        since: DateTime<Utc>,
    },
    /// Terms fixed, signatures missing.
    AgreedUnsigned {
        /// The main period's beginning.
        since: DateTime<Utc>,
        /// What waits for signatures.
        agreement: Agreement,
    },
    /// In effect.
    Agreed {
        /// The main period's beginning.
        since: DateTime<Utc>,
        /// What was signed.
        agreement: Agreement,
        /// When it took effect; the run's end.
        effective: DateTime<Utc>,
        /// How far it has been performed.
        performance: Performance,
    },
    /// Ended without agreement.
    Failed {
        /// The main period's beginning, if it had begun.
        since: Option<DateTime<Utc>>,
        /// A draft that was not signed by all.
        agreement: Option<Agreement>,
        /// F01–F12, F99.
        ground: &'static str,
        /// When.
        at: DateTime<Utc>,
    },
    /// The case was taken back.
    Withdrawn {
        /// The main period's beginning, if it had begun.
        since: Option<DateTime<Utc>>,
        /// A draft that was not signed by all.
        agreement: Option<Agreement>,
        /// When.
        at: DateTime<Utc>,
    },
}

/// How far an agreement in effect has been performed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Performance {
    /// Nothing yet, and no schedule runs.
    Due,
    /// A schedule runs, or a part was performed.
    Performing,
    /// In default.
    Breached,
    /// All of it.
    Performed,
}

impl Performance {
    /// The state's name in the contract.
    pub const fn name(self) -> &'static str {
        match self {
            Performance::Due => "AGREED",
            Performance::Performing => "PERFORMING",
            Performance::Breached => "BREACHED",
            Performance::Performed => "PERFORMED",
        }
    }
}

impl State {
    /// Whether something agreed is in effect and not all performed: what was done is not agreed once more.
    pub const fn is_to_be_performed(&self) -> bool {
        matches!(self, State::Agreed { performance, .. } if !matches!(performance, Performance::Performed))
    }

    /// The name in the contract.
    pub fn name(&self) -> &'static str {
        match self {
            State::ConsentPending => "CONSENT_PENDING",
            State::InMediation { .. } => "IN_MEDIATION",
            State::Appraisal { .. } => "APPRAISAL",
            State::Suspended { .. } => "SUSPENDED",
            State::AgreedUnsigned { .. } => "AGREED_UNSIGNED",
            State::Agreed { performance, .. } => performance.name(),
            State::Failed { .. } => "FAILED",
            State::Withdrawn { .. } => "WITHDRAWN",
        }
    }

    /// Whether it is none of the ends.
    pub fn is_open(&self) -> bool {
        match self {
            State::ConsentPending
            | State::InMediation { .. }
            | State::Appraisal { .. }
            | State::Suspended { .. }
            | State::AgreedUnsigned { .. } => true,
            State::Agreed { .. } | State::Failed { .. } | State::Withdrawn { .. } => false,
        }
    }

    /// When the main period began.
    pub fn since(&self) -> Option<DateTime<Utc>> {
        match self {
            State::ConsentPending => None,
            State::InMediation { since }
            | State::Appraisal { since }
            | State::Suspended { since }
            | State::AgreedUnsigned { since, .. }
            | State::Agreed { since, .. } => Some(*since),
            State::Failed { since, .. } | State::Withdrawn { since, .. } => *since,
        }
    }

    /// When the run ended.
    pub fn ended(&self) -> Option<DateTime<Utc>> {
        match self {
            State::Agreed { effective, .. } => Some(*effective),
            State::Failed { at, .. } | State::Withdrawn { at, .. } => Some(*at),
            _ => None,
        }
    }

    /// The agreement, from its draft on.
    pub fn agreement(&self) -> Option<&Agreement> {
        match self {
            State::AgreedUnsigned { agreement, .. } | State::Agreed { agreement, .. } => Some(agreement),
            State::Failed { agreement, .. } | State::Withdrawn { agreement, .. } => agreement.as_ref(),
            _ => None,
        }
    }
}
