//! A consultation: several units meet about a hard case; the decision names who leads and who helps.

use chrono::{DateTime, NaiveDate, Utc};
use lexicon::{OrgId, Outcome};

use super::{Act, Consultation, HandOverEnd, HandOverKind, Minutes, day};
use crate::model::referral::{Answer, Referral};
use crate::model::refusal::Rule;
use crate::model::state::{Ending, Event, State};

/// A consultation that somebody calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsultAsk {
    /// For which organisation the caller acts.
    pub by: OrgId,
    /// Who is to take part, and whether the directory has them.
    pub participants: Vec<(OrgId, bool)>,
    /// By when it is to be decided.
    pub until: NaiveDate,
    /// About what.
    pub question: String,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecideAsk {
    /// Of which consultation.
    pub number: u64,
    /// For which organisation the caller acts.
    pub by: OrgId,
    /// Who leads.
    pub lead: OrgId,
    /// Who helps.
    pub co_units: Vec<OrgId>,
    /// Until when another lead unit can accept.
    pub until: NaiveDate,
    /// In words.
    pub words: Minutes,
}

impl Referral {
    /// The responsible unit calls others to decide with it.
    pub fn consult(mut self, ask: ConsultAsk, at: DateTime<Utc>) -> Answer {
        let convener = match self.owner(&ask.by) {
            Ok(owner) => owner,
            Err(rule) => return self.refuse(rule),
        };
        let mut participants: Vec<OrgId> = ask.participants.iter().map(|(org, _)| org.clone()).collect();
        participants.sort();
        participants.dedup();
        match &self.joint.consultation {
            Some(known) if known.participants == participants => return Ok(Outcome::AlreadySo(self)),
            Some(_) => return self.refuse(Rule::ConsultationPending),
            None => {}
        }
        if participants.contains(&convener) || ask.participants.iter().any(|(_, known)| !known) {
            return self.refuse(Rule::UnknownOrganization);
        }
        let until = match day(ask.until, at) {
            Ok(until) => until,
            Err(rule) => return self.refuse(rule),
        };
        let meeting = Consultation { convener, participants, until, number: self.numbered(), at };
        self.joint.consultation = Some(meeting.clone());
        Ok(self.beside(at, Act::Consulted(meeting, ask.question)))
    }

    /// The responsible unit, which is the convener or whoever took the case from it, records the decision. Another lead unit is
    /// offered the case; a claim in force ends for that.
    pub fn decide_consultation(mut self, ask: DecideAsk, epoch: u32, at: DateTime<Utc>) -> Answer {
        let DecideAsk { number, by, lead, co_units, until, words } = ask;
        let owner = match self.owner(&by) {
            Ok(owner) => owner,
            Err(rule) => return self.refuse(rule),
        };
        if self.joint.decided.as_ref() == Some(&(number, lead.clone())) {
            return Ok(Outcome::AlreadySo(self));
        }
        let Some(meeting) = self.joint.consultation.clone().filter(|meeting| meeting.number == number) else {
            return self.refuse(Rule::NoConsultationPending);
        };
        let met =
            |org: &OrgId| [&owner, &meeting.convener].contains(&org) || meeting.participants.contains(org);
        let objectors = words.objections.iter().map(|(org, _)| org);
        if !std::iter::once(&lead).chain(&co_units).chain(objectors).all(met) {
            return self.refuse(Rule::NotAParticipant);
        }
        let until = match day(until, at) {
            Ok(until) => until,
            Err(rule) => return self.refuse(rule),
        };
        self.joint.consultation = None;
        self.joint.decided = Some((number, lead.clone()));
        for unit in co_units.iter().filter(|unit| **unit != lead) {
            if !self.joint.co_units.contains(unit) {
                self.joint.co_units.push(unit.clone());
            }
        }
        let why = words.decision.clone();
        let decided = Event::Joint(Act::Decided(number, lead.clone(), co_units, words));
        if lead == owner {
            // What an earlier meeting has promised to another is over.
            let mut ended = vec![];
            if self.is_promised() && !matches!(self.state, State::Routed(_)) {
                self.drop_offer(HandOverEnd::Replaced, &mut ended);
            }
            let state = self.state.clone();
            return Ok(self.changed(state, at, decided).preceded(ended));
        }
        // Once the former claim is fenced off the case is the lead's, and nobody else's who was to have it.
        (self.aside.successor, self.aside.declined) = (None, false);
        let fenced = match (self.state.destination().cloned(), self.state.claim().cloned()) {
            (Some(to), Some(claim)) => Some((to, claim.holder)),
            _ => None,
        };
        // One step: the version rises once, whatever it takes.
        let version = self.version;
        let (mut noun, mut events) = (self, vec![decided]);
        if let Some((to, former)) = fenced {
            let ended = noun.claim_ended(to, former, Ending::Reassigned, epoch, at).preceded(events);
            (noun, events) = match ended {
                Outcome::Changed(noun, events) => (noun, events),
                Outcome::AlreadySo(noun) => (noun, vec![]),
            };
        }
        noun.version = version;
        let offered = noun.offered(HandOverKind::Consultation, owner, lead, until, (why, None), at);
        Ok(offered.preceded(events))
    }
}
