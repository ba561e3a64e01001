//! Handing a case to another organisation: up, down, by a referral with a day, by a consultation.

use chrono::{DateTime, NaiveDate, Utc};
use lexicon::{AccountId, OrgId, Outcome};
use rulebook::calendar::civil_date;

use super::{Act, HandOver, HandOverEnd, HandOverKind, day};
use crate::model::org_tree::Level;
use crate::model::referral::{Answer, Referral};
use crate::model::refusal::Rule;
use crate::model::state::{Destination, Event, State, Target};

/// What is noted of an offer that nobody accepted in time.
const LAPSED: &str = "逾期未接收，自动退回";

/// How one organisation lies to another in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// It is on a higher level.
    pub up: bool,
    /// It is on a lower level, or below in the tree.
    pub down: bool,
    /// The levels of the centre that are passed over.
    pub skipped: Vec<Level>,
}

/// The organisation to which a case is to go, looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// Which one.
    pub org: OrgId,
    /// How it lies to the one that hands over; nothing where the directory does not have it, or not today.
    pub step: Option<Step>,
}

/// A hand-over that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOverAsk {
    /// Up or down.
    pub kind: HandOverKind,
    /// For which organisation the caller acts.
    pub by: OrgId,
    /// To whom.
    pub to: Receiver,
    /// Until when.
    pub until: NaiveDate,
    /// Why.
    pub reason: String,
    /// Why a level is passed over.
    pub skip_reason: Option<String>,
}

impl Referral {
    /// The first receiver sends it to a studio, until a day if one is set. The former offer ends.
    pub fn refer_until(
        self,
        target: Target,
        reason: Option<String>,
        until: Option<NaiveDate>,
        at: DateTime<Utc>,
    ) -> Answer {
        let until = match until.map(|until| day(until, at)).transpose() {
            Ok(until) => until,
            Err(rule) => return self.refuse(rule),
        };
        let to = target.studio.clone();
        let words = reason.clone();
        Ok(match self.refer(target, reason, at)? {
            Outcome::Changed(mut noun, mut events) => {
                noun.drop_offer(HandOverEnd::Replaced, &mut events);
                if let Some(until) = until {
                    let from = noun.first_receiver.clone();
                    let offer = noun.offer(HandOverKind::Refer, from, to, until, at);
                    events.push(Event::Joint(Act::Offered(offer, words, None)));
                }
                Outcome::Changed(noun, events)
            }
            so @ Outcome::AlreadySo(_) => so,
        })
    }

    /// The responsible unit offers it to an organisation of another level.
    pub fn hand_over(self, ask: HandOverAsk, at: DateTime<Utc>) -> Answer {
        let HandOverAsk { kind, by, to, until, reason, skip_reason } = ask;
        // The answer was lost, and the other has taken it meanwhile.
        let is_there =
            !matches!(self.state, State::Routed(_) | State::Ended(..)) && !self.is_for_another(&to.org);
        if is_there && self.joint.accepted.as_ref() == Some(&(kind, by.clone(), to.org.clone())) {
            return Ok(Outcome::AlreadySo(self));
        }
        match &self.state {
            State::Routed(_) | State::Pool(_) => {}
            State::Ended(..) => return self.refuse(Rule::NotRouted),
            _ => return self.refuse(Rule::ClaimInForce),
        }
        if let Err(rule) = self.owner(&by) {
            return self.refuse(rule);
        }
        if self.joint.hand_over.as_ref().is_some_and(|offer| offer.kind == kind && offer.to == to.org) {
            return Ok(Outcome::AlreadySo(self));
        }
        let Some(step) = to.step.filter(|_| to.org != by) else {
            return self.refuse(Rule::UnknownOrganization);
        };
        match kind {
            HandOverKind::Delegate if !step.down => return self.refuse(Rule::NotALevelDown),
            HandOverKind::Escalate if !step.up => return self.refuse(Rule::NotALevelUp),
            _ => {}
        }
        if !step.skipped.is_empty() && skip_reason.is_none() {
            return self.refuse(Rule::LevelSkipped { skipped: step.skipped });
        }
        let until = match day(until, at) {
            Ok(until) => until,
            Err(rule) => return self.refuse(rule),
        };
        let skips = skip_reason.filter(|_| !step.skipped.is_empty());
        Ok(self.offered(kind, by, to.org, until, (reason, skips), at))
    }

