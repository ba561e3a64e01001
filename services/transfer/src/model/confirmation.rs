//! A joint application to a court to confirm an agreement.
//!
//! ```text
//! CONFIRM_APPLIED ──valid──▶ CONFIRMED        CONFIRM_APPLIED ──dismissed──▶ CONFIRM_DENIED
//!        └─one party's word before the ruling─▶ WITHDRAWN (the agreement stands)
//! CONFIRM_APPLIED ──the court accepts─▶ CONFIRM_APPLIED (the time for its ruling runs)
//! ```
//!
//! Thirty days from the agreement's effect, all parties together, no excluded matter, a competent court (L1 art. 205).

use almanac::Law;
use chrono::{DateTime, NaiveDate, Utc};
use lexicon::{AgreementId, CaseId, OrgId, Outcome, PartyId};
use rulebook::calendar::civil_date;
use rulebook::courts;
use rulebook::matters::{self, About};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::facts::{Facts, Settled};
use super::filing::CLOCKS_APART;
use super::package::Package;
use super::refusal::{Mismatch, No};
use super::rule::Rule;

/// An application and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// Its id.
    pub id: Uuid,
    /// The case.
    pub case: CaseId,
    /// The case's version at its last change; also the generation of the clock that runs.
    pub version: u64,
    /// What the court gets: the court, the basis, the documents.
    pub package: Package,
    /// Where it stands, and what is known.
    pub content: Content,
}

/// What is sealed of a confirmation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The agreement.
    pub agreement: AgreementId,
    /// When it took effect.
    pub effective: DateTime<Utc>,
    /// When it was applied for.
    pub applied: DateTime<Utc>,
    /// When the court accepted it, by the court's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<DateTime<Utc>>,
    /// Whose studio head is responsible.
    pub holder: OrgId,
    /// Where it stands.
    pub state: State,
    /// The editions of the rule book, as they are in force.
    #[serde(skip)]
    pub law: Law,
}

/// Where an application stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// The court examines.
    Applied,
    /// The court ruled it valid.
    Confirmed {
        /// When that reached us.
        at: DateTime<Utc>,
        /// The court's number.
        number: String,
    },
    /// The court dismissed it.
    Denied {
        /// When that reached us.
        at: DateTime<Utc>,
        /// Why.
        reason: String,
    },
    /// Taken back before the ruling.
    Withdrawn {
        /// When.
        at: DateTime<Utc>,
        /// On whose word; nobody's in one of before.
        #[serde(default)]
        by: Option<PartyId>,
    },
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// It was applied for.
    Applied,
    /// The court has accepted it.
    Accepted,
    /// It was taken back.
    Withdrawn,
    /// It was granted.
    Granted,
    /// It was dismissed.
    Denied,
}

/// A court's ruling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    /// The agreement is valid.
    Valid {
        /// The court's number.
        number: String,
    },
    /// The application is dismissed.
    Dismissed {
        /// Why.
        reason: String,
    },
}

type Moved = Result<Outcome<Confirmation, Event>, No>;

/// The last day of the window (K27), by the calendar in force. Its length is the law's, which no edition sets for everybody; a court
/// that has the case may have a setting of its own.
pub fn window_end(law: &Law, court: Option<&str>, effective: DateTime<Utc>) -> Option<NaiveDate> {
    let court = court.filter(|id| courts::by_id(id).is_some());
    law.expiry_at(court, "K27", law.active().id(), effective).map(|ends| ends.date)
}

/// Whether these parties may apply now: asked before the neighbours are bothered.
pub fn may_apply(facts: &Facts, applicants: &[PartyId], now: DateTime<Utc>) -> Result<Settled, No> {
    let stage = facts.stage.code();
    let settled = facts.settled.clone().ok_or_else(|| No::from(Rule::NoAgreement.against(stage)))?;
    if facts.documented {
        return Err(Rule::CourtDocumentStands.against("COURT_DOC").into());
    }
    let about = About { cause: Some(facts.cause.as_str()).filter(|cause| !cause.is_empty()), category: None };
    matters::may_confirm(about, &facts.track, civil_date(settled.effective))?;
    if !applicants.iter().all(|party| facts.knows(*party)) {
        return Err(Rule::UnknownParty.against(stage).into());
    }
    if !facts.required().all(|party| applicants.contains(&party)) {
        return Err(Rule::NotJoint.against(stage).into());
    }
    let open = window_end(&facts.law, facts.suit.as_ref().map(|suit| suit.court.as_str()), settled.effective)
        .is_some_and(|last| civil_date(now) <= last);
    if open { Ok(settled) } else { Err(Rule::WindowClosed.against(stage).into()) }
}

impl Confirmation {
    /// The parties have applied.
    pub fn apply(
        id: Uuid,
        case: CaseId,
        settled: &Settled,
        package: Package,
        holder: OrgId,
        law: Law,
        at: DateTime<Utc>,
    ) -> Self {
        let (agreement, effective) = (settled.agreement, settled.effective);
        let state = State::Applied;
        let content = Content { agreement, effective, applied: at, accepted: None, holder, state, law };
        Self { id, case, version: 0, package, content }
    }

    /// The court accepts the application (T29b), and rules within fifteen days from then.
    pub fn accept(self, at: DateTime<Utc>) -> Moved {
        match (&self.content.state, self.content.accepted) {
            (State::Applied, Some(_)) => Ok(Outcome::AlreadySo(self)),
            (State::Applied, None) if at < self.content.applied - CLOCKS_APART => {
                Err(No::Unlike(vec![Mismatch::Time]))
            }
            (State::Applied, None) => {
                let content = Content { accepted: Some(at), ..self.content };
                let accepted = Self { version: self.version + 1, content, ..self };
                Ok(Outcome::Changed(accepted, vec![Event::Accepted]))
            }
            _ => Err(self.decided()),
        }
    }

    /// One party's word before the ruling.
    pub fn withdraw(self, by: PartyId, at: DateTime<Utc>) -> Moved {
        match self.content.state {
            State::Applied => Ok(self.moved(State::Withdrawn { at, by: Some(by) }, Event::Withdrawn)),
            State::Withdrawn { .. } => Ok(Outcome::AlreadySo(self)),
            _ => Err(self.decided()),
        }
    }

    /// The court rules.
    pub fn rule(self, ruling: Ruling, at: DateTime<Utc>) -> Moved {
        match (&self.content.state, ruling) {
            (State::Applied, Ruling::Valid { number }) => {
                Ok(self.moved(State::Confirmed { at, number }, Event::Granted))
            }
            (State::Applied, Ruling::Dismissed { reason }) => {
                Ok(self.moved(State::Denied { at, reason }, Event::Denied))
            }
            (State::Confirmed { number: given, .. }, Ruling::Valid { number }) if *given == number => {
                Ok(Outcome::AlreadySo(self))
            }
            (State::Denied { reason: given, .. }, Ruling::Dismissed { reason }) if *given == reason => {
                Ok(Outcome::AlreadySo(self))
            }
            _ => Err(self.decided()),
        }
    }

    fn decided(&self) -> No {
        Rule::ConfirmationDecided.against(self.content.state.code()).into()
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
            Self::Applied => "CONFIRM_APPLIED",
            Self::Confirmed { .. } => "CONFIRMED",
            Self::Denied { .. } => "CONFIRM_DENIED",
            Self::Withdrawn { .. } => "WITHDRAWN",
        }
    }

    /// When it found its end.
    pub const fn ended(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Applied => None,
            Self::Confirmed { at, .. } | Self::Denied { at, .. } | Self::Withdrawn { at, .. } => Some(*at),
        }
    }
}
