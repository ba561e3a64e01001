//! Reading: one run, a list of them, and the dry facts for a court.
//!
//! Texts are opened only for whoever holds the case *as this run's mediator*: not for a colleague, not for the studio's
//! head, and not for somebody who has claimed the case again but has not disclosed and confirmed yet.
use std::collections::HashMap;

use access::{Call, Permit, Place, Relation, decide, relation};
use chassis::Denied;
use chrono::{DateTime, Utc};
use courier::Fault;
use lexicon::{AgreementId, CaseId, SessionId};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::row::{agreement, desk_fence, entry, mediation, session};
use super::{Store, shape, unsealed};
use crate::model::{CaseDesk, Fence, Mediation, Session, State};
use crate::wire::ask::Page;

/// A run as somebody sees it.
pub struct View {
    /// The run.
    pub run: Mediation,
    /// The fence in force for its case.
    pub fence: Fence,
    /// The sittings, in the order in which they were held.
    pub sessions: Vec<Session>,
    /// What was said, for those who may know.
    pub words: Words,
}

/// Opened texts. Empty for those who may not read them. No `Debug`.
#[derive(Default)]
pub struct Words {
    sessions: HashMap<SessionId, String>,
    terms: String,
    facts: String,
    notes: Vec<Note>,
}

/// A mediator's note. No `Debug`.
pub struct Note {
    /// Its id.
    pub id: Uuid,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// In words.
    pub words: String,
}

impl Words {
    /// What was said at a sitting.
    pub fn session(&self, id: SessionId) -> &str {
        self.sessions.get(&id).map_or("", String::as_str)
    }

    /// The terms of the agreement.
    pub fn terms(&self) -> &str {
        &self.terms
    }

    /// What nobody disputes.
    pub fn facts(&self) -> &str {
        &self.facts
    }

    /// The mediator's notes, oldest first.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }
}

/// What a court may learn of a run.
pub struct Filing {
    /// The run; only its dry facts are used.
    pub run: Mediation,
    /// How many sittings were held.
    pub sessions: u32,
    /// What nobody disputes, where every side has confirmed it.
    pub facts: String,
    /// The terms of the agreement in effect, where the court is asked about it.
    pub terms: String,
}

const OPEN: [&str; 5] = ["CONSENT_PENDING", "IN_MEDIATION", "APPRAISAL", "SUSPENDED", "AGREED_UNSIGNED"];

impl Store {
    /// The current run of a case.
    pub async fn get(&self, call: &Call, case: CaseId) -> Result<View, Denied> {
        let near = relation::find(self.desk.reader(), case.into()).await?;
        let permit = call.decide(near.as_ref())?;
        let centre = call.caller.centre.as_str();
        let desk = self.load(centre, case).await?.ok_or(Denied::Missing("mediation"))?;
        self.view(centre, &desk, Some(permit), near.as_ref()).await
    }

