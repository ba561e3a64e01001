//! Causes of action (案由), and the 17 categories a person's words are sorted into.
//!
//! The numbers moved with every revision, so a cause is stored as its code **and** [`REVISION`].

mod set;

pub use set::Causes;

use crate::table;
use crate::unlawful::Unlawful;
use crate::validity::{self, Dated};
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The revision these codes belong to.
pub const REVISION: &str = "2025";

/// From when this revision is in force: 1 January 2026.
pub const VALID_FROM: NaiveDate = match NaiveDate::from_ymd_opt(2026, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// One cause of action.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Cause {
    /// `P9` on the second level, `40` on the third, `108.3` on the fourth.
    pub code: String,
    /// 2, 3 or 4.
    pub level: u8,
    /// The official name.
    pub name: String,
    /// The code one level up; empty on the second level.
    pub parent: String,
    /// The code of its second-level group.
    pub group: String,
    /// Whether the row was read in its source.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    /// Where the row comes from.
    pub source: String,
}

/// One of the labels of routing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Category {
    /// The label, such as `loan_debt`.
    pub label: String,
    /// Its name for the window.
    pub chinese: String,
    /// Whether a mediator can help at all.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub mediable: bool,
    /// The code of the cause to propose when none is known; empty if none should be.
    pub default_cause: String,
    /// Why this cause.
    pub why: String,
    /// Whether the row was read in its source.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    /// Where the row comes from.
    pub source: String,
}

static CAUSES: LazyLock<Vec<Cause>> = LazyLock::new(|| table::rows("causes.csv"));

static CATEGORIES: LazyLock<Vec<Category>> = LazyLock::new(|| table::rows("categories.csv"));

static BY_CODE: LazyLock<HashMap<&'static str, &'static Cause>> =
    LazyLock::new(|| CAUSES.iter().map(|cause| (cause.code.as_str(), cause)).collect());

/// Later rows win: where a group and its only cause share a name, the deeper one is meant.
static BY_NAME: LazyLock<HashMap<&'static str, &'static Cause>> =
    LazyLock::new(|| CAUSES.iter().map(|cause| (cause.name.as_str(), cause)).collect());

/// A revision of the causes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Revision {
    /// Its year.
    pub code: String,
    /// The regime that brought it.
    pub regime: String,
    /// Its first day.
    pub valid_from: NaiveDate,
    /// Its last day, if it was replaced.
    pub valid_to: Option<NaiveDate>,
    /// Whether the book has its codes.
    #[serde(rename = "table", deserialize_with = "table::yes_or_no")]
    pub has_table: bool,
    /// Whether its days were read in a source.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    /// Where the row comes from.
    pub source: String,
}

impl Dated for Revision {
    /// One revision follows the other, so all are about the same thing.
    fn key(&self) -> &'static str {
        "causes"
    }
    fn regime(&self) -> Option<&str> {
        Some(&self.regime)
    }
    fn valid_from(&self) -> Option<NaiveDate> {
        Some(self.valid_from)
    }
    fn valid_to(&self) -> Option<NaiveDate> {
        self.valid_to
    }
}

static REVISIONS: LazyLock<Vec<Revision>> = LazyLock::new(|| table::rows("revisions.csv"));

/// All revisions, oldest first.
pub fn revisions() -> &'static [Revision] {
    &REVISIONS
}

/// The cause that a code meant on a day. The numbers moved with every revision, so a code is never read under another.
pub fn on(code: &str, day: NaiveDate) -> Result<&'static Cause, Unlawful> {
    match validity::on(&REVISIONS, "causes", day) {
        None => Err(Unlawful::OutsideEveryRegime { on: day }),
        Some(revision) if !revision.has_table => Err(Unlawful::CauseTableMissing { on: day }),
        Some(_) => by_code(code).ok_or(Unlawful::UnknownCause {}),
    }
}

/// All causes, in the official order.
pub fn all() -> &'static [Cause] {
    &CAUSES
}

/// The cause of this code.
pub fn by_code(code: &str) -> Option<&'static Cause> {
    BY_CODE.get(code).copied()
}

/// The cause of exactly this name; the deepest where two levels share it.
pub fn by_name(name: &str) -> Option<&'static Cause> {
    BY_NAME.get(name.trim()).copied()
}

/// The causes one level below.
pub fn children(code: &str) -> impl Iterator<Item = &'static Cause> {
    CAUSES.iter().filter(move |cause| !code.is_empty() && cause.parent == code)
}

