//! Where a case goes, as data: rule sets that are read, checked, replayed and argued with.
//!
//! A set is a file (`data/shipped.toml` is the one that every centre begins with). Each rule has a priority, conditions that
//! must all hold, and either two kinds of studio or the ground for which the case is none for a mediator. All rules that
//! hold fire, the greatest priority first; the kinds that they name are ranked in that order, and the studios of each kind by
//! who is free and who has least to do. A rule may be about a second-level group of causes, and every cause below inherits it.
//!
//! - [`RuleSet::read`] refuses a set with everything that is wrong with it ([`Fault`]): a rule that can never speak first, two
//!   of one priority that can speak about the same case, a cause without even its group's rule, a way between kinds of studio
//!   that no `[[move]]` maps. These are computed over all cases, not sampled: conditions are boxes over finite axes.
//! - [`RuleSet::decide`] answers with the rules that fired, the ranking, and the smallest change that would have sent the case
//!   elsewhere ([`Otherwise`]). The same set and [`Inputs`] give the same bytes for ever ([`Decision::bytes`]).
//! - [`Rehearsal`] replays decisions that were made against another set and tells who gains and who loses work.
//!
//! Pure: no file is opened, no clock is read, nothing waits. A proposal is advice: a person confirms it.

mod change;
mod check;
mod decide;
mod fault;
mod grid;
mod inputs;
mod otherwise;
mod region;
mod rehearsal;
mod set;
mod words;
mod written;

use std::sync::LazyLock;

pub use change::{Change, Input};
pub use decide::{Decision, First, Ranked};
pub use fault::Fault;
pub use inputs::{Inputs, Institution, Language, PriorBody, Studio};
pub use otherwise::Otherwise;
pub use rehearsal::{Moved, Rehearsal, Shift};
pub use set::{Answer, LONGEST, Rule, RuleSet, digest};
pub use written::{Busy, Move, Pattern, Ranking, Wish, Written, WrittenRule};

/// The text of the set that every centre begins with.
pub const SHIPPED: &str = include_str!("../data/shipped.toml");

static READ: LazyLock<RuleSet> = LazyLock::new(|| match RuleSet::read(SHIPPED) {
    Ok(set) => set,
    Err(faults) => {
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("data/shipped.toml: {}", told.join("; "))
    }
});

/// The set that every centre begins with.
///
/// # Panics
/// When the file of this build is faulty: the tests say so first.
pub fn shipped() -> &'static RuleSet {
    &READ
}
