//! The parties' choice and the head's appointments, as writes.
//!
//! A batch is read in a handful of queries whatever its size, decided in memory case by case, and written as one list a case,
//! some at a time: one lost or refused case stops no other.

use std::collections::HashMap;

use access::{Call, Denial, Relation, relation};
use chassis::Denied;
use chrono::{DateTime, Utc};
use courier::Fault;
use futures::{StreamExt, TryStreamExt, stream};
use lexicon::{AccountId, CaseId, Outcome};
use rulebook::calendar::civil_date;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::row::referral;
use super::{Store, TRIES};
use crate::model::conflict::Graph;
use crate::model::{Event, JointChoice, Lease, Referral, Refusal, Room, Standing};
use crate::routes;
use crate::wire::assignment::{Appointed, Appointing, Chosen};

/// Lists on their way at the same time.
const AT_ONCE: usize = 16;

/// The mediators of the studio with the room that each has, counted on while cases are given to them.
struct Staff {
    people: Vec<(AccountId, Room)>,
    /// What binds them to the cases that are decided about.
    graph: Graph,
}

impl Staff {
    fn room(&self, account: &AccountId) -> Option<&Room> {
        self.people.iter().find(|(one, _)| one == account).map(|(_, room)| room)
    }

    /// The one with the smallest part of their capacity in use who may have the case; of equal ones the first by name.
    fn least_loaded(&self, noun: &Referral) -> Option<(AccountId, Room)> {
        let open = self.people.iter().filter(|(account, room)| {
            noun.is_open_for(account, room) && noun.free_of_conflict(account, &self.graph).is_ok()
        });
        let least = open.min_by(|(name, one), (other_name, other)| {
            let (ours, theirs) = (one.held * other.capacity, other.held * one.capacity);
            ours.cmp(&theirs).then_with(|| name.cmp(other_name))
        });
        least.cloned()
    }

    fn gives(&mut self, account: &AccountId) {
        if let Some((_, room)) = self.people.iter_mut().find(|(one, _)| one == account) {
            room.held += 1;
        }
    }
}

/// What appointing comes to before it is written.
enum Decided {
    Write(Box<Referral>, Vec<Event>),
    Answer(Appointed),
}

impl Store {
    /// The parties are asked to choose a mediator together.
    pub async fn offer_choice(&self, call: &Call, case: CaseId) -> Result<Referral, Denied> {
        let editions = self.almanac.editions(&self.desk).await?;
        self.change(call, case, |noun, stamp| {
            noun.offer_choice(routes::choice_due(&editions, stamp.now), stamp.now)
        })
        .await
    }

    /// The parties have chosen. Whether the studio records it follows from how the caller stands to the case.
    pub async fn choose(&self, call: &Call, case: CaseId, asked: Chosen) -> Result<Referral, Denied> {
        let Chosen { mediator: chosen, agreeing, relation_known } = asked;
        let near = relation::find(self.desk.reader(), case.into()).await?;
        let by_studio = call.decide(near.as_ref())?.relation == Relation::Studio;
        let room = self.directory.room(call.caller.centre.as_str(), chosen.as_str());
        let (room, editions) = tokio::try_join!(room, self.almanac.editions(&self.desk))?;
        let said = JointChoice { chosen, room, agreeing, by_studio, relation_known };
        let epoch = self.desk.epoch();
        self.change_knowing(call, case, std::slice::from_ref(&said.chosen), |noun, graph, stamp| {
            // Whom all parties choose knowing of it is theirs to choose (L4 art. 15); that all have, the choice itself asks.
            if !said.relation_known {
                noun.free_of_conflict(&said.chosen, graph)?;
            }
            noun.choose(&said, epoch, routes::confirm_due(&editions, stamp.now), stamp.now)
        })
        .await
    }

    /// Appoints a mediator for each of these cases of the caller's studio. The answers are in the order of the asks.
    pub async fn appoint(&self, call: &Call, asks: &[Appointing]) -> Result<Vec<Appointed>, Denied> {
        // The wrong role is told so before any case is looked at; the cases are decided about one by one.
        if let Err(denial @ Denial::Forbidden) = call.decide(None) {
            return Err(denial.into());
        }
        let editions = self.almanac.editions(&self.desk).await?;
        let due = |at| routes::confirm_due(&editions, at);
        let mut staff = self.staff(call).await?;
        let mut left: Vec<usize> = (0..asks.len()).collect();
        let mut answers: Vec<Option<Appointed>> = asks.iter().map(|_| None).collect();
        for _ in 0..TRIES {
            let cases: Vec<Uuid> = left.iter().map(|at| asks[*at].case.as_uuid()).collect();
            let mut nouns = self.of_studio(call, &cases).await?;
            let people = staff.people.iter().map(|(account, _)| account);
            let facts = nouns.values().map(|noun| (noun.case, &noun.facts));
            staff.graph = self.graph(call.caller.centre.as_str(), people, facts).await?;
            let mut writes = vec![];
            for at in std::mem::take(&mut left) {
                let noun = nouns.remove(&asks[at].case.as_uuid());
                let now = self.desk.clock().now();
                match decide(noun, asks[at].mediator.as_ref(), &mut staff, self.desk.epoch(), &due, now) {
                    Decided::Write(noun, events) => writes.push((at, noun, events)),
                    Decided::Answer(answer) => answers[at] = Some(answer),
                }
            }
            let written = stream::iter(writes).map(|(at, noun, events)| async move {
                let stamp = call.stamp(&self.desk);
                let is_written = self.is_written(self.step(&stamp, &noun, &events)?).await?;
                Ok::<_, Denied>((at, noun, is_written))
            });
            let written: Vec<_> = written.buffered(AT_ONCE).try_collect().await?;
            for (at, noun, is_written) in written {
                if is_written {
                    answers[at] = Some(Appointed::Done(noun));
                } else {
                    left.push(at);
                }
            }
            if left.is_empty() {
                break;
            }
            // What was counted on and lost is counted anew.
            staff = self.staff(call).await?;
        }
        self.vouch_for(call, &answers).await?;
        Ok(answers.into_iter().map(|answer| answer.unwrap_or(Appointed::Stale)).collect())
    }

