//! A court has a suit about the same matter in another case (T43; L11 art. 94; L12 art. 96; L14 art. 31, 40): traffic and medical
//! mediation end by it. Which track ends so has been judged by whoever found the suit.

use chrono::{DateTime, Utc};
use lexicon::Outcome;

use super::{CaseDesk, Event, Mediation};

/// The ground.
const ELSEWHERE: &str = "F12";

impl CaseDesk {
    /// An open run fails (F12); one that opens later ends at once. A case that nobody mediates yet ends without a run: who waits for a
    /// mediator hears that none will come.
    pub fn sued(mut self, at: DateTime<Utc>) -> Outcome<Self, Event> {
        let new = self.know(|begun| {
            begun.sued.get_or_insert(at);
        });
        match self.run.take_if(|run| run.state.is_open()).map(|run| run.fail(ELSEWHERE, at)) {
            Some(Outcome::Changed(run, events)) => Outcome::Changed(self.with(run), events),
            Some(Outcome::AlreadySo(run)) => Outcome::AlreadySo(self.with(run)),
            None if new => self.nobody_mediates(),
            None => Outcome::AlreadySo(self),
        }
    }

    /// Said once: when the suit becomes known, or when the case is accepted after that.
    pub(super) fn nobody_mediates(self) -> Outcome<Self, Event> {
        let waits = self.run.is_none() && self.taken.is_none() && self.begun.accepted.is_some();
        if !waits || self.begun.sued.is_none() {
            return Outcome::Changed(self, vec![]);
        }
        self.said(vec![Event::Concluded { ground: ELSEWHERE, generation: 0 }])
    }
}

/// A run that has just opened, where a court has the matter.
pub(super) fn opened(run: Mediation, mut events: Vec<Event>, at: DateTime<Utc>) -> (Mediation, Vec<Event>) {
    if run.begun.sued.is_none() {
        return (run, events);
    }
    match run.fail(ELSEWHERE, at) {
        Outcome::Changed(run, said) => {
            events.extend(said);
            (run, events)
        }
        Outcome::AlreadySo(run) => (run, events),
    }
}
