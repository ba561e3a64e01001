//! Decisions: made with every referral, kept with all they were made from, and made again for whoever asks.

use std::collections::HashMap;

use access::Call;
use chassis::Denied;
use chrono::{DateTime, NaiveDate, Utc};
use courier::{Fault, Stamp, WriteList};
use lexicon::{CaseId, OrgId, Outcome};
use rulebook::calendar::civil_date;
use ruleset::{Decision, Inputs, Language};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::Store;
use crate::model::{Organization, Referral};
use crate::routes::{Circumstances, Numbered, Route};

/// `decision`.
pub(super) mod decision {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "decision")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub centre: String,
        pub case_id: Uuid,
        pub version: i64,
        pub decided_at: DateTimeUtc,
        pub number: i64,
        pub digest: String,
        pub inputs: Vec<u8>,
        pub outcome: Vec<u8>,
        pub decisive_rule: String,
        pub rule_id: String,
        pub studio_org: String,
        pub overridden: bool,
        pub returned: bool,
        pub language: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A decision that was made, and whether it would be made again.
pub struct Decided {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// The number of the set.
    pub number: u64,
    /// The set's digest.
    pub digest: String,
    /// The set; nothing where its text is not there.
    pub by: Option<Numbered>,
    /// What it was made from, as it was kept.
    pub inputs_text: String,
    /// The same, read.
    pub inputs: Inputs,
    /// What was decided.
    pub decision: Decision,
    /// The studio that was chosen.
    pub studio: String,
    /// Against the rules.
    pub overridden: bool,
    /// The studio sent it back.
    pub returned: bool,
    /// The set decides the same bytes again.
    pub replayed: bool,
}

impl Store {
    /// Where the case may go, and why.
    pub async fn route(&self, call: &Call, case: CaseId, told: &Circumstances) -> Result<Route, Denied> {
        let referral = self.get(call, case).await?;
        let now = self.desk.clock().now();
        Ok(self.routed(call.caller.centre.as_str(), &referral, told, now).await?)
    }

    /// Decides. Never without a studio: a hall that has none is a fault of the installation.
    async fn routed(
        &self,
        centre: &str,
        referral: &Referral,
        told: &Circumstances,
        now: DateTime<Utc>,
    ) -> Result<Route, Fault> {
        let (by, hall) = tokio::try_join!(self.in_force(centre), self.directory.hall(centre))?;
        if hall.is_empty() {
            return Err(Fault::plain("propose routes", "the directory of this centre has no studio"));
        }
        Ok(Route::of(by, &referral.facts, told, hall, civil_date(now)))
    }

    /// Sends the case to a studio, and keeps what was decided.
    pub async fn refer(
        &self,
        call: &Call,
        case: CaseId,
        to: OrgId,
        why: Option<String>,
        told: &Circumstances,
        until: Option<NaiveDate>,
    ) -> Result<Referral, Denied> {
        let centre = call.caller.centre.as_str();
        for _ in 0..super::TRIES {
            let before = self.get(call, case).await?;
            let stamp = call.stamp(&self.desk);
            let route = self.routed(centre, &before, told, stamp.now).await?;
            let guests = before.guests();
            let referred = before.refer_until(route.target(to.clone()), why.clone(), until, stamp.now);
            let (noun, events) = match referred.map_err(Denied::refused)? {
                Outcome::AlreadySo(noun) => {
                    self.desk.vouch(&stamp, case.into()).await?;
                    return Ok(noun);
                }
                Outcome::Changed(noun, events) => noun.entailed(&guests, events),
            };
            let mut list = self.step(&stamp, &noun, &events)?;
            self.keep_rules(&mut list, centre, &route.by.set).await?;
            list.insert(kept(&stamp, &noun, &route), "decision");
            if self.is_written(list).await? {
                return Ok(noun);
            }
        }
        Err(Denied::Stale { current: None })
    }

