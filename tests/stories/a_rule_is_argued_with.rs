//! A clerk reads why a case belongs where it is proposed and what would have sent it elsewhere, decides otherwise and says why,
//! a studio sends a case back; the supervisor sees that in the counts, rehearses other rules, puts them in force, and the next
//! case goes by them, while what was decided before is decided the same again.

use contracts::intake::v1::AcceptDisputeRequest;
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::rule_service_client::RuleServiceClient;
use contracts::routing::v1::{
    ActivateRuleSetRequest, Circumstances, GetRuleSetRequest, ListDecisionsRequest, ProposeRoutesRequest,
    ProposeRoutesResponse, ReferCaseRequest, Referral, ReturnReferralRequest, RouteDecision, RuleSet,
    SimulateRuleSetRequest,
};
use supermarket::client::{Person, Thread, reason};
use tests::{Case, World, ask, file};
use tonic::Status;

const FAMILY: &str = "studio-family";
const JUSTICE: &str = "studio-justice";
const POLICE: &str = "studio-police";
const COURT: &str = "studio-court";

async fn of_cause(clerk: &Person, name: &str, code: &str) -> Case {
    let mut case = file(clerk, name).await;
    let message = AcceptDisputeRequest {
        case_id: case.id.clone(),
        cause_code: code.to_owned(),
        ..AcceptDisputeRequest::default()
    };
    ask!(clerk, case.thread, IntakeServiceClient::accept_dispute, message).unwrap();
    case
}

async fn propose(clerk: &Person, case: &mut Case, told: &Circumstances) -> ProposeRoutesResponse {
    let message = ProposeRoutesRequest { case_id: case.id.clone(), circumstances: Some(told.clone()) };
    ask!(clerk, case.thread, RoutingServiceClient::propose_routes, message).unwrap()
}

async fn refer(
    clerk: &Person,
    case: &mut Case,
    studio: &str,
    why: &str,
    told: &Circumstances,
) -> Result<Referral, Status> {
    let message = ReferCaseRequest {
        case_id: case.id.clone(),
        studio_org: studio.to_owned(),
        reason: why.to_owned(),
        circumstances: Some(told.clone()),
        due_date: String::new(),
    };
    ask!(clerk, case.thread, RoutingServiceClient::refer_case, message)
}

async fn decisions(person: &Person, case: &mut Case) -> Vec<RouteDecision> {
    let message = ListDecisionsRequest { case_id: case.id.clone() };
    ask!(person, case.thread, RuleServiceClient::list_decisions, message).unwrap().decisions
}

