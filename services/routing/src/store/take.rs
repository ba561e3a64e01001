//! The next case for a mediator: the pool is ranked, and the first that nobody else takes at the same moment is theirs.

use std::collections::HashMap;

use access::{Call, relation};
use almanac::Editions;
use chassis::Denied;
use contracts::routing::v1::TakeReason;
use courier::{CommitError, Fault, Stamp, WriteList};
use lexicon::Outcome;
use prost::Message;
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::Store;
use crate::model::next::{self, Waiting};
use crate::model::{Referral, Refusal};
use crate::routes;
use crate::wire::assignment;

/// Cases that are ranked at most: the oldest of the pool. Who waits behind so many waits for his turn among them.
const RANKED: usize = 200;
/// Rows of the pool that are looked at for these; the rest of them the caller may not take.
const LOOKED_AT: usize = 2000;
/// After so many lost races the pool is looked at anew.
const A_LOOK: usize = 4;
/// Looks in one call.
const LOOKS: usize = 6;
/// Lost when this request has taken a case already.
const TAKING: &str = "taking";

/// `taking`.
mod taking {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "taking")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub centre: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub org: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub account: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub request_id: String,
        pub case_id: Uuid,
        pub at: DateTimeUtc,
        pub why: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A case that was taken, and why that one.
pub type Taken = (Referral, TakeReason);

