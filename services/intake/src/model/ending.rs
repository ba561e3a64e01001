//! How a dispute goes on beyond intake and how it ends: news of the others, the demand for court, withdrawal, closing.

use chrono::{DateTime, Utc};
use lexicon::{Outcome, PartyId, PartyRole};

use super::dispute::Moved;
use super::{Beyond, Course, Demand, Demanding, Dispute, Event, Party, Refusal, Sheet, State};

impl Dispute {
    /// Whether it still moves. A refused dispute does while a demanded filing is on its way.
    pub fn is_open(&self) -> bool {
        match self.state {
            State::Draft | State::Submitted { .. } | State::Correction { .. } | State::Accepted => true,
            State::Refused { .. } => {
                let on_its_way = self.demand.is_some() && self.beyond.answered() != Some(true);
                on_its_way || self.standing_demands.any()
            }
            State::Advised { .. }
            | State::Withdrawn { .. }
            | State::Closed
            | State::Archived
            | State::Merged { .. }
            | State::Removed => false,
        }
    }

    /// Whether a party's word that it wants the court is heard: from the first word on until it is over, and over is no
    /// agreement that is not performed.
    pub fn hears_demands(&self) -> bool {
        match self.state {
            State::Draft
            | State::Submitted { .. }
            | State::Correction { .. }
            | State::Refused { .. }
            | State::Accepted => true,
            // Closed with everybody's word, or confirmed: if it is not performed then, it is sued on or enforced.
            State::Closed | State::Archived => self.beyond.agreed(),
            State::Advised { .. } | State::Withdrawn { .. } | State::Merged { .. } | State::Removed => false,
        }
    }

    /// One party's word is enough, in every open state and after a refusal; the dispute keeps its state, and a draft is
    /// completed while the filing is prepared. Said again by the same party it is already so, until what it opened has come to
    /// an end that leaves the court open: then it is a new demand, and the case is on its way once more. Said by another party
    /// it is that party's own, which stays when the first takes its word back. A closed case whose agreement is not performed is
    /// open again.
    pub fn demand_court(mut self, demand: Demand) -> Moved {
        if !self.hears_demands() {
            return Err(Refusal::DisputeEnded(self.standing()));
        }
        if self.sheet.party(demand.party).is_none() {
            return Err(Refusal::UnknownParty(self.standing()));
        }
        let stands = self.demand_stands(demand.party);
        match self.beyond.court {
            _ if self.demand.is_none() => {}
            // A court has refused, the body that comes first has answered or been silent, or the court is done with an agreement
            // that is not performed. The old answer is not the new filing's: closing and withdrawing follow that one from here on.
            Some(Course::NotFiled | Course::HandoffReturned | Course::HandoffDone) => {
                self.beyond = self.beyond.after(Course::Transfer);
            }
            Some(Course::Outcome) if self.beyond.agreed() => {
                self.beyond = self.beyond.after(Course::Transfer);
            }
            // What the court has is one thing, what is not performed since may be another: transfer tells them apart.
            Some(Course::Filed | Course::Reported) if self.is_unperformed() => {}
            // A judge's mediation left it to the court; what is not performed since goes there anew.
            None if self.court_goes_on() && self.is_unperformed() => {}
            _ if stands => return Ok(Outcome::AlreadySo(self)),
            _ => {}
        }
        if self.is_over() {
            self.state = State::Accepted;
        }
        self.demand = Some(demand);
        // Its number is the version that it is announced with.
        self.standing_demands.say(demand, self.version + 1);
        Ok(self.changed(demand.at, Event::CourtDemanded))
    }

    /// Whether this party has demanded the court, and that is neither taken back nor answered. Of a demand from before they were
    /// counted only the last is known.
    fn demand_stands(&self, party: PartyId) -> bool {
        let of_before = self.standing_demands.said.is_empty();
        let last = self.demand.is_some_and(|demand| of_before && demand.party == party);
        last || self.standing_demands.of(party)
    }

    /// Whoever has demanded the court stays a party under the same id, else nobody could take the demand back or file it.
    pub(super) fn keeps_who_demands(&self, sheet: &Sheet) -> Result<(), Refusal> {
        let lost = |party: &Party| self.demand_stands(party.id) && sheet.party(party.id).is_none();
        if self.sheet.parties.iter().any(lost) {
            return Err(Refusal::DemandingPartyMissing(self.standing()));
        }
        Ok(())
    }