    /// A page of the runs that the caller may see, newest first, and where the next page begins.
    pub async fn list(&self, call: &Call, page: &Page) -> Result<(Vec<View>, Option<Uuid>), Denied> {
        call.decide(None)?;
        let read = |error| Fault::new("list mediations", error);
        let db = self.desk.reader();
        let mut query = mediation::Entity::find()
            .filter(mediation::Column::Centre.eq(call.caller.centre.as_str()))
            .filter(mediation::Column::CaseId.in_subquery(decide::visible_cases(&call.caller, call.policy)));
        if let Some(state) = page.state {
            query = query.filter(mediation::Column::State.eq(state));
        }
        if page.open {
            query = query.filter(mediation::Column::State.is_in(OPEN));
        }
        if let Some(after) = page.after {
            query = query.filter(mediation::Column::MediationId.lt(after));
        }
        let query = query.order_by_desc(mediation::Column::MediationId).limit(page.size + 1);
        let mut rows = query.all(db).await.map_err(read)?;
        let more = rows.len() as u64 > page.size;
        rows.truncate(page.size as usize);
        let next = rows.last().filter(|_| more).map(|row| row.mediation_id);

        let runs: Vec<Uuid> = rows.iter().map(|row| row.mediation_id).collect();
        let cases: Vec<Uuid> = rows.iter().map(|row| row.case_id).collect();
        let fences = desk_fence::Entity::find().filter(desk_fence::Column::CaseId.is_in(cases));
        let fences = fences.all(db).await.map_err(read)?;
        let fences: HashMap<Uuid, Fence> = fences
            .into_iter()
            .map(|row| (row.case_id, Fence { epoch: row.epoch as u32, n: row.n as u64 }))
            .collect();
        let mut terms = HashMap::new();
        let agreements = agreement::Entity::find().filter(agreement::Column::MediationId.is_in(runs.clone()));
        for row in agreements.all(db).await.map_err(read)? {
            terms.insert(row.mediation_id, shape::agreement(&row)?);
        }
        let mut sessions: HashMap<Uuid, Vec<Session>> = HashMap::new();
        for row in self.sittings(runs).await? {
            sessions.entry(row.mediation_id).or_default().push(shape::session(&row)?);
        }
        let law = self.law().await?;
        let mut views = Vec::with_capacity(rows.len());
        for row in rows {
            let (id, case) = (row.mediation_id, row.case_id);
            let (mut run, _) = shape::run(&row, terms.remove(&id))?;
            run.begun.law = law.clone();
            let fence = *fences.get(&case).ok_or_else(|| Fault::inconsistent("mediation", "case_id", id))?;
            let sessions = sessions.remove(&id).unwrap_or_default();
            views.push(View { run, fence, sessions, words: Words::default() });
        }
        Ok((views, next))
    }

    /// The dry facts for a filing; nothing, if no run existed, or none that made the agreement `about` which the court is asked.
    pub async fn read_for_filing(
        &self,
        call: &Call,
        case: CaseId,
        with_agreement: bool,
        about: Option<AgreementId>,
    ) -> Result<Option<Filing>, Denied> {
        let db = self.desk.reader();
        call.decide(relation::find(db, case.into()).await?.as_ref())?;
        let centre = call.caller.centre.as_str();
        let run = match about {
            None => self.load(centre, case).await?.and_then(|desk| desk.run),
            Some(agreement) => self.run_of(centre, case, agreement).await?,
        };
        let Some(run) = run else { return Ok(None) };
        let held =
            session::Entity::find().filter(session::Column::MediationId.eq(run.id.as_uuid())).count(db).await;
        let sessions = held.map_err(|error| Fault::new("count the sittings of a run", error))? as u32;
        let facts = if run.facts_are_confirmed() { self.facts(centre, &run).await? } else { String::new() };
        let agreed = matches!(run.state, State::Agreed { .. });
        let terms = if with_agreement && agreed { self.terms(centre, &run).await? } else { String::new() };
        Ok(Some(Filing { run, sessions, facts, terms }))
    }

    /// The run that made an agreement in effect, whatever run came after it.
    async fn run_of(
        &self,
        centre: &str,
        case: CaseId,
        agreement: AgreementId,
    ) -> Result<Option<Mediation>, Fault> {
        let read = |error| Fault::new("read the run of an agreement", error);
        let db = self.desk.reader();
        let made = agreement::Entity::find_by_id(agreement.as_uuid())
            .filter(agreement::Column::Centre.eq(centre))
            .filter(agreement::Column::CaseId.eq(case.as_uuid()));
        let Some(made) = made.one(db).await.map_err(read)? else { return Ok(None) };
        let row = mediation::Entity::find_by_id(made.mediation_id).one(db).await.map_err(read)?;
        let row = row.ok_or_else(|| Fault::inconsistent("agreement", "mediation_id", made.agreement_id))?;
        let (run, _) = shape::run(&row, Some(shape::agreement(&made)?))?;
        Ok(Some(run).filter(|run| matches!(run.state, State::Agreed { .. })))
    }

