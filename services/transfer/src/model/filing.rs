//! One filing of one case, from the demand for court to the court's answer.
//!
//! ```text
//! TRANSFER_READY ──submit──▶ TRANSFERRED ──acknowledge──▶ COURT_REVIEW ──accept──▶ FILED ──outcome──▶ OUTCOME
//!   │    ▲ └─pack─┘                            correct once ▲▼      └──refuse──▶ NOT_FILED
//!   └─withdraw─▶ WITHDRAWN                      COURT_CORRECTION ──no answer in time──▲
//! ```
//!
//! A package is a picture of what intake knew. When that changes before it is submitted, the package is dropped.
//!
//! A court answers twice: it has received, then it files or refuses. Each answer repeats the digest of the package
//! that the court saw and the court's own clock.

mod answers;
mod state;

use chrono::{DateTime, Utc};
use lexicon::{CaseId, FilingId, OrgId, Outcome};

pub(in crate::model) use answers::CLOCKS_APART;
pub use state::{Answer, Correction, CourtOutcome, State, Submission};

use super::codes::Kind;
use super::package::Package;
use super::refusal::{No, Refusal};

/// A filing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// Its id.
    pub id: FilingId,
    /// The case.
    pub case: CaseId,
    /// The case's version at its last change; also the generation of the clock that runs.
    pub version: u64,
    /// What is filed.
    pub kind: Kind,
    /// The organisation that took the case in: its transfer desk packs and submits.
    pub first_receiver: OrgId,
    /// The legal track of the case; empty when it was never accepted on one.
    pub track: String,
    /// How often what the filing is made of has changed at intake since it opened.
    pub amendments: u64,
    /// What the court wanted corrected, once.
    pub correction: Option<Correction>,
    /// Where it stands.
    pub state: State,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// It opened.
    Opened,
    /// A package was made.
    Prepared,
    /// The package is in the court's inbox.
    Submitted,
    /// The court has it.
    Received,
    /// The court filed it.
    Accepted,
    /// The court refused it.
    Refused,
    /// The court wants a correction.
    CorrectionRequested,
    /// The correction is in.
    Corrected,
    /// The correction did not come in time.
    Lapsed,
    /// The court has told how it ended.
    Outcome,
    /// It was taken back.
    Withdrawn,
}

type Moved = Result<Outcome<Filing, Event>, No>;

impl Filing {
    /// A party demands the court. While a filing is open, or once one was filed, the demand is met already; after a
    /// court's refusal, after a withdrawal, and for something else once it is filed, a new one opens. What hangs on an agreement
    /// may come again when the court has finished with it: the next instalment is another default.
    pub fn open(
        id: FilingId,
        case: CaseId,
        first_receiver: OrgId,
        track: String,
        kind: Kind,
        last: Option<&Filing>,
    ) -> Option<Self> {
        let is_over = |last: &Filing| match last.state {
            State::NotFiled { .. } | State::Withdrawn { .. } => true,
            State::Filed { .. } => last.kind != kind,
            State::Outcome { .. } => last.kind != kind || kind != Kind::Complaint,
            _ => false,
        };
        if !last.is_none_or(is_over) {
            return None;
        }
        let state = State::TransferReady { package: None };
        Some(Self {
            id,
            case,
            version: 0,
            kind,
            first_receiver,
            track,
            amendments: 0,
            correction: None,
            state,
        })
    }

    /// Whether a package may be made now: asked before the neighbours are bothered. Whether the case leads to a court at
    /// all is the thread's to say.
    pub fn may_pack(&self) -> Result<(), Refusal> {
        match self.state {
            State::TransferReady { .. } => Ok(()),
            _ => Err(Refusal::NotReady { state: self.state.code() }),
        }
    }

    /// A package takes the place of the one before, if any. It is made of what was read when so many `amendments` had
    /// been heard; another since makes it stale before it is there.
    pub fn pack(self, package: Package, amendments: u64) -> Moved {
        self.may_pack()?;
        if amendments != self.amendments {
            return Err(No::Stale);
        }
        Ok(self.moved(State::TransferReady { package: Some(package) }, Event::Prepared))
    }

    /// The package that was looked at goes to the court.
    pub fn submit(mut self, package_sha256: &str, at: DateTime<Utc>) -> Moved {
        let state = self.state.code();
        match &mut self.state {
            State::TransferReady { package: None } => Err(Refusal::NotPacked { state }.into()),
            State::TransferReady { package: Some(package) } if !package.is(package_sha256) => {
                Err(Refusal::PackageChanged { state }.into())
            }
            State::TransferReady { package: package @ Some(_) } => match package.take() {
                Some(package) => {
                    let sent = Submission { package, at };
                    Ok(self.moved(State::Transferred { sent }, Event::Submitted))
                }
                None => Err(Refusal::NotPacked { state }.into()),
            },
            State::Withdrawn { .. } => Err(Refusal::NotReady { state }.into()),
            State::Transferred { sent }
            | State::CourtReview { sent, .. }
            | State::CourtCorrection { sent, .. }
            | State::Filed { sent, .. }
            | State::Outcome { sent, .. }
            | State::NotFiled { sent, .. } => {
                if !sent.package.is(package_sha256) {
                    return Err(Refusal::PackageChanged { state }.into());
                }
                Ok(Outcome::AlreadySo(self))
            }
        }
    }

    /// What the filing is made of has changed: a package that is not submitted is dropped. Nobody waits for that, so
    /// it has no version of its own and is not said; the count of amendments keeps a write judged before it away.
    pub fn amended(self) -> Moved {
        match self.state {
            State::TransferReady { .. } => {
                let state = State::TransferReady { package: None };
                let amendments = self.amendments + 1;
                Ok(Outcome::Changed(Self { amendments, state, ..self }, vec![]))
            }
            // Another may be packed in its place: what was read for that is older then.
            State::NotFiled { .. } | State::Withdrawn { .. } => {
                let amendments = self.amendments + 1;
                Ok(Outcome::Changed(Self { amendments, ..self }, vec![]))
            }
            _ => Ok(Outcome::AlreadySo(self)),
        }
    }

    /// The claimant takes the case back. What was submitted is the court's: it is withdrawn there.
    pub fn withdraw(self) -> Moved {
        match self.state.clone() {
            State::TransferReady { package } => {
                Ok(self.moved(State::Withdrawn { package }, Event::Withdrawn))
            }
            State::Withdrawn { .. } => Ok(Outcome::AlreadySo(self)),
            _ => Err(Refusal::NotReady { state: self.state.code() }.into()),
        }
    }

    /// Who is responsible: the transfer desk until the court has received and whenever the party must act, else the court.
    pub fn holder(&self) -> &str {
        match &self.state {
            State::CourtReview { sent, .. } | State::Filed { sent, .. } => sent.package.venue.court.as_str(),
            State::TransferReady { .. }
            | State::Transferred { .. }
            | State::CourtCorrection { .. }
            | State::NotFiled { .. }
            | State::Outcome { .. }
            | State::Withdrawn { .. } => self.first_receiver.as_str(),
        }
    }

    fn moved(self, state: State, event: Event) -> Outcome<Self, Event> {
        Outcome::Changed(Self { version: self.version + 1, state, ..self }, vec![event])
    }
}
