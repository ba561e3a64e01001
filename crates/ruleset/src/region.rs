//! Sets of cases as boxes: for each axis the atoms that a condition lets pass. Whether two rules can speak about the same
//! case, and whether some rules leave another nothing to decide, is computed and not sampled.

use std::collections::BTreeMap;

use crate::grid::{Axis, Place};

/// Some atoms of an axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Atoms {
    words: Vec<u64>,
    count: usize,
}

impl Atoms {
    /// Those of `count` atoms that `wanted` picks.
    pub(crate) fn of(count: usize, wanted: impl Fn(usize) -> bool) -> Self {
        let mut words = vec![0_u64; count.div_ceil(64)];
        for atom in (0..count).filter(|atom| wanted(*atom)) {
            words[atom / 64] |= 1 << (atom % 64);
        }
        Self { words, count }
    }

    pub(crate) fn holds(&self, atom: usize) -> bool {
        self.words.get(atom / 64).is_some_and(|word| word >> (atom % 64) & 1 == 1)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    fn both(&self, other: &Self) -> Self {
        let words = self.words.iter().zip(&other.words).map(|(one, two)| one & two).collect();
        Self { words, count: self.count }
    }

    fn without(&self, other: &Self) -> Self {
        let words = self.words.iter().zip(&other.words).map(|(one, two)| one & !two).collect();
        Self { words, count: self.count }
    }

    fn outside(&self) -> Self {
        Self::of(self.count, |atom| !self.holds(atom))
    }
}

/// The cases that pass every condition; an axis that is not named lets all pass.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Region(BTreeMap<Axis, Atoms>);

impl Region {
    /// The same, with a condition more.
    pub(crate) fn narrow(&mut self, axis: Axis, atoms: Atoms) {
        let narrowed = match self.0.get(&axis) {
            Some(before) => before.both(&atoms),
            None => atoms,
        };
        self.0.insert(axis, narrowed);
    }

    /// The axis on which nothing can pass, if there is one.
    pub(crate) fn closed(&self) -> Option<Axis> {
        self.0.iter().find(|(_, atoms)| atoms.is_empty()).map(|(axis, _)| *axis)
    }

    /// Whether every case passes.
    pub(crate) fn is_whole(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it asks for the cause and for nothing else.
    pub(crate) fn is_of_causes(&self) -> bool {
        self.0.keys().eq([&Axis::Cause])
    }

    /// Whether an atom passes on its axis.
    pub(crate) fn lets(&self, axis: Axis, atom: usize) -> bool {
        self.0.get(&axis).is_none_or(|atoms| atoms.holds(atom))
    }

    /// Whether a case passes.
    pub(crate) fn holds(&self, place: &Place) -> bool {
        self.0.iter().all(|(axis, atoms)| atoms.holds(place.atom(*axis)))
    }

    /// Whether some case passes both.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.0.iter().all(|(axis, atoms)| other.0.get(axis).is_none_or(|there| !atoms.both(there).is_empty()))
    }

    /// The cases that pass here and not there, as boxes that do not overlap.
    pub(crate) fn without(&self, other: &Self) -> Vec<Self> {
        if !self.meets(other) {
            return vec![self.clone()];
        }
        let (mut pieces, mut rest) = (Vec::new(), self.clone());
        for (axis, there) in &other.0 {
            let beyond = match rest.0.get(axis) {
                Some(here) => here.without(there),
                None => there.outside(),
            };
            if !beyond.is_empty() {
                let mut piece = rest.clone();
                piece.0.insert(*axis, beyond);
                pieces.push(piece);
            }
            rest.narrow(*axis, there.clone());
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(conditions: &[(Axis, &[usize])]) -> Region {
        let mut region = Region::default();
        for (axis, atoms) in conditions {
            region.narrow(*axis, Atoms::of(4, |atom| atoms.contains(&atom)));
        }
        region
    }

    #[test]
    fn what_is_left_of_a_box_is_exactly_what_the_other_does_not_hold() {
        let one = of(&[(Axis::Town, &[0, 1, 2]), (Axis::Injury, &[0, 1])]);
        let two = of(&[(Axis::Injury, &[1, 2]), (Axis::Police, &[3])]);
        let left = one.without(&two);
        for town in 0..4 {
            for injury in 0..4 {
                for police in 0..4 {
                    let place = Place::default()
                        .with(Axis::Town, town)
                        .with(Axis::Injury, injury)
                        .with(Axis::Police, police);
                    let expected = one.holds(&place) && !two.holds(&place);
                    let held = left.iter().filter(|piece| piece.holds(&place)).count();
                    assert_eq!(held, usize::from(expected), "{town} {injury} {police}");
                }
            }
        }
        assert!(one.without(&Region::default()).is_empty(), "the whole leaves nothing");
        assert_eq!(one.without(&of(&[(Axis::Town, &[3])])), std::slice::from_ref(&one), "they do not meet");
        assert_eq!(of(&[(Axis::Town, &[])]).closed(), Some(Axis::Town));
    }
}
