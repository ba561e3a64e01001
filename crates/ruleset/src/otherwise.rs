//! The smallest change that would have sent a case elsewhere. It is found by deciding again, never by reading the rules, so
//! whatever it names does change the first choice.
//!
//! Atoms of an axis that are the same to every rule are tried once, by the member that is nearest to the case. One input is
//! tried before two, and two only among the cheapest. Among equally many the cheaper one comes first: what the window may simply
//! not have been told, then an amount within ten times, what the parties are, a cause of the same group, the category, the day
//! and the place, a studio's own day, the parties' wish, and last an amount of another order and a cause of another group, which
//! make another case of it; of one kind the nearest value.

use rulebook::studio::StudioKind;
use rulebook::{causes, towns};
use serde::{Deserialize, Serialize};

use crate::change::{Change, Input, kinds_text};
use crate::decide::{First, Goal};
use crate::grid::{Axis, Kinship, Place, SIDES, causes_apart, side};
use crate::inputs::{Inputs, Institution, Language, PriorBody, Studio};
use crate::set::RuleSet;

/// What would have to be otherwise, and where the case would then go first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Otherwise {
    /// One input or two.
    pub changes: Vec<Change>,
    /// Where it would go.
    pub first: First,
}

impl Otherwise {
    /// The case as it would be; nothing if the changes do not fit it.
    pub fn apply(&self, inputs: &Inputs) -> Option<Inputs> {
        self.changes.iter().try_fold(inputs.clone(), |told, change| change.apply(&told))
    }
}

/// Two changes are looked for among so many of the cheapest: each pair decides the case once more.
const PAIRED: usize = 120;
/// An amount so many times as large, or as small, is of another order.
const ORDER: i64 = 10;

/// How much of a case a change touches: first the kind of input, then how far it moves.
type Cost = (u8, u64);

/// A change that may be tried.
#[derive(Clone, Copy)]
struct Candidate {
    cost: Cost,
    told: Told,
}

/// What is told otherwise: an axis, or the day of the studio in this place of the list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Atom(Axis, usize),
    Load(usize, u32),
    Duty(usize),
}

impl Told {
    /// Whether both speak about the same input.
    fn same_input(self, other: Self) -> bool {
        match (self, other) {
            (Told::Atom(one, _), Told::Atom(two, _)) => one == two,
            (Told::Load(one, _), Told::Load(two, _)) | (Told::Duty(one), Told::Duty(two)) => one == two,
            _ => false,
        }
    }
}

impl RuleSet {
    pub(crate) fn otherwise(&self, inputs: &Inputs, goal: Goal<'_>) -> Option<Otherwise> {
        let place = self.grid.place(inputs);
        let candidates = self.candidates(inputs, &place);
        let found = |all: &[Candidate]| {
            let first = self.told(inputs, &place, all, goal)?;
            let changes = all.iter().filter_map(|one| self.change(one.told, inputs, &place)).collect();
            Some(Otherwise { changes, first })
        };
        if let Some(otherwise) = candidates.iter().find_map(|one| found(&[*one])) {
            return Some(otherwise);
        }
        let cheapest = &candidates[..candidates.len().min(PAIRED)];
        let mut pairs: Vec<(Cost, [Candidate; 2])> = Vec::new();
        for (at, one) in cheapest.iter().enumerate() {
            for two in cheapest[at + 1..].iter().filter(|two| !one.told.same_input(two.told)) {
                let cost = (one.cost.0 + two.cost.0, one.cost.1.saturating_add(two.cost.1));
                pairs.push((cost, [*one, *two]));
            }
        }
        pairs.sort_by_key(|(cost, _)| *cost);
        pairs.iter().find_map(|(_, pair)| found(pair))
    }

