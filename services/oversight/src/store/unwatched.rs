//! The monitor: every open noun has one holder and a clock that waits for it, and no clock waits for nothing.
//!
//! Which nouns are open is kept by what their owners say of them, apart from the clocks. Dockets are read in pages; a case
//! that moves while it is read may look wrong for a moment, so whoever finds something looks again.

use std::collections::HashMap;

use access::Call;
use courier::Fault;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _,
};
use uuid::Uuid;

use super::rows::{deadline, docket};
use super::{MET, STOPPED, Store, written};
use crate::model::Noun;

/// Dockets of a page.
const PAGE: u64 = 500;

/// What is wrong with a noun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// It is open, and nobody is responsible.
    NoHolder,
    /// It is open, and its clocks name different holders.
    TwoHolders,
    /// It is open, and no clock runs.
    NoClock,
    /// It is not open, and a clock runs.
    NotOpen,
}

/// A noun that is not watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unwatched {
    /// The case.
    pub case: Uuid,
    /// Which noun.
    pub noun: String,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What the monitor found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// At most so many as were asked for.
    pub unwatched: Vec<Unwatched>,
    /// Open nouns that were looked at.
    pub open: u64,
}

/// A clock that waits, as little of it as the monitor needs.
#[derive(Debug, FromQueryResult)]
pub struct Clock {
    case_id: Uuid,
    /// Whose.
    pub noun: String,
    noun_id: String,
    /// Which.
    pub clock: String,
    holder: String,
    state: String,
}

impl Store {
    /// Looks through all open cases of the caller's centre.
    pub async fn unwatched(&self, call: &Call, most: usize) -> Result<Found, Fault> {
        let centre = call.caller.centre.as_str();
        let mut found = self.clocks_of_closed_cases(centre, most).await?;
        let mut after = Uuid::nil();
        loop {
            let page = docket::Entity::find()
                .filter(docket::Column::Open.eq(true))
                .filter(docket::Column::CaseId.gt(after))
                .filter(docket::Column::Centre.eq(centre))
                .order_by_asc(docket::Column::CaseId)
                .limit(PAGE)
                .all(self.desk.reader())
                .await
                .map_err(|e| Fault::new("read open dockets", e))?;
            let Some(last) = page.last() else { return Ok(found) };
            after = last.case_id;
            let mut clocks = self.clocks_of(page.iter().map(|head| head.case_id)).await?;
            for head in page {
                look(&head, &clocks.remove(&head.case_id).unwrap_or_default(), &mut found)?;
            }
            found.unwatched.truncate(most);
        }
    }

    pub(super) async fn clocks_of(
        &self,
        cases: impl Iterator<Item = Uuid>,
    ) -> Result<HashMap<Uuid, Vec<Clock>>, Fault> {
        use deadline::Column::{CaseId, Holder, Noun, NounId, State};
        let rows: Vec<Clock> = deadline::Entity::find()
            .select_only()
            .columns([CaseId, Noun, NounId, deadline::Column::Clock, Holder, State])
            .filter(CaseId.is_in(cases))
            .filter(State.ne(MET))
            .into_model()
            .all(self.desk.reader())
            .await
            .map_err(|e| Fault::new("read running deadlines", e))?;
        let mut clocks: HashMap<Uuid, Vec<Clock>> = HashMap::new();
        for row in rows {
            clocks.entry(row.case_id).or_default().push(row);
        }
        Ok(clocks)
    }

    /// Cases of which nothing is open, and a clock that runs all the same.
    async fn clocks_of_closed_cases(&self, centre: &str, most: usize) -> Result<Found, Fault> {
        use deadline::Column::{CaseId, Noun, State};
        let closed = docket::Entity::find()
            .select_only()
            .column(docket::Column::CaseId)
            .filter(docket::Column::Open.eq(false))
            .filter(docket::Column::Centre.eq(centre))
            .into_query();
        let rows: Vec<(Uuid, String)> = deadline::Entity::find()
            .select_only()
            .columns([CaseId, Noun])
            .filter(State.ne(MET))
            .filter(CaseId.in_subquery(closed))
            .limit(most as u64)
            .into_tuple()
            .all(self.desk.reader())
            .await
            .map_err(|e| Fault::new("read the deadlines of closed cases", e))?;
        let unwatched = rows.into_iter().map(|(case, noun)| Unwatched { case, noun, wrong: Wrong::NotOpen });
        Ok(Found { unwatched: unwatched.collect(), open: 0 })
    }
}

fn look(head: &docket::Model, clocks: &[Clock], found: &mut Found) -> Result<(), Fault> {
    // A case from before there were books says nothing of its nouns until its next event.
    let Some(book) = written::read_book(&head.book)? else { return Ok(()) };
    let mut wrong = |noun: &str, wrong| {
        found.unwatched.push(Unwatched { case: head.case_id, noun: noun.to_owned(), wrong });
    };
    for noun in Noun::ALL {
        let stand = book.nouns.get(&noun).filter(|stand| stand.open);
        let waiting: Vec<&Clock> = clocks.iter().filter(|clock| clock.noun == noun.name()).collect();
        let Some(stand) = stand else {
            if !waiting.is_empty() {
                wrong(noun.name(), Wrong::NotOpen);
            }
            continue;
        };
        found.open += 1;
        if stand.holder.is_empty() {
            wrong(noun.name(), Wrong::NoHolder);
        }
        // An earlier filing is at its own court.
        let earlier = |clock: &Clock| noun == Noun::Filing && clock.noun_id != stand.id;
        if waiting.iter().any(|clock| clock.holder != stand.holder && !earlier(clock)) {
            wrong(noun.name(), Wrong::TwoHolders);
        }
        if waiting.iter().all(|clock| clock.state == STOPPED) {
            wrong(noun.name(), Wrong::NoClock);
        }
    }
    Ok(())
}