    /// Whether somebody waits for a court that has not spoken yet.
    fn waits_for_a_court(&self) -> bool {
        let of_before = self.standing_demands.said.is_empty();
        (self.demand.is_some() && of_before) || self.standing_demands.any()
    }

    /// Whether something that was agreed is due and not known to be performed; of a closed case, whoever says so is believed.
    fn is_unperformed(&self) -> bool {
        let due = matches!(self.beyond.table, Some(Course::Performing | Course::Breached));
        due || (self.is_over() && self.beyond.agreed())
    }

    /// Done, whether or not its file is put away.
    fn is_over(&self) -> bool {
        matches!(self.state, State::Closed | State::Archived)
    }

    /// Any open state → WITHDRAWN (T50), on the claimants' word: nobody gives up another's claim.
    pub fn withdraw(mut self, by: PartyId, joining: &[PartyId], at: DateTime<Utc>) -> Moved {
        if matches!(self.state, State::Withdrawn { .. }) {
            return Ok(Outcome::AlreadySo(self));
        }
        if !self.is_open() {
            return Err(Refusal::DisputeEnded(self.standing()));
        }
        if self.beyond.court_has_it() {
            return Err(Refusal::CourtHasIt(self.standing()));
        }
        match self.sheet.party(by) {
            Some(party) if party.role == Some(PartyRole::Claimant) => {
                let joins = |id: &PartyId| *id == by || joining.contains(id);
                if !self.claimants().all(|id| joins(&id)) {
                    return Err(Refusal::ClaimantsRemain(self.standing()));
                }
                self.state = State::Withdrawn { by };
                Ok(self.changed(at, Event::Withdrawn))
            }
            _ => Err(Refusal::UnknownParty(self.standing())),
        }
    }

    /// ACCEPTED → CLOSED (T41, T52), once it has come to an end elsewhere. Who wants the court is not closed before the
    /// court has answered, unless it is the court's own mediation that ended. An agreement is an end when it is performed or
    /// confirmed, or when nothing is scheduled and every side says that nothing is left to do.
    pub fn close(self, satisfied: &[PartyId], at: DateTime<Utc>) -> Moved {
        if satisfied.iter().any(|id| self.sheet.party(*id).is_none()) {
            return Err(Refusal::UnknownParty(self.standing()));
        }
        match self.state {
            State::Closed | State::Archived => Ok(Outcome::AlreadySo(self)),
            State::Accepted => {
                if !self.has_ended(satisfied) {
                    return Err(Refusal::StillOpen(self.standing()));
                }
                Ok(self.over(at))
            }
            // The court was demanded before anybody accepted; the court has answered.
            State::Draft | State::Submitted { .. } | State::Correction { .. }
                if self.demand.is_some()
                    && self.beyond.answered() == Some(true)
                    && !self.standing_demands.any() =>
            {
                Ok(self.over(at))
            }
            _ => Err(Refusal::NotAccepted(self.standing())),
        }
    }

    fn over(mut self, at: DateTime<Utc>) -> Outcome<Dispute, Event> {
        self.state = State::Closed;
        self.dossier.closed = self.version + 1;
        self.changed(at, Event::Closed)
    }

    fn has_ended(&self, satisfied: &[PartyId]) -> bool {
        if let Some(answered) = self.beyond.answered() {
            return answered && !self.standing_demands.any();
        }
        let nobody_waits = !self.waits_for_a_court() || self.court_goes_on();
        match self.beyond.table {
            Some(Course::Failed | Course::Performed) => nobody_waits,
            Some(Course::Agreed) => {
                let confirmed = self.beyond.ruling == Some(Course::Confirmed);
                let pending = self.beyond.ruling == Some(Course::ConfirmApplied);
                nobody_waits && !pending && (confirmed || self.all_sides(satisfied))
            }
            Some(Course::Performing | Course::Breached) => false,
            // Nothing is under way but the filing that was taken back, or the suit that the court had all along: the demand has ended
            // referral and mediation.
            _ => {
                let left_to_it = self.demand.is_some() && self.court_goes_on();
                nobody_waits && (left_to_it || self.beyond.court == Some(Course::FilingWithdrawn))
            }
        }
    }

    /// Everybody who claims something.
    pub fn claimants(&self) -> impl Iterator<Item = PartyId> {
        let parties = self.sheet.parties.iter();
        parties.filter(|party| party.role == Some(PartyRole::Claimant)).map(|party| party.id)
    }

