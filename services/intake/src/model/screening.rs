//! What the window has looked for: signs of violence, injury, danger, and of minors. The rule book says what they oblige to; no
//! sign keeps a dispute from being filed, accepted, or taken to the court.

use chrono::{DateTime, Utc};
use lexicon::AccountId;
use rulebook::calendar::civil_date;
use rulebook::screen::{self, Row, Sign};

use super::{Channel, Dispute};

/// What was seen, when, and by whom. No `Debug`: it is about people.
#[derive(Clone, PartialEq, Eq)]
pub struct Screening {
    /// What was seen, each sign once, in the order of the list.
    pub signs: Vec<Sign>,
    /// When; the rules of that day hold.
    pub at: DateTime<Utc>,
    /// Who looked.
    pub by: AccountId,
}

impl Screening {
    /// What was seen of a dispute that came in this way: what the police have sent, they know of.
    pub fn new(signs: &[Sign], channel: Channel, at: DateTime<Utc>, by: AccountId) -> Self {
        let sent = matches!(channel, Channel::Police | Channel::Traffic).then_some(Sign::PoliceTold);
        let all: Vec<Sign> = signs.iter().copied().chain(sent).collect();
        Self { signs: screen::whole(&all), at, by }
    }

    /// What that means, the gravest first.
    pub fn findings(&self) -> Vec<&'static Row> {
        screen::findings(&self.signs, civil_date(self.at))
    }
}

impl Dispute {
    /// The same with what the window has seen while it did this; where it has not looked, what it saw before stands.
    #[must_use]
    pub fn screened(mut self, seen: Option<Screening>) -> Self {
        self.screening = seen.or(self.screening);
        self
    }

    /// What the window saw when it accepted, if it looked then.
    pub fn screened_at_acceptance(&self) -> Option<&Screening> {
        let accepted = self.acceptance.as_ref()?.at;
        self.screening.as_ref().filter(|seen| seen.at == accepted)
    }
}

impl std::fmt::Debug for Screening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Screening({} signs)", self.signs.len())
    }
}