    /// The desk's run, with its texts for those who may read them; nobody without a permit may.
    pub(super) async fn view(
        &self,
        centre: &str,
        desk: &CaseDesk,
        permit: Option<Permit>,
        near: Option<&relation::Model>,
    ) -> Result<View, Denied> {
        let run = desk.run.clone().ok_or(Denied::Missing("mediation"))?;
        let rows = self.sittings(vec![run.id.into()]).await?;
        let sessions = rows.iter().map(shape::session).collect::<Result<_, _>>()?;
        let holder = near.and_then(|near| near.holder.as_deref());
        let seated = holder.is_some() && run.mediator.as_ref().map(AsRef::as_ref) == holder;
        // A co-mediator sits at the same table.
        let sits = |permit: Permit| matches!(permit.relation, Relation::Holder | Relation::CoHolder);
        let words = if permit.is_some_and(sits) && seated {
            self.words(centre, &run, &rows).await?
        } else {
            Words::default()
        };
        Ok(View { run, fence: desk.fence, sessions, words })
    }

    async fn words(&self, centre: &str, run: &Mediation, rows: &[session::Model]) -> Result<Words, Fault> {
        let mut words = Words::default();
        for row in rows {
            let text = self.open(centre, "session", row.session_id, "words", &row.words)?;
            words.sessions.insert(row.session_id.into(), text);
        }
        words.terms = self.terms(centre, run).await?;
        words.facts = self.facts(centre, run).await?;
        for row in self.entries(run, "NOTE").await? {
            let text = self.open(centre, "entry", row.entry_id, "words", &row.words)?;
            words.notes.push(Note { id: row.entry_id, at: row.recorded_at, words: text });
        }
        Ok(words)
    }

    async fn terms(&self, centre: &str, run: &Mediation) -> Result<String, Fault> {
        let Some(agreement) = run.state.agreement() else { return Ok(String::new()) };
        let row = agreement::Entity::find_by_id(agreement.id.as_uuid()).one(self.desk.reader()).await;
        match row.map_err(|error| Fault::new("read an agreement", error))? {
            Some(row) => self.open(centre, "agreement", row.agreement_id, "terms", &row.terms),
            None => Ok(String::new()),
        }
    }

    /// The latest text of what nobody disputes: the one whose digest the run carries.
    async fn facts(&self, centre: &str, run: &Mediation) -> Result<String, Fault> {
        match self.entries(run, "FACTS").await?.pop() {
            Some(row) => self.open(centre, "entry", row.entry_id, "words", &row.words),
            None => Ok(String::new()),
        }
    }

    async fn entries(&self, run: &Mediation, kind: &str) -> Result<Vec<entry::Model>, Fault> {
        entry::Entity::find()
            .filter(entry::Column::MediationId.eq(run.id.as_uuid()))
            .filter(entry::Column::Kind.eq(kind))
            .order_by_asc(entry::Column::EntryId)
            .all(self.desk.reader())
            .await
            .map_err(|error| Fault::new("read what is kept beside a run", error))
    }

    async fn sittings(&self, runs: Vec<Uuid>) -> Result<Vec<session::Model>, Fault> {
        session::Entity::find()
            .filter(session::Column::MediationId.is_in(runs))
            .order_by_asc(session::Column::StartAt)
            .order_by_asc(session::Column::SessionId)
            .all(self.desk.reader())
            .await
            .map_err(|error| Fault::new("read the sittings of a run", error))
    }

    fn open(
        &self,
        centre: &str,
        table: &str,
        row: Uuid,
        field: &str,
        sealed: &[u8],
    ) -> Result<String, Fault> {
        let id = row.to_string();
        let clear = self.vault.open(&Place { centre, table, row: &id, field }, sealed).map_err(unsealed)?;
        String::from_utf8(clear).map_err(|_| Fault::inconsistent(table, field, id))
    }
}