    /// Every claimant and every respondent is among these.
    fn all_sides(&self, ids: &[PartyId]) -> bool {
        let side = |role| matches!(role, Some(PartyRole::Claimant | PartyRole::Respondent));
        let mut sides = self.sheet.parties.iter().filter(|party| side(party.role)).peekable();
        sides.peek().is_some() && sides.all(|party| ids.contains(&party.id))
    }

    /// Whether a demand for the court only lets the court go on, which has had the suit all along: a judge's mediation (JM).
    fn court_goes_on(&self) -> bool {
        self.acceptance.as_ref().is_some_and(|accepted| {
            rulebook::exits::on_demand(&accepted.track, Course::Failed.code()) == Some("FILED")
        })
    }

    /// What another service tells. It raises the version, but is no news of ours, so nothing is announced; and it can
    /// come too late, which is no fault of anybody's.
    pub fn heard(self, news: Course, at: DateTime<Utc>) -> Outcome<Dispute, Event> {
        if news == Course::FilingWithdrawn {
            return self.filing_withdrawn(None, at);
        }
        // An outcome that follows no filed suit is of an earlier filing: the one that is on its way has not come to its end.
        let is_earlier = news == Course::Outcome
            && !matches!(self.beyond.filing, None | Some(Course::Filed | Course::Outcome));
        let beyond = if is_earlier { self.beyond } else { self.beyond.after(news) };
        let (demand, standing) = (self.demand, self.standing_demands.clone());
        self.found(beyond, demand, standing, at)
    }

    /// The filing was taken back with every demand that transfer had heard, up to this number. A later one stands: transfer opens
    /// another filing for it.
    pub fn filing_withdrawn(self, up_to: Option<u64>, at: DateTime<Utc>) -> Outcome<Dispute, Event> {
        let mut standing = self.standing_demands.clone();
        let counted = !standing.said.is_empty();
        standing.drop_all(up_to);
        let left = standing.said.last().map(|(demand, _)| *demand);
        // One of before has no number.
        let demand = if counted { left } else { self.demand.filter(|_| up_to == Some(0)) };
        let beyond = self.beyond.after(Course::FilingWithdrawn);
        match (&self.state, demand) {
            // The day of a correction came while the demand stood in its way; it is announced once.
            (State::Correction { term, generation, .. }, None)
                if self.demand.is_some() && term.ends.at <= at =>
            {
                let generation = *generation;
                Self { beyond, demand, standing_demands: standing, ..self }.lapse(generation, at)
            }
            _ => self.found(beyond, demand, standing, at),
        }
    }

    /// One party took its word back, and another's keeps the filing.
    pub fn demand_taken_back(
        self,
        party: PartyId,
        up_to: Option<u64>,
        at: DateTime<Utc>,
    ) -> Outcome<Dispute, Event> {
        let mut standing = self.standing_demands.clone();
        standing.take_back(party, up_to);
        let demand = standing.said.last().map_or(self.demand, |(demand, _)| Some(*demand));
        let beyond = self.beyond;
        self.found(beyond, demand, standing, at)
    }

    /// Nothing of what was demanded up to this number is on its way any more: what is said from here on is another demand.
    pub fn demand_answered(self, up_to: Option<u64>, at: DateTime<Utc>) -> Outcome<Dispute, Event> {
        let mut standing = self.standing_demands.clone();
        standing.demands.answer(up_to);
        let beyond = if standing.any() { self.beyond } else { self.beyond.nothing_is_under_way() };
        let demand = self.demand;
        self.found(beyond, demand, standing, at)
    }

    /// An application for confirmation was taken back before the ruling: the agreement stands as though nobody had asked.
    pub fn unasked(self, at: DateTime<Utc>) -> Outcome<Dispute, Event> {
        let (beyond, demand) = (Beyond { ruling: None, ..self.beyond }, self.demand);
        let standing = self.standing_demands.clone();
        self.found(beyond, demand, standing, at)
    }

    fn found(
        mut self,
        beyond: Beyond,
        demand: Option<Demand>,
        standing: Demanding,
        at: DateTime<Utc>,
    ) -> Outcome<Dispute, Event> {
        let same = (self.beyond, self.demand) == (beyond, demand) && self.standing_demands == standing;
        // What can be sent to a mediator or a court at all is what a demand is heard for.
        if !self.hears_demands() || same {
            return Outcome::AlreadySo(self);
        }
        (self.beyond, self.demand, self.standing_demands) = (beyond, demand, standing);
        self.version += 1;
        self.updated_at = at;
        Outcome::Changed(self, vec![])
    }
}
