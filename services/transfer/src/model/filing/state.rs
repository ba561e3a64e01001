//! The states of a filing, with what is true only in each.

use chrono::{DateTime, NaiveDate, Utc};
use lexicon::{AccountId, CourtId};
use serde::{Deserialize, Serialize};

use crate::model::codes::OutcomeKind;
use crate::model::package::{Package, Receipt};

/// Where a filing stands, with what is true only there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// To be packed and submitted.
    TransferReady {
        /// The package, once packed.
        package: Option<Package>,
    },
    /// In the court's inbox.
    Transferred {
        /// What was submitted.
        sent: Submission,
    },
    /// The court has it.
    CourtReview {
        /// What was submitted.
        sent: Submission,
        /// That it was received.
        received: Receipt,
    },
    /// The court waits for a correction.
    CourtCorrection {
        /// What was submitted.
        sent: Submission,
        /// That it was received.
        received: Receipt,
    },
    /// Filed.
    Filed {
        /// What was submitted.
        sent: Submission,
        /// That it was received.
        received: Receipt,
        /// That it was filed.
        accepted: Receipt,
        /// The court's case number in its canonical form.
        number: String,
    },
    /// Refused in writing, or not corrected in time.
    NotFiled {
        /// What was submitted.
        sent: Submission,
        /// That it was received.
        received: Receipt,
        /// That it was refused; nothing where the correction did not come.
        refused: Option<Receipt>,
        /// Why, in the court's words; empty where the correction did not come.
        reason: String,
    },
    /// The court has told how it ended.
    Outcome {
        /// What was submitted.
        sent: Submission,
        /// That it was received.
        received: Receipt,
        /// That it was filed.
        accepted: Receipt,
        /// The court's case number in its canonical form.
        number: String,
        /// How it ended.
        outcome: CourtOutcome,
    },
    /// Taken back before it was submitted.
    Withdrawn {
        /// The package, if it had been packed.
        package: Option<Package>,
    },
}

/// A package that cannot change any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The package.
    pub package: Package,
    /// When it was submitted.
    pub at: DateTime<Utc>,
}

/// What a court says with every answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The digest of the package that it saw.
    pub package_sha256: String,
    /// Its own clock.
    pub court_time: DateTime<Utc>,
    /// Its account.
    pub by: AccountId,
}

/// What the court wanted, once, and what it got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// Each missing item, in the court's words.
    pub items: Vec<String>,
    /// When the list reached us: the party's clock (S03) begins.
    pub asked: DateTime<Utc>,
    /// What was answered, and when: the court's seven days begin anew the day after.
    pub answer: Option<(DateTime<Utc>, String)>,
}

/// How a case ended at a court.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourtOutcome {
    /// What the court did.
    pub kind: OutcomeKind,
    /// On which day.
    pub on: NaiveDate,
    /// The document's number.
    pub number: String,
}

impl State {
    /// The state's name in rows and in the contract.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TransferReady { .. } => "TRANSFER_READY",
            Self::Transferred { .. } => "TRANSFERRED",
            Self::CourtReview { .. } => "COURT_REVIEW",
            Self::CourtCorrection { .. } => "COURT_CORRECTION",
            Self::Filed { .. } => "FILED",
            Self::Outcome { .. } => "OUTCOME",
            Self::NotFiled { .. } => "NOT_FILED",
            Self::Withdrawn { .. } => "WITHDRAWN",
        }
    }

    /// What was submitted, from `TRANSFERRED` on.
    pub const fn sent(&self) -> Option<&Submission> {
        match self {
            Self::TransferReady { .. } | Self::Withdrawn { .. } => None,
            Self::Transferred { sent }
            | Self::CourtReview { sent, .. }
            | Self::CourtCorrection { sent, .. }
            | Self::Filed { sent, .. }
            | Self::Outcome { sent, .. }
            | Self::NotFiled { sent, .. } => Some(sent),
        }
    }

    /// What the court has received, from `COURT_REVIEW` on.
    pub(super) const fn received(&self) -> Option<&Submission> {
        match self {
            Self::Transferred { .. } => None,
            other => other.sent(),
        }
    }

    /// The package, submitted or not.
    pub const fn package(&self) -> Option<&Package> {
        match self {
            Self::TransferReady { package } | Self::Withdrawn { package } => package.as_ref(),
            other => match other.sent() {
                Some(sent) => Some(&sent.package),
                None => None,
            },
        }
    }

    /// The court whose inbox it is or was in.
    pub fn court(&self) -> Option<&CourtId> {
        self.sent().map(|sent| &sent.package.venue.court)
    }

    /// The court's receipts, oldest first, each with the name of what it says.
    pub fn receipts(&self) -> Vec<(&'static str, &Receipt)> {
        match self {
            Self::CourtReview { received, .. } | Self::CourtCorrection { received, .. } => {
                vec![("RECEIVED", received)]
            }
            Self::Filed { received, accepted, .. } | Self::Outcome { received, accepted, .. } => {
                vec![("RECEIVED", received), ("ACCEPTED", accepted)]
            }
            Self::NotFiled { received, refused, .. } => {
                let refused = refused.iter().map(|refused| ("REFUSED", refused));
                std::iter::once(("RECEIVED", received)).chain(refused).collect()
            }
            Self::TransferReady { .. } | Self::Transferred { .. } | Self::Withdrawn { .. } => vec![],
        }
    }
}
