//! A court's inbox as the store sees it: what waits, and what was submitted after a place in our own outbox.
//!
//! The outbox is the one order in which everything was submitted: its `pub_seq` has no gaps and only rises. An id or
//! a time would not do: a filing that opened first may be submitted last.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use contracts::transfer::v1::{ConfirmationApplied, FilingCorrected, FilingSubmitted, InboxItem};
use courier::Fault;
use prost::{Message as _, Name as _};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::Store;
use super::row::{confirmation, filing, outbox};
use crate::wire;

/// Variables in one statement, far below what SQLite takes.
const CHUNK: usize = 500;
const TOKEN: &str = "transfer.WatchInbox.resume_token";

/// Whose inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Inbox {
    pub(crate) centre: String,
    pub(crate) court: String,
}

/// Not a token of this inbox.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Malformed;

/// A filing at its place in the order of submissions.
pub(crate) type Placed = (u64, Uuid);

/// A row of `filing` without what is sealed.
type Brief = (Uuid, Uuid, String, String, Option<DateTime<Utc>>, Option<String>);
/// A row of `confirmation` without what is sealed.
type Applied = (Uuid, Uuid, String);

impl Store {
    /// Gives everything that was submitted its place.
    pub(crate) async fn number(&self) -> Result<(), Fault> {
        self.desk.number().await.map(drop)
    }

    /// The last place in the order.
    pub(crate) async fn last_place(&self) -> Result<u64, Fault> {
        let last: Option<Option<i64>> = outbox::Entity::find()
            .select_only()
            .column_as(outbox::Column::PubSeq.max(), "last")
            .into_tuple()
            .one(self.desk.reader())
            .await?;
        Ok(last.flatten().unwrap_or(0) as u64)
    }

    /// What was submitted to this inbox after one place and up to another, oldest first, and the place up to which that
    /// is everything: a full page ends at its own last row.
    pub(crate) async fn submitted(
        &self,
        inbox: &Inbox,
        after: u64,
        up_to: u64,
        page: u64,
    ) -> Result<(Vec<Placed>, u64), Fault> {
        let rows = outbox::Entity::find()
            .filter(outbox::Column::PubSeq.gt(after as i64))
            .filter(outbox::Column::PubSeq.lte(up_to as i64))
            .filter(outbox::Column::Kind.is_in(told()))
            .order_by_asc(outbox::Column::PubSeq)
            .limit(page)
            .all(self.desk.reader())
            .await?;
        let through = match rows.last() {
            Some(last) if rows.len() as u64 == page => last.pub_seq.unwrap_or(0) as u64,
            _ => up_to,
        };
        let mut placed = vec![];
        for row in rows.iter().filter(|row| row.centre == inbox.centre) {
            let (filing, court) = read(row)?;
            if court == inbox.court {
                placed.push((row.pub_seq.unwrap_or(0) as u64, filing));
            }
        }
        Ok((placed, through))
    }

    /// What waits in this inbox in these states, submitted up to a place, oldest first.
    pub(crate) async fn waiting(
        &self,
        inbox: &Inbox,
        states: &[&str],
        up_to: u64,
    ) -> Result<BTreeSet<Placed>, Fault> {
        let mut waiting: Vec<(Uuid, Uuid)> = filing::Entity::find()
            .select_only()
            .columns([filing::Column::FilingId, filing::Column::CaseId])
            .filter(filing::Column::Centre.eq(inbox.centre.as_str()))
            .filter(filing::Column::Court.eq(inbox.court.as_str()))
            .filter(filing::Column::State.is_in(states.iter().copied()))
            .into_tuple()
            .all(self.desk.reader())
            .await?;
        // An application waits until the court has ruled, whether or not the court has seen it.
        let applied: Vec<(Uuid, Uuid)> = confirmation::Entity::find()
            .select_only()
            .columns([confirmation::Column::ConfirmationId, confirmation::Column::CaseId])
            .filter(confirmation::Column::Centre.eq(inbox.centre.as_str()))
            .filter(confirmation::Column::Court.eq(inbox.court.as_str()))
            .filter(confirmation::Column::State.eq("CONFIRM_APPLIED"))
            .into_tuple()
            .all(self.desk.reader())
            .await?;
        waiting.extend(applied);
        let mut all = BTreeSet::new();
        for chunk in waiting.chunks(CHUNK) {
            let rows = outbox::Entity::find()
                .filter(outbox::Column::CaseId.is_in(chunk.iter().map(|(_, case)| *case)))
                .filter(outbox::Column::Kind.is_in(told()))
                .all(self.desk.reader())
                .await?;
            let mut order = HashMap::new();
            for row in &rows {
                // What has no place yet comes after every place there is, and is told when it has one.
                let place = row.pub_seq.map_or(u64::MAX, |seq| seq as u64);
                let last = order.entry(read(row)?.0).or_insert(place);
                *last = place.max(*last);
            }
            // Every submission is in the outbox; should one not be, the court still gets it, first of all.
            let placed = chunk.iter().map(|(id, _)| (order.get(id).copied().unwrap_or(0), *id));
            all.extend(placed.filter(|(place, _)| *place <= up_to));
        }
        Ok(all)
    }

