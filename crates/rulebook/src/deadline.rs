//! The ledger of one deadline: what it was started with, and all that happened to it. The due date is computed from it.
//!
//! A ledger keeps its [`Terms`] as they were when the case was pinned: a later edition or regime changes none of them.
//! What an edition may change is the calendar, and then only by an entry that names it ([`Ledger::adopt`]). Every entry
//! raises the generation, so that whoever acts on a deadline can tell whether it has heard of the newest one.
//!
//! The days of a stop are those after the day on which it began, up to and with the day on which it ended; a new period
//! after an extension is counted from the old last day. No text settles either, so both are this project's reading.

mod extension;
pub(crate) mod standing;

pub use extension::{Approval, Consent, Consents, Extension, Grant};
pub use standing::Standing;

use crate::clocks::{Clock, Extendable, StopReason};
use crate::edition::Edition;
use crate::period::{Period, Unit, Way};
use crate::regimes::Pin;
use crate::unlawful::Unlawful;
use chrono::{DateTime, NaiveDate, Utc};

/// A clock as it was pinned. Made by an [`Edition`] only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The clock's id; `main` for a period that the parties agreed.
    pub clock: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// How long.
    pub period: Period,
    /// From the event on, or back from it.
    pub way: Way,
    /// The codes of the events that begin it; any event where there are none.
    pub start: Vec<String>,
    /// Who may make it longer.
    pub extension: Extendable,
    /// For what it stands still.
    pub stops: Vec<StopReason>,
    /// Whether the rule was read in its source.
    pub verified: bool,
    /// The rule with its article.
    pub article: String,
    /// The day whose law it is.
    pub pinned_on: NaiveDate,
}

impl Terms {
    pub(crate) fn of(clock: &Clock, pinned_on: NaiveDate) -> Terms {
        Terms {
            clock: clock.id.clone(),
            name_zh: clock.name_zh.clone(),
            name_en: clock.name_en.clone(),
            period: clock.period(),
            way: clock.way,
            start: clock.start.clone(),
            extension: clock.extension,
            stops: clock.stops.clone(),
            verified: clock.verified,
            article: clock.source.clone(),
            pinned_on,
        }
    }

    /// The period the parties agreed, on a track that has none of its own.
    pub fn agreed(pin: &Pin, period: Period) -> Terms {
        Terms {
            clock: "main".to_owned(),
            name_zh: pin.track.name_zh.clone(),
            name_en: pin.track.name_en.clone(),
            period,
            way: Way::Forward,
            start: Vec::new(),
            extension: Extendable::ByConsent(None),
            stops: Vec::new(),
            verified: pin.profile.verified,
            article: pin.profile.source.clone(),
            pinned_on: pin.on,
        }
    }

    fn named(&self) -> (String, String) {
        (self.clock.clone(), self.article.clone())
    }
}

/// What began a period, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The event's code.
    pub event: String,
    /// When it happened.
    pub at: DateTime<Utc>,
}

/// What happened to a deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// It began to stand still.
    Stopped {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        reason: StopReason,
    },
    /// It went on.
    Resumed {
        /// When.
        at: DateTime<Utc>,
    },
    /// It was made longer.
    Extended(Extension),
    /// It began anew, with nothing of what was before.
    Restarted(Start),
    /// The case was moved to other terms, by an act of its own.
    Repinned {
        /// When.
        at: DateTime<Utc>,
        /// The new terms.
        terms: Box<Terms>,
        /// Why.
        reason: String,
    },
    /// Its days are counted by another edition's calendar.
    Adopted {
        /// When.
        at: DateTime<Utc>,
        /// The edition.
        edition: String,
    },
}

impl Entry {
    /// When it happened.
    pub fn at(&self) -> DateTime<Utc> {
        match self {
            Entry::Stopped { at, .. }
            | Entry::Resumed { at }
            | Entry::Repinned { at, .. }
            | Entry::Adopted { at, .. } => *at,
            Entry::Extended(extension) => extension.at(),
            Entry::Restarted(start) => start.at,
        }
    }
}

/// A deadline with its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    terms: Terms,
    start: Start,
    edition: String,
    first_generation: u64,
    entries: Vec<Entry>,
}

impl Ledger {
    /// Starts a deadline under an edition.
    pub fn start(terms: Terms, start: Start, edition: &Edition, generation: u64) -> Result<Ledger, Unlawful> {
        begins(&terms, &start)?;
        let edition = edition.id().to_owned();
        Ok(Ledger { terms, start, edition, first_generation: generation, entries: Vec::new() })
    }

    /// The same, brought back from what was stored: every entry must still be lawful.
    pub fn recall(
        terms: Terms,
        start: Start,
        edition: &Edition,
        generation: u64,
        entries: Vec<Entry>,
    ) -> Result<Ledger, Unlawful> {
        let mut ledger = Ledger::start(terms, start, edition, generation)?;
        for entry in entries {
            ledger.enter(entry)?;
        }
        Ok(ledger)
    }

    /// The terms in force for it.
    pub fn terms(&self) -> &Terms {
        let moved = self.entries.iter().rev().find_map(|entry| match entry {
            Entry::Repinned { terms, .. } => Some(&**terms),
            _ => None,
        });
        moved.unwrap_or(&self.terms)
    }

    /// What it was started with, before anything happened to it: for whoever stores it.
    pub fn first(&self) -> (&Terms, &Start, &str) {
        (&self.terms, &self.start, &self.edition)
    }

