//! Watching a pool: first as it is, then every change, resumable.
//!
//! The service's own outbox is the feed. Its `pub_seq` is dense and written in the same commit as the change, so a place
//! in it is all that a watcher has to remember: nothing is lost between two looks, two connections or two processes.
//! There is no task and no buffer: the stream looks when the client is ready to take more, so a slow client costs nothing
//! but its own news, and one that has gone costs nothing at all.

use std::collections::HashMap;
use std::time::Duration;

use access::{Call, Role};
use chassis::Denied;
use contracts::routing::v1::{
    AssistanceAnswered, AssistanceEnded, AssistanceRequested, CasePooled, ChoiceLapsed, ConsultationDecided,
    ConsultationOpened, FormerMediatorActs, GuestsChanged, HandOverEnded, HandOverOffered, PoolChange,
    PoolChangeKind, ReferralReturned, ReferralState,
};
use courier::Fault;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use prost::{Message, Name};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Store;
use super::lists::{PoolKey, key_bytes, read_key, seen_by};
use super::row::referral;
use crate::model::Referral;
use crate::wire;

/// At most so many rows at a time.
const STRIDE: u64 = 64;
/// Reactions are written by the courier, which does not ring our bell.
const LOOK: Duration = Duration::from_millis(200);

/// What a watcher is told, until it ends.
pub type PoolWatch = BoxStream<'static, Result<PoolChange, WatchEnd>>;

/// Why a watch ends that its client did not end.
#[derive(Debug)]
pub enum WatchEnd {
    /// The process stops; the watch can be resumed elsewhere or later.
    Stopping,
    /// It cannot go on.
    Denied(Denied),
}

impl From<Fault> for WatchEnd {
    fn from(fault: Fault) -> Self {
        Self::Denied(fault.into())
    }
}

/// `outbox`, as much of it as the feed needs.
mod letter {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "outbox")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub event_id: Uuid,
        pub pub_seq: i64,
        pub after_seq: i64,
        pub kind: String,
        pub case_id: Uuid,
        pub version: i64,
        pub at: DateTimeUtc,
        pub body: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// How far a watcher is: `seq` of the feed is behind it, and of the pool as it is everything up to `telling`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    epoch: u32,
    seq: i64,
    telling: Telling,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Telling {
    /// The pool as it is, from behind this case on.
    Pool(Option<PoolKey>),
    /// What changes.
    Changes,
}

struct Watch {
    store: Store,
    call: Call,
    place: Place,
    closing: CancellationToken,
}

impl Store {
    /// The pools that the caller may see. It ends with [`WatchEnd::Stopping`] when `closing` is cancelled.
    pub async fn watch(
        &self,
        call: &Call,
        token: &str,
        closing: CancellationToken,
    ) -> Result<PoolWatch, Denied> {
        call.decide(None)?;
        let place = if token.is_empty() {
            // The feed's end first, the pool after it: a change in between is told twice rather than never.
            Place { epoch: self.desk.epoch(), seq: self.feed_end().await?, telling: Telling::Pool(None) }
        } else {
            let now = self.desk.clock().now();
            let bytes = self.vault.read_page_token(&call.caller, call.policy.path, now, token);
            let place = bytes.ok().and_then(|bytes| Place::read(&bytes));
            // After a restore the numbers behind the token may have been given again.
            place.filter(|place| place.epoch == self.desk.epoch()).ok_or_else(bad_token)?
        };
        let watch = Watch { store: self.clone(), call: call.clone(), place, closing };
        let batches = stream::try_unfold(watch, |watch| async { watch.next().await.map(Some) });
        Ok(batches.map_ok(|changes| stream::iter(changes.into_iter().map(Ok))).try_flatten().boxed())
    }

    async fn feed_end(&self) -> Result<i64, Fault> {
        // What was said and waits for its number would be told with the pool, and again when it has one.
        self.desk.number().await?;
        let last = letter::Entity::find()
            .filter(letter::Column::PubSeq.is_not_null())
            .order_by_desc(letter::Column::PubSeq)
            .one(self.desk.reader())
            .await;
        Ok(last.map_err(|error| Fault::new("read the feed's end", error))?.map_or(0, |letter| letter.pub_seq))
    }
}

