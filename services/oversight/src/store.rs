//! Dockets and deadlines in rows. Every event heard is one write: the docket's head under its version, the entry, and the
//! steps on the ledger.

use std::collections::HashMap;

use access::{Call, relation};
use chrono::{DateTime, Utc};
use contracts::oversight::v1::DeadlineReached;
use courier::{Actor, CommitError, Desk, Fault, Heard, Reaction, Trouble, WriteList};
use prost::Name as _;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use uuid::Uuid;

use crate::model::{self, Facts, Holder, Noun, Step};

pub mod rows;
pub mod views;

use rows::{deadline, docket, docket_entry};

/// Deadlines announced in one go of the tick.
const BATCH: u64 = 200;

/// Running, as it stands in a row.
pub const RUNNING: &str = "RUNNING";
/// Met.
pub const MET: &str = "MET";
/// Reached and announced.
pub const REACHED: &str = "REACHED";

/// Oversight's memory.
#[derive(Clone)]
pub struct Store {
    desk: Desk,
}

impl Store {
    /// Over a desk whose tables are there.
    pub fn new(desk: Desk) -> Self {
        Self { desk }
    }

    /// The desk.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// One event: an entry in the docket, and its steps on the ledger.
    pub async fn hear<M>(&self, heard: &Heard<M>, kind: &str, steps: Vec<Step>) -> Result<Reaction, Trouble> {
        let (case, centre) = (heard.case, heard.centre.as_str());
        let before = self.head(case).await?;
        let asks_receiver =
            steps.iter().any(|step| matches!(step, Step::Start { holder: Holder::FirstReceiver, .. }));
        let near = if asks_receiver { relation::find(self.desk.reader(), case).await? } else { None };
        let mut facts = Facts {
            court_demanded: before.as_ref().is_some_and(|docket| docket.court_demanded),
            closed: before.as_ref().is_some_and(|docket| docket.closed),
            first_receiver: near.and_then(|row| row.first_receiver_org).unwrap_or_default(),
        };
        let mut list = WriteList::new(&heard.stamp, Some(case));
        for step in steps {
            self.step(&mut list, heard, step, &mut facts).await?;
        }
        let version = enter(&mut list, before, centre, case, &facts);
        let topic = heard.topic.as_str();
        list.insert(docket_entry::new(case, version, centre, heard.at, kind, topic), "number");
        Ok(Reaction::Write(list))
    }

    async fn step<M>(
        &self,
        list: &mut WriteList,
        heard: &Heard<M>,
        step: Step,
        facts: &mut Facts,
    ) -> Result<(), Fault> {
        let case = heard.case;
        match step {
            Step::Start { noun, clock, .. } if model::is_late(noun, facts, &clock) => {}
            Step::Start { noun, clock, holder, generation } => {
                let before = self.latest(case, noun).await?;
                let holder = match holder {
                    Holder::Named(name) => name,
                    Holder::FirstReceiver => facts.first_receiver.clone(),
                    Holder::Same => before.as_ref().map(|row| row.holder.clone()).unwrap_or_default(),
                };
                let generation =
                    generation.unwrap_or_else(|| before.as_ref().map_or(1, |row| row.generation as u64 + 1));
                meet(list, case, noun);
                begin(list, heard, noun, &clock, holder, generation)?;
            }
            Step::Renew { noun, clock } => {
                if let Some(before) =
                    self.latest(case, noun).await?.filter(|row| row.clock == clock && row.state != MET)
                {
                    meet(list, case, noun);
                    begin(list, heard, noun, clock, before.holder, before.generation as u64)?;
                }
            }
            Step::Hand { noun, holder } => {
                let latest = self.latest(case, noun).await?;
                let acts = |row: &deadline::Model| {
                    row.state != MET && !model::AFTER_MEDIATION.contains(&row.clock.as_str())
                };
                if let Some(row) = latest.filter(acts) {
                    let this = vec![(deadline::Column::DeadlineId, row.deadline_id.into())];
                    list.update_where::<deadline::Entity>(
                        vec![(deadline::Column::Holder, holder.into())],
                        this,
                        None,
                    );
                }
            }
            Step::End(noun) => meet(list, case, noun),
            Step::CourtDemanded => {
                facts.court_demanded = true;
                let acceptance = |row: &deadline::Model| {
                    row.state != MET && model::ACCEPTANCE_CLOCKS.contains(&row.clock.as_str())
                };
                if let Some(row) = self.latest(case, Noun::Dispute).await?.filter(acceptance) {
                    meet(list, case, Noun::Dispute);
                    let generation = row.generation as u64 + 1;
                    begin(list, heard, Noun::Dispute, "S11", row.holder, generation)?;
                }
                let choice =
                    vec![(deadline::Column::CaseId, case.into()), (deadline::Column::Clock, "S09".into())];
                list.update_where::<deadline::Entity>(
                    vec![(deadline::Column::State, MET.into())],
                    choice,
                    None,
                );
            }
            Step::Closed => {
                facts.closed = true;
                for noun in [Noun::Dispute, Noun::Referral, Noun::Mediation] {
                    meet(list, case, noun);
                }
            }
        }
        Ok(())
    }

