//! Does everything that is named exist, once, and has every row a source?

use super::{Book, Defect, Kind, defect};
use crate::sources;
use crate::validity::Dated;
use std::collections::BTreeSet;

/// Clocks that are not in the catalogue: the track's own, and the day agreed for an instalment.
pub(super) const OWN_CLOCKS: [&str; 2] = ["main", "schedule"];

struct Looking<'a> {
    found: Vec<Defect>,
    sources: BTreeSet<&'a str>,
}

impl Looking<'_> {
    /// The rows of a table: names that must be there once, and sources that must resolve.
    fn rows<'r>(&mut self, file: &'static str, rows: impl Iterator<Item = (&'r str, &'r str)>, once: bool) {
        let mut seen = BTreeSet::new();
        for (key, source) in rows {
            if once && !seen.insert(key) {
                self.found.push(defect(Kind::Twice, file, key, "stands in the table twice"));
            }
            let mut cited = sources::ids(source).peekable();
            if cited.peek().is_none() {
                self.found.push(defect(Kind::Unsourced, file, key, "has no source"));
            }
            for id in cited.filter(|id| !self.sources.contains(id)) {
                self.found.push(defect(Kind::UnknownReference, file, key, format!("source {id}")));
            }
        }
    }

    /// Something that a row names.
    fn known(&mut self, file: &'static str, row: &str, what: &str, name: &str, known: bool) {
        if !known {
            self.found.push(defect(Kind::UnknownReference, file, row, format!("{what} {name}")));
        }
    }
}

pub(super) fn check(book: &Book) -> Vec<Defect> {
    let sources = book.sources.iter().map(|source| source.id.as_str()).collect();
    let mut look = Looking { found: Vec::new(), sources };
    citations(book, &mut look);
    law(book, &mut look);
    lists(book, &mut look);
    look.found
}

/// `rows!(look, book.table, "file", key, once)`: every table has a key and a source.
macro_rules! rows {
    ($look:ident, $table:expr, $file:literal, $key:ident, $once:literal) => {
        $look.rows($file, $table.iter().map(|row| (row.$key.as_str(), row.source.as_str())), $once)
    };
}

fn citations(book: &Book, look: &mut Looking<'_>) {
    rows!(look, book.regimes, "regimes.csv", code, true);
    rows!(look, book.events, "events.csv", code, true);
    rows!(look, book.clocks, "clocks.csv", id, false);
    rows!(look, book.tracks, "tracks.csv", code, true);
    rows!(look, book.profiles, "profiles.csv", track, false);
    rows!(look, book.exits, "exits.csv", name_en, true);
    rows!(look, book.states, "states.csv", code, true);
    rows!(look, book.transitions, "transitions.csv", id, false);
    rows!(look, book.grounds, "grounds.csv", code, true);
    rows!(look, book.matters, "matters.csv", id, true);
    rows!(look, book.venues, "venues.csv", id, true);
    rows!(look, book.thresholds, "thresholds.csv", scope, false);
    rows!(look, book.special_courts, "special_courts.csv", id, true);
    rows!(look, book.causes, "causes.csv", code, true);
    rows!(look, book.categories, "categories.csv", label, true);
    rows!(look, book.revisions, "revisions.csv", code, true);
    rows!(look, book.towns, "towns.csv", code, true);
    rows!(look, book.former, "former_towns.csv", code, true);
    rows!(look, book.courts, "courts.csv", id, true);
    rows!(look, book.tribunals, "tribunals.csv", name, true);
    rows!(look, book.case_types, "case_types.csv", code, true);
    rows!(look, book.spans, "calendar.csv", name, false);
    rows!(look, book.holidays, "holidays.csv", name_zh, true);
    rows!(look, book.screen, "screen.csv", id, false);
    rows!(look, book.groups, "groups.csv", id, false);
    rows!(look, book.channels, "channels.csv", id, false);
    rows!(look, book.dossier, "file.csv", id, false);
    let mut seen = BTreeSet::new();
    for source in book.sources.iter().filter(|source| !seen.insert(&source.id)) {
        look.found.push(defect(Kind::Twice, "sources.csv", &source.id, "stands in the table twice"));
    }
}

