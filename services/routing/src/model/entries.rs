//! All entries of a centre's directory, and what must hold between them when some are written from outside.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use lexicon::Fault;

use super::directory::Organization;
use super::roster::Mediator;

/// A unit below itself.
const CYCLE: Fault = Fault {
    reason: "CYCLE",
    english: "Following the units above it leads back to this one.",
    chinese: "上级单位关系成环。",
};
/// Two workstations with one number.
const NUMBER_TAKEN: Fault = Fault {
    reason: "NUMBER_TAKEN",
    english: "Another workstation has this number.",
    chinese: "该工作站编号已被其他工作站使用。",
};

/// Whom a unit sends to talk to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiaisonOfficer {
    /// The unit.
    pub org_id: String,
    /// Which of its officers.
    pub number: i32,
    /// The name.
    pub name: String,
    /// The telephone.
    pub phone: String,
    /// What for, in words; empty for everything.
    pub duty: String,
}

/// A lawyer who gives advice on a day.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DutyLawyer {
    /// On which day.
    pub day: NaiveDate,
    /// The account.
    pub account_id: String,
    /// Where.
    pub org_id: String,
}

/// The entries; in a file each has its line, in the store none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entries {
    /// Organisations.
    pub organizations: Vec<(u64, Organization)>,
    /// Mediators.
    pub mediators: Vec<(u64, Mediator)>,
    /// Liaison officers.
    pub officers: Vec<(u64, LiaisonOfficer)>,
    /// Duty lawyers.
    pub lawyers: Vec<(u64, DutyLawyer)>,
}

/// Which of the files an entry stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// organizations.csv
    Organizations,
    /// mediators.csv
    Mediators,
    /// liaison.csv
    Liaison,
    /// lawyers.csv
    Lawyers,
}

/// What is wrong with an entry of a file beyond its own fields: the file, the line, the column.
pub type Misfit = (File, u64, &'static str, Fault);

/// What the lines of a file say of others, the bad lines too: so that everything is told at once.
#[derive(Debug, Clone, Default)]
pub struct Mentions {
    /// The organisations that have a line.
    pub named: HashSet<String>,
    /// The organisations that are meant: in which file, line and column.
    pub meant: Vec<(File, u64, &'static str, String)>,
    /// The columns that a file does not have.
    pub absent: Vec<(File, &'static str)>,
}

impl Entries {
    /// What of these does not fit together, or with what is stored. An organisation of which a bad line tells is complained of where it
    /// stands, and not wherever it is meant.
    pub fn misfits(&self, stored: &Entries, mentions: &Mentions) -> Vec<Misfit> {
        let both = stored.organizations.iter().chain(&self.organizations);
        let all: HashMap<&str, &Organization> = both.map(|(_, one)| (one.org_id.as_str(), one)).collect();
        let known = |org: &str| all.contains_key(org) || mentions.named.contains(org);
        let nowhere = mentions.meant.iter().filter(|(.., org)| !known(org));
        let mut found: Vec<Misfit> =
            nowhere.map(|(file, line, column, _)| (*file, *line, *column, Fault::UNKNOWN_CODE)).collect();
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        for number in all.values().filter_map(|one| one.station_number.as_deref()) {
            *numbers.entry(number).or_default() += 1;
        }
        for (line, one) in &self.organizations {
            let mut push = |column, fault| found.push((File::Organizations, *line, column, fault));
            if is_below_itself(&all, one) {
                push("parent_org", CYCLE);
            }
            if one.station_number.as_deref().is_some_and(|number| numbers.get(number) > Some(&1)) {
                push("station_number", NUMBER_TAKEN);
            }
        }
        found
    }
}

fn is_below_itself(all: &HashMap<&str, &Organization>, one: &Organization) -> bool {
    let (mut above, mut steps) = (one.parent_org.as_deref(), 0);
    while let Some(org) = above {
        // A circle further up is complained of where it is.
        if org == one.org_id || steps > all.len() {
            return org == one.org_id;
        }
        above = all.get(org).and_then(|one| one.parent_org.as_deref());
        steps += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn org(id: &str, parent: Option<&str>, number: Option<&str>) -> Organization {
        Organization {
            org_id: id.to_owned(),
            parent_org: parent.map(str::to_owned),
            station_number: number.map(str::to_owned),
            ..Organization::default()
        }
    }

    #[test]
    fn what_does_not_fit_is_told_with_its_line() {
        let stored = Entries { organizations: vec![(0, org("hall", None, Some("1")))], ..Entries::default() };
        let file = Entries {
            organizations: vec![
                (2, org("a", Some("b"), None)),
                (3, org("b", Some("a"), Some("1"))),
                (4, org("c", Some("hall"), None)),
            ],
            ..Entries::default()
        };
        let (orgs, lawyers) = (File::Organizations, File::Lawyers);
        let meant = [
            (orgs, 4, "parent_org", "hall"),
            (orgs, 5, "parent_org", "nowhere"),
            (orgs, 6, "parent_org", "bad-line"),
            (File::Mediators, 2, "studio_org", "c"),
            (lawyers, 4, "org_id", "x"),
        ];
        let mentions = Mentions {
            named: HashSet::from(["bad-line".to_owned()]),
            meant: meant.map(|(file, line, column, org)| (file, line, column, org.to_owned())).to_vec(),
            absent: vec![],
        };
        let found = file.misfits(&stored, &mentions);
        let found: Vec<(File, u64, &str, &str)> =
            found.into_iter().map(|(file, line, column, fault)| (file, line, column, fault.reason)).collect();
        assert_eq!(
            found,
            [
                (orgs, 5, "parent_org", "UNKNOWN_CODE"),
                (lawyers, 4, "org_id", "UNKNOWN_CODE"),
                (orgs, 2, "parent_org", "CYCLE"),
                (orgs, 3, "parent_org", "CYCLE"),
                (orgs, 3, "station_number", "NUMBER_TAKEN"),
            ]
        );
        assert_eq!(stored.misfits(&Entries::default(), &Mentions::default()), []);
    }
}