/// The second-level group a cause belongs to; a group is its own.
pub fn group_of(code: &str) -> Option<&'static Cause> {
    by_code(code).and_then(|cause| by_code(&cause.group))
}

/// Causes whose code begins with the text or whose name holds it: exact first, then by how early the name has
/// it, then the shorter name. A text with several words must be found whole or word by word.
pub fn search(text: &str) -> Vec<&'static Cause> {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<_> = CAUSES.iter().filter_map(|cause| Some((rank(cause, &words)?, cause))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, cause)| cause).collect()
}

fn rank(cause: &Cause, words: &[&str]) -> Option<(usize, usize)> {
    let mut earliest = usize::MAX;
    for word in words {
        let place = if cause.code == *word || cause.name == *word {
            0
        } else if word.is_ascii() && cause.code.starts_with(word) {
            1
        } else {
            2 + cause.name.find(word)?
        };
        earliest = earliest.min(place);
    }
    Some((earliest, cause.name.len()))
}

/// All 17 categories.
pub fn categories() -> &'static [Category] {
    &CATEGORIES
}

/// The category of this label.
pub fn category(label: &str) -> Option<&'static Category> {
    CATEGORIES.iter().find(|category| category.label == label)
}

/// A general cause for a category nobody has narrowed down yet; none for what is not mediated.
pub fn default_for(label: &str) -> Option<&'static Cause> {
    category(label).and_then(|category| by_code(&category.default_cause))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::assert_cited;
    use std::collections::HashSet;

    #[test]
    fn the_revision_is_whole_and_every_reference_resolves() {
        assert_eq!(all().len(), 1043);
        assert_eq!(VALID_FROM.to_string(), "2026-01-01");
        let count = |level| all().iter().filter(|cause| cause.level == level).count();
        assert_eq!((count(2), count(3), count(4)), (59, 514, 470));
        let codes: HashSet<_> = all().iter().map(|cause| &cause.code).collect();
        assert_eq!(codes.len(), all().len());
        for cause in all() {
            assert_cited(&cause.code, &cause.source);
            let group = group_of(&cause.code).unwrap();
            assert_eq!(group.level, 2);
            match by_code(&cause.parent) {
                Some(parent) => {
                    assert_eq!(parent.level + 1, cause.level, "{}", cause.code);
                    assert_eq!(parent.group, cause.group, "{}", cause.code);
                    assert!(children(&parent.code).any(|child| child == cause));
                }
                None => assert_eq!((cause.level, &cause.group), (2, &cause.code)),
            }
        }
    }

    #[test]
    fn look_ups_find_what_a_clerk_means() {
        assert_eq!(by_code("108.3").unwrap().name, "民间借贷纠纷");
        assert_eq!(by_name(" 民间借贷纠纷").unwrap().code, "108.3");
        assert_eq!(by_name("不当得利纠纷").unwrap().level, 3);
        assert_eq!(group_of("108.3").unwrap().name, "合同纠纷");
        assert_eq!(children("108").count(), 6);
        assert_eq!(children("").count(), 0);
        assert_eq!(by_code("9999"), None);
    }

    #[test]
    fn search_puts_the_nearest_first() {
        assert_eq!(search("离婚纠纷")[0].code, "14");
        assert_eq!(search("108.3")[0].code, "108.3");
        assert_eq!(search("民间借贷")[0].code, "108.3");
        assert_eq!(search("房屋 租赁")[0].code, "116.2");
        assert!(search("交通事故").iter().any(|cause| cause.code == "411"));
        assert!(search("  ").is_empty() && search("外星人").is_empty());
        assert!(search("108").iter().all(|cause| cause.code.starts_with("108")));
    }

    #[test]
    fn every_mediable_category_has_a_cause() {
        assert_eq!(categories().len(), 17);
        for category in categories() {
            assert_cited(&category.label, &category.source);
            assert_eq!(category.mediable, default_for(&category.label).is_some(), "{}", category.label);
            assert_eq!(category.default_cause.is_empty(), !category.mediable, "{}", category.label);
        }
        assert_eq!(default_for("loan_debt").unwrap().name, "民间借贷纠纷");
        assert_eq!(default_for("traffic_accident").unwrap().name, "机动车交通事故责任纠纷");
        assert_eq!(default_for("criminal_fraud"), None);
        assert_eq!(default_for("nonsense"), None);
    }
}