impl Store {
    /// The best case of the caller's pool is theirs.
    pub async fn take(&self, call: &Call, request_id: &str) -> Result<Taken, Denied> {
        call.decide(None)?;
        if let Some(taken) = self.taken(call, request_id).await? {
            return Ok(taken);
        }
        let (caller, centre) = (&call.caller, call.caller.centre.as_str());
        let room = self.directory.room(centre, caller.account.as_str());
        let line = self.directory.line(centre, caller.account.as_str());
        let studios = self.directory.studios(centre);
        let editions = self.almanac.editions(&self.desk);
        let (room, line, studios, editions) = tokio::try_join!(room, line, studios, editions)?;
        if let Some(refusal) = Refusal::of_standing(room.standing) {
            return self.taken_or_refused(call, request_id, refusal).await;
        }
        if room.held >= room.capacity {
            let full = Refusal::at_capacity(room.held, room.capacity);
            return self.taken_or_refused(call, request_id, full).await;
        }
        let studio = studios.iter().find(|studio| studio.org_id == caller.org.as_str());
        let town = studio.and_then(|studio| studio.town_code.as_deref());
        let profile = line.unwrap_or_default().profile(town);
        let epoch = self.desk.epoch();
        for _ in 0..LOOKS {
            let pool = self.open_to(call, &editions).await?;
            if pool.is_empty() {
                return self.taken_or_refused(call, request_id, Refusal::empty_pool()).await;
            }
            let languages = self.languages(&pool).await?;
            let waiting: Vec<Waiting<'_>> =
                pool.iter().map(|noun| waiting(noun, &editions, &languages)).collect();
            let ranked = next::rank(&profile, &waiting, self.desk.clock().now());
            for next in ranked.iter().take(A_LOOK) {
                let stamp = call.stamp(&self.desk);
                let due = routes::confirm_due(&editions, stamp.now);
                let noun = pool[next.place].clone();
                let guests = noun.guests();
                let claim = noun.claim(caller.account.clone(), &room, epoch, due, stamp.now);
                let Outcome::Changed(noun, events) = claim.map_err(Denied::refused)? else { continue };
                let (noun, events) = noun.entailed(&guests, events);
                let why = assignment::why(next, waiting[next.place].since, pool.len());
                let mut list = self.step(&stamp, &noun, &events)?;
                keep(&mut list, call, &stamp, request_id, &noun, &why);
                match self.desk.commit(list).await {
                    Ok(()) => {
                        self.news.notify_waiters();
                        return Ok((noun, why));
                    }
                    Err(CommitError::Lost(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            // Somebody was faster, or this very request was sent twice at once.
            if let Some(taken) = self.taken(call, request_id).await? {
                return Ok(taken);
            }
        }
        Err(Denied::Stale { current: None })
    }

    /// Refused; unless this very request was sent twice at once, and the other one has taken what is missing here.
    async fn taken_or_refused(
        &self,
        call: &Call,
        request_id: &str,
        refusal: Refusal,
    ) -> Result<Taken, Denied> {
        self.taken(call, request_id).await?.ok_or_else(|| Denied::refused(refusal))
    }

    /// The oldest cases of the caller's pool that they may take.
    async fn open_to(&self, call: &Call, editions: &Editions) -> Result<Vec<Referral>, Fault> {
        let (mut open, mut after, mut seen) = (vec![], None, 0);
        let now = self.desk.clock().now();
        while open.len() < RANKED && seen < LOOKED_AT {
            let rows = self.pool_rows(call, after, RANKED as u64).await?;
            seen += rows.len();
            after = rows.last().map(|row| (row.state_at, row.case_id));
            let last = rows.len() < RANKED;
            let (me, centre) = (&call.caller.account, call.caller.centre.as_str());
            let nouns = rows.into_iter().map(|row| Ok(routes::recounted(Referral::try_from(row)?, editions)));
            let mut nouns = nouns.collect::<Result<Vec<Referral>, Fault>>()?;
            nouns.retain(|noun| {
                !noun.aside.accounts.contains(me) && !noun.is_choice_open(now) && !noun.is_promised()
            });
            let graph = self.graph(centre, [me], nouns.iter().map(|noun| (noun.case, &noun.facts))).await?;
            open.extend(nouns.into_iter().filter(|noun| noun.free_of_conflict(me, &graph).is_ok()));
            if last {
                break;
            }
        }
        open.truncate(RANKED);
        Ok(open)
    }

    /// What this request took before, as it is now; to nobody who has stepped aside in it since.
    async fn taken(&self, call: &Call, request_id: &str) -> Result<Option<Taken>, Denied> {
        let caller = &call.caller;
        let key = [caller.centre.as_str(), caller.org.as_str(), caller.account.as_str(), request_id];
        let [centre, org, account, request] = key.map(str::to_owned);
        let row = taking::Entity::find_by_id((centre, org, account, request)).one(self.desk.reader()).await;
        let Some(row) = row.map_err(|error| Fault::new("read what was taken", error))? else {
            return Ok(None);
        };
        let near = relation::find(self.desk.reader(), row.case_id).await?;
        if near.is_some_and(|near| near.excludes(caller.account.as_str())) {
            return Err(Denied::Missing("referral"));
        }
        let noun = self.load(row.case_id.into()).await?.ok_or(Denied::Missing("referral"))?;
        let why = TakeReason::decode(row.why.as_slice());
        let why = why.map_err(|_| Fault::inconsistent("taking", "why", row.case_id))?;
        self.desk.vouch(&call.stamp(&self.desk), row.case_id).await?;
        Ok(Some((noun, why)))
    }
}

fn waiting<'a>(noun: &'a Referral, editions: &Editions, languages: &'a HashMap<Uuid, String>) -> Waiting<'a> {
    let since = noun.state_since;
    let due = routes::pool_due(editions, since);
    let language = languages.get(&noun.case.as_uuid()).map(String::as_str);
    Waiting { case: noun.case.as_uuid(), since, due, facts: &noun.facts, language }
}

fn keep(
    list: &mut WriteList,
    call: &Call,
    stamp: &Stamp,
    request_id: &str,
    noun: &Referral,
    why: &TakeReason,
) {
    let row = taking::ActiveModel {
        centre: Set(call.caller.centre.to_string()),
        org: Set(call.caller.org.to_string()),
        account: Set(call.caller.account.to_string()),
        request_id: Set(request_id.to_owned()),
        case_id: Set(noun.case.into()),
        at: Set(stamp.now),
        why: Set(why.encode_to_vec()),
    };
    list.insert(row, TAKING);
}
