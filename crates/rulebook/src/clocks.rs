//! The periods that run in a case: ours (S), and those of the law (K).
//!
//! A clock changes with the law, so it may have several rows, one after the other. All lengths that are not the law's own
//! are defaults an edition may replace; the ledger of deadlines names which it used.

use crate::calendar::{self, Calendar, Due};
use crate::events;
pub use crate::period::Unit;
use crate::period::{Period, Way};
use crate::regimes::Regime;
use crate::table;
use crate::validity::{self, dated};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

/// Whether, and by whose will, a period may be made longer; and by how much together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extendable {
    /// Not at all.
    No,
    /// By the consent of all parties.
    ByConsent(Option<Period>),
    /// By the approval of the organ or the court's president.
    ByApproval(Option<Period>),
}

impl FromStr for Extendable {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (whose, cap) = text.split_once('-').map_or((text, None), |(whose, cap)| (whose, Some(cap)));
        let cap = cap.map(Period::from_str).transpose().map_err(|_| format!("`{text}` has no cap"))?;
        match (whose, cap) {
            ("none", None) => Ok(Extendable::No),
            ("consent", cap) => Ok(Extendable::ByConsent(cap)),
            ("approval", cap) => Ok(Extendable::ByApproval(cap)),
            _ => Err(format!("`{text}` is no way to extend")),
        }
    }
}

impl fmt::Display for Extendable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whose, cap) = match self {
            Extendable::No => ("none", None),
            Extendable::ByConsent(cap) => ("consent", *cap),
            Extendable::ByApproval(cap) => ("approval", *cap),
        };
        f.write_str(whose)?;
        cap.map_or(Ok(()), |cap| write!(f, "-{cap}"))
    }
}

/// Why a period stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StopReason {
    /// An expert appraisal.
    Appraisal,
    /// Waiting for the applicant's correction.
    Correction,
    /// A hearing.
    Hearing,
    /// A review for suspected sham mediation, where an edition lets it stop the period.
    Review,
}

impl StopReason {
    /// Every reason.
    pub const ALL: [StopReason; 4] =
        [StopReason::Appraisal, StopReason::Correction, StopReason::Hearing, StopReason::Review];

    /// As it stands in the table.
    pub const fn code(self) -> &'static str {
        match self {
            StopReason::Appraisal => "appraisal",
            StopReason::Correction => "correction",
            StopReason::Hearing => "hearing",
            StopReason::Review => "review",
        }
    }

    /// On Chinese papers.
    pub const fn chinese(self) -> &'static str {
        match self {
            StopReason::Appraisal => "鉴定评估",
            StopReason::Correction => "等待补正",
            StopReason::Hearing => "听证",
            StopReason::Review => "虚假调解审查",
        }
    }
}

impl FromStr for StopReason {
    type Err = String;
    fn from_str(code: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|reason| reason.code() == code);
        known.ok_or_else(|| format!("`{code}` is no reason to stop"))
    }
}

/// A period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// `S01`… for ours, `K01`… for the law's; a letter behind it for one of several lengths.
    pub id: String,
    /// The regime that brought it; none for ours.
    pub regime: Option<String>,
    /// Its first day; none for ours.
    pub valid_from: Option<NaiveDate>,
    /// Its last day, if it was replaced.
    pub valid_to: Option<NaiveDate>,
    /// How many.
    pub length: u32,
    /// Of what.
    pub unit: Unit,
    /// From the event on, or back from it.
    pub way: Way,
    /// The codes of the events any of which begins it; the event's own day does not count.
    pub start: Vec<String>,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// How it may be made longer.
    pub extension: Extendable,
    /// For what it stands still.
    pub stops: Vec<StopReason>,
    /// What follows when it runs out, in Chinese.
    pub expiry_zh: String,
    /// What follows when it runs out, in English.
    pub expiry_en: String,
    /// Whether its length is the law's; otherwise an edition may replace it for everybody.
    pub fixed: bool,
    /// Whether the row was read in its source.
    pub verified: bool,
    /// Where the row comes from.
    pub source: String,
}

/// A clock whose length is left to a body: it cannot run until an edition gives it one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfixed {
    /// Its id.
    pub id: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// The codes of the events that begin it.
    pub start: Vec<String>,
    /// Where the row comes from.
    pub source: String,
}

