//! What is known of a case before it comes to the table, and what of it a base period counts from.

use std::collections::BTreeMap;

use almanac::Law;
use chrono::{DateTime, Utc};
use lexicon::Demands;
use rulebook::profiles::{self, Course};
use rulebook::{clocks, courts, tracks};
use serde::{Deserialize, Serialize};

/// What is known of a case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Begun {
    /// When the dispute was accepted.
    pub accepted: Option<DateTime<Utc>>,
    /// When its application was received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applied: Option<DateTime<Utc>>,
    /// When a court's material was signed for.
    pub signed: Option<DateTime<Utc>>,
    /// When a court commissioned it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commissioned: Option<DateTime<Utc>>,
    /// The court that commissioned.
    pub court: Option<String>,
    /// The court that has the suit or sent the case, as the window was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suit: Option<String>,
    /// The suit runs in summary procedure.
    pub summary: bool,
    /// What else has happened, by the rule book's codes.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub happened: BTreeMap<String, DateTime<Utc>>,
    /// Since when danger waits for an answer: nothing comes to the table meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub danger: Option<DateTime<Utc>>,
    /// Since when a court has a suit about the matter in another case: a run that opens ends at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sued: Option<DateTime<Utc>>,
    /// The demands for the court, by their numbers.
    pub demands: Demands,
    /// The editions of the rule book, as they are in force: what a period is counted by.
    #[serde(skip)]
    pub law: Law,
}

/// A run whose period begins.
#[derive(Debug, Clone, Copy)]
pub struct Beginning {
    /// When the run opened: its mediator confirmed.
    pub opened: DateTime<Utc>,
    /// When everybody had consented.
    pub since: DateTime<Utc>,
    /// It is a run of its own after a dismissed confirmation (T47): it counts from the parties' new consent.
    pub renewed: bool,
}

impl From<DateTime<Utc>> for Beginning {
    /// A run that everybody had consented to when it opened.
    fn from(since: DateTime<Utc>) -> Self {
        Self { opened: since, since, renewed: false }
    }
}

const RENEWED: &str = "MEDIATION_RENEWED";
const FIRST_ROUND: &str = "FIRST_MEDIATION";

/// What a party's time for another way counts from, by track: to ask the traffic police while a committee mediates (L11 art. 85-86).
const OTHER_WAYS: [(&str, &str); 1] = [("PM", "DETERMINATION_RECEIVED")];

/// What other services tell: nobody records it at the table.
const TOLD: [&str; 6] =
    ["ACCEPTED", "APPLICATION_RECEIVED", "MATERIAL_SIGNED", "PLATFORM_CONFIRMED", "CONSENT_OF_ALL", RENEWED];

impl Begun {
    /// When an event of the rule book was, if it is known.
    pub(super) fn when(&self, event: &str, run: &Beginning) -> Option<DateTime<Utc>> {
        match event {
            RENEWED => run.renewed.then_some(run.since),
            "CONSENT_OF_ALL" | "MEDIATION_AGREED" => Some(run.since),
            "PLATFORM_CONFIRMED" => Some(run.opened),
            "ACCEPTED" => self.accepted,
            "APPLICATION_RECEIVED" => self.applied.or(self.accepted),
            "MATERIAL_SIGNED" => self.signed,
            "COMMISSIONED" => self.commissioned.or(self.signed),
            // A court refers what it has received: with its letter, unless that says when.
            "SUIT_RECEIVED" => self.happened.get(event).copied().or(self.applied),
            other => self.happened.get(other).copied(),
        }
    }

    /// What begins a period with these start events: a renewal, a signature for the court's material, or the latest of the
    /// others, which a later acceptance is too.
    pub(super) fn start(&self, events: &[String], run: &Beginning) -> Option<(String, DateTime<Utc>)> {
        let known = |event: &String| self.when(event, run).map(|at| (event.clone(), at));
        let first = |code: &str| events.iter().find(|event| *event == code).and_then(known);
        let latest = || events.iter().filter_map(known).max_by_key(|(_, at)| *at);
        first(RENEWED).or_else(|| first("MATERIAL_SIGNED")).or_else(latest)
    }

    /// The court whose own settings of the clocks hold: that commissioned it, or else has the suit. One that the rule book does not
    /// know has set nothing.
    pub fn setting_court(&self) -> Option<&str> {
        let court = self.court.as_deref().or(self.suit.as_deref());
        court.filter(|id| courts::by_id(id).is_some())
    }

    /// Which of the track's periods it is.
    pub(super) fn course(&self) -> Course {
        if self.happened.contains_key(FIRST_ROUND) {
            Course::Second
        } else if self.happened.contains_key("OPINION_ISSUED") {
            Course::Opinion
        } else if self.summary {
            Course::Summary
        } else {
            Course::Ordinary
        }
    }
}

/// Whether a period of this track may count from an event that is recorded at the table, or a party's time for another way.
pub(super) fn counts_from(track: &str, event: &str) -> bool {
    if tracks::get(track).is_some() && OTHER_WAYS.contains(&(track, event)) {
        return true;
    }
    let ids = profiles::of(track).flat_map(|row| [&row.main, &row.opinion, &row.second]).flatten();
    let mut starts = ids.filter_map(|id| clocks::get(id)).flat_map(|clock| &clock.start);
    tracks::get(track).is_some() && !TOLD.contains(&event) && starts.any(|start| start == event)
}
