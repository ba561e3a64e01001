//! A run that is suspended: a suspected sham (T21) stops the sittings until somebody else than its mediator has examined it
//! (T22: the studio's head, or the court that commissioned the run), danger until it is answered (T44). The period runs on, and every way out that a party has stays open.

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
    /// Danger.
    Emergency,
}

/// Why and since when it is suspended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// Why.
    pub cause: Cause,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Somebody has answered the emergency.
    #[serde(default)]
    pub answered: bool,
}

impl Mediation {
    /// A suspected sham (T21): the sittings stop, the period runs on.
    pub fn suspend(self, at: DateTime<Utc>) -> Answer {
        match self.state {
            State::InMediation { .. } | State::Suspended { .. } => Ok(self.stop(Cause::Sham, at)),
            _ => Err(Refusal::not_in_mediation(&self.state)),
        }
    }

    /// Danger: the sittings stop until somebody has answered, and the studio's head lets them go on.
    pub(super) fn endanger(self, at: DateTime<Utc>) -> Outcome<Mediation, Event> {
        self.stop(Cause::Emergency, at)
    }

    fn stop(mut self, cause: Cause, at: DateTime<Utc>) -> Outcome<Mediation, Event> {
        let State::InMediation { since } = self.state else { return Outcome::AlreadySo(self) };
        self.state = State::Suspended { since };
        self.course.suspension = Some(Suspension { cause, since: at, answered: false });
        let (studio, court) = (self.studio.clone(), self.examining_court().map(str::to_owned));
        self.changed(vec![Event::Suspended { studio, cause, court }])
    }

    /// The court that examines the suspicion: the one that commissioned the run. Danger is no court's to answer.
    fn examining_court(&self) -> Option<&str> {
        self.begun.court.as_deref().filter(|_| self.is_suspended_for(Cause::Sham))
    }

    fn is_suspended_for(&self, cause: Cause) -> bool {
        let known = self.course.suspension.map_or(Cause::Sham, |suspension| suspension.cause);
        matches!(self.state, State::Suspended { .. }) && known == cause
    }

    fn waits_for_an_answer(&self) -> bool {
        self.course.suspension.is_some_and(|known| known.cause == Cause::Emergency && !known.answered)
    }

    /// The court that commissioned the run has examined the suspicion (T22c, T22d). What waits for no court is left as it is.
    pub(super) fn examined(mut self, sham: bool, at: DateTime<Utc>) -> Outcome<Mediation, Event> {
        let State::Suspended { since } = self.state else { return Outcome::AlreadySo(self) };
        if !self.is_suspended_for(Cause::Sham) {
            return Outcome::AlreadySo(self);
        }
        if sham {
            return self.fail(SHAM, at);
        }
        self.state = State::InMediation { since };
        self.course.suspension = None;
        let mediator = self.mediator.clone();
        self.changed(vec![Event::Resumed { mediator }])
    }

    /// The examination found nothing (T22).
    pub fn resume(mut self, by: &AccountId) -> Answer {
        match self.state {
            State::Suspended { .. } if self.examining_court().is_some() => {
                Err(self.against(Rule::ExaminedByCourt))
            }
            State::Suspended { .. } if self.mediator.as_ref() == Some(by) => {
                Err(self.against(Rule::ExaminesOwnMediation))
            }
            State::Suspended { .. } if self.waits_for_an_answer() => {
                Err(self.against(Rule::EmergencyUnanswered))
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
            State::Suspended { .. } if self.examining_court().is_some() => {
                Err(self.against(Rule::ExaminedByCourt))
            }
            State::Suspended { .. } if self.mediator.as_ref() == Some(by) => {
                Err(self.against(Rule::ExaminesOwnMediation))
            }
            State::Suspended { .. } if !self.is_suspended_for(Cause::Sham) => {
                Err(self.against(Rule::ShamNotExamined))
            }
            State::Suspended { .. } => Ok(self.fail(SHAM, at)),
            State::Failed { ground: SHAM, .. } => Ok(Outcome::AlreadySo(self)),
            _ => Err(self.against(Rule::NotSuspended)),
        }
    }
}
