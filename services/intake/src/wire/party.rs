//! Parties: every check of a person's particulars, and the two directions between message and model.

use std::collections::HashMap;

use chrono::NaiveDate;
use contracts::lexicon::v1 as proto;
use lexicon::text::Limits;
use lexicon::{Fault, PartyId, PartyKind, PartyRole, Violations, identity, phone};
use uuid::Uuid;

use super::{field, group};
use crate::model::{Dispute, Guardian, Paper, Party, Representative, State};

/// A dispute has at most this many parties.
pub const MOST: usize = 100;
const MOST_REPRESENTATIVES: usize = 10;
const NAME: Limits = Limits::name(100);
const ADDRESS: Limits = Limits::line(300);

/// How strictly parties are read.
pub struct Reading<'a> {
    /// The civil day in Shanghai: nobody is born after it.
    pub today: NaiveDate,
    /// Whether what is filed must be complete. A draft may lack anything, but what is there must be right.
    pub complete: bool,
    /// Warnings that the clerk has looked at.
    pub confirmed: &'a [&'static str],
    /// Warnings that came up.
    pub raised: Vec<&'static str>,
}

/// All parties of a dispute, at `parties`.
pub fn parties(violations: &mut Violations, given: &[proto::Party], reading: &mut Reading<'_>) -> Vec<Party> {
    if given.len() > MOST {
        violations.push("parties", Fault::TOO_MANY);
    }
    let mut read = Vec::with_capacity(given.len().min(MOST));
    for (at, one) in given.iter().take(MOST).enumerate() {
        read.push(party(&mut violations.at(format!("parties[{at}]")), one, reading));
    }
    if reading.complete {
        sides(violations, "parties", &read);
        group::whole(violations, &read, reading.today);
    }
    for at in repeated(&read) {
        violations.push(&format!("parties[{at}].paper.number"), Fault::CONFLICT_OF_PARTIES);
    }
    read
}

/// One party, at the present path.
pub fn party(violations: &mut Violations, given: &proto::Party, reading: &mut Reading<'_>) -> Party {
    let complete = reading.complete;
    let id = match given.party_id.as_str() {
        "" => PartyId::from(Uuid::nil()),
        text => field::id(violations, "party_id", text).unwrap_or(PartyId::from(Uuid::nil())),
    };
    let role = chosen(violations, "role", given.role, complete, field::role);
    let kind = chosen(violations, "kind", given.kind, complete, field::kind);
    let claims = complete && role == Some(PartyRole::Claimant);
    let name = field::needed(violations, "name", &given.name, NAME, complete);
    let paper = paper(violations, given.paper.as_ref(), claims, reading);
    let phone = dialled(violations, &given.phone, claims && kind == Some(PartyKind::Person));
    if given.representatives.len() > MOST_REPRESENTATIVES {
        violations.push("representatives", Fault::TOO_MANY);
    }
    let mut representatives = vec![];
    for (at, one) in given.representatives.iter().take(MOST_REPRESENTATIVES).enumerate() {
        representatives.push(representative(
            &mut violations.at(format!("representatives[{at}]")),
            one,
            reading,
        ));
    }
    let guardian = given.guardian.as_ref().map(|one| {
        let mut violations = violations.at("guardian");
        let name = field::needed(&mut violations, "name", &one.name, NAME, complete);
        let phone = dialled(&mut violations, &one.phone, false);
        let relation = field::optional(&mut violations, "relation", &one.relation, Limits::line(50));
        Guardian { name, phone, relation }
    });
    Party {
        id,
        role,
        kind,
        name,
        paper,
        phone,
        address: field::optional(violations, "address", &given.address, ADDRESS),
        town: field::town(violations, "town_code", &given.town_code),
        service_address: field::optional(violations, "service_address", &given.service_address, ADDRESS),
        representatives,
        guardian,
        elected_for: field::optional(violations, "elected_for", &given.elected_for, Limits::line(100)),
        member_of: field::optional(violations, "member_of", &given.member_of, Limits::line(100)),
    }
}

