//! Which disputes wait for somebody: the window's own record, for whoever compares it with what is watched.

use chassis::open::{HolderKind, OpenAsk, OpenNoun};
use courier::Fault;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::row::dispute;
use super::{Store, reading};

/// A refused dispute waits for nobody here, also where the court was demanded of it: the filing does.
const OPEN: [&str; 4] = ["DRAFT", "SUBMITTED", "CORRECTION", "ACCEPTED"];

impl Store {
    /// A page of open disputes; each is held by the organisation that took it in.
    pub async fn open_nouns(&self, ask: OpenAsk) -> Result<Vec<OpenNoun>, Fault> {
        let rows: Vec<Uuid> = dispute::Entity::find()
            .select_only()
            .column(dispute::Column::CaseId)
            .filter(dispute::Column::Centre.eq(ask.centre))
            .filter(dispute::Column::State.is_in(OPEN))
            .filter(dispute::Column::CaseId.gt(ask.after))
            .order_by_asc(dispute::Column::CaseId)
            .limit(ask.most)
            .into_tuple()
            .all(self.desk.reader())
            .await
            .map_err(reading)?;
        Ok(rows.into_iter().map(|case| OpenNoun::of_case(case, HolderKind::Organisation)).collect())
    }
}
