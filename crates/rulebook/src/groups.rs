//! Groups: a side of many that acts through those whom it elects.

use crate::table;
use crate::validity::{self, dated};
use chrono::NaiveDate;
use serde::Deserialize;
use std::sync::LazyLock;

/// The only rule there is.
const ELECTED: &str = "elected";

/// How large a group is and by how many it is represented.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Group {
    /// Stable name.
    pub id: String,
    /// From how many members on it may elect, those whom it elects among them.
    pub least_members: usize,
    /// It elects at least so many.
    pub least_representatives: usize,
    /// And at most so many.
    pub most_representatives: usize,
    /// How many agents each of these may appoint.
    pub most_agents: usize,
    /// In Chinese.
    pub chinese: String,
    /// In English.
    pub english: String,
    /// The regime that brought it; none for what always held.
    pub regime: Option<String>,
    /// From which day.
    pub valid_from: Option<NaiveDate>,
    /// To which day.
    pub valid_to: Option<NaiveDate>,
    /// Whether the rule was read in its source and says this.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    /// Where the row comes from.
    pub source: String,
}

dated!(Group, id);

impl Group {
    /// What is wrong with the numbers as such, if anything.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        let ordered = 1 <= self.least_representatives
            && self.least_representatives <= self.most_representatives
            && self.most_representatives < self.least_members;
        (!ordered).then_some("a group elects some of its members, and not more than it has")
    }
}

static GROUPS: LazyLock<Vec<Group>> = LazyLock::new(|| table::rows("groups.csv"));

/// All rows.
pub fn all() -> &'static [Group] {
    &GROUPS
}

/// The rule on a day.
pub fn on(day: NaiveDate) -> Option<&'static Group> {
    validity::on(&GROUPS, ELECTED, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_of_ten_elects_two_to_five_and_nobody_claims_to_have_read_it() {
        let rule = on("2026-03-02".parse().unwrap()).unwrap();
        let numbers =
            (rule.least_members, rule.least_representatives, rule.most_representatives, rule.most_agents);
        assert_eq!((numbers, rule.verified, rule.fault()), ((10, 2, 5, 2), false, None));
        let upside_down = Group { least_representatives: 6, ..rule.clone() };
        assert!(upside_down.fault().is_some());
    }
}
