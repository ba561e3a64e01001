//! Rows to learn from: what a clerk corrected of a suggestion, sealed, one a case.
//!
//! A correction is said outright, or lies in an acceptance under another cause than the one suggested first or said before. Nothing
//! in the house reads the rows but the operator's export, which leaves an audit row.

use std::collections::HashMap;

use access::{Call, Place};
use chassis::Denied;
use chrono::{DateTime, TimeDelta, Utc};
use courier::{Actor, CommitError, Fault, WriteList};
use lexicon::{CaseId, Outcome};
use prost::Message;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::row::{party, training_row};
use super::translate::{self, sealing};
use super::{Store, TRIES, reading};
use crate::model::{Correction, Dispute, Party, TrainingRow};
use crate::wire::training::Page;

/// What removes rows, for their audit row.
pub const FORGETTING: &str = "intake.training";

/// Lost when the case was corrected meanwhile.
const GUARD: &str = "training_row";

/// So many rows go in one list.
const AT_ONCE: u64 = 200;

/// A page of rows, and the token of the next one.
pub struct Taught {
    /// Oldest case first.
    pub rows: Vec<TrainingRow>,
    /// Empty on the last page.
    pub next: String,
    /// How many cannot be read any more.
    pub left_out: u32,
}

/// All of a row that is personal or could be: one sealed blob.
#[derive(Clone, PartialEq, Message)]
struct Sealed {
    #[prost(string, tag = "1")]
    text: String,
    #[prost(string, repeated, tag = "2")]
    labels: Vec<String>,
    #[prost(string, optional, tag = "3")]
    cause: Option<String>,
}

impl Store {
    /// Keeps what a clerk says the words of a case are.
    pub async fn correct(&self, call: &Call, case: CaseId, said: &Correction) -> Result<TrainingRow, Denied> {
        for _ in 0..TRIES {
            let (dispute, _) = self.get(call, case).await?;
            let stamp = call.stamp(&self.desk);
            match dispute.taught(self.kept(case).await?, said.clone(), stamp.now)? {
                Outcome::AlreadySo(row) => {
                    self.desk.vouch(&stamp, case.into()).await?;
                    return Ok(row);
                }
                Outcome::Changed(row, _) => {
                    let mut list = WriteList::new(&stamp, Some(case.into()));
                    self.keep(&mut list, &dispute.origin.centre, &row)?;
                    match self.desk.commit(list).await {
                        Ok(()) => return Ok(row),
                        Err(CommitError::Lost(_)) => {}
                        Err(error) => return Err(error.into()),
                    }
                }
            }
        }
        Err(Denied::Stale { current: None })
    }

    /// What an acceptance under `cause` corrects: another cause was suggested first, or said by a clerk who has thought better of it.
    pub(super) async fn contradicted(
        &self,
        dispute: &Dispute,
        cause: &str,
    ) -> Result<Option<Correction>, Denied> {
        let words = &dispute.sheet.words;
        let subject = Some(words.subject.as_str()).filter(|subject| !subject.is_empty());
        let suggested = self.model.suggest(&words.text, subject);
        let mut other = suggested.causes.first().is_none_or(|first| first.code != cause);
        if !other {
            let said = self.kept(dispute.origin.case).await?.and_then(|row| row.correction.cause);
            other = said.is_some_and(|said| said != cause);
        }
        Ok(other.then(|| Correction { labels: vec![], cause: Some(cause.to_owned()) }))
    }

    /// Keeps what an acceptance of the same list corrects.
    pub(super) async fn learn(
        &self,
        list: &mut WriteList,
        accepted: &Dispute,
        correction: Correction,
    ) -> Result<(), Denied> {
        let before = self.kept(accepted.origin.case).await?;
        // A story that was never told teaches nothing, and stands in nobody's way.
        if let Ok(Outcome::Changed(row, _)) = accepted.taught(before, correction, accepted.updated_at) {
            self.keep(list, &accepted.origin.centre, &row)?;
        }
        Ok(())
    }

    /// One page for the operator, each row without those who are parties today; reading it leaves an audit row. A row that does not open,
    /// or whose parties do not, is left out: it must not keep the others from being read.
    pub async fn training_rows(&self, call: &Call, page: &Page) -> Result<Taught, Denied> {
        use training_row::Column;
        call.decide(None)?;
        let mut query = training_row::Entity::find().filter(Column::Centre.eq(call.caller.centre.as_str()));
        if let Some(after) = page.after {
            query = query.filter(Column::CaseId.gt(after.as_uuid()));
        }
        let found = query.order_by_asc(Column::CaseId).limit(page.size + 1).all(self.desk.reader());
        let mut found = found.await.map_err(reading)?;
        let more = found.len() as u64 > page.size;
        found.truncate(page.size as usize);
        let last = found.last().map(|row| row.case_id);
        let parties = self.parties_of(found.iter().map(|row| row.case_id).collect()).await?;
        let of = |case: &Uuid| parties.get(case).map_or(&[][..], Vec::as_slice);
        let opened = found.iter().filter_map(|row| {
            let known = of(&row.case_id).iter().map(|one| translate::party(&self.vault, one));
            let known = known.collect::<Result<Vec<Party>, Fault>>();
            known.and_then(|known| Ok(self.open(row)?.without(&known))).ok()
        });
        let rows: Vec<TrainingRow> = opened.collect();
        let left_out = (found.len() - rows.len()) as u32;
        let stamp = call.stamp(&self.desk);
        self.desk.commit(WriteList::new(&stamp, None)).await?;
        let next = match last.filter(|_| more) {
            Some(place) => self.vault.page_token(&call.caller, &page.purpose, stamp.now, place.as_bytes()),
            None => String::new(),
        };
        Ok(Taught { rows, next, left_out })
    }

