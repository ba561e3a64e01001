//! One filing of one case, from the demand for court to the court's answer.
//!
//! ```text
//! TRANSFER_READY ──submit──▶ TRANSFERRED ──acknowledge──▶ COURT_REVIEW ──accept──▶ FILED
//!   │    ▲ └─pack─┘                                            └───────refuse──▶ NOT_FILED
//!   └─withdraw─▶ WITHDRAWN
//! ```
//!
//! A package is a picture of what intake knew. When that changes before it is submitted, the package is dropped.
//!
//! A court answers twice: it has received, then it files or refuses. Each answer repeats the digest of the package
//! that the court saw and the court's own clock.

use chrono::{DateTime, TimeDelta, Utc};
use lexicon::{AccountId, CaseId, CourtId, FilingId, OrgId, Outcome};
use rulebook::tracks::{self, Exit};

use super::package::{Package, Receipt};
use super::refusal::{Mismatch, No, Refusal};

/// How far a court's clock may be behind ours: more, and it answers what was not there yet.
const CLOCKS_APART: TimeDelta = TimeDelta::minutes(5);

/// A filing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// Its id.
    pub id: FilingId,
    /// The case.
    pub case: CaseId,
    /// Raised by one with every change.
    pub version: u64,
    /// The organisation that took the case in: its transfer desk packs and submits.
    pub first_receiver: OrgId,
    /// The legal track of the case; empty when it was never accepted on one.
    pub track: String,
    /// How often what the filing is made of has changed at intake since it opened.
    pub amendments: u64,
    /// Where it stands.
    pub state: State,
}

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
    /// Refused in writing.
    NotFiled {
        /// What was submitted.
        sent: Submission,
        /// That it was received.
        received: Receipt,
        /// That it was refused.
        refused: Receipt,
        /// Why, in the court's words.
        reason: String,
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

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// It was taken back.
    Withdrawn,
}

type Moved = Result<Outcome<Filing, Event>, No>;

impl Filing {
    /// A party demands the court. While a filing is open, or once one was filed, the demand is met already; after a
    /// court's refusal, and after a withdrawal, a new one opens, whose versions go on from the old one's.
    pub fn open(
        id: FilingId,
        case: CaseId,
        first_receiver: OrgId,
        track: String,
        last: Option<&Filing>,
    ) -> Option<(Self, Event)> {
        let version = match last {
            None => 1,
            Some(last) if matches!(last.state, State::NotFiled { .. } | State::Withdrawn { .. }) => {
                last.version + 1
            }
            Some(_) => return None,
        };
        let state = State::TransferReady { package: None };
        Some((Self { id, case, version, first_receiver, track, amendments: 0, state }, Event::Opened))
    }

    /// Whether a package may be made now: asked before the neighbours are bothered. A civil complaint is for cases
    /// that lead to a court; one that was never accepted on a track leads there too.
    pub fn may_pack(&self) -> Result<(), Refusal> {
        let state = self.state.code();
        match self.state {
            State::TransferReady { .. } => {}
            _ => return Err(Refusal::NotReady { state }),
        }
        match tracks::get(&self.track).map_or(Exit::Court, |track| track.exit) {
            Exit::Court | Exit::CourtOrArbitration => Ok(()),
            exit => Err(Refusal::NotForCourt { state, exit }),
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
            | State::Filed { sent, .. }
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

    /// The court has received. Its first receipt stays; the same again, also after its decision, changes nothing.
    pub fn acknowledge(self, answer: Answer, now: DateTime<Utc>) -> Moved {
        let state = self.state.code();
        let sent = self.state.sent().ok_or(Refusal::NotSubmitted { state })?;
        let received = receipt(sent, answer, now)?;
        match self.state.clone() {
            State::Transferred { sent } => {
                Ok(self.moved(State::CourtReview { sent, received }, Event::Received))
            }
            _ => Ok(Outcome::AlreadySo(self)),
        }
    }

    /// The court files under its number, which is canonical and its own.
    pub fn accept(self, answer: Answer, number: String, now: DateTime<Utc>) -> Moved {
        let state = self.state.code();
        let sent = self.state.received().ok_or(Refusal::NotInReview { state })?;
        let accepted = receipt(sent, answer, now)?;
        match self.state.clone() {
            State::CourtReview { sent, received } => {
                Ok(self.moved(State::Filed { sent, received, accepted, number }, Event::Accepted))
            }
            State::Filed { number: given, .. } if given == number => Ok(Outcome::AlreadySo(self)),
            _ => Err(Refusal::AlreadyAnswered { state }.into()),
        }
    }

    /// The court refuses in writing.
    pub fn refuse(self, answer: Answer, reason: String, now: DateTime<Utc>) -> Moved {
        let state = self.state.code();
        let sent = self.state.received().ok_or(Refusal::NotInReview { state })?;
        let refused = receipt(sent, answer, now)?;
        match self.state.clone() {
            State::CourtReview { sent, received } => {
                Ok(self.moved(State::NotFiled { sent, received, refused, reason }, Event::Refused))
            }
            State::NotFiled { reason: given, .. } if given == reason => Ok(Outcome::AlreadySo(self)),
            _ => Err(Refusal::AlreadyAnswered { state }.into()),
        }
    }

    /// Who is responsible: the transfer desk until the court has received, then the court.
    pub fn holder(&self) -> &str {
        match &self.state {
            State::CourtReview { sent, .. } | State::Filed { sent, .. } | State::NotFiled { sent, .. } => {
                sent.package.venue.court.as_str()
            }
            State::TransferReady { .. } | State::Transferred { .. } | State::Withdrawn { .. } => {
                self.first_receiver.as_str()
            }
        }
    }

    fn moved(self, state: State, event: Event) -> Outcome<Self, Event> {
        Outcome::Changed(Self { version: self.version + 1, state, ..self }, vec![event])
    }
}

impl State {
    /// The state's name in rows and in the contract.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TransferReady { .. } => "TRANSFER_READY",
            Self::Transferred { .. } => "TRANSFERRED",
            Self::CourtReview { .. } => "COURT_REVIEW",
            Self::Filed { .. } => "FILED",
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
            | Self::Filed { sent, .. }
            | Self::NotFiled { sent, .. } => Some(sent),
        }
    }

    /// What the court has received, from `COURT_REVIEW` on.
    const fn received(&self) -> Option<&Submission> {
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
            Self::CourtReview { received, .. } => vec![("RECEIVED", received)],
            Self::Filed { received, accepted, .. } => vec![("RECEIVED", received), ("ACCEPTED", accepted)],
            Self::NotFiled { received, refused, .. } => vec![("RECEIVED", received), ("REFUSED", refused)],
            Self::TransferReady { .. } | Self::Transferred { .. } | Self::Withdrawn { .. } => vec![],
        }
    }
}

/// The answer as a receipt, if it is about what was submitted and came after it.
fn receipt(sent: &Submission, answer: Answer, now: DateTime<Utc>) -> Result<Receipt, No> {
    let mut wrong = vec![];
    if !sent.package.is(&answer.package_sha256) {
        wrong.push(Mismatch::Digest);
    }
    if answer.court_time < sent.at - CLOCKS_APART {
        wrong.push(Mismatch::Time);
    }
    if !wrong.is_empty() {
        return Err(No::Unlike(wrong));
    }
    Ok(Receipt {
        package_sha256: sent.package.sha256.clone(),
        court_time: answer.court_time,
        receive_time: now,
        by: answer.by,
    })
}
