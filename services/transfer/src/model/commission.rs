//! A court sends a registered suit to a studio, with the parties' consent (P1 items 2-3; L4 art. 20); or, with its letter and
//! the applicant's consent, a matter that it has not registered (L4 art. 11, until 2024).
//!
//! ```text
//! RECEIVED ──sign──▶ SIGNED ──filed here──▶ SIGNED (with a case) ──report──▶ REPORTED ──court's document──▶ COURT_DOC
//!    └─decline─▶ COMMISSION_DECLINED      RECEIVED, SIGNED ──recall──▶ RECALLED
//! ```
//!
//! Its thread is the commission itself until it has become a case, then that case: the news of each is told on its own.

use chrono::{DateTime, NaiveDate, Utc};
use lexicon::{CaseId, CourtId, OrgId, Outcome};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::filing::CourtOutcome;
use super::refusal::No;
use super::rule::Rule;

/// A commission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commission {
    /// Its id.
    pub id: Uuid,
    /// The thread its news is told on: itself, until it is a case.
    pub thread: CaseId,
    /// The thread's version at its last change; also the generation of the clock that runs.
    pub version: u64,
    /// The court.
    pub court: CourtId,
    /// The studio.
    pub studio: OrgId,
    /// What else is known.
    pub content: Content,
}

/// What is sealed of a commission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The court's case number.
    pub number: String,
    /// The case of ours from which the court commissions.
    pub origin: Option<CaseId>,
    /// Whose window takes it in.
    pub reception: OrgId,
    /// Summary procedure.
    pub summary: bool,
    /// The letter of a referral before filing (WP); none where the suit is registered (WT).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<Letter>,
    /// When it came.
    pub received: DateTime<Utc>,
    /// When the studio signed for the material.
    pub signed: Option<DateTime<Utc>>,
    /// The window has refused to take it in, for good: nobody will mediate it.
    #[serde(default)]
    pub refused: bool,
    /// Since when the mediation is suspended for a suspected sham.
    #[serde(default)]
    pub suspected: Option<DateTime<Utc>>,
    /// What the court found when it examined the last suspicion.
    #[serde(default)]
    pub examined: Option<Examined>,
    /// Where it stands.
    pub state: State,
}

/// A court's letter of referral (委派调解函).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Its number.
    pub number: String,
    /// Its day.
    pub on: NaiveDate,
    /// What goes with it: the studio signs for this list.
    pub materials: Vec<String>,
    /// Whom to ask at the court; may be empty.
    pub contact: String,
}

/// The result of a court's examination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Examined {
    /// Whether it was a sham.
    pub sham: bool,
    /// In words.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Where a commission stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// The studio decides.
    Received,
    /// The studio has signed; the mediation is under way, or about to be.
    Signed,
    /// The studio does not take it.
    Declined {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        reason: String,
    },
    /// Reported to the court.
    Reported(Report),
    /// The court took it back.
    Recalled {
        /// When.
        at: DateTime<Utc>,
    },
    /// The court's document stands.
    CourtDoc {
        /// What was reported.
        report: Report,
        /// What the court did.
        document: CourtOutcome,
        /// When it reached us.
        at: DateTime<Utc>,
    },
}

/// What the court is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The parties agreed.
    pub agreed: bool,
    /// Only on a part.
    pub partial: bool,
    /// The ground of a failure.
    pub ground: String,
    /// A party demanded that the court go on.
    pub demanded: bool,
    /// When.
    pub at: DateTime<Utc>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// It came.
    Received,
    /// The studio signed.
    Signed,
    /// The studio declined.
    Declined,
    /// The case it became learns of it.
    Linked,
    /// It was reported.
    Reported,
    /// The court has examined a suspected sham.
    Examined,
    /// The court took it back.
    Recalled,
    /// The court's document.
    Document,
}

type Moved = Result<Outcome<Commission, Event>, No>;

impl Commission {
    /// Whether it is a case here.
    pub fn case(&self) -> Option<CaseId> {
        (self.thread.as_uuid() != self.id).then_some(self.thread)
    }

    /// The studio's head signs for the material.
    pub fn sign(mut self, at: DateTime<Utc>) -> Moved {
        match self.content.state {
            State::Received => {
                self.content.signed = Some(at);
                Ok(self.moved(State::Signed, Event::Signed))
            }
            State::Signed | State::Reported(_) | State::CourtDoc { .. } => Ok(Outcome::AlreadySo(self)),
            State::Declined { .. } | State::Recalled { .. } => Err(self.ended()),
        }
    }

    /// The studio does not take it.
    pub fn decline(self, reason: &str, at: DateTime<Utc>) -> Moved {
        match self.content.state {
            State::Received => {
                Ok(self.moved(State::Declined { at, reason: reason.to_owned() }, Event::Declined))
            }
            State::Declined { .. } => Ok(Outcome::AlreadySo(self)),
            // Signed for, and then not taken in: no mediation will ever be reported.
            State::Signed if self.content.refused && self.case().is_none() => {
                Ok(self.moved(State::Declined { at, reason: reason.to_owned() }, Event::Declined))
            }
            State::Signed => Err(Rule::CommissionSigned.against("SIGNED").into()),
            _ => Err(self.ended()),
        }
    }

