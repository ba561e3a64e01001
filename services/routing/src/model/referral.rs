//! The referral of one case: from the first receiver to a studio, into its pool, to one mediator, to its end.

use chrono::{DateTime, Utc};
use lexicon::{AccountId, CaseId, Fault, OrgId, Outcome};

use super::choice::Choice;
use super::facts::{Facts, Party};
use super::joint::Joint;
use super::recusal::Aside;
use super::refusal::{Refusal, Rule};
use super::state::{
    Claim, Destination, Disclosure, EndReason, Ending, Event, Fence, Lease, Room, State, Target, Way,
};

/// What is noted of a return that a mediator's reasoned decline brought about; the reason is in its own remark.
const DECLINED: &str = "调解员已说明理由退回";
/// Who took in a case of which only its end is known.
const NOBODY: &str = "nobody";

/// The referral of one case.
#[derive(Debug, Clone, PartialEq)]
pub struct Referral {
    /// The case.
    pub case: CaseId,
    /// Raised by one with every change.
    pub version: u64,
    /// When it opened.
    pub opened: DateTime<Utc>,
    /// Since when it is in its state.
    pub state_since: DateTime<Utc>,
    /// Who took the case in.
    pub first_receiver: OrgId,
    /// The latest fence.
    pub fence: Fence,
    /// How often a studio has sent it back.
    pub returns: u32,
    /// What the other services need to know of the case.
    pub facts: Facts,
    /// The number of the event that told the facts last.
    pub facts_seq: u64,
    /// Recusals: asked for, decided, and who has stepped aside.
    pub aside: Aside,
    /// The parties' choice of a mediator, while it is offered in the pool.
    pub choice: Option<Choice>,
    /// Other organisations' part in it.
    pub joint: Joint,
    /// Where it stands.
    pub state: State,
}

pub(super) type Answer = Result<Outcome<Referral, Event>, Refusal>;

