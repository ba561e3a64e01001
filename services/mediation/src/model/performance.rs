//! What becomes of an agreement in effect: performed in parts or whole, in default, urged, put on a new schedule; and a new
//! run after a court has dismissed its confirmation.

use chrono::{DateTime, Utc};
use lexicon::{MediationId, Outcome, PartyId};

use super::course::{Course, Instalment, Payment};
use super::mediation::Answer;
use super::{Event, Mediation, Performance, Refusal, Rule, State, sued};

impl Mediation {
    /// What follows from a schedule as soon as the agreement is in effect (T32).
    pub(super) fn begin_performance(&mut self) -> Option<Event> {
        let State::Agreed { performance, .. } = &mut self.state else { return None };
        if self.course.schedule.is_empty() {
            return None;
        }
        *performance = Performance::Performing;
        let generation = self.course.tick();
        Some(Event::PerformanceBegan { left: self.course.left(), generation })
    }

    /// Something was performed, or all of it (T33, T46b, T49). A day of the schedule that went by was no default, if its part turns
    /// out to have been performed in time.
    pub fn perform(mut self, amount: i64, whole: bool, at: DateTime<Utc>) -> Answer {
        let State::Agreed { agreement, performance, .. } = &mut self.state else {
            return Err(self.against(Rule::NotAgreed));
        };
        if *performance == Performance::Performed {
            return Ok(Outcome::AlreadySo(self));
        }
        self.course.pay(Payment { at, amount });
        let asked = self.course.whole(agreement.terms.amount.get());
        if whole || (asked > 0 && self.course.performed >= asked) {
            *performance = Performance::Performed;
            self.course.tick();
            let generation = self.course.generation;
            let recorded = Event::PerformanceRecorded { amount, left: vec![], breached: false, generation };
            return Ok(self.changed(vec![recorded, Event::AgreementPerformed]));
        }
        // A part does not cure a default, and a default waits for no day any more.
        let missed = self.course.missed.filter(|_| *performance == Performance::Breached);
        let kept = missed.is_some_and(|since| self.course.was_kept(since));
        if kept {
            (self.course.breached, self.course.missed) = (None, None);
        }
        let breached = *performance == Performance::Breached && !kept;
        let mut left = vec![];
        if !breached {
            *performance = Performance::Performing;
            left = self.course.left();
            self.course.tick();
        }
        let generation = self.course.generation;
        let began = kept.then(|| Event::PerformanceBegan { left: left.clone(), generation });
        let recorded = Event::PerformanceRecorded { amount, left, breached, generation };
        Ok(self.changed(std::iter::once(recorded).chain(began).collect()))
    }

    /// A default is reported (T33).
    pub fn breach(self, at: DateTime<Utc>) -> Answer {
        match &self.state {
            State::Agreed { performance: Performance::Due | Performance::Performing, .. } => {
                Ok(self.default_of_schedule(at))
            }
            State::Agreed { performance: Performance::Breached, .. } => Ok(Outcome::AlreadySo(self)),
            _ => Err(self.against(Rule::NotAgreed)),
        }
    }

    /// The day of an instalment is over.
    pub(super) fn miss(self, at: DateTime<Utc>) -> Outcome<Mediation, Event> {
        match self.default_of_schedule(at) {
            Outcome::Changed(mut run, events) => {
                run.course.missed = Some(at);
                Outcome::Changed(run, events)
            }
            so @ Outcome::AlreadySo(_) => so,
        }
    }

    /// In default: the day of an instalment is over, or somebody says so.
    pub(super) fn default_of_schedule(mut self, at: DateTime<Utc>) -> Outcome<Mediation, Event> {
        match &mut self.state {
            State::Agreed { performance, .. }
                if matches!(performance, Performance::Due | Performance::Performing) =>
            {
                *performance = Performance::Breached;
                self.course.breached = Some(at);
                let generation = self.course.tick();
                self.changed(vec![Event::AgreementBreached { at, generation }])
            }
            _ => Outcome::AlreadySo(self),
        }
    }

    /// The debtor is urged (T46c).
    pub fn urge(mut self) -> Answer {
        match &self.state {
            State::Agreed { performance: Performance::Breached, .. } => {
                self.course.urged += 1;
                Ok(self.changed(vec![Event::PerformanceUrged]))
            }
            _ => Err(self.against(Rule::NotBreached)),
        }
    }

    /// A new schedule by everybody's consent (T46).
    pub fn reschedule(mut self, schedule: Vec<Instalment>, agreeing: &[PartyId]) -> Answer {
        // It puts the settlement differently, so who is represented is asked as well.
        let everybody = self.settling().iter().all(|party| agreeing.contains(party));
        match &mut self.state {
            State::Agreed { performance: Performance::Performing, .. }
                if self.course.schedule == schedule =>
            {
                Ok(Outcome::AlreadySo(self))
            }
            State::Agreed { performance: Performance::Breached, .. } if !everybody => {
                Err(self.against(Rule::ScheduleWithoutConsent))
            }
            State::Agreed { performance: performance @ Performance::Breached, .. } => {
                *performance = Performance::Performing;
                // A new schedule is about what is still open.
                self.course.performed = 0;
                self.course.payments.clear();
                self.course.schedule = schedule;
                (self.course.breached, self.course.missed) = (None, None);
                let generation = self.course.tick();
                let left = self.course.left();
                Ok(self.changed(vec![Event::PerformanceBegan { left, generation }]))
            }
            _ => Err(self.against(Rule::NotBreached)),
        }
    }

    /// A court has dismissed the confirmation: the first consent opens a new run (T47), at the same table, with a file of
    /// its own and clocks of its own.
    pub(super) fn renew(self, id: MediationId, who: PartyId, at: DateTime<Utc>) -> Answer {
        if self.mediator.is_none() {
            return Err(Refusal::NotConsentPending { state: self.state.name() });
        }
        let generation = self.course.generation + 1;
        let mut run = Mediation {
            id,
            ordinal: self.ordinal + 1,
            opened: at,
            state: State::ConsentPending,
            course: Course { generation, ..Course::default() },
            ..self
        };
        for party in &mut run.parties {
            party.consented = None;
        }
        let opened = run.asked();
        match run.consent(who, at, id)? {
            Outcome::Changed(run, events) => {
                let events = opened.into_iter().chain(events).collect();
                let (run, events) = sued::opened(run, events, at);
                Ok(Outcome::Changed(run, events))
            }
            so @ Outcome::AlreadySo(_) => Ok(so),
        }
    }
}
