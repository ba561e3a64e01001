//! What the service remembers of its cases, and the one way to change one: load, may they, decide, write.

use std::sync::Arc;

use access::decide::visible_cases;
use access::{Call, Permit, Place, Relation, Role, Vault, relation};
use almanac::{Almanac, Law};
use chassis::Denied;
use contracts::transfer::v1 as contract;
use courier::{CommitError, Desk, Fault, Stamp};
use lexicon::{CaseId, CourtId, FilingId, Outcome};
use prost::Message as _;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::model::thread::Moved;
use crate::model::{Beside, Confirmation, Entry, Event, Filing, No, Rule, Thread};
use crate::packing::Packed;
use crate::wire::{self, ListAsk};
use row::{document, filing};
pub(crate) use threads::Read;

pub(crate) mod commissions;
pub(crate) mod inbox;
mod listed;
mod matters;
mod nouns;
mod open;
mod reading;
mod row;
mod threads;
mod writing;

/// How often a lost guard is tried before the caller is told.
const TRIES: usize = 3;
const OPEN: [&str; 4] = ["TRANSFER_READY", "TRANSFERRED", "COURT_REVIEW", "COURT_CORRECTION"];

/// Which filing of a case a verb is about.
#[derive(Debug, Clone, Copy)]
enum Which {
    /// The case's latest, and of a court the latest that was submitted to it.
    Latest,
    /// What a court has filed: the one that it names, or the only one.
    Filed(Option<FilingId>),
}

/// The memory of filings. Clones share it.
#[derive(Clone)]
pub(crate) struct Store {
    pub(crate) desk: Desk,
    vault: Arc<Vault>,
    submitted: Arc<Notify>,
    almanac: Almanac,
}

impl Store {
    pub(crate) fn new(desk: Desk, vault: Arc<Vault>) -> Self {
        Self { desk, vault, submitted: Arc::new(Notify::new()), almanac: Almanac::default() }
    }

    /// The editions that are in force.
    pub(crate) async fn law(&self) -> Result<Law, Fault> {
        self.almanac.law(&self.desk).await
    }

    /// A tick's work: looks whether another edition of the rule book is in force.
    pub(crate) fn look_for_editions(&self) -> almanac::Look {
        self.almanac.looking(&self.desk)
    }

    /// The vault.
    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The case, if the caller may see it, and how.
    pub(crate) async fn admit(&self, call: &Call, case: CaseId) -> Result<(Read, Permit), Denied> {
        let near = relation::find(self.desk.reader(), case.as_uuid()).await?;
        let permit = call.decide(near.as_ref())?;
        let read = self.read(call.caller.centre.as_str(), case).await?;
        Ok((read, permit))
    }

    /// The filing of a case, if the caller may see it, and how.
    pub(crate) async fn get(&self, call: &Call, case: CaseId) -> Result<(Filing, Permit), Denied> {
        let (mut read, permit) = self.admit(call, case).await?;
        if permit.relation == Relation::Court {
            self.keep_to_its_court(call, &mut read).await?;
        }
        let filing = read.thread.filing.ok_or(Denied::Missing("filing"))?;
        Ok((filing, permit))
    }

    /// Changes the filing of a case.
    pub(crate) async fn change(
        &self,
        call: &Call,
        case: CaseId,
        act: impl Fn(Filing, &Stamp) -> Result<Outcome<Filing, Event>, No>,
    ) -> Result<Filing, Denied> {
        let changed = self
            .change_thread(call, case, None, |thread, stamp| thread.filing(|filing| act(filing, stamp)))
            .await?;
        changed.filing.ok_or(Denied::Missing("filing"))
    }

    /// Changes what a court has filed of a case: the filing that it names, or the only one.
    pub(crate) async fn change_filed(
        &self,
        call: &Call,
        case: CaseId,
        named: Option<FilingId>,
        act: impl Fn(Filing, &Stamp) -> Result<Outcome<Filing, Event>, No>,
    ) -> Result<Filing, Denied> {
        let verb = |thread: Thread, stamp: &Stamp| thread.filing(|filing| act(filing, stamp));
        let changed = self.change_which(call, case, None, Which::Filed(named), verb).await?;
        changed.filing.ok_or(Denied::Missing("filing"))
    }

    /// Which of its filings a court means: the one that it names, or the only one that it has filed.
    async fn keep_to_what_it_filed(
        &self,
        call: &Call,
        read: &mut Read,
        named: Option<FilingId>,
    ) -> Result<(), Denied> {
        let Some(mine) = &call.caller.court else { return Err(Denied::Missing("filing")) };
        let mut rows = filing::Entity::find()
            .filter(filing::Column::Centre.eq(call.caller.centre.as_str()))
            .filter(filing::Column::CaseId.eq(read.thread.case.as_uuid()))
            .filter(filing::Column::Court.eq(mine.as_str()))
            .filter(filing::Column::SubmitTime.is_not_null());
        if let Some(named) = named {
            rows = rows.filter(filing::Column::FilingId.eq(named.as_uuid()));
        }
        let rows = rows.order_by_desc(filing::Column::FilingId).all(self.desk.reader()).await;
        let mut rows = rows.map_err(Fault::from)?;
        let state = |row: &filing::Model| row.state.clone();
        let filed = rows.iter().filter(|row| ["FILED", "OUTCOME"].contains(&state(row).as_str())).count();
        if named.is_none() && filed > 1 {
            return Err(No::from(Rule::FilingUnnamed.against("FILED")).into());
        }
        if named.is_none() && filed == 1 {
            rows.retain(|row| ["FILED", "OUTCOME"].contains(&state(row).as_str()));
        }
        rows.truncate(1);
        read.thread.filing = self.whole(rows).await?.pop();
        Ok(())
    }

