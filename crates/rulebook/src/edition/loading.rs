//! What an edition may set, and what it may not.

use crate::calendar::Span;
use crate::check::{self, Defect, Kind};
use crate::clocks::{self, Extendable, StopReason, Unfixed};
use crate::deadline::Terms;
use crate::period::{Period, Way};
use crate::profiles::{self, Status};
use crate::unlawful::Unlawful;
use crate::validity::Dated;
use crate::{courts, sources};
use chrono::NaiveDate;

/// A clock set otherwise: for everybody where the law leaves it open, for one court also where it does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Which clock.
    pub clock: String,
    /// For which court; for everybody if for none.
    pub court: Option<String>,
    /// For cases pinned on this day or later.
    pub from: NaiveDate,
    /// How long, if that is set.
    pub period: Option<Period>,
    /// Who may make it longer, if that is set.
    pub extension: Option<Extendable>,
    /// For what it stands still as well.
    pub stops: Vec<StopReason>,
    /// Who decided it.
    pub source: String,
}

/// A closed track that a court has opened for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Which court.
    pub court: String,
    /// Which track.
    pub track: String,
    /// From which day.
    pub from: NaiveDate,
    /// To which day, if it has an end.
    pub to: Option<NaiveDate>,
    /// Who decided it.
    pub source: String,
}

impl Opening {
    /// Whether it lets a case onto a track on a day.
    pub fn holds(&self, track: &str, day: NaiveDate) -> bool {
        self.track == track && self.from <= day && self.to.is_none_or(|last| day <= last)
    }
}

/// A clock whose length the law leaves to a body, once that body has said it.
pub(super) fn unfixed(clock: &str, set: Option<&Override>, on: NaiveDate) -> Result<Terms, Unlawful> {
    let Some(open) = clocks::unfixed().iter().find(|open| open.id == clock) else {
        let known = clocks::get(clock).is_some();
        let clock = clock.to_owned();
        return Err(if known { Unlawful::ClockNotInForce { clock, on } } else { Unlawful::UnknownClock {} });
    };
    let Unfixed { id, name_zh, name_en, start, source } = open.clone();
    let Some(period) = set.and_then(|set| set.period) else {
        return Err(Unlawful::LengthNotFixed { clock: id, article: source });
    };
    Ok(Terms {
        clock: id,
        name_zh,
        name_en,
        period,
        way: Way::Forward,
        start,
        extension: Extendable::No,
        stops: Vec::new(),
        verified: false,
        article: source,
        pinned_on: on,
    })
}

const FILE: &str = "edition";

fn wrong(kind: Kind, row: &str, says: impl Into<String>) -> Defect {
    Defect { kind, file: FILE, row: row.to_owned(), says: says.into(), trace: Vec::new() }
}

/// Everything wrong with an edition.
pub(super) fn check(id: &str, spans: &[Span], overrides: &[Override], openings: &[Opening]) -> Vec<Defect> {
    let mut found = check::calendar(FILE, spans);
    if id.trim().is_empty() || id == super::COMPILED_IN {
        found.push(wrong(Kind::Twice, id, "an edition needs a name of its own"));
    }
    for (at, set) in overrides.iter().enumerate() {
        let row = set.clock.as_str();
        let clock = clocks::get(row);
        let open = clocks::unfixed().iter().any(|open| open.id == row);
        if clock.is_none() && !open {
            found.push(wrong(Kind::UnknownReference, row, format!("clock {row}")));
        }
        if set.court.as_deref().is_some_and(|court| courts::by_id(court).is_none()) {
            found.push(wrong(Kind::UnknownReference, row, "the court"));
        }
        if clock.is_some_and(|clock| clock.fixed) && set.court.is_none() {
            found.push(wrong(
                Kind::Fixed,
                row,
                "the law fixes it; only a court may decide otherwise, for itself",
            ));
        }
        if set.period.is_some_and(|period| Period::new(period.length, period.unit).is_err()) {
            found.push(wrong(Kind::WrongDay, row, "its length is out of range"));
        }
        let same =
            |other: &Override| (&other.clock, &other.court, other.from) == (&set.clock, &set.court, set.from);
        if overrides[..at].iter().any(same) {
            found.push(wrong(Kind::Overlap, row, format!("set twice from {}", set.from)));
        }
        found.extend(cited(row, &set.source));
    }
    for opening in openings {
        let row = opening.track.as_str();
        if courts::by_id(&opening.court).is_none() {
            found.push(wrong(Kind::UnknownReference, row, "the court"));
        }
        let closed = profiles::of(row).any(|row| row.status == Status::Closed && row.holds_on(opening.from));
        if !closed {
            found.push(wrong(
                Kind::UnknownReference,
                row,
                format!("track that is closed on {}", opening.from),
            ));
        }
        found.extend(cited(row, &opening.source));
    }
    found
}

/// An edition cites the decision it rests on; a known source need not be one of the book's.
fn cited(row: &str, source: &str) -> Option<Defect> {
    sources::ids(source).next().is_none().then(|| wrong(Kind::Unsourced, row, "has no source"))
}