/// Whether a dispute may hold its parties with `party` in place of the one of its id, or added.
pub fn fits(dispute: &Dispute, party: &Party, today: NaiveDate) -> Result<(), Violations> {
    let mut violations = Violations::new();
    let mut all = dispute.sheet.parties.clone();
    let at = all.iter().position(|known| known.id == party.id).unwrap_or(all.len());
    match all.get_mut(at) {
        Some(known) => known.clone_from(party),
        None => all.push(party.clone()),
    }
    if all.len() > MOST {
        violations.push("party", Fault::TOO_MANY);
    }
    if !matches!(dispute.state, State::Draft) {
        sides(&mut violations, "party.role", &all);
        group::amended(&mut violations, &all, at, today);
    }
    let number = all[at].paper.clone().filter(|paper| !paper.number.is_empty());
    if number.is_some() && all.iter().enumerate().any(|(other, one)| other != at && one.paper == number) {
        violations.push("party.paper.number", Fault::CONFLICT_OF_PARTIES);
    }
    violations.into_result()
}

fn sides(violations: &mut Violations, field: &str, parties: &[Party]) {
    // A side that could not be read may be the one that seems to be missing; it has been told already.
    if parties.iter().any(|party| party.role.is_none()) {
        return;
    }
    let has = |role| parties.iter().any(|party| party.role == Some(role));
    if !has(PartyRole::Claimant) {
        violations.push_worded(
            field,
            "REQUIRED",
            "At least one claimant is required.",
            "至少应有一名申请人。",
        );
    }
    if !has(PartyRole::Respondent) {
        violations.push_worded(
            field,
            "REQUIRED",
            "At least one respondent is required.",
            "至少应有一名被申请人。",
        );
    }
}

/// Who has the same paper as somebody before.
fn repeated(parties: &[Party]) -> Vec<usize> {
    let mut seen = HashMap::new();
    let numbered = parties.iter().enumerate().filter_map(|(at, party)| Some((at, party.paper.as_ref()?)));
    numbered
        .filter(|(_, paper)| !paper.number.is_empty())
        .filter(|(at, paper)| seen.insert((paper.kind, paper.number.as_str()), *at).is_some())
        .map(|(at, _)| at)
        .collect()
}

/// An enum that only a draft may lack.
fn chosen<T>(
    violations: &mut Violations,
    field: &str,
    number: i32,
    complete: bool,
    read: fn(i32) -> Result<T, Fault>,
) -> Option<T> {
    if number == 0 && !complete { None } else { violations.check(field, read(number)) }
}

fn paper(
    violations: &mut Violations,
    given: Option<&proto::IdentityPaper>,
    required: bool,
    reading: &mut Reading<'_>,
) -> Option<Paper> {
    let given = given.filter(|paper| paper.kind != 0 || !paper.number.is_empty());
    let Some(given) = given else {
        if required {
            violations.push("paper", Fault::REQUIRED);
        }
        return None;
    };
    let kind = violations.check("paper.kind", field::paper_kind(given.kind))?;
    if !reading.complete && given.number.trim().is_empty() {
        return Some(Paper { kind, number: String::new() });
    }
    let checked = violations.check("paper.number", identity::check(kind, &given.number, reading.today))?;
    for warning in checked.warnings {
        if reading.complete && !reading.confirmed.contains(&warning.reason) {
            violations.push_worded("paper.number", warning.reason, warning.english, warning.chinese);
        }
        reading.raised.push(warning.reason);
    }
    Some(Paper { kind, number: checked.normal })
}

fn dialled(violations: &mut Violations, given: &str, required: bool) -> String {
    match phone::normalise(given) {
        Err(Fault::REQUIRED) if !required => String::new(),
        read => violations.check("phone", read).unwrap_or_default(),
    }
}

