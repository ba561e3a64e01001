//! Whether a set may be used: words that exist, conditions that something passes, no rule in vain, no two of one priority
//! about the same case, no cause without a rule, no way between studios without a map of states.

mod shape;
mod states;
mod words;

use std::collections::BTreeMap;

use rulebook::causes;

use crate::fault::Fault;
use crate::grid::{Axis, Grid};
use crate::region::Region;
use crate::set::Rule;
use crate::written::Move;

pub(crate) use shape::{unfit, unfit_head};
pub(crate) use words::region;

/// The most rules of a set.
const MOST: usize = 500;
/// How often a piece of what is left of the rules may be compared with another rule, altogether: a set that is written by
/// people needs a few thousand.
const STEPS: usize = 200_000;

/// Checks the rules, the greatest priority first, as a whole.
pub(crate) fn whole(rules: &[Rule], moves: &[Move], grid: &Grid, faults: &mut Vec<Fault>) {
    if rules.len() > MOST {
        faults.push(Fault::TooLarge(format!("{} rules of {MOST}", rules.len())));
        return;
    }
    let mut steps = STEPS;
    for (at, rule) in rules.iter().enumerate() {
        if rules[..at].iter().any(|before| before.written.id == rule.written.id) {
            faults.push(Fault::Twice(rule.written.id.clone()));
        }
        let before = rules[..at].iter().filter(|before| before.region.meets(&rule.region));
        let (same, higher): (Vec<&Rule>, Vec<&Rule>) =
            before.partition(|before| before.written.priority == rule.written.priority);
        faults.extend(
            same.iter().map(|other| Fault::Overlap {
                rule: rule.written.id.clone(),
                other: other.written.id.clone(),
            }),
        );
        faults.extend(in_vain(rule, &higher, &mut steps));
    }
    if !rules.iter().any(|rule| rule.region.is_whole()) {
        faults.push(Fault::NoLastRule);
    }
    uncovered(rules, grid, faults);
    states::check(rules, moves, faults);
}

/// A rule of which those that outrank it leave nothing.
fn in_vain(rule: &Rule, higher: &[&Rule], steps: &mut usize) -> Option<Fault> {
    let name = || rule.written.id.clone();
    if let Some(axis) = rule.region.closed() {
        return Some(Fault::Unreachable { rule: name(), by: format!("{} lets nothing pass", axis.key()) });
    }
    let Some(left) = what_is_left(rule, higher, steps) else {
        return Some(Fault::TooLarge(format!("what is left of rule {}", rule.written.id)));
    };
    left.is_empty().then(|| {
        // Only those without whom something would be left.
        let mut needed = higher.to_vec();
        for other in higher {
            let without: Vec<&Rule> = needed.iter().copied().filter(|one| one != other).collect();
            if what_is_left(rule, &without, steps).is_some_and(|left| left.is_empty()) {
                needed = without;
            }
        }
        let names: Vec<&str> = needed.iter().map(|other| other.written.id.as_str()).collect();
        Fault::Unreachable { rule: name(), by: format!("always outranked by {}", names.join(", ")) }
    })
}

/// The cases of a rule about which none of the others speaks; nothing when that takes more steps than there are left.
fn what_is_left(rule: &Rule, others: &[&Rule], steps: &mut usize) -> Option<Vec<Region>> {
    others.iter().try_fold(vec![rule.region.clone()], |left, other| {
        *steps = steps.checked_sub(left.len())?;
        Some(left.iter().flat_map(|piece| piece.without(&other.region)).collect())
    })
}

/// Causes about which no rule speaks that asks for nothing else: the rule of a group is inherited by all below it.
fn uncovered(rules: &[Rule], grid: &Grid, faults: &mut Vec<Fault>) {
    let of_causes: Vec<&Rule> = rules.iter().filter(|rule| rule.region.is_of_causes()).collect();
    let mut missing: BTreeMap<(usize, &str), Vec<&str>> = BTreeMap::new();
    for (at, cause) in causes::all().iter().enumerate() {
        let atom = at + 1;
        debug_assert!(atom < grid.atoms(Axis::Cause));
        if !of_causes.iter().any(|rule| rule.region.lets(Axis::Cause, atom)) {
            let order = cause.group.trim_start_matches('P').parse().unwrap_or(usize::MAX);
            missing.entry((order, cause.group.as_str())).or_default().push(&cause.code);
        }
    }
    faults.extend(missing.into_iter().map(|((_, group), codes)| Fault::Uncovered {
        group: group.to_owned(),
        causes: match codes.as_slice() {
            [one] => (*one).to_owned(),
            [first, rest @ ..] => format!("{first} and {} more", rest.len()),
            [] => String::new(),
        },
    }));
}
