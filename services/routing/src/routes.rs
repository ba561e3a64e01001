//! What the rules say of a case: where it may go, and until when a claim must be confirmed.

use std::collections::BTreeSet;
use std::sync::Arc;

use almanac::Editions;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use lexicon::{OrgId, PartyKind, PartyRole};
use rulebook::calendar::civil_date;
use rulebook::studio::StudioKind;
use ruleset::{Decision, First, Inputs, Institution, Language, PriorBody, RuleSet, Studio};

use crate::model::{Facts, Lease, Organization, Referral, State, Target};

/// What the window knows of a case beside what intake told.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Circumstances {
    /// The label of the category; empty when unknown.
    pub category: String,
    /// Somebody is hurt.
    pub injury: bool,
    /// The police were called.
    pub police: bool,
    /// A minor is concerned.
    pub minors: bool,
    /// There was violence.
    pub violence: bool,
    /// What institution takes part.
    pub institution: Institution,
    /// The language.
    pub language: Language,
    /// Who dealt with it before.
    pub prior_body: PriorBody,
    /// The kind of studio that the parties wish for.
    pub wish: Option<StudioKind>,
}

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

/// A rule set as a centre has it.
#[derive(Debug, Clone)]
pub struct Numbered {
    /// 0 for the one that every centre begins with.
    pub number: u64,
    /// The set.
    pub set: Arc<RuleSet>,
}

/// A decision with what it was made from and by.
#[derive(Debug, Clone)]
pub struct Route {
    /// By which set.
    pub by: Numbered,
    /// From what.
    pub inputs: Inputs,
    /// The decision.
    pub decision: Decision,
    /// The studios of the hall.
    pub hall: Vec<Organization>,
}

impl Route {
    /// Decides where a case may go.
    pub fn of(
        by: Numbered,
        facts: &Facts,
        told: &Circumstances,
        hall: Vec<(Organization, Studio)>,
        day: NaiveDate,
    ) -> Self {
        let (hall, studios) = hall.into_iter().unzip();
        let inputs = inputs(facts, told, studios, day);
        let decision = by.set.decide(&inputs);
        Self { by, inputs, decision, hall }
    }

    /// A studio's name.
    pub fn name(&self, org: &str) -> String {
        let found = self.hall.iter().find(|studio| studio.org_id == org);
        found.map_or_else(|| org.to_owned(), |studio| studio.name.clone())
    }

    /// The studio that a clerk wants, looked up.
    pub fn target(&self, studio: OrgId) -> Target {
        let equal = self.by.set.is_equal_first(&self.inputs, &self.decision, studio.as_str());
        Target {
            known: self.hall.iter().any(|one| one.org_id == studio.as_str()),
            first_by_rule: equal.then(|| self.decision.rule().to_owned()),
            studio,
        }
    }

    /// The studios, best first, with the reasons.
    pub fn proposals(&self) -> Vec<Proposal> {
        proposals(&self.by.set, &self.inputs, &self.decision, &self.hall)
    }
}

/// The studios that a decision ranks, with the reasons of the set that made it.
pub fn proposals(
    set: &RuleSet,
    inputs: &Inputs,
    decision: &Decision,
    hall: &[Organization],
) -> Vec<Proposal> {
    let proposal = |one: &ruleset::Ranked| {
        let (reason_zh, reason_en) = set.reason(&one.rule, one.kind, &inputs.town);
        let known = hall.iter().find(|studio| studio.org_id == one.studio);
        Proposal {
            studio_org: one.studio.clone(),
            studio_name: known.map_or_else(String::new, |studio| studio.name.clone()),
            studio_kind: one.kind.code().to_owned(),
            rule_id: one.rule.clone(),
            reason_zh,
            reason_en,
        }
    };
    decision.ranked.iter().map(proposal).collect()
}

/// Where a decision that was kept sent its case first: what a rehearsal compares with.
pub fn kept_first(outcome: &[u8]) -> Option<First> {
    Decision::kept(outcome).map(|decision| decision.first)
}

fn inputs(facts: &Facts, told: &Circumstances, studios: Vec<Studio>, day: NaiveDate) -> Inputs {
    // Whoever is not said to ask stands on the side of those who are asked.
    let side = |asks: bool| -> BTreeSet<PartyKind> {
        let of_side = facts.parties.iter().filter(|party| (party.role == Some(PartyRole::Claimant)) == asks);
        of_side.filter_map(|party| party.kind).collect()
    };
    Inputs {
        date: day,
        cause: facts.cause_code.clone(),
        category: told.category.clone(),
        town: facts.town_code.clone(),
        amount_fen: facts.amount_in_controversy_fen,
        claimants: side(true),
        respondents: side(false),
        injury: told.injury,
        police: told.police,
        minors: told.minors,
        violence: told.violence,
        institution: told.institution,
        language: told.language,
        prior_body: told.prior_body,
        wish: told.wish,
        studios,
    }
}

/// Until when a claim made now must be confirmed (K03), by the edition in force.
pub fn confirm_due(editions: &Editions, now: DateTime<Utc>) -> Lease {
    let edition = editions.active().id().to_owned();
    // The compiled-in rulebook has K03, and its tests say so; three plain days stand in for what cannot happen.
    let due = counted(editions, &edition, now).unwrap_or_else(|| now + Duration::days(3));
    Lease { due, edition }
}