impl Watch {
    /// The next changes, at least one.
    async fn next(mut self) -> Result<(Vec<PoolChange>, Self), WatchEnd> {
        loop {
            if self.closing.is_cancelled() {
                return Err(WatchEnd::Stopping);
            }
            let (store, closing) = (self.store.clone(), self.closing.clone());
            let rung = store.news.notified();
            tokio::pin!(rung);
            rung.as_mut().enable();
            let before = self.place;
            let changes = match self.place.telling {
                Telling::Pool(after) => self.pool(after).await?,
                Telling::Changes => self.changes().await?,
            };
            if !changes.is_empty() {
                return Ok((changes, self));
            }
            if self.place == before {
                tokio::select! {
                    () = closing.cancelled() => {}
                    () = rung => {}
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
        }
    }

    /// Some of the pool as it is, and the mark behind the last of it.
    async fn pool(&mut self, after: Option<PoolKey>) -> Result<Vec<PoolChange>, Fault> {
        let rows = self.store.pool_rows(&self.call, after, STRIDE).await?;
        let last = (rows.len() as u64) < STRIDE;
        let mut changes = Vec::with_capacity(rows.len() + 1);
        for row in rows {
            self.place.telling = Telling::Pool(Some((row.state_at, row.case_id)));
            let noun = Referral::try_from(row)?;
            // While the parties may choose it is nobody's to claim; the end of their time is told as its coming.
            if noun.choice.as_ref().is_none_or(|choice| choice.passed) {
                changes.push(self.change(PoolChangeKind::Added, Some(wire::referral(&noun))));
            }
        }
        if last {
            self.place.telling = Telling::Changes;
            changes.push(self.change(PoolChangeKind::CaughtUp, None));
        }
        Ok(changes)
    }

    /// What the next letters of the feed mean for the pools that this caller sees.
    async fn changes(&mut self) -> Result<Vec<PoolChange>, Fault> {
        let letters = self.letters(letter::Column::PubSeq.gt(self.place.seq)).await?;
        if letters.is_empty() {
            return Ok(vec![]);
        }
        let cases = letters.iter().map(|letter| letter.case_id);
        let rows = self.store.rows(seen_by(&self.call).filter(referral::Column::CaseId.is_in(cases))).await?;
        let seen: HashMap<Uuid, referral::Model> = rows.into_iter().map(|row| (row.case_id, row)).collect();
        let pooled = self.pooled_before(&letters).await?;
        let mut changes = vec![];
        for letter in letters {
            self.place.seq = letter.pub_seq;
            if is_beside(&letter) {
                continue;
            }
            let was = pooled.get(&letter.after_seq).is_some_and(|studio| self.is_own(studio));
            let row = seen.get(&letter.case_id);
            match pooling(&letter) {
                Some(studio) if self.is_own(&studio) => {
                    let Some(row) = row else { continue };
                    let referral = as_offered(&letter, row.clone())?;
                    changes.push(self.change(PoolChangeKind::Added, Some(referral)));
                }
                to => {
                    // Whoever does not see the case any more is told only that it went to another unit, or back.
                    let left = to.is_some() || letter.kind == ReferralReturned::full_name();
                    if was && (row.is_some() || left) {
                        let case_id = letter.case_id.to_string();
                        let referral = contracts::routing::v1::Referral { case_id, ..Default::default() };
                        changes.push(self.change(PoolChangeKind::Removed, Some(referral)));
                    }
                }
            }
        }
        Ok(changes)
    }

    /// Of each letter, by the number of the one before it: the studio in whose pool the case lay then, if it lay in one. What
    /// was said beside the state meanwhile moved nothing.
    async fn pooled_before(&self, letters: &[letter::Model]) -> Result<HashMap<i64, String>, Fault> {
        let mut asked: HashMap<i64, i64> = letters.iter().map(|one| (one.after_seq, one.after_seq)).collect();
        let mut pooled = HashMap::new();
        while !asked.is_empty() {
            let before = self.letters(letter::Column::PubSeq.is_in(asked.keys().copied())).await?;
            let mut further = HashMap::new();
            for one in before {
                let Some(of) = asked.get(&one.pub_seq) else { continue };
                if is_beside(&one) {
                    further.insert(one.after_seq, *of);
                } else if let Some(studio) = pooling(&one) {
                    pooled.insert(*of, studio);
                }
            }
            asked = further;
        }
        Ok(pooled)
    }

    /// Whether the caller looks into this studio's pool.
    fn is_own(&self, studio: &str) -> bool {
        self.call.caller.is(Role::Supervisor) || studio == self.call.caller.org.as_str()
    }

    async fn letters(&self, which: sea_orm::sea_query::Expr) -> Result<Vec<letter::Model>, Fault> {
        let found = letter::Entity::find()
            .filter(which)
            .order_by_asc(letter::Column::PubSeq)
            .limit(STRIDE)
            .all(self.store.desk.reader());
        found.await.map_err(|error| Fault::new("read the feed", error))
    }

    fn change(&self, kind: PoolChangeKind, referral: Option<contracts::routing::v1::Referral>) -> PoolChange {
        let now = self.store.desk.clock().now();
        let (call, position) = (&self.call, self.place.bytes());
        let resume_token = self.store.vault.page_token(&call.caller, call.policy.path, now, &position);
        PoolChange { kind: kind.into(), referral, resume_token }
    }
}

impl Place {
    fn bytes(self) -> Vec<u8> {
        let mut bytes = self.epoch.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.seq.to_be_bytes());
        match self.telling {
            Telling::Changes => bytes.push(0),
            Telling::Pool(None) => bytes.push(1),
            Telling::Pool(Some(key)) => {
                bytes.push(2);
                bytes.extend_from_slice(&key_bytes(key));
            }
        }
        bytes
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (epoch, rest) = bytes.split_first_chunk()?;
        let (seq, rest) = rest.split_first_chunk()?;
        let telling = match rest {
            [0] => Telling::Changes,
            [1] => Telling::Pool(None),
            [2, key @ ..] => Telling::Pool(Some(read_key(key)?)),
            _ => return None,
        };
        Some(Self { epoch: u32::from_be_bytes(*epoch), seq: i64::from_be_bytes(*seq), telling })
    }
}

/// The studio in whose pool the case may be claimed since the letter: it is offered, or the parties have had their time to choose.
/// That they may choose is, like a claim, the end of it.
fn pooling(letter: &letter::Model) -> Option<String> {
    let body = letter.body.as_slice();
    if letter.kind == CasePooled::full_name() {
        return Some(CasePooled::decode(body).map(|said| said.studio_org).unwrap_or_default());
    }
    let is = letter.kind == ChoiceLapsed::full_name();
    is.then(|| ChoiceLapsed::decode(body).map(|said| said.studio_org).unwrap_or_default())
}

/// Whether the letter is about something beside the state of the referral.
fn is_beside(letter: &letter::Model) -> bool {
    [
        HandOverOffered::full_name(),
        HandOverEnded::full_name(),
        ConsultationOpened::full_name(),
        ConsultationDecided::full_name(),
        AssistanceRequested::full_name(),
        AssistanceAnswered::full_name(),
        AssistanceEnded::full_name(),
        GuestsChanged::full_name(),
        FormerMediatorActs::full_name(),
    ]
    .contains(&letter.kind)
}

/// The case as it was when it was offered. If it has moved on since, its holder and fence of today are left out; that it
/// left the pool is the next thing told.
fn as_offered(
    letter: &letter::Model,
    row: referral::Model,
) -> Result<contracts::routing::v1::Referral, Fault> {
    let moved = row.version != letter.version;
    let mut referral = wire::referral(&Referral::try_from(row)?);
    if moved {
        referral.state = ReferralState::Pool.into();
        referral.version = letter.version as u64;
        referral.holder.clone_from(&referral.studio_org);
        referral.fence = None;
        referral.state_time = Some(wire::instant(letter.at));
        referral.confirm_due_time = None;
        referral.end_reason = 0;
        referral.choice_due_time = None;
    }
    Ok(referral)
}

fn bad_token() -> Denied {
    Denied::field("resume_token", lexicon::Fault::MALFORMED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_as_it_was() {
        let key =
            (chrono::DateTime::from_timestamp_micros(1_770_000_000_123_456).unwrap(), Uuid::from_u128(9));
        for telling in [Telling::Changes, Telling::Pool(None), Telling::Pool(Some(key))] {
            let place = Place { epoch: 3, seq: 77, telling };
            assert_eq!(Place::read(&place.bytes()), Some(place));
            assert_eq!(Place::read(&place.bytes()[..9]), None);
        }
    }
}