fn representative(
    violations: &mut Violations,
    given: &proto::Representative,
    reading: &mut Reading<'_>,
) -> Representative {
    let complete = reading.complete;
    Representative {
        paper: paper(violations, given.paper.as_ref(), false, reading),
        name: field::needed(violations, "name", &given.name, NAME, complete),
        phone: dialled(violations, &given.phone, false),
        scope: chosen(violations, "scope", given.scope, complete, field::scope),
        proxy_given: given.proxy_given,
    }
}

/// A party as a message, in clear; one that has no id yet has an empty one.
pub fn clear(party: &Party) -> proto::Party {
    proto::Party {
        party_id: given_id(party),
        role: party.role.map_or(0, field::role_number),
        kind: party.kind.map_or(0, field::kind_number),
        name: party.name.clone(),
        paper: party.paper.as_ref().map(|paper| proto::IdentityPaper {
            kind: field::paper_kind_number(paper.kind),
            number: paper.number.clone(),
        }),
        phone: party.phone.clone(),
        address: party.address.clone(),
        town_code: party.town.clone(),
        service_address: party.service_address.clone(),
        representatives: party
            .representatives
            .iter()
            .map(|one| proto::Representative {
                name: one.name.clone(),
                phone: one.phone.clone(),
                scope: one.scope.map_or(0, field::scope_number),
                proxy_given: one.proxy_given,
                paper: one.paper.as_ref().map(|paper| proto::IdentityPaper {
                    kind: field::paper_kind_number(paper.kind),
                    number: paper.number.clone(),
                }),
            })
            .collect(),
        guardian: party.guardian.as_ref().map(|one| proto::Guardian {
            name: one.name.clone(),
            phone: one.phone.clone(),
            relation: one.relation.clone(),
        }),
        elected_for: party.elected_for.clone(),
        member_of: party.member_of.clone(),
    }
}

/// A party as somebody sees it who may know that it is there: masked name, number and phone, and nothing else.
pub fn masked(party: &Party) -> proto::Party {
    use access::masks;
    proto::Party {
        party_id: given_id(party),
        role: party.role.map_or(0, field::role_number),
        kind: party.kind.map_or(0, field::kind_number),
        name: masks::name(&party.name),
        paper: party.paper.as_ref().map(|paper| proto::IdentityPaper {
            kind: field::paper_kind_number(paper.kind),
            number: masks::number(&paper.number),
        }),
        phone: masks::phone(&party.phone),
        ..proto::Party::default()
    }
}

/// A party as we stored it: [`clear`] backwards. `None` where a number is none of the contract's.
pub fn stored(given: proto::Party) -> Option<Party> {
    Some(Party {
        id: given.party_id.parse().ok()?,
        role: known(given.role, field::role)?,
        kind: known(given.kind, field::kind)?,
        name: given.name,
        paper: match given.paper {
            Some(paper) => Some(Paper { kind: field::paper_kind(paper.kind).ok()?, number: paper.number }),
            None => None,
        },
        phone: given.phone,
        address: given.address,
        town: given.town_code,
        service_address: given.service_address,
        representatives: given
            .representatives
            .into_iter()
            .map(|one| {
                let scope = known(one.scope, field::scope)?;
                let paper = match one.paper {
                    Some(paper) => {
                        Some(Paper { kind: field::paper_kind(paper.kind).ok()?, number: paper.number })
                    }
                    None => None,
                };
                let proxy_given = one.proxy_given;
                Some(Representative { name: one.name, phone: one.phone, scope, proxy_given, paper })
            })
            .collect::<Option<_>>()?,
        guardian: given.guardian.map(|one| Guardian {
            name: one.name,
            phone: one.phone,
            relation: one.relation,
        }),
        elected_for: given.elected_for,
        member_of: given.member_of,
    })
}

/// Zero is "not said", any other number must be known.
#[expect(clippy::option_option, reason = "unknown and not said are different answers")]
fn known<T>(number: i32, read: fn(i32) -> Result<T, Fault>) -> Option<Option<T>> {
    if number == 0 { Some(None) } else { read(number).ok().map(Some) }
}

fn given_id(party: &Party) -> String {
    if party.id.as_uuid().is_nil() { String::new() } else { party.id.to_string() }
}
