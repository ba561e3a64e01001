//! What duty lawyers advised (domain.md 1, row 5): one sealed record a talk, of the organisation whose clerk wrote it down.
//!
//! A draft is made from a record as `SaveDraft` would make it, under a request id of the record's own: however often it is asked for,
//! there is one, and where it is stands in the record of that request.

use std::collections::HashMap;

use access::{Call, Place};
use chassis::Denied;
use chrono::{DateTime, Utc};
use contracts::intake::v1::{
    Channel, ChannelRecord, DisputeBody, RecordLegalAdviceRequest, SaveDraftRequest,
};
use courier::{CommitError, Fault, WriteList};
use lexicon::CaseId;
use prost::Message;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::row::request;
use super::translate::sealing;
use super::{Store, TRIES, reading};
use crate::model::Dispute;
use crate::wire::filing;
use crate::wire::legal_advice::{Page, Told};

/// Lost when the same request was answered meanwhile.
const REQUEST_ID: &str = "request_id";

/// `legal_advice`.
mod kept {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "legal_advice")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub advice_id: Uuid,
        pub centre: String,
        pub org: String,
        pub request_id: String,
        pub fingerprint: String,
        pub lawyer: String,
        pub advised_at: DateTimeUtc,
        pub sealed: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// All of a record that is personal or could be: one sealed blob.
#[derive(Clone, PartialEq, Message)]
struct Sealed {
    #[prost(message, optional, tag = "1")]
    body: Option<DisputeBody>,
    #[prost(string, tag = "2")]
    advice: String,
}

/// A record.
pub struct LegalAdvice {
    /// Its id.
    pub id: Uuid,
    /// The lawyer's account.
    pub lawyer: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What was told.
    pub body: DisputeBody,
    /// What was advised.
    pub advice: String,
    /// The case that was made from it.
    pub case: Option<CaseId>,
}

/// A page of records, and the token of the next one.
pub struct Advised {
    /// Newest first.
    pub records: Vec<LegalAdvice>,
    /// Empty on the last page.
    pub next: String,
}

/// Of the advice the draft says so much; the record has it whole.
const ACCOUNT: usize = 2_000;

