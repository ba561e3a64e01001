//! A rehearsal: decisions that were made, one after the other, against a set that is not in force yet. It keeps counts, and a
//! few of the cases that would move; however many it is shown, it grows no further.

use std::collections::BTreeMap;

use crate::decide::First;
use crate::inputs::Inputs;
use crate::set::RuleSet;

/// What a studio gains and loses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shift {
    /// Cases that went to it first.
    pub before: u64,
    /// Cases that would.
    pub after: u64,
    /// Cases that would come to it from elsewhere.
    pub gained: u64,
    /// Cases that would go elsewhere.
    pub lost: u64,
}

/// A case that would move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved<K> {
    /// Which decision.
    pub key: K,
    /// Where it went first.
    pub from: First,
    /// Where it would.
    pub to: First,
    /// The rule that would send it there.
    pub rule: String,
}

/// What a set would have done with the decisions that it was shown.
#[derive(Debug)]
pub struct Rehearsal<'a, K> {
    set: &'a RuleSet,
    most: usize,
    /// How many decisions it was shown.
    pub seen: u64,
    /// How many would go elsewhere.
    pub moved: u64,
    /// What changes, by where cases go first: a studio's organisation, a ground of refusal, or nothing.
    pub shifts: BTreeMap<String, Shift>,
    /// How often each rule would decide; every rule of the set has a count.
    pub rules: BTreeMap<String, u64>,
    /// The first of those that would move.
    pub examples: Vec<Moved<K>>,
}

impl<'a, K> Rehearsal<'a, K> {
    /// Of a set; at most `most` of the cases that would move are kept.
    pub fn of(set: &'a RuleSet, most: usize) -> Self {
        let rules = set.rules.iter().map(|rule| (rule.written.id.clone(), 0)).collect();
        Self { set, most, seen: 0, moved: 0, shifts: BTreeMap::new(), rules, examples: Vec::new() }
    }

    /// A decision that was made: from what, and where the case went first.
    pub fn show(&mut self, key: K, inputs: &Inputs, from: &First) {
        let (to, rule) = self.set.first(inputs);
        self.seen += 1;
        *self.rules.entry(rule.clone()).or_default() += 1;
        self.shift(from).before += 1;
        self.shift(&to).after += 1;
        if to == *from {
            return;
        }
        self.moved += 1;
        self.shift(from).lost += 1;
        self.shift(&to).gained += 1;
        if self.examples.len() < self.most {
            self.examples.push(Moved { key, from: from.clone(), to, rule });
        }
    }

    fn shift(&mut self, first: &First) -> &mut Shift {
        self.shifts.entry(first.name().to_owned()).or_default()
    }
}

impl First {
    /// The studio or the ground; empty for nowhere.
    pub fn name(&self) -> &str {
        match self {
            First::Studio(name) | First::Ground(name) => name,
            First::Nowhere => "",
        }
    }
}
