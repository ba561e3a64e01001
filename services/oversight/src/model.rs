//! What oversight makes of the news: one docket entry an event, and the clocks that it starts, moves or ends.
//!
//! A fold without surprises: an event becomes [`Step`]s, and the [`Book`] of its case takes them. Every open noun has one
//! holder and at least one clock that runs. When a clock runs out is computed by the rule book from the clock's own ledger,
//! each time it is asked; a case keeps the terms it was pinned to. Oversight decides nothing about a case: when a deadline
//! is reached it says so, and the noun's owner acts.
//!
//! `generation` is the owner's where its event carries one; else it is counted here. Only what the owner knows of raises
//! it: an edition that brings a calendar does not.

mod book;
mod deadline;
mod refusal;
pub mod risk;

pub use book::{Book, News, Spared, Stand, Stood};
pub use deadline::{Changed, Counting, Deadline, Instalment, State};
pub use refusal::Refusal;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rulebook::clocks::StopReason;
use rulebook::deadline::{Extension, Start as Began, Terms};

/// How long a claim may take to be fenced off before that is overdue (DESIGN 6.2).
pub const FENCING: TimeDelta = TimeDelta::seconds(60);
/// The clock of a claim that has ended and is not yet fenced off; it is technical and in no rule book.
pub const FENCING_CLOCK: &str = "FENCING";
/// The clock of an agreed instalment: its day is the parties', and no calendar moves it.
pub const SCHEDULE_CLOCK: &str = "schedule";
/// The clocks of what several organisations do together: whoever asks sets the day, and no calendar moves it.
pub const JOINT_CLOCKS: [&str; 3] = ["S21", "S22", "S23"];
/// The clock of a period that the parties agreed.
const AGREED_CLOCK: &str = "main";
/// Clocks of the window's decision, and of the draft before it, which a demand for the court makes needless.
pub const ACCEPTANCE_CLOCKS: [&str; 3] = ["S01", "S02", "S03"];
/// The clock of whoever examines a suspended mediation.
pub const REVIEW_CLOCK: &str = "S13";
/// The clock of an appraisal.
pub const APPRAISAL_CLOCK: &str = "S16";
/// The time for enforcement.
pub const ENFORCEMENT_CLOCK: &str = "K40";
/// The window for a confirmation.
pub const WINDOW_CLOCK: &str = "K27";
/// The clock of the parties' choice.
pub const CHOICE_CLOCK: &str = "S09";
/// Clocks of a mediation that do not wait for the mediator: it is over, or is examined.
pub const NOT_THE_MEDIATORS: [&str; 4] = [CHOICE_CLOCK, WINDOW_CLOCK, ENFORCEMENT_CLOCK, REVIEW_CLOCK];

/// The clock of a closed case's file.
pub const ARCHIVE_CLOCK: &str = "S17";

/// Clocks of a noun whose owner has brought it to its end: a party's choice, confirmation, performance, the file.
pub const AFTER_ITS_END: [&str; 6] = ["S09", ARCHIVE_CLOCK, "K21", "K27", "K40", SCHEDULE_CLOCK];

/// The nouns that are waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Noun {
    /// Intake's.
    Dispute,
    /// Routing's.
    Referral,
    /// Mediation's.
    Mediation,
    /// Transfer's.
    Filing,
    /// Transfer's: judicial confirmation.
    Confirmation,
    /// Transfer's: a court's commission.
    Commission,
    /// Transfer's: an exit that is not a court.
    Handoff,
    /// Routing's: a recusal that waits for its decision.
    Recusal,
    /// Routing's: a hand-over to another organisation of ours that is offered.
    Handover,
    /// Routing's: a consultation that waits for its decision.
    Consultation,
    /// Routing's: assistance that is asked for.
    Assistance,
    /// Our own: an emergency that waits for an answer.
    Emergency,
    /// Our own: something that must be reported.
    Report,
}

