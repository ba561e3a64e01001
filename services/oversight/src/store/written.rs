//! How a book and a ledger are written: as JSON beside the columns that are searched. Everything is read back through the
//! rule book, so what was stored must still be lawful.

use std::collections::BTreeMap;

use almanac::Editions;
use chrono::{DateTime, NaiveDate, Utc};
use courier::Fault;
use lexicon::{Demands, OrgId, PartyId};
use rulebook::clocks::StopReason;
use rulebook::deadline::{
    Approval, Consent, Consents, Entry, Extension, Grant, Ledger, Start as Began, Terms as Kept,
};
use rulebook::period::{Period, Way};
use serde::{Deserialize, Serialize};

use crate::model::{Book, Noun, Spared, Stand, Stood};

#[derive(Serialize, Deserialize)]
struct Terms {
    clock: String,
    zh: String,
    en: String,
    period: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    back: bool,
    start: Vec<String>,
    extension: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    stops: Vec<String>,
    verified: bool,
    article: String,
    on: NaiveDate,
}

#[derive(Serialize, Deserialize, Clone)]
struct Start {
    event: String,
    at: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Stopped { at: DateTime<Utc>, reason: String },
    Resumed { at: DateTime<Utc> },
    Agreed { length: String, consents: Vec<(PartyId, DateTime<Utc>)> },
    Approved { length: String, by: OrgId, at: DateTime<Utc> },
    Restarted(Start),
    Repinned { at: DateTime<Utc>, terms: Box<Terms>, reason: String },
    Adopted { at: DateTime<Utc>, edition: String },
}

#[derive(Serialize, Deserialize)]
struct Written {
    terms: Terms,
    start: Start,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    assumed: bool,
    edition: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    entries: Vec<Line>,
}

/// A ledger as text.
pub fn ledger(ledger: &Ledger, assumed: bool) -> Result<String, Fault> {
    let (first_terms, first_start, edition) = ledger.first();
    let written = Written {
        terms: terms(first_terms),
        start: start(first_start),
        assumed,
        edition: edition.to_owned(),
        entries: ledger.entries().iter().map(line).collect(),
    };
    serde_json::to_string(&written).map_err(|error| Fault::new("write a ledger", error))
}

/// A ledger from its text, and whether its start is assumed.
pub fn read_ledger(text: &str, generation: u64, editions: &Editions) -> Result<(Ledger, bool), Fault> {
    let broken = || Fault::plain("read a ledger", "it is not as it was written");
    let written: Written = serde_json::from_str(text).map_err(|error| Fault::new("read a ledger", error))?;
    let entries: Option<Vec<Entry>> = written.entries.into_iter().map(entry).collect();
    let entries = entries.ok_or_else(broken)?;
    let first = generation.saturating_sub(entries.len() as u64);
    let terms = read_terms(written.terms).ok_or_else(broken)?;
    let edition = editions.get(&written.edition);
    let ledger = Ledger::recall(terms, began(written.start), edition, first, entries);
    Ok((ledger.map_err(|_| broken())?, written.assumed))
}

fn terms(terms: &Kept) -> Terms {
    Terms {
        clock: terms.clock.clone(),
        zh: terms.name_zh.clone(),
        en: terms.name_en.clone(),
        period: terms.period.to_string(),
        back: terms.way == Way::Backward,
        start: terms.start.clone(),
        extension: terms.extension.to_string(),
        stops: terms.stops.iter().map(|reason| reason.code().to_owned()).collect(),
        verified: terms.verified,
        article: terms.article.clone(),
        on: terms.pinned_on,
    }
}

fn read_terms(terms: Terms) -> Option<Kept> {
    let stops: Option<Vec<StopReason>> = terms.stops.iter().map(|code| code.parse().ok()).collect();
    Some(Kept {
        clock: terms.clock,
        name_zh: terms.zh,
        name_en: terms.en,
        period: terms.period.parse().ok()?,
        way: if terms.back { Way::Backward } else { Way::Forward },
        start: terms.start,
        extension: terms.extension.parse().ok()?,
        stops: stops?,
        verified: terms.verified,
        article: terms.article,
        pinned_on: terms.on,
    })
}

fn start(began: &Began) -> Start {
    Start { event: began.event.clone(), at: began.at }
}

fn began(start: Start) -> Began {
    Began { event: start.event, at: start.at }
}

