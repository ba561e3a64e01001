//! What oversight shows: dockets, deadlines, what is overdue, figures. Lists go by key and see only what the caller may.

use std::sync::Arc;

use access::{Call, decide};
use chrono::{DateTime, Utc};
use courier::Fault;
use rulebook::clocks::Expiry;
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use uuid::Uuid;

use super::rows::{deadline, docket_entry};
use super::{MET, REACHED, RUNNING, Store, casebook};
use crate::model::{Deadline, Editions};

/// Entries and deadlines of one case that are shown at most; a case has some dozens.
const MOST: u64 = 1_000;

/// A deadline as its ledger says it stands.
pub struct Shown {
    /// The case.
    pub case: Uuid,
    /// The deadline.
    pub deadline: Deadline,
    /// When it runs out; nothing while it stands still.
    pub expiry: Option<Expiry>,
    /// Its key in the list of what is overdue.
    pub place: (DateTime<Utc>, Uuid),
}

/// How many deadlines of a clock run.
#[derive(Debug, FromQueryResult)]
pub struct ClockFigure {
    /// The noun.
    pub noun: String,
    /// The clock.
    pub clock: String,
    /// How many.
    pub figure: i64,
}

/// How often an event was heard.
#[derive(Debug, FromQueryResult)]
pub struct EventFigure {
    /// Its full name.
    pub kind: String,
    /// How often.
    pub figure: i64,
}

impl Store {
    /// What happened to a case, oldest first.
    pub async fn docket(&self, call: &Call, case: Uuid) -> Result<Vec<docket_entry::Model>, chassis::Denied> {
        self.admit(call, case).await?;
        docket_entry::Entity::find()
            .filter(docket_entry::Column::CaseId.eq(case))
            .order_by_asc(docket_entry::Column::Number)
            .limit(MOST)
            .all(self.desk().reader())
            .await
            .map_err(|e| Fault::new("read docket_entry", e).into())
    }

    /// The deadlines of a case: those that still count first, each group by due time.
    pub async fn deadlines(&self, call: &Call, case: Uuid) -> Result<Vec<Shown>, chassis::Denied> {
        self.admit(call, case).await?;
        let mut rows = deadline::Entity::find()
            .filter(deadline::Column::CaseId.eq(case))
            .order_by_asc(deadline::Column::DueAt)
            .limit(MOST)
            .all(self.desk().reader())
            .await
            .map_err(|e| Fault::new("read deadline", e))?;
        rows.sort_by_key(|row| row.state == MET);
        Ok(self.shown(rows)?)
    }

    /// One deadline of a case, and the editions by which it is explained.
    pub async fn deadline(
        &self,
        call: &Call,
        case: Uuid,
        id: Uuid,
    ) -> Result<(Shown, Arc<Editions>), chassis::Denied> {
        self.admit(call, case).await?;
        let row = deadline::Entity::find_by_id(id)
            .filter(deadline::Column::CaseId.eq(case))
            .one(self.desk().reader())
            .await
            .map_err(|e| Fault::new("read deadline", e))?;
        let shown = self.shown(row.into_iter().collect())?.pop();
        Ok((shown.ok_or(chassis::Denied::Missing("deadline"))?, self.editions()))
    }

    /// Rows as their ledgers say.
    fn shown(&self, rows: Vec<deadline::Model>) -> Result<Vec<Shown>, Fault> {
        let editions = self.editions();
        rows.into_iter()
            .map(|row| {
                let deadline = casebook::deadline(&row, &editions)?;
                let expiry = deadline.expiry(&editions);
                Ok(Shown { case: row.case_id, deadline, expiry, place: (row.due_at, row.deadline_id) })
            })
            .collect()
    }

    /// What is overdue, longest first, after a key.
    pub async fn overdue(
        &self,
        call: &Call,
        after: Option<(DateTime<Utc>, Uuid)>,
        most: u64,
    ) -> Result<Vec<Shown>, chassis::Denied> {
        use deadline::Column::{CaseId, DeadlineId, DueAt, State};
        let mut overdue = deadline::Entity::find()
            .filter(State.is_in([RUNNING, REACHED]))
            .filter(DueAt.lte(self.desk().clock().now()))
            .filter(CaseId.in_subquery(decide::visible_cases(&call.caller, call.policy)));
        if let Some((due_at, id)) = after {
            let later = Condition::all().add(DueAt.eq(due_at)).add(DeadlineId.gt(id));
            overdue = overdue.filter(Condition::any().add(DueAt.gt(due_at)).add(later));
        }
        let rows = overdue
            .order_by_asc(DueAt)
            .order_by_asc(DeadlineId)
            .limit(most)
            .all(self.desk().reader())
            .await
            .map_err(|e| Fault::new("read what is overdue", e))?;
        Ok(self.shown(rows)?)
    }

    /// Running deadlines by noun and clock; with `overdue`, only those past their time.
    pub async fn running(&self, call: &Call, overdue: bool) -> Result<Vec<ClockFigure>, chassis::Denied> {
        use deadline::Column::{Centre, Clock, DeadlineId, DueAt, Noun, State};
        let mut running = deadline::Entity::find()
            .select_only()
            .column(Noun)
            .column(Clock)
            .column_as(DeadlineId.count(), "figure")
            .filter(Centre.eq(call.caller.centre.as_str()))
            .filter(State.ne(MET));
        if overdue {
            let now = self.desk().clock().now();
            running = running.filter(DueAt.lte(now)).filter(State.is_in([RUNNING, REACHED]));
        }
        running
            .group_by(Noun)
            .group_by(Clock)
            .order_by_asc(Noun)
            .order_by_asc(Clock)
            .into_model::<ClockFigure>()
            .all(self.desk().reader())
            .await
            .map_err(|e| Fault::new("count deadlines", e).into())
    }

    /// Docket entries by kind.
    pub async fn events(&self, call: &Call) -> Result<Vec<EventFigure>, chassis::Denied> {
        use docket_entry::Column::{CaseId, Centre, Kind};
        docket_entry::Entity::find()
            .select_only()
            .column(Kind)
            .column_as(CaseId.count(), "figure")
            .filter(Centre.eq(call.caller.centre.as_str()))
            .group_by(Kind)
            .order_by_asc(Kind)
            .into_model::<EventFigure>()
            .all(self.desk().reader())
            .await
            .map_err(|e| Fault::new("count docket entries", e).into())
    }
}
