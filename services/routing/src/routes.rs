//! What the rulebook says of a case: where it may go, and until when a claim must be confirmed.

use almanac::Editions;
use chrono::{DateTime, Duration, Utc};
use lexicon::PartyKind;
use rulebook::routes;

use crate::model::{Facts, Lease, Organization, Referral, State};

/// A studio that may take a case, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The studio.
    pub studio_org: String,
    /// Its name.
    pub studio_name: String,
    /// What kind of studio.
    pub studio_kind: String,
    /// The rule.
    pub rule_id: String,
    /// Why, in Chinese.
    pub reason_zh: String,
    /// Why, in English.
    pub reason_en: String,
}

/// The studios for a case, best first: the rulebook ranks kinds, the directory has the studios of each kind. Kinds without
/// a studio are passed over. Should no ranked kind have one, every studio is as good as any other.
pub fn propose(facts: &Facts, studios: &[Organization]) -> Vec<Proposal> {
    let parties: Vec<PartyKind> = facts.parties.iter().filter_map(|party| party.kind).collect();
    let inputs = routes::Inputs {
        cause: Some(facts.cause_code.as_str()).filter(|code| !code.is_empty()),
        town: Some(facts.town_code.as_str()).filter(|code| !code.is_empty()),
        amount_fen: Some(facts.amount_in_controversy_fen),
        parties: &parties,
        ..routes::Inputs::default()
    };
    let ranked = routes::propose(&inputs);
    let mut proposals: Vec<Proposal> = ranked.iter().flat_map(|rule| of_its_kind(rule, studios)).collect();
    if proposals.is_empty()
        && let Some(last) = ranked.last()
    {
        proposals = studios.iter().map(|studio| proposal(last, studio)).collect();
    }
    proposals
}

/// Until when a claim made now must be confirmed (K03), by the edition in force.
pub fn confirm_due(editions: &Editions, now: DateTime<Utc>) -> Lease {
    let edition = editions.active().id().to_owned();
    // The compiled-in rulebook has K03, and its tests say so; three plain days stand in for what cannot happen.
    let due = counted(editions, &edition, now).unwrap_or_else(|| now + Duration::days(3));
    Lease { due, edition }
}

/// A claim's last moment by the calendar in force: what is stored is an index, and another calendar moves it.
pub fn recounted(mut noun: Referral, editions: &Editions) -> Referral {
    if let State::Assigned { claim, confirm, .. } = &mut noun.state
        && !confirm.edition.is_empty()
        && let Some(due) = counted(editions, &confirm.edition, claim.since)
    {
        confirm.due = due;
    }
    noun
}

fn counted(editions: &Editions, edition: &str, since: DateTime<Utc>) -> Option<DateTime<Utc>> {
    editions.expiry("K03", edition, since).map(|ends| ends.at)
}

fn of_its_kind<'a>(
    rule: &'a routes::Proposal,
    studios: &'a [Organization],
) -> impl Iterator<Item = Proposal> + 'a {
    let kind = rule.studio_kind.code();
    studios
        .iter()
        .filter(move |studio| studio.studio_kind.as_deref() == Some(kind))
        .map(|studio| proposal(rule, studio))
}

fn proposal(rule: &routes::Proposal, studio: &Organization) -> Proposal {
    Proposal {
        studio_org: studio.org_id.clone(),
        studio_name: studio.name.clone(),
        studio_kind: studio.studio_kind.clone().unwrap_or_default(),
        rule_id: rule.rule_id.to_owned(),
        reason_zh: rule.reason_zh.clone(),
        reason_en: rule.reason_en.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Party;

    fn studio(id: &str, kind: &str) -> Organization {
        Organization {
            org_id: id.to_owned(),
            name: id.to_uppercase(),
            kind: "STUDIO".to_owned(),
            parent_org: None,
            town_code: None,
            studio_kind: Some(kind.to_owned()),
        }
    }

    fn ids(facts: &Facts, studios: &[Organization]) -> Vec<(String, String)> {
        propose(facts, studios).into_iter().map(|p| (p.studio_org, p.rule_id)).collect()
    }

    #[test]
    fn the_cause_ranks_and_the_directory_answers() {
        let all =
            [studio("a", "COURT"), studio("b", "FAMILY"), studio("c", "FAMILY"), studio("d", "TRAFFIC")];
        let facts = Facts { cause_code: "P2".to_owned(), ..Facts::default() };
        let found = ids(&facts, &all);
        assert_eq!(found[0], ("b".to_owned(), "family".to_owned()));
        assert_eq!(found[1], ("c".to_owned(), "family".to_owned()));
        assert_eq!(found[2], ("a".to_owned(), "family".to_owned()));
        assert_eq!(found.len(), 3, "traffic has no part in it");
    }

    #[test]
    fn the_parties_and_the_amount_speak_too() {
        let all = [studio("bank", "BANK_INSURANCE"), studio("court", "COURT")];
        let party = |kind: PartyKind| Party { kind: Some(kind), ..Party::default() };
        let loan =
            |kind| Facts { cause_code: "109".to_owned(), parties: vec![party(kind)], ..Facts::default() };
        assert_eq!(ids(&loan(PartyKind::Organization), &all)[0].0, "bank");
        assert_eq!(ids(&loan(PartyKind::Person), &all)[0].0, "court");
        let facts = Facts { amount_in_controversy_fen: 50_000_000_000, ..loan(PartyKind::Organization) };
        assert_eq!(ids(&facts, &all)[0], ("court".to_owned(), "large-amount".to_owned()));
    }

    #[test]
    fn a_hall_with_any_studio_always_has_an_answer() {
        let facts = Facts { cause_code: "nonsense".to_owned(), ..Facts::default() };
        assert_eq!(ids(&facts, &[studio("only", "MEDICAL")]).len(), 1);
        assert_eq!(ids(&facts, &[]), []);
    }

    #[test]
    fn a_claim_holds_three_working_days_to_the_end_of_the_day() {
        // Friday before the spring festival of 2026, whose Saturdays before and after are worked.
        let now = "2026-02-13T09:00:00+08:00".parse::<DateTime<Utc>>().unwrap();
        assert_eq!(
            confirm_due(&Editions::default(), now).due,
            "2026-02-26T00:00:00+08:00".parse::<DateTime<Utc>>().unwrap()
        );
    }
}
