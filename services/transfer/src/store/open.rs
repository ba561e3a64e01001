//! Which filings, confirmations, hand-overs and commissions wait for somebody: transfer's own record, for whoever compares it
//! with what is watched.

use chassis::open::{HolderKind, OpenAsk, OpenNoun};
use courier::Fault;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::Store;
use super::row::{commission, confirmation, filing, handoff};

/// `listed!(self, ask, table, Key, CaseColumn, open states)`: a page of one kind, with the states of its nouns.
macro_rules! listed {
    ($self:ident, $ask:ident, $table:ident, $key:ident, $case:ident, $states:expr) => {{
        use $table::Column::{Centre, State};
        let rows: Vec<(Uuid, Uuid, String)> = $table::Entity::find()
            .select_only()
            .columns([$table::Column::$key, $table::Column::$case, State])
            .filter(Centre.eq($ask.centre))
            .filter(State.is_in($states))
            .filter($table::Column::$key.gt($ask.after))
            .order_by_asc($table::Column::$key)
            .limit($ask.most)
            .into_tuple()
            .all($self.desk.reader())
            .await?;
        rows
    }};
}

impl Store {
    /// A page of one kind. What has been answered waits for a party's choice at most, and is none of these.
    pub(crate) async fn open_nouns(&self, ask: OpenAsk) -> Result<Vec<OpenNoun>, Fault> {
        let rows = match ask.noun.as_str() {
            "filing" => {
                let states = ["TRANSFER_READY", "TRANSFERRED", "COURT_REVIEW", "COURT_CORRECTION", "FILED"];
                listed!(self, ask, filing, FilingId, CaseId, states)
            }
            "confirmation" => {
                listed!(self, ask, confirmation, ConfirmationId, CaseId, ["CONFIRM_APPLIED"])
            }
            "handoff" => {
                listed!(self, ask, handoff, HandoffId, CaseId, ["OFFERED", "HANDED", "ACKNOWLEDGED"])
            }
            _ => listed!(self, ask, commission, CommissionId, ThreadId, ["RECEIVED", "SIGNED"]),
        };
        let noun = |(id, case, state): (Uuid, Uuid, String)| {
            let outside = ["COURT_REVIEW", "FILED", "CONFIRM_APPLIED", "HANDED", "ACKNOWLEDGED"];
            let holder = match state.as_str() {
                state if outside.contains(&state) => HolderKind::Outside,
                _ => HolderKind::Organisation,
            };
            OpenNoun::own(id, case, holder)
        };
        Ok(rows.into_iter().map(noun).collect())
    }
}
