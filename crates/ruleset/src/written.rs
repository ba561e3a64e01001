//! A rule set as it is written: TOML, one `[[rule]]` for each rule, so that a change can be read and argued about.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rulebook::studio::StudioKind;
use serde::Deserialize;

use crate::inputs::{Institution, Language, PriorBody};

/// The file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// The form of the file: 1.
    pub format: u32,
    /// Its name.
    pub id: String,
    /// Its version.
    pub version: String,
    /// The revision whose cause codes it uses.
    pub causes: String,
    /// What is weighed beside the rules.
    pub ranking: Ranking,
    /// The rules.
    #[serde(default, rename = "rule")]
    pub rules: Vec<WrittenRule>,
    /// How a case moves from one kind of studio to another.
    #[serde(default, rename = "move")]
    pub moves: Vec<Move>,
}

/// What a studio's day and the parties' wish do to the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ranking {
    /// A wish for a kind that the rules rank anyway.
    pub wish: Wish,
    /// A studio that is full, or where nobody is on duty.
    pub busy: Busy,
}

/// What a wish does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wish {
    /// The kind comes first.
    First,
    /// Nothing, unless a rule asks for it.
    Ignored,
}

/// What being full or off duty does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Busy {
    /// The studio comes behind all that are free.
    Behind,
    /// Nothing.
    Ignored,
}

/// One rule. All conditions that are there must hold.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenRule {
    /// Its stable name.
    pub id: String,
    /// The greater speaks first.
    pub priority: u32,
    /// Cause codes with all below them, ranges, groups: `108.3`, `95-97`, `P36-P59`.
    pub causes: Option<Vec<String>>,
    /// Labels of categories.
    pub categories: Option<Vec<String>>,
    /// Codes of towns.
    pub towns: Option<Vec<String>>,
    /// At least so many fen.
    pub amount_from: Option<i64>,
    /// Fewer than so many fen.
    pub amount_below: Option<i64>,
    /// From this day.
    pub from: Option<NaiveDate>,
    /// To this day.
    pub to: Option<NaiveDate>,
    /// What the parties are; each pattern must hold.
    pub parties: Option<Vec<Pattern>>,
    /// Somebody is hurt, or nobody.
    pub injury: Option<bool>,
    /// The police were called, or not.
    pub police: Option<bool>,
    /// A minor is concerned, or none.
    pub minors: Option<bool>,
    /// There was violence, or none.
    pub violence: Option<bool>,
    /// One of these takes part.
    pub institutions: Option<Vec<Institution>>,
    /// One of these is spoken.
    pub languages: Option<Vec<Language>>,
    /// One of these dealt with it.
    pub prior_bodies: Option<Vec<PriorBody>>,
    /// The parties wish for one of these.
    pub wishes: Option<Vec<StudioKind>>,
    /// The kind of studio to try first.
    pub first: Option<StudioKind>,
    /// The kind to try next.
    pub second: Option<StudioKind>,
    /// Instead of studios: the ground for which the case is none for a mediator.
    pub ground: Option<String>,
    /// Why, in Chinese.
    pub reason_zh: String,
    /// Why, in English.
    pub reason_en: String,
    /// Whether it was read in its source.
    pub verified: bool,
    /// Where it comes from.
    pub source: String,
}

/// What the parties of a case are, both sides or one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pattern {
    /// An organisation is a party.
    Organization,
    /// A person, and a trader or organisation.
    Mixed,
    /// Persons alone.
    Persons,
    /// An organisation asks.
    ClaimantOrganization,
    /// An organisation is asked.
    RespondentOrganization,
    /// A person asks.
    ClaimantPerson,
    /// A person is asked.
    RespondentPerson,
}

/// How a case moves between studios of two kinds, whatever state it is in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// From one of these.
    pub from: Vec<StudioKind>,
    /// To one of these.
    pub to: Vec<StudioKind>,
    /// In which state it goes on, for each state in which a studio can have it.
    pub states: BTreeMap<String, String>,
}
