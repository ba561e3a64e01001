//! What a demand for the court does to the table, and its being taken back. What a demand means is written down in
//! [`lexicon::demand`].

use chrono::{DateTime, Utc};
use lexicon::Outcome;

use super::begun::Begun;
use super::{CaseDesk, Event, State, Taken};

impl CaseDesk {
    /// A party wants the court, in a demand of this number: an open run fails (F02), and no other opens. An agreement of which the
    /// demand is known to be taken back already stays at the table.
    pub fn demanded(mut self, number: u64, at: DateTime<Utc>) -> Outcome<Self, Event> {
        let before = self.amendments;
        let new = self.know(|begun| begun.demands.say(number));
        let taken = if self.has_agreed() && !self.begun.demands.stands() {
            Outcome::AlreadySo(self)
        } else {
            self.take(Taken::CourtDemanded, |run| run.fail("F02", at))
        };
        match taken {
            Outcome::AlreadySo(desk) if new => Outcome::Changed(desk, vec![]),
            // What is known and what it takes away are one amendment.
            Outcome::Changed(desk, events) => {
                let amendments = desk.amendments.min(before + 1);
                Outcome::Changed(CaseDesk { amendments, ..desk }, events)
            }
            taken @ Outcome::AlreadySo(_) => taken,
        }
    }

    /// All demands up to this number are taken back: of an agreement the parties choose anew, and may sit down again once a court
    /// has dismissed its confirmation. A run that failed by the demand stays as it is.
    pub fn taken_back(self, up_to: Option<u64>) -> Outcome<Self, Event> {
        self.demanded_no_more(|begun| begun.demands.take_back(up_to))
    }

    /// All demands up to this number have been answered, and no court has the suit: what was agreed is as if nobody had demanded.
    pub fn demand_answered(self, up_to: Option<u64>) -> Outcome<Self, Event> {
        self.demanded_no_more(|begun| begun.demands.answer(up_to))
    }

    fn demanded_no_more(mut self, learn: impl FnOnce(&mut Begun)) -> Outcome<Self, Event> {
        let mut new = self.know(learn);
        if self.has_agreed() && !self.begun.demands.stands() {
            let dropped = self.taken.take_if(|taken| *taken == Taken::CourtDemanded).is_some();
            self.amendments += u64::from(dropped && !new);
            new |= dropped;
        }
        if new { Outcome::Changed(self, vec![]) } else { Outcome::AlreadySo(self) }
    }

    fn has_agreed(&self) -> bool {
        self.run.as_ref().is_some_and(|run| matches!(run.state, State::Agreed { .. }))
    }

    /// The window has accepted: a base period may count from here. A demand from before was dropped, or the window could not
    /// have accepted.
    pub fn accepted(mut self, learn: impl FnOnce(&mut Begun)) -> Outcome<Self, Event> {
        let dropped = self.taken.take_if(|taken| *taken == Taken::CourtDemanded).is_some();
        let taken_back = self.know(|begun| begun.demands.take_back(None));
        self.amendments += u64::from(dropped && !taken_back);
        let dropped = dropped || taken_back;
        let first = self.begun.accepted.is_none();
        match self.begins(learn) {
            Outcome::Changed(desk, events) if first && events.is_empty() => desk.nobody_mediates(),
            Outcome::AlreadySo(desk) if dropped => Outcome::Changed(desk, vec![]),
            outcome => outcome,
        }
    }
}
