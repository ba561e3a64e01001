//! Cases that the tests share: a hall with a studio of every kind.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use chrono::NaiveDate;
use rulebook::studio::StudioKind;
use ruleset::{Inputs, Studio};

pub fn day() -> NaiveDate {
    "2026-03-02".parse().unwrap()
}

/// A studio of each kind, with room.
pub fn hall() -> Vec<Studio> {
    let studio = |kind: &StudioKind| Studio {
        id: format!("studio-{}", kind.code().to_lowercase().replace('_', "-")),
        kind: *kind,
        load: 3,
        capacity: 30,
        on_duty: true,
    };
    StudioKind::ALL.iter().map(studio).collect()
}

/// A case in that hall of which nothing else is known.
pub fn nothing_known() -> Inputs {
    Inputs { studios: hall(), ..Inputs::on(day()) }
}

/// A case of this cause in that hall.
pub fn of_cause(code: &str) -> Inputs {
    Inputs { cause: code.to_owned(), ..nothing_known() }
}
