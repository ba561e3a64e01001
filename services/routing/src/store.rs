//! The referrals of this service: read under access, changed by the model, written as one list.

mod assignment;
mod conflicts;
mod decisions;
mod directory;
mod effects;
mod foretold;
mod lists;
mod open;
mod pool_watch;
mod retry;
mod row;
mod rules;
mod simulation;
mod succession;
mod take;

use std::sync::Arc;

use access::{Call, Denial, Relation, Role, Vault, relation};
use almanac::Almanac;
use chassis::Denied;
use chrono::{DateTime, Utc};
use courier::planted::{self, Bug};
use courier::{CommitError, Desk, Fault, Heard, Reaction, Stamp, Trouble, WriteList};
use lexicon::{AccountId, CaseId, Outcome};
use sea_orm::EntityTrait;
use tokio::sync::Notify;

use crate::model::{
    Asker, Decision, Disclosure, Event, Fence, Ground, Lease, Party, Recusal, Referral, Refusal,
};
use crate::routes;
use crate::wire::recusal::RecusalDecision;

pub use conflicts::{Declared as DeclaredTie, Paper};
pub use decisions::Decided;
pub use directory::Directory;
pub use pool_watch::{PoolWatch, WatchEnd};
use row::referral;
pub use rules::{Activation, begun_with};
pub use simulation::{Simulation, Tally};

/// Lost when somebody changed the referral in the meantime.
const VERSION: &str = "version";
/// Lost when intake told other facts of the case in the meantime.
const FACTS: &str = "facts";
/// Lost when the referral is there already.
const OPENED: &str = "opened";
/// A lost guard is retried twice.
const TRIES: u32 = 3;

/// The referrals; clones share everything.
#[derive(Clone)]
pub struct Store {
    desk: Desk,
    vault: Arc<Vault>,
    directory: Directory,
    almanac: Almanac,
    shelf: rules::Shelf,
    /// Rung after every commit of ours, so that a watcher need not wait for its next look.
    news: Arc<Notify>,
}

impl Store {
    /// The referrals on this desk.
    pub fn new(desk: Desk, vault: Arc<Vault>) -> Self {
        let directory = Directory::new(desk.clone());
        Self {
            desk,
            vault,
            directory,
            almanac: Almanac::default(),
            shelf: rules::Shelf::default(),
            news: Arc::default(),
        }
    }

    /// Whose memory it is.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// A tick's work: looks whether another edition of the rule book is in force.
    pub fn look_for_editions(&self) -> almanac::Look {
        self.almanac.looking(&self.desk)
    }

    /// The directory beside it.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// One referral that the caller may see. It is read before the relation: were it read after, the second of two equal
    /// releases could pass with the old relation and be refused by the new state.
    pub async fn get(&self, call: &Call, case: CaseId) -> Result<Referral, Denied> {
        let noun = self.load(case).await?;
        let near = relation::find(self.desk.reader(), case.into()).await?;
        call.decide(near.as_ref())?;
        noun.ok_or(Denied::Missing("referral"))
    }

    /// The studio takes responsibility.
    pub async fn accept(&self, call: &Call, case: CaseId) -> Result<Referral, Denied> {
        self.change(call, case, |noun, stamp| noun.accept(stamp.now)).await
    }

    /// The studio sends it back.
    pub async fn send_back(&self, call: &Call, case: CaseId, why: String) -> Result<Referral, Denied> {
        let centre = call.caller.centre.as_str();
        let mediators = self.directory.mediators(centre, Some(&call.caller.org)).await?;
        let mediators: Vec<AccountId> =
            mediators.iter().filter_map(|(one, _)| AccountId::new(one.account_id.as_str()).ok()).collect();
        match self.change(call, case, |noun, stamp| noun.send_back(why.clone(), &mediators, stamp.now)).await
        {
            Err(Denied::Missing(_)) => self.returned_already(call, case).await,
            answer => answer,
        }
    }

    /// The caller takes the case. How many they hold is counted before: two claims in the same moment may together
    /// exceed the capacity by one, which is a rule of good order and not of law.
    pub async fn claim(&self, call: &Call, case: CaseId) -> Result<Referral, Denied> {
        let me: &AccountId = &call.caller.account;
        let room = self.directory.room(call.caller.centre.as_str(), me.as_str());
        let graph = self.graph(call.caller.centre.as_str(), [me]);
        let (room, editions, graph) = tokio::try_join!(room, self.almanac.editions(&self.desk), graph)?;
        let epoch = self.desk.epoch();
        self.change(call, case, |noun, stamp| {
            noun.free_of_conflict(me, &graph)?;
            let due = routes::confirm_due(&editions, stamp.now);
            noun.claim(me.clone(), &room, epoch, due, stamp.now)
        })
        .await
    }

