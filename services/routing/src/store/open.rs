//! Which referrals, recusals and joint acts wait for somebody: routing's own record, for whoever compares it with what is watched.

use chassis::open::{HolderKind, OpenAsk, OpenNoun};
use courier::Fault;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::Store;
use super::row::referral;

/// A recusal that waits for its decision, as the row of its referral holds it.
const PENDING: &str = "\"pending\":{";

/// The same of a joint act.
fn waiting(noun: &str) -> Option<&'static str> {
    match noun {
        "handover" => Some("\"hand_over\":{"),
        "consultation" => Some("\"consultation\":{"),
        "assistance" => Some("\"assistance\":{"),
        _ => None,
    }
}

impl Store {
    /// A page of open referrals, of pending recusals, or of joint acts that wait.
    pub async fn open_nouns(&self, ask: OpenAsk) -> Result<Vec<OpenNoun>, Fault> {
        use referral::Column::{Aside, CaseId, Centre, Holder, Joint, State};
        let (recusals, joint) = (ask.noun == "recusal", waiting(&ask.noun));
        let mut query = referral::Entity::find()
            .select_only()
            .columns([CaseId, Holder])
            .filter(Centre.eq(ask.centre))
            .filter(State.ne("ENDED"))
            .filter(CaseId.gt(ask.after));
        if recusals {
            query = query.filter(Aside.contains(PENDING));
        }
        if let Some(waits) = joint {
            query = query.filter(Joint.contains(waits));
        }
        let rows: Vec<(Uuid, Option<String>)> = query
            .order_by_asc(CaseId)
            .limit(ask.most)
            .into_tuple()
            .all(self.desk.reader())
            .await
            .map_err(|error| Fault::new("list open referrals", error))?;
        let holder = |holder: Option<String>| match holder {
            // Of a recusal the studio decides, and of a joint act an organisation.
            Some(_) if !recusals && joint.is_none() => HolderKind::Account,
            _ => HolderKind::Organisation,
        };
        Ok(rows.into_iter().map(|(case, held)| OpenNoun::of_case(case, holder(held))).collect())
    }
}
