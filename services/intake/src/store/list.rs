//! Lists of disputes: by key, newest first, only what the caller may see.

use std::collections::HashMap;

use access::Call;
use access::decide::visible_cases;
use chassis::Denied;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::row::{dispute, party};
use super::{Store, reading, translate};
use crate::model::{Course, Dispute};
use crate::wire::command::Page;

/// A page, and the token of the next one.
pub struct Listed {
    /// Newest first.
    pub disputes: Vec<Dispute>,
    /// Empty on the last page.
    pub next: String,
}

impl Store {
    /// One page: two queries, however many disputes are on it.
    pub async fn list(&self, call: &Call, page: &Page) -> Result<Listed, Denied> {
        use dispute::Column;
        call.decide(None)?;
        let mut query = dispute::Entity::find()
            .filter(Column::Centre.eq(call.caller.centre.as_str()))
            .filter(Column::CaseId.in_subquery(visible_cases(&call.caller, call.policy)));
        if let Some(before) = page.before {
            query = query.filter(Column::CaseId.lt(before.as_uuid()));
        }
        if let Some(state) = page.state {
            query = query.filter(Column::State.eq(state));
        }
        if let Some(external_id) = &page.external_id {
            query = query.filter(Column::ExternalId.eq(external_id.as_str()));
        }
        if let Some(batch) = &page.batch {
            query = query.filter(Column::Batch.eq(batch.as_str()));
        }
        if page.open {
            query = query.filter(open());
        }
        let mut rows = query
            .order_by_desc(Column::CaseId)
            .limit(page.size + 1)
            .all(self.desk.reader())
            .await
            .map_err(reading)?;
        let more = rows.len() as u64 > page.size;
        rows.truncate(page.size as usize);
        let mut parties: HashMap<Uuid, Vec<party::Model>> = HashMap::new();
        let found = party::Entity::find()
            .filter(party::Column::CaseId.is_in(rows.iter().map(|row| row.case_id)))
            .order_by_asc(party::Column::Position)
            .all(self.desk.reader())
            .await
            .map_err(reading)?;
        for row in found {
            parties.entry(row.case_id).or_default().push(row);
        }
        let editions = self.editions().await?;
        let mut disputes = Vec::with_capacity(rows.len());
        for row in rows {
            let parties = parties.remove(&row.case_id).unwrap_or_default();
            disputes.push(translate::model(&self.vault, row, &parties, &editions)?);
        }
        let next = match disputes.last().filter(|_| more) {
            Some(last) => {
                let place = last.origin.case.as_uuid();
                self.vault.page_token(&call.caller, &page.purpose, self.desk.clock().now(), place.as_bytes())
            }
            None => String::new(),
        };
        Ok(Listed { disputes, next })
    }
}

/// [`Dispute::is_open`] as a condition; a test holds the two together. A row of before it was kept is judged by its columns.
fn open() -> Condition {
    use dispute::Column;
    let answered =
        Course::ALL.iter().filter(|course| course.court_has_answered()).map(|course| course.code());
    let refused =
        Condition::all().add(Column::State.eq("REFUSED")).add(Column::DemandedBy.is_not_null()).add(
            Condition::any().add(Column::CourtCourse.is_null()).add(Column::CourtCourse.is_not_in(answered)),
        );
    let known = Column::IsOpen.eq(true);
    let moves = Condition::any().add(Column::State.is_in(["DRAFT", "SUBMITTED", "CORRECTION", "ACCEPTED"]));
    Condition::any().add(known).add(Condition::all().add(Column::IsOpen.is_null()).add(moves.add(refused)))
}
