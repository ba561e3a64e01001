//! A hand-over to the body that the law names before a court, or that the parties agreed on.
//!
//! ```text
//! OFFERED ──hand──▶ HANDED ──acknowledged──▶ ACKNOWLEDGED ──done──▶ DONE
//!    │                ├──declined──▶ HANDOFF_DECLINED
//!    │                └──the clock─▶ SILENT ──a late answer──▶ ACKNOWLEDGED, HANDOFF_DECLINED
//!    └─withdrawn─▶ WITHDRAWN
//! ```
//!
//! Labour arbitration decides within five days (K14); if it declines or is silent, the party may sue (L15 art. 29).

use almanac::Law;
use chrono::{DateTime, Utc};
use lexicon::{CaseId, OrgId, Outcome};
use rulebook::tracks::Exit;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::exit;
use super::filing::CLOCKS_APART;
use super::refusal::{Mismatch, No};
use super::rule::Rule;

/// A hand-over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handoff {
    /// Its id.
    pub id: Uuid,
    /// The case.
    pub case: CaseId,
    /// The case's version at its last change; also the generation of the clock that runs.
    pub version: u64,
    /// Whose transfer desk makes it.
    pub first_receiver: OrgId,
    /// The way out that the law names.
    pub exit: Exit,
    /// Where it stands, and what is known.
    pub content: Content,
}

/// What is sealed of a hand-over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Which body; nobody yet.
    pub receiver: Option<String>,
    /// The evidence of the hand-over, in words.
    pub evidence: Option<String>,
    /// Where it stands.
    pub state: State,
    /// When it was opened; nothing in one of before.
    #[serde(default)]
    pub opened: Option<DateTime<Utc>>,
    /// The edition in force when it was handed over, whose terms the receiver's clock keeps; empty from before.
    #[serde(default)]
    pub edition: String,
    /// The editions of the rule book, as they are in force.
    #[serde(skip)]
    pub law: Law,
}

/// Where a hand-over stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// To be made.
    Offered,
    /// The receiver decides.
    Handed {
        /// When it was handed over.
        at: DateTime<Utc>,
    },
    /// The receiver has it.
    Acknowledged {
        /// When it was handed over.
        handed: DateTime<Utc>,
        /// When it took it.
        at: DateTime<Utc>,
        /// In its words.
        words: String,
    },
    /// The receiver does not take it.
    Declined {
        /// When it was handed over.
        handed: DateTime<Utc>,
        /// When it declined.
        at: DateTime<Utc>,
        /// Why.
        words: String,
    },
    /// The receiver's time ran out.
    Silent {
        /// When it was handed over.
        handed: DateTime<Utc>,
        /// When its time ran out.
        at: DateTime<Utc>,
    },
    /// The receiver has finished.
    Done {
        /// When it was handed over.
        handed: DateTime<Utc>,
        /// When it had finished.
        at: DateTime<Utc>,
        /// With what result.
        words: String,
    },
    /// The case was taken back.
    Withdrawn,
}

/// What a receiver says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// It takes it.
    Acknowledged,
    /// It does not.
    Declined,
    /// It has finished.
    Done,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// It is to be made.
    Opened,
    /// The receiver is named.
    Prepared,
    /// It was handed over.
    Handed,
    /// The receiver takes it.
    Acknowledged,
    /// The receiver does not.
    Declined,
    /// The receiver was silent.
    Silent,
    /// The receiver has finished.
    Done,
    /// The case was taken back.
    Withdrawn,
}

type Moved = Result<Outcome<Handoff, Event>, No>;

impl Handoff {
    /// One that is to be made.
    pub fn open(id: Uuid, case: CaseId, first_receiver: OrgId, exit: Exit, version: u64, law: Law) -> Self {
        let (state, edition) = (State::Offered, String::new());
        let content = Content { receiver: None, evidence: None, state, opened: None, edition, law };
        Self { id, case, version, first_receiver, exit, content }
    }

    /// Opened at this instant: nothing was handed over before.
    #[must_use]
    pub fn since(mut self, at: DateTime<Utc>) -> Self {
        self.content.opened = Some(at);
        self
    }

