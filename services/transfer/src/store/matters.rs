//! Cases about one matter, found by what their matters share: a row a case, searched when a court gets a suit or a case becomes
//! known. The row says who has a suit and who would learn of one, so no other case is read: a bank may have many about one matter.
//! Whoever looks raises the matter's own row in the same write: of two that look in one moment the later one looks again.

use courier::{Fault, WriteList};
use lexicon::{CourtId, Outcome};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::Store;
use super::row::{matter as row, matter_head as head};
use super::threads::Read;
use crate::model::facts::Elsewhere;
use crate::model::{News, Thread, matter};

/// The most cases about one matter that are looked at.
const MOST: u64 = 20;
/// The court of a case that is no suit.
const NONE: &str = "";

/// Lost when another case of the matter has looked meanwhile.
const HEAD: &str = "MATTER";

/// A case that learns of a suit in another.
struct Told {
    before: Read,
    after: Thread,
    news: Vec<News>,
}

/// What was seen of a matter: how its row stood before anybody was looked for, and who learns of a suit.
#[derive(Default)]
pub(super) struct Seen {
    head: Option<(String, Option<i64>)>,
    told: Vec<Told>,
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
    ) -> Result<Seen, Fault> {
        let Some(shared) = matter::of(&after.facts) else { return Ok(Seen::default()) };
        let known = matter::of(&before.facts).as_ref() == Some(&shared);
        let court = after.suing_at().cloned();
        // Who sits down again (T47) may have missed a suit that came while nobody mediated.
        let anew = after.may_learn() && !before.may_learn();
        if known && !anew && (court.is_none() || before.suing_at().is_some()) {
            return Ok(Seen::default());
        }
        let key = (centre.to_owned(), shared.clone());
        let stood = head::Entity::find_by_id(key).one(self.desk.reader()).await?;
        let others = row::Entity::find()
            .filter(row::Column::Centre.eq(centre))
            .filter(row::Column::Shared.eq(shared.as_str()))
            .filter(row::Column::CaseId.ne(after.case.as_uuid()));
        let told = match court {
            Some(court) => self.who_learn(centre, others, Elsewhere { case: after.case, court }).await?,
            None if after.may_learn() => {
                if let Some(suit) = self.suit_among(centre, others).await?
                    && let Outcome::Changed(own, said) = after.clone().sued_elsewhere(suit)
                {
                    *after = own;
                    news.extend(said);
                }
                vec![]
            }
            None => vec![],
        };
        Ok(Seen { head: Some((shared, stood.map(|head| head.version))), told })
    }

    /// Those of these cases that learn of the suit; the others' cases are not read.
    async fn who_learn(
        &self,
        centre: &str,
        others: Select<row::Entity>,
        suit: Elsewhere,
    ) -> Result<Vec<Told>, Fault> {
        let learning = others.filter(row::Column::MayLearn.eq(true)).order_by_desc(row::Column::CaseId);
        let mut told = vec![];
        for other in learning.limit(MOST).all(self.desk.reader()).await? {
            let read = self.read(centre, other.case_id.into()).await?;
            if let Outcome::Changed(after, news) = read.thread.clone().sued_elsewhere(suit.clone()) {
                told.push(Told { before: read, after, news });
            }
        }
        Ok(told)
    }

    /// The newest suit among these cases.
    async fn suit_among(
        &self,
        centre: &str,
        others: Select<row::Entity>,
    ) -> Result<Option<Elsewhere>, Fault> {
        let unknown_or_some =
            Condition::any().add(row::Column::Court.is_null()).add(row::Column::Court.ne(NONE));
        let suing = others.filter(unknown_or_some).order_by_desc(row::Column::CaseId).limit(MOST);
        for other in suing.all(self.desk.reader()).await? {
            let case = other.case_id.into();
            let court = match &other.court {
                Some(court) => CourtId::new(court.as_str()).ok(),
                None => self.read(centre, case).await?.thread.suing_at().cloned(),
            };
            if let Some(court) = court {
                return Ok(Some(Elsewhere { case, court }));
            }
        }
        Ok(None)
    }

    /// That the matter was looked at, and what those who learn write.
    pub(super) fn put_seen(&self, list: &mut WriteList, centre: &str, seen: &Seen) -> Result<(), Fault> {
        if let Some((shared, known)) = &seen.head {
            let version = Set(known.unwrap_or(0) + 1);
            let raised =
                head::ActiveModel { centre: Set(centre.to_owned()), shared: Set(shared.clone()), version };
            match known {
                Some(before) => list.update(raised, before.unsigned_abs(), HEAD),
                None => list.insert(raised, HEAD),
            };
        }
        for one in &seen.told {
            self.put_thread(list, centre, &one.before, &one.after, &one.news, None)?;
        }
        Ok(())
    }
}

/// The row by which a case is found, where it says something else now.
pub(super) fn put(list: &mut WriteList, centre: &str, before: &Thread, after: &Thread) {
    let said = |thread: &Thread| {
        let shared = matter::of(&thread.facts)?;
        Some((shared, thread.suing_at().map(ToString::to_string).unwrap_or_default(), thread.may_learn()))
    };
    let (old, new) = (said(before), said(after));
    if old != new {
        let (shared, court, may_learn) = new.unwrap_or_default();
        list.upsert(row::ActiveModel {
            case_id: Set(after.case.as_uuid()),
            centre: Set(centre.to_owned()),
            shared: Set(shared),
            court: Set(Some(court)),
            may_learn: Set(may_learn),
        });
    }
}
