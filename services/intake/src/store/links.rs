//! Links between disputes, and drafts that become one: steps that change two disputes at once, each guarded by its version.

use std::collections::HashMap;

use access::{Call, Permit, relation};
use chassis::Denied;
use courier::{CommitError, WriteList};
use lexicon::{CaseId, Outcome, PartyId};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::row::link;
use super::{Store, TRIES, reading};
use crate::model::link::{self as linking, Link, LinkKind, MOST_LINKS};
use crate::model::{Dispute, Refusal};

impl Store {
    /// Says what `case` is to `other`; the caller stands near enough to both, and sees of the case what they may.
    pub async fn link(
        &self,
        call: &Call,
        case: CaseId,
        other: CaseId,
        kind: LinkKind,
    ) -> Result<(Dispute, Permit), Denied> {
        for _ in 0..TRIES {
            let (one, permit) = self.get(call, case).await?;
            let (two, _) = self.get(call, other).await?;
            let before = self.linked(case, other).await?;
            let stamp = call.stamp(&self.desk);
            match linking::link(one.clone(), two.clone(), before, kind, stamp.now)? {
                Outcome::AlreadySo((dispute, _)) => {
                    self.desk.vouch(&stamp, case.into()).await?;
                    return Ok((dispute, permit));
                }
                Outcome::Changed((now, then), events) => {
                    if before.is_none() {
                        self.has_room(&one).await?;
                        self.has_room(&two).await?;
                    }
                    let mut list = WriteList::new(&stamp, Some(case.into()));
                    self.add_changes(&mut list, &one, &now, &events[..1])?;
                    self.add_changes(&mut list, &two, &then, &events[1..])?;
                    tie(&mut list, &now, Link { other, kind, at: stamp.now });
                    tie(&mut list, &then, Link { other: case, kind: kind.reversed(), at: stamp.now });
                    match self.desk.commit(list).await {
                        Ok(()) => return Ok((now, permit)),
                        Err(CommitError::Lost(_)) => {}
                        Err(error) => return Err(error.into()),
                    }
                }
            }
        }
        Err(Denied::Stale { current: None })
    }

    /// Two drafts of the caller's organisation become one.
    pub async fn merge(&self, call: &Call, case: CaseId, other: CaseId) -> Result<Dispute, Denied> {
        for _ in 0..TRIES {
            let (kept, _) = self.get(call, case).await?;
            let (gone, _) = self.get(call, other).await?;
            let stamp = call.stamp(&self.desk);
            let new_id = || PartyId::from(stamp.id());
            match linking::merge(kept.clone(), gone.clone(), stamp.now, new_id)? {
                Outcome::AlreadySo((dispute, _)) => {
                    self.desk.vouch(&stamp, case.into()).await?;
                    return Ok(dispute);
                }
                Outcome::Changed((now, then), events) => {
                    let mut list = WriteList::new(&stamp, Some(case.into()));
                    self.add_changes(&mut list, &kept, &now, &events[..1])?;
                    self.add_changes(&mut list, &gone, &then, &events[1..])?;
                    let (from, into) = (LinkKind::MergedFrom, LinkKind::MergedInto);
                    tie(&mut list, &now, Link { other, kind: from, at: stamp.now });
                    tie(&mut list, &then, Link { other: case, kind: into, at: stamp.now });
                    match self.desk.commit(list).await {
                        Ok(()) => return Ok(now),
                        Err(CommitError::Lost(_)) => {}
                        Err(error) => return Err(error.into()),
                    }
                }
            }
        }
        Err(Denied::Stale { current: None })
    }

    /// A case's links, each with whether the caller may know the other side.
    pub async fn links(&self, call: &Call, case: CaseId) -> Result<Vec<(Link, bool)>, Denied> {
        self.get(call, case).await?;
        let rows = link::Entity::find()
            .filter(link::Column::CaseId.eq(case.as_uuid()))
            .order_by_asc(link::Column::OtherId)
            .limit(MOST_LINKS as u64)
            .all(self.desk.reader())
            .await
            .map_err(reading)?;
        let near = relation::Entity::find()
            .filter(relation::Column::CaseId.is_in(rows.iter().map(|row| row.other_id)))
            .all(self.desk.reader())
            .await
            .map_err(reading)?;
        let near: HashMap<Uuid, relation::Model> = near.into_iter().map(|row| (row.case_id, row)).collect();
        let seen = |other: Uuid| call.decide(near.get(&other)).is_ok();
        let links = rows.into_iter().map(|row| {
            let kind = kind(&row)?;
            Ok((Link { other: row.other_id.into(), kind, at: row.linked_at }, seen(row.other_id)))
        });
        links.collect()
    }

    /// What is said of the two already.
    async fn linked(&self, case: CaseId, other: CaseId) -> Result<Option<LinkKind>, Denied> {
        let row = link::Entity::find_by_id((case.as_uuid(), other.as_uuid())).one(self.desk.reader()).await;
        Ok(row.map_err(reading)?.map(|row| kind(&row)).transpose()?)
    }

    async fn has_room(&self, of: &Dispute) -> Result<(), Denied> {
        let links = link::Entity::find().filter(link::Column::CaseId.eq(of.origin.case.as_uuid()));
        let many = links.count(self.desk.reader()).await.map_err(reading)?;
        if many >= MOST_LINKS as u64 {
            return Err(Refusal::TooManyLinks(of.standing()).into());
        }
        Ok(())
    }
}

fn kind(row: &link::Model) -> Result<LinkKind, courier::Fault> {
    row.kind.parse().map_err(|_| courier::Fault::inconsistent("link", "kind", row.case_id))
}

fn tie(list: &mut WriteList, of: &Dispute, link: Link) {
    list.upsert(link::ActiveModel {
        case_id: Set(of.origin.case.into()),
        other_id: Set(link.other.into()),
        centre: Set(of.origin.centre.clone()),
        kind: Set(link.kind.code().to_owned()),
        linked_at: Set(link.at),
    });
}
