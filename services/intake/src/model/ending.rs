//! How a dispute goes on beyond intake and how it ends: news of the others, the demand for court, withdrawal, closing.

use chrono::{DateTime, Utc};
use lexicon::{Outcome, PartyId, PartyRole};

use super::dispute::Moved;
use super::{Course, Demand, Dispute, Event, Refusal, State};

impl Dispute {
    /// Whether it still moves. A refused dispute does while a demanded filing is on its way.
    pub fn is_open(&self) -> bool {
        match self.state {
            State::Draft | State::Submitted { .. } | State::Correction { .. } | State::Accepted => true,
            State::Refused { .. } => {
                self.demand.is_some() && !self.course.is_some_and(Course::court_has_answered)
            }
            State::Advised { .. } | State::Withdrawn { .. } | State::Closed => false,
        }
    }

    /// Whether a party's word that it wants the court is heard: from the first word on until it is over.
    pub fn hears_demands(&self) -> bool {
        match self.state {
            State::Draft
            | State::Submitted { .. }
            | State::Correction { .. }
            | State::Refused { .. }
            | State::Accepted => true,
            State::Advised { .. } | State::Withdrawn { .. } | State::Closed => false,
        }
    }

    /// One party's word is enough, in every open state and after a refusal; the dispute keeps its state, and a draft is
    /// completed while the filing is prepared. Said again it is already so, until a court has refused: then it is a new
    /// demand, and the case is on its way once more.
    pub fn demand_court(mut self, demand: Demand) -> Moved {
        match self.state {
            State::Advised { .. } | State::Withdrawn { .. } | State::Closed => {
                Err(Refusal::DisputeEnded(self.standing()))
            }
            State::Draft
            | State::Submitted { .. }
            | State::Correction { .. }
            | State::Refused { .. }
            | State::Accepted => {
                if self.sheet.party(demand.party).is_none() {
                    return Err(Refusal::UnknownParty(self.standing()));
                }
                if self.demand.is_some() {
                    if self.course != Some(Course::NotFiled) {
                        return Ok(Outcome::AlreadySo(self));
                    }
                    // The old answer is not the new filing's: closing and withdrawing follow that one from here on.
                    self.course = Some(Course::Transfer);
                }
                self.demand = Some(demand);
                Ok(self.changed(demand.at, Event::CourtDemanded))
            }
        }
    }

    /// Any open state → WITHDRAWN (T50), on a claimant's word.
    pub fn withdraw(mut self, by: PartyId, at: DateTime<Utc>) -> Moved {
        if matches!(self.state, State::Withdrawn { .. }) {
            return Ok(Outcome::AlreadySo(self));
        }
        if !self.is_open() {
            return Err(Refusal::DisputeEnded(self.standing()));
        }
        if self.course.is_some_and(Course::court_has_it) {
            return Err(Refusal::CourtHasIt(self.standing()));
        }
        match self.sheet.party(by) {
            Some(party) if party.role == Some(PartyRole::Claimant) => {
                self.state = State::Withdrawn { by };
                Ok(self.changed(at, Event::Withdrawn))
            }
            _ => Err(Refusal::UnknownParty(self.standing())),
        }
    }

    /// ACCEPTED → CLOSED (T41, T52), once it has come to an end elsewhere. Who wants the court is not closed before the
    /// court has answered, unless it is the court's own mediation that ended.
    pub fn close(mut self, at: DateTime<Utc>) -> Moved {
        match self.state {
            State::Closed => Ok(Outcome::AlreadySo(self)),
            State::Accepted => {
                let ended = match self.course {
                    Some(
                        Course::Agreed
                        | Course::Failed
                        | Course::Confirmed
                        | Course::ConfirmDenied
                        | Course::Performed,
                    ) => self.demand.is_none() || self.court_goes_on(),
                    Some(course) => course.court_has_answered(),
                    None => false,
                };
                if !ended {
                    return Err(Refusal::StillOpen(self.standing()));
                }
                self.state = State::Closed;
                Ok(self.changed(at, Event::Closed))
            }
            // The court was demanded before anybody accepted; the court has answered.
            State::Draft | State::Submitted { .. } | State::Correction { .. }
                if self.demand.is_some() && self.course.is_some_and(Course::court_has_answered) =>
            {
                self.state = State::Closed;
                Ok(self.changed(at, Event::Closed))
            }
            _ => Err(Refusal::NotAccepted(self.standing())),
        }
    }

    /// Whether a demand for the court only lets the court go on, which has had the suit all along: a judge's mediation (JM).
    fn court_goes_on(&self) -> bool {
        self.acceptance.as_ref().is_some_and(|accepted| {
            rulebook::exits::on_demand(&accepted.track, Course::Failed.code()) == Some("FILED")
        })
    }

    /// What another service tells. It raises the version, but is no news of ours, so nothing is announced; and it can
    /// come too late, which is no fault of anybody's.
    pub fn heard(mut self, news: Course, at: DateTime<Utc>) -> Outcome<Dispute, Event> {
        // What can be sent to a mediator or a court at all is what a demand is heard for.
        if !self.hears_demands() || !self.course.is_none_or(|course| course.gives_way_to(news)) {
            return Outcome::AlreadySo(self);
        }
        self.course = Some(news);
        self.version += 1;
        self.updated_at = at;
        Outcome::Changed(self, vec![])
    }
}