    /// Announces what has become due, by the desk's clock; the rest waits for the next tick. Each deadline is announced
    /// once: its row's state is the guard.
    pub async fn announce(&self) -> Result<(), Fault> {
        let now = self.desk.clock().now();
        let due = deadline::Entity::find()
            .filter(deadline::Column::State.eq(RUNNING))
            .filter(deadline::Column::DueAt.lte(now))
            .order_by_asc(deadline::Column::DueAt)
            .limit(BATCH)
            .all(self.desk.reader())
            .await
            .map_err(|e| Fault::new("read what is due", e))?;
        let cases: Vec<Uuid> = due.iter().map(|row| row.case_id).collect();
        let heads = docket::Entity::find()
            .filter(docket::Column::CaseId.is_in(cases))
            .all(self.desk.reader())
            .await
            .map_err(|e| Fault::new("read dockets", e))?;
        let mut heads: HashMap<Uuid, docket::Model> =
            heads.into_iter().map(|head| (head.case_id, head)).collect();
        for row in due {
            // A case's second deadline of this tick finds no head and waits for the next: the first raised its version.
            let Some(head) = heads.remove(&row.case_id) else { continue };
            let id = row.deadline_id;
            if let Err(fault) = self.announce_one(row, head).await {
                // One bad row delays no other case.
                tracing::error!(%fault, deadline = %id, "a deadline could not be announced");
            }
        }
        Ok(())
    }

    async fn announce_one(&self, row: deadline::Model, head: docket::Model) -> Result<(), Fault> {
        let stamp = self.desk.stamp(
            Actor::service("oversight", row.centre.clone()),
            "oversight.tick.deadlines",
            None,
        );
        let facts = Facts { court_demanded: head.court_demanded, closed: head.closed, ..Facts::default() };
        let mut list = WriteList::new(&stamp, Some(row.case_id));
        let still = vec![
            (deadline::Column::DeadlineId, row.deadline_id.into()),
            (deadline::Column::State, RUNNING.into()),
        ];
        list.update_where::<deadline::Entity>(
            vec![(deadline::Column::State, REACHED.into())],
            still,
            Some("running"),
        );
        let version = enter(&mut list, Some(head), &row.centre, row.case_id, &facts);
        let kind = DeadlineReached::full_name();
        list.insert(
            docket_entry::new(row.case_id, version, &row.centre, stamp.now, &kind, "oversight"),
            "number",
        );
        list.post(row.case_id, version, &reached(&row));
        match self.desk.commit(list).await {
            Ok(()) | Err(CommitError::Lost(_) | CommitError::Busy) => Ok(()),
            Err(CommitError::Fault(fault)) => Err(fault),
        }
    }

    /// Whether the caller may read the case.
    pub async fn admit(&self, call: &Call, case: Uuid) -> Result<(), chassis::Denied> {
        let row = relation::find(self.desk.reader(), case).await?;
        call.decide(row.as_ref())?;
        Ok(())
    }

    async fn head(&self, case: Uuid) -> Result<Option<docket::Model>, Fault> {
        docket::Entity::find_by_id(case)
            .one(self.desk.reader())
            .await
            .map_err(|e| Fault::new("read docket", e))
    }

    /// The clock of a noun that was started last.
    async fn latest(&self, case: Uuid, noun: Noun) -> Result<Option<deadline::Model>, Fault> {
        deadline::Entity::find()
            .filter(deadline::Column::CaseId.eq(case))
            .filter(deadline::Column::Noun.eq(noun.name()))
            .order_by_desc(deadline::Column::DeadlineId)
            .limit(1)
            .one(self.desk.reader())
            .await
            .map_err(|e| Fault::new("read deadline", e))
    }
}

/// Writes the docket's head; answers with its new version, which is also the new entry's number.
fn enter(list: &mut WriteList, head: Option<docket::Model>, centre: &str, case: Uuid, facts: &Facts) -> u64 {
    let before = head.map(|head| head.version as u64);
    let version = before.unwrap_or_default() + 1;
    let row = docket::ActiveModel {
        case_id: Set(case),
        centre: Set(centre.to_owned()),
        version: Set(version as i64),
        court_demanded: Set(facts.court_demanded),
        closed: Set(facts.closed),
    };
    match before {
        Some(before) => list.update(row, before, "version"),
        None => list.insert(row, "docket"),
    };
    version
}

/// Writes a clock that starts with an event.
fn begin<M>(
    list: &mut WriteList,
    heard: &Heard<M>,
    noun: Noun,
    clock: &str,
    holder: String,
    generation: u64,
) -> Result<(), Fault> {
    let (due_at, provisional) = model::due(clock, heard.at)
        .ok_or_else(|| Fault::plain("start a clock", "the rule book does not know it"))?;
    list.insert(
        deadline::ActiveModel {
            deadline_id: Set(heard.stamp.id()),
            centre: Set(heard.centre.clone()),
            case_id: Set(heard.case),
            noun: Set(noun.name().to_owned()),
            clock: Set(clock.to_owned()),
            start_at: Set(heard.at),
            due_at: Set(due_at),
            provisional: Set(provisional),
            state: Set(RUNNING.to_owned()),
            holder: Set(holder),
            generation: Set(generation as i64),
        },
        "deadline",
    );
    Ok(())
}

/// What was waited for has come, or is no longer due.
fn meet(list: &mut WriteList, case: Uuid, noun: Noun) {
    use deadline::Column::{CaseId, Noun as NounColumn, State};
    let matching = vec![(CaseId, case.into()), (NounColumn, noun.name().into())];
    list.update_where::<deadline::Entity>(vec![(State, MET.into())], matching, None);
}

fn reached(row: &deadline::Model) -> DeadlineReached {
    DeadlineReached {
        deadline_id: row.deadline_id.to_string(),
        noun: row.noun.clone(),
        clock: row.clock.clone(),
        generation: row.generation as u64,
        due_time: Some(timestamp(row.due_at)),
    }
}

/// An instant as the contract writes it.
pub fn timestamp(at: DateTime<Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: at.timestamp(), nanos: at.timestamp_subsec_nanos() as i32 }
}
