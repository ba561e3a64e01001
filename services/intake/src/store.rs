//! What intake remembers: private rows, and the one way in which each command changes them.
//!
//! A change loads the case, asks access, lets the model decide, and hands the desk one write list whose first step is
//! guarded by the version that was read. Whoever loses that guard decides anew, twice; then the caller reads again.
//!
//! - [`filing`] the commands that make a dispute, with their request ids;
//! - [`legal_advice`] what duty lawyers advised, and the drafts that come of it;
//! - [`links`] what is said of two disputes at once;
//! - [`number`] acceptance, which also takes the next case number;
//! - [`training`] what clerks correct of suggestions;
//! - [`twins`] disputes that may be the one that is being typed.

mod bands;
mod demands;
mod filing;
mod legal_advice;
mod links;
mod list;
mod number;
mod open;
mod row;
mod sealed;
mod training;
mod translate;
mod twins;

use std::sync::Arc;

use access::{Call, Permit, Vault, relation};
use almanac::{Almanac, Editions};
use chassis::Denied;
use chrono::{DateTime, Utc};
use courier::{CommitError, Desk, Fault, Heard, Reaction, Stamp, Trouble, WriteList};
use lexicon::{CaseId, Outcome};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Value};
use suggest::Model;
use tokio::sync::Mutex;

use self::row::{dispute, party, training_row};
use crate::model::dispute::Moved;
use crate::model::{Course, Dispute, Event, Refusal, State, Term};
use crate::{receipt, wire};

pub use bands::KEEPING;
pub use filing::Asked;
pub use legal_advice::LegalAdvice;
pub use list::Listed;
pub use training::{FORGETTING, Taught};
pub use twins::{Twin, Twins};

/// A lost guard is decided anew this often in all.
const TRIES: u32 = 3;

/// What a command makes of a dispute.
pub type Act = Result<Outcome<Dispute, Event>, Denied>;

/// The memory of intake; clones share it.
#[derive(Clone)]
pub struct Store {
    desk: Desk,
    vault: Arc<Vault>,
    /// Who accepts takes the next number; in one process they take turns instead of losing guards to each other.
    numbers: Arc<Mutex<()>>,
    almanac: Almanac,
    /// What suggests causes. It is read once, for as long as the process lives.
    model: &'static Model,
}

/// A term of `clock` that begins now, under the edition in force. Nothing for a clock that no edition lets run.
pub fn begin(editions: &Editions, clock: &str, at: DateTime<Utc>) -> Option<Term> {
    let edition = editions.active().id().to_owned();
    let ends = editions.expiry(clock, &edition, at)?;
    Some(Term { edition, ends })
}

impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Self {
        Denied::refused(refusal)
    }
}

impl Store {
    /// The memory at `desk`, sealed by `vault`. The model that is compiled in suggests.
    pub fn new(desk: Desk, vault: Arc<Vault>) -> Self {
        let model = Model::shipped();
        Self { desk, vault, numbers: Arc::default(), almanac: Almanac::default(), model }
    }

    /// The same, with another model to suggest.
    #[must_use]
    pub fn suggesting(self, model: &'static Model) -> Self {
        Self { model, ..self }
    }

