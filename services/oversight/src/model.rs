//! What oversight makes of the news: one docket entry an event, and the clocks that it starts, moves or ends.
//!
//! A fold without surprises: an event and a few facts of the case go in, steps on the deadline ledger come out. Each noun
//! has one running clock at a time, so that every open noun is waited for by exactly one deadline. Oversight decides
//! nothing about a case: when a deadline is reached it says so, and the noun's owner acts.

use chrono::{DateTime, TimeDelta, Utc};

/// How long a claim may take to be fenced off before that is overdue (DESIGN 6.2).
const FENCING: TimeDelta = TimeDelta::seconds(60);
/// The clock of a claim that has ended and is not yet fenced off; it is technical and in no rule book.
pub const FENCING_CLOCK: &str = "FENCING";

/// The nouns that are waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
    /// Transfer's: a hand-over to another body.
    Handoff,
    /// Transfer's: what a court has commissioned.
    Commission,
}

impl Noun {
    /// All of them.
    pub const ALL: [Noun; 7] = [
        Noun::Dispute,
        Noun::Referral,
        Noun::Mediation,
        Noun::Filing,
        Noun::Confirmation,
        Noun::Handoff,
        Noun::Commission,
    ];

    /// Its name in rows and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Noun::Dispute => "dispute",
            Noun::Referral => "referral",
            Noun::Mediation => "mediation",
            Noun::Filing => "filing",
            Noun::Confirmation => "confirmation",
            Noun::Handoff => "handoff",
            Noun::Commission => "commission",
        }
    }
}

/// Who must act while a clock runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// An organisation or an account that the event names.
    Named(String),
    /// The organisation that took the case in.
    FirstReceiver,
    /// Whoever held the noun's clock before.
    Same,
}

/// A step on the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The noun's running clock is met, and this one starts.
    Start {
        /// Of which noun.
        noun: Noun,
        /// Which clock.
        clock: String,
        /// Who must act.
        holder: Holder,
        /// Given by the owner, or one more than before.
        generation: Option<u64>,
    },
    /// The noun's clock starts anew if it is this one.
    Renew {
        /// Of which noun.
        noun: Noun,
        /// Which clock.
        clock: &'static str,
    },
    /// Somebody else must act now; the clock goes on.
    Hand {
        /// Of which noun.
        noun: Noun,
        /// Who.
        holder: String,
    },
    /// The noun is no longer waited for.
    End(Noun),
    /// A party has demanded the court: nobody waits for the parties' choice any more, nor for an acceptance.
    CourtDemanded,
    /// The case is done, closed or withdrawn: what was said before and is heard later starts nothing.
    Closed,
}

/// What is known of the case before the event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// A party has demanded the court.
    pub court_demanded: bool,
    /// The dispute is closed.
    pub closed: bool,
    /// Who took it in.
    pub first_receiver: String,
}

/// Clocks of the window's decision, which a demand for the court makes needless.
pub const ACCEPTANCE_CLOCKS: [&str; 2] = ["S02", "S03"];
/// Clocks of a mediation that is over: they wait for the parties, not for the mediator.
pub const AFTER_MEDIATION: [&str; 2] = ["S09", "K27"];

/// Starts a clock of a noun.
pub fn start(noun: Noun, clock: &str, holder: Holder) -> Step {
    Step::Start { noun, clock: clock.to_owned(), holder, generation: None }
}

/// Whether a start still makes sense: news of different services comes in any order.
pub fn is_late(noun: Noun, facts: &Facts, clock: &str) -> bool {
    match noun {
        Noun::Dispute | Noun::Referral | Noun::Mediation if facts.closed => true,
        // The parties' choice after a failure has been made.
        Noun::Mediation => facts.court_demanded && clock == "S09",
        _ => false,
    }
}

/// When a clock runs out, and whether that may still move.
pub fn due(clock: &str, from: DateTime<Utc>) -> Option<(DateTime<Utc>, bool)> {
    if clock == FENCING_CLOCK {
        return Some((from + FENCING, false));
    }
    let expiry = rulebook::clocks::get(clock)?.expiry(from);
    Some((expiry.at, expiry.provisional))
}

/// A clock's Chinese name.
pub fn clock_name(clock: &str) -> &str {
    match rulebook::clocks::get(clock) {
        Some(clock) => &clock.name_zh,
        None if clock == FENCING_CLOCK => "认领终止确认",
        None => clock,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_that_was_made_is_not_waited_for() {
        let demanded = Facts { court_demanded: true, ..Facts::default() };
        assert!(is_late(Noun::Mediation, &demanded, "S09"));
        assert!(!is_late(Noun::Mediation, &demanded, "K27"));
        assert!(!is_late(Noun::Filing, &demanded, "S06"));
        let closed = Facts { closed: true, ..Facts::default() };
        assert!(is_late(Noun::Referral, &closed, "S05"));
        assert!(
            !is_late(Noun::Filing, &closed, "S08"),
            "a filed case is watched for its outcome after closing"
        );
    }

    #[test]
    fn a_working_day_clock_ends_at_the_end_of_its_day() {
        // Friday 13 February 2026, noon in Zhongshan; the Spring Festival lies between (domain.md 3.2).
        let from = "2026-02-13T04:00:00Z".parse().unwrap();
        let (due, provisional) = due("K03", from).unwrap();
        assert_eq!(due.to_rfc3339(), "2026-02-25T16:00:00+00:00");
        assert!(!provisional);
        assert_eq!(super::due(FENCING_CLOCK, from).unwrap().0 - from, FENCING);
        assert!(super::due("no such clock", from).is_none());
    }
}
