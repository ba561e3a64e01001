//! A run that is suspended: a suspected sham (T21) stops the sittings until somebody else than its mediator has examined it
//! (T22: the studio's head, or the court that commissioned the run), danger until it is answered (T44). Either may join the
//! other, and it goes on when both are done with. The period runs on, and every way out that a party has stays open; its
//! mediator has none.

use chrono::{DateTime, Utc};
use lexicon::{AccountId, Outcome};
use serde::{Deserialize, Deserializer, Serialize};

use super::mediation::Answer;
use super::{CaseDesk, Event, Mediation, Refusal, Rule, State};

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
}

/// How causes are kept: one alone, once.
pub(super) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Suspension>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Kept {
        All(Vec<Suspension>),
        One(Option<Suspension>),
    }
    Ok(match Kept::deserialize(from)? {
        Kept::All(all) => all,
        Kept::One(one) => one.into_iter().collect(),
    })
}

impl CaseDesk {
    /// The court that commissioned the run has examined a suspected sham. Where it goes on, its holder's lease begins anew.
    pub fn examined(mut self, sham: bool, at: DateTime<Utc>) -> Outcome<Self, Event> {
        match self.run.take().map(|run| run.examined(sham, at)) {
            Some(Outcome::Changed(run, events)) => {
                let mut desk = self.with(run);
                desk.work(at);
                Outcome::Changed(desk, events)
            }
            Some(Outcome::AlreadySo(run)) => Outcome::AlreadySo(self.with(run)),
            None => Outcome::AlreadySo(self),
        }
    }

    /// Danger: a run at the table stops, and none comes to it until somebody has answered.
    pub fn endangered(mut self, at: DateTime<Utc>) -> Outcome<Self, Event> {
        let new = self.know(|begun| {
            begun.danger.get_or_insert(at);
        });
        match self.run.take().map(|run| run.endanger(at)) {
            Some(Outcome::Changed(run, events)) => Outcome::Changed(self.with(run), events),
            Some(Outcome::AlreadySo(run)) => {
                self.run = Some(run);
                if new { Outcome::Changed(self, vec![]) } else { Outcome::AlreadySo(self) }
            }
            None if new => Outcome::Changed(self, vec![]),
            None => Outcome::AlreadySo(self),
        }
    }

    /// Somebody answered the emergency. It raises no version; the count of amendments keeps a write judged before it away.
    pub fn answered(self) -> Outcome<Self, Event> {
        self.begins(|begun| begun.danger = None)
    }
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
        let (State::InMediation { since } | State::Suspended { since }) = self.state else {
            return Outcome::AlreadySo(self);
        };
        if self.is_suspended_for(cause) {
            return Outcome::AlreadySo(self);
        }
        self.state = State::Suspended { since };
        let event = self.add(cause, at);
        self.changed(vec![event])
    }

    fn add(&mut self, cause: Cause, since: DateTime<Utc>) -> Event {
        self.course.suspensions.push(Suspension { cause, since });
        self.told(cause)
    }

    fn told(&self, cause: Cause) -> Event {
        let court = self.examining_court().map(str::to_owned);
        Event::Suspended { studio: self.studio.clone(), cause, court }
    }

    /// The court that examines the suspicion: the one that commissioned the run. Danger is no court's to answer.
    pub(super) fn examining_court(&self) -> Option<&str> {
        self.begun.court.as_deref().filter(|_| self.is_suspended_for(Cause::Sham))
    }

    /// Who examines, by every cause; nobody where it is not suspended.
    pub(super) fn examiners(&self) -> impl Iterator<Item = Event> {
        let suspended = matches!(self.state, State::Suspended { .. });
        self.course.suspensions.iter().filter(move |_| suspended).map(|known| self.told(known.cause))
    }

    /// The way to the table; danger that nobody has answered stands in it.
    pub(super) fn come_to_the_table(&mut self, since: DateTime<Utc>) -> Option<Event> {
        let Some(danger) = self.begun.danger else {
            self.state = State::InMediation { since };
            return None;
        };
        self.state = State::Suspended { since };
        Some(self.add(Cause::Emergency, danger))
    }

    fn is_suspended_for(&self, cause: Cause) -> bool {
        let suspended = matches!(self.state, State::Suspended { .. });
        // One of before causes were kept was a suspicion.
        let unsaid = self.course.suspensions.is_empty() && cause == Cause::Sham;
        suspended && (unsaid || self.course.suspensions.iter().any(|known| known.cause == cause))
    }

    /// What its mediator is told who would end it.
    pub(super) fn under_examination(&self) -> Refusal {
        if self.is_suspended_for(Cause::Sham) {
            self.against(Rule::ShamNotExamined)
        } else {
            Refusal::not_in_mediation(&self.state)
        }
    }

    /// The court that commissioned the run has examined the suspicion (T22c, T22d). What waits for no court is left as it is,
    /// and danger that joined the suspicion is still the studio's head's to lift.
    pub(super) fn examined(mut self, sham: bool, at: DateTime<Utc>) -> Outcome<Mediation, Event> {
        // The period may be over before the court has answered; what it found is the ground all the same.
        if let State::Failed { ground, .. } = &mut self.state
            && self.course.unexamined.is_some()
            && sham
        {
            (*ground, self.course.unexamined) = (SHAM, None);
            let generation = self.course.tick();
            return self.changed(vec![Event::Concluded { ground: SHAM, generation }]);
        }
        let State::Suspended { since } = self.state else { return Outcome::AlreadySo(self) };
        if !self.is_suspended_for(Cause::Sham) {
            return Outcome::AlreadySo(self);
        }
        if sham {
            return self.fail(SHAM, at);
        }
        self.course.suspensions.retain(|known| known.cause != Cause::Sham);
        if let Some(left) = self.course.suspensions.first() {
            let event = self.told(left.cause);
            return self.changed(vec![event]);
        }
        self.state = State::InMediation { since };
        let mediator = self.mediator.clone();
        self.changed(vec![Event::Resumed { mediator }])
    }

    /// The examination found nothing (T22), and danger is answered.
    pub fn resume(mut self, by: &AccountId) -> Answer {
        match self.state {
            State::Suspended { .. } if self.examining_court().is_some() => {
                Err(self.against(Rule::ExaminedByCourt))
            }
            State::Suspended { .. } if self.mediator.as_ref() == Some(by) => {
                Err(self.against(Rule::ExaminesOwnMediation))
            }
            State::Suspended { .. } if self.begun.danger.is_some() => {
                Err(self.against(Rule::EmergencyUnanswered))
            }
            State::Suspended { since } => {
                self.state = State::InMediation { since };
                self.course.suspensions.clear();
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
