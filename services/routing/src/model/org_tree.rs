//! The tree of organisations: five levels from the province to the village, of which a centre has those that it has.

use super::directory::Organization;
use super::joint::{Step, between};

/// A level of the governance centres (domain.md 4.1), the highest first. Zhongshan has no county.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The province.
    Province,
    /// The city.
    City,
    /// The county or district.
    County,
    /// The town or street.
    Town,
    /// The village or community.
    Village,
}

impl Level {
    /// All of them, the highest first.
    pub const ALL: [Level; 5] = [Level::Province, Level::City, Level::County, Level::Town, Level::Village];

    /// Its name in rows and refusals.
    pub fn name(self) -> &'static str {
        match self {
            Level::Province => "PROVINCE",
            Level::City => "CITY",
            Level::County => "COUNTY",
            Level::Town => "TOWN",
            Level::Village => "VILLAGE",
        }
    }

    /// The level of this name.
    pub fn named(name: &str) -> Option<Level> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// How `to` lies to `from` among all organisations of the centre.
pub fn step(all: &[Organization], from: &Organization, to: &Organization) -> Step {
    let (one, other) = (from.level(), to.level());
    let mut existing: Vec<Level> = all.iter().map(Organization::level).collect();
    existing.sort_unstable();
    existing.dedup();
    let below = is_below(all, from, to);
    Step { up: other < one, down: other > one || below, skipped: between(&existing, one, other) }
}

/// Whether `to` stands under `from`, directly or not. A tree that turns in a circle ends the search.
fn is_below(all: &[Organization], from: &Organization, to: &Organization) -> bool {
    let mut at = to;
    for _ in 0..all.len() {
        let Some(above) = at.parent_org.as_ref() else { return false };
        if *above == from.org_id {
            return true;
        }
        let Some(next) = all.iter().find(|one| one.org_id == *above) else { return false };
        at = next;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn org(id: &str, level: Level, parent: Option<&str>) -> Organization {
        Organization {
            org_id: id.to_owned(),
            kind: "GOV_CENTRE".to_owned(),
            parent_org: parent.map(str::to_owned),
            org_level: Some(level.name().to_owned()),
            ..Organization::default()
        }
    }

    #[test]
    fn a_level_is_skipped_only_where_the_centre_has_it() {
        let tree = [
            org("city", Level::City, None),
            org("town", Level::Town, Some("city")),
            org("village", Level::Village, Some("town")),
            org("studio", Level::City, Some("city")),
        ];
        let [city, town, village, studio] = &tree;
        let to = |from, to| step(&tree, from, to);
        assert_eq!(
            to(town, city),
            Step { up: true, down: false, skipped: vec![] },
            "there is no county here"
        );
        assert_eq!(to(village, city).skipped, [Level::Town]);
        assert_eq!(to(city, village), Step { up: false, down: true, skipped: vec![Level::Town] });
        assert_eq!(to(city, studio), Step { up: false, down: true, skipped: vec![] }, "below in the tree");
        assert_eq!(to(studio, city), Step { up: false, down: false, skipped: vec![] });
    }
}