/// A row of the table.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Row {
    pub id: String,
    pub regime: Option<String>,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
    pub length: Option<u32>,
    pub unit: Option<Unit>,
    pub way: Way,
    #[serde(deserialize_with = "table::words")]
    pub start: Vec<String>,
    pub name_zh: String,
    pub name_en: String,
    #[serde(deserialize_with = "table::parsed")]
    pub extension: Extendable,
    #[serde(deserialize_with = "table::parsed_words")]
    pub stops: Vec<StopReason>,
    pub expiry_zh: String,
    pub expiry_en: String,
    #[serde(deserialize_with = "table::yes_or_no")]
    pub fixed: bool,
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    pub source: String,
}

impl Row {
    fn clock(self) -> Result<Clock, Unfixed> {
        match self.length.zip(self.unit) {
            None => Err(Unfixed {
                id: self.id,
                name_zh: self.name_zh,
                name_en: self.name_en,
                start: self.start,
                source: self.source,
            }),
            Some((length, unit)) => Ok(Clock {
                id: self.id,
                regime: self.regime,
                valid_from: self.valid_from,
                valid_to: self.valid_to,
                length,
                unit,
                way: self.way,
                start: self.start,
                name_zh: self.name_zh,
                name_en: self.name_en,
                extension: self.extension,
                stops: self.stops,
                expiry_zh: self.expiry_zh,
                expiry_en: self.expiry_en,
                fixed: self.fixed,
                verified: self.verified,
                source: self.source,
            }),
        }
    }
}

/// When a clock runs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiry {
    /// The instant from which it is over.
    pub at: DateTime<Utc>,
    /// The last civil day in Shanghai.
    pub date: NaiveDate,
    /// Whether a calendar that is not out yet may move it.
    pub provisional: bool,
}

impl Clock {
    /// Whether this is one of our own clocks rather than the law's.
    pub fn is_service_clock(&self) -> bool {
        self.id.starts_with('S')
    }

    /// Its length.
    pub const fn period(&self) -> Period {
        Period { length: self.length, unit: self.unit }
    }

    /// The events that begin it, in Chinese.
    pub fn start_zh(&self) -> String {
        let names =
            self.start.iter().filter_map(|code| events::get(code)).map(|event| event.name_zh.as_str());
        names.collect::<Vec<_>>().join("；")
    }

    /// The events that begin it, in English.
    pub fn start_en(&self) -> String {
        let names =
            self.start.iter().filter_map(|code| events::get(code)).map(|event| event.name_en.as_str());
        names.collect::<Vec<_>>().join("; ")
    }

    /// The last day when the start event fell on this civil day. Hours are counted as whole days here.
    pub fn due(&self, start: NaiveDate) -> Due {
        self.due_by(Calendar::compiled_in(), start)
    }

    /// The same by another calendar.
    pub fn due_by(&self, calendar: &Calendar, start: NaiveDate) -> Due {
        calendar.count(start, self.period(), self.way)
    }

    /// When it runs out if the start event happened at this instant: at the end of the last day, or of the hour.
    pub fn expiry(&self, start: DateTime<Utc>) -> Expiry {
        if self.unit == Unit::Hours {
            let at = match self.way {
                Way::Forward => calendar::add_hours(start, self.length),
                Way::Backward => calendar::hours_before(start, self.length),
            };
            return Expiry { at, date: calendar::civil_date(at), provisional: false };
        }
        let Due { date, provisional } = self.due(calendar::civil_date(start));
        Expiry { at: calendar::end_of(date), date, provisional }
    }
}

dated!(Clock, id);

static TABLE: LazyLock<(Vec<Clock>, Vec<Unfixed>)> = LazyLock::new(|| {
    let (mut clocks, mut unfixed) = (Vec::new(), Vec::new());
    for row in table::rows::<Row>("clocks.csv") {
        match row.clock() {
            Ok(clock) => clocks.push(clock),
            Err(open) => unfixed.push(open),
        }
    }
    (clocks, unfixed)
});

/// All rows of clocks that can run, oldest first where one followed another.
pub fn all() -> &'static [Clock] {
    &TABLE.0
}

/// The clocks whose length is left to a body.
pub fn unfixed() -> &'static [Unfixed] {
    &TABLE.1
}

/// The clock of this id, as the youngest row has it.
pub fn get(id: &str) -> Option<&'static Clock> {
    all().iter().rev().find(|clock| clock.id == id)
}

/// The clock of this id, as it was on a day.
pub fn on(id: &str, day: NaiveDate) -> Option<&'static Clock> {
    validity::on(all(), id, day)
}

/// The clock of this id under a regime.
pub fn under(id: &str, regime: &Regime) -> Option<&'static Clock> {
    validity::under(all(), id, regime)
}

#[cfg(test)]
mod tests;
