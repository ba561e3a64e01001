//! The events that begin a period or fix a regime.

use crate::table;
use serde::Deserialize;
use std::sync::LazyLock;

/// An event.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Event {
    /// `UPPER_SNAKE`.
    pub code: String,
    /// In Chinese.
    pub name_zh: String,
    /// In English.
    pub name_en: String,
    /// Where it is named.
    pub source: String,
}

static EVENTS: LazyLock<Vec<Event>> = LazyLock::new(|| table::rows("events.csv"));

/// All events.
pub fn all() -> &'static [Event] {
    &EVENTS
}

/// The event of this code.
pub fn get(code: &str) -> Option<&'static Event> {
    EVENTS.iter().find(|event| event.code == code)
}