    /// The case is offered: with the state's destination while no unit has taken it, beside the state after.
    pub(super) fn offered(
        mut self,
        kind: HandOverKind,
        from: OrgId,
        to: OrgId,
        until: NaiveDate,
        (reason, skips): (String, Option<String>),
        at: DateTime<Utc>,
    ) -> Outcome<Self, Event> {
        let mut ended = vec![];
        self.drop_offer(HandOverEnd::Replaced, &mut ended);
        let mut offer = self.offer(kind, from, to.clone(), until, at);
        offer.skips = skips.is_some();
        self.joint.hand_over = Some(offer.clone());
        let act = Act::Offered(offer, Some(reason), skips);
        let outcome = if matches!(self.state, State::Routed(_)) {
            let to = Destination { studio: to, rule: kind.rule().to_owned() };
            self.changed(State::Routed(Some(to)), at, Event::Referred(None)).and(Event::Joint(act))
        } else {
            self.beside(at, act)
        };
        outcome.preceded(ended)
    }

    fn offer(
        &mut self,
        kind: HandOverKind,
        from: OrgId,
        to: OrgId,
        until: NaiveDate,
        at: DateTime<Utc>,
    ) -> HandOver {
        let offer = HandOver { kind, from, to, until, number: self.numbered(), at, skips: false };
        self.joint.hand_over = Some(offer.clone());
        offer
    }

    /// An organisation takes responsibility: the one that the case is offered to, else the studio that it was referred to.
    pub fn accept_by(mut self, by: &OrgId, at: DateTime<Utc>) -> Answer {
        let Some(offer) = self.joint.hand_over.clone().filter(|offer| offer.to == *by) else {
            return if self.is_for_another(by) { self.refuse(Rule::NotResponsible) } else { self.accept(at) };
        };
        if civil_date(at) > offer.until {
            return self.refuse(Rule::HandOverOver);
        }
        let to = match &self.state {
            State::Routed(Some(to)) => to.clone(),
            State::Pool(_) => Destination { studio: offer.to.clone(), rule: offer.kind.rule().to_owned() },
            State::Ended(..) | State::Routed(None) => return self.refuse(Rule::NotRouted),
            _ => return self.refuse(Rule::ClaimInForce),
        };
        // The choice is of the pool: whoever has the case now asks the parties anew.
        self.choice = None;
        self.joint.hand_over = None;
        self.joint.accepted = Some((offer.kind, offer.from.clone(), offer.to.clone()));
        self.joint.co_units.retain(|unit| unit != by);
        self.joint.co_mediators.retain(|one| one.of != *by);
        // It waits for a mediator of the new unit from now on, whatever it waited for before.
        self.state_since = at;
        let ended = Event::Joint(Act::OfferEnded(offer, HandOverEnd::Accepted));
        Ok(self.changed(State::Pool(to), at, Event::Pooled).and(ended))
    }

    /// The organisation that the case is offered to does not take it. Nothing has moved; the first receiver's time goes on. Else
    /// the studio sends it back.
    pub fn hand_back(
        mut self,
        by: &OrgId,
        reason: String,
        mediators: &[AccountId],
        at: DateTime<Utc>,
    ) -> Answer {
        match self.joint.hand_over.take_if(|offer| offer.to == *by) {
            Some(offer) => Ok(self.not_taken(offer, HandOverEnd::Returned(reason), at)),
            None if self.is_for_another(by) => self.refuse(Rule::NotResponsible),
            None => self.send_back(reason, mediators, at),
        }
    }

    /// A consultation named another lead unit, and the case is offered to it: no mediator of the former one takes it meanwhile.
    pub fn is_promised(&self) -> bool {
        let by_consultation = |offer: &HandOver| offer.kind == HandOverKind::Consultation;
        matches!(self.state, State::Pool(_)) && self.joint.hand_over.as_ref().is_some_and(by_consultation)
    }

    /// Another organisation is the one that has it or that it was referred to: a guest's word moves nothing.
    fn is_for_another(&self, by: &OrgId) -> bool {
        self.state.destination().is_some_and(|to| to.studio != *by)
    }

    /// The day of the offer with this number has passed. Accepted, returned or replaced: already so.
    pub fn offer_lapsed(mut self, number: u64, at: DateTime<Utc>) -> Answer {
        match self.joint.hand_over.take_if(|offer| offer.number == number) {
            Some(offer) => Ok(self.not_taken(offer, HandOverEnd::Lapsed, at)),
            None => Ok(Outcome::AlreadySo(self)),
        }
    }

    fn not_taken(mut self, offer: HandOver, how: HandOverEnd, at: DateTime<Utc>) -> Outcome<Self, Event> {
        let studio = offer.to.clone();
        let ended = Act::OfferEnded(offer, how.clone());
        if !matches!(self.state, State::Routed(_)) {
            return self.beside(at, ended);
        }
        self.returns += 1;
        let reason = match how {
            HandOverEnd::Returned(reason) => reason,
            _ => LAPSED.to_owned(),
        };
        let returned = Event::Returned { studio, reason, taken: false };
        self.changed(State::Routed(None), at, returned).and(Event::Joint(ended))
    }
}
