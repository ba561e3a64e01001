//! Which runs wait for somebody: the table's own record, for whoever compares it with what is watched.

use chassis::open::{HolderKind, OpenAsk, OpenNoun};
use courier::Fault;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::Store;
use super::row::mediation;

/// A run that has ended is none of the table's: what it waits for then is a party's choice, or performance.
const OPEN: [&str; 5] = ["CONSENT_PENDING", "IN_MEDIATION", "APPRAISAL", "SUSPENDED", "AGREED_UNSIGNED"];

impl Store {
    /// A page of runs that have not ended.
    pub async fn open_nouns(&self, ask: OpenAsk) -> Result<Vec<OpenNoun>, Fault> {
        use mediation::Column::{CaseId, Centre, MediationId, Mediator, State};
        let rows: Vec<(Uuid, Uuid, Option<String>)> = mediation::Entity::find()
            .select_only()
            .columns([MediationId, CaseId, Mediator])
            .filter(Centre.eq(ask.centre))
            .filter(State.is_in(OPEN))
            .filter(MediationId.gt(ask.after))
            .order_by_asc(MediationId)
            .limit(ask.most)
            .into_tuple()
            .all(self.desk().reader())
            .await
            .map_err(|error| Fault::new("list open runs", error))?;
        let holder = |mediator: Option<String>| match mediator {
            Some(_) => HolderKind::Account,
            None => HolderKind::Organisation,
        };
        Ok(rows.into_iter().map(|(id, case, held)| OpenNoun::own(id, case, holder(held))).collect())
    }
}