impl Store {
    /// Keeps what was told and what was advised, once a request.
    pub async fn record_legal_advice(
        &self,
        call: &Call,
        ask: &RecordLegalAdviceRequest,
        told: &Told,
    ) -> Result<LegalAdvice, Denied> {
        call.decide(None)?;
        let (caller, whole) =
            (&call.caller, RecordLegalAdviceRequest { request_id: String::new(), ..ask.clone() });
        let fingerprint = self.vault.fingerprint(&whole.encode_to_vec());
        for _ in 0..TRIES {
            let stamp = call.stamp(&self.desk);
            let mut list = WriteList::new(&stamp, None);
            let known = kept::Entity::find()
                .filter(kept::Column::Centre.eq(caller.centre.as_str()))
                .filter(kept::Column::Org.eq(caller.org.as_str()))
                .filter(kept::Column::RequestId.eq(ask.request_id.as_str()))
                .one(self.desk.reader())
                .await
                .map_err(reading)?;
            if let Some(row) = known {
                if row.fingerprint != fingerprint {
                    return Err(Denied::KeyReused);
                }
                self.desk.commit(list).await?;
                let cases = self.cases_of(call, &[row.advice_id]).await?;
                return Ok(self.advised(row, &cases)?);
            }
            let id = stamp.id();
            let body = ask.body.clone().unwrap_or_default();
            let clear = Sealed { body: Some(body.clone()), advice: told.advice.clone() };
            let key = id.to_string();
            let sealed = self.vault.seal(&place(caller.centre.as_str(), &key), &clear.encode_to_vec());
            let at = told.at.unwrap_or(stamp.now);
            let row = kept::ActiveModel {
                advice_id: Set(id),
                centre: Set(caller.centre.to_string()),
                org: Set(caller.org.to_string()),
                request_id: Set(ask.request_id.clone()),
                fingerprint: Set(fingerprint.clone()),
                lawyer: Set(told.lawyer.to_string()),
                advised_at: Set(at),
                sealed: Set(sealed.map_err(sealing)?),
            };
            list.insert(row, REQUEST_ID);
            match self.desk.commit(list).await {
                Ok(()) => {
                    let (lawyer, advice) = (told.lawyer.to_string(), told.advice.clone());
                    return Ok(LegalAdvice { id, lawyer, at, body, advice, case: None });
                }
                Err(CommitError::Lost(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Denied::Stale { current: None })
    }

    /// The records of the caller's organisation, newest first; reading them leaves an audit row.
    pub async fn legal_advice(&self, call: &Call, page: &Page) -> Result<Advised, Denied> {
        use kept::Column;
        call.decide(None)?;
        let caller = &call.caller;
        let mut query = kept::Entity::find()
            .filter(Column::Centre.eq(caller.centre.as_str()))
            .filter(Column::Org.eq(caller.org.as_str()));
        if let Some(before) = page.before {
            query = query.filter(Column::AdviceId.lt(before));
        }
        let rows = query.order_by_desc(Column::AdviceId).limit(page.size + 1).all(self.desk.reader()).await;
        let mut rows = rows.map_err(reading)?;
        let more = rows.len() as u64 > page.size;
        rows.truncate(page.size as usize);
        let ids: Vec<Uuid> = rows.iter().map(|row| row.advice_id).collect();
        let cases = self.cases_of(call, &ids).await?;
        let records: Vec<LegalAdvice> =
            rows.into_iter().map(|row| self.advised(row, &cases)).collect::<Result<_, Fault>>()?;
        let stamp = call.stamp(&self.desk);
        self.desk.commit(WriteList::new(&stamp, None)).await?;
        let next = match records.last().filter(|_| more) {
            Some(last) => self.vault.page_token(caller, &page.purpose, stamp.now, last.id.as_bytes()),
            None => String::new(),
        };
        Ok(Advised { records, next })
    }

    /// The draft that a record becomes; the one that it became.
    pub async fn draft_from_advice(&self, call: &Call, id: Uuid) -> Result<Dispute, Denied> {
        call.decide(None)?;
        let row = kept::Entity::find_by_id(id).one(self.desk.reader()).await.map_err(reading)?;
        let caller = &call.caller;
        let own = |row: &kept::Model| row.centre == caller.centre.as_str() && row.org == caller.org.as_str();
        let row = row.filter(own).ok_or(Denied::Missing("advice"))?;
        let record = self.advised(row, &HashMap::new())?;
        let ask = SaveDraftRequest {
            request_id: request_id(id),
            channel: Channel::LawyerDuty.into(),
            body: Some(record.body),
            record: Some(ChannelRecord {
                account: record.advice.chars().take(ACCOUNT).collect(),
                adviser: record.lawyer,
                ..ChannelRecord::default()
            }),
            ..SaveDraftRequest::default()
        };
        let asked = self.asked_to_save(call, &ask);
        if let Some(dispute) = self.replayed(call, &asked).await? {
            return Ok(dispute);
        }
        let draft = filing::draft(&ask, self.desk.clock().now())?;
        self.save(call, &asked, &draft).await
    }

    /// The cases that were made from these records.
    async fn cases_of(&self, call: &Call, ids: &[Uuid]) -> Result<HashMap<Uuid, CaseId>, Fault> {
        let by_key: HashMap<String, Uuid> =
            ids.iter().map(|id| (self.save_key(call, &request_id(*id)), *id)).collect();
        let rows = request::Entity::find()
            .filter(request::Column::Centre.eq(call.caller.centre.as_str()))
            .filter(request::Column::RequestKey.is_in(by_key.keys().map(String::as_str)))
            .all(self.desk.reader())
            .await
            .map_err(reading)?;
        let case = |row: request::Model| Some((*by_key.get(&row.request_key)?, row.case_id.into()));
        Ok(rows.into_iter().filter_map(case).collect())
    }

    fn advised(&self, row: kept::Model, cases: &HashMap<Uuid, CaseId>) -> Result<LegalAdvice, Fault> {
        let key = row.advice_id.to_string();
        let clear = self.vault.open(&place(&row.centre, &key), &row.sealed).map_err(sealing)?;
        let wrong = |_| Fault::inconsistent("legal_advice", "sealed", row.advice_id);
        let Sealed { body, advice } = Sealed::decode(clear.as_slice()).map_err(wrong)?;
        let case = cases.get(&row.advice_id).copied();
        let body = body.unwrap_or_default();
        Ok(LegalAdvice { id: row.advice_id, lawyer: row.lawyer, at: row.advised_at, body, advice, case })
    }
}

/// Under which request id a record becomes a draft.
fn request_id(advice: Uuid) -> String {
    format!("advice-{advice}")
}

fn place<'a>(centre: &'a str, row: &'a str) -> Place<'a> {
    Place { centre, table: "legal_advice", row, field: "sealed" }
}
