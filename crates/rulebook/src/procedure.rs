//! The states of a case and what moves it, as data: the procedure of each track under each regime.
//!
//! The services' models decide about their own nouns; this is the law's view of the whole case, from which the rule book
//! is printed, against which the models are compared, and in which the build looks for traps.

use crate::profiles;
use crate::regimes::{Pin, Regime};
use crate::table;
use crate::tracks::Track;
use crate::validity::{self, Dated, dated};
use chrono::NaiveDate;
use serde::Deserialize;
use std::sync::LazyLock;

/// Whether somebody is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Life {
    /// Somebody is.
    Open,
    /// Nobody is.
    Closed,
    /// It runs beside another state.
    Overlay,
}

/// What a state does to the base period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// It has not begun.
    Before,
    /// It runs.
    Running,
    /// It stands still.
    Stopped,
    /// It is over.
    Over,
}

/// A state.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct State {
    /// `UPPER_SNAKE`.
    pub code: String,
    /// Of which noun.
    pub noun: String,
    /// In Chinese.
    pub name_zh: String,
    /// In English.
    pub name_en: String,
    /// Whether somebody is waited for.
    pub life: Life,
    /// Who must act; none where nobody is waited for.
    pub holder: Option<String>,
    /// The clocks that run: ids, `main` or `schedule`.
    #[serde(rename = "clock", deserialize_with = "table::words")]
    pub clocks: Vec<String>,
    /// What it does to the base period.
    #[serde(rename = "period")]
    pub effect: Effect,
    /// Whether the row was read in its source.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    /// Where the row comes from.
    pub source: String,
}

/// Whose will a transition takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Will {
    /// One party's own word.
    Party,
    /// All parties together.
    Parties,
    /// Somebody's discretion.
    Staff,
    /// An act that an office owes within the clock of the state.
    Duty,
    /// Nobody's: the clock has run out.
    Timer,
}

/// What moves a case, or may happen to it where it stays.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Transition {
    /// As in the catalogue: `T01`…; a letter behind it for a part of an entry.
    pub id: String,
    /// The states it leads from, or `*open`.
    #[serde(deserialize_with = "table::words")]
    pub from: Vec<String>,
    /// The method's name, or what happens of itself.
    pub verb: String,
    /// Which of several ends of one verb; of `DeadlineReached` the clock.
    pub answer: Option<String>,
    /// The state it leads to, or `=`.
    pub to: String,
    /// Who acts.
    #[serde(deserialize_with = "table::words")]
    pub actor: Vec<String>,
    /// Whose will it takes.
    pub will: Will,
    /// On which tracks: `*`, codes, or `!` codes for all but these.
    #[serde(deserialize_with = "table::words")]
    pub tracks: Vec<String>,
    /// The regime that brought it; none where it always was so.
    pub regime: Option<String>,
    /// Its first day.
    pub valid_from: Option<NaiveDate>,
    /// Its last day.
    pub valid_to: Option<NaiveDate>,
    /// What it needs, in Chinese.
    pub needs_zh: String,
    /// What it needs, in English.
    pub needs_en: String,
    /// Whether the row was read in its source.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    /// Where the row comes from.
    pub source: String,
}

impl Transition {
    /// Whether a case of a track can meet it.
    pub fn is_of(&self, track: &str) -> bool {
        let named = |word: &String| word == "*" || word == track;
        let but = |word: &String| word.strip_prefix('!').is_some_and(|out| out == track);
        match self.tracks.first() {
            Some(first) if first.starts_with('!') => !self.tracks.iter().any(but),
            _ => self.tracks.iter().any(named),
        }
    }

    /// Whether it leads from a state.
    pub fn leads_from(&self, state: &State) -> bool {
        let open = state.life == Life::Open;
        self.from.iter().any(|from| *from == state.code || (from == "*open" && open))
    }

    /// Where it leads from a state.
    pub fn target<'a>(&'a self, from: &'a str) -> &'a str {
        if self.to == "=" { from } else { &self.to }
    }
}

dated!(Transition, id);

static STATES: LazyLock<Vec<State>> = LazyLock::new(|| table::rows("states.csv"));
static TRANSITIONS: LazyLock<Vec<Transition>> = LazyLock::new(|| table::rows("transitions.csv"));

/// All states.
pub fn states() -> &'static [State] {
    &STATES
}

/// The state of this code.
pub fn state(code: &str) -> Option<&'static State> {
    STATES.iter().find(|state| state.code == code)
}

/// All transitions.
pub fn transitions() -> &'static [Transition] {
    &TRANSITIONS
}

/// What may happen to a case in a state, under what it was pinned to.
pub fn allowed(pin: &Pin, state: &State) -> Vec<&'static Transition> {
    let here =
        |row: &&Transition| row.is_of(&pin.track.code) && row.leads_from(state) && row.holds_on(pin.on);
    TRANSITIONS.iter().filter(here).collect()
}

/// The same for a track under a regime; nothing where the regime does not know the track.
pub fn allowed_under(track: &Track, regime: &Regime, state: &State) -> Vec<&'static Transition> {
    if validity::under(profiles::all(), &track.code, regime).is_none() {
        return Vec::new();
    }
    let here = |row: &&Transition| {
        row.is_of(&track.code)
            && row.leads_from(state)
            && validity::under(&TRANSITIONS, &row.id, regime) == Some(row)
    };
    TRANSITIONS.iter().filter(here).collect()
}
