//! A rule set that was read and checked.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use rulebook::studio::StudioKind;
use rulebook::{causes, towns};
use sha2::{Digest as _, Sha256};

use crate::check;
use crate::fault::Fault;
use crate::grid::{Axis, Grid};
use crate::region::Region;
use crate::written::{Move, Ranking, Wish, Written, WrittenRule};

/// The only form of a file so far.
const FORMAT: u32 = 1;
/// The longest text.
pub const LONGEST: usize = 256 * 1024;

/// What a rule says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Two kinds of studio.
    Studios {
        /// The one to try first.
        first: StudioKind,
        /// The one to try next.
        second: StudioKind,
    },
    /// The case is none for a mediator, for this ground of refusal.
    Ground(String),
}

/// A rule, and the cases that it speaks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// As it was written.
    pub written: WrittenRule,
    /// What it says.
    pub answer: Answer,
    pub(crate) region: Region,
}

/// A set that was read and checked: the rules, the greatest priority first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    /// Its name.
    pub id: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of the text, in hexadecimal digits.
    pub digest: String,
    /// The text.
    pub text: String,
    /// What is weighed beside the rules.
    pub ranking: Ranking,
    /// The rules.
    pub rules: Vec<Rule>,
    /// How cases move.
    pub moves: Vec<Move>,
    pub(crate) grid: Grid,
    /// For each axis, for each atom: which atoms are the same to every rule.
    pub(crate) classes: Vec<Vec<u16>>,
}

impl Rule {
    /// Whether it names this kind of studio.
    fn names(&self, kind: StudioKind) -> bool {
        matches!(self.answer, Answer::Studios { first, second } if first == kind || second == kind)
    }
}

impl RuleSet {
    /// Reads and checks a set, or tells everything that is wrong with it.
    pub fn read(text: &str) -> Result<Self, Vec<Fault>> {
        if text.len() > LONGEST {
            return Err(vec![Fault::TooLarge(format!("{} bytes of {LONGEST}", text.len()))]);
        }
        let written: Written =
            toml::from_str(text).map_err(|error| vec![Fault::Unreadable(place(text, &error))])?;
        if written.format != FORMAT {
            return Err(vec![Fault::Foreign(format!("format {}", written.format))]);
        }
        if written.causes != causes::REVISION {
            return Err(vec![Fault::Foreign(format!("revision {} of the causes", written.causes))]);
        }
        let mut faults: Vec<Fault> = written.rules.iter().flat_map(check::unfit).collect();
        faults.extend(check::unfit_head(&written));
        if !faults.is_empty() {
            return Err(faults);
        }
        let grid = cuts(&written.rules);
        let mut rules: Vec<Rule> =
            written.rules.into_iter().filter_map(|rule| compile(rule, &grid, &mut faults)).collect();
        rules.sort_by_key(|rule| Reverse(rule.written.priority));
        if faults.is_empty() {
            check::whole(&rules, &written.moves, &grid, &mut faults);
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let classes =
            Axis::ALL.into_iter().map(|axis| classes(axis, &rules, &grid, written.ranking)).collect();
        Ok(Self {
            id: written.id,
            version: written.version,
            digest: digest(text),
            text: text.to_owned(),
            ranking: written.ranking,
            rules,
            moves: written.moves,
            grid,
            classes,
        })
    }

    /// The rule of this name.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.written.id == id)
    }

    /// Why a rule proposes a kind of studio, in Chinese and in English; a court is named by the town.
    pub fn reason(&self, rule: &str, kind: StudioKind, town: &str) -> (String, String) {
        let Some(rule) = self.rule(rule) else { return (String::new(), String::new()) };
        if !rule.names(kind) {
            return (
                "本中心没有规则所指类型的工作室，由现有工作室处理。".to_owned(),
                "This centre has no studio of the kinds that the rules name, so any of its studios may take it.".to_owned(),
            );
        }
        let (zh, en) = (&rule.written.reason_zh, &rule.written.reason_en);
        let court = if kind == StudioKind::Court { towns::court_of(town) } else { None };
        match court {
            None => (zh.clone(), en.clone()),
            Some(court) => (
                format!("{zh}该镇街属于{}辖区。", court.name),
                format!("{en} The town belongs to {}.", court.name),
            ),
        }
    }
}

/// What the reader says, and in which line. Never the line itself: it may be a file of another kind, with somebody's words.
fn place(text: &str, error: &toml::de::Error) -> String {
    let line = |at: usize| text.get(..at).map_or(0, |before| before.matches('\n').count()) + 1;
    let at = error.span().map(|span| format!("line {}: ", line(span.start))).unwrap_or_default();
    let said: String = error.message().chars().take(160).collect();
    format!("{at}{said}")
}

/// SHA-256 of a text.
pub fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Where amounts and days are cut.
fn cuts(rules: &[WrittenRule]) -> Grid {
    let amounts = rules.iter().flat_map(|rule| rule.amount_from.into_iter().chain(rule.amount_below));
    let after = |rule: &WrittenRule| rule.to.and_then(|day| day.succ_opt());
    let dates = rules.iter().flat_map(|rule| rule.from.into_iter().chain(after(rule)));
    Grid::of(amounts.collect(), dates.collect::<BTreeSet<_>>())
}

fn compile(written: WrittenRule, grid: &Grid, faults: &mut Vec<Fault>) -> Option<Rule> {
    let answer = match (written.first, written.second, &written.ground) {
        (Some(first), Some(second), None) if first != second => Answer::Studios { first, second },
        (None, None, Some(ground)) => {
            if rulebook::grounds::refuse(ground).is_none() {
                let what = format!("ground of refusal {ground}");
                faults.push(Fault::Unknown { rule: written.id, what });
                return None;
            }
            Answer::Ground(ground.clone())
        }
        _ => {
            faults.push(Fault::Answerless(written.id));
            return None;
        }
    };
    let region = check::region(&written, grid, faults)?;
    Some(Rule { written, answer, region })
}

/// Numbers the atoms of an axis so that those with one number are the same to every rule.
fn classes(axis: Axis, rules: &[Rule], grid: &Grid, ranking: Ranking) -> Vec<u16> {
    let own = axis == Axis::Wish && ranking.wish == Wish::First;
    let mut known: Vec<Vec<bool>> = Vec::new();
    let class = |atom: usize| {
        if own {
            return atom as u16;
        }
        let says: Vec<bool> = rules.iter().map(|rule| rule.region.lets(axis, atom)).collect();
        let at = known.iter().position(|one| *one == says).unwrap_or_else(|| {
            known.push(says);
            known.len() - 1
        });
        at as u16
    };
    (0..grid.atoms(axis)).map(class).collect()
}
