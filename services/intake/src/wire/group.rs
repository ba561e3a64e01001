//! Groups among the parties: one side's members, and those of them whom they elected. A group that lists no members is only a name.
//!
//! How many there must be is judged when a dispute is filed or corrected. Later a member may always leave, so then only what
//! is added is judged.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use lexicon::{Fault, Violations};
use rulebook::groups::{self, Group};

use crate::model::Party;

/// Everything that is wrong with the groups of a complete list, at `parties`.
pub fn whole(violations: &mut Violations, all: &[Party], today: NaiveDate) {
    for (at, party) in all.iter().enumerate() {
        one(violations, &format!("parties[{at}]"), all, party, today);
    }
    let Some(rule) = groups::on(today) else { return };
    for name in names(all) {
        let members = of(all, name).count();
        let elected = of(all, name).filter(|party| !party.elected_for.is_empty()).count();
        if members < rule.least_members {
            violations.push_worded(
                "parties",
                "GROUP_TOO_SMALL",
                "A group of so few does not elect representatives; each acts for itself or by an agent.",
                "人数未达到推选代表人的规模，请各自参加或者委托代理人。",
            );
        }
        if elected < rule.least_representatives || elected > rule.most_representatives {
            number_of_representatives(violations, "parties");
        }
    }
}

/// What is wrong with the groups after one party changed, at `party`. Whoever leaves a group is not kept in it.
pub fn amended(violations: &mut Violations, all: &[Party], at: usize, today: NaiveDate) {
    let Some(party) = all.get(at) else { return };
    one(violations, "party", all, party, today);
    let elected = of(all, party.group()).filter(|known| !known.elected_for.is_empty()).count();
    let many = |rule: &Group| names(all).contains(party.group()) && elected > rule.most_representatives;
    if !party.elected_for.is_empty() && groups::on(today).is_some_and(many) {
        number_of_representatives(violations, "party.elected_for");
    }
}

/// One party in its group: of one group only, on its side, with as many agents as a representative may have.
fn one(violations: &mut Violations, path: &str, all: &[Party], party: &Party, today: NaiveDate) {
    if party.group().is_empty() {
        return;
    }
    if !party.elected_for.is_empty() && !party.member_of.is_empty() && party.elected_for != party.member_of {
        violations.push_worded(
            &format!("{path}.member_of"),
            "GROUP_MIXED",
            "Those whom a group elects are its own members; this party names two groups.",
            "代表人应当从本组当事人中推选，该当事人填写了两个不同的组。",
        );
    }
    if !names(all).contains(party.group()) {
        return;
    }
    let first = of(all, party.group()).next().and_then(|first| first.role);
    if party.role.is_some() && first.is_some() && party.role != first {
        violations.push_worded(
            &format!("{path}.role"),
            "GROUP_ONE_SIDE",
            "A group stands on one side.",
            "同一组的当事人应当处于同一方。",
        );
    }
    let agents = party.representatives.len();
    if !party.elected_for.is_empty() && groups::on(today).is_some_and(|rule| agents > rule.most_agents) {
        violations.push(&format!("{path}.representatives"), Fault::TOO_MANY);
    }
}

fn number_of_representatives(violations: &mut Violations, field: &str) {
    violations.push_worded(
        field,
        "GROUP_REPRESENTATIVES",
        "A group elects some of its members, not fewer and not more than the rule book says (groups.csv).",
        "代表人的人数不符合规则（见规则库groups.csv）。",
    );
}

/// The groups that list members.
fn names(all: &[Party]) -> BTreeSet<&str> {
    all.iter().map(|party| party.member_of.as_str()).filter(|name| !name.is_empty()).collect()
}

fn of<'a>(all: &'a [Party], name: &'a str) -> impl Iterator<Item = &'a Party> {
    all.iter().filter(move |party| !name.is_empty() && party.group() == name)
}
