//! A decision: the rules that fire, the greatest priority first, and the studios that they rank.

use rulebook::studio::StudioKind;
use serde::{Deserialize, Serialize};

use crate::grid::Place;
use crate::inputs::{Inputs, Studio};
use crate::otherwise::Otherwise;
use crate::set::{Answer, Rule, RuleSet};
use crate::written::{Busy, Wish};

/// A studio, and the rule that proposes its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ranked {
    /// The studio.
    pub studio: String,
    /// Its kind.
    pub kind: StudioKind,
    /// The rule.
    pub rule: String,
}

/// Where a case should go first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum First {
    /// To this studio.
    Studio(String),
    /// To no mediator, for this ground of refusal.
    Ground(String),
    /// Nowhere: there is no studio at all.
    Nowhere,
}

/// What a set says of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The rules that fired, the greatest priority first.
    pub fired: Vec<String>,
    /// Where it should go first.
    pub first: First,
    /// The studios, best first; none where the case is none for a mediator.
    pub ranked: Vec<Ranked>,
    /// The smallest change that would have sent it elsewhere; nothing where no change can.
    pub otherwise: Option<Otherwise>,
}

impl Decision {
    /// The bytes that are kept of it: the same decision is always the same bytes.
    pub fn bytes(&self) -> Vec<u8> {
        // Names and codes: there is nothing in it that JSON cannot hold.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// What was kept, or nothing if it is no decision.
    pub fn kept(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// The rule that decides.
    pub fn rule(&self) -> &str {
        match (&self.first, self.ranked.first()) {
            (First::Studio(_), Some(best)) => &best.rule,
            _ => self.fired.first().map_or("", String::as_str),
        }
    }
}

/// The first choice, borrowed: what is compared many times over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal<'a> {
    Studio(&'a str),
    Ground(&'a str),
    Nowhere,
}

impl Goal<'_> {
    pub(crate) fn first(self) -> First {
        match self {
            Goal::Studio(id) => First::Studio(id.to_owned()),
            Goal::Ground(code) => First::Ground(code.to_owned()),
            Goal::Nowhere => First::Nowhere,
        }
    }
}

impl RuleSet {
    /// Decides, and finds what would have decided otherwise.
    pub fn decide(&self, inputs: &Inputs) -> Decision {
        let fired = self.fired(&self.grid.place(inputs));
        let (goal, ranked) = self.ranking(&fired, inputs.wish, &inputs.studios);
        Decision {
            fired: fired.iter().map(|rule| rule.written.id.clone()).collect(),
            first: goal.first(),
            ranked: ranked.iter().map(Best::told).collect(),
            otherwise: self.otherwise(inputs, goal),
        }
    }

    /// Where a case should go first, and the rule that says so: what a rehearsal over many cases needs.
    pub fn first(&self, inputs: &Inputs) -> (First, String) {
        let fired = self.fired(&self.grid.place(inputs));
        let (goal, ranked) = self.ranking(&fired, inputs.wish, &inputs.studios);
        let rule = match (goal, ranked.first(), fired.first()) {
            (Goal::Studio(_), Some(best), _) => best.rule,
            (_, _, Some(rule)) => *rule,
            _ => return (goal.first(), String::new()),
        };
        (goal.first(), rule.written.id.clone())
    }

    /// The first choice for a case that lies here.
    pub(crate) fn goal<'a>(
        &'a self,
        place: &Place,
        wish: Option<StudioKind>,
        studios: &'a [Studio],
    ) -> Goal<'a> {
        self.ranking(&self.fired(place), wish, studios).0
    }

    fn fired(&self, place: &Place) -> Vec<&Rule> {
        self.rules.iter().filter(|rule| rule.region.holds(place)).collect()
    }

    fn ranking<'a>(
        &self,
        fired: &[&'a Rule],
        wish: Option<StudioKind>,
        studios: &'a [Studio],
    ) -> (Goal<'a>, Vec<Best<'a>>) {
        if let Some(Rule { answer: Answer::Ground(ground), .. }) = fired.first() {
            return (Goal::Ground(ground), Vec::new());
        }
        let mut kinds: Vec<(StudioKind, &Rule)> = Vec::new();
        for rule in fired {
            let Answer::Studios { first, second } = rule.answer else { continue };
            for kind in [first, second] {
                if kinds.iter().all(|(known, _)| *known != kind) {
                    kinds.push((kind, rule));
                }
            }
        }
        if let (Wish::First, Some(wish)) = (self.ranking.wish, wish) {
            kinds.sort_by_key(|(kind, _)| *kind != wish);
        }
        let mut ranked: Vec<Best<'_>> = kinds
            .iter()
            .flat_map(|(kind, rule)| of_kind(studios, |studio| studio.kind == *kind, rule))
            .collect();
        // A hall that has none of these kinds still has studios: each is as good as another.
        if let (true, Some(last)) = (ranked.is_empty(), fired.last()) {
            ranked = of_kind(studios, |_| true, last);
        }
        if self.ranking.busy == Busy::Behind {
            ranked.sort_by_key(|best| !best.studio.is_free());
        }
        let goal = ranked.first().map_or(Goal::Nowhere, |best| Goal::Studio(&best.studio.id));
        (goal, ranked)
    }

    /// Whether a studio is as good a first choice as the first: of its kind by the same rule, and as free.
    pub fn is_equal_first(&self, inputs: &Inputs, decision: &Decision, studio: &str) -> bool {
        let free = |id: &str| inputs.studios.iter().find(|one| one.id == id).is_some_and(Studio::is_free);
        let (Some(best), First::Studio(first)) = (decision.ranked.first(), &decision.first) else {
            return false;
        };
        let same = |one: &Ranked| one.studio == studio && one.kind == best.kind && one.rule == best.rule;
        first == studio || decision.ranked.iter().any(|one| same(one) && free(studio) == free(first))
    }
}

/// A studio in the ranking.
struct Best<'a> {
    studio: &'a Studio,
    rule: &'a Rule,
}

impl Best<'_> {
    fn told(&self) -> Ranked {
        Ranked { studio: self.studio.id.clone(), kind: self.studio.kind, rule: self.rule.written.id.clone() }
    }
}

/// The studios of a kind: those that are free first, then the least loaded, then by name.
fn of_kind<'a>(studios: &'a [Studio], wanted: impl Fn(&Studio) -> bool, rule: &'a Rule) -> Vec<Best<'a>> {
    let mut found: Vec<&Studio> = studios.iter().filter(|studio| wanted(studio)).collect();
    found.sort_by_key(|studio| (!studio.is_free(), studio.tenths(), studio.id.as_str()));
    found.into_iter().map(|studio| Best { studio, rule }).collect()
}
