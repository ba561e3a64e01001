//! A sitting: what is done before the parties sit down, and what is known of it beside what was said.

use chrono::{DateTime, Utc};
use lexicon::{PartyId, SessionId};
use serde::{Deserialize, Serialize};

use super::mediation::{Answer, CLOCK_DIFFERENCE};
use super::table::BEFORE_FILING;
use super::{Event, Mediation, Refusal, Rule, State};

/// How a sitting was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SessionMode {
    /// All in one room.
    Onsite,
    /// By video.
    Online,
    /// By telephone.
    Phone,
    /// Some in the room, some not.
    Hybrid,
    /// One after another.
    Async,
}

/// A sitting, without what was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// When it began.
    pub start: DateTime<Utc>,
    /// How it was held.
    pub mode: SessionMode,
    /// Who of the parties was there.
    pub present: Vec<PartyId>,
    /// What was done before it.
    pub told: Told,
}

/// What is done before the parties sit down (L4 art. 14, 17; L5 art. 17).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    /// They were told of their rights, the rules and the effect of an agreement.
    pub rights: bool,
    /// Identities were checked.
    pub identities: bool,
    /// Everybody was warned of sham mediation.
    pub sham: bool,
    /// Who has confirmed a service address.
    pub addresses: Vec<PartyId>,
}

impl Told {
    fn is_whole(&self) -> bool {
        self.rights && self.identities && self.sham
    }
}

impl Mediation {
    /// A sitting was held.
    pub fn sit(mut self, session: &Session) -> Answer {
        match &self.state {
            State::ConsentPending => Err(Refusal::SessionBeforeConsent { state: self.state.name() }),
            State::InMediation { since } if session.start + CLOCK_DIFFERENCE < *since => {
                Err(Refusal::SessionBeforeConsent { state: self.state.name() })
            }
            State::InMediation { .. } if !self.course.told && !session.told.is_whole() => {
                Err(self.against(Rule::PartiesNotTold))
            }
            State::InMediation { .. } if self.lacks_an_address(session) => {
                Err(self.against(Rule::AddressNotConfirmed))
            }
            State::InMediation { .. } => {
                self.course.told = true;
                self.course.addresses.extend(&session.told.addresses);
                let session = session.id;
                Ok(self.changed(vec![Event::SessionRecorded { session }]))
            }
            other => Err(Refusal::not_in_mediation(other)),
        }
    }

    /// Before filing, whoever sits down has confirmed where a court's papers reach them (7.9).
    fn lacks_an_address(&self, session: &Session) -> bool {
        let known =
            |who: &PartyId| session.told.addresses.contains(who) || self.course.addresses.contains(who);
        self.track == BEFORE_FILING && !session.present.iter().all(known)
    }
}