    /// The items of these filings as they stand now, in the given order.
    pub(crate) async fn items(
        &self,
        inbox: &Inbox,
        placed: &[Placed],
        floor: u64,
    ) -> Result<Vec<InboxItem>, Fault> {
        let rows: Vec<Brief> = filing::Entity::find()
            .select_only()
            .columns([
                filing::Column::FilingId,
                filing::Column::CaseId,
                filing::Column::Kind,
                filing::Column::State,
                filing::Column::SubmitTime,
                filing::Column::PackageSha256,
            ])
            .filter(filing::Column::FilingId.is_in(placed.iter().map(|(_, id)| *id)))
            .into_tuple()
            .all(self.desk.reader())
            .await?;
        let rows: HashMap<Uuid, Brief> = rows.into_iter().map(|row| (row.0, row)).collect();
        let applied: Vec<Applied> = confirmation::Entity::find()
            .select_only()
            .columns([
                confirmation::Column::ConfirmationId,
                confirmation::Column::CaseId,
                confirmation::Column::PackageSha256,
            ])
            .filter(confirmation::Column::ConfirmationId.is_in(placed.iter().map(|(_, id)| *id)))
            .into_tuple()
            .all(self.desk.reader())
            .await?;
        let applied: HashMap<Uuid, Applied> = applied.into_iter().map(|row| (row.0, row)).collect();
        let item = |(place, id): &Placed| {
            let resume_token = self.resume_token(inbox, (*place).max(floor));
            if let Some((_, case, sha256)) = applied.get(id) {
                let (confirmation_id, case_id) = (id.to_string(), case.to_string());
                let package_sha256 = sha256.clone();
                return Ok(InboxItem {
                    confirmation_id,
                    case_id,
                    package_sha256,
                    resume_token,
                    ..Default::default()
                });
            }
            let (_, case, kind, state, submit_time, sha256) =
                rows.get(id).ok_or_else(|| Fault::inconsistent("outbox", "body", id))?;
            Ok(InboxItem {
                filing_id: id.to_string(),
                case_id: case.to_string(),
                kind: wire::filing_kind(kind.parse().map_err(|_| Fault::inconsistent("filing", "kind", id))?)
                    .into(),
                submit_time: submit_time.map(wire::timestamp),
                package_sha256: sha256.clone().unwrap_or_default(),
                state: wire::state_of(state).into(),
                resume_token,
                caught_up: false,
                confirmation_id: String::new(),
            })
        };
        placed.iter().map(item).collect()
    }

    /// Waits until something may have been submitted by this process. Other replicas are found by asking again.
    pub(crate) async fn something_submitted(&self) {
        self.submitted.notified().await;
    }

    /// A place that only we can name, bound to the inbox. It does not grow old: a court may have been away for a month.
    pub(crate) fn resume_token(&self, inbox: &Inbox, place: u64) -> String {
        let epoch = self.desk.epoch();
        format!("1.{epoch}.{place}.{}", self.mac(inbox, epoch, place))
    }

    /// The place of a token. A token from before a restore names no place in the order as it is now, and counts as an
    /// empty one: everything that waits is told again.
    pub(crate) fn read_resume_token(&self, inbox: &Inbox, token: &str) -> Result<Option<u64>, Malformed> {
        if token.is_empty() {
            return Ok(None);
        }
        let [form, epoch, place, mac] = token.split('.').collect::<Vec<_>>()[..] else {
            return Err(Malformed);
        };
        let epoch: u32 = epoch.parse().map_err(|_| Malformed)?;
        let place: u64 = place.parse().map_err(|_| Malformed)?;
        if form != "1" || mac != self.mac(inbox, epoch, place) {
            return Err(Malformed);
        }
        Ok((epoch == self.desk.epoch()).then_some(place))
    }

    fn mac(&self, inbox: &Inbox, epoch: u32, place: u64) -> String {
        self.vault.index(TOKEN, &format!("{}|{}|{epoch}|{place}", inbox.centre, inbox.court))
    }
}

/// The kinds of news that put something before a court.
fn told() -> [String; 3] {
    [FilingSubmitted::full_name(), FilingCorrected::full_name(), ConfirmationApplied::full_name()]
}

/// What a letter says was put before a court, and before which.
fn read(row: &outbox::Model) -> Result<(Uuid, String), Fault> {
    let wrong = || Fault::inconsistent("outbox", "body", row.event_id);
    let body = row.body.as_slice();
    let said = match row.kind.as_str() {
        kind if kind == FilingCorrected::full_name() => {
            FilingCorrected::decode(body).map(|said| (said.filing_id, said.court_org))
        }
        kind if kind == ConfirmationApplied::full_name() => {
            ConfirmationApplied::decode(body).map(|said| (said.confirmation_id, said.court_org))
        }
        _ => FilingSubmitted::decode(body).map(|said| (said.filing_id, said.court_org)),
    };
    let (id, court) = said.map_err(|_| wrong())?;
    Ok((Uuid::try_parse(&id).map_err(|_| wrong())?, court))
}
