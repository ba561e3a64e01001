//! Is the book sound? The build asks before it goes on, and an edition is asked before it is loaded.
//!
//! Refused are: a file that does not fit, a row without a source, a reference to nothing, two rows that hold at once, a
//! time in which none holds, a state that a case can be in with nobody waiting for anybody, and a procedure in which a
//! party cannot get to the court, or to the body that the law names, without another person's consent.

mod dates;
mod procedure;
mod references;

use crate::calendar::{Holiday, Span};
use crate::causes::{Category, Cause, Revision};
use crate::courts::{CaseType, Court, Tribunal};
use crate::events::Event;
use crate::exits::WayOut;
use crate::files::Files;
use crate::grounds::Ground;
use crate::jurisdiction::{SpecialCourt, Threshold, Venue};
use crate::matters::Matter;
use crate::procedure::{State, Transition};
use crate::profiles::Profile;
use crate::regimes::Regime;
use crate::sources::Source;
use crate::towns::{Former, Town};
use crate::{channels, clocks, dossier, groups, screen, table, tracks};
use serde::de::DeserializeOwned;
use std::fmt;

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The file does not fit its type.
    Unreadable,
    /// A row without a source.
    Unsourced,
    /// Two rows of one name.
    Twice,
    /// It names something that is not there.
    UnknownReference,
    /// Two rows hold at once.
    Overlap,
    /// A time in which no row holds.
    Gap,
    /// A day that no regime begins on, or a last day before the first.
    WrongDay,
    /// An open state in which nobody must act, or no clock runs.
    Orphan,
    /// A state that no case can come into.
    Unreached,
    /// Two transitions answer one verb.
    Ambiguous,
    /// A state out of which no party gets alone.
    Trap,
    /// Something that only the law may set.
    Fixed,
    /// A row whose cells contradict each other.
    Contradiction,
}

/// Something wrong, where, and how a case would meet it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// What.
    pub kind: Kind,
    /// The file under `data/`.
    pub file: &'static str,
    /// The row, by its key.
    pub row: String,
    /// What is wrong, in words.
    pub says: String,
    /// How a case gets there, one step a line; empty where no case is needed to see it.
    pub trace: Vec<String>,
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "data/{}: {}: {:?}: {}", self.file, self.row, self.kind, self.says)?;
        self.trace.iter().try_for_each(|step| write!(f, "\n    {step}"))
    }
}

/// All tables of a set of files.
pub(crate) struct Book {
    sources: Vec<Source>,
    regimes: Vec<Regime>,
    events: Vec<Event>,
    clocks: Vec<clocks::Row>,
    tracks: Vec<tracks::Row>,
    profiles: Vec<Profile>,
    exits: Vec<WayOut>,
    states: Vec<State>,
    transitions: Vec<Transition>,
    grounds: Vec<Ground>,
    matters: Vec<Matter>,
    venues: Vec<Venue>,
    thresholds: Vec<Threshold>,
    special_courts: Vec<SpecialCourt>,
    causes: Vec<Cause>,
    categories: Vec<Category>,
    revisions: Vec<Revision>,
    towns: Vec<Town>,
    former: Vec<Former>,
    courts: Vec<Court>,
    tribunals: Vec<Tribunal>,
    case_types: Vec<CaseType>,
    spans: Vec<Span>,
    holidays: Vec<Holiday>,
    screen: Vec<screen::Row>,
    groups: Vec<groups::Group>,
    channels: Vec<channels::Row>,
    dossier: Vec<dossier::Row>,
}

impl Book {
    fn read(files: &Files) -> Result<Book, Vec<Defect>> {
        let mut found = Vec::new();
        let book = Book {
            sources: rows(files, "sources.csv", &mut found),
            regimes: rows(files, "regimes.csv", &mut found),
            events: rows(files, "events.csv", &mut found),
            clocks: rows(files, "clocks.csv", &mut found),
            tracks: rows(files, "tracks.csv", &mut found),
            profiles: rows(files, "profiles.csv", &mut found),
            exits: rows(files, "exits.csv", &mut found),
            states: rows(files, "states.csv", &mut found),
            transitions: rows(files, "transitions.csv", &mut found),
            grounds: rows(files, "grounds.csv", &mut found),
            matters: rows(files, "matters.csv", &mut found),
            venues: rows(files, "venues.csv", &mut found),
            thresholds: rows(files, "thresholds.csv", &mut found),
            special_courts: rows(files, "special_courts.csv", &mut found),
            causes: rows(files, "causes.csv", &mut found),
            categories: rows(files, "categories.csv", &mut found),
            revisions: rows(files, "revisions.csv", &mut found),
            towns: rows(files, "towns.csv", &mut found),
            former: rows(files, "former_towns.csv", &mut found),
            courts: rows(files, "courts.csv", &mut found),
            tribunals: rows(files, "tribunals.csv", &mut found),
            case_types: rows(files, "case_types.csv", &mut found),
            spans: rows(files, "calendar.csv", &mut found),
            holidays: rows(files, "holidays.csv", &mut found),
            screen: rows(files, "screen.csv", &mut found),
            groups: rows(files, "groups.csv", &mut found),
            channels: rows(files, "channels.csv", &mut found),
            dossier: rows(files, "file.csv", &mut found),
        };
        if found.is_empty() { Ok(book) } else { Err(found) }
    }
}

fn rows<T: DeserializeOwned>(files: &Files, file: &'static str, found: &mut Vec<Defect>) -> Vec<T> {
    table::read(files.text(file)).unwrap_or_else(|error| {
        found.push(defect(Kind::Unreadable, file, "table", error.to_string()));
        Vec::new()
    })
}

fn defect(kind: Kind, file: &'static str, row: impl Into<String>, says: impl Into<String>) -> Defect {
    Defect { kind, file, row: row.into(), says: says.into(), trace: Vec::new() }
}

/// Everything wrong with the rows of a calendar.
pub(crate) fn calendar(file: &'static str, spans: &[Span]) -> Vec<Defect> {
    dates::spans(file, spans)
}

/// Everything wrong with a set of files. Traps are looked for once all else is sound: they need it.
pub fn check(files: &Files) -> Vec<Defect> {
    let book = match Book::read(files) {
        Ok(book) => book,
        Err(found) => return found,
    };
    let mut found = references::check(&book);
    found.extend(dates::check(&book));
    if found.is_empty() {
        found.extend(procedure::check(&book));
    }
    found
}
