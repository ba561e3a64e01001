//! Lists of referrals, by key: nobody counts, nobody skips.

use access::decide::visible_cases;
use access::{Call, Role};
use chassis::Denied;
use chrono::{DateTime, Utc};
use courier::Fault;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::Store;
use super::row::referral::{self, Column};
use crate::model::Referral;
use crate::routes;
use crate::wire::ListAsk;

/// A page and where the next one begins.
pub struct Page {
    /// The referrals.
    pub referrals: Vec<Referral>,
    /// Empty on the last page.
    pub next: String,
}

/// A place in the pool: since when a case is in it, and which.
pub(super) type PoolKey = (DateTime<Utc>, Uuid);

impl Store {
    /// The referrals that the caller may see, newest first.
    pub async fn list(&self, call: &Call, ask: &ListAsk, token: &str) -> Result<Page, Denied> {
        let purpose =
            format!("{}?state={}&open={}", call.policy.path, ask.state.unwrap_or_default(), ask.open);
        let mut query = seen_by(call).order_by_desc(Column::CaseId);
        if let Some(state) = ask.state {
            query = query.filter(Column::State.eq(state));
        }
        if ask.open {
            query = query.filter(Column::State.ne("ENDED"));
        }
        if let Some(position) = self.position(call, &purpose, token)? {
            query = query.filter(Column::CaseId.lt(Uuid::from_slice(&position).map_err(|_| bad_token())?));
        }
        let rows = self.rows(query.limit(ask.size + 1)).await?;
        self.page(call, &purpose, rows, ask.size, |row| row.case_id.as_bytes().to_vec())
    }

    /// The cases in the pools that the caller may see, longest waiting first.
    pub async fn pool(&self, call: &Call, size: u64, token: &str) -> Result<Page, Denied> {
        call.decide(None)?;
        let after = match self.position(call, call.policy.path, token)? {
            Some(position) => Some(read_key(&position).ok_or_else(bad_token)?),
            None => None,
        };
        let rows = self.pool_rows(call, after, size + 1).await?;
        self.page(call, call.policy.path, rows, size, |row| key_bytes((row.state_at, row.case_id)))
    }

    pub(super) async fn pool_rows(
        &self,
        call: &Call,
        after: Option<PoolKey>,
        most: u64,
    ) -> Result<Vec<referral::Model>, Fault> {
        let mut query = in_pools_of(call);
        if let Some((since, case)) = after {
            let same = Condition::all().add(Column::StateAt.eq(since)).add(Column::CaseId.gt(case));
            query = query.filter(Condition::any().add(Column::StateAt.gt(since)).add(same));
        }
        self.rows(query.order_by_asc(Column::StateAt).order_by_asc(Column::CaseId).limit(most)).await
    }

    pub(super) async fn rows(&self, query: Select<referral::Entity>) -> Result<Vec<referral::Model>, Fault> {
        query.all(self.desk.reader()).await.map_err(|error| Fault::new("list referrals", error))
    }

    fn position(&self, call: &Call, purpose: &str, token: &str) -> Result<Option<Vec<u8>>, Denied> {
        if token.is_empty() {
            return Ok(None);
        }
        let now = self.desk.clock().now();
        self.vault.read_page_token(&call.caller, purpose, now, token).map(Some).map_err(|_| bad_token())
    }

    fn page(
        &self,
        call: &Call,
        purpose: &str,
        mut rows: Vec<referral::Model>,
        size: u64,
        key: impl Fn(&referral::Model) -> Vec<u8>,
    ) -> Result<Page, Denied> {
        let more = rows.len() as u64 > size;
        rows.truncate(size as usize);
        let next = match rows.last() {
            Some(last) if more => {
                self.vault.page_token(&call.caller, purpose, self.desk.clock().now(), &key(last))
            }
            _ => String::new(),
        };
        let editions = self.almanac.at_hand();
        let counted = rows.into_iter().map(|row| Ok(routes::recounted(Referral::try_from(row)?, &editions)));
        let referrals = counted.collect::<Result<_, Fault>>()?;
        Ok(Page { referrals, next })
    }
}

/// The referrals of the cases that the caller may see by this method.
pub(super) fn seen_by(call: &Call) -> Select<referral::Entity> {
    referral::Entity::find()
        .filter(Column::Centre.eq(call.caller.centre.as_str()))
        // An end of before its referral is seen by nobody.
        .filter(Column::Version.gt(0))
        .filter(Column::CaseId.in_subquery(visible_cases(&call.caller, call.policy)))
}

/// The cases in the pools that the caller may look into: a supervisor into all of the centre's, everybody else into their own
/// studio's, in which a case that they only help with, or are invited to, does not lie.
pub(super) fn in_pools_of(call: &Call) -> Select<referral::Entity> {
    let pools = seen_by(call).filter(Column::State.eq("POOL"));
    if call.caller.is(Role::Supervisor) {
        return pools;
    }
    pools.filter(Column::StudioOrg.eq(call.caller.org.as_str()))
}

pub(super) fn key_bytes((since, case): PoolKey) -> Vec<u8> {
    let mut bytes = since.timestamp_micros().to_be_bytes().to_vec();
    bytes.extend_from_slice(case.as_bytes());
    bytes
}

pub(super) fn read_key(bytes: &[u8]) -> Option<PoolKey> {
    let (since, case) = bytes.split_first_chunk()?;
    Some((DateTime::from_timestamp_micros(i64::from_be_bytes(*since))?, Uuid::from_slice(case).ok()?))
}

fn bad_token() -> Denied {
    Denied::field("page_token", lexicon::Fault::MALFORMED)
}