    /// A court sees what was submitted to it, and answers that; what is prepared anew, or for another court, is not there for
    /// it. So the case's latest filing may be another than the court's.
    async fn keep_to_its_court(&self, call: &Call, read: &mut Read) -> Result<(), Fault> {
        let Some(mine) = &call.caller.court else {
            read.thread.filing = None;
            return Ok(());
        };
        if read.thread.filing.as_ref().and_then(|filing| filing.state.court()) == Some(mine) {
            return Ok(());
        }
        let row = filing::Entity::find()
            .filter(filing::Column::Centre.eq(call.caller.centre.as_str()))
            .filter(filing::Column::CaseId.eq(read.thread.case.as_uuid()))
            .filter(filing::Column::Court.eq(mine.as_str()))
            .filter(filing::Column::SubmitTime.is_not_null())
            .order_by_desc(filing::Column::FilingId)
            .one(self.desk.reader())
            .await?;
        read.thread.filing = self.whole(row.into_iter().collect()).await?.pop();
        Ok(())
    }

    /// Changes a case. `packed` is written beside it when the change makes a package.
    pub(crate) async fn change_thread(
        &self,
        call: &Call,
        case: CaseId,
        packed: Option<&Packed>,
        act: impl Fn(Thread, &Stamp) -> Moved,
    ) -> Result<Thread, Denied> {
        self.change_which(call, case, packed, Which::Latest, act).await
    }

