//! What a run carries beside its state: its base period, the next sitting, what nobody disputes, and how far the agreement
//! has been performed. Ids, dates and amounts only: no words.

use chrono::{DateTime, NaiveDate, Utc};
use lexicon::PartyId;
use rulebook::calendar::end_of;
use serde::{Deserialize, Serialize};

pub use super::period::{Change, Length, Period, Will};
use super::{SessionMode, Suspension, suspension};

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
    /// What of that was performed when, of the schedule in force.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<Payment>,
    /// Since when it is in default.
    pub breached: Option<DateTime<Utc>>,
    /// Since when, if the default is a day of the schedule that went by and nobody's report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missed: Option<DateTime<Utc>>,
    /// How often performance was urged.
    pub urged: u32,
    /// A court has dismissed the confirmation of its agreement.
    pub denied: bool,
    /// Agreed by word.
    pub oral: bool,
    /// Why and since when it is suspended: every cause, the first one first.
    #[serde(
        rename = "suspension",
        deserialize_with = "suspension::read",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub suspensions: Vec<Suspension>,
    /// When its period ended while a court was examining a suspected sham: the answer is still to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unexamined: Option<DateTime<Utc>>,
    /// The parties were told of their rights, the rules and the effect, and warned (T17).
    pub told: bool,
    /// Who has confirmed a service address.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<PartyId>,
}

/// A sitting that is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// When.
    pub start: DateTime<Utc>,
    /// How.
    pub mode: SessionMode,
    /// When everybody had been told.
    #[serde(default)]
    pub told: Option<DateTime<Utc>>,
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

/// What was performed at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// When.
    pub at: DateTime<Utc>,
    /// How much, in fen.
    pub amount: i64,
}

impl Course {
    /// Something was performed.
    pub fn pay(&mut self, payment: Payment) {
        self.performed = self.performed.saturating_add(payment.amount);
        self.payments.push(payment);
    }

    /// Whether every part whose day had gone by at the default was performed on its day or before, by what is recorded now. A
    /// part without an amount is done with all that was agreed.
    pub fn was_kept(&self, breached: DateTime<Utc>) -> bool {
        let mut asked = 0_i64;
        self.schedule.iter().all(|part| {
            asked = asked.saturating_add(part.amount);
            let over = end_of(part.due);
            if over > breached {
                return true;
            }
            let late = self.payments.iter().filter(|payment| payment.at >= over);
            part.amount > 0 && self.performed - late.map(|payment| payment.amount).sum::<i64>() >= asked
        })
    }

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
