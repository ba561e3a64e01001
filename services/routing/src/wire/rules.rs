//! Rule sets, decisions and what the window knows of a case, in the contract's words.

use chrono::NaiveDate;
use contracts::routing::v1 as proto;
use lexicon::{CaseId, Fault, OrgId, Violations};
use rulebook::causes;
use rulebook::studio::StudioKind;
use ruleset::{
    Answer, Decision, First, Input, Institution, LONGEST, Language, Moved, Otherwise, PriorBody, RuleSet,
    Shift,
};
use uuid::Uuid;

use super::{all_good, instant};
use crate::model::Organization;
use crate::routes::{self, Circumstances, Numbered, Proposal, Route};
use crate::store::{Activation, Decided, Simulation, Tally};

/// Decisions of a rehearsal unless the caller asks for another number, and the most.
const USUAL_LAST: u64 = 1_000;
const MOST_LAST: i32 = 100_000;
/// Cases that are listed, and the most.
const USUAL_LISTED: usize = 20;
const MOST_LISTED: i32 = 500;

/// Which case, and what the window knows of it.
pub fn propose(ask: &proto::ProposeRoutesRequest) -> Result<(CaseId, Circumstances), Violations> {
    let mut wrong = Violations::new();
    let case = wrong.check("case_id", ask.case_id.parse());
    let told = circumstances(ask.circumstances.as_ref(), &mut wrong);
    all_good(case.zip(told), wrong)
}

/// What the window knows; nothing told is nothing known.
pub(super) fn circumstances(
    told: Option<&proto::Circumstances>,
    wrong: &mut Violations,
) -> Option<Circumstances> {
    let none = proto::Circumstances::default();
    let told = told.unwrap_or(&none);
    let category = match told.category.as_str() {
        label if label.is_empty() || causes::category(label).is_some() => Ok(label.to_owned()),
        _ => Err(Fault::UNKNOWN_CODE),
    };
    let wish = match told.wished_studio_kind.as_str() {
        "" => Ok(None),
        code => code.parse::<StudioKind>().map(Some),
    };
    let institution = proto::Institution::try_from(told.institution).map_err(|_| Fault::ENUM_UNKNOWN);
    let language = proto::Language::try_from(told.language).map_err(|_| Fault::ENUM_UNKNOWN);
    let prior_body = proto::PriorBody::try_from(told.prior_body).map_err(|_| Fault::ENUM_UNKNOWN);
    let category = wrong.check("circumstances.category", category);
    let institution = wrong.check("circumstances.institution", institution);
    let language = wrong.check("circumstances.language", language);
    let prior_body = wrong.check("circumstances.prior_body", prior_body);
    let wish = wrong.check("circumstances.wished_studio_kind", wish);
    Some(Circumstances {
        category: category?,
        injury: told.injury,
        police: told.police_involved,
        minors: told.minors,
        violence: told.violence,
        institution: of_name(institution?.as_str_name(), "INSTITUTION_", Institution::None),
        language: of_name(language?.as_str_name(), "LANGUAGE_", Language::Mandarin),
        prior_body: of_name(prior_body?.as_str_name(), "PRIOR_BODY_", PriorBody::None),
        wish: wish?,
    })
}

/// The value of the rules that has the contract's name; what is not told is the usual.
fn of_name<T: std::str::FromStr>(name: &str, prefix: &str, usual: T) -> T {
    name.trim_start_matches(prefix).parse().unwrap_or(usual)
}

/// Which case, to which studio, why, and what the window knows.
pub type Refer = (CaseId, OrgId, Option<String>, Circumstances, Option<NaiveDate>);

/// The text of a set, how many decisions, and how many cases of those that would move.
pub fn simulate(ask: &proto::SimulateRuleSetRequest) -> Result<(u64, usize), Violations> {
    let mut wrong = Violations::new();
    text(&ask.text, &mut wrong);
    let last = match ask.last_count {
        0 => Ok(USUAL_LAST),
        last if (1..=MOST_LAST).contains(&last) => Ok(last as u64),
        _ => Err(Fault::RANGE),
    };
    let most = match ask.page_size {
        0 => Ok(USUAL_LISTED),
        most if (1..=MOST_LISTED).contains(&most) => Ok(most as usize),
        _ => Err(Fault::RANGE),
    };
    let (last, most) = (wrong.check("last_count", last), wrong.check("page_size", most));
    all_good(last.zip(most), wrong)
}