    /// The court is told how the mediation ended.
    pub fn report(self, report: Report) -> Moved {
        match self.content.state {
            State::Signed => Ok(self.moved(State::Reported(report), Event::Reported)),
            State::Reported(_) | State::CourtDoc { .. } => Ok(Outcome::AlreadySo(self)),
            State::Received => Err(Rule::CommissionNotSigned.against("RECEIVED").into()),
            _ => Err(self.ended()),
        }
    }

    /// The window does not take it in: what it was signed for will not be mediated. Nothing is said.
    pub fn refused(mut self) -> Moved {
        if self.content.refused || self.content.state != State::Signed || self.case().is_some() {
            return Ok(Outcome::AlreadySo(self));
        }
        self.content.refused = true;
        Ok(Outcome::Changed(self, vec![]))
    }

    /// The mediation is suspended for a suspected sham, or goes on: the court sees it in the commission; nothing is said.
    pub fn suspect(mut self, since: Option<DateTime<Utc>>) -> Moved {
        // Told again while the court looks at it, it is the suspicion that the court has seen.
        let looked_at = self.content.suspected.is_some() && self.content.examined.is_none();
        let known = self.content.suspected == since || (looked_at && since.is_some());
        if known || self.content.state != State::Signed {
            return Ok(Outcome::AlreadySo(self));
        }
        if since.is_some() {
            self.content.examined = None;
        }
        self.content.suspected = since;
        Ok(Outcome::Changed(self, vec![]))
    }

    /// The court has examined the suspicion (L4 art. 18). What it found moves the mediation; a sham is then reported from there.
    pub fn examine(mut self, found: Examined) -> Moved {
        match &self.content.state {
            _ if self.content.examined.as_ref().is_some_and(|known| known.sham == found.sham) => {
                Ok(Outcome::AlreadySo(self))
            }
            State::Signed if self.content.suspected.is_some() && self.content.examined.is_none() => {
                // Nothing is suspected any more; a sham stays in sight until it is reported.
                self.content.suspected = self.content.suspected.filter(|_| found.sham);
                self.content.examined = Some(found);
                Ok(self.moved(State::Signed, Event::Examined))
            }
            State::Signed => Err(Rule::NoSuspicion.against("SIGNED").into()),
            State::Received => Err(Rule::CommissionNotSigned.against("RECEIVED").into()),
            _ => Err(self.ended()),
        }
    }

    /// The court takes it back.
    pub fn recall(self, at: DateTime<Utc>) -> Moved {
        match self.content.state {
            State::Received | State::Signed => Ok(self.moved(State::Recalled { at }, Event::Recalled)),
            State::Recalled { .. } => Ok(Outcome::AlreadySo(self)),
            _ => Err(self.ended()),
        }
    }

    /// The court's document on what was agreed.
    pub fn document(self, document: CourtOutcome, at: DateTime<Utc>) -> Moved {
        match &self.content.state {
            State::Reported(report) if report.agreed => {
                let report = report.clone();
                Ok(self.moved(State::CourtDoc { report, document, at }, Event::Document))
            }
            State::CourtDoc { document: given, .. } if *given == document => Ok(Outcome::AlreadySo(self)),
            State::CourtDoc { .. } | State::Declined { .. } | State::Recalled { .. } => Err(self.ended()),
            other => Err(Rule::CommissionNotAgreed.against(other.code()).into()),
        }
    }

    /// The track that what it brings about is on.
    pub const fn track(&self) -> &'static str {
        if self.content.referral.is_some() { "WP" } else { "WT" }
    }

    fn ended(&self) -> No {
        Rule::CommissionEnded.against(self.content.state.code()).into()
    }

    fn moved(self, state: State, event: Event) -> Outcome<Self, Event> {
        let content = Content { state, ..self.content };
        Outcome::Changed(Self { version: self.version + 1, content, ..self }, vec![event])
    }
}

impl State {
    /// The state's name in rows and in the contract.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Received => "RECEIVED",
            Self::Signed => "SIGNED",
            Self::Declined { .. } => "COMMISSION_DECLINED",
            Self::Reported(_) => "REPORTED",
            Self::Recalled { .. } => "RECALLED",
            Self::CourtDoc { .. } => "COURT_DOC",
        }
    }

    /// What was reported.
    pub const fn report(&self) -> Option<&Report> {
        match self {
            Self::Reported(report) | Self::CourtDoc { report, .. } => Some(report),
            _ => None,
        }
    }

    /// When it found its end.
    pub const fn ended(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Received | Self::Signed => None,
            Self::Declined { at, .. } | Self::Recalled { at } | Self::CourtDoc { at, .. } => Some(*at),
            Self::Reported(report) => Some(report.at),
        }
    }
}