    /// The holder discloses and confirms.
    pub async fn confirm(
        &self,
        call: &Call,
        case: CaseId,
        fence: Fence,
        said: Disclosure,
    ) -> Result<Referral, Denied> {
        let act = |noun: Referral, stamp: &Stamp| {
            let shown = shown(&noun, fence);
            noun.confirm(shown, said, stamp.now)
        };
        match self.change(call, case, act).await {
            Err(Denied::Missing(_)) => self.fence_passed(call, case, fence).await,
            answer => answer,
        }
    }

    /// The holder gives the claim up.
    pub async fn release(
        &self,
        call: &Call,
        case: CaseId,
        fence: Fence,
        why: String,
    ) -> Result<Referral, Denied> {
        let epoch = self.desk.epoch();
        let act = |noun: Referral, stamp: &Stamp| {
            let shown = shown(&noun, fence);
            noun.release(shown, why.clone(), epoch, stamp.now)
        };
        match self.change(call, case, act).await {
            Err(Denied::Missing(_)) => self.given_up_already(call, case, fence, retry::RELEASE).await,
            answer => answer,
        }
    }

    /// The holder declines what they have not confirmed.
    pub async fn decline(
        &self,
        call: &Call,
        case: CaseId,
        fence: Fence,
        why: String,
    ) -> Result<Referral, Denied> {
        let epoch = self.desk.epoch();
        match self.change(call, case, |noun, stamp| noun.decline(fence, why.clone(), epoch, stamp.now)).await
        {
            Err(Denied::Missing(_)) => self.given_up_already(call, case, fence, retry::DECLINE).await,
            answer => answer,
        }
    }

    /// Somebody asks that the mediator step aside. Whose word it can be follows from how the caller stands to the case.
    pub async fn ask_recusal(
        &self,
        call: &Call,
        case: CaseId,
        ground: Ground,
        party: Option<String>,
        why: String,
    ) -> Result<Referral, Denied> {
        let near = relation::find(self.desk.reader(), case.into()).await?;
        let head = call.caller.is(Role::StudioHead);
        let asker = match (call.decide(near.as_ref())?.relation, party) {
            // A colleague of the mediator's studio is no voice in this.
            (Relation::Studio, _) if !head => return Err(Denial::Forbidden.into()),
            (_, Some(party)) => Asker::Party(party),
            (Relation::Holder, None) => Asker::Mediator,
            (Relation::Studio, None) => Asker::Head,
            (_, None) => Asker::Nobody,
        };
        let by = &call.caller.account;
        self.change(call, case, |noun, stamp| {
            let ask = Recusal { ground, asker: asker.clone(), by: by.clone(), at: stamp.now };
            noun.ask_recusal(ask, why.clone(), stamp.now)
        })
        .await
    }

    /// The studio's head, or a supervisor, decides on it.
    pub async fn decide_recusal(
        &self,
        call: &Call,
        case: CaseId,
        asked: &RecusalDecision,
    ) -> Result<Referral, Denied> {
        let (centre, by) = (call.caller.centre.as_str(), &call.caller.account);
        let successor = match &asked.successor {
            Some(account) => Some((account.clone(), self.directory.room(centre, account.as_str()).await?)),
            None => None,
        };
        let graph = self.graph(centre, &asked.successor).await?;
        let epoch = self.desk.epoch();
        self.change(call, case, |noun, stamp| {
            if let Some((account, _)) = &successor {
                noun.unbound(account, &graph)?;
            }
            let decision = Decision {
                fence: asked.fence,
                by: by.clone(),
                verdict: asked.verdict,
                keeping: asked.keeping.clone(),
                successor: successor.clone(),
                reason: asked.reason.clone(),
            };
            noun.decide_recusal(decision, epoch, stamp.now)
        })
        .await
    }

    /// Until when a claim that begins now must be confirmed.
    pub(crate) async fn confirm_due(&self, from: DateTime<Utc>) -> Result<Lease, Fault> {
        let editions = self.almanac.editions(&self.desk).await?;
        Ok(routes::confirm_due(&editions, from))
    }