/// The text and the digest of an activation.
pub fn activate(ask: &proto::ActivateRuleSetRequest) -> Result<(), Violations> {
    let mut wrong = Violations::new();
    text(&ask.text, &mut wrong);
    if ask.preview_digest.is_empty() {
        wrong.check::<()>("preview_digest", Err(Fault::REQUIRED));
    }
    all_good(Some(()), wrong)
}

fn text(text: &str, wrong: &mut Violations) {
    let checked = match text.len() {
        0 => Err(Fault::REQUIRED),
        length if length > LONGEST => Err(Fault::TOO_LONG),
        _ => Ok(()),
    };
    wrong.check("text", checked);
}

/// Where a case may go.
pub fn proposed(route: &Route) -> proto::ProposeRoutesResponse {
    let (refuse_ground, redirect) = refusal(&route.by.set, &route.decision);
    proto::ProposeRoutesResponse {
        proposals: route.proposals().into_iter().map(proposal).collect(),
        fired_rules: route.decision.fired.clone(),
        refuse_ground,
        redirect,
        otherwise: route.decision.otherwise.as_ref().map(|other| otherwise(other, |org| route.name(org))),
        rule_set: Some(reference(&route.by)),
    }
}

/// The ground for which a case is none for a mediator, and where to go instead.
fn refusal(set: &RuleSet, decision: &Decision) -> (String, String) {
    let First::Ground(code) = &decision.first else { return (String::new(), String::new()) };
    let reason = set.rule(decision.rule()).map_or("", |rule| rule.written.reason_zh.as_str());
    (code.clone(), reason.to_owned())
}

fn otherwise(other: &Otherwise, name: impl Fn(&str) -> String) -> proto::OtherRoute {
    let (text, text_en) = other.words(name);
    let (studio_org, refuse_ground) = goal(&other.first);
    let changes = other.changes.iter().map(|change| proto::InputChange {
        input: Input::code(change.input).to_owned(),
        studio_org: change.studio.clone(),
        from: change.from.clone(),
        to: change.to.clone(),
    });
    proto::OtherRoute { changes: changes.collect(), studio_org, refuse_ground, text, text_en }
}

/// A studio, or a ground of refusal.
fn goal(first: &First) -> (String, String) {
    match first {
        First::Studio(org) => (org.clone(), String::new()),
        First::Ground(code) => (String::new(), code.clone()),
        First::Nowhere => (String::new(), String::new()),
    }
}

fn proposal(one: Proposal) -> proto::Proposal {
    proto::Proposal {
        studio_org: one.studio_org,
        studio_name: one.studio_name,
        studio_kind: one.studio_kind,
        rule_id: one.rule_id,
        reason: one.reason_zh,
        reason_en: one.reason_en,
    }
}

fn reference(by: &Numbered) -> proto::RuleSetRef {
    proto::RuleSetRef {
        number: by.number,
        rule_set_id: by.set.id.clone(),
        version: by.set.version.clone(),
        digest: by.set.digest.clone(),
    }
}

/// The set in force, and what its rules have done.
pub fn rule_set(by: &Numbered, tally: &Tally, activations: &[Activation]) -> proto::RuleSet {
    let rules = by.set.rules.iter().map(|rule| {
        let written = &rule.written;
        let (first, second, refuse_ground) = match &rule.answer {
            Answer::Studios { first, second } => (first.code(), second.code(), ""),
            Answer::Ground(code) => ("", "", code.as_str()),
        };
        proto::RoutingRule {
            rule_id: written.id.clone(),
            priority: written.priority,
            first_studio_kind: first.to_owned(),
            second_studio_kind: second.to_owned(),
            refuse_ground: refuse_ground.to_owned(),
            reason: written.reason_zh.clone(),
            reason_en: written.reason_en.clone(),
            source: written.source.clone(),
            verified: written.verified,
            overridden_count: tally.overridden.get(&written.id).copied().unwrap_or_default(),
            studios: studios(tally, &written.id),
        }
    });
    // What clerks chose against the rules has its studios and returns too.
    let against = proto::RoutingRule {
        rule_id: "override".to_owned(),
        studios: studios(tally, "override"),
        ..proto::RoutingRule::default()
    };
    proto::RuleSet {
        rule_set: Some(reference(by)),
        text: by.set.text.clone(),
        rules: rules.chain((!against.studios.is_empty()).then_some(against)).collect(),
        activations: activations.iter().map(activation).collect(),
    }
}