impl Noun {
    /// All of them.
    pub const ALL: [Noun; 13] = [
        Noun::Dispute,
        Noun::Referral,
        Noun::Mediation,
        Noun::Filing,
        Noun::Confirmation,
        Noun::Commission,
        Noun::Handoff,
        Noun::Recusal,
        Noun::Handover,
        Noun::Consultation,
        Noun::Assistance,
        Noun::Emergency,
        Noun::Report,
    ];

    /// Its own nouns.
    pub const OWN: &'static [&'static str] = &["emergency", "report"];

    /// The names of all of them.
    pub const NAMES: &'static [&'static str] = &[
        "dispute",
        "referral",
        "mediation",
        "filing",
        "confirmation",
        "commission",
        "handoff",
        "recusal",
        "handover",
        "consultation",
        "assistance",
        "emergency",
        "report",
    ];

    /// Its name in rows and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Noun::Dispute => "dispute",
            Noun::Referral => "referral",
            Noun::Mediation => "mediation",
            Noun::Filing => "filing",
            Noun::Confirmation => "confirmation",
            Noun::Commission => "commission",
            Noun::Handoff => "handoff",
            Noun::Recusal => "recusal",
            Noun::Handover => "handover",
            Noun::Consultation => "consultation",
            Noun::Assistance => "assistance",
            Noun::Emergency => "emergency",
            Noun::Report => "report",
        }
    }

    /// The noun of this name.
    pub fn named(name: &str) -> Option<Noun> {
        Self::ALL.into_iter().find(|noun| noun.name() == name)
    }

    /// Whether it ends with its dispute. What is at a court is watched on.
    const fn ends_with_the_dispute(self) -> bool {
        matches!(
            self,
            Noun::Dispute
                | Noun::Referral
                | Noun::Mediation
                | Noun::Recusal
                | Noun::Handover
                | Noun::Consultation
                | Noun::Assistance
        )
    }
}

/// Who must act while a clock runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// An organisation or an account that the event names.
    Named(String),
    /// The organisation that took the case in.
    FirstReceiver,
    /// Whoever held the noun before.
    Same,
}

/// From when a clock counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Since {
    /// From the news itself: the first of the events that begin the clock.
    News,
    /// From this event of the rule book, at this instant.
    Event(String, DateTime<Utc>),
    /// From this event, under terms that the parties agreed.
    Agreed(Box<Terms>, Began),
    /// Until the end of an agreed day, on which so much is due, in fen.
    Day(NaiveDate, i64),
    /// From the latest of the clock's start events that the case has seen, however long before. What has not been heard of
    /// yet is set right when it is.
    Kept,
}

/// What fixes the law of a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pin {
    /// The day of this event, if the case has seen it.
    Event(String),
    /// This day, as the owner says.
    Day(NaiveDate),
}

/// A clock to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// Of which noun.
    pub noun: Noun,
    /// Which clock.
    pub clock: String,
    /// Who must act.
    pub holder: Holder,
    /// From when.
    pub from: Since,
    /// What fixes the law; the start's own day where there is nothing.
    pub pin: Option<Pin>,
    /// Given by the owner, or one more than before.
    pub generation: Option<u64>,
    /// The noun's other clocks run on; else they are met.
    pub beside: bool,
}

