//! The default proposal of where a case should go.
//!
//! An ordered table of rules: those of the situation and the cause speak first, those of the category next, and
//! the last rule always speaks, so there is always an answer. It is a proposal with a reason, which a clerk
//! confirms or overrides; nobody is sent anywhere by this alone.

use crate::causes::{self, Causes};
use crate::studio::StudioKind;
use crate::{table, towns};
use lexicon::PartyKind;
use serde::Deserialize;
use std::sync::LazyLock;

/// What is known of a case. Everything may be unknown; no personal value is needed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Inputs<'a> {
    /// The code of the cause.
    pub cause: Option<&'a str>,
    /// The label of the category.
    pub category: Option<&'a str>,
    /// The code of the town.
    pub town: Option<&'a str>,
    /// The amount in dispute.
    pub amount_fen: Option<i64>,
    /// What the parties are, both sides together.
    pub parties: &'a [PartyKind],
    /// Whether somebody is hurt.
    pub injury: bool,
    /// Whether the police were called.
    pub police_involved: bool,
}

/// A studio kind, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Where to.
    pub studio_kind: StudioKind,
    /// The rule that says so.
    pub rule_id: &'static str,
    /// Why, in English.
    pub reason_en: String,
    /// Why, in Chinese.
    pub reason_zh: String,
}

/// One rule of the table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Rule {
    /// Stable name of the rule.
    pub id: String,
    /// The causes it is about.
    #[serde(deserialize_with = "table::parsed_words")]
    pub causes: Vec<Causes>,
    /// The categories it is about.
    #[serde(deserialize_with = "table::words")]
    pub categories: Vec<String>,
    /// What else must hold.
    #[serde(deserialize_with = "table::parsed_words")]
    pub needs: Vec<Need>,
    /// The studio kind to try first.
    pub first: StudioKind,
    /// The studio kind to try next.
    pub second: StudioKind,
    /// Why, in English.
    pub reason_en: String,
    /// Why, in Chinese.
    pub reason_zh: String,
    /// Whether the row was read in its source.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    /// Where the row comes from.
    pub source: String,
}

/// A fact a rule needs beside cause and category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing: the last rule.
    Always,
    /// The police were called.
    Police,
    /// Somebody is hurt.
    Injury,
    /// An organisation is a party.
    Organization,
    /// A natural person and a trader or organisation are parties.
    Mixed,
    /// At least this many fen are in dispute.
    Amount(i64),
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| table::rows("routes.csv"));

/// All rules, in their order.
pub fn rules() -> &'static [Rule] {
    &RULES
}

/// Where the case should go, best first, each studio kind once, never empty.
pub fn propose(inputs: &Inputs<'_>) -> Vec<Proposal> {
    let cause = inputs.cause.and_then(causes::by_code);
    let met = |rule: &&Rule| rule.needs.iter().all(|need| need.is_met(inputs));
    let by_cause = RULES.iter().filter(met).filter(|rule| match cause {
        Some(cause) => rule.is_of_situation() || rule.causes.iter().any(|set| set.holds(cause)),
        None => rule.is_of_situation(),
    });
    let by_category = RULES.iter().filter(met).filter(|rule| {
        inputs.category.is_some_and(|category| rule.categories.iter().any(|label| label == category))
    });
    let last = RULES.iter().filter(|rule| rule.is_last());
    let mut ranked = Vec::new();
    for rule in by_cause.chain(by_category).chain(last) {
        for kind in [rule.first, rule.second] {
            if ranked.iter().all(|known: &Proposal| known.studio_kind != kind) {
                ranked.push(rule.proposal(kind, inputs.town));
            }
        }
    }
    ranked
}

impl Rule {
    /// Speaks on its needs alone, whatever the case is about.
    fn is_of_situation(&self) -> bool {
        self.causes.is_empty() && self.categories.is_empty() && !self.is_last()
    }

    fn is_last(&self) -> bool {
        self.needs.contains(&Need::Always)
    }

    fn proposal(&'static self, studio_kind: StudioKind, town: Option<&str>) -> Proposal {
        let court = town.filter(|_| studio_kind == StudioKind::Court).and_then(towns::court_of);
        let (reason_en, reason_zh) = match court {
            None => (self.reason_en.clone(), self.reason_zh.clone()),
            Some(court) => (
                format!("{} The town belongs to {}.", self.reason_en, court.name),
                format!("{}该镇街属于{}辖区。", self.reason_zh, court.name),
            ),
        };
        Proposal { studio_kind, rule_id: &self.id, reason_en, reason_zh }
    }
}

impl Need {
    fn is_met(self, inputs: &Inputs<'_>) -> bool {
        let is_person = |kind: &PartyKind| *kind == PartyKind::Person;
        match self {
            Need::Always => true,
            Need::Police => inputs.police_involved,
            Need::Injury => inputs.injury,
            Need::Organization => inputs.parties.contains(&PartyKind::Organization),
            Need::Mixed => inputs.parties.iter().any(is_person) && !inputs.parties.iter().all(is_person),
            Need::Amount(least) => inputs.amount_fen.is_some_and(|amount| amount >= least),
        }
    }
}

impl std::str::FromStr for Need {
    type Err = String;
    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "always" => Ok(Need::Always),
            "police" => Ok(Need::Police),
            "injury" => Ok(Need::Injury),
            "organization" => Ok(Need::Organization),
            "mixed" => Ok(Need::Mixed),
            other => {
                let least = other.strip_prefix("amount>=").and_then(|fen| fen.parse().ok());
                least.map(Need::Amount).ok_or_else(|| format!("`{other}` is no need"))
            }
        }
    }
}
