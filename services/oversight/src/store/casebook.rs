//! The book of a case ⇄ its rows.

use almanac::Editions;
use courier::{Fault, WriteList};
use rulebook::calendar::civil_date;
use rulebook::deadline::{Ledger, Start as Began};
use rulebook::edition::Edition;
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::rows::{deadline, docket};
use super::{MET, REACHED, RUNNING, STOPPED, written};
use crate::model::{
    Book, Changed, Counting, Deadline, FENCING_CLOCK, Instalment, JOINT_CLOCKS, Noun, SCHEDULE_CLOCK, Stand,
    State,
};

/// The book of a case from its rows: the docket's head and the deadlines that are waited for.
pub fn read(head: &docket::Model, rows: &[deadline::Model], editions: &Editions) -> Result<Book, Fault> {
    let deadlines: Vec<Deadline> =
        rows.iter().map(|row| deadline(row, editions)).collect::<Result<_, _>>()?;
    let mut book = match written::read_book(&head.book)? {
        Some(book) => book,
        None => inferred(&deadlines),
    };
    if head.court_demanded && !book.demands.stands() {
        // From before demands had numbers: whatever takes one back or answers it has a later one.
        book.demands.say(1);
    }
    book.closed = head.closed;
    book.deadlines = deadlines;
    Ok(book)
}

/// A case from before there were books: what a clock runs for is open.
fn inferred(deadlines: &[Deadline]) -> Book {
    let mut book = Book::default();
    for found in deadlines {
        let stand = book.nouns.entry(found.noun).or_insert_with(Stand::default);
        stand.open = true;
        stand.id.clone_from(&found.noun_id);
        stand.holder.clone_from(&found.holder);
        stand.generation = stand.generation.max(found.generation);
    }
    book
}

/// A joint act's clock until a day that was set; without one the rule book counts it.
fn is_set_day(row: &deadline::Model) -> bool {
    JOINT_CLOCKS.contains(&row.clock.as_str()) && serde_json::from_str::<Instalment>(&row.ledger).is_ok()
}

/// A deadline from its row.
pub fn deadline(row: &deadline::Model, editions: &Editions) -> Result<Deadline, Fault> {
    let unknown = |what| Fault::plain("read a deadline", what);
    let generation = row.generation as u64;
    let (counting, assumed) = if row.clock == FENCING_CLOCK {
        (Counting::Fencing(row.start_at), false)
    } else if row.clock == SCHEDULE_CLOCK || is_set_day(row) {
        let part = serde_json::from_str(&row.ledger);
        (Counting::Agreed(part.map_err(|error| Fault::new("read an instalment", error))?), false)
    } else if row.ledger.is_empty() {
        (Counting::Law(Box::new(bare(row)?)), false)
    } else {
        let (ledger, assumed) = written::read_ledger(&row.ledger, generation, editions)?;
        (Counting::Law(Box::new(ledger)), assumed)
    };
    let state = match row.state.as_str() {
        RUNNING => State::Running,
        STOPPED => State::Stopped,
        REACHED => State::Reached,
        MET => State::Met,
        _ => return Err(unknown("no state is called so")),
    };
    Ok(Deadline {
        id: row.deadline_id,
        noun: Noun::named(&row.noun).ok_or_else(|| unknown("no noun is called so"))?,
        noun_id: if row.noun_id.is_empty() { row.case_id.to_string() } else { row.noun_id.clone() },
        clock: row.clock.clone(),
        counting,
        assumed,
        state,
        holder: row.holder.clone(),
        generation,
        changed: Changed::No,
    })
}

/// The ledger of a deadline that was started before there were ledgers: nothing has happened to it.
fn bare(row: &deadline::Model) -> Result<Ledger, Fault> {
    let edition = Edition::compiled_in();
    let unlawful = |_| Fault::plain("read a deadline", "the rule book does not know its clock");
    let terms = edition.terms(&row.clock, None, civil_date(row.start_at)).map_err(unlawful)?;
    let event = terms.start.first().cloned().unwrap_or_default();
    Ledger::start(terms, Began { event, at: row.start_at }, edition, row.generation as u64).map_err(unlawful)
}

/// Writes what has changed.
pub fn put(
    list: &mut WriteList,
    centre: &str,
    case: Uuid,
    book: &Book,
    editions: &Editions,
) -> Result<(), Fault> {
    for found in &book.deadlines {
        match found.changed {
            Changed::No => {}
            Changed::New => {
                list.insert(new(centre, case, found, editions)?, "deadline");
            }
            Changed::Moved => {
                let this = vec![(deadline::Column::DeadlineId, found.id.into())];
                list.update_where::<deadline::Entity>(moved(found, editions)?, this, None);
            }
        }
    }
    Ok(())
}

fn new(
    centre: &str,
    case: Uuid,
    found: &Deadline,
    editions: &Editions,
) -> Result<deadline::ActiveModel, Fault> {
    let expiry = found.expiry(editions);
    Ok(deadline::ActiveModel {
        deadline_id: Set(found.id),
        centre: Set(centre.to_owned()),
        case_id: Set(case),
        noun: Set(found.noun.name().to_owned()),
        noun_id: Set(found.noun_id.clone()),
        clock: Set(found.clock.clone()),
        start_at: Set(found.began()),
        due_at: Set(expiry.map_or_else(|| found.began(), |expiry| expiry.at)),
        provisional: Set(expiry.is_some_and(|expiry| expiry.provisional)),
        state: Set(name(found.state).to_owned()),
        holder: Set(found.holder.clone()),
        generation: Set(found.generation as i64),
        ledger: Set(text(found)?),
        edition: Set(edition(found)),
    })
}

/// All that can move. What stands still keeps the day it had in the index, which nobody reads while it does.
pub fn moved(
    found: &Deadline,
    editions: &Editions,
) -> Result<Vec<(deadline::Column, sea_orm::Value)>, Fault> {
    use deadline::Column::{DueAt, Edition, Generation, Holder, Ledger, Provisional, StartAt, State};
    let mut set = vec![(State, name(found.state).into()), (Holder, found.holder.clone().into())];
    if found.state == self::State::Met {
        return Ok(set);
    }
    set.extend([
        (StartAt, found.began().into()),
        (Generation, (found.generation as i64).into()),
        (Ledger, text(found)?.into()),
        (Edition, edition(found).into()),
    ]);
    if let Some(expiry) = found.expiry(editions) {
        set.extend([(DueAt, expiry.at.into()), (Provisional, expiry.provisional.into())]);
    }
    Ok(set)
}

fn text(found: &Deadline) -> Result<String, Fault> {
    match &found.counting {
        Counting::Law(ledger) => written::ledger(ledger, found.assumed),
        Counting::Fencing(_) => Ok(String::new()),
        Counting::Agreed(part) => {
            serde_json::to_string(part).map_err(|error| Fault::new("write an instalment", error))
        }
    }
}

fn edition(found: &Deadline) -> String {
    found.ledger().map_or_else(String::new, |ledger| ledger.edition().to_owned())
}

fn name(state: State) -> &'static str {
    match state {
        State::Running => RUNNING,
        State::Stopped => STOPPED,
        State::Met => MET,
        State::Reached => REACHED,
    }
}
