//! Cases about one matter, found by what their matters share: a row a case, searched when a court gets a suit or a case becomes
//! known. Such finds are rare, and each reads few cases.

use courier::{Fault, WriteList};
use lexicon::Outcome;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::Store;
use super::row::matter as row;
use super::threads::Read;
use crate::model::facts::Elsewhere;
use crate::model::{News, Thread, matter};

/// The most cases about one matter that are looked at.
const MOST: u64 = 20;

/// A case that learns of a suit in another.
pub(super) struct Told {
    before: Read,
    after: Thread,
    news: Vec<News>,
}

impl Store {
    /// Who learns that a court has a suit: the other cases about the matter, when this one becomes a suit; this one, when it becomes
    /// known and another is one already.
    pub(super) async fn of_one_matter(
        &self,
        centre: &str,
        before: &Thread,
        after: &mut Thread,
        news: &mut Vec<News>,
    ) -> Result<Vec<Told>, Fault> {
        let Some(shared) = matter::of(&after.facts) else { return Ok(vec![]) };
        let known = matter::of(&before.facts).as_ref() == Some(&shared);
        let court = after.suing_at().cloned();
        if known && (court.is_none() || before.suing_at().is_some()) {
            return Ok(vec![]);
        }
        let others = row::Entity::find()
            .filter(row::Column::Centre.eq(centre))
            .filter(row::Column::Shared.eq(shared.as_str()))
            .filter(row::Column::CaseId.ne(after.case.as_uuid()))
            .order_by_desc(row::Column::CaseId)
            .limit(MOST)
            .all(self.desk.reader())
            .await?;
        let mut told = vec![];
        for other in others {
            let read = self.read(centre, other.case_id.into()).await?;
            match (&court, read.thread.suing_at()) {
                (Some(court), _) => {
                    let suit = Elsewhere { case: after.case, court: court.clone() };
                    if let Outcome::Changed(other, news) = read.thread.clone().sued_elsewhere(suit) {
                        told.push(Told { before: read, after: other, news });
                    }
                }
                (None, Some(court)) => {
                    let suit = Elsewhere { case: read.thread.case, court: court.clone() };
                    if let Outcome::Changed(own, said) = after.clone().sued_elsewhere(suit) {
                        *after = own;
                        news.extend(said);
                    }
                }
                (None, None) => {}
            }
        }
        Ok(told)
    }

    /// What those who learn write.
    pub(super) fn put_told(&self, list: &mut WriteList, centre: &str, told: &[Told]) -> Result<(), Fault> {
        for one in told {
            self.put_thread(list, centre, &one.before, &one.after, &one.news, None)?;
        }
        Ok(())
    }
}

/// The row by which a case is found, where what it shares has changed.
pub(super) fn put(list: &mut WriteList, centre: &str, before: &Thread, after: &Thread) {
    let shared = matter::of(&after.facts);
    if shared != matter::of(&before.facts) {
        list.upsert(row::ActiveModel {
            case_id: Set(after.case.as_uuid()),
            centre: Set(centre.to_owned()),
            shared: Set(shared.unwrap_or_default()),
        });
    }
}
