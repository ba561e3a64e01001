//! The axes of a case, each cut into atoms: all values of an atom are the same to every rule of a set. Codes are atoms of
//! their own; amounts and days are cut where a rule of the set begins or ends.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use chrono::NaiveDate;
use lexicon::PartyKind;
use rulebook::studio::StudioKind;
use rulebook::{causes, towns};

use crate::inputs::{Inputs, Institution, Language, PriorBody};

/// One thing that rules ask about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Axis {
    Cause,
    Category,
    Town,
    Amount,
    Date,
    Parties,
    Injury,
    Police,
    Minors,
    Violence,
    Institution,
    Language,
    PriorBody,
    Wish,
}

impl Axis {
    pub(crate) const ALL: [Axis; 14] = [
        Axis::Cause,
        Axis::Category,
        Axis::Town,
        Axis::Amount,
        Axis::Date,
        Axis::Parties,
        Axis::Injury,
        Axis::Police,
        Axis::Minors,
        Axis::Violence,
        Axis::Institution,
        Axis::Language,
        Axis::PriorBody,
        Axis::Wish,
    ];

    /// Its key in a file.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Axis::Cause => "causes",
            Axis::Category => "categories",
            Axis::Town => "towns",
            Axis::Amount => "amount_from, amount_below",
            Axis::Date => "from, to",
            Axis::Parties => "parties",
            Axis::Injury => "injury",
            Axis::Police => "police",
            Axis::Minors => "minors",
            Axis::Violence => "violence",
            Axis::Institution => "institutions",
            Axis::Language => "languages",
            Axis::PriorBody => "prior_bodies",
            Axis::Wish => "wishes",
        }
    }
}

/// Where a case lies: its atom on each axis.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Place([u16; Axis::ALL.len()]);

impl Place {
    pub(crate) fn atom(&self, axis: Axis) -> usize {
        usize::from(self.0[axis as usize])
    }

    #[must_use]
    pub(crate) fn with(mut self, axis: Axis, atom: usize) -> Self {
        self.0[axis as usize] = atom as u16;
        self
    }
}

/// Where each code stands, counted from one: nought is what is not known.
static CAUSES: LazyLock<HashMap<&'static str, usize>> = LazyLock::new(|| {
    causes::all().iter().enumerate().map(|(at, cause)| (cause.code.as_str(), at + 1)).collect()
});

/// The cuts of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grid {
    /// The first amounts of the second and the later atoms.
    pub(crate) amounts: Vec<i64>,
    /// The first days of the second and the later atoms.
    pub(crate) dates: Vec<NaiveDate>,
}

impl Grid {
    pub(crate) fn of(amounts: BTreeSet<i64>, dates: BTreeSet<NaiveDate>) -> Self {
        Self { amounts: amounts.into_iter().collect(), dates: dates.into_iter().collect() }
    }

    /// How many atoms an axis has.
    pub(crate) fn atoms(&self, axis: Axis) -> usize {
        match axis {
            Axis::Cause => causes::all().len() + 1,
            Axis::Category => causes::categories().len() + 1,
            Axis::Town => towns::all().len() + 1,
            Axis::Amount => self.amounts.len() + 1,
            Axis::Date => self.dates.len() + 1,
            Axis::Parties => SIDES * SIDES,
            Axis::Injury | Axis::Police | Axis::Minors | Axis::Violence => 2,
            Axis::Institution => Institution::ALL.len(),
            Axis::Language => Language::ALL.len(),
            Axis::PriorBody => PriorBody::ALL.len(),
            Axis::Wish => StudioKind::ALL.len() + 1,
        }
    }

    /// Where a case lies.
    pub(crate) fn place(&self, inputs: &Inputs) -> Place {
        let place = Place::default();
        Axis::ALL.into_iter().fold(place, |place, axis| place.with(axis, self.atom(axis, inputs)))
    }

    fn atom(&self, axis: Axis, inputs: &Inputs) -> usize {
        match axis {
            Axis::Cause => CAUSES.get(inputs.cause.as_str()).copied().unwrap_or(0),
            Axis::Category => {
                let labels = causes::categories().iter().map(|category| category.label.as_str());
                counted(labels, inputs.category.as_str())
            }
            Axis::Town => counted(towns::all().iter().map(|town| town.code.as_str()), inputs.town.as_str()),
            Axis::Amount => self.amounts.partition_point(|cut| *cut <= inputs.amount_fen),
            Axis::Date => self.dates.partition_point(|cut| *cut <= inputs.date),
            Axis::Parties => side(&inputs.claimants) * SIDES + side(&inputs.respondents),
            Axis::Injury => usize::from(inputs.injury),
            Axis::Police => usize::from(inputs.police),
            Axis::Minors => usize::from(inputs.minors),
            Axis::Violence => usize::from(inputs.violence),
            Axis::Institution => inputs.institution as usize,
            Axis::Language => inputs.language as usize,
            Axis::PriorBody => inputs.prior_body as usize,
            Axis::Wish => inputs.wish.map_or(0, |kind| kind as usize + 1),
        }
    }
}

fn counted<'a>(mut known: impl Iterator<Item = &'a str>, code: &str) -> usize {
    known.position(|one| one == code).map_or(0, |at| at + 1)
}

/// How many sets of party kinds there are.
pub(crate) const SIDES: usize = 1 << PartyKind::ALL.len();

/// A side's kinds as a number.
pub(crate) fn side(kinds: &BTreeSet<PartyKind>) -> usize {
    kinds.iter().fold(0, |sum, kind| sum | 1 << *kind as usize)
}

/// The kinds of a number.
pub(crate) fn kinds(side: usize) -> BTreeSet<PartyKind> {
    PartyKind::ALL.iter().copied().filter(|kind| side >> *kind as usize & 1 == 1).collect()
}

/// How near two causes are: below one third-level cause, in one group, or in none; and how far apart in the list.
pub(crate) fn causes_apart(one: usize, two: usize) -> (Kinship, u64) {
    let steps = one.abs_diff(two) as u64;
    let cause = |atom: usize| atom.checked_sub(1).and_then(|at| causes::all().get(at));
    let kinship = match (cause(one), cause(two)) {
        (Some(one), Some(two)) if third(&one.code) == third(&two.code) => Kinship::Siblings,
        (Some(one), Some(two)) if one.group == two.group => Kinship::OfOneGroup,
        _ => Kinship::Strangers,
    };
    (kinship, steps)
}

/// How two causes are related.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kinship {
    Siblings,
    OfOneGroup,
    Strangers,
}

fn third(code: &str) -> &str {
    code.split_once('.').map_or(code, |(third, _)| third)
}
