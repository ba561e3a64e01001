//! Rows as the contract shows them, and page tokens.

use access::{Call, Vault};
use chassis::Denied;
use chrono::{DateTime, Utc};
use contracts::oversight::v1::{
    ClockCount, Deadline, DeadlineState, Docket, DocketEntry, EventCount, ExplainDeadlineRequest,
    GetDocketRequest, ListDeadlinesRequest, ListOverdueRequest, Statistics,
};
use lexicon::{CaseId, DeadlineId, Fault};
use uuid::Uuid;

use crate::model::State;
use crate::store::rows::docket_entry;
use crate::store::timestamp;
use crate::store::views::{ClockFigure, EventFigure, Shown};
use crate::{model, words};

pub mod editions;
pub mod explained;
pub mod risk;
pub mod watched;

/// A page unless the caller asks for another size.
const PAGE: u64 = 50;
/// The largest page.
const LARGEST: i32 = 500;

/// Which page is asked for.
pub struct Page {
    /// After this key.
    pub after: Option<(DateTime<Utc>, Uuid)>,
    /// At most so many.
    pub most: u64,
}

/// The case of a docket.
pub fn docket_case(request: &GetDocketRequest) -> Result<Uuid, Denied> {
    case(&request.case_id)
}

/// The case and the deadline that is to be explained.
pub fn one_deadline(request: &ExplainDeadlineRequest) -> Result<(Uuid, Uuid), Denied> {
    let deadline = request.deadline_id.parse().map(|id: DeadlineId| id.as_uuid());
    Ok((case(&request.case_id)?, deadline.map_err(|fault| Denied::field("deadline_id", fault))?))
}

/// The case of some deadlines.
pub fn deadlines_case(request: &ListDeadlinesRequest) -> Result<Uuid, Denied> {
    case(&request.case_id)
}

/// A case.
pub fn case(text: &str) -> Result<Uuid, Denied> {
    text.parse().map(|case: CaseId| case.as_uuid()).map_err(|fault| Denied::field("case_id", fault))
}

/// The page of what is overdue.
pub fn page(
    call: &Call,
    vault: &Vault,
    now: DateTime<Utc>,
    request: &ListOverdueRequest,
) -> Result<Page, Denied> {
    let most = match request.page_size {
        0 => PAGE,
        size if (1..=LARGEST).contains(&size) => size as u64,
        _ => return Err(Denied::field("page_size", Fault::RANGE)),
    };
    let malformed = || Denied::field("page_token", Fault::MALFORMED);
    if request.page_token.is_empty() {
        return Ok(Page { after: None, most });
    }
    let position = vault
        .read_page_token(&call.caller, call.policy.path, now, &request.page_token)
        .map_err(|_| malformed())?;
    let (micros, id) = position.split_first_chunk::<8>().ok_or_else(malformed)?;
    let due_at = DateTime::from_timestamp_micros(i64::from_be_bytes(*micros)).ok_or_else(malformed)?;
    let id = Uuid::from_slice(id).map_err(|_| malformed())?;
    Ok(Page { after: Some((due_at, id)), most })
}

/// The token of the page after these rows; empty when they did not fill theirs.
pub fn next_page(call: &Call, vault: &Vault, now: DateTime<Utc>, rows: &[Shown], most: u64) -> String {
    match rows.last() {
        Some(last) if rows.len() as u64 == most => {
            let mut position = last.place.0.timestamp_micros().to_be_bytes().to_vec();
            position.extend_from_slice(last.place.1.as_bytes());
            vault.page_token(&call.caller, call.policy.path, now, &position)
        }
        _ => String::new(),
    }
}

/// A docket.
pub fn docket(case: Uuid, entries: Vec<docket_entry::Model>) -> Docket {
    Docket { case_id: case.to_string(), entries: entries.into_iter().map(entry).collect() }
}

fn entry(row: docket_entry::Model) -> DocketEntry {
    let (text, text_en) = words::of(&row.kind);
    DocketEntry {
        number: row.number as u64,
        event_time: Some(timestamp(row.at)),
        kind: row.kind,
        text: text.to_owned(),
        text_en: text_en.to_owned(),
        service: row.service,
    }
}

/// A deadline.
pub fn deadline(shown: &Shown) -> Deadline {
    let Shown { case, deadline, expiry, .. } = shown;
    let state = match deadline.state {
        State::Running => DeadlineState::Running,
        State::Stopped => DeadlineState::Stopped,
        State::Met => DeadlineState::Met,
        State::Reached => DeadlineState::Reached,
    };
    Deadline {
        deadline_id: deadline.id.to_string(),
        case_id: case.to_string(),
        noun: deadline.noun.name().to_owned(),
        clock: deadline.clock.clone(),
        clock_name: model::clock_name(&deadline.clock).to_owned(),
        start_time: Some(timestamp(deadline.began())),
        due_time: expiry.map(|expiry| timestamp(expiry.at)),
        state: state.into(),
        holder: deadline.holder.clone(),
        generation: deadline.generation,
        provisional: expiry.is_some_and(|expiry| expiry.provisional),
        noun_id: deadline.noun_id.clone(),
        edition: deadline.ledger().map_or_else(String::new, |ledger| ledger.edition().to_owned()),
        start_event: deadline.start_event().to_owned(),
    }
}

/// Figures.
pub fn statistics(
    running: Vec<ClockFigure>,
    overdue: &[ClockFigure],
    events: Vec<EventFigure>,
) -> Statistics {
    let late = |noun: &str, clock: &str| {
        overdue.iter().find(|f| f.noun == noun && f.clock == clock).map_or(0, |f| f.figure as u64)
    };
    let running = running.into_iter().map(|figure| ClockCount {
        overdue_count: late(&figure.noun, &figure.clock),
        running_count: figure.figure as u64,
        noun: figure.noun,
        clock: figure.clock,
    });
    let events =
        events.into_iter().map(|figure| EventCount { kind: figure.kind, count: figure.figure as u64 });
    Statistics { running: running.collect(), events: events.collect() }
}
