//! Assistance: another organisation is asked to help, answers within a day, and may send mediators who sit beside the holder.

use chrono::{DateTime, NaiveDate, Utc};
use lexicon::{AccountId, OrgId, Outcome};

use super::{Act, Answered, Assistance, AssistanceKind, CoMediator, day};
use crate::model::conflict::Graph;
use crate::model::facts::Facts;
use crate::model::referral::{Answer, Referral};
use crate::model::refusal::{Refusal, Rule};
use crate::model::state::Event;

/// What is noted of a co-mediator who is bound to a party.
const BOUND: &str = "与当事人存在已申报的利害关系，退出共同调解";

/// Assistance that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssistAsk {
    /// What for.
    pub kind: AssistanceKind,
    /// For which organisation the caller acts.
    pub by: OrgId,
    /// The caller, who may hold the case.
    pub account: AccountId,
    /// Who is asked.
    pub to: OrgId,
    /// Whether the directory has it, and whether it is of the police.
    pub known: Option<bool>,
    /// The last day for the answer.
    pub until: NaiveDate,
    /// Why.
    pub reason: String,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerAsk {
    /// To which request.
    pub number: u64,
    /// For which organisation the caller acts.
    pub by: OrgId,
    /// Whether assistance is given.
    pub accepted: bool,
    /// How, or why not.
    pub note: Option<String>,
    /// Who is to sit beside the holder, and whether they are of that organisation.
    pub co_mediators: Vec<(AccountId, bool)>,
}

/// That assistance is to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaveAsk {
    /// For which organisation the caller acts.
    pub by: OrgId,
    /// The caller, who may hold the case.
    pub account: AccountId,
    /// Whose assistance.
    pub of: OrgId,
    /// Only these of its co-mediators leave; all of them and the organisation, if none is named.
    pub co_mediators: Vec<AccountId>,
    /// Why.
    pub reason: String,
}

impl Referral {
    /// The responsible unit or the holder asks another organisation.
    pub fn ask_assistance(mut self, ask: AssistAsk, at: DateTime<Utc>) -> Answer {
        let from = match self.owner_or_holder(&ask.by, &ask.account) {
            Ok(owner) => owner,
            Err(rule) => return self.refuse(rule),
        };
        match &self.joint.assistance {
            Some(known) if known.to == ask.to && known.kind == ask.kind => {
                return Ok(Outcome::AlreadySo(self));
            }
            Some(_) => return self.refuse(Rule::AssistancePending),
            None => {}
        }
        match ask.known {
            Some(false) if ask.kind == AssistanceKind::Police => return self.refuse(Rule::NotPolice),
            Some(_) if Some(&ask.to) != self.responsible_org() => {}
            _ => return self.refuse(Rule::UnknownOrganization),
        }
        let until = match day(ask.until, at) {
            Ok(until) => until,
            Err(rule) => return self.refuse(rule),
        };
        let asked = Assistance { kind: ask.kind, from, to: ask.to, until, number: self.numbered(), at };
        self.joint.assistance = Some(asked.clone());
        Ok(self.beside(at, Act::Asked(asked, ask.reason)))
    }

    /// The organisation that was asked helps, or does not.
    pub fn answer_assistance(mut self, ask: AnswerAsk, at: DateTime<Utc>) -> Answer {
        if self.joint.answered == Some((ask.number, ask.accepted)) {
            return Ok(Outcome::AlreadySo(self));
        }
        let of = |asked: &Assistance| asked.number == ask.number && asked.to == ask.by;
        let Some(asked) = self.joint.assistance.clone().filter(of) else {
            return self.refuse(Rule::NoAssistancePending);
        };
        let answered = if ask.accepted {
            let holder = self.state.claim().map(|claim| &claim.holder);
            let aside = &self.aside.accounts;
            let closed = |(one, of): &(AccountId, bool)| !of || Some(one) == holder || aside.contains(one);
            if ask.co_mediators.iter().any(closed) {
                return self.refuse(Rule::CoMediatorNotOpen);
            }
            let sent: Vec<AccountId> = ask.co_mediators.into_iter().map(|(one, _)| one).collect();
            for account in &sent {
                if !self.joint.co_mediators.iter().any(|known| known.account == *account) {
                    let (account, of) = (account.clone(), asked.to.clone());
                    self.joint.co_mediators.push(CoMediator { account, of });
                }
            }
            if !self.joint.co_units.contains(&asked.to) {
                self.joint.co_units.push(asked.to.clone());
            }
            Answered::Accepted(ask.note, sent)
        } else {
            let Some(why) = ask.note else { return self.refuse(Rule::ReasonMissing) };
            Answered::Declined(why)
        };
        self.joint.answered = Some((ask.number, ask.accepted));
        self.joint.assistance = None;
        Ok(self.beside(at, Act::Answered(asked, answered)))
    }