fn studios(tally: &Tally, rule: &str) -> Vec<proto::RuleStudio> {
    let of_rule = tally.sent.get(rule).into_iter().flatten();
    of_rule
        .map(|(studio, (referred, returned))| proto::RuleStudio {
            studio_org: studio.clone(),
            referred_count: *referred,
            returned_count: *returned,
        })
        .collect()
}

/// A set that was put in force.
pub fn activation(one: &Activation) -> proto::RuleSetActivation {
    proto::RuleSetActivation {
        rule_set: Some(proto::RuleSetRef {
            number: one.number,
            rule_set_id: one.id.clone(),
            version: one.version.clone(),
            digest: one.digest.clone(),
        }),
        activate_time: one.at.map(instant),
        activated_by: one.by.clone(),
    }
}

/// What a set would have done.
pub fn simulation(told: Simulation) -> proto::RuleSetSimulation {
    let shift = |(name, shift): (&String, &Shift)| {
        let is_ground = rulebook::grounds::refuse(name).is_some();
        proto::StudioShift {
            studio_org: if is_ground { String::new() } else { name.clone() },
            refuse_ground: if is_ground { name.clone() } else { String::new() },
            before_count: shift.before,
            after_count: shift.after,
            gained_count: shift.gained,
            lost_count: shift.lost,
        }
    };
    let moved = |one: &Moved<Uuid>| proto::MovedCase {
        case_id: one.key.to_string(),
        from: one.from.name().to_owned(),
        to: one.to.name().to_owned(),
        rule_id: one.rule.clone(),
    };
    let uses = told.set.rules.iter().map(|rule| proto::RuleUse {
        rule_id: rule.written.id.clone(),
        decided_count: told.rules.get(&rule.written.id).copied().unwrap_or_default(),
    });
    proto::RuleSetSimulation {
        preview_digest: told.preview_digest,
        rule_set: Some(proto::RuleSetRef {
            number: told.number,
            rule_set_id: told.set.id.clone(),
            version: told.set.version.clone(),
            digest: told.set.digest.clone(),
        }),
        decision_count: told.seen,
        moved_count: told.moved,
        shifts: told.shifts.iter().map(shift).collect(),
        rules: uses.collect(),
        moves: told.examples.iter().map(moved).collect(),
    }
}

/// A decision that was made.
pub fn decision(one: &Decided, hall: &[Organization]) -> proto::RouteDecision {
    let name = |org: &str| {
        hall.iter().find(|studio| studio.org_id == org).map_or_else(|| org.to_owned(), |one| one.name.clone())
    };
    let set = one.by.as_ref().map(|by| &by.set);
    let proposals = set.map(|set| routes::proposals(set, &one.inputs, &one.decision, hall));
    proto::RouteDecision {
        decision_id: one.id.to_string(),
        decide_time: Some(instant(one.at)),
        rule_set: Some(one.by.as_ref().map_or_else(
            || proto::RuleSetRef { number: one.number, digest: one.digest.clone(), ..Default::default() },
            reference,
        )),
        inputs: one.inputs_text.clone(),
        fired_rules: one.decision.fired.clone(),
        proposals: proposals.unwrap_or_default().into_iter().map(proposal).collect(),
        refuse_ground: goal(&one.decision.first).1,
        otherwise: one.decision.otherwise.as_ref().map(|other| otherwise(other, name)),
        studio_org: one.studio.clone(),
        overridden: one.overridden,
        returned: one.returned,
        replayed: one.replayed,
    }
}