    async fn change(
        &self,
        call: &Call,
        case: CaseId,
        act: impl Fn(Referral, &Stamp) -> Result<Outcome<Referral, Event>, Refusal>,
    ) -> Result<Referral, Denied> {
        for _ in 0..TRIES {
            let before = self.get(call, case).await?;
            let stamp = call.stamp(&self.desk);
            let (noun, events) = match act(before, &stamp).map_err(Denied::refused)? {
                Outcome::AlreadySo(noun) => {
                    self.desk.vouch(&stamp, case.into()).await?;
                    return Ok(noun);
                }
                Outcome::Changed(noun, events) => (noun, events),
            };
            if self.is_written(self.step(&stamp, &noun, &events)?).await? {
                return Ok(noun);
            }
        }
        Err(Denied::Stale { current: None })
    }

    /// Writes a step; no if somebody else was first.
    async fn is_written(&self, list: WriteList) -> Result<bool, Denied> {
        match self.desk.commit(list).await {
            Ok(()) => {
                self.news.notify_waiters();
                Ok(true)
            }
            Err(CommitError::Lost(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// What an event of a neighbour does to the referral of its case. No referral: nothing, for a case can end before it
    /// was accepted. A refusal: nothing, for the referral has moved on.
    pub(crate) async fn change_heard<M>(
        &self,
        heard: &Heard<M>,
        act: impl FnOnce(Referral, &Stamp) -> Result<Outcome<Referral, Event>, Refusal>,
    ) -> Result<Reaction, Trouble> {
        let Some(before) = self.load(heard.case.into()).await? else { return Ok(Reaction::Nothing) };
        match act(before, &heard.stamp) {
            Ok(Outcome::Changed(noun, events)) => {
                Ok(Reaction::Write(self.step(&heard.stamp, &noun, &events)?))
            }
            Ok(Outcome::AlreadySo(_)) | Err(_) => Ok(Reaction::Nothing),
        }
    }

    /// Opens a referral, once. One that had ended before it was heard of opens and ends.
    pub(crate) async fn open_heard<M>(&self, heard: &Heard<M>, noun: Referral) -> Result<Reaction, Trouble> {
        if let Some(known) = self.look(noun.case).await? {
            return if known.is_foretold() {
                self.open_ended(heard, noun, &known)
            } else {
                Ok(Reaction::Nothing)
            };
        }
        let mut list = WriteList::new(&heard.stamp, Some(heard.case));
        list.insert(row::opened(&heard.centre, &noun), OPENED);
        self.tell(&mut list, &heard.stamp, &noun, &Event::Opened)?;
        Ok(Reaction::Write(list))
    }

    /// Keeps the facts of an open referral up to date. That is no step: its version stays, and nothing is said.
    pub(crate) async fn party_heard<M>(&self, heard: &Heard<M>, party: Party) -> Result<Reaction, Trouble> {
        let Some(before) = self.load(heard.case.into()).await? else { return Ok(Reaction::Nothing) };
        let seq = before.facts_seq;
        let noun = before.with_party(party, heard.pub_seq);
        // Whoever holds the case and is bound to who has come holds it no more (L4 art. 15).
        if let Some(holder) = noun.state.claim().map(|claim| claim.holder.clone())
            && let Some(found) = self.conflict(&heard.centre, &holder, &noun.facts).await?
        {
            let ended = noun.found_bound(&found, self.desk.epoch(), heard.stamp.now);
            let Ok(Outcome::Changed(noun, events)) = ended else { return Ok(Reaction::Nothing) };
            return Ok(Reaction::Write(self.step_with_facts(&heard.stamp, &noun, &events)?));
        }
        let mut list = WriteList::new(&heard.stamp, Some(heard.case));
        effects::write_facts(&mut list, &noun, seq);
        Ok(Reaction::Write(list))
    }

    async fn load(&self, case: CaseId) -> Result<Option<Referral>, Fault> {
        Ok(self.look(case).await?.filter(|noun| !noun.is_foretold()))
    }

    /// The row, also one of before there was a referral.
    async fn look(&self, case: CaseId) -> Result<Option<Referral>, Fault> {
        let row = referral::Entity::find_by_id(case.as_uuid()).one(self.desk.reader()).await;
        let row = row.map_err(|error| Fault::new("read a referral", error))?;
        let Some(noun) = row.map(Referral::try_from).transpose()? else { return Ok(None) };
        let editions = self.almanac.editions(&self.desk).await?;
        Ok(Some(routes::recounted(noun, &editions)))
    }
}

/// The fence that a holder shows; the bug's is always the right one.
fn shown(noun: &Referral, fence: Fence) -> Fence {
    if planted::is(Bug::FenceUnchecked) { noun.fence } else { fence }
}
