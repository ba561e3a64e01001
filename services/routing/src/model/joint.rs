//! What several organisations do about one case, beside its state: a hand-over that is offered, a consultation, assistance, and
//! who helps since.
//!
//! There is one notion of handing over: *offered to X until D*. Whoever is responsible goes on being so until X accepts; returned,
//! or not accepted by the end of D, the offer is over and nothing has moved. While no studio has taken the case, X stands in the
//! state as its destination, as after a referral; from a pool, X is a guest until it accepts.

mod assistance;
mod consultation;
mod hand_over;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use lexicon::{AccountId, OrgId, Outcome};
use rulebook::calendar::civil_date;
use serde::{Deserialize, Serialize};

pub use assistance::{AnswerAsk, AssistAsk, LeaveAsk};
pub use consultation::{ConsultAsk, DecideAsk};
pub use hand_over::{HandOverAsk, Receiver, Step};

use super::org_tree::Level;
use super::referral::Referral;
use super::refusal::Rule;
use super::state::{Event, State};

/// How far ahead a day may be set.
const FARTHEST: TimeDelta = TimeDelta::days(60);

/// Why a case is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HandOverKind {
    /// The first receiver referred it and set a day.
    Refer,
    /// Up.
    Escalate,
    /// Down.
    Delegate,
    /// A consultation named another lead unit.
    Consultation,
}

impl HandOverKind {
    /// What stands in the place of the rule that proposed a studio.
    fn rule(self) -> &'static str {
        match self {
            HandOverKind::Refer => "refer",
            HandOverKind::Escalate => "escalate",
            HandOverKind::Delegate => "delegate",
            HandOverKind::Consultation => "consultation",
        }
    }
}

/// A hand-over that is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    /// Why.
    pub kind: HandOverKind,
    /// Who offers it.
    pub from: OrgId,
    /// To whom.
    pub to: OrgId,
    /// The last day on which it can be accepted.
    pub until: NaiveDate,
    /// Which one of the case.
    pub number: u64,
    /// When it was offered.
    pub at: DateTime<Utc>,
    /// A level in between was passed over.
    pub skips: bool,
}

/// A consultation that waits for its decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consultation {
    /// Who called it.
    pub convener: OrgId,
    /// Who takes part beside the convener.
    pub participants: Vec<OrgId>,
    /// The day by which it is to be decided.
    pub until: NaiveDate,
    /// Which one of the case.
    pub number: u64,
    /// When it was called.
    pub at: DateTime<Utc>,
}

/// What assistance is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AssistanceKind {
    /// Any help of a partner unit.
    Unit,
    /// To sit beside the holder.
    JointMediation,
    /// Of the police.
    Police,
}

/// Assistance that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assistance {
    /// What for.
    pub kind: AssistanceKind,
    /// Who asks.
    pub from: OrgId,
    /// Who is asked.
    pub to: OrgId,
    /// The last day for the answer.
    pub until: NaiveDate,
    /// Which one of the case.
    pub number: u64,
    /// When it was asked for.
    pub at: DateTime<Utc>,
}

/// A mediator who sits beside the holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoMediator {
    /// Whom.
    pub account: AccountId,
    /// Which organisation sent them.
    pub of: OrgId,
}

/// What a referral knows of other organisations' part in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Joint {
    /// The hand-over that is offered.
    pub hand_over: Option<HandOver>,
    /// The consultation that waits for its decision.
    pub consultation: Option<Consultation>,
    /// The assistance that is asked for.
    pub assistance: Option<Assistance>,
    /// The units that help.
    pub co_units: Vec<OrgId>,
    /// The mediators who sit beside the holder.
    pub co_mediators: Vec<CoMediator>,
    /// How many offers, consultations and requests there were.
    pub count: u64,
    /// The last hand-over that was accepted: why, from whom, to whom.
    pub accepted: Option<(HandOverKind, OrgId, OrgId)>,
    /// The last consultation that was decided, and for whom.
    pub decided: Option<(u64, OrgId)>,
    /// The last request that was answered, and how.
    pub answered: Option<(u64, bool)>,
}

/// Who is invited to a case, and who helps its holder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guests {
    /// Organisations.
    pub orgs: Vec<OrgId>,
    /// Co-mediators.
    pub accounts: Vec<AccountId>,
}

/// How an offered hand-over ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HandOverEnd {
    /// It was accepted.
    Accepted,
    /// It was returned, and why.
    Returned(String),
    /// Its day passed.
    Lapsed,
    /// Another took its place.
    Replaced,
    /// A mediator of the responsible unit claimed the case.
    Claimed,
    /// The referral ended.
    CaseOver,
}

/// How a request for assistance was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// It is given, in words, by these mediators.
    Accepted(Option<String>, Vec<AccountId>),
    /// It is not, and why.
    Declined(String),
    /// Its day passed.
    Silent,
}

/// What was decided, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minutes {
    /// What was decided.
    pub decision: String,
    /// What was said.
    pub minutes: String,
    /// Who objected, and to what.
    pub objections: Vec<(OrgId, String)>,
}

