//! Why a case is refused or returned (R01…), and why a mediation fails (F01…).

use crate::table;
use serde::Deserialize;
use std::sync::LazyLock;

/// Which of the two lists a ground belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GroundKind {
    /// Refused or returned; the redirect says where to go instead.
    Refuse,
    /// Failed.
    Fail,
}

/// A ground with its words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Ground {
    /// Its list.
    pub kind: GroundKind,
    /// `R06`, `F04`, …
    pub code: String,
    /// For the party, in Chinese.
    pub chinese: String,
    /// For the party, in English.
    pub english: String,
    /// Where to go instead, in Chinese; empty for failures.
    pub redirect_zh: String,
    /// Where to go instead, in English; empty for failures.
    pub redirect_en: String,
    /// Whether the row was read in its source.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    /// Where the row comes from.
    pub source: String,
}

impl Ground {
    /// Whether the person deciding must add words of their own.
    pub fn needs_words(&self) -> bool {
        self.code == "F99"
    }
}

static GROUNDS: LazyLock<Vec<Ground>> = LazyLock::new(|| table::rows("grounds.csv"));

/// All grounds of both lists.
pub fn all() -> &'static [Ground] {
    &GROUNDS
}

/// The ground of refusal or return of this code.
pub fn refuse(code: &str) -> Option<&'static Ground> {
    of(GroundKind::Refuse, code)
}

/// The ground of failure of this code.
pub fn fail(code: &str) -> Option<&'static Ground> {
    of(GroundKind::Fail, code)
}

fn of(kind: GroundKind, code: &str) -> Option<&'static Ground> {
    GROUNDS.iter().find(|ground| ground.kind == kind && ground.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::assert_cited;

    #[test]
    fn both_lists_are_whole_and_cited() {
        for ground in all() {
            assert_cited(&ground.code, &ground.source);
            assert!(ground.english.is_ascii() && !ground.chinese.is_ascii(), "{}", ground.code);
            let redirected = !ground.redirect_en.is_empty() && !ground.redirect_zh.is_empty();
            assert_eq!(redirected, ground.kind == GroundKind::Refuse, "{}", ground.code);
        }
        let codes =
            |kind| all().iter().filter(move |g| g.kind == kind).map(|g| g.code.clone()).collect::<Vec<_>>();
        assert_eq!(codes(GroundKind::Refuse), (1..=14).map(|n| format!("R{n:02}")).collect::<Vec<_>>());
        let fails = (1..=12).chain([99]).map(|n| format!("F{n:02}")).collect::<Vec<_>>();
        assert_eq!(codes(GroundKind::Fail), fails);
    }

    #[test]
    fn a_code_is_found_only_in_its_own_list() {
        assert_eq!(refuse("R06").unwrap().redirect_zh, "移交公安机关");
        assert_eq!(fail("F04").unwrap().kind, GroundKind::Fail);
        assert!(fail("F99").unwrap().needs_words() && !fail("F01").unwrap().needs_words());
        assert_eq!((refuse("F04"), fail("R06"), refuse("R15")), (None, None, None));
    }
}