    /// Where the case would go if it were told so, if that is elsewhere.
    fn told(&self, inputs: &Inputs, place: &Place, all: &[Candidate], goal: Goal<'_>) -> Option<First> {
        let (mut place, mut wish, mut studios) = (place.clone(), inputs.wish, None::<Vec<Studio>>);
        for candidate in all {
            match candidate.told {
                Told::Atom(axis, atom) => {
                    place = place.with(axis, atom);
                    if axis == Axis::Wish {
                        wish = wished(atom);
                    }
                }
                Told::Load(at, load) => studios.get_or_insert_with(|| inputs.studios.clone())[at].load = load,
                Told::Duty(at) => {
                    let studios = studios.get_or_insert_with(|| inputs.studios.clone());
                    studios[at].on_duty = !studios[at].on_duty;
                }
            }
        }
        let there = self.goal(&place, wish, studios.as_ref().unwrap_or(&inputs.studios));
        (there != goal).then(|| there.first())
    }

    /// Single changes, the cheapest first.
    fn candidates(&self, inputs: &Inputs, place: &Place) -> Vec<Candidate> {
        let mut found = Vec::new();
        for axis in Axis::ALL {
            self.of_axis(axis, inputs, place, &mut found);
        }
        for (at, studio) in inputs.studios.iter().enumerate() {
            found.push(Candidate { cost: (7, 0), told: Told::Duty(at) });
            let room = studio.capacity.saturating_sub(1);
            let mut loads = vec![if studio.is_full() { room } else { studio.capacity }, 0];
            loads.dedup();
            for load in loads.into_iter().filter(|load| *load != studio.load) {
                let apart = u64::from(load.abs_diff(studio.load));
                found.push(Candidate { cost: (7, apart), told: Told::Load(at, load) });
            }
        }
        found.sort_by_key(|one| one.cost);
        found
    }

    /// For each class of atoms that the case is not in, its nearest member.
    fn of_axis(&self, axis: Axis, inputs: &Inputs, place: &Place, found: &mut Vec<Candidate>) {
        let classes = &self.classes[axis as usize];
        let here = place.atom(axis);
        let mut nearest: Vec<Option<Candidate>> = Vec::new();
        for (atom, class) in classes.iter().enumerate().filter(|(_, class)| **class != classes[here]) {
            let Some(cost) = self.cost(axis, here, atom, inputs) else { continue };
            let class = usize::from(*class);
            if nearest.len() <= class {
                nearest.resize(class + 1, None);
            }
            if nearest[class].is_none_or(|before| cost < before.cost) {
                nearest[class] = Some(Candidate { cost, told: Told::Atom(axis, atom) });
            }
        }
        found.extend(nearest.into_iter().flatten());
    }

    /// What it costs to tell an axis so; nothing if that would not be one input, or would forget what is known.
    fn cost(&self, axis: Axis, here: usize, atom: usize, inputs: &Inputs) -> Option<Cost> {
        Some(match axis {
            Axis::Injury
            | Axis::Police
            | Axis::Minors
            | Axis::Violence
            | Axis::Institution
            | Axis::Language
            | Axis::PriorBody => (1, 1),
            Axis::Amount => {
                let (there, now) = (self.amount(here, atom), inputs.amount_fen);
                let is_near = there.min(now).saturating_mul(ORDER) >= there.max(now);
                (if is_near { 2 } else { 9 }, there.abs_diff(now))
            }
            Axis::Parties => {
                let (one, two) = ((here / SIDES, here % SIDES), (atom / SIDES, atom % SIDES));
                let apart = u64::from((here ^ atom).count_ones());
                let is_one_side = (one.0 == two.0 && two.1 > 0) || (one.1 == two.1 && two.0 > 0);
                is_one_side.then_some((3, apart))?
            }
            Axis::Cause | Axis::Category | Axis::Town if atom == 0 => return None,
            Axis::Cause => match causes_apart(here, atom) {
                (Kinship::Siblings, steps) => (4, steps),
                (Kinship::OfOneGroup, steps) => (4, 1_000 + steps),
                (Kinship::Strangers, steps) => (10, steps),
            },
            Axis::Category => (5, 1),
            Axis::Date => (6, (self.date(here, atom)? - inputs.date).num_days().unsigned_abs()),
            Axis::Town => (6, 1),
            Axis::Wish => (8, 1),
        })
    }

