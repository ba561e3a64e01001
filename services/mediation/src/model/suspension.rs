//! A run that is suspended: a suspected sham (T21) stops the sittings until somebody else than its mediator has examined it
//! (T22). The period runs on, and every way out that a party has stays open.

use chrono::{DateTime, Utc};
use lexicon::{AccountId, Outcome};
use serde::{Deserialize, Serialize};

use super::mediation::Answer;
use super::{Event, Mediation, Refusal, Rule, State};

/// The ground of a sham.
pub(super) const SHAM: &str = "F06";

/// Why a run is suspended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// A suspected sham.
    Sham,
}

/// Why and since when it is suspended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// Why.
    pub cause: Cause,
    /// Since when.
    pub since: DateTime<Utc>,
}

impl Mediation {
    /// A suspected sham (T21): the sittings stop, the period runs on.
    pub fn suspend(mut self, at: DateTime<Utc>) -> Answer {
        match self.state {
            State::InMediation { since } => {
                self.state = State::Suspended { since };
                self.course.suspension = Some(Suspension { cause: Cause::Sham, since: at });
                let studio = self.studio.clone();
                Ok(self.changed(vec![Event::Suspended { studio, cause: Cause::Sham }]))
            }
            State::Suspended { .. } => Ok(Outcome::AlreadySo(self)),
            _ => Err(Refusal::not_in_mediation(&self.state)),
        }
    }

    /// The examination found nothing (T22).
    pub fn resume(mut self, by: &AccountId) -> Answer {
        match self.state {
            State::Suspended { .. } if self.mediator.as_ref() == Some(by) => {
                Err(self.against(Rule::ExaminesOwnMediation))
            }
            State::Suspended { since } => {
                self.state = State::InMediation { since };
                self.course.suspension = None;
                let mediator = self.mediator.clone();
                Ok(self.changed(vec![Event::Resumed { mediator }]))
            }
            State::InMediation { .. } => Ok(Outcome::AlreadySo(self)),
            _ => Err(self.against(Rule::NotSuspended)),
        }
    }

    /// The examination found a sham (T22b): the run ends.
    pub fn confirm_sham(self, by: &AccountId, at: DateTime<Utc>) -> Answer {
        match &self.state {
            State::Suspended { .. } if self.mediator.as_ref() == Some(by) => {
                Err(self.against(Rule::ExaminesOwnMediation))
            }
            State::Suspended { .. } => Ok(self.fail(SHAM, at)),
            State::Failed { ground: SHAM, .. } => Ok(Outcome::AlreadySo(self)),
            _ => Err(self.against(Rule::NotSuspended)),
        }
    }
}