/// A joint act that has happened; the referral after it tells the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A hand-over is offered: why, and why a level was passed over.
    Offered(HandOver, Option<String>, Option<String>),
    /// It ended.
    OfferEnded(HandOver, HandOverEnd),
    /// A consultation was called, and about what.
    Consulted(Consultation, String),
    /// It was decided: who leads, who helps, and what was said.
    Decided(u64, OrgId, Vec<OrgId>, Minutes),
    /// Assistance was asked for, and why.
    Asked(Assistance, String),
    /// It was answered.
    Answered(Assistance, Answered),
    /// These co-mediators of an organisation sit at the table no more, or it helps no more at all; and why.
    AssistanceEnded(OrgId, Vec<AccountId>, String),
    /// Others are invited than before: those who are no longer.
    Guests(Guests),
}

impl Referral {
    /// The organisation that is responsible, whoever of it has claimed the case; nobody once it is over.
    pub(super) fn responsible_org(&self) -> Option<&OrgId> {
        match &self.state {
            State::Routed(_) => Some(&self.first_receiver),
            State::Pool(to)
            | State::Fencing(to)
            | State::Assigned { to, .. }
            | State::Confirmed { to, .. } => Some(&to.studio),
            State::Ended(..) => None,
        }
    }

    /// Who is invited to the case, and who helps its holder. The unit that has it, or that it was referred to, is no guest; the first
    /// receiver can be one: its window is near the case anyway, its head only by being invited. Once it is over no organisation is
    /// invited any more; the co-mediators stay beside the holder, who goes on with its agreement.
    pub fn guests(&self) -> Guests {
        let joint = &self.joint;
        let accounts = joint.co_mediators.iter().map(|one| one.account.clone()).collect();
        let mut guests = Guests { orgs: vec![], accounts };
        if matches!(self.state, State::Ended(..)) {
            return guests;
        }
        let near = self.state.destination().map(|to| &to.studio);
        let offered = joint.hand_over.iter().map(|offer| &offer.to);
        let meeting = joint.consultation.iter().flat_map(|meeting| {
            // The convener has perhaps handed the case over meanwhile.
            meeting.participants.iter().chain([&meeting.convener])
        });
        let asked = joint.assistance.iter().map(|asked| &asked.to);
        for org in offered.chain(meeting).chain(asked).chain(&joint.co_units) {
            if near != Some(org) && !guests.orgs.contains(org) {
                guests.orgs.push(org.clone());
            }
        }
        guests
    }

    /// The holder and those who sit beside.
    pub fn at_table(&self) -> impl Iterator<Item = &AccountId> {
        let beside = self.joint.co_mediators.iter().map(|one| &one.account);
        self.state.claim().map(|claim| &claim.holder).into_iter().chain(beside)
    }

    /// What every step entails: who claims a case keeps it, what is over waits for nobody, and who is invited is told.
    pub fn entailed(mut self, before: &Guests, mut events: Vec<Event>) -> (Self, Vec<Event>) {
        let over = matches!(self.state, State::Ended(..));
        if let (State::Routed(to), Some(offer)) = (&self.state, &self.joint.hand_over)
            && to.as_ref().map(|to| &to.studio) != Some(&offer.to)
        {
            self.drop_offer(HandOverEnd::Replaced, &mut events);
        }
        if over || self.state.claim().is_some() {
            let how = if over { HandOverEnd::CaseOver } else { HandOverEnd::Claimed };
            self.drop_offer(how, &mut events);
        }
        if over {
            (self.joint.consultation, self.joint.assistance) = (None, None);
        }
        // Whoever holds the case or has stepped aside in it sits beside nobody.
        let holder = self.state.claim().map(|claim| claim.holder.clone());
        let aside = &self.aside.accounts;
        self.joint
            .co_mediators
            .retain(|one| holder.as_ref() != Some(&one.account) && !aside.contains(&one.account));
        let after = self.guests();
        if after != *before {
            let orgs = before.orgs.iter().filter(|org| !after.orgs.contains(org)).cloned().collect();
            let gone = |one: &&AccountId| !after.accounts.contains(one);
            let accounts = before.accounts.iter().filter(gone).cloned().collect();
            events.push(Event::Joint(Act::Guests(Guests { orgs, accounts })));
        }
        (self, events)
    }

    fn drop_offer(&mut self, how: HandOverEnd, events: &mut Vec<Event>) {
        if let Some(offer) = self.joint.hand_over.take() {
            events.push(Event::Joint(Act::OfferEnded(offer, how)));
        }
    }

    /// The same state with something more beside it.
    fn beside(self, at: DateTime<Utc>, act: Act) -> Outcome<Self, Event> {
        let state = self.state.clone();
        self.changed(state, at, Event::Joint(act))
    }

    fn numbered(&mut self) -> u64 {
        self.joint.count += 1;
        self.joint.count
    }

    /// The unit that is responsible, if it is the caller's.
    fn owner(&self, by: &OrgId) -> Result<OrgId, Rule> {
        let owner = self.responsible_org().ok_or(Rule::NotRouted)?;
        if owner == by { Ok(owner.clone()) } else { Err(Rule::NotResponsible) }
    }
}

/// A day that may be set at this instant.
fn day(until: NaiveDate, at: DateTime<Utc>) -> Result<NaiveDate, Rule> {
    let today = civil_date(at);
    if until < today || until > today + FARTHEST { Err(Rule::DueDateOutOfRange) } else { Ok(until) }
}

/// The levels that exist in the centre between two, not those themselves.
pub(super) fn between(existing: &[Level], one: Level, other: Level) -> Vec<Level> {
    let (high, low) = if one < other { (one, other) } else { (other, one) };
    existing.iter().copied().filter(|level| high < *level && *level < low).collect()
}