/// A step on the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// An event of the rule book happened: clocks may count from it, now or later.
    Keep(&'static str, Option<DateTime<Utc>>),
    /// This organisation took the case in.
    Received(String),
    /// The noun is open from now on; which one of its kind.
    Open(Noun, String),
    /// The noun is before this court, whose own settings of clocks hold for it from now on.
    Court(Noun, String),
    /// A clock starts.
    Start(Start),
    /// The noun's clock starts anew if it is this one.
    Renew(Noun, &'static str),
    /// Somebody else must act now; the clocks go on.
    Hand(Noun, String),
    /// This clock of the noun has been met; its others run on.
    Met(Noun, &'static str),
    /// This clock of the noun stands still, since when if the owner says so.
    Stop(Noun, String, StopReason, Option<DateTime<Utc>>, Option<u64>),
    /// A clock starts, if the case has seen this event.
    Seen(&'static str, Box<Start>),
    /// It goes on, since when if the owner says so.
    Resume(Noun, String, Option<DateTime<Utc>>, Option<u64>),
    /// It is longer.
    Extend(Noun, String, Extension, Option<u64>),
    /// The noun is no longer waited for.
    End(Noun),
    /// This one of the noun's is no longer waited for; another that was opened since is.
    EndOf(Noun, String),
    /// The noun's clocks are met, but these.
    MetBut(Noun, &'static [&'static str]),
    /// The parties have chosen: a noun that waits for nothing but that is over.
    Chosen(Noun),
    /// A party has demanded the court: nobody waits for the parties' choice any more, nor for an acceptance.
    CourtDemanded,
    /// All demands up to this one are taken back: what they made needless is waited for again.
    DemandDropped(Option<u64>),
    /// The dispute is accepted: the demands that were said before that are taken back.
    DemandsOfBefore,
    /// All demands up to this one are answered: what they made needless is over, and what comes after waits for a choice again.
    DemandAnswered(Option<u64>),
    /// The mediation has ended by this demand: the clock of a choice starts only once that is taken back.
    EndedBy(u64, Start),
    /// The case is done, closed or withdrawn: what was said before and is heard later starts nothing.
    Closed,
    /// A suspended run is examined by this one.
    Examine(String),
    /// What was agreed can be enforced, since when if the owner says so.
    Enforceable(Option<DateTime<Utc>>),
    /// What one held another holds now, whatever its clocks wait for.
    Succeeded(String, String),
    /// The file of a closed case is to be put away, by the owner's generation.
    ToBeArchived(u64),
}

/// Starts a clock of a noun with the news.
pub fn start(noun: Noun, clock: &str, holder: Holder) -> Start {
    let from = Since::News;
    Start { noun, clock: clock.to_owned(), holder, from, pin: None, generation: None, beside: false }
}

impl Start {
    /// Counted from the start events that the case has seen, by the law of the day of `pin`.
    #[must_use]
    pub fn kept(self, pin: &str) -> Start {
        Start { from: Since::Kept, pin: Some(Pin::Event(pin.to_owned())), ..self }
    }

    /// Until the end of a day that the owner says.
    #[must_use]
    pub fn until(self, day: Option<NaiveDate>) -> Start {
        let from = day.map_or(Since::News, |day| Since::Day(day, 0));
        Start { from, ..self }
    }

    /// By the law of a day, if the owner says which.
    #[must_use]
    pub fn pinned(self, day: Option<NaiveDate>) -> Start {
        Start { pin: day.map(Pin::Day).or(self.pin), ..self }
    }

    /// Counted from an event at an instant, if the owner says when.
    #[must_use]
    pub fn at(self, event: &str, at: Option<DateTime<Utc>>) -> Start {
        let from = at.map_or(Since::News, |at| Since::Event(event.to_owned(), at));
        Start { from, ..self }
    }

    /// With the owner's generation.
    #[must_use]
    pub fn generation(self, generation: Option<u64>) -> Start {
        Start { generation, ..self }
    }

    /// While the noun's other clocks run on.
    #[must_use]
    pub fn beside(self) -> Start {
        Start { beside: true, ..self }
    }
}

impl From<Start> for Step {
    fn from(start: Start) -> Step {
        Step::Start(start)
    }
}

/// A clock's Chinese name.
pub fn clock_name(clock: &str) -> &str {
    match rulebook::clocks::get(clock) {
        Some(clock) => &clock.name_zh,
        None if clock == FENCING_CLOCK => "认领终止确认",
        None if clock == SCHEDULE_CLOCK => "约定履行日",
        None if clock == AGREED_CLOCK => "约定调解期限",
        None => clock,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_the_nouns_are_those_of_all_of_them() {
        let names: Vec<&str> = Noun::ALL.iter().map(|noun| noun.name()).collect();
        assert_eq!(names, Noun::NAMES);
        assert!(Noun::OWN.iter().all(|name| Noun::named(name).is_some()));
    }
}
