//! The referrals of this service: read under access, changed by the model, written as one list.

mod assignment;
mod conflicts;
mod decisions;
mod directory;
mod effects;
mod foretold;
mod joint;
mod lists;
mod open;
mod party_news;
mod pool_watch;
mod recusals;
mod retry;
mod row;
mod rules;
mod simulation;
mod succession;
mod take;
mod ties;

use std::sync::Arc;

use access::relation::{self, Near};
use access::{Call, Vault};
use almanac::Almanac;
use chassis::Denied;
use chrono::{DateTime, Utc};
use courier::planted::{self, Bug};
use courier::{CommitError, Desk, Fault, Heard, Reaction, Stamp, Trouble, WriteList};
use lexicon::{AccountId, CaseId, Outcome};
use rulebook::calendar::civil_date;
use sea_orm::EntityTrait;
use tokio::sync::Notify;

use crate::model::conflict::Graph;
use crate::model::{Disclosure, Event, Fence, Lease, Referral, Refusal};
use crate::routes;

pub use conflicts::{Declared as DeclaredTie, Declaring, Paper, Which, Withdrawing};
pub use decisions::Decided;
pub use directory::{Directory, Written};
pub use joint::Told;
pub use pool_watch::{PoolWatch, WatchEnd};
use row::referral;
pub use rules::{Activation, begun_with};
pub use simulation::{Simulation, Tally};
pub use ties::CHECKING;

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
        let directory = Directory::new(desk.clone(), vault.clone());
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
        let org = &call.caller.org;
        self.change(call, case, |noun, stamp| noun.accept_by(org, stamp.now)).await
    }

    /// The studio sends it back, or whoever it is offered to does not take it.
    pub async fn send_back(&self, call: &Call, case: CaseId, why: String) -> Result<Referral, Denied> {
        let centre = call.caller.centre.as_str();
        let mediators = self.directory.mediators(centre, Some(&call.caller.org)).await?;
        // Who is off the roster claims nothing, so nobody waits for them.
        let today = civil_date(self.desk.clock().now());
        let mediators: Vec<AccountId> = mediators
            .iter()
            .filter(|(one, _)| one.standing(today).is_listed())
            .filter_map(|(one, _)| AccountId::new(one.account_id.as_str()).ok())
            .collect();
        let org = &call.caller.org;
        let act = |noun: Referral, graph: &Graph, stamp: &Stamp| {
            // Whom a tie binds to a party is as little there for this case as one who has stepped aside.
            let free = mediators.iter().filter(|one| noun.unbound(one, graph).is_ok()).cloned();
            let free: Vec<AccountId> = free.collect();
            noun.hand_back(org, why.clone(), &free, stamp.now)
        };
        match self.change_knowing(call, case, &mediators, act).await {
            Err(Denied::Missing(_)) => self.returned_already(call, case).await,
            answer => answer,
        }
    }

    /// The caller takes the case. How many they hold is counted before: two claims in the same moment may together
    /// exceed the capacity by one, which is a rule of good order and not of law.
    pub async fn claim(&self, call: &Call, case: CaseId) -> Result<Referral, Denied> {
        let me: &AccountId = &call.caller.account;
        let room = self.directory.room(call.caller.centre.as_str(), me.as_str());
        let (room, editions) = tokio::try_join!(room, self.almanac.editions(&self.desk))?;
        let epoch = self.desk.epoch();
        self.change_knowing(call, case, std::slice::from_ref(me), |noun, graph, stamp| {
            noun.free_of_conflict(me, graph)?;
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
        let me = &call.caller.account;
        let act = |noun: Referral, graph: &Graph, stamp: &Stamp| {
            // A relation that is disclosed and that all parties keep is theirs to keep (L4 art. 15).
            if !(said.relation_exists && said.all_parties_keep) {
                noun.still_free_of_conflict(me, graph)?;
            }
            let shown = shown(&noun, fence);
            noun.confirm(shown, said, stamp.now)
        };
        let me = std::slice::from_ref(me);
        match self.change_in_touch(call, case, me, &[contracts::topics::INTAKE], act).await {
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
        self.change_knowing(call, case, &[], |noun, _, stamp| act(noun, stamp)).await
    }

    /// A change that asks what binds `whom` to the case as it is read.
    async fn change_knowing(
        &self,
        call: &Call,
        case: CaseId,
        whom: &[AccountId],
        act: impl Fn(Referral, &Graph, &Stamp) -> Result<Outcome<Referral, Event>, Refusal>,
    ) -> Result<Referral, Denied> {
        self.change_in_touch(call, case, whom, &[], act).await
    }

    /// A change that is written only where the news of these topics is heard.
    async fn change_in_touch(
        &self,
        call: &Call,
        case: CaseId,
        whom: &[AccountId],
        with: &[&str],
        act: impl Fn(Referral, &Graph, &Stamp) -> Result<Outcome<Referral, Event>, Refusal>,
    ) -> Result<Referral, Denied> {
        for _ in 0..TRIES {
            let before = self.get(call, case).await?;
            let graph = self.graph(call.caller.centre.as_str(), whom, [(case, &before.facts)]).await?;
            let stamp = call.stamp(&self.desk);
            let guests = before.guests();
            let (noun, events) = match act(before, &graph, &stamp).map_err(Denied::refused)? {
                Outcome::AlreadySo(noun) => {
                    self.desk.vouch(&stamp, case.into()).await?;
                    return Ok(noun);
                }
                Outcome::Changed(noun, events) => noun.entailed(&guests, events),
            };
            if !with.is_empty() && !self.desk.in_touch(with).await? {
                return Err(Denied::OutOfTouch);
            }
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
        match self.load(heard.case.into()).await? {
            Some(before) => self.decided(heard, before, act),
            None => Ok(Reaction::Nothing),
        }
    }

    /// What a heard event's change writes.
    fn decided<M>(
        &self,
        heard: &Heard<M>,
        before: Referral,
        act: impl FnOnce(Referral, &Stamp) -> Result<Outcome<Referral, Event>, Refusal>,
    ) -> Result<Reaction, Trouble> {
        let guests = before.guests();
        match act(before, &heard.stamp) {
            Ok(Outcome::Changed(noun, events)) => {
                let (noun, events) = noun.entailed(&guests, events);
                Ok(Reaction::Write(self.step(&heard.stamp, &noun, &events)?))
            }
            Ok(Outcome::AlreadySo(_)) | Err(_) => Ok(Reaction::Nothing),
        }
    }

    /// Opens a referral, once. One that had ended before it was heard of opens and ends.
    pub(crate) async fn open_heard<M>(
        &self,
        heard: &Heard<M>,
        noun: Referral,
        adviser: Option<&AccountId>,
    ) -> Result<Reaction, Trouble> {
        if let Some(known) = self.look(noun.case).await? {
            return if known.is_foretold() {
                self.open_ended(heard, noun, &known)
            } else {
                Ok(Reaction::Nothing)
            };
        }
        let mut list = WriteList::new(&heard.stamp, Some(heard.case));
        list.insert(row::opened(&heard.centre, &noun), OPENED);
        let near = Near::to(&heard.centre, noun.case.as_uuid());
        self.tell(&mut list, near, &heard.stamp, &noun, &Event::Opened)?.write(&mut list);
        if let Some(adviser) = adviser {
            ties::advised(&mut list, &heard.stamp, noun.case, adviser, &noun.facts.parties);
        }
        self.told_of_parties(&mut list, heard, &noun, &noun.facts.parties).await?;
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
