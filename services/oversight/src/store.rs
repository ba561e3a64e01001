//! Dockets and deadlines in rows. Every event heard is one write: the docket's head under its version, the entry, and what
//! the event made of the book of the case. The docket's version is what two writers of a case meet at.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use access::{Call, relation};
use almanac::{Almanac, Editions};
use chrono::{DateTime, Utc};
use courier::{Desk, Fault, Heard, Reaction, Trouble, WriteList};
use lexicon::Refusal as _;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::model::{Book, News, Step};

mod announce;
mod casebook;
pub mod editions;
mod open;
pub mod risk;
pub mod rows;
pub mod unwatched;
pub mod views;
mod written;

use rows::{deadline, docket, docket_entry};

/// Running, as it stands in a row.
pub const RUNNING: &str = "RUNNING";
/// Standing still.
pub const STOPPED: &str = "STOPPED";
/// Met.
pub const MET: &str = "MET";
/// Reached and announced.
pub const REACHED: &str = "REACHED";

/// Oversight's memory.
#[derive(Clone)]
pub struct Store {
    desk: Desk,
    almanac: Almanac,
    /// Whether some deadlines may not have been looked at by the edition in force.
    unhealed: Arc<AtomicBool>,
}

impl Store {
    /// Over a desk whose tables are there.
    pub fn new(desk: Desk) -> Self {
        Self { desk, almanac: Almanac::default(), unhealed: Arc::new(AtomicBool::new(true)) }
    }

    /// The desk.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// The editions that are known here.
    pub async fn editions(&self) -> Result<Arc<Editions>, Fault> {
        self.almanac.editions(&self.desk).await
    }

    /// One event: an entry in the docket, and its steps on the book.
    pub async fn hear<M>(&self, heard: &Heard<M>, kind: &str, steps: Vec<Step>) -> Result<Reaction, Trouble> {
        let (case, centre) = (heard.case, heard.centre.as_str());
        let before = self.head(case).await?;
        let mut list = WriteList::new(&heard.stamp, Some(case));
        let mut book = None;
        if !steps.is_empty() {
            let mut taken = self.book(before.as_ref(), case).await?;
            let editions = self.editions().await?;
            let (at, version) = (heard.at, heard.version);
            let news = News { at, version, case, editions: &editions, id: &|| heard.stamp.id() };
            taken
                .take(&news, steps)
                .map_err(|unlawful| Trouble::Poison(format!("UNLAWFUL {}", unlawful.reason())))?;
            casebook::put(&mut list, centre, case, &taken, &editions)?;
            book = Some(taken);
        }
        let version = enter(&mut list, before.as_ref(), centre, case, book.as_ref(), 1)?;
        let topic = heard.topic.as_str();
        list.insert(docket_entry::new(case, version, centre, heard.at, kind, topic), "number");
        Ok(Reaction::Write(list))
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

    /// The book of a case, with the deadlines that are waited for.
    async fn book(&self, head: Option<&docket::Model>, case: Uuid) -> Result<Book, Fault> {
        let Some(head) = head else { return Ok(Book::default()) };
        let rows = deadline::Entity::find()
            .filter(deadline::Column::CaseId.eq(case))
            .filter(deadline::Column::State.ne(MET))
            .all(self.desk.reader())
            .await
            .map_err(|e| Fault::new("read deadlines", e))?;
        casebook::read(head, &rows, &*self.editions().await?)
    }
}

/// Writes the docket's head for so many new entries; answers with the number of the first, of which the last is the new
/// version.
fn enter(
    list: &mut WriteList,
    head: Option<&docket::Model>,
    centre: &str,
    case: Uuid,
    book: Option<&Book>,
    entries: u64,
) -> Result<u64, Fault> {
    let before = head.map(|head| head.version as u64);
    let first = before.unwrap_or_default() + 1;
    let version = first + entries - 1;
    let mut row =
        docket::ActiveModel { case_id: Set(case), version: Set(version as i64), ..Default::default() };
    let fresh = Book::default();
    if let Some(book) = book.or(head.is_none().then_some(&fresh)) {
        row.court_demanded = Set(book.demands.stands());
        row.closed = Set(book.closed);
        row.open = Set(book.is_open());
        row.book = Set(written::book(book)?);
    }
    match before {
        Some(before) => list.update(row, before, "version"),
        None => list.insert(docket::ActiveModel { centre: Set(centre.to_owned()), ..row }, "docket"),
    };
    Ok(first)
}

/// An instant as the contract writes it.
pub fn timestamp(at: DateTime<Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: at.timestamp(), nanos: at.timestamp_subsec_nanos() as i32 }
}