/// What the tables of the law name of each other.
fn law(book: &Book, look: &mut Looking<'_>) {
    let event = |code: &str| book.events.iter().any(|event| event.code == code);
    let track = |code: &str| book.tracks.iter().any(|track| track.code == code);
    let state = |code: &str| book.states.iter().any(|state| state.code == code);
    let clock = |id: &str| book.clocks.iter().any(|clock| clock.id == id);
    for row in &book.clocks {
        for code in &row.start {
            look.known("clocks.csv", &row.id, "event", code, event(code));
        }
        look.known("clocks.csv", &row.id, "event", "that begins it", !row.start.is_empty());
        let whole = row.length.is_some() == row.unit.is_some() && row.length != Some(0);
        look.known("clocks.csv", &row.id, "length", "and its unit", whole);
    }
    for row in &book.tracks {
        look.known("tracks.csv", &row.code, "event", &row.pin, event(&row.pin));
        look.known("tracks.csv", &row.code, "state", &row.entry, state(&row.entry));
        let has = book.profiles.iter().any(|profile| profile.track == row.code);
        look.known("tracks.csv", &row.code, "profile", "of the track", has);
    }
    for row in &book.profiles {
        look.known("profiles.csv", &row.track, "track", &row.track, track(&row.track));
        let exit = book.exits.iter().any(|way| way.exit == row.exit);
        look.known("profiles.csv", &row.track, "exit", row.exit.code(), exit);
        for id in [&row.main, &row.summary, &row.opinion, &row.second].into_iter().flatten() {
            look.known("profiles.csv", &row.track, "clock", id, clock(id));
            let runs = book.clocks.iter().any(|clock| clock.id == *id && clock.holds_on(row.valid_from));
            let says = format!("clock {id} does not run on {}", row.valid_from);
            look.found
                .extend((clock(id) && !runs).then(|| defect(Kind::Gap, "profiles.csv", &row.track, says)));
        }
    }
    for row in &book.exits {
        for code in &row.reached {
            look.known("exits.csv", &row.name_en, "state", code, state(code));
        }
    }
    for row in &book.states {
        for id in &row.clocks {
            look.known("states.csv", &row.code, "clock", id, clock(id) || OWN_CLOCKS.contains(&id.as_str()));
        }
    }
    for row in &book.transitions {
        for from in &row.from {
            look.known("transitions.csv", &row.id, "state", from, from == "*open" || state(from));
        }
        look.known("transitions.csv", &row.id, "state", &row.to, row.to == "=" || state(&row.to));
        for word in row.tracks.iter().filter(|word| *word != "*") {
            look.known("transitions.csv", &row.id, "track", word, track(word.trim_start_matches('!')));
        }
        if let Some(id) = row.answer.as_ref().filter(|_| row.verb == "DeadlineReached") {
            let listed = |code: &String| {
                book.states.iter().any(|state| state.code == *code && state.clocks.contains(id))
            };
            look.known("transitions.csv", &row.id, "clock of its states", id, row.from.iter().all(listed));
        }
    }
}

/// What the lists of causes, places and courts name of each other.
fn lists(book: &Book, look: &mut Looking<'_>) {
    let causes: BTreeSet<&str> = book.causes.iter().map(|cause| cause.code.as_str()).collect();
    let court = |id: &str| book.courts.iter().any(|court| court.id == id);
    let town = |code: &str| book.towns.iter().any(|town| town.code == code);
    for row in &book.causes {
        let parent = row.parent.is_empty() || causes.contains(row.parent.as_str());
        look.known("causes.csv", &row.code, "parent", &row.parent, parent);
        look.known("causes.csv", &row.code, "group", &row.group, causes.contains(row.group.as_str()));
    }
    for row in &book.categories {
        let named = row.default_cause.is_empty() || causes.contains(row.default_cause.as_str());
        look.known("categories.csv", &row.label, "cause", &row.default_cause, named);
    }
    for row in &book.matters {
        let ground = book.grounds.iter().any(|ground| ground.code == row.ground);
        look.known("matters.csv", &row.id, "ground", &row.ground, ground);
        for word in row.tracks.iter().filter(|word| *word != "*") {
            let known = book.tracks.iter().any(|track| track.code == *word);
            look.known("matters.csv", &row.id, "track", word, known);
        }
        for label in &row.categories {
            let known = book.categories.iter().any(|category| category.label == *label);
            look.known("matters.csv", &row.id, "category", label, known);
        }
    }
    for row in &book.courts {
        let superior = row.superior.is_empty() || court(&row.superior);
        look.known("courts.csv", &row.id, "court", &row.superior, superior);
    }
    for row in &book.towns {
        look.known("towns.csv", &row.code, "court", &row.court, court(&row.court));
    }
    for row in &book.former {
        look.known("former_towns.csv", &row.code, "town", &row.successor, town(&row.successor));
    }
    for row in &book.tribunals {
        look.known("tribunals.csv", &row.name, "court", &row.court, court(&row.court));
        for code in &row.towns {
            look.known("tribunals.csv", &row.name, "town", code, town(code));
        }
    }
    for row in &book.spans {
        for name in row.name.split('、') {
            let known = book.holidays.iter().any(|holiday| holiday.name_zh == name);
            look.known("calendar.csv", &row.name, "holiday", name, known);
        }
    }
    for row in &book.screen {
        let known = |ground: &str| book.grounds.iter().any(|known| known.code == ground);
        look.known("screen.csv", &row.id, "ground", &row.ground, row.ground.is_empty() || known(&row.ground));
        look.found.extend(row.fault().map(|says| defect(Kind::Contradiction, "screen.csv", &row.id, says)));
    }
    for row in &book.groups {
        look.found.extend(row.fault().map(|says| defect(Kind::Contradiction, "groups.csv", &row.id, says)));
    }
}
