//! Which courts are competent, in ten steps, each with its finding and its article.
//!
//! The function proposes; the party chooses among what is proposed, and the court examines. It needs no personal value:
//! places are codes of towns and divisions. A place that is not recorded is said to be missing and never guessed.
//!
//! 1 competence, 2 level, 3 special courts, 4 exclusive, 5 agreed, 6 special, 7 general venue, 8 several courts,
//! 9 the place inside the city, 10 confirmation of an agreement.

mod matter;
mod places;
mod steps;
mod tables;

pub use matter::{AgreedVenue, Fact, Kind, Matter, Place, Point};
pub use places::{Proposal, Seat};
pub use tables::{SpecialCourt, Threshold, Venue, special_courts, thresholds, venues};

use crate::causes;
use crate::unlawful::Unlawful;

/// What one step found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// 1 to 10.
    pub step: u8,
    /// What it found, in Chinese.
    pub chinese: String,
    /// What it found, in English.
    pub english: String,
    /// The articles.
    pub article: String,
    /// Whether they were read and say this.
    pub verified: bool,
}

/// Where the matter belongs if not to a court, or not yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The ground of refusal that fits, such as `R08`.
    pub ground: &'static str,
    /// Where to go, in Chinese.
    pub chinese: &'static str,
    /// Where to go, in English.
    pub english: &'static str,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    /// Where the matter belongs instead of a court.
    pub elsewhere: Option<Elsewhere>,
    /// The competent courts, the nearest basis first; the party chooses.
    pub proposals: Vec<Proposal>,
    /// The places that would found jurisdiction and are not recorded.
    pub missing: Vec<Point>,
    /// What each of the ten steps found, in order.
    pub findings: Vec<Finding>,
}

/// Whether a cause is a labour or personnel matter, of which arbitration comes first (L15 art. 5).
pub fn is_labour(code: &str) -> bool {
    causes::by_code(code).is_some_and(|cause| steps::LABOUR.holds(cause))
}

/// Which courts are competent, and why.
pub fn check(matter: &Matter<'_>) -> Result<Opinion, Unlawful> {
    steps::Check::of(matter)?.opinion()
}
