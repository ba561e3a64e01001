//! The data files as they were compiled in, by name. A check may look at a changed copy of one.

use std::borrow::Cow;
use std::collections::BTreeMap;

macro_rules! compiled_in {
    ($($name:literal)+) => {
        /// Every data file with its text.
        const COMPILED_IN: &[(&str, &str)] = &[$(($name, include_str!(concat!("../data/", $name)))),+];
    };
}

compiled_in! {
    "calendar.csv" "case_types.csv" "categories.csv" "causes.csv" "channels.csv" "clocks.csv" "courts.csv" "events.csv" "exits.csv" "file.csv"
    "former_towns.csv" "grounds.csv" "groups.csv" "holidays.csv" "matters.csv" "profiles.csv" "regimes.csv" "revisions.csv" "screen.csv" "sources.csv" "special_courts.csv"
    "states.csv" "thresholds.csv" "towns.csv" "tracks.csv" "transitions.csv" "tribunals.csv" "venues.csv"
}

/// The text of a compiled-in file.
///
/// # Panics
/// When there is no file of this name: a module asks for its own only.
pub(crate) fn text(name: &str) -> &'static str {
    let found = COMPILED_IN.iter().find(|(known, _)| *known == name);
    found.map_or_else(|| panic!("data/{name} is not compiled in"), |(_, text)| *text)
}

/// A whole set of files, to be checked.
#[derive(Debug, Clone)]
pub struct Files(BTreeMap<&'static str, Cow<'static, str>>);

impl Files {
    /// Those of this build.
    pub fn compiled_in() -> Files {
        Files(COMPILED_IN.iter().map(|(name, text)| (*name, Cow::Borrowed(*text))).collect())
    }

    /// The same with one file replaced; a name that no file has changes nothing.
    #[must_use]
    pub fn with(mut self, name: &str, text: impl Into<String>) -> Files {
        if let Some(held) = self.0.get_mut(name) {
            *held = Cow::Owned(text.into());
        }
        self
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.keys().copied()
    }

    /// A file's text; empty for a name that no file has.
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |text| text)
    }
}
