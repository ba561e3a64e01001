//! An edition: the calendar, the lengths of clocks, and what single courts have decided for themselves.
//!
//! The compiled-in edition is the floor: another one may replace the notice of a year or bring a new year, and set what
//! the law leaves open, but it cannot forget anything. An edition is checked before it is loaded.

mod loading;
mod preview;

pub use loading::{Opening, Override};
pub use preview::{Move, preview};

use crate::calendar::{Calendar, Span, spans};
use crate::check::Defect;
use crate::clocks;
use crate::courts;
use crate::deadline::Terms;
use crate::profiles::{Course, Status};
use crate::regimes::{self, Pin};
use crate::unlawful::Unlawful;
use chrono::NaiveDate;
use std::sync::LazyLock;

/// The name of the edition that is part of the program.
pub const COMPILED_IN: &str = "2026.1";

/// A checked edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    id: String,
    calendar: Calendar,
    overrides: Vec<Override>,
    openings: Vec<Opening>,
}

static FLOOR: LazyLock<Edition> = LazyLock::new(|| Edition {
    id: COMPILED_IN.to_owned(),
    calendar: Calendar::compiled_in().clone(),
    overrides: Vec::new(),
    openings: Vec::new(),
});

impl Edition {
    /// The one that is part of the program.
    pub fn compiled_in() -> &'static Edition {
        &FLOOR
    }

    /// The floor with notices, lengths and openings on top, or everything that is wrong with them. The notice of a year
    /// replaces the floor's notice of that year.
    pub fn load(
        id: &str,
        notices: &[Span],
        overrides: Vec<Override>,
        openings: Vec<Opening>,
    ) -> Result<Edition, Vec<Defect>> {
        let said = |span: &&Span| notices.iter().all(|notice| notice.year != span.year);
        let together: Vec<Span> = spans().iter().filter(said).chain(notices).cloned().collect();
        let found = loading::check(id, &together, &overrides, &openings);
        if found.is_empty() {
            Ok(Edition { id: id.to_owned(), calendar: Calendar::of(&together), overrides, openings })
        } else {
            Err(found)
        }
    }

    /// Its name, which ledgers and commands carry.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its days.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Pins a case, as [`regimes::regime_for`] does, and also on a track that the court has opened for itself.
    pub fn pin(
        &self,
        track: &str,
        event: &str,
        day: NaiveDate,
        court: Option<&str>,
    ) -> Result<Pin, Unlawful> {
        let pin = regimes::pin(track, event, day)?;
        let opened = |opening: &Opening| Some(opening.court.as_str()) == court && opening.holds(track, day);
        match pin.profile.status {
            Status::Closed if !self.openings.iter().any(opened) => regimes::regime_for(track, event, day),
            _ => Ok(pin),
        }
    }

    /// A clock's terms by the law of the day a case was pinned on, with what this edition or the court sets.
    pub fn terms(&self, clock: &str, court: Option<&str>, pinned_on: NaiveDate) -> Result<Terms, Unlawful> {
        if court.is_some_and(|id| courts::by_id(id).is_none()) {
            return Err(Unlawful::UnknownCourt {});
        }
        let set = self.set(clock, court, pinned_on);
        let mut terms = match clocks::on(clock, pinned_on) {
            Some(row) => Terms::of(row, pinned_on),
            None => loading::unfixed(clock, set, pinned_on)?,
        };
        if let Some(set) = set {
            terms.period = set.period.unwrap_or(terms.period);
            terms.extension = set.extension.unwrap_or(terms.extension);
            terms.stops.extend(
                set.stops.iter().filter(|reason| !terms.stops.contains(reason)).copied().collect::<Vec<_>>(),
            );
            terms.article = format!("{}; {}", set.source, terms.article);
        }
        Ok(terms)
    }

    /// The terms of a pinned case's base period.
    pub fn main_terms(&self, pin: &Pin, course: Course, court: Option<&str>) -> Result<Terms, Unlawful> {
        let track = || pin.track.code.clone();
        let id = pin.profile.main_id(course).ok_or_else(|| Unlawful::PeriodIsAgreed { track: track() })?;
        self.terms(id, court, pin.on)
    }

    /// What is set for a court, or else for everybody.
    fn set(&self, clock: &str, court: Option<&str>, day: NaiveDate) -> Option<&Override> {
        let of = |whose: Option<&str>| {
            let here =
                |set: &&Override| set.clock == clock && set.court.as_deref() == whose && set.from <= day;
            self.overrides.iter().filter(here).max_by_key(|set| set.from)
        };
        court.and_then(|court| of(Some(court))).or_else(|| of(None))
    }
}