fn line(entry: &Entry) -> Line {
    match entry {
        Entry::Stopped { at, reason } => Line::Stopped { at: *at, reason: reason.code().to_owned() },
        Entry::Resumed { at } => Line::Resumed { at: *at },
        Entry::Extended(extension) => extended(extension),
        Entry::Restarted(began) => Line::Restarted(start(began)),
        Entry::Repinned { at, terms: to, reason } => {
            Line::Repinned { at: *at, terms: Box::new(terms(to)), reason: reason.clone() }
        }
        Entry::Adopted { at, edition } => Line::Adopted { at: *at, edition: edition.clone() },
    }
}

fn extended(extension: &Extension) -> Line {
    let length = extension.length().to_string();
    match extension.grant() {
        Grant::Consents(consents) => {
            let consents = consents.all().iter().map(|consent| (consent.party, consent.at));
            Line::Agreed { length, consents: consents.collect() }
        }
        Grant::Approval(approval) => Line::Approved { length, by: approval.by.clone(), at: approval.at },
    }
}

fn entry(line: Line) -> Option<Entry> {
    Some(match line {
        Line::Stopped { at, reason } => Entry::Stopped { at, reason: reason.parse().ok()? },
        Line::Resumed { at } => Entry::Resumed { at },
        Line::Agreed { length, consents } => {
            let given: Vec<Consent> = consents.into_iter().map(|(party, at)| Consent { party, at }).collect();
            let parties: Vec<PartyId> = given.iter().map(|consent| consent.party).collect();
            let consents = Consents::of_all(&parties, &given).ok()?;
            Entry::Extended(Extension::agreed(period(&length)?, consents))
        }
        Line::Approved { length, by, at } => {
            Entry::Extended(Extension::approved(period(&length)?, Approval { by, at }))
        }
        Line::Restarted(start) => Entry::Restarted(began(start)),
        Line::Repinned { at, terms, reason } => {
            Entry::Repinned { at, terms: Box::new(read_terms(*terms)?), reason }
        }
        Line::Adopted { at, edition } => Entry::Adopted { at, edition },
    })
}

fn period(text: &str) -> Option<Period> {
    text.parse().ok()
}

#[derive(Serialize, Deserialize)]
struct Held {
    id: String,
    open: bool,
    holder: String,
    generation: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    spared: Vec<(String, u64, Option<Start>)>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    stood: BTreeMap<String, Stood>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    court: String,
}

#[derive(Serialize, Deserialize)]
struct Pages {
    receiver: String,
    starts: Vec<Start>,
    nouns: BTreeMap<String, Held>,
    #[serde(default)]
    demands: Demands,
}

/// What a book holds beside its deadlines, as text.
pub fn book(book: &Book) -> Result<String, Fault> {
    let held = |stand: &Stand| Held {
        id: stand.id.clone(),
        open: stand.open,
        holder: stand.holder.clone(),
        generation: stand.generation,
        spared: stand
            .spared
            .iter()
            .map(|one| (one.clock.clone(), one.generation, one.began.as_ref().map(start)))
            .collect(),
        stood: stand
            .spared
            .iter()
            .filter(|one| !one.stood.is_empty())
            .map(|one| (one.clock.clone(), one.stood.clone()))
            .collect(),
        court: stand.court.clone(),
    };
    let pages = Pages {
        receiver: book.first_receiver.clone(),
        starts: book.starts.iter().map(start).collect(),
        nouns: book.nouns.iter().map(|(noun, stand)| (noun.name().to_owned(), held(stand))).collect(),
        demands: book.demands,
    };
    serde_json::to_string(&pages).map_err(|error| Fault::new("write a book", error))
}

/// The same from its text; nothing of what is in no text.
pub fn read_book(text: &str) -> Result<Option<Book>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    let pages: Pages = serde_json::from_str(text).map_err(|error| Fault::new("read a book", error))?;
    let nouns = pages.nouns.into_iter().filter_map(|(name, held)| {
        let Held { id, open, holder, generation, spared, mut stood, court } = held;
        let mut one = |(clock, generation, start): (String, u64, Option<Start>)| Spared {
            stood: stood.remove(&clock).unwrap_or_default(),
            clock,
            generation,
            began: start.map(began),
        };
        let spared = spared.into_iter().map(&mut one).collect();
        Some((Noun::named(&name)?, Stand { id, open, holder, generation, spared, court }))
    });
    Ok(Some(Book {
        first_receiver: pages.receiver,
        starts: pages.starts.into_iter().map(began).collect(),
        nouns: nouns.collect(),
        demands: pages.demands,
        ..Book::default()
    }))
}