    /// The nearest amount of another atom: upwards where it begins, downwards where it ends.
    fn amount(&self, here: usize, atom: usize) -> i64 {
        let cuts = &self.grid.amounts;
        if atom > here { cuts[atom - 1] } else { cuts[atom] - 1 }
    }

    /// The nearest day of another atom.
    fn date(&self, here: usize, atom: usize) -> Option<chrono::NaiveDate> {
        let cuts = &self.grid.dates;
        if atom > here { Some(cuts[atom - 1]) } else { cuts[atom].pred_opt() }
    }

    /// The change in words.
    fn change(&self, told: Told, inputs: &Inputs, place: &Place) -> Option<Change> {
        let change = |input: Input, from: &str, to: &str| Change {
            input,
            studio: String::new(),
            from: from.to_owned(),
            to: to.to_owned(),
        };
        let flag = |input, told: bool| change(input, &told.to_string(), &(!told).to_string());
        let (axis, atom) = match told {
            Told::Atom(axis, atom) => (axis, atom),
            Told::Load(at, load) => {
                let studio = &inputs.studios[at];
                let told = change(Input::Load, &studio.load.to_string(), &load.to_string());
                return Some(Change { studio: studio.id.clone(), ..told });
            }
            Told::Duty(at) => {
                let studio = &inputs.studios[at];
                return Some(Change { studio: studio.id.clone(), ..flag(Input::Duty, studio.on_duty) });
            }
        };
        let here = place.atom(axis);
        Some(match axis {
            Axis::Cause => {
                change(Input::Cause, &inputs.cause, &causes::all().get(atom.checked_sub(1)?)?.code)
            }
            Axis::Category => {
                let label = atom.checked_sub(1).and_then(|at| causes::categories().get(at));
                change(Input::Category, &inputs.category, label.map_or("", |one| &one.label))
            }
            Axis::Town => change(Input::Town, &inputs.town, &towns::all().get(atom.checked_sub(1)?)?.code),
            Axis::Amount => {
                let to = self.amount(here, atom).to_string();
                change(Input::Amount, &inputs.amount_fen.to_string(), &to)
            }
            Axis::Date => change(Input::Date, &inputs.date.to_string(), &self.date(here, atom)?.to_string()),
            Axis::Parties if atom / SIDES == here / SIDES => {
                let from = side(&inputs.respondents);
                change(Input::Respondents, &kinds_text(from), &kinds_text(atom % SIDES))
            }
            Axis::Parties => {
                let from = side(&inputs.claimants);
                change(Input::Claimants, &kinds_text(from), &kinds_text(atom / SIDES))
            }
            Axis::Injury => flag(Input::Injury, inputs.injury),
            Axis::Police => flag(Input::Police, inputs.police),
            Axis::Minors => flag(Input::Minors, inputs.minors),
            Axis::Violence => flag(Input::Violence, inputs.violence),
            Axis::Institution => {
                change(Input::Institution, inputs.institution.code(), Institution::ALL[atom].code())
            }
            Axis::Language => change(Input::Language, inputs.language.code(), Language::ALL[atom].code()),
            Axis::PriorBody => {
                change(Input::PriorBody, inputs.prior_body.code(), PriorBody::ALL[atom].code())
            }
            Axis::Wish => {
                let code = |wish: Option<StudioKind>| wish.map_or("", StudioKind::code);
                change(Input::Wish, code(inputs.wish), code(wished(atom)))
            }
        })
    }
}

/// The wish of an atom.
fn wished(atom: usize) -> Option<StudioKind> {
    atom.checked_sub(1).and_then(|at| StudioKind::ALL.get(at)).copied()
}
