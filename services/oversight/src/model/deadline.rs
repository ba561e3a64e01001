//! One deadline: its ledger, and what oversight knows beside it.

use almanac::Editions;
use chrono::{DateTime, NaiveDate, Utc};
use rulebook::calendar;
use rulebook::clocks::Expiry;
use rulebook::deadline::{Entry, Ledger, Standing, Start as Began};
use rulebook::edition::Edition;
use rulebook::unlawful::Unlawful;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{FENCING, Noun};

/// How a deadline stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It runs.
    Running,
    /// It stands still.
    Stopped,
    /// What was due has come, or is no longer due.
    Met,
    /// It ran out, and that was announced.
    Reached,
}

/// By what its end is computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counting {
    /// The rule book, from a ledger.
    Law(Box<Ledger>),
    /// A minute from this instant: the fencing of a claim, which is technical.
    Fencing(DateTime<Utc>),
    /// The end of a day that the parties agreed.
    Agreed(Instalment),
}

/// What is due on an agreed day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instalment {
    /// Since when it is waited for.
    pub from: DateTime<Utc>,
    /// The day.
    pub day: NaiveDate,
    /// How much, in fen; 0 for what is not money.
    pub amount: i64,
}

/// What is to be written of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// Nothing.
    No,
    /// All of it.
    New,
    /// What has moved.
    Moved,
}

/// A deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// Its id.
    pub id: Uuid,
    /// Of which noun.
    pub noun: Noun,
    /// Which one of its kind.
    pub noun_id: String,
    /// Which clock.
    pub clock: String,
    /// By what its end is computed.
    pub counting: Counting,
    /// The event that begins it was not heard yet: the news that started it stands in for it.
    pub assumed: bool,
    /// How it stands.
    pub state: State,
    /// Who must act.
    pub holder: String,
    /// The owner's, where the owner counts it.
    pub generation: u64,
    /// What is to be written of it.
    pub changed: Changed,
}

impl Deadline {
    /// When it runs out, by the calendar of its own edition; nothing while it stands still.
    pub fn expiry(&self, editions: &Editions) -> Option<Expiry> {
        match &self.counting {
            Counting::Law(ledger) => ledger.standing(editions.get(ledger.edition())).expiry(),
            Counting::Fencing(from) => {
                let at = *from + FENCING;
                Some(Expiry { at, date: calendar::civil_date(at), provisional: false })
            }
            Counting::Agreed(part) => {
                Some(Expiry { at: calendar::end_of(part.day), date: part.day, provisional: false })
            }
        }
    }

    /// The same by the calendar of the edition in force, which may not have been taken over yet.
    pub fn in_force(&self, editions: &Editions) -> Option<Expiry> {
        match &self.counting {
            Counting::Law(ledger) => ledger.standing(editions.active()).expiry(),
            Counting::Fencing(_) | Counting::Agreed(_) => self.expiry(editions),
        }
    }

    /// The same by any edition's calendar, if the law counts it.
    pub fn by(&self, edition: &Edition) -> Option<Expiry> {
        self.ledger().and_then(|ledger| ledger.standing(edition).expiry())
    }

    /// Its ledger, if the law counts it.
    pub fn ledger(&self) -> Option<&Ledger> {
        match &self.counting {
            Counting::Law(ledger) => Some(ledger),
            Counting::Fencing(_) | Counting::Agreed(_) => None,
        }
    }

    /// When it began.
    pub fn began(&self) -> DateTime<Utc> {
        match &self.counting {
            Counting::Law(ledger) => ledger.began().at,
            Counting::Fencing(from) => *from,
            Counting::Agreed(part) => part.from,
        }
    }

    /// The code of the event that began it.
    pub fn start_event(&self) -> &str {
        self.ledger().map_or(self.clock.as_str(), |ledger| ledger.began().event.as_str())
    }

    /// Whether the noun still waits for it.
    pub fn waits(&self) -> bool {
        self.state != State::Met
    }

    pub(super) fn touch(&mut self) {
        if self.changed == Changed::No {
            self.changed = Changed::Moved;
        }
    }

    pub(super) fn meet(&mut self) {
        if self.waits() {
            self.state = State::Met;
            self.touch();
        }
    }

    pub(super) fn hand(&mut self, holder: &str) {
        if self.waits() && self.holder != holder {
            holder.clone_into(&mut self.holder);
            self.touch();
        }
    }

    /// Changes the ledger. Its days are counted by the edition in force from now on; a deadline that was reached runs again
    /// if it has become longer, and what stands still no longer runs.
    pub(super) fn enter(
        &mut self,
        editions: &Editions,
        at: DateTime<Utc>,
        generation: u64,
        entry: impl FnOnce(&mut Ledger) -> Result<u64, Unlawful>,
    ) -> Result<(), Unlawful> {
        let Counting::Law(ledger) = &mut self.counting else { return Ok(()) };
        adopt(ledger, editions, at)?;
        entry(ledger)?;
        self.state = match ledger.standing(editions.get(ledger.edition())) {
            Standing::Running(_) => State::Running,
            Standing::Stopped { .. } => State::Stopped,
        };
        self.generation = generation;
        self.touch();
        Ok(())
    }

    /// The calendar of the edition in force, if it is another. The owner need not know: its generation stays.
    pub fn adopt(&mut self, editions: &Editions, at: DateTime<Utc>) -> Result<(), Unlawful> {
        let Counting::Law(ledger) = &mut self.counting else { return Ok(()) };
        if adopt(ledger, editions, at)? {
            self.touch();
        }
        Ok(())
    }

    /// The event that began it is heard of at last; nothing else may have happened to it meanwhile.
    pub(super) fn set_start(&mut self, editions: &Editions, began: Began) -> Result<(), Unlawful> {
        let Counting::Law(ledger) = &mut self.counting else { return Ok(()) };
        let (terms, edition) = (ledger.terms().clone(), editions.get(ledger.edition()));
        let entries: Vec<Entry> = ledger.entries().to_vec();
        let first = ledger.generation().saturating_sub(entries.len() as u64);
        **ledger = Ledger::recall(terms, began, edition, first, entries)?;
        self.assumed = false;
        self.touch();
        Ok(())
    }
}

/// Whether there was anything to adopt.
fn adopt(ledger: &mut Ledger, editions: &Editions, at: DateTime<Utc>) -> Result<bool, Unlawful> {
    let active = editions.active();
    if ledger.edition() == active.id() {
        return Ok(false);
    }
    let latest = ledger.entries().iter().map(Entry::at).fold(ledger.began().at, DateTime::max);
    ledger.adopt(latest.max(at), active)?;
    Ok(true)
}
