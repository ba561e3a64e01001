//! Whether a history of what was asked and told about one case could have been: is there an order of the operations, each at one
//! moment between its call and its answer, in which a case by itself would have said the same?
//!
//! The search is Wing and Gong's with a memory (Lowe): operations are put in order one by one, and a set of ordered operations
//! with the case that it led to is looked into once. Cases are independent, so each has a history of its own, which keeps the
//! search short. What was never answered, because its caller went away, may have happened at any later moment or not at all.

use std::collections::{BTreeSet, HashSet};

/// Epoch and number.
pub type Number = (u32, u64);

/// How a case stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Stand {
    Pool,
    Held { by: String, confirmed: bool },
    Fencing,
}

/// A case as nothing but itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Case {
    pub stand: Stand,
    pub fence: Number,
    /// Claims that were given up, and by whom: giving the same up again is already so.
    released: BTreeSet<(String, Number)>,
}

/// What is asked, or heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    Claim(String),
    Appoint(String),
    Confirm(String, Number),
    Release(String, Number),
    /// The time to confirm the claim with this number is over.
    Lapse(u64),
    /// The holder under this fence is silent.
    Silence(Number),
    /// The desk has stored this fence.
    Stored(Number),
    Read,
}

/// What was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// The case is yours, under this fence.
    Yours(Number),
    /// Somebody else has it; empty where the answer does not say who.
    HeldBy(String),
    NotInPool,
    Done,
    Refused,
    Stands(Stand, Number),
    /// An event is not answered.
    Nothing,
}

/// One operation.
#[derive(Debug, Clone)]
pub struct Operation {
    pub act: Act,
    /// When it was called.
    pub call: u64,
    /// When it was answered, and what; nothing for a caller who went away.
    pub answer: Option<(u64, Told)>,
}

impl Case {
    /// Offered, and never held before.
    pub fn offered() -> Self {
        Self { stand: Stand::Pool, fence: (1, 0), released: BTreeSet::new() }
    }

    /// The case after this, and what it tells.
    fn after(&self, act: &Act) -> (Self, Told) {
        let same = |told| (self.clone(), told);
        let with = |stand, fence| Self { stand, fence, released: self.released.clone() };
        let next = (self.fence.0, self.fence.1 + 1);
        let holds = |who: &str| matches!(&self.stand, Stand::Held { by, .. } if by == who);
        match act {
            Act::Claim(who) | Act::Appoint(who) => match &self.stand {
                Stand::Pool => {
                    let held = Stand::Held { by: who.clone(), confirmed: false };
                    (with(held, next), Told::Yours(next))
                }
                Stand::Held { by, .. } if by == who => same(Told::Yours(self.fence)),
                Stand::Held { by, .. } => same(Told::HeldBy(by.clone())),
                Stand::Fencing => same(Told::NotInPool),
            },
            Act::Confirm(who, shown) if holds(who) && *shown == self.fence => {
                (with(Stand::Held { by: who.clone(), confirmed: true }, self.fence), Told::Done)
            }
            Act::Release(who, shown) if holds(who) && *shown == self.fence => {
                let mut case = with(Stand::Fencing, next);
                case.released.insert((who.clone(), *shown));
                (case, Told::Done)
            }
            Act::Release(who, shown) if !holds(who) && self.released.contains(&(who.clone(), *shown)) => {
                same(Told::Done)
            }
            Act::Confirm(..) | Act::Release(..) => same(Told::Refused),
            Act::Lapse(n) => match &self.stand {
                Stand::Held { confirmed: false, .. } if self.fence.1 == *n => {
                    (with(Stand::Fencing, next), Told::Nothing)
                }
                _ => same(Told::Nothing),
            },
            Act::Silence(fence) => match &self.stand {
                Stand::Held { confirmed: true, .. } if self.fence == *fence => {
                    (with(Stand::Fencing, next), Told::Nothing)
                }
                _ => same(Told::Nothing),
            },
            Act::Stored(fence) => match &self.stand {
                Stand::Fencing if *fence >= self.fence => (with(Stand::Pool, self.fence), Told::Nothing),
                _ => same(Told::Nothing),
            },
            Act::Read => same(Told::Stands(self.stand.clone(), self.fence)),
        }
    }

    /// The case after this, if it could have told that. `None` for `told` is an answer that nobody saw.
    fn step(&self, act: &Act, told: Option<&Told>) -> Option<Self> {
        let (case, would) = self.after(act);
        let Some(told) = told else { return Some(case) };
        let fits = match (told, &would) {
            (Told::HeldBy(who), Told::HeldBy(by)) => who.is_empty() || who == by,
            // Giving up again what was given up is answered by the remark of the first time, or by the rule.
            (Told::Refused, Told::Done) => matches!(act, Act::Release(..)) && case == *self,
            (told, would) => told == would,
        };
        fits.then_some(case)
    }
}

/// Looks for an order; the error says how far the best one came.
pub fn check(history: &[Operation]) -> Result<(), String> {
    assert!(history.len() <= 128, "a history of one case is short");
    let answered: u128 =
        history.iter().enumerate().filter(|(_, one)| one.answer.is_some()).map(|(at, _)| 1 << at).sum();
    let (mut seen, mut best) = (HashSet::new(), (0, 0_u128, Case::offered()));
    let mut open = vec![(0_u128, Case::offered())];
    while let Some((done, case)) = open.pop() {
        if done & answered == answered {
            return Ok(());
        }
        if !seen.insert((done, case.clone())) {
            continue;
        }
        if done.count_ones() >= best.0 {
            best = (done.count_ones(), done, case.clone());
        }
        // Nothing comes after what was answered before it was called.
        let left = || history.iter().enumerate().filter(|(at, _)| done & (1 << at) == 0);
        let first_back = left().filter_map(|(_, one)| one.answer.as_ref().map(|(back, _)| *back)).min();
        for (at, one) in left() {
            if first_back.is_some_and(|back| one.call > back) {
                continue;
            }
            let after = case.step(&one.act, one.answer.as_ref().map(|(_, told)| told));
            // What nobody saw and changed nothing need not have happened.
            if let Some(after) = after.filter(|after| one.answer.is_some() || *after != case) {
                open.push((done | (1 << at), after));
            }
        }
    }
    let (_, done, case) = best;
    let left: Vec<String> = history
        .iter()
        .enumerate()
        .filter(|(at, _)| done & (1 << at) == 0)
        .map(|(_, one)| format!("{one:?}"))
        .collect();
    Err(format!(
        "no order explains what was told: at best\n  {case:?}\n is reached, and left are\n  {}",
        left.join("\n  ")
    ))
}