async fn in_force(person: &Person) -> RuleSet {
    let message = GetRuleSetRequest::default();
    ask!(person, Thread::default(), RuleServiceClient::get_rule_set, message).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_argues_a_supervisor_rehearses_and_the_next_case_goes_by_the_new_rules() {
    let world = World::open().await;
    let (clerk, supervisor) = (world.person("clerk-1").await, world.person("supervisor-1").await);
    let nothing = Circumstances::default();

    // A quarrel between neighbours; the proposal names what would send it elsewhere, and that does.
    let mut quarrel = of_cause(&clerk, "quarrel", "55").await;
    let proposed = propose(&clerk, &mut quarrel, &nothing).await;
    assert_eq!(proposed.proposals[0].studio_org, JUSTICE);
    let other = proposed.otherwise.unwrap();
    assert_eq!((other.changes[0].input.as_str(), other.studio_org.as_str()), ("POLICE", POLICE));
    let told = Circumstances { police_involved: true, ..Circumstances::default() };
    assert_eq!(propose(&clerk, &mut quarrel, &told).await.proposals[0].studio_org, POLICE);
    let silent = refer(&clerk, &mut quarrel, COURT, "", &told).await.unwrap_err();
    assert_eq!(reason(&silent).as_deref(), Some("REASON_REQUIRED"));
    let referred = refer(&clerk, &mut quarrel, COURT, "双方指定法院调解员", &told).await.unwrap();
    assert_eq!(referred.rule_id, "override");

    // A divorce goes as proposed, and comes back.
    let mut divorce = of_cause(&clerk, "divorce", "14").await;
    refer(&clerk, &mut divorce, FAMILY, "", &nothing).await.unwrap();
    let head = world.head(FAMILY).await;
    let back = ReturnReferralRequest { case_id: divorce.id.clone(), reason: "不属专长".to_owned() };
    ask!(head, divorce.thread, RoutingServiceClient::return_referral, back).unwrap();
    world.settle().await;
    let set = in_force(&clerk).await;
    let rule = |id: &str| set.rules.iter().find(|one| one.rule_id == id).unwrap();
    assert_eq!(rule("nuisance-police").overridden_count, 1);
    let family = &rule("family").studios[0];
    assert_eq!((family.studio_org.as_str(), family.referred_count, family.returned_count), (FAMILY, 1, 1));

    // The supervisor would rather have divorces at the court. Two rules of one priority are refused, by name.
    let twice = set.text.replacen("priority = 810", "priority = 760", 1);
    let message = SimulateRuleSetRequest { text: twice, last_count: 0, page_size: 0 };
    let status =
        ask!(supervisor, Thread::default(), RuleServiceClient::simulate_rule_set, message).unwrap_err();
    assert_eq!(reason(&status).as_deref(), Some("RULE_SET_DEFECTIVE"));
    let text = set.text.replacen(
        "causes = [\"P2\", \"P3\"]\nfirst = \"FAMILY\"\nsecond = \"COURT\"",
        "causes = [\"P2\", \"P3\"]\nfirst = \"COURT\"\nsecond = \"JUSTICE\"",
        1,
    );
    assert_ne!(text, set.text);
    let unseen = ActivateRuleSetRequest { text: text.clone(), preview_digest: "unseen".to_owned() };
    let status =
        ask!(supervisor, Thread::default(), RuleServiceClient::activate_rule_set, unseen).unwrap_err();
    assert_eq!(reason(&status).as_deref(), Some("SIMULATION_OUTDATED"));
    let message = SimulateRuleSetRequest { text: text.clone(), last_count: 0, page_size: 0 };
    let told_by = ask!(supervisor, Thread::default(), RuleServiceClient::simulate_rule_set, message).unwrap();
    assert_eq!((told_by.decision_count, told_by.moved_count), (2, 1));
    let of = |org: &str| told_by.shifts.iter().find(|one| one.studio_org == org).unwrap();
    assert_eq!((of(FAMILY).lost_count, of(COURT).gained_count, of(POLICE).after_count), (1, 1, 1));
    assert_eq!(told_by.moves[0].case_id, divorce.id);
    let message = ActivateRuleSetRequest { text, preview_digest: told_by.preview_digest };
    let put = ask!(supervisor, Thread::default(), RuleServiceClient::activate_rule_set, message).unwrap();
    assert_eq!(put.rule_set.unwrap().number, 1);

    // The next divorce goes by them; the old decisions are still those that were made.
    let mut next = of_cause(&clerk, "next", "14").await;
    assert_eq!(propose(&clerk, &mut next, &nothing).await.proposals[0].studio_org, COURT);
    refer(&clerk, &mut next, COURT, "", &nothing).await.unwrap();
    let new = decisions(&supervisor, &mut next).await.remove(0);
    let old = decisions(&supervisor, &mut divorce).await.remove(0);
    let argued = decisions(&supervisor, &mut quarrel).await.remove(0);
    assert!(new.replayed && old.replayed && argued.replayed);
    assert_eq!((new.rule_set.unwrap().number, old.rule_set.unwrap().number), (1, 0));
    assert_eq!((old.proposals[0].studio_org.as_str(), old.returned), (FAMILY, true));
    assert_eq!((argued.proposals[0].studio_org.as_str(), argued.overridden), (POLICE, true));
    assert_eq!(argued.fired_rules[0], "nuisance-police");
    world.close().await;
}
