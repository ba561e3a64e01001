//! Assistance: another organisation is asked to help, answers within a day, and may send mediators who sit beside the holder.

use chrono::{DateTime, NaiveDate, Utc};
use lexicon::{AccountId, OrgId, Outcome};

use super::{Act, Answered, Assistance, AssistanceKind, day};
use crate::model::referral::{Answer, Referral};
use crate::model::refusal::Rule;

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

impl Referral {
    /// The responsible unit or the holder asks another organisation.
    pub fn ask_assistance(mut self, ask: AssistAsk, at: DateTime<Utc>) -> Answer {
        let holds = self.state.claim().is_some_and(|claim| claim.holder == ask.account);
        let from = match self.owner(&ask.by) {
            Ok(owner) => owner,
            Err(Rule::NotResponsible) if holds => ask.by.clone(),
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
            for one in &sent {
                if !self.joint.co_mediators.contains(one) {
                    self.joint.co_mediators.push(one.clone());
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

    /// The day of the request with this number has passed. Answered: already so.
    pub fn assistance_lapsed(mut self, number: u64, at: DateTime<Utc>) -> Answer {
        match self.joint.assistance.take_if(|asked| asked.number == number) {
            Some(asked) => Ok(self.beside(at, Act::Answered(asked, Answered::Silent))),
            None => Ok(Outcome::AlreadySo(self)),
        }
    }
}
