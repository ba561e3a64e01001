//! What has become due is said, once each and never early.
//!
//! Any number of workers may do this at once, and after days of downtime: the row's state, generation and day are the guard
//! of the write that announces it, together with the docket's version. The column `due_at` only finds the candidates;
//! whether one is due is computed from its ledger. A page is read by three statements at most, however many rows it has.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use contracts::oversight::v1::DeadlineReached;
use courier::{Actor, CommitError, Fault, WriteList};
use futures::{StreamExt as _, stream};
use prost::Name as _;
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::rows::{deadline, docket, docket_entry};
use super::{REACHED, RUNNING, Store, casebook, timestamp};
use crate::model::{Deadline, Editions};

/// Candidates of a page.
const PAGE: u64 = 500;
/// Cases that are written at the same time: as many as a file's writer puts into one commit.
const AT_ONCE: usize = 64;

impl Store {
    /// Announces all that has become due, by the desk's clock; answers how much. What is written by somebody else at the
    /// same moment waits for the next run.
    pub async fn announce(&self) -> Result<u64, Fault> {
        let now = self.desk.clock().now();
        let (editions, mut said, mut after) = (self.editions(), 0, None);
        loop {
            let page = self.due(now, after).await?;
            let full = page.len() as u64 == PAGE;
            after = page.last().map(|row| (row.due_at, row.deadline_id));
            let mut cases: HashMap<Uuid, Vec<deadline::Model>> = HashMap::new();
            for row in page {
                cases.entry(row.case_id).or_default().push(row);
            }
            let heads = docket::Entity::find()
                .filter(docket::Column::CaseId.is_in(cases.keys().copied()))
                .all(self.desk.reader())
                .await
                .map_err(|e| Fault::new("read dockets", e))?;
            let cases =
                heads.into_iter().filter_map(|head| cases.remove(&head.case_id).map(|rows| (head, rows)));
            let announcing = cases.map(|(head, rows)| self.announce_case(head, rows, now, &editions));
            let mut announced = stream::iter(announcing).buffer_unordered(AT_ONCE);
            while let Some(count) = announced.next().await {
                said += count;
            }
            if !full {
                return Ok(said);
            }
        }
    }

    async fn due(
        &self,
        now: DateTime<Utc>,
        after: Option<(DateTime<Utc>, Uuid)>,
    ) -> Result<Vec<deadline::Model>, Fault> {
        use deadline::Column::{DeadlineId, DueAt, State};
        let mut due = deadline::Entity::find().filter(State.eq(RUNNING)).filter(DueAt.lte(now));
        if let Some((due_at, id)) = after {
            let later = Condition::all().add(DueAt.eq(due_at)).add(DeadlineId.gt(id));
            due = due.filter(Condition::any().add(DueAt.gt(due_at)).add(later));
        }
        due.order_by_asc(DueAt)
            .order_by_asc(DeadlineId)
            .limit(PAGE)
            .all(self.desk.reader())
            .await
            .map_err(|e| Fault::new("read what is due", e))
    }

    /// One bad case delays no other: it is told and left.
    async fn announce_case(
        &self,
        head: docket::Model,
        rows: Vec<deadline::Model>,
        now: DateTime<Utc>,
        editions: &Editions,
    ) -> u64 {
        let case = head.case_id;
        self.try_announce(head, rows, now, editions).await.unwrap_or_else(|fault| {
            tracing::error!(%fault, %case, "the deadlines of a case could not be announced");
            0
        })
    }

    async fn try_announce(
        &self,
        head: docket::Model,
        rows: Vec<deadline::Model>,
        now: DateTime<Utc>,
        editions: &Editions,
    ) -> Result<u64, Fault> {
        let by = Actor::service("oversight", head.centre.clone());
        let stamp = self.desk.stamp(by, "oversight.tick.deadlines", None);
        let (case, before) = (head.case_id, head.version as u64);
        let mut list = WriteList::new(&stamp, Some(case));
        let (mut version, mut said) = (before, 0);
        for row in rows {
            let found = casebook::deadline(&row, editions)?;
            let Some(expiry) = found.expiry(editions).filter(|expiry| expiry.at <= now) else {
                // The index was wrong about it; it is set right, and nothing is said.
                list.update_where::<deadline::Entity>(casebook::moved(&found, editions)?, this(&row), None);
                continue;
            };
            let set = vec![(deadline::Column::State, REACHED.into())];
            list.update_where::<deadline::Entity>(set, this(&row), Some("running"));
            version += 1;
            said += 1;
            let kind = DeadlineReached::full_name();
            list.insert(
                docket_entry::new(case, version, &head.centre, stamp.now, &kind, "oversight"),
                "number",
            );
            list.post(case, version, &reached(&found, expiry.at));
        }
        if version > before {
            let row = docket::ActiveModel {
                case_id: Set(case),
                version: Set(version as i64),
                ..Default::default()
            };
            list.update(row, before, "version");
        }
        match self.desk.commit(list).await {
            Ok(()) => Ok(said),
            Err(CommitError::Lost(_) | CommitError::Busy) => Ok(0),
            Err(CommitError::Fault(fault)) => Err(fault),
        }
    }
}

/// This row, as it was read.
fn this(row: &deadline::Model) -> Vec<(deadline::Column, sea_orm::Value)> {
    vec![
        (deadline::Column::DeadlineId, row.deadline_id.into()),
        (deadline::Column::State, RUNNING.into()),
        (deadline::Column::Generation, row.generation.into()),
        (deadline::Column::DueAt, row.due_at.into()),
    ]
}

fn reached(found: &Deadline, due_at: DateTime<Utc>) -> DeadlineReached {
    DeadlineReached {
        deadline_id: found.id.to_string(),
        noun: found.noun.name().to_owned(),
        clock: found.clock.clone(),
        generation: found.generation,
        due_time: Some(timestamp(due_at)),
        noun_id: found.noun_id.clone(),
    }
}
