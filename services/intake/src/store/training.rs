//! Rows to learn from: what a clerk corrected of a suggestion, sealed, one a case.
//!
//! A correction is said outright, or lies in an acceptance under another cause than the one suggested first. Nothing in
//! the house reads the rows but the operator's export, which leaves an audit row.

use access::{Call, Place};
use chassis::Denied;
use chrono::{DateTime, Utc};
use courier::{CommitError, Fault, Stamp, WriteList};
use lexicon::CaseId;
use prost::Message;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::row::training_row;
use super::translate::sealing;
use super::{Store, TRIES, reading};
use crate::model::{Correction, Dispute, TrainingRow};
use crate::wire::training::Page;

/// Lost when the case was corrected meanwhile.
const GUARD: &str = "training_row";

/// A row with the instant of its last correction.
pub struct Kept {
    /// The row.
    pub row: TrainingRow,
    /// When it was last corrected.
    pub at: DateTime<Utc>,
}

/// A page of rows, and the token of the next one.
pub struct Taught {
    /// Oldest case first.
    pub rows: Vec<Kept>,
    /// Empty on the last page.
    pub next: String,
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
    pub async fn correct(&self, call: &Call, case: CaseId, said: &Correction) -> Result<Kept, Denied> {
        for _ in 0..TRIES {
            let (dispute, _) = self.get(call, case).await?;
            let before = self.kept(case).await?;
            let stamp = call.stamp(&self.desk);
            match (dispute.taught(before.as_ref().map(|kept| &kept.row), said.clone())?, before) {
                (None, Some(kept)) => {
                    self.desk.vouch(&stamp, case.into()).await?;
                    return Ok(kept);
                }
                (row, _) => {
                    let Some(row) = row else { break };
                    let mut list = WriteList::new(&stamp, Some(case.into()));
                    self.keep(&mut list, &stamp, &row)?;
                    match self.desk.commit(list).await {
                        Ok(()) => return Ok(Kept { row, at: stamp.now }),
                        Err(CommitError::Lost(_)) => {}
                        Err(error) => return Err(error.into()),
                    }
                }
            }
        }
        Err(Denied::Stale { current: None })
    }

    /// An acceptance under another cause than the one suggested first is a correction too.
    pub(super) async fn learn(
        &self,
        list: &mut WriteList,
        stamp: &Stamp,
        accepted: &Dispute,
    ) -> Result<(), Denied> {
        let words = &accepted.sheet.words;
        let subject = Some(words.subject.as_str()).filter(|subject| !subject.is_empty());
        let suggested = self.model.suggest(&words.text, subject);
        let cause = &accepted.sheet.cause;
        if suggested.causes.first().is_some_and(|first| first.code == cause) {
            return Ok(());
        }
        let before = self.kept(accepted.origin.case).await?;
        let correction = Correction { labels: vec![], cause: Some(cause.clone()) };
        // A story that was never told teaches nothing, and stands in nobody's way.
        if let Ok(Some(row)) = accepted.taught(before.as_ref().map(|kept| &kept.row), correction) {
            self.keep(list, stamp, &row)?;
        }
        Ok(())
    }

    /// One page for the operator; reading it leaves an audit row.
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
        let rows = found.into_iter().map(|row| self.open(row)).collect::<Result<Vec<Kept>, Fault>>()?;
        let stamp = call.stamp(&self.desk);
        self.desk.commit(WriteList::new(&stamp, None)).await?;
        let next = match rows.last().filter(|_| more) {
            Some(last) => {
                let place: Uuid = last.row.case.into();
                self.vault.page_token(&call.caller, &page.purpose, stamp.now, place.as_bytes())
            }
            None => String::new(),
        };
        Ok(Taught { rows, next })
    }

    async fn kept(&self, case: CaseId) -> Result<Option<Kept>, Denied> {
        let found = training_row::Entity::find_by_id(case.as_uuid()).one(self.desk.reader()).await;
        Ok(found.map_err(reading)?.map(|row| self.open(row)).transpose()?)
    }

    fn keep(&self, list: &mut WriteList, stamp: &Stamp, row: &TrainingRow) -> Result<(), Fault> {
        let id = row.case.to_string();
        let clear = Sealed {
            text: row.text.clone(),
            labels: row.correction.labels.iter().map(|label| label.code().to_owned()).collect(),
            cause: row.correction.cause.clone(),
        };
        let sealed = self.vault.seal(&place(&stamp.by.centre, &id), &clear.encode_to_vec());
        let stored = training_row::ActiveModel {
            case_id: Set(row.case.into()),
            centre: Set(stamp.by.centre.clone()),
            version: Set(row.version as i64),
            sealed: Set(sealed.map_err(sealing)?),
            kept_at: Set(stamp.now),
        };
        if row.version == 1 {
            list.insert(stored, GUARD);
        } else {
            list.update(stored, row.version - 1, GUARD);
        }
        Ok(())
    }

    fn open(&self, row: training_row::Model) -> Result<Kept, Fault> {
        let bad = |column: &'static str| Fault::inconsistent("training_row", column, row.case_id);
        let id = row.case_id.to_string();
        let clear = self.vault.open(&place(&row.centre, &id), &row.sealed).map_err(sealing)?;
        let Sealed { text, labels, cause } = Sealed::decode(clear.as_slice()).map_err(|_| bad("sealed"))?;
        let labels = labels.iter().map(|code| code.parse()).collect::<Result<_, _>>();
        let correction = Correction { labels: labels.map_err(|_| bad("sealed"))?, cause };
        let version = row.version as u64;
        Ok(Kept {
            row: TrainingRow { case: CaseId::from(row.case_id), version, text, correction },
            at: row.kept_at,
        })
    }
}

fn place<'a>(centre: &'a str, row: &'a str) -> Place<'a> {
    Place { centre, table: "training_row", row, field: "sealed" }
}