    async fn parties_of(&self, cases: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<party::Model>>, Denied> {
        let found = party::Entity::find().filter(party::Column::CaseId.is_in(cases));
        let mut parties: HashMap<Uuid, Vec<party::Model>> = HashMap::new();
        for row in found.all(self.desk.reader()).await.map_err(reading)? {
            parties.entry(row.case_id).or_default().push(row);
        }
        Ok(parties)
    }

    /// Removes the rows that were last corrected before that; each centre's removal leaves an audit row. Says how many there were.
    pub async fn forget_training_rows(&self, before: DateTime<Utc>) -> Result<u64, Fault> {
        use training_row::Column;
        let mut gone = 0;
        loop {
            let old: Vec<(Uuid, String, i64)> = training_row::Entity::find()
                .select_only()
                .columns([Column::CaseId, Column::Centre, Column::Version])
                .filter(Column::KeptAt.lt(before))
                .order_by_asc(Column::Centre)
                .order_by_asc(Column::CaseId)
                .limit(AT_ONCE)
                .into_tuple()
                .all(self.desk.reader())
                .await
                .map_err(reading)?;
            for of_one in old.chunk_by(|one, next| one.1 == next.1) {
                let centre = of_one[0].1.as_str();
                let stamp = self.desk.stamp(Actor::service("intake", centre), FORGETTING, None);
                let mut list = WriteList::new(&stamp, None);
                for (case, _, version) in of_one {
                    // One that is corrected at this moment begins its time anew.
                    list.delete_where::<training_row::Entity>(vec![
                        (Column::CaseId, (*case).into()),
                        (Column::Version, (*version).into()),
                    ]);
                }
                self.desk
                    .commit(list)
                    .await
                    .map_err(|error| Fault::new("forget rows to learn from", error))?;
            }
            gone += old.len() as u64;
            if (old.len() as u64) < AT_ONCE {
                return Ok(gone);
            }
        }
    }

    /// A tick's work: removes what has been kept for so many days.
    pub fn forgetting(&self, keep_days: u16) -> almanac::Look {
        let store = self.clone();
        Box::new(move || {
            let store = store.clone();
            Box::pin(async move {
                let before = store.desk.clock().now() - TimeDelta::days(keep_days.into());
                // The next run comes anyhow; the desk has told its own faults.
                _ = store.forget_training_rows(before).await;
            })
        })
    }

    async fn kept(&self, case: CaseId) -> Result<Option<TrainingRow>, Denied> {
        let found = training_row::Entity::find_by_id(case.as_uuid()).one(self.desk.reader()).await;
        Ok(found.map_err(reading)?.map(|row| self.open(&row)).transpose()?)
    }

    fn keep(&self, list: &mut WriteList, centre: &str, row: &TrainingRow) -> Result<(), Fault> {
        let id = row.case.to_string();
        let clear = Sealed {
            text: row.text.clone(),
            labels: row.correction.labels.iter().map(|label| label.code().to_owned()).collect(),
            cause: row.correction.cause.clone(),
        };
        let sealed = self.vault.seal(&place(centre, &id), &clear.encode_to_vec());
        let stored = training_row::ActiveModel {
            case_id: Set(row.case.into()),
            centre: Set(centre.to_owned()),
            version: Set(row.version as i64),
            sealed: Set(sealed.map_err(sealing)?),
            kept_at: Set(row.at),
        };
        if row.version == 1 {
            list.insert(stored, GUARD);
        } else {
            list.update(stored, row.version - 1, GUARD);
        }
        Ok(())
    }

    fn open(&self, row: &training_row::Model) -> Result<TrainingRow, Fault> {
        let bad = |column: &'static str| Fault::inconsistent("training_row", column, row.case_id);
        let id = row.case_id.to_string();
        let clear = self.vault.open(&place(&row.centre, &id), &row.sealed).map_err(sealing)?;
        let Sealed { text, labels, cause } = Sealed::decode(clear.as_slice()).map_err(|_| bad("sealed"))?;
        let labels = labels.iter().map(|code| code.parse()).collect::<Result<_, _>>();
        let correction = Correction { labels: labels.map_err(|_| bad("sealed"))?, cause };
        let version = row.version as u64;
        Ok(TrainingRow { case: CaseId::from(row.case_id), version, text, correction, at: row.kept_at })
    }
}

fn place<'a>(centre: &'a str, row: &'a str) -> Place<'a> {
    Place { centre, table: "training_row", row, field: "sealed" }
}