    /// What began the period that runs.
    pub fn began(&self) -> &Start {
        self.running().0
    }

    /// The edition whose calendar counts its days.
    pub fn edition(&self) -> &str {
        let adopted = self.entries.iter().rev().find_map(|entry| match entry {
            Entry::Adopted { edition, .. } => Some(edition),
            _ => None,
        });
        adopted.unwrap_or(&self.edition)
    }

    /// Raised by every entry.
    pub fn generation(&self) -> u64 {
        self.first_generation + self.entries.len() as u64
    }

    /// All that happened, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// It stands still from now on.
    pub fn stop(&mut self, at: DateTime<Utc>, reason: StopReason) -> Result<u64, Unlawful> {
        self.enter(Entry::Stopped { at, reason })
    }

    /// It goes on.
    pub fn resume(&mut self, at: DateTime<Utc>) -> Result<u64, Unlawful> {
        self.enter(Entry::Resumed { at })
    }

    /// It becomes longer, if that was granted before it ended.
    pub fn extend(&mut self, extension: Extension, edition: &Edition) -> Result<u64, Unlawful> {
        if let Standing::Running(expiry) = self.standing(edition)
            && extension.at() >= expiry.at
        {
            return Err(Unlawful::ExtensionAfterTheEnd { due: expiry.date });
        }
        self.enter(Entry::Extended(extension))
    }

    /// It begins anew with another of its events: a correction that came in, or a treatment that ended later.
    pub fn restart(&mut self, start: Start) -> Result<u64, Unlawful> {
        self.enter(Entry::Restarted(start))
    }

    /// The case is moved to other terms: an explicit act with a reason.
    pub fn repin(&mut self, at: DateTime<Utc>, terms: Terms, reason: &str) -> Result<u64, Unlawful> {
        self.enter(Entry::Repinned { at, terms: Box::new(terms), reason: reason.to_owned() })
    }

    /// Its days are counted by another edition's calendar from now on.
    pub fn adopt(&mut self, at: DateTime<Utc>, edition: &Edition) -> Result<u64, Unlawful> {
        self.enter(Entry::Adopted { at, edition: edition.id().to_owned() })
    }

    fn enter(&mut self, entry: Entry) -> Result<u64, Unlawful> {
        // A later start may have been an earlier event that was heard of late, and a calendar that was taken over is no event of
        // the case: what happened before may be told after it.
        let bound = |entry: &Entry| !matches!(entry, Entry::Adopted { .. });
        let latest = self
            .entries
            .iter()
            .filter(|entry| bound(entry))
            .map(Entry::at)
            .fold(self.start.at, DateTime::max);
        let free = matches!(entry, Entry::Restarted(_) | Entry::Extended(_) | Entry::Adopted { .. });
        if entry.at() < latest && !free {
            return Err(Unlawful::OutOfOrder {});
        }
        let (clock, article) = self.terms().named();
        match &entry {
            Entry::Stopped { .. } if self.stopped().is_some() => return Err(Unlawful::AlreadyStopped {}),
            Entry::Stopped { reason, .. } if !self.terms().stops.contains(reason) => {
                return Err(Unlawful::StopNotAllowed { clock, article });
            }
            Entry::Resumed { .. } if self.stopped().is_none() => return Err(Unlawful::NotStopped {}),
            Entry::Extended(extension) => self.lawful(self.terms(), Some(extension))?,
            Entry::Restarted(start) => begins(self.terms(), start)?,
            Entry::Repinned { reason, .. } if reason.trim().is_empty() => {
                return Err(Unlawful::ReasonMissing {});
            }
            Entry::Repinned { terms, .. } => self.lawful(terms, None)?,
            _ => {}
        }
        self.entries.push(entry);
        Ok(self.generation())
    }

    /// Whether all extensions of the running period, and one more, are lawful under some terms.
    fn lawful(&self, terms: &Terms, more: Option<&Extension>) -> Result<(), Unlawful> {
        let granted: Vec<&Extension> = self.extensions().chain(more).collect();
        extension::lawful(&terms.clock, terms.extension, terms.period.unit, &terms.article, &granted)
    }

    /// What began the running period, and what has happened since.
    fn running(&self) -> (&Start, &[Entry]) {
        let restarted = self.entries.iter().enumerate().rev().find_map(|(at, entry)| match entry {
            Entry::Restarted(start) => Some((start, &self.entries[at + 1..])),
            _ => None,
        });
        restarted.unwrap_or((&self.start, &self.entries))
    }

    /// What has made the running period longer.
    pub fn extensions(&self) -> impl Iterator<Item = &Extension> {
        self.running().1.iter().filter_map(|entry| match entry {
            Entry::Extended(extension) => Some(extension),
            _ => None,
        })
    }

    /// Since when, and why, it stands still.
    pub fn stopped(&self) -> Option<(DateTime<Utc>, StopReason)> {
        let last = self.running().1.iter().rev().find_map(|entry| match entry {
            Entry::Stopped { at, reason } => Some(Some((*at, *reason))),
            Entry::Resumed { .. } => Some(None),
            _ => None,
        });
        last.flatten()
    }

    fn is_in_hours(&self) -> bool {
        self.terms().period.unit == Unit::Hours
    }
}

fn begins(terms: &Terms, start: &Start) -> Result<(), Unlawful> {
    if terms.start.is_empty() || terms.start.contains(&start.event) {
        return Ok(());
    }
    let (clock, article) = terms.named();
    Err(Unlawful::NotAStartEvent { clock, article })
}
