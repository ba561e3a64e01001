//! Sets of causes, as the tables write them: `108.3`, `95-97`, `P36-P59`.

use super::Cause;
use std::str::FromStr;

/// Third-level ordinal and fourth-level item, which is 0 for the third level itself.
type Ordinal = (u16, u16);

/// A set of causes, as written in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Causes {
    /// Second-level groups, both ends included, with all below them.
    Groups(u16, u16),
    /// Causes from one ordinal to another, with all below them.
    Span(Ordinal, Ordinal),
}

impl Causes {
    /// Whether a cause is in the set.
    pub fn holds(&self, cause: &Cause) -> bool {
        match self {
            Causes::Groups(first, last) => group(&cause.group).is_some_and(|g| (*first..=*last).contains(&g)),
            Causes::Span(first, last) => ordinal(&cause.code).is_some_and(|o| (*first..=*last).contains(&o)),
        }
    }
}

impl FromStr for Causes {
    type Err = String;
    fn from_str(word: &str) -> Result<Self, String> {
        let (first, last) = word.split_once('-').unwrap_or((word, word));
        let groups = group(first).zip(group(last)).map(|(first, last)| Causes::Groups(first, last));
        let span = || {
            let ends = ordinal(first).zip(ordinal(last));
            // A whole ordinal reaches over all its items; `108.1` is itself alone.
            ends.map(|(first, last)| Causes::Span(first, if last.1 == 0 { (last.0, u16::MAX) } else { last }))
        };
        groups.or_else(span).ok_or_else(|| format!("`{word}` names no causes"))
    }
}

fn group(code: &str) -> Option<u16> {
    code.strip_prefix('P')?.parse().ok()
}

fn ordinal(code: &str) -> Option<Ordinal> {
    let (third, fourth) = code.split_once('.').unwrap_or((code, "0"));
    Some((third.parse().ok()?, fourth.parse().ok()?))
}
