//! What a run carries beside its state: the base period with its ledger, the next sitting, what nobody disputes, and how
//! far the agreement has been performed. Ids, dates and amounts only: no words.
//!
//! The period's law is the rule book's: this keeps what began it and what happened to it, and has the ledger of
//! [`rulebook::deadline`] judge every further step.

use almanac::Law;
use chrono::{DateTime, NaiveDate, Utc};
use lexicon::{OrgId, PartyId};
use rulebook::calendar::civil_date;
use rulebook::clocks::StopReason;
use rulebook::deadline::{Approval, Consent, Consents, Entry, Extension, Ledger, Start, Terms};
use rulebook::period::{self, Unit};
use rulebook::profiles;
use rulebook::regimes;
use rulebook::unlawful::Unlawful;
use serde::{Deserialize, Serialize};

use super::{SessionMode, Suspension};

/// What a run carries beside its state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Course {
    /// Raised by everything that starts, stops, extends or ends the run's clock.
    pub generation: u64,
    /// The base period, once it runs.
    pub period: Option<Period>,
    /// The next sitting.
    pub planned: Option<Planned>,
    /// What nobody disputes.
    pub undisputed: Option<Undisputed>,
    /// When and how much is to be performed.
    pub schedule: Vec<Instalment>,
    /// What was performed, in fen.
    pub performed: i64,
    /// Since when it is in default.
    pub breached: Option<DateTime<Utc>>,
    /// How often performance was urged.
    pub urged: u32,
    /// A court has dismissed the confirmation of its agreement.
    pub denied: bool,
    /// Agreed by word.
    pub oral: bool,
    /// Why and since when it is suspended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspension: Option<Suspension>,
}

/// A sitting that is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// When.
    pub start: DateTime<Utc>,
    /// How.
    pub mode: SessionMode,
}

/// Facts that nobody disputes, without their words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undisputed {
    /// Keyed digest of the words: what a confirmation confirms.
    pub digest: String,
    /// Who has confirmed them.
    pub confirmed: Vec<PartyId>,
}

/// A part of what is to be performed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instalment {
    /// By the end of this day.
    pub due: NaiveDate,
    /// How much, in fen.
    pub amount: i64,
}

/// What is known of a case that a base period may begin with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Begun {
    /// When the dispute was accepted.
    pub accepted: Option<DateTime<Utc>>,
    /// When a court's material was signed for.
    pub signed: Option<DateTime<Utc>>,
    /// The court that commissioned.
    pub court: Option<String>,
    /// The suit runs in summary procedure.
    pub summary: bool,
    /// The editions of the rule book, as they are in force: what a period is counted by.
    #[serde(skip)]
    pub law: Law,
}

/// A base period: what began it, and all that happened to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The track.
    pub track: String,
    /// The clock; none where the parties agree the period or the book has no rule.
    pub clock: Option<String>,
    /// The event that began it.
    pub event: String,
    /// When that was.
    pub start: DateTime<Utc>,
    /// The day whose law holds.
    pub pinned_on: NaiveDate,
    /// Summary procedure.
    pub summary: bool,
    /// The period that the parties agreed: how many, of what.
    pub agreed: Option<Length>,
    /// What happened to it.
    pub changes: Vec<Change>,
    /// The edition in force when it began, whose terms it keeps; empty from before there were any.
    #[serde(default)]
    pub edition: String,
}

/// A length, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Length {
    /// How many.
    pub length: u32,
    /// Of what: `d`, `wd`, `m`.
    pub unit: String,
}

/// What happened to a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// It was made longer, by this will.
    Extended(Length, Will),
    /// It stood still from then.
    Stopped(DateTime<Utc>),
    /// It went on from then.
    Resumed(DateTime<Utc>),
}

/// By whose will a period is longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Will {
    /// Everybody's.
    Consents(Vec<(PartyId, DateTime<Utc>)>),
    /// The organ's.
    Approval(OrgId, DateTime<Utc>),
}

/// Events that a case may have behind it when its mediation begins.
const ACCEPTED: [&str; 3] = ["ACCEPTED", "APPLICATION_RECEIVED", "REFERRAL_RECEIVED"];
const SIGNED: [&str; 2] = ["MATERIAL_SIGNED", "PLATFORM_CONFIRMED"];

impl Period {
    /// The period of a track that begins with what is known. An event that nobody told of is taken as the moment at which
    /// everybody had consented.
    pub fn begin(track: &str, begun: &Begun, since: DateTime<Utc>) -> Self {
        let start = begun.accepted.unwrap_or(since).min(since);
        let pinned_on = civil_date(begun.signed.unwrap_or(start));
        let mut period = Period {
            track: track.to_owned(),
            clock: None,
            event: "MEDIATION_AGREED".to_owned(),
            start: since,
            pinned_on,
            summary: begun.summary,
            agreed: None,
            changes: vec![],
            edition: begun.law.active().id().to_owned(),
        };
        let Ok(terms) = period.terms(&begun.law) else { return period };
        let of = |events: &[&str]| terms.start.iter().find(|event| events.contains(&event.as_str())).cloned();
        (period.event, period.start) = match (of(&SIGNED), begun.signed, of(&ACCEPTED), begun.accepted) {
            (Some(event), Some(at), ..) | (.., Some(event), Some(at)) => (event, at),
            _ => (terms.start.first().cloned().unwrap_or_default(), since),
        };
        period.clock = Some(terms.clock);
        period
    }

    /// The clock's name in news.
    pub fn clock(&self) -> &str {
        match (&self.clock, &self.agreed) {
            (Some(clock), _) => clock,
            (None, Some(_)) => "main",
            (None, None) => "",
        }
    }

