//! Random cases, the same for the same seed.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeSet;

use chrono::Days;
use lexicon::PartyKind;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng, SeedableRng};
use rulebook::studio::StudioKind;
use rulebook::{causes, towns};
use ruleset::{Inputs, Institution, Language, PriorBody, Studio};

use crate::cases::{day, hall};

/// So many: every input varies, some studios are full, off duty, or two of a kind.
pub fn random(seed: u64, count: usize) -> Vec<Inputs> {
    let mut dice = StdRng::seed_from_u64(seed);
    (0..count).map(|_| one(&mut dice)).collect()
}

fn one(dice: &mut StdRng) -> Inputs {
    let mut studios = hall();
    if dice.random_bool(0.3) {
        let second = Studio { id: "studio-second".to_owned(), ..studios.choose(dice).unwrap().clone() };
        studios.push(second);
    }
    for studio in &mut studios {
        studio.load = dice.random_range(0..33);
        studio.on_duty = dice.random_bool(0.95);
    }
    let side = |dice: &mut StdRng| -> BTreeSet<PartyKind> {
        PartyKind::ALL.iter().copied().filter(|_| dice.random_bool(0.4)).collect()
    };
    let amount = [0, 500_000, 2_000_000, 300_000_000, 49_999_999_999, 50_000_000_000, 80_000_000_000];
    Inputs {
        date: day() + Days::new(dice.random_range(0..400)),
        cause: if dice.random_bool(0.85) {
            causes::all().choose(dice).unwrap().code.clone()
        } else {
            String::new()
        },
        category: if dice.random_bool(0.5) {
            causes::categories().choose(dice).unwrap().label.clone()
        } else {
            String::new()
        },
        town: if dice.random_bool(0.8) {
            towns::all().choose(dice).unwrap().code.clone()
        } else {
            String::new()
        },
        amount_fen: *amount.choose(dice).unwrap(),
        claimants: side(dice),
        respondents: side(dice),
        injury: dice.random_bool(0.2),
        police: dice.random_bool(0.2),
        minors: dice.random_bool(0.1),
        violence: dice.random_bool(0.1),
        institution: *Institution::ALL.choose(dice).unwrap(),
        language: *Language::ALL.choose(dice).unwrap(),
        prior_body: *PriorBody::ALL.choose(dice).unwrap(),
        wish: if dice.random_bool(0.2) { StudioKind::ALL.choose(dice).copied() } else { None },
        studios,
    }
}
