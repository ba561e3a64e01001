//! From the words of a rule to the region of cases that it speaks about.

use rulebook::causes::{self, Causes};
use rulebook::studio::StudioKind;
use rulebook::towns;

use crate::fault::Fault;
use crate::grid::{Axis, Grid, SIDES};
use crate::inputs::{Institution, Language, PriorBody};
use crate::region::{Atoms, Region};
use crate::written::{Pattern, WrittenRule};

/// A person, an organisation and a trader as a side's number has them.
const PERSON: usize = 1 << lexicon::PartyKind::Person as usize;
const ORGANIZATION: usize = 1 << lexicon::PartyKind::Organization as usize;

/// The region of a rule; nothing, and the faults, where a word does not exist.
pub(crate) fn region(rule: &WrittenRule, grid: &Grid, faults: &mut Vec<Fault>) -> Option<Region> {
    let before = faults.len();
    let mut region = Region::default();
    let mut narrow = |axis: Axis, wanted: &dyn Fn(usize) -> bool| {
        region.narrow(axis, Atoms::of(grid.atoms(axis), wanted));
    };
    if let Some(words) = &rule.causes {
        let sets = causes_of(rule, words, faults);
        narrow(Axis::Cause, &|atom| {
            let cause = atom.checked_sub(1).and_then(|at| causes::all().get(at));
            cause.is_some_and(|cause| sets.iter().any(|set| set.holds(cause)))
        });
    }
    if let Some(labels) = &rule.categories {
        let known = |label: &str| causes::categories().iter().position(|one| one.label == label);
        let atoms = places(rule, "category", labels, known, faults);
        narrow(Axis::Category, &|atom| atoms.contains(&atom));
    }
    if let Some(codes) = &rule.towns {
        let known = |code: &str| towns::all().iter().position(|one| one.code == code);
        let atoms = places(rule, "town", codes, known, faults);
        narrow(Axis::Town, &|atom| atoms.contains(&atom));
    }
    if let Some(least) = rule.amount_from {
        let first = grid.amounts.partition_point(|cut| *cut <= least);
        narrow(Axis::Amount, &|atom| atom >= first);
    }
    if let Some(bound) = rule.amount_below {
        let end = grid.amounts.partition_point(|cut| *cut <= bound);
        narrow(Axis::Amount, &|atom| atom < end);
    }
    if let Some(day) = rule.from {
        let first = grid.dates.partition_point(|cut| *cut <= day);
        narrow(Axis::Date, &|atom| atom >= first);
    }
    if let Some(end) = rule.to.and_then(|day| day.succ_opt()) {
        let end = grid.dates.partition_point(|cut| *cut <= end);
        narrow(Axis::Date, &|atom| atom < end);
    }
    for pattern in rule.parties.iter().flatten() {
        narrow(Axis::Parties, &|atom| pattern.fits(atom / SIDES, atom % SIDES));
    }
    for (axis, told) in [
        (Axis::Injury, rule.injury),
        (Axis::Police, rule.police),
        (Axis::Minors, rule.minors),
        (Axis::Violence, rule.violence),
    ] {
        if let Some(told) = told {
            narrow(axis, &|atom| atom == usize::from(told));
        }
    }
    if let Some(wanted) = &rule.institutions {
        narrow(Axis::Institution, &|atom| wanted.contains(&Institution::ALL[atom]));
    }
    if let Some(wanted) = &rule.languages {
        narrow(Axis::Language, &|atom| wanted.contains(&Language::ALL[atom]));
    }
    if let Some(wanted) = &rule.prior_bodies {
        narrow(Axis::PriorBody, &|atom| wanted.contains(&PriorBody::ALL[atom]));
    }
    if let Some(wanted) = &rule.wishes {
        narrow(Axis::Wish, &|atom| atom > 0 && wanted.contains(&StudioKind::ALL[atom - 1]));
    }
    (faults.len() == before).then_some(region)
}

fn causes_of(rule: &WrittenRule, words: &[String], faults: &mut Vec<Fault>) -> Vec<Causes> {
    let mut sets = Vec::new();
    for word in words {
        match word.parse::<Causes>() {
            Ok(set) if causes::all().iter().any(|cause| set.holds(cause)) => sets.push(set),
            _ => {
                let what = format!("cause {word}");
                faults.push(Fault::Unknown { rule: rule.id.clone(), what });
            }
        }
    }
    sets
}

/// The atoms of some codes.
fn places(
    rule: &WrittenRule,
    noun: &str,
    codes: &[String],
    known: impl Fn(&str) -> Option<usize>,
    faults: &mut Vec<Fault>,
) -> Vec<usize> {
    let mut atoms = Vec::new();
    for code in codes {
        match known(code) {
            Some(at) => atoms.push(at + 1),
            None => faults.push(Fault::Unknown { rule: rule.id.clone(), what: format!("{noun} {code}") }),
        }
    }
    atoms
}

impl Pattern {
    /// Whether claimants and respondents of these kinds fit.
    fn fits(self, claimants: usize, respondents: usize) -> bool {
        let all = claimants | respondents;
        let has = |side: usize, kind: usize| side & kind != 0;
        match self {
            Pattern::Organization => has(all, ORGANIZATION),
            Pattern::Mixed => has(all, PERSON) && all != PERSON,
            Pattern::Persons => all == PERSON,
            Pattern::ClaimantOrganization => has(claimants, ORGANIZATION),
            Pattern::RespondentOrganization => has(respondents, ORGANIZATION),
            Pattern::ClaimantPerson => has(claimants, PERSON),
            Pattern::RespondentPerson => has(respondents, PERSON),
        }
    }
}