    /// What was so before becomes as durable as this answer.
    async fn vouch_for(&self, call: &Call, answers: &[Option<Appointed>]) -> Result<(), Denied> {
        let so: Vec<CaseId> = answers
            .iter()
            .filter_map(|answer| match answer {
                Some(Appointed::So(noun)) => Some(noun.case),
                _ => None,
            })
            .collect();
        let vouched = stream::iter(so)
            .map(|case| async move { self.desk.vouch(&call.stamp(&self.desk), case.into()).await });
        vouched.buffered(AT_ONCE).try_collect::<Vec<()>>().await?;
        Ok(())
    }

    async fn staff(&self, call: &Call) -> Result<Staff, Fault> {
        let centre = call.caller.centre.as_str();
        let listed = self.directory.mediators(centre, Some(&call.caller.org)).await?;
        let today = civil_date(self.desk.clock().now());
        let read = |(one, held): (crate::model::Mediator, u64)| {
            let account = AccountId::new(one.account_id.as_str()).ok()?;
            let capacity = u64::try_from(one.capacity).unwrap_or_default();
            let standing = one.standing(today);
            Some((account, Room { held, capacity, listed_in: Some(call.caller.org.clone()), standing }))
        };
        Ok(Staff { people: listed.into_iter().filter_map(read).collect(), graph: Graph::default() })
    }

    /// Those of the cases that the caller may decide about. Referrals are read before relations, as in [`Store::get`].
    async fn of_studio(&self, call: &Call, cases: &[Uuid]) -> Result<HashMap<Uuid, Referral>, Denied> {
        let editions = self.almanac.editions(&self.desk).await?;
        let of_these = referral::Entity::find().filter(referral::Column::CaseId.is_in(cases.iter().copied()));
        let rows = self.rows(of_these).await?;
        let near = relation::Entity::find()
            .filter(relation::Column::CaseId.is_in(cases.iter().copied()))
            .all(self.desk.reader())
            .await
            .map_err(|error| Fault::new("read who stands near these cases", error))?;
        let near: HashMap<Uuid, relation::Model> = near.into_iter().map(|row| (row.case_id, row)).collect();
        let mut nouns = HashMap::with_capacity(rows.len());
        for row in rows {
            if call.decide(near.get(&row.case_id)).is_ok() {
                nouns.insert(row.case_id, routes::recounted(Referral::try_from(row)?, &editions));
            }
        }
        Ok(nouns)
    }
}

fn decide(
    noun: Option<Referral>,
    named: Option<&AccountId>,
    staff: &mut Staff,
    epoch: u32,
    due: &impl Fn(DateTime<Utc>) -> Lease,
    now: DateTime<Utc>,
) -> Decided {
    let Some(noun) = noun else { return Decided::Answer(Appointed::Missing) };
    let chosen = match named {
        // Who is not of this studio has no room in it.
        Some(account) => {
            let none = Room { held: 0, capacity: 0, listed_in: None, standing: Standing::Unlisted };
            Some((account.clone(), staff.room(account).cloned().unwrap_or(none)))
        }
        None if noun.is_choice_open(now) => None,
        None => staff.least_loaded(&noun),
    };
    let guests = noun.guests();
    let free = chosen.as_ref().map_or(Ok(()), |(account, _)| noun.free_of_conflict(account, &staff.graph));
    if let Err(refusal) = free {
        return refused(refusal);
    }
    let answer = match &chosen {
        Some((account, room)) => noun.appoint(account.clone(), room, epoch, due(now), now),
        None => noun.appoint_nobody(now),
    };
    match answer {
        Ok(Outcome::Changed(noun, events)) => {
            if let Some((account, _)) = &chosen {
                staff.gives(account);
            }
            let (noun, events) = noun.entailed(&guests, events);
            Decided::Write(Box::new(noun), events)
        }
        Ok(Outcome::AlreadySo(noun)) => Decided::Answer(Appointed::So(Box::new(noun))),
        Err(refusal) => refused(refusal),
    }
}

fn refused(refusal: Refusal) -> Decided {
    Decided::Answer(Appointed::Refused(refusal))
}
