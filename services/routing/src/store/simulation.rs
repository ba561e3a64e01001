//! What another rule set would have done with the last decisions of a centre, and what each rule of the set in force has done.
//!
//! A rehearsal reads by key, newest first, one page at a time, and keeps counts only: it takes the same memory for a hundred
//! thousand decisions as for a hundred.

use std::collections::BTreeMap;

use access::Call;
use chassis::Denied;
use courier::Fault;
use ruleset::{Inputs, Moved, Rehearsal, RuleSet, Shift};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::decisions::decision::{Column, Entity};
use super::{Store, rules};
use crate::routes::{Numbered, kept_first};

/// Decisions of a page.
const PAGE: u64 = 500;

/// What a set would have done.
pub struct Simulation {
    /// Stands for the text, the centre and the set that it was compared with.
    pub preview_digest: String,
    /// The set, and the number that it would have.
    pub number: u64,
    /// The set.
    pub set: RuleSet,
    /// How many decisions were replayed.
    pub seen: u64,
    /// How many cases would have gone elsewhere.
    pub moved: u64,
    /// By studio, or by ground of refusal.
    pub shifts: BTreeMap<String, Shift>,
    /// How often each rule would have decided.
    pub rules: BTreeMap<String, u64>,
    /// Some of the cases that would have moved.
    pub examples: Vec<Moved<Uuid>>,
}

/// What the rules of a set have done.
#[derive(Default)]
pub struct Tally {
    /// By rule, by studio: how many cases, and how many came back.
    pub sent: BTreeMap<String, BTreeMap<String, (u64, u64)>>,
    /// By rule: how often a clerk decided otherwise.
    pub overridden: BTreeMap<String, u64>,
}

/// What a page has of a decision.
type Row = (Uuid, Uuid, Vec<u8>, Vec<u8>);

impl Store {
    /// Checks a text and replays the last `last` decisions of the caller's centre against it.
    pub async fn simulate(
        &self,
        call: &Call,
        text: &str,
        last: u64,
        most: usize,
    ) -> Result<Simulation, Denied> {
        call.decide(None)?;
        let set = rules::read(text)?;
        let centre = call.caller.centre.as_str();
        let before = self.in_force(centre).await?;
        let mut rehearsal = Rehearsal::of(&set, most);
        let mut after = None;
        while rehearsal.seen < last {
            let page = self.page_of_decisions(centre, after, PAGE.min(last - rehearsal.seen)).await?;
            let Some((id, ..)) = page.last() else { break };
            after = Some(*id);
            for (id, case, inputs, outcome) in page {
                let wrong = |column| Fault::inconsistent("decision", column, id);
                let inputs = Inputs::kept(&inputs).ok_or_else(|| wrong("inputs"))?;
                let first = kept_first(&outcome).ok_or_else(|| wrong("outcome"))?;
                rehearsal.show(case, &inputs, &first);
            }
            // Others have their turn between two pages.
            tokio::task::yield_now().await;
        }
        let Rehearsal { seen, moved, shifts, rules, examples, .. } = rehearsal;
        let preview_digest = self.preview_digest(centre, &set, &before);
        Ok(Simulation {
            preview_digest,
            number: before.number + 1,
            set,
            seen,
            moved,
            shifts,
            rules,
            examples,
        })
    }

    async fn page_of_decisions(
        &self,
        centre: &str,
        before: Option<Uuid>,
        most: u64,
    ) -> Result<Vec<Row>, Fault> {
        let mut query = Entity::find()
            .select_only()
            .columns([Column::Id, Column::CaseId, Column::Inputs, Column::Outcome])
            .filter(Column::Centre.eq(centre));
        if let Some(before) = before {
            query = query.filter(Column::Id.lt(before));
        }
        let page = query.order_by_desc(Column::Id).limit(most).into_tuple().all(self.desk.reader()).await;
        page.map_err(|error| Fault::new("read decisions", error))
    }

    /// What the rules of a set have done in a centre.
    pub async fn tally(&self, call: &Call, by: &Numbered) -> Result<Tally, Denied> {
        let of_set = || {
            Entity::find()
                .select_only()
                .filter(Column::Centre.eq(call.caller.centre.as_str()))
                .filter(Column::Digest.eq(by.set.digest.as_str()))
        };
        let sent = of_set()
            .columns([Column::RuleId, Column::StudioOrg, Column::Returned])
            .column_as(Column::Id.count(), "cases")
            .group_by(Column::RuleId)
            .group_by(Column::StudioOrg)
            .group_by(Column::Returned)
            .into_tuple::<(String, String, bool, i64)>()
            .all(self.desk.reader());
        let overridden = of_set()
            .column(Column::DecisiveRule)
            .column_as(Column::Id.count(), "cases")
            .filter(Column::Overridden.eq(true))
            .group_by(Column::DecisiveRule)
            .into_tuple::<(String, i64)>()
            .all(self.desk.reader());
        let (sent, overridden) =
            tokio::try_join!(sent, overridden).map_err(|error| Fault::new("count decisions", error))?;
        let mut tally = Tally::default();
        for (rule, studio, returned, cases) in sent {
            let count = tally.sent.entry(rule).or_default().entry(studio).or_default();
            count.0 += cases as u64;
            count.1 += if returned { cases as u64 } else { 0 };
        }
        tally.overridden = overridden.into_iter().map(|(rule, cases)| (rule, cases as u64)).collect();
        Ok(tally)
    }
}