impl Referral {
    /// Opens the referral of an accepted dispute; a claim will be fenced from `epoch` on.
    pub fn open(
        case: CaseId,
        receiver: OrgId,
        facts: Facts,
        facts_seq: u64,
        epoch: u32,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            case,
            version: 1,
            opened: at,
            state_since: at,
            first_receiver: receiver,
            fence: Fence { epoch, n: 0 },
            returns: 0,
            facts,
            facts_seq,
            aside: Aside::default(),
            choice: None,
            joint: Joint::default(),
            state: State::Routed(None),
        }
    }

    /// Who is responsible now; nobody once it is over.
    pub fn responsible(&self) -> Option<&str> {
        match &self.state {
            State::Routed(_) => Some(self.first_receiver.as_str()),
            State::Pool(to) | State::Fencing(to) => Some(to.studio.as_str()),
            State::Assigned { claim, .. } | State::Confirmed { claim, .. } => Some(claim.holder.as_str()),
            State::Ended(..) => None,
        }
    }

    /// The first receiver sends it to a studio.
    pub fn refer(self, target: Target, reason: Option<String>, at: DateTime<Utc>) -> Answer {
        let State::Routed(before) = &self.state else {
            // The answer was lost, and the studio has taken it meanwhile.
            let is_there = self.state.destination().is_some_and(|to| to.studio == target.studio);
            return if is_there && !matches!(self.state, State::Ended(..)) {
                Ok(Outcome::AlreadySo(self))
            } else {
                self.refuse(Rule::NotRouted)
            };
        };
        if before.as_ref().is_some_and(|to| to.studio == target.studio) {
            return Ok(Outcome::AlreadySo(self));
        }
        if !target.known {
            return self.refuse(Rule::UnknownStudio);
        }
        let (rule, reason) = match (target.first_by_rule, reason) {
            (Some(rule), reason) => (rule, reason),
            (None, Some(reason)) => ("override".to_owned(), Some(reason)),
            (None, None) => return self.refuse(Rule::ReasonRequired),
        };
        let to = Destination { studio: target.studio, rule };
        Ok(self.changed(State::Routed(Some(to)), at, Event::Referred(reason)))
    }

    /// The studio takes responsibility and offers it.
    pub fn accept(self, at: DateTime<Utc>) -> Answer {
        match &self.state {
            State::Routed(Some(to)) => {
                let to = to.clone();
                Ok(self.changed(State::Pool(to), at, Event::Pooled))
            }
            State::Routed(None) => self.refuse(Rule::NoStudio),
            // The answer was lost, and a mediator has taken it meanwhile.
            State::Pool(_) | State::Assigned { .. } | State::Confirmed { .. } | State::Fencing(_) => {
                Ok(Outcome::AlreadySo(self))
            }
            State::Ended(..) => self.refuse(Rule::NotRouted),
        }
    }

    /// The studio sends it back to the first receiver: before it has taken it, or from its pool when none of its mediators may
    /// claim it any more.
    pub fn send_back(mut self, reason: String, mediators: &[AccountId], at: DateTime<Utc>) -> Answer {
        let left = mediators.iter().any(|one| !self.aside.accounts.contains(one));
        match &self.state {
            State::Pool(to) if !left => {
                let studio = to.studio.clone();
                self.returns += 1;
                Ok(self.changed(State::Routed(None), at, Event::Returned { studio, reason, taken: true }))
            }
            State::Pool(_) => self.refuse(Rule::MediatorsLeft),
            State::Routed(Some(to)) => {
                let studio = to.studio.clone();
                self.returns += 1;
                Ok(self.changed(State::Routed(None), at, Event::Returned { studio, reason, taken: false }))
            }
            State::Routed(None) => self.refuse(Rule::NoStudio),
            _ => self.refuse(Rule::NotRouted),
        }
    }

    /// A mediator takes it, to be confirmed within `confirm`.
    pub fn claim(
        mut self,
        by: AccountId,
        room: &Room,
        epoch: u32,
        confirm: Lease,
        at: DateTime<Utc>,
    ) -> Answer {
        match &self.state {
            State::Pool(_) if self.aside.accounts.contains(&by) => self.refuse(Rule::Recused),
            State::Pool(_) if self.is_choice_open(at) => self.refuse(Rule::ChoiceOpen),
            State::Pool(_) if self.is_promised() => self.refuse(Rule::LeadDecided),
            State::Pool(to) if room.listed_in.as_ref().is_some_and(|studio| *studio != to.studio) => {
                self.refuse(Rule::NotOfThisStudio)
            }
            State::Pool(_) if let Some(rule) = Rule::against(room.standing) => self.refuse(rule),
            State::Pool(_) if room.held >= room.capacity => {
                self.refuse(Rule::OverCapacity { held: room.held, capacity: room.capacity })
            }
            State::Pool(to) => {
                let (to, claim) = (to.clone(), Claim { holder: by, since: at });
                self.fence = self.fence.raised(epoch);
                Ok(self.changed(State::Assigned { to, claim, confirm }, at, Event::Claimed))
            }
            State::Assigned { claim, .. } | State::Confirmed { claim, .. } if claim.holder == by => {
                Ok(Outcome::AlreadySo(self))
            }
            State::Assigned { .. } | State::Confirmed { .. } => self.refuse(Rule::AlreadyClaimed),
            State::Routed(_) | State::Fencing(_) | State::Ended(..) => self.refuse(Rule::NotInPool),
        }
    }

    /// The holder discloses and confirms; mediation opens.
    pub fn confirm(self, fence: Fence, disclosure: Disclosure, at: DateTime<Utc>) -> Answer {
        let current = self.fence;
        match &self.state {
            State::Assigned { .. } | State::Confirmed { .. } if fence != current => {
                self.refuse(Rule::FencePassed { current })
            }
            State::Confirmed { .. } => Ok(Outcome::AlreadySo(self)),
            // The lease is over at its hour, also while the news of that is still on its way.
            State::Assigned { confirm, .. } if at >= confirm.due => self.refuse(Rule::NotAssignedAnyMore),
            State::Assigned { .. } if !disclosure.declared => self.refuse(Rule::DisclosureRequired),
            State::Assigned { .. } if disclosure.relation_exists && !disclosure.all_parties_keep => {
                self.refuse(Rule::ConflictUnresolved)
            }
            State::Assigned { to, claim, .. } => {
                let (to, claim, relation_disclosed) = (to.clone(), claim.clone(), disclosure.relation_exists);
                Ok(self.changed(State::Confirmed { to, claim, relation_disclosed }, at, Event::Confirmed))
            }
            _ => self.refuse(Rule::NotAssigned),
        }
    }

    /// The holder gives the claim up.
    pub fn release(self, fence: Fence, reason: String, epoch: u32, at: DateTime<Utc>) -> Answer {
        let current = self.fence;
        match &self.state {
            State::Assigned { .. } | State::Confirmed { .. } if fence != current => {
                self.refuse(Rule::FencePassed { current })
            }
            State::Assigned { to, claim, .. } | State::Confirmed { to, claim, .. } => {
                let (to, former) = (to.clone(), claim.holder.clone());
                Ok(self.claim_ended(to, former, Ending::Released(reason), epoch, at))
            }
            _ => self.refuse(Rule::NotAssigned),
        }
    }

    /// The holder declines, with a reason, what they have not confirmed (T15; L5 art. 12, 29): the case goes back to be routed.
    pub fn decline(mut self, fence: Fence, reason: String, epoch: u32, at: DateTime<Utc>) -> Answer {
        let current = self.fence;
        match &self.state {
            State::Assigned { .. } | State::Confirmed { .. } if fence != current => {
                self.refuse(Rule::FencePassed { current })
            }
            State::Assigned { to, claim, .. } => {
                let (to, former) = (to.clone(), claim.holder.clone());
                self.aside.declined = true;
                Ok(self.claim_ended(to, former, Ending::Declined(reason), epoch, at))
            }
            State::Confirmed { .. } => self.refuse(Rule::AlreadyConfirmed),
            _ => self.refuse(Rule::NotAssigned),
        }
    }

    /// The time to confirm is over for the claim with number `n`. Confirmed, ended or followed by another: already so.
    pub fn lapse(self, n: u64, epoch: u32, at: DateTime<Utc>) -> Answer {
        match &self.state {
            State::Assigned { to, claim, .. } if self.fence.n == n => {
                let (to, former) = (to.clone(), claim.holder.clone());
                Ok(self.claim_ended(to, former, Ending::Lapsed, epoch, at))
            }
            _ => Ok(Outcome::AlreadySo(self)),
        }
    }

    /// The holder of the claim with this fence has been silent for too long. Ended or followed by another: already so.
    pub fn silence(self, fence: Fence, epoch: u32, at: DateTime<Utc>) -> Answer {
        match &self.state {
            State::Confirmed { to, claim, .. } if self.fence == fence => {
                let (to, former) = (to.clone(), claim.holder.clone());
                Ok(self.claim_ended(to, former, Ending::Lapsed, epoch, at))
            }
            _ => Ok(Outcome::AlreadySo(self)),
        }
    }

    /// The mediation desk has stored `fence`, so the former holder can write no more: it is offered again, or is the claim
    /// of the one who was named to follow, to be confirmed within `confirm`.
    pub fn fence_stored(mut self, fence: Fence, epoch: u32, confirm: Lease, at: DateTime<Utc>) -> Answer {
        let to = match &self.state {
            State::Fencing(to) if fence >= self.fence => to.clone(),
            _ => return Ok(Outcome::AlreadySo(self)),
        };
        if std::mem::take(&mut self.aside.declined) {
            self.returns += 1;
            let event = Event::Returned { studio: to.studio, reason: DECLINED.to_owned(), taken: true };
            return Ok(self.changed(State::Routed(None), at, event));
        }
        Ok(match self.successor() {
            Some(holder) => {
                self.fence = self.fence.raised(epoch);
                let claim = Claim { holder, since: at };
                self.changed(State::Assigned { to, claim, confirm }, at, Event::Given(Way::Followed))
            }
            None => self.changed(State::Pool(to), at, Event::Pooled),
        })
    }

    /// Mediation or the case is over. The first reason stays.
    pub fn end(mut self, reason: EndReason, at: DateTime<Utc>) -> Answer {
        if matches!(self.state, State::Ended(..)) {
            return Ok(Outcome::AlreadySo(self));
        }
        (self.aside.pending, self.aside.successor, self.aside.declined) = (None, None, false);
        let to = self.state.destination().cloned();
        Ok(self.changed(State::Ended(to, reason), at, Event::Ended))
    }

    /// The end of a referral that has not opened yet. Nothing of it was said, and who took the case in is not known.
    pub fn foretold(case: CaseId, reason: EndReason, epoch: u32, at: DateTime<Utc>) -> Result<Self, Fault> {
        let receiver = OrgId::new(NOBODY)?;
        let noun = Self::open(case, receiver, Facts::default(), 0, epoch, at);
        Ok(Self { version: 0, state: State::Ended(None, reason), ..noun })
    }

    /// Whether only its end is known.
    pub const fn is_foretold(&self) -> bool {
        self.version == 0
    }

    /// Why it is over, if it is.
    pub const fn end_reason(&self) -> Option<EndReason> {
        match self.state {
            State::Ended(_, reason) => Some(reason),
            _ => None,
        }
    }

    /// What a former holder is told who shows the fence of a claim that is over; nothing if it is no older one.
    pub fn passed(&self, shown: Fence) -> Option<Refusal> {
        let current = self.fence;
        (shown < current).then(|| Refusal::of(self, Rule::FencePassed { current }))
    }

    /// Whether no studio can have taken responsibility yet. Once one has, the case waits for no studio again.
    pub fn is_unaccepted(&self) -> bool {
        matches!(self.state, State::Routed(_) | State::Ended(None, _))
    }

    /// A party's particulars changed, or a party came. No step of the referral: its version stays.
    #[must_use]
    pub fn with_party(mut self, party: Party, facts_seq: u64) -> Self {
        self.facts_seq = facts_seq;
        match self.facts.parties.iter_mut().find(|known| known.party_id == party.party_id) {
            Some(known) => *known = party,
            None => self.facts.parties.push(party),
        }
        self
    }

    pub(super) fn claim_ended(
        mut self,
        to: Destination,
        former: AccountId,
        how: Ending,
        epoch: u32,
        at: DateTime<Utc>,
    ) -> Outcome<Self, Event> {
        let fence = self.fence;
        self.fence = fence.raised(epoch);
        self.step_aside(&former, &how);
        self.changed(State::Fencing(to), at, Event::ClaimEnded { former, fence, how })
    }

    pub(super) fn changed(mut self, state: State, at: DateTime<Utc>, event: Event) -> Outcome<Self, Event> {
        // To another studio or back to none is the same state: the first receiver's time goes on.
        if self.state.name() != state.name() {
            self.state_since = at;
        }
        // The choice is of the pool: whoever has the case, and wherever it goes back to, it is asked for anew.
        if !matches!(state, State::Pool(_)) {
            self.choice = None;
        }
        self.version += 1;
        self.state = state;
        Outcome::Changed(self, vec![event])
    }

    pub(super) fn refuse(&self, rule: Rule) -> Answer {
        Err(Refusal::of(self, rule))
    }
}