    /// The language that each of these cases needs by the last word about it; Standard Chinese needs nobody in particular.
    pub(super) async fn languages(&self, cases: &[Referral]) -> Result<HashMap<Uuid, String>, Fault> {
        let told = decision::Entity::find()
            .select_only()
            .column(decision::Column::CaseId)
            .column(decision::Column::Language)
            .filter(decision::Column::CaseId.is_in(cases.iter().map(|noun| noun.case.as_uuid())))
            .order_by_asc(decision::Column::Version)
            .into_tuple::<(Uuid, String)>()
            .all(self.desk.reader())
            .await
            .map_err(|error| Fault::new("read what languages are needed", error))?;
        let mut last: HashMap<Uuid, String> = told.into_iter().collect();
        last.retain(|_, language| !language.is_empty());
        Ok(last)
    }

    /// The decisions about a case, oldest first, and the studios of the centre.
    pub async fn decisions(
        &self,
        call: &Call,
        case: CaseId,
    ) -> Result<(Vec<Decided>, Vec<Organization>), Denied> {
        self.get(call, case).await?;
        let centre = call.caller.centre.as_str();
        let rows = decision::Entity::find()
            .filter(decision::Column::CaseId.eq(case.as_uuid()))
            .filter(decision::Column::Centre.eq(centre))
            .order_by_asc(decision::Column::Version)
            .all(self.desk.reader())
            .await
            .map_err(|error| Fault::new("list decisions", error))?;
        let mut decided = Vec::with_capacity(rows.len());
        for row in rows {
            decided.push(self.again(centre, row).await?);
        }
        Ok((decided, self.directory.studios(centre).await?))
    }

    /// Makes a decision again.
    async fn again(&self, centre: &str, row: decision::Model) -> Result<Decided, Fault> {
        let wrong = |column: &str| Fault::inconsistent("decision", column, row.id);
        let inputs = Inputs::kept(&row.inputs).ok_or_else(|| wrong("inputs"))?;
        let decision = Decision::kept(&row.outcome).ok_or_else(|| wrong("outcome"))?;
        let set = self.rule_set(centre, &row.digest).await?;
        let replayed = set.as_ref().is_some_and(|set| set.decide(&inputs).bytes() == row.outcome);
        let number = row.number as u64;
        Ok(Decided {
            id: row.id,
            at: row.decided_at,
            number,
            by: set.map(|set| Numbered { number, set }),
            inputs_text: String::from_utf8(row.inputs)
                .map_err(|_| Fault::inconsistent("decision", "inputs", row.id))?,
            inputs,
            decision,
            digest: row.digest,
            studio: row.studio_org,
            overridden: row.overridden,
            returned: row.returned,
            replayed,
        })
    }
}

/// The language that a case needs somebody for; empty for Standard Chinese.
fn needed(language: Language) -> String {
    if language == Language::Mandarin { String::new() } else { language.code().to_owned() }
}

/// The row of a decision that led to `noun`.
fn kept(stamp: &Stamp, noun: &Referral, route: &Route) -> decision::ActiveModel {
    let to = noun.state.destination();
    let rule = to.map(|to| to.rule.clone()).unwrap_or_default();
    decision::ActiveModel {
        id: Set(stamp.id()),
        centre: Set(stamp.by.centre.clone()),
        case_id: Set(noun.case.into()),
        version: Set(noun.version as i64),
        decided_at: Set(stamp.now),
        number: Set(route.by.number as i64),
        digest: Set(route.by.set.digest.clone()),
        inputs: Set(route.inputs.bytes()),
        outcome: Set(route.decision.bytes()),
        decisive_rule: Set(route.decision.rule().to_owned()),
        overridden: Set(rule == "override"),
        rule_id: Set(rule),
        studio_org: Set(to.map(|to| to.studio.to_string()).unwrap_or_default()),
        returned: Set(false),
        language: Set(needed(route.inputs.language)),
    }
}

/// The studio sent back what was decided for it: before it took the case, from its pool, or by its mediator's decline, which are
/// one, two or more steps later.
pub(super) fn returned(list: &mut WriteList, noun: &Referral, studio: &OrgId) {
    list.update_where::<decision::Entity>(
        vec![(decision::Column::Returned, true.into())],
        vec![
            (decision::Column::CaseId, noun.case.as_uuid().into()),
            (decision::Column::StudioOrg, studio.as_str().into()),
            (decision::Column::Returned, false.into()),
        ],
        None,
    );
}
