//! The parties' choice of a mediator, and the appointment by the studio's head (T12, T13; L4 art. 12; L5 art. 10).
//!
//! The choice is offered in the pool and has a clock (K01). While it is open nobody claims the case and nobody is appointed;
//! over, the head appoints. Whoever is chosen or appointed has a claim like any other: fenced, and to be confirmed (K03).

use chrono::{DateTime, Utc};
use lexicon::{AccountId, Outcome};
use serde::{Deserialize, Serialize};

use super::referral::{Answer, Referral};
use super::refusal::Rule;
use super::roster::Standing;
use super::state::{Claim, Event, Lease, Room, State, Way};

/// The parties' choice, as it was offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
    /// The edition of its first moment.
    pub edition: String,
    /// Of its clock: the version of the referral since.
    pub generation: u64,
    /// Their time is over, and that was said.
    pub passed: bool,
}

/// What the parties said, and who recorded it.
#[derive(Debug, Clone)]
pub struct JointChoice {
    /// Whom they chose.
    pub chosen: AccountId,
    /// What room the chosen one has.
    pub room: Room,
    /// The parties who agree.
    pub agreeing: Vec<String>,
    /// Recorded by the studio, which by that takes a case that it has not accepted yet.
    pub by_studio: bool,
    /// They know that ties bind whom they chose.
    pub relation_known: bool,
}

impl Referral {
    /// Whether the parties may still choose, so that nobody else decides.
    pub fn is_choice_open(&self, at: DateTime<Utc>) -> bool {
        self.choice.as_ref().is_some_and(|choice| !choice.passed && at < choice.until)
    }

    /// The parties are asked to choose together, until `until`.
    pub fn offer_choice(mut self, until: Lease, at: DateTime<Utc>) -> Answer {
        match &self.state {
            State::Pool(_) if self.is_choice_open(at) => Ok(Outcome::AlreadySo(self)),
            State::Pool(_) if self.choice.is_some() => self.refuse(Rule::ChoicePassed),
            State::Pool(_) => {
                let Lease { due, edition } = until;
                let generation = self.version + 1;
                self.choice = Some(Choice { since: at, until: due, edition, generation, passed: false });
                let state = self.state.clone();
                Ok(self.changed(state, at, Event::ChoiceOffered))
            }
            State::Assigned { .. } | State::Confirmed { .. } => self.refuse(Rule::AlreadyClaimed),
            State::Routed(_) | State::Fencing(_) | State::Ended(..) => self.refuse(Rule::NotInPool),
        }
    }

    /// The time of the choice with this generation is over. Chosen, appointed or offered anew: already so.
    pub fn lapse_choice(mut self, generation: u64, at: DateTime<Utc>) -> Answer {
        match &mut self.choice {
            Some(choice) if choice.generation == generation && !choice.passed => {
                choice.passed = true;
                let state = self.state.clone();
                Ok(self.changed(state, at, Event::ChoiceLapsed))
            }
            _ => Ok(Outcome::AlreadySo(self)),
        }
    }

    /// All parties have chosen somebody, who is to confirm within `confirm`.
    pub fn choose(self, said: &JointChoice, epoch: u32, confirm: Lease, at: DateTime<Utc>) -> Answer {
        if self.is_held_by(&said.chosen) {
            return Ok(Outcome::AlreadySo(self));
        }
        match &self.state {
            State::Routed(_) if !said.by_studio => return self.refuse(Rule::NotInPool),
            State::Pool(_) if self.choice.is_some() && !self.is_choice_open(at) => {
                return self.refuse(Rule::ChoicePassed);
            }
            State::Routed(Some(_)) | State::Pool(_) => {}
            _ => return self.refuse(self.why_not_free()),
        }
        if said.agreeing.iter().any(|id| !self.knows_party(id)) {
            return self.refuse(Rule::UnknownParty);
        }
        if !self.all_sides(&said.agreeing) {
            return self.refuse(Rule::ChoiceNotJoint);
        }
        // Who is off duty today may still be whom the parties want.
        let standing = if said.room.standing.is_listed() { Standing::Ready } else { said.room.standing };
        let room = Room { standing, ..said.room.clone() };
        let given = self.give(said.chosen.clone(), &room, Way::Chosen, epoch, confirm, at)?;
        Ok(match given {
            Outcome::Changed(mut noun, events) => {
                noun.aside.known = said.relation_known.then_some((noun.fence.epoch, noun.fence.n));
                Outcome::Changed(noun, events)
            }
            so @ Outcome::AlreadySo(_) => so,
        })
    }