    async fn change_which(
        &self,
        call: &Call,
        case: CaseId,
        packed: Option<&Packed>,
        which: Which,
        act: impl Fn(Thread, &Stamp) -> Moved,
    ) -> Result<Thread, Denied> {
        for _ in 0..TRIES {
            let (mut before, _) = self.admit(call, case).await?;
            match which {
                Which::Filed(named) => self.keep_to_what_it_filed(call, &mut before, named).await?,
                Which::Latest if call.role() == Role::Court => {
                    self.keep_to_its_court(call, &mut before).await?;
                }
                Which::Latest => {}
            }
            let stamp = call.stamp(&self.desk);
            let (mut after, mut news) = match Thread::settled(act(before.thread.clone(), &stamp)?) {
                Outcome::AlreadySo(thread) => {
                    self.desk.vouch(&stamp, case.as_uuid()).await?;
                    return Ok(thread);
                }
                Outcome::Changed(after, news) => (after, news),
            };
            let centre = call.caller.centre.as_str();
            let seen = self.of_one_matter(centre, &before.thread, &mut after, &mut news).await?;
            let mut list = self.change_list(&stamp, &before, &after, &news, packed)?;
            self.put_seen(&mut list, centre, &seen)?;
            match self.desk.commit(list).await {
                Ok(()) => {
                    self.wake(&news);
                    return Ok(after);
                }
                Err(CommitError::Lost(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Denied::Stale { current: None })
    }

    /// A page of what the caller may see, newest first, and where it goes on.
    pub(crate) async fn list(&self, call: &Call, ask: &ListAsk) -> Result<(Vec<Filing>, String), Denied> {
        let (caller, now) = (&*call.caller, self.desk.clock().now());
        let purpose =
            format!("{}?state={}&open={}", call.policy.path, ask.state.unwrap_or_default(), ask.open);
        let mut query = filing::Entity::find()
            .filter(filing::Column::Centre.eq(caller.centre.as_str()))
            .filter(filing::Column::CaseId.in_subquery(visible_cases(caller, call.policy)));
        if let Some(state) = ask.state {
            query = query.filter(filing::Column::State.eq(state));
        }
        if ask.open {
            query = query.filter(filing::Column::State.is_in(OPEN));
        }
        if !ask.token.is_empty() {
            let malformed = || Denied::field("page_token", lexicon::Fault::MALFORMED);
            let place =
                self.vault.read_page_token(caller, &purpose, now, &ask.token).map_err(|_| malformed())?;
            let last = Uuid::from_slice(&place).map_err(|_| malformed())?;
            query = query.filter(filing::Column::FilingId.lt(last));
        }
        let query = query.order_by_desc(filing::Column::FilingId).limit(ask.size + 1);
        let mut rows = query.all(self.desk.reader()).await.map_err(Fault::from)?;
        let more = rows.len() as u64 > ask.size;
        rows.truncate(ask.size as usize);
        let token = match rows.last().filter(|_| more) {
            Some(last) => self.vault.page_token(caller, &purpose, now, last.filing_id.as_bytes()),
            None => String::new(),
        };
        Ok((self.whole(rows).await?, token))
    }

    /// The package as it was submitted: the complaint and every content, opened.
    pub(crate) async fn package(&self, centre: &str, filing: &Filing) -> Result<contract::Package, Fault> {
        let id = filing.id.as_uuid();
        let wrong = |column| Fault::inconsistent("filing", column, id);
        let row = filing::Entity::find_by_id(id)
            .one(self.desk.reader())
            .await?
            .ok_or_else(|| wrong("filing_id"))?;
        let sealed = row.complaint.ok_or_else(|| wrong("complaint"))?;
        let complaint = self.unseal(centre, "filing", id, "complaint", &sealed)?;
        let complaint = contract::Complaint::decode(complaint.as_slice()).map_err(|_| wrong("complaint"))?;
        let entries = filing.state.package().map(|package| package.documents.as_slice()).unwrap_or_default();
        let documents = self.contents(centre, id, entries).await?;
        Ok(contract::Package {
            filing: Some(wire::filing(filing, true)),
            complaint: Some(complaint),
            documents,
            confirmation: None,
        })
    }

    /// The package of an application for confirmation: every content, opened.
    pub(crate) async fn application(
        &self,
        centre: &str,
        confirmation: &Confirmation,
    ) -> Result<contract::Package, Fault> {
        let documents = self.contents(centre, confirmation.id, &confirmation.package.documents).await?;
        let confirmation = Some(wire::confirmation::confirmation(confirmation, true));
        Ok(contract::Package { filing: None, complaint: None, documents, confirmation })
    }

    /// The documents of a package, opened and compared with their digests.
    async fn contents(
        &self,
        centre: &str,
        of: Uuid,
        entries: &[Entry],
    ) -> Result<Vec<contract::Document>, Fault> {
        let rows = document::Entity::find()
            .filter(document::Column::FilingId.eq(of))
            .order_by_asc(document::Column::Place)
            .all(self.desk.reader())
            .await?;
        let mut documents = Vec::with_capacity(rows.len());
        for (row, entry) in rows.into_iter().zip(entries) {
            let content = self.unseal(centre, "document", row.document_id, "content", &row.content)?;
            if row.document_id != entry.id.as_uuid()
                || crate::model::package::sha256(&content) != entry.sha256
            {
                return Err(Fault::inconsistent("document", "content", row.document_id));
            }
            documents.push(contract::Document {
                entry: Some(wire::entry(entry)),
                media_type: row.media_type,
                content: content.into(),
            });
        }
        Ok(documents)
    }

    /// The latest filing of a case.
    async fn filing_of(&self, centre: &str, case: CaseId) -> Result<Option<Filing>, Fault> {
        let row = filing::Entity::find()
            .filter(filing::Column::Centre.eq(centre))
            .filter(filing::Column::CaseId.eq(case.as_uuid()))
            .order_by_desc(filing::Column::FilingId)
            .one(self.desk.reader())
            .await?;
        Ok(self.whole(row.into_iter().collect()).await?.pop())
    }

    /// All filings of a case, of which there are few, without what is sealed.
    async fn filings_of(&self, centre: &str, case: CaseId) -> Result<Vec<Beside>, Fault> {
        use filing::Column;
        let rows: Vec<(Uuid, String, String, Option<String>)> = filing::Entity::find()
            .select_only()
            .columns([Column::FilingId, Column::Kind, Column::State, Column::Court])
            .filter(filing::Column::Centre.eq(centre))
            .filter(filing::Column::CaseId.eq(case.as_uuid()))
            .order_by_asc(filing::Column::FilingId)
            .into_tuple()
            .all(self.desk.reader())
            .await?;
        let one = |(id, kind, state, court): (Uuid, String, String, Option<String>)| {
            let wrong = |field| Fault::inconsistent("filing", field, id);
            let court = court.filter(|court| !court.is_empty()).map(CourtId::new).transpose();
            let kind = kind.parse().map_err(|_| wrong("kind"))?;
            Ok(Beside { id: id.into(), kind, state, court: court.map_err(|_| wrong("court"))? })
        };
        rows.into_iter().map(one).collect()
    }

    fn seal(&self, centre: &str, table: &str, id: Uuid, field: &str, clear: &[u8]) -> Result<Vec<u8>, Fault> {
        let place = Place { centre, table, row: &id.to_string(), field };
        self.vault
            .seal(&place, clear)
            .map_err(|fault| Fault::new(format!("seal {field} of a {table}"), fault))
    }

    fn unseal(
        &self,
        centre: &str,
        table: &str,
        id: Uuid,
        field: &str,
        sealed: &[u8],
    ) -> Result<Vec<u8>, Fault> {
        let place = Place { centre, table, row: &id.to_string(), field };
        self.vault
            .open(&place, sealed)
            .map_err(|fault| Fault::new(format!("open {field} of {table} {id}"), fault))
    }
}