/// The last day of a joint act's clock that begins now, where nobody set a day.
pub fn joint_day(editions: &Editions, clock: &str, now: DateTime<Utc>) -> NaiveDate {
    let active = editions.active().id().to_owned();
    let ends = editions.expiry(clock, &active, now);
    // The compiled-in rulebook has these clocks; three plain days stand in for what cannot happen.
    ends.map_or_else(|| civil_date(now + Duration::days(3)), |ends| ends.date)
}

/// Until when the parties may choose a mediator together (K01), by the edition in force.
pub fn choice_due(editions: &Editions, now: DateTime<Utc>) -> Lease {
    let edition = editions.active().id().to_owned();
    // As for K03: two plain days stand in for what cannot happen.
    let due = editions.expiry("K01", &edition, now).map_or_else(|| now + Duration::days(2), |ends| ends.at);
    Lease { due, edition }
}

/// Until when a case that is offered since then should be taken (S05).
pub fn pool_due(editions: &Editions, since: DateTime<Utc>) -> DateTime<Utc> {
    let edition = editions.active().id().to_owned();
    editions.expiry("S05", &edition, since).map_or_else(|| since + Duration::days(2), |ends| ends.at)
}

/// A claim's last moment by the calendar in force: what is stored is an index, and another calendar moves it. The same for the
/// time in which the parties choose.
pub fn recounted(mut noun: Referral, editions: &Editions) -> Referral {
    if let Some(choice) = &mut noun.choice
        && let Some(ends) = editions.expiry("K01", &choice.edition, choice.since)
    {
        choice.until = ends.at;
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Party;

    fn studio(id: &str, kind: StudioKind) -> (Organization, Studio) {
        let organization = Organization {
            org_id: id.to_owned(),
            name: id.to_uppercase(),
            kind: "STUDIO".to_owned(),
            parent_org: None,
            town_code: None,
            studio_kind: Some(kind.code().to_owned()),
            ..Organization::default()
        };
        (organization, Studio { id: id.to_owned(), kind, load: 0, capacity: 10, on_duty: true })
    }

    fn nothing_told() -> Circumstances {
        Circumstances {
            category: String::new(),
            injury: false,
            police: false,
            minors: false,
            violence: false,
            institution: Institution::None,
            language: Language::Mandarin,
            prior_body: PriorBody::None,
            wish: None,
        }
    }

    fn route(facts: &Facts, hall: &[(Organization, Studio)]) -> Route {
        let by = Numbered { number: 0, set: Arc::new(ruleset::shipped().clone()) };
        Route::of(by, facts, &nothing_told(), hall.to_vec(), "2026-03-02".parse().unwrap())
    }

    #[test]
    fn the_rules_rank_and_the_directory_answers() {
        let hall = [
            studio("a", StudioKind::Court),
            studio("b", StudioKind::Family),
            studio("c", StudioKind::Family),
            studio("d", StudioKind::Traffic),
        ];
        let facts = Facts { cause_code: "P2".to_owned(), ..Facts::default() };
        let route = route(&facts, &hall);
        let found: Vec<_> = route.proposals().into_iter().map(|one| (one.studio_name, one.rule_id)).collect();
        let of = |name: &str| (name.to_owned(), "family".to_owned());
        assert_eq!(found[..3], [of("B"), of("C"), of("A")], "and traffic has no part in it");
        assert_eq!(found.len(), 3);
        let rule = |org: &str| route.target(OrgId::new(org).unwrap()).first_by_rule;
        assert_eq!((rule("b"), rule("c")), (Some("family".to_owned()), Some("family".to_owned())));
        assert_eq!((rule("a"), rule("d")), (None, None));
        assert!(!route.target(OrgId::new("z").unwrap()).known);
    }

    #[test]
    fn who_asks_and_who_is_asked_are_told_apart() {
        let party = |role, kind| Party { role, kind: Some(kind), ..Party::default() };
        let parties = vec![
            party(Some(PartyRole::Claimant), PartyKind::Organization),
            party(Some(PartyRole::ThirdParty), PartyKind::Person),
            party(None, PartyKind::SoleTrader),
        ];
        let told = inputs(
            &Facts { parties, ..Facts::default() },
            &nothing_told(),
            vec![],
            "2026-03-02".parse().unwrap(),
        );
        assert_eq!(told.claimants, [PartyKind::Organization].into());
        assert_eq!(told.respondents, [PartyKind::Person, PartyKind::SoleTrader].into());
    }

    #[test]
    fn what_is_none_for_a_mediator_needs_a_reason_wherever_it_is_sent() {
        let facts = Facts { cause_code: "448".to_owned(), ..Facts::default() };
        let route = route(&facts, &[studio("court", StudioKind::Court)]);
        assert_eq!(route.decision.first, First::Ground("R04".to_owned()));
        assert_eq!(
            (route.proposals(), route.target(OrgId::new("court").unwrap()).first_by_rule),
            (vec![], None)
        );
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
