//! Recusal (T16): the mediator steps aside, or is kept. It is asked for and decided beside the claim, which goes on until the
//! decision; whoever steps aside neither holds nor claims the case again, and the base period runs on.

use chrono::{DateTime, Utc};
use lexicon::{AccountId, Outcome, PartyRole};
use serde::{Deserialize, Serialize};

use super::referral::{Answer, Referral};
use super::refusal::Rule;
use super::state::{Ending, Event, Fence, Room, State};

/// Why a mediator is to step aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ground {
    /// A party, its agent, or a near relative of one.
    Relative,
    /// An interest in the dispute.
    Interest,
    /// Another relation that may affect fairness.
    OtherRelation,
    /// None of these: another mediator is wished for.
    Replacement,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Asker {
    /// A party; somebody recorded its word.
    Party(String),
    /// The mediator discloses it.
    Mediator,
    /// The studio's head.
    Head,
    /// Somebody who may only record a party's word, and named none.
    Nobody,
}

/// A recusal that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recusal {
    /// Why.
    pub ground: Ground,
    /// Who asks.
    pub asker: Asker,
    /// The account that asked or recorded the party's word.
    pub by: AccountId,
    /// When.
    pub at: DateTime<Utc>,
}

/// How it is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The mediator steps aside.
    Granted,
    /// All parties know the ground and keep the mediator.
    Kept,
    /// The ground does not hold.
    Unfounded,
}

/// What a referral knows of recusals.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Aside {
    /// The one that waits for its decision.
    pub pending: Option<Recusal>,
    /// The last decision, and the claim it was about.
    pub decided: Option<(u32, u64, Verdict)>,
    /// Who has stepped aside.
    pub accounts: Vec<AccountId>,
    /// The parties whose wish for another mediator, without a ground, was granted.
    pub wished: Vec<String>,
    /// Who follows, while the former claim is fenced off.
    pub successor: Option<AccountId>,
    /// The former claim was declined: once it is fenced off the case waits for another studio.
    pub declined: bool,
    /// The claim for which all parties have chosen a mediator whom they know to be bound.
    pub known: Option<(u32, u64)>,
}

/// A decision.
#[derive(Debug, Clone)]
pub struct Decision {
    /// About which claim.
    pub fence: Fence,
    /// Who decides.
    pub by: AccountId,
    /// How.
    pub verdict: Verdict,
    /// Parties who know and keep the mediator.
    pub keeping: Vec<String>,
    /// Who follows, and what room they have.
    pub successor: Option<(AccountId, Room)>,
    /// In words.
    pub reason: String,
}

impl Referral {
    /// Somebody asks that the mediator step aside.
    pub fn ask_recusal(mut self, ask: Recusal, reason: String, at: DateTime<Utc>) -> Answer {
        if self.state.claim().is_none() {
            return self.refuse(Rule::NotAssigned);
        }
        match &self.aside.pending {
            Some(known) if known.ground == ask.ground && known.asker == ask.asker => {
                return Ok(Outcome::AlreadySo(self));
            }
            Some(_) => return self.refuse(Rule::RecusalPending),
            None => {}
        }
        match &ask.asker {
            Asker::Nobody => return self.refuse(Rule::AskedForNobody),
            Asker::Party(id) if !self.knows_party(id) => return self.refuse(Rule::UnknownParty),
            // L4 art. 13: once replaced without a ground, a party chooses or is taken to refuse mediation.
            Asker::Party(id) if ask.ground == Ground::Replacement && self.aside.wished.contains(id) => {
                return self.refuse(Rule::AlreadyReplaced);
            }
            Asker::Party(_) | Asker::Mediator | Asker::Head => {}
        }
        self.aside.pending = Some(ask);
        let state = self.state.clone();
        Ok(self.changed(state, at, Event::RecusalRequested { reason }))
    }