    /// The terms of the clock, as they were when the case was pinned.
    fn terms(&self, law: &Law) -> Result<Terms, Unlawful> {
        let event = rulebook::tracks::get(&self.track).map(|track| track.pin.as_str()).unwrap_or_default();
        let pin = regimes::pin(&self.track, event, self.pinned_on)?;
        if let Some(agreed) = &self.agreed {
            return Ok(Terms::agreed(&pin, agreed.read()));
        }
        let course = if self.summary { profiles::Course::Summary } else { profiles::Course::Ordinary };
        law.get(&self.edition).main_terms(&pin, course, None)
    }

    /// The ledger so far.
    pub fn ledger(&self, law: &Law) -> Result<Ledger, Unlawful> {
        let start = Start { event: self.event.clone(), at: self.start };
        let entries = self.changes.iter().map(Change::entry).collect::<Result<_, _>>()?;
        Ledger::recall(self.terms(law)?, start, law.get(&self.edition), 1, entries)
    }

    /// Longer, if the rule book allows it: all consents or the organ's approval, before the end, within the cap. Where the
    /// parties agree the period themselves, the first time fixes it.
    pub fn extend(
        &self,
        length: period::Period,
        will: Will,
        parties: &[PartyId],
        law: &Law,
    ) -> Result<Self, Unlawful> {
        let extension = will.extension(length, parties)?;
        let mut longer = self.clone();
        let kept = Length { length: length.length, unit: length.unit.code().to_owned() };
        match self.ledger(law) {
            Err(Unlawful::PeriodIsAgreed { .. }) => {
                longer.agreed = Some(kept);
                longer.ledger(law)?;
            }
            Err(unlawful) => return Err(unlawful),
            Ok(mut ledger) => {
                ledger.extend(extension, law.active())?;
                longer.changes.push(Change::Extended(kept, will));
            }
        }
        Ok(longer)
    }

    /// It stands still for an appraisal.
    pub fn stop(&self, at: DateTime<Utc>, law: &Law) -> Result<Self, Unlawful> {
        self.ledger(law)?.stop(at, StopReason::Appraisal)?;
        let mut stopped = self.clone();
        stopped.changes.push(Change::Stopped(at));
        Ok(stopped)
    }

    /// It goes on.
    pub fn resume(&self, at: DateTime<Utc>, law: &Law) -> Result<Self, Unlawful> {
        self.ledger(law)?.resume(at)?;
        let mut running = self.clone();
        running.changes.push(Change::Resumed(at));
        Ok(running)
    }

    /// Its last day by the calendar in force; nothing while it stands still or has none.
    pub fn due(&self, law: &Law) -> Option<NaiveDate> {
        self.ledger(law).ok()?.standing(law.active()).expiry().map(|expiry| expiry.date)
    }

    /// Since when it stands still.
    pub fn stopped(&self) -> Option<DateTime<Utc>> {
        match self.changes.iter().rev().find(|change| !matches!(change, Change::Extended(..))) {
            Some(Change::Stopped(at)) => Some(*at),
            _ => None,
        }
    }

    /// The article of its clock.
    pub fn article(&self, law: &Law) -> String {
        self.terms(law).map(|terms| terms.article).unwrap_or_default()
    }
}

impl Will {
    fn extension(&self, length: period::Period, parties: &[PartyId]) -> Result<Extension, Unlawful> {
        Ok(match self {
            Will::Consents(given) => {
                let given: Vec<Consent> =
                    given.iter().map(|(party, at)| Consent { party: *party, at: *at }).collect();
                Extension::agreed(length, Consents::of_all(parties, &given)?)
            }
            Will::Approval(by, at) => Extension::approved(length, Approval { by: by.clone(), at: *at }),
        })
    }

    /// Those whose consents are kept: what was lawful then is lawful still, also if somebody joined since.
    fn givers(&self) -> Vec<PartyId> {
        match self {
            Will::Consents(given) => given.iter().map(|(party, _)| *party).collect(),
            Will::Approval(..) => vec![],
        }
    }
}

impl Length {
    fn read(&self) -> period::Period {
        let unit = Unit::ALL.into_iter().find(|unit| unit.code() == self.unit).unwrap_or(Unit::Days);
        period::Period { length: self.length, unit }
    }
}

impl Change {
    fn entry(&self) -> Result<Entry, Unlawful> {
        Ok(match self {
            Change::Extended(length, will) => Entry::Extended(will.extension(length.read(), &will.givers())?),
            Change::Stopped(at) => Entry::Stopped { at: *at, reason: StopReason::Appraisal },
            Change::Resumed(at) => Entry::Resumed { at: *at },
        })
    }
}

impl Course {
    /// The clock has changed.
    pub fn tick(&mut self) -> u64 {
        self.generation += 1;
        self.generation
    }

    /// What the schedule asks for altogether; else what the agreement says.
    pub fn whole(&self, agreed: i64) -> i64 {
        let scheduled: i64 = self.schedule.iter().map(|part| part.amount).sum();
        if scheduled > 0 { scheduled } else { agreed }
    }

    /// What of the schedule is still to be performed, each part by its day. What was performed pays the first parts first; a
    /// part without an amount stays open until all is performed.
    pub fn left(&self) -> Vec<Instalment> {
        let mut paid = self.performed;
        let open = |part: &Instalment| {
            let covered = paid.min(part.amount);
            paid -= covered;
            let left = Instalment { due: part.due, amount: part.amount - covered };
            (left.amount > 0 || part.amount == 0).then_some(left)
        };
        self.schedule.iter().filter_map(open).collect()
    }
}