    /// The clock that a receiver has: labour arbitration's five days, one working day for any other.
    pub const fn clock(&self) -> &'static str {
        match self.exit {
            Exit::LabourArbitration => "K14",
            _ => "S07",
        }
    }

    /// By when the receiver should answer, by the calendar in force.
    pub fn answer_due(&self) -> Option<DateTime<Utc>> {
        let Content { state, edition, law, .. } = &self.content;
        match state {
            State::Handed { at } => law.expiry(self.clock(), edition, *at).map(|ends| ends.at),
            _ => None,
        }
    }

    /// To whom it goes, as long as nobody has it.
    pub fn address(mut self, receiver: &str) -> Moved {
        match self.content.state {
            State::Offered if self.content.receiver.as_deref() == Some(receiver) => {
                Ok(Outcome::AlreadySo(self))
            }
            State::Offered => {
                self.content.receiver = Some(receiver.to_owned());
                let state = State::Offered;
                Ok(self.moved(state, Event::Prepared))
            }
            _ => Err(Rule::HandoffUnderWay.against(self.content.state.code()).into()),
        }
    }

    /// It was handed over.
    pub fn hand(mut self, at: DateTime<Utc>, evidence: &str) -> Moved {
        let state = self.content.state.code();
        match self.content.state {
            State::Offered if self.content.receiver.is_none() => Err(Rule::NoReceiver.against(state).into()),
            // The receiver's days count from then: they cannot have begun before there was anything to hand over.
            State::Offered if self.content.opened.is_some_and(|opened| at < opened - CLOCKS_APART) => {
                Err(No::Unlike(vec![Mismatch::Handed]))
            }
            State::Offered => {
                self.content.evidence = Some(evidence.to_owned());
                self.content.law.active().id().clone_into(&mut self.content.edition);
                Ok(self.moved(State::Handed { at }, Event::Handed))
            }
            State::Handed { at: before } if before == at => Ok(Outcome::AlreadySo(self)),
            _ => Err(Rule::HandoffAnswered.against(state).into()),
        }
    }

    /// The receiver answers; an answer that comes after its time is an answer.
    pub fn answer(self, said: Said, at: DateTime<Utc>, words: &str) -> Moved {
        let state = self.content.state.code();
        let words = words.to_owned();
        let answered = || Rule::HandoffAnswered.against(state).into();
        match (said, &self.content.state) {
            (_, State::Offered | State::Withdrawn) => Err(Rule::NotHanded.against(state).into()),
            (Said::Done, State::Handed { .. } | State::Silent { .. }) => {
                Err(Rule::NotHanded.against(state).into())
            }
            (Said::Acknowledged, State::Handed { at: handed } | State::Silent { handed, .. }) => {
                let handed = *handed;
                Ok(self.moved(State::Acknowledged { handed, at, words }, Event::Acknowledged))
            }
            (Said::Declined, State::Handed { at: handed } | State::Silent { handed, .. }) => {
                let handed = *handed;
                Ok(self.moved(State::Declined { handed, at, words }, Event::Declined))
            }
            (Said::Done, State::Acknowledged { handed, .. }) => {
                let handed = *handed;
                Ok(self.moved(State::Done { handed, at, words }, Event::Done))
            }
            (Said::Acknowledged, State::Acknowledged { .. })
            | (Said::Declined, State::Declined { .. })
            | (Said::Done, State::Done { .. }) => Ok(Outcome::AlreadySo(self)),
            _ => Err(answered()),
        }
    }

    /// The receiver's clock of this generation has run out (T56): an older one is already so.
    pub fn silent(self, clock: &str, generation: u64, at: DateTime<Utc>) -> Moved {
        match self.content.state {
            State::Handed { at: handed } if clock == self.clock() && generation == self.version => {
                Ok(self.moved(State::Silent { handed, at }, Event::Silent))
            }
            _ => Ok(Outcome::AlreadySo(self)),
        }
    }

    /// The claimant takes the case back. What the receiver has is withdrawn there.
    pub fn withdraw(self) -> Moved {
        match self.content.state {
            State::Offered | State::Silent { .. } | State::Declined { .. } => {
                Ok(self.moved(State::Withdrawn, Event::Withdrawn))
            }
            State::Withdrawn => Ok(Outcome::AlreadySo(self)),
            _ => Err(Rule::HandoffUnderWay.against(self.content.state.code()).into()),
        }
    }

    /// Whether the receiver's answer, or its silence, opens the court (T57).
    pub const fn opens_the_court(&self) -> bool {
        matches!(
            self.content.state,
            State::Silent { .. } | State::Declined { .. } | State::Acknowledged { .. } | State::Done { .. }
        )
    }

    /// Whether somebody is waited for before it can go elsewhere.
    pub const fn is_under_way(&self) -> bool {
        matches!(self.content.state, State::Offered | State::Handed { .. } | State::Acknowledged { .. })
    }

    /// Who is responsible: the receiver while it decides or works, else the transfer desk.
    pub fn holder(&self) -> &str {
        match &self.content.state {
            State::Handed { .. } | State::Acknowledged { .. } => exit::words(self.exit).0,
            _ => self.first_receiver.as_str(),
        }
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
            Self::Offered => "OFFERED",
            Self::Handed { .. } => "HANDED",
            Self::Acknowledged { .. } => "ACKNOWLEDGED",
            Self::Declined { .. } => "HANDOFF_DECLINED",
            Self::Silent { .. } => "SILENT",
            Self::Done { .. } => "DONE",
            Self::Withdrawn => "WITHDRAWN",
        }
    }

    /// When it was handed over.
    pub const fn handed(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Offered | Self::Withdrawn => None,
            Self::Handed { at: handed }
            | Self::Acknowledged { handed, .. }
            | Self::Declined { handed, .. }
            | Self::Silent { handed, .. }
            | Self::Done { handed, .. } => Some(*handed),
        }
    }

    /// When the receiver answered or was silent, and in which words.
    pub fn answered(&self) -> Option<(DateTime<Utc>, &str)> {
        match self {
            Self::Offered | Self::Handed { .. } | Self::Withdrawn => None,
            Self::Acknowledged { at, words, .. }
            | Self::Declined { at, words, .. }
            | Self::Done { at, words, .. } => Some((*at, words)),
            Self::Silent { at, .. } => Some((*at, "")),
        }
    }
}