    /// Those who are to sit beside the holder are bound to no party (L4 art. 15).
    pub fn unbound_all(&self, ask: &AnswerAsk, graph: &Graph) -> Result<(), Refusal> {
        // Answered before is already so, whatever tie was declared since.
        if self.joint.answered == Some((ask.number, ask.accepted)) {
            return Ok(());
        }
        ask.co_mediators.iter().try_for_each(|(one, _)| self.unbound(one, graph))
    }

    /// The responsible unit, the holder, or whoever gives it ends assistance. Whoever gives none: already so.
    pub fn end_assistance(mut self, ask: LeaveAsk, at: DateTime<Utc>) -> Answer {
        let LeaveAsk { by, account, of, co_mediators, reason } = ask;
        if let Err(rule) = self.owner_or_holder(&by, &account)
            && (rule != Rule::NotResponsible || by != of)
        {
            return self.refuse(rule);
        }
        let all = co_mediators.is_empty();
        let leaves = |one: &CoMediator| one.of == of && (all || co_mediators.contains(&one.account));
        let (left, stay): (Vec<_>, Vec<_>) = self.joint.co_mediators.iter().cloned().partition(leaves);
        let helps = self.joint.co_units.contains(&of);
        if left.is_empty() && !(all && helps) {
            return Ok(Outcome::AlreadySo(self));
        }
        self.joint.co_mediators = stay;
        if all {
            self.joint.co_units.retain(|unit| *unit != of);
        }
        let left = left.into_iter().map(|one| one.account).collect();
        Ok(self.beside(at, Act::AssistanceEnded(of, left, reason)))
    }

    /// Somebody has come: whoever of the table is bound to them leaves it, a holder as well as those beside (L4 art. 15). One step,
    /// whoever leaves.
    pub fn bound_leave(self, graph: &Graph, came: &Facts, epoch: u32, at: DateTime<Utc>) -> Answer {
        let version = self.version;
        let holder = self.state.claim().map(|claim| claim.holder.to_string());
        let found = holder.and_then(|holder| graph.conflict(&holder, self.case, came));
        let ended = match found {
            Some(found) => self.found_bound(&found, epoch, at)?,
            None => Outcome::AlreadySo(self),
        };
        Ok(match ended {
            Outcome::AlreadySo(noun) => noun.guests_leave(graph, came, at),
            Outcome::Changed(mut noun, events) => {
                noun.version = version;
                match noun.guests_leave(graph, came, at) {
                    Outcome::AlreadySo(mut noun) => {
                        noun.version += 1;
                        Outcome::Changed(noun, events)
                    }
                    left @ Outcome::Changed(..) => left.preceded(events),
                }
            }
        })
    }

    /// Those beside the holder who are bound to these leave the table.
    pub fn guests_leave(mut self, graph: &Graph, came: &Facts, at: DateTime<Utc>) -> Outcome<Self, Event> {
        let this = self.case;
        let bound = |one: &CoMediator| graph.conflict(one.account.as_str(), this, came).is_some();
        let (left, stay): (Vec<_>, Vec<_>) = self.joint.co_mediators.iter().cloned().partition(bound);
        let mut orgs: Vec<OrgId> = left.iter().map(|one| one.of.clone()).collect();
        orgs.sort();
        orgs.dedup();
        let mut acts = orgs.into_iter().map(|of| {
            let accounts = left.iter().filter(|one| one.of == of).map(|one| one.account.clone()).collect();
            Act::AssistanceEnded(of, accounts, BOUND.to_owned())
        });
        let Some(first) = acts.next() else { return Outcome::AlreadySo(self) };
        self.joint.co_mediators = stay;
        acts.fold(self.beside(at, first), |told, act| told.and(Event::Joint(act)))
    }

    /// For whom the caller asks or ends assistance: the responsible unit, or their own as the holder.
    fn owner_or_holder(&self, by: &OrgId, account: &AccountId) -> Result<OrgId, Rule> {
        let holds = self.state.claim().is_some_and(|claim| claim.holder == *account);
        match self.owner(by) {
            Err(Rule::NotResponsible) if holds => Ok(by.clone()),
            answer => answer,
        }
    }

    /// The day of the request with this number has passed. Answered: already so.
    pub fn assistance_lapsed(mut self, number: u64, at: DateTime<Utc>) -> Answer {
        match self.joint.assistance.take_if(|asked| asked.number == number) {
            Some(asked) => Ok(self.beside(at, Act::Answered(asked, Answered::Silent))),
            None => Ok(Outcome::AlreadySo(self)),
        }
    }
}