    /// The studio's head, or a supervisor, decides.
    pub fn decide_recusal(mut self, decision: Decision, epoch: u32, at: DateTime<Utc>) -> Answer {
        let Decision { fence, by, verdict, keeping, successor, reason } = decision;
        if self.aside.decided == Some((fence.epoch, fence.n, verdict)) && self.aside.pending.is_none() {
            return Ok(Outcome::AlreadySo(self));
        }
        let (Some(pending), Some(claim)) = (self.aside.pending.clone(), self.state.claim().cloned()) else {
            return self.refuse(Rule::NoRecusalPending);
        };
        if fence != self.fence {
            return self.refuse(Rule::FencePassed { current: self.fence });
        }
        if claim.holder == by {
            return self.refuse(Rule::DecidesOwnRecusal);
        }
        if keeping.iter().any(|id| !self.knows_party(id)) {
            return self.refuse(Rule::UnknownParty);
        }
        // A ground that the mediator discloses is there: only the parties can waive it.
        let disclosed = pending.asker == Asker::Mediator && pending.ground != Ground::Replacement;
        let waived = verdict == Verdict::Kept && self.all_sides(&keeping);
        if verdict != Verdict::Granted && !waived && (disclosed || verdict == Verdict::Kept) {
            return self.refuse(Rule::KeepWithoutConsent);
        }
        if let Some((account, room)) = &successor
            && !self.is_open_to(account, &claim.holder, room)
        {
            return self.refuse(Rule::SuccessorNotOpen);
        }
        self.aside.decided = Some((fence.epoch, fence.n, verdict));
        let decided = Event::RecusalDecided { verdict, fence, reason };
        let granted = self.state.destination().filter(|_| verdict == Verdict::Granted).cloned();
        let Some(to) = granted else {
            self.aside.pending = None;
            let mut state = self.state.clone();
            if let State::Confirmed { relation_disclosed, .. } = &mut state {
                // What the parties waive is disclosed: the tie that the mediator then declares moves nobody (L4 art. 15).
                *relation_disclosed |= waived;
            }
            return Ok(self.changed(state, at, decided));
        };
        self.aside.successor = successor.map(|(account, _)| account);
        if let Asker::Party(id) = &pending.asker
            && pending.ground == Ground::Replacement
            && !self.aside.wished.contains(id)
        {
            self.aside.wished.push(id.clone());
        }
        Ok(match self.claim_ended(to, claim.holder, Ending::Recused, epoch, at) {
            Outcome::Changed(after, mut events) => {
                events.insert(0, decided);
                Outcome::Changed(after, events)
            }
            so @ Outcome::AlreadySo(_) => so,
        })
    }

    pub(super) fn knows_party(&self, id: &str) -> bool {
        self.facts.parties.iter().any(|party| party.party_id == id)
    }

    /// Every claimant and respondent is among these.
    pub(super) fn all_sides(&self, ids: &[String]) -> bool {
        let side = |role| matches!(role, Some(PartyRole::Claimant | PartyRole::Respondent));
        let mut sides = self.facts.parties.iter().filter(|party| side(party.role)).peekable();
        sides.peek().is_some() && sides.all(|party| ids.contains(&party.party_id))
    }

    fn is_open_to(&self, account: &AccountId, former: &AccountId, room: &Room) -> bool {
        let studio = self.state.destination().map(|to| &to.studio);
        account != former
            && !self.aside.accounts.contains(account)
            && studio == room.listed_in.as_ref()
            && room.standing.is_listed()
            && room.held < room.capacity
    }

    /// A claim ended, and nothing waits for a decision any more. Who was recused, or had disclosed a ground of their own, has
    /// stepped aside for good; a request that nobody granted says nothing against whoever gave the claim up.
    pub(super) fn step_aside(&mut self, former: &AccountId, how: &Ending) {
        let disclosed =
            self.aside.pending.take().is_some_and(|pending| {
                pending.asker == Asker::Mediator && pending.ground != Ground::Replacement
            });
        if (disclosed || matches!(how, Ending::Recused | Ending::Conflict(_)))
            && !self.aside.accounts.contains(former)
        {
            self.aside.accounts.push(former.clone());
        }
    }

    /// The claim of the one who follows, if somebody was named.
    pub(super) fn successor(&mut self) -> Option<AccountId> {
        match &self.state {
            State::Fencing(_) => self.aside.successor.take(),
            _ => None,
        }
    }
}
