//! A base period: what began it and what happened to it.
//!
//! Its law is the rule book's: the ledger of [`rulebook::deadline`] judges every further step. A period that counts anew from
//! something else is another one, with nothing of what was before.

use almanac::Law;
use chrono::{DateTime, NaiveDate, Utc};
use lexicon::{OrgId, PartyId};
use rulebook::calendar::civil_date;
use rulebook::clocks::StopReason;
use rulebook::deadline::{Approval, Consent, Consents, Entry, Extension, Ledger, Start, Terms};
use rulebook::period::{self, Unit};
use rulebook::unlawful::Unlawful;
use rulebook::{profiles, regimes, tracks};
use serde::{Deserialize, Serialize};

use super::begun::{Beginning, Begun};

/// The clock of a period that is the parties' to agree, as long as they have not (L16 art. 25).
const LOCAL_DEFAULT: &str = "K11";
/// What a period of the parties' own counts from: that everybody had agreed to mediate.
const OWN: &str = "MEDIATION_AGREED";

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
    /// Which of the track's periods it is.
    #[serde(default, rename = "summary", with = "which")]
    pub course: profiles::Course,
    /// The period that the parties agreed: how many, of what.
    pub agreed: Option<Length>,
    /// What happened to it.
    pub changes: Vec<Change>,
    /// The edition in force when it began, whose terms it keeps; empty from before there were any.
    #[serde(default)]
    pub edition: String,
    /// The court whose own setting of the clock holds, known when it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub court: Option<String>,
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

impl Period {
    /// The period of a track that begins with what is known, once everybody has consented.
    pub fn begin(track: &str, begun: &Begun, run: impl Into<Beginning>) -> Self {
        let run = &run.into();
        let named = tracks::get(track).map(|track| track.pin.as_str()).unwrap_or_default();
        let start = begun.when("ACCEPTED", run).unwrap_or(run.since).min(run.since);
        let mut period = Period {
            track: track.to_owned(),
            clock: None,
            event: OWN.to_owned(),
            start: run.since,
            pinned_on: civil_date(begun.when(named, run).unwrap_or(start)),
            course: begun.course(),
            agreed: None,
            changes: vec![],
            edition: begun.law.active().id().to_owned(),
            court: begun.setting_court().map(str::to_owned),
        };
        let Ok(terms) = period.terms(&begun.law) else { return period };
        (period.event, period.start) = begun
            .start(&terms.start, run)
            .unwrap_or_else(|| (terms.start.first().cloned().unwrap_or_default(), run.since));
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
        let event = tracks::get(&self.track).map(|track| track.pin.as_str()).unwrap_or_default();
        let pin = regimes::pin(&self.track, event, self.pinned_on)?;
        if let Some(agreed) = &self.agreed {
            return Ok(Terms::agreed(&pin, agreed.read()));
        }
        let (edition, court) = (law.get(&self.edition), self.court.as_deref());
        match edition.main_terms(&pin, self.course, court) {
            Err(Unlawful::PeriodIsAgreed { .. }) => edition.terms(LOCAL_DEFAULT, court, self.pinned_on),
            terms => terms,
        }
    }

    /// The ledger so far.
    pub fn ledger(&self, law: &Law) -> Result<Ledger, Unlawful> {
        let start = Start { event: self.event.clone(), at: self.start };
        let entries = self.changes.iter().map(Change::entry).collect::<Result<_, _>>()?;
        Ledger::recall(self.terms(law)?, start, law.get(&self.edition), 1, entries)
    }

    /// Longer, if the rule book allows it: all consents or the organ's approval, before the end, within the cap. Where the
    /// parties agree the period themselves, the first time fixes it: it counts from the mediation's beginning.
    pub fn extend(
        &self,
        length: period::Period,
        will: Will,
        parties: &[PartyId],
        since: DateTime<Utc>,
        law: &Law,
    ) -> Result<Self, Unlawful> {
        let extension = will.extension(length, parties)?;
        let mut longer = self.clone();
        let kept = Length { length: length.length, unit: length.unit.code().to_owned() };
        let mut ledger = self.ledger(law)?;
        if self.is_left_to_the_parties() && matches!(will, Will::Consents(_)) {
            // They agree a period of their own, in any unit, as long as the default runs.
            let end = ledger.standing(law.active()).expiry();
            if let Some(over) = end.filter(|end| extension.at() >= end.at) {
                return Err(Unlawful::ExtensionAfterTheEnd { due: over.date });
            }
            (longer.agreed, longer.clock) = (Some(kept), None);
            (longer.event, longer.start) = (OWN.to_owned(), since);
            longer.ledger(law)?;
        } else {
            ledger.extend(extension, law.active())?;
            longer.changes.push(Change::Extended(kept, will));
        }
        Ok(longer)
    }

    /// The parties may agree it and have not: the local default runs meanwhile.
    pub fn is_left_to_the_parties(&self) -> bool {
        let known = tracks::get(&self.track).is_some_and(|track| track.main_clock.is_none());
        known && self.agreed.is_none()
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

/// How the track's period is kept: a flag for summary procedure once, before there were others.
mod which {
    use rulebook::profiles::Course;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize as _, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Kept {
        Summary(bool),
        Named(String),
    }

    const NAMES: [(Course, &str); 4] = [
        (Course::Ordinary, "ordinary"),
        (Course::Summary, "summary"),
        (Course::Opinion, "opinion"),
        (Course::Second, "second"),
    ];

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
    pub(super) fn serialize<S: Serializer>(course: &Course, to: S) -> Result<S::Ok, S::Error> {
        let name = NAMES.iter().find(|(known, _)| known == course).map_or("ordinary", |(_, name)| name);
        name.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Course, D::Error> {
        match Kept::deserialize(from)? {
            Kept::Summary(summary) => Ok(if summary { Course::Summary } else { Course::Ordinary }),
            Kept::Named(name) => {
                let known = NAMES.iter().find(|(_, known)| *known == name);
                known.map(|(course, _)| *course).ok_or_else(|| D::Error::custom("no such course"))
            }
        }
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