    /// Whether all parties keep the holder although they know of a relation: by the choice, a disclosure, or a decision.
    pub fn is_kept(&self) -> bool {
        match &self.state {
            State::Assigned { .. } => self.aside.known == Some((self.fence.epoch, self.fence.n)),
            State::Confirmed { relation_disclosed, .. } => *relation_disclosed,
            _ => false,
        }
    }

    /// The studio's head appoints somebody, who is to confirm within `confirm`.
    pub fn appoint(
        self,
        account: AccountId,
        room: &Room,
        epoch: u32,
        confirm: Lease,
        at: DateTime<Utc>,
    ) -> Answer {
        if self.is_held_by(&account) {
            return Ok(Outcome::AlreadySo(self));
        }
        if self.is_choice_open(at) {
            return self.refuse(Rule::ChoiceOpen);
        }
        self.give(account, room, Way::Appointed, epoch, confirm, at)
    }

    /// Why none of these may be appointed, or that somebody has the case: what is answered where nobody is named.
    pub fn appoint_nobody(self, at: DateTime<Utc>) -> Answer {
        match &self.state {
            State::Assigned { .. } | State::Confirmed { .. } => Ok(Outcome::AlreadySo(self)),
            State::Routed(Some(_)) | State::Pool(_) if self.is_choice_open(at) => {
                self.refuse(Rule::ChoiceOpen)
            }
            State::Pool(_) if self.is_promised() => self.refuse(Rule::LeadDecided),
            State::Routed(Some(_)) | State::Pool(_) => self.refuse(Rule::NobodyFree),
            _ => self.refuse(self.why_not_free()),
        }
    }

    /// Whether this mediator may have the case now, as far as the referral knows.
    pub fn is_open_for(&self, account: &AccountId, room: &Room) -> bool {
        let waits = matches!(self.state, State::Routed(Some(_)) | State::Pool(_));
        waits && self.why_not(account, room).is_none()
    }

    fn give(
        mut self,
        account: AccountId,
        room: &Room,
        way: Way,
        epoch: u32,
        confirm: Lease,
        at: DateTime<Utc>,
    ) -> Answer {
        let to = match &self.state {
            State::Routed(Some(to)) | State::Pool(to) => to.clone(),
            _ => return self.refuse(self.why_not_free()),
        };
        if let Some(rule) = self.why_not(&account, room) {
            return self.refuse(rule);
        }
        self.fence = self.fence.raised(epoch);
        let claim = Claim { holder: account, since: at };
        Ok(self.changed(State::Assigned { to, claim, confirm }, at, Event::Given(way)))
    }

    /// What stands against this mediator. Who is not in the directory cannot be chosen from it.
    fn why_not(&self, account: &AccountId, room: &Room) -> Option<Rule> {
        let studio = self.state.destination().map(|to| &to.studio);
        if self.aside.accounts.contains(account) {
            Some(Rule::Recused)
        } else if studio.is_none() || studio != room.listed_in.as_ref() {
            Some(Rule::NotOfThisStudio)
        } else if self.is_promised() {
            Some(Rule::LeadDecided)
        } else if let Some(rule) = Rule::against(room.standing) {
            Some(rule)
        } else if room.held >= room.capacity {
            Some(Rule::OverCapacity { held: room.held, capacity: room.capacity })
        } else {
            None
        }
    }

    fn is_held_by(&self, account: &AccountId) -> bool {
        self.state.claim().is_some_and(|claim| claim.holder == *account)
    }

    fn why_not_free(&self) -> Rule {
        if self.state.claim().is_some() { Rule::AlreadyClaimed } else { Rule::NotInPool }
    }
}

#[cfg(test)]
#[path = "choice_walk.rs"]
mod walk;