    /// What suggests causes.
    pub fn model(&self) -> &'static Model {
        self.model
    }

    /// The editions that are known here.
    pub async fn editions(&self) -> Result<Arc<Editions>, Fault> {
        self.almanac.editions(&self.desk).await
    }

    /// A tick's work: looks whether another edition of the rule book is in force.
    pub fn look_for_editions(&self) -> almanac::Look {
        self.almanac.looking(&self.desk)
    }

    /// The desk.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// The vault.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The code on the dispute's receipt.
    pub fn code(&self, dispute: &Dispute) -> String {
        receipt::code(&self.vault, dispute.origin.case)
    }

    /// A dispute that the caller may see, and how much of it.
    pub async fn get(&self, call: &Call, case: CaseId) -> Result<(Dispute, Permit), Denied> {
        let relation = relation::find(self.desk.reader(), case.into()).await?;
        let permit = call.decide(relation.as_ref())?;
        let dispute =
            self.load(case).await?.filter(|dispute| dispute.origin.centre == call.caller.centre.as_str());
        Ok((dispute.ok_or(Denied::Missing("case"))?, permit))
    }

    /// A dispute in clear for a neighbour that packs a filing; the reading leaves an audit row.
    pub async fn read_for_filing(&self, call: &Call, case: CaseId) -> Result<Dispute, Denied> {
        let (dispute, _) = self.get(call, case).await?;
        // A draft is nobody else's, until a party demands the court.
        if dispute.submitted_at.is_none() && dispute.demand.is_none() {
            return Err(Denied::Missing("case"));
        }
        self.desk.commit(WriteList::new(&call.stamp(&self.desk), Some(case.into()))).await?;
        Ok(dispute)
    }

    /// The dispute of a receipt's code.
    pub async fn by_code(&self, call: &Call, code: &str) -> Result<Dispute, Denied> {
        let index = receipt::look_up(&self.vault, code).ok_or(Denied::Missing("code"))?;
        let row = dispute::Entity::find()
            .filter(dispute::Column::CodeIndex.eq(index))
            .filter(dispute::Column::Centre.eq(call.caller.centre.as_str()))
            .one(self.desk.reader())
            .await
            .map_err(reading)?;
        match row {
            Some(row) => Ok(self.with_parties(row).await?),
            None => Err(Denied::Missing("code")),
        }
    }

    /// A command on a case that is there: `act` decides, this remembers and announces.
    pub async fn change(
        &self,
        call: &Call,
        case: CaseId,
        act: impl Fn(Dispute, &Stamp) -> Act,
    ) -> Result<Dispute, Denied> {
        for _ in 0..TRIES {
            let (before, _) = self.get(call, case).await?;
            let stamp = call.stamp(&self.desk);
            match act(before.clone(), &stamp)? {
                Outcome::AlreadySo(dispute) => {
                    self.desk.vouch(&stamp, case.into()).await?;
                    return Ok(dispute);
                }
                Outcome::Changed(dispute, events) => {
                    let list = self.changes(&stamp, &before, &dispute, &events)?;
                    match self.desk.commit(list).await {
                        Ok(()) => return Ok(dispute),
                        Err(CommitError::Lost(_)) => {}
                        Err(error) => return Err(error.into()),
                    }
                }
            }
        }
        Err(Denied::Stale { current: None })
    }

    /// What another service tells of the case's course.
    pub async fn change_heard<M>(&self, heard: &Heard<M>, course: Course) -> Result<Reaction, Trouble> {
        let case = CaseId::from(heard.case);
        let Some(before) = self.load(case).await?.filter(|dispute| dispute.origin.centre == heard.centre)
        else {
            // Every case begins here, so news of an unknown one means that this database is older than the news.
            return Err(Trouble::Later("CASE_UNKNOWN".to_owned()));
        };
        match before.clone().heard(course, heard.stamp.now) {
            Outcome::AlreadySo(_) => Ok(Reaction::Nothing),
            Outcome::Changed(dispute, events) => {
                Ok(Reaction::Write(self.changes(&heard.stamp, &before, &dispute, &events)?))
            }
        }
    }

    /// What a party said at the table, which another service tells: judged like the same act at the window.
    pub async fn act_heard<M>(
        &self,
        heard: &Heard<M>,
        act: impl FnOnce(Dispute) -> Option<Moved>,
    ) -> Result<Reaction, Trouble> {
        let known = self.load(CaseId::from(heard.case)).await?;
        let Some(before) = known.filter(|dispute| dispute.origin.centre == heard.centre) else {
            return Err(Trouble::Later("CASE_UNKNOWN".to_owned()));
        };
        match act(before.clone()) {
            Some(Ok(Outcome::Changed(dispute, events))) => {
                Ok(Reaction::Write(self.changes(&heard.stamp, &before, &dispute, &events)?))
            }
            _ => Ok(Reaction::Nothing),
        }
    }

    /// What another service tells of a thread that may be no case of ours yet.
    pub async fn change_known<M>(&self, heard: &Heard<M>, course: Course) -> Result<Reaction, Trouble> {
        match self.load(CaseId::from(heard.case)).await? {
            None => Ok(Reaction::Nothing),
            Some(_) => self.change_heard(heard, course).await,
        }
    }

    /// The write list of a change.
    fn changes(
        &self,
        stamp: &Stamp,
        before: &Dispute,
        now: &Dispute,
        events: &[Event],
    ) -> Result<WriteList, Fault> {
        let mut list = WriteList::new(stamp, Some(now.origin.case.into()));
        self.add_changes(&mut list, before, now, events)?;
        Ok(list)
    }

    fn add_changes(
        &self,
        list: &mut WriteList,
        before: &Dispute,
        now: &Dispute,
        events: &[Event],
    ) -> Result<(), Fault> {
        list.update(translate::row(&self.vault, now, Some(before))?, before.version, "version");
        if before.sheet.parties != now.sheet.parties {
            let case = Value::from(now.origin.case.as_uuid());
            list.delete_where::<party::Entity>(vec![(party::Column::CaseId, case)]);
            self.parties(list, now)?;
        }
        if matches!(now.state, State::Removed | State::Merged { .. }) {
            // Its row to learn from goes with it: without its parties nobody could take their names out of it any more.
            let case = Value::from(now.origin.case.as_uuid());
            list.delete_where::<training_row::Entity>(vec![(training_row::Column::CaseId, case)]);
        }
        self.find_by_words(list, Some(before), now);
        self.announce(list, now, events);
        Ok(())
    }

    fn parties(&self, list: &mut WriteList, now: &Dispute) -> Result<(), Fault> {
        for row in translate::party_rows(&self.vault, now)? {
            list.insert(row, "party");
        }
        Ok(())
    }

    fn announce(&self, list: &mut WriteList, now: &Dispute, events: &[Event]) {
        for event in events {
            wire::news::post(list, &self.vault, now, *event);
        }
    }

    async fn load(&self, case: CaseId) -> Result<Option<Dispute>, Fault> {
        let row =
            dispute::Entity::find_by_id(case.as_uuid()).one(self.desk.reader()).await.map_err(reading)?;
        match row {
            Some(row) => self.with_parties(row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn with_parties(&self, row: dispute::Model) -> Result<Dispute, Fault> {
        let parties = party::Entity::find()
            .filter(party::Column::CaseId.eq(row.case_id))
            .order_by_asc(party::Column::Position)
            .all(self.desk.reader())
            .await
            .map_err(reading)?;
        translate::model(&self.vault, row, &parties, &*self.editions().await?)
    }
}

fn reading(error: sea_orm::DbErr) -> Fault {
    Fault::new("read a dispute", error)
}
