//! What oversight has open: the nouns that it watches for their owners, as their owners' news left them, and its own, the
//! emergencies and the duties to report.

use std::collections::HashMap;

use chassis::open::{HolderKind, OpenAsk, OpenNoun};
use courier::Fault;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use uuid::Uuid;

use super::rows::{docket, risk};
use super::unwatched::Clock;
use super::{Store, written};
use crate::model::{AFTER_ITS_END, Noun, Stand};

/// A duty that has not ended, as the row of a case's risk holds it.
const DUE: &str = "\"end\":null";

impl Store {
    /// A page of what is watched, or of what is our own.
    pub async fn open_nouns(&self, ask: OpenAsk) -> Result<Vec<OpenNoun>, Fault> {
        let noun =
            Noun::named(&ask.noun).ok_or_else(|| Fault::plain("list open nouns", "no noun is called so"))?;
        if ask.watched { self.watched(noun, &ask).await } else { self.risks(noun, &ask).await }
    }

    async fn risks(&self, noun: Noun, ask: &OpenAsk) -> Result<Vec<OpenNoun>, Fault> {
        let query = risk::Entity::find().select_only().column(risk::Column::CaseId);
        let query = match noun {
            Noun::Emergency => query.filter(risk::Column::Unanswered.eq(true)),
            _ => query.filter(risk::Column::Content.contains(DUE)),
        };
        let rows: Vec<Uuid> = query
            .filter(risk::Column::Centre.eq(ask.centre.as_str()))
            .filter(risk::Column::CaseId.gt(ask.after))
            .order_by_asc(risk::Column::CaseId)
            .limit(ask.most)
            .into_tuple()
            .all(self.desk.reader())
            .await
            .map_err(|e| Fault::new("list open risks", e))?;
        Ok(rows.into_iter().map(|case| OpenNoun::of_case(case, HolderKind::Organisation)).collect())
    }

    async fn watched(&self, noun: Noun, ask: &OpenAsk) -> Result<Vec<OpenNoun>, Fault> {
        let (mut found, mut after) = (Vec::new(), ask.after);
        while (found.len() as u64) < ask.most {
            let page = docket::Entity::find()
                .filter(docket::Column::Open.eq(true))
                .filter(docket::Column::CaseId.gt(after))
                .filter(docket::Column::Centre.eq(ask.centre.as_str()))
                .order_by_asc(docket::Column::CaseId)
                .limit(ask.most)
                .all(self.desk.reader())
                .await
                .map_err(|e| Fault::new("read open dockets", e))?;
            let Some(last) = page.last() else { break };
            after = last.case_id;
            let clocks = self.clocks_of(page.iter().map(|head| head.case_id)).await?;
            for head in &page {
                found.extend(open_in(head, noun, &clocks)?);
            }
        }
        // More may have been found than were asked for: the next page begins behind the last one told.
        found.truncate(ask.most as usize);
        Ok(found)
    }
}

/// The noun of a docket, if it is open there. A docket from before there were books is told by its clocks.
fn open_in(
    head: &docket::Model,
    noun: Noun,
    clocks: &HashMap<Uuid, Vec<Clock>>,
) -> Result<Option<OpenNoun>, Fault> {
    let running = clocks.get(&head.case_id).map(Vec::as_slice).unwrap_or_default();
    let mut its = running.iter().filter(|clock| clock.noun == noun.name()).peekable();
    let stand = match written::read_book(&head.book)? {
        Some(book) => book.nouns.get(&noun).filter(|stand| stand.open).cloned(),
        None => its.peek().map(|_| Stand::default()),
    };
    let Some(stand) = stand else { return Ok(None) };
    let over = its.peek().is_some() && its.all(|clock| AFTER_ITS_END.contains(&clock.clock.as_str()));
    let id = if stand.id.is_empty() { head.case_id.to_string() } else { stand.id };
    let holder = HolderKind::Unknown;
    Ok(Some(OpenNoun { key: head.case_id, case: head.case_id, id, holder, after_its_end: over }))
}
