//! Rule sets at work: a decision explains itself and is kept, another set is rehearsed and put in force, and what was decided
//! before is decided the same again.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod town;

use access::{Caller, Role};
use contracts::routing::v1 as proto;
use lexicon::CentreId;
use sea_orm::ConnectionTrait as _;
use tonic::{Code, Status};
use town::{COURT, FAMILY, HALL, Town, as_caller, caller, clerk, head, reason, why};
use uuid::Uuid;

fn supervisor() -> Caller {
    caller("supervisor-1", HALL, Role::Supervisor)
}

async fn propose(town: &Town, case: Uuid, told: proto::Circumstances) -> proto::ProposeRoutesResponse {
    let ask = proto::ProposeRoutesRequest { case_id: case.to_string(), circumstances: Some(told) };
    town.client().propose_routes(as_caller(&clerk(), "ProposeRoutes", ask)).await.unwrap().into_inner()
}

async fn refer(town: &Town, case: Uuid, studio: &str, why: &str) -> Result<proto::Referral, Status> {
    let ask = proto::ReferCaseRequest {
        case_id: case.to_string(),
        studio_org: studio.to_owned(),
        reason: why.to_owned(),
        circumstances: None,
        due_date: String::new(),
    };
    Ok(town.client().refer_case(as_caller(&clerk(), "ReferCase", ask)).await?.into_inner())
}

async fn send_back(town: &Town, case: Uuid, studio: &str) {
    let ask = proto::ReturnReferralRequest { case_id: case.to_string(), reason: "not ours".to_owned() };
    town.client().return_referral(as_caller(&head(studio), "ReturnReferral", ask)).await.unwrap();
}

async fn in_force(town: &Town, by: &Caller) -> proto::RuleSet {
    let ask = proto::GetRuleSetRequest {};
    town.rules().get_rule_set(as_caller(by, "GetRuleSet", ask)).await.unwrap().into_inner()
}

async fn simulate(town: &Town, text: &str, last: i32) -> Result<proto::RuleSetSimulation, Status> {
    let ask = proto::SimulateRuleSetRequest { text: text.to_owned(), last_count: last, page_size: 2 };
    let asked = as_caller(&supervisor(), "SimulateRuleSet", ask);
    Ok(town.rules().simulate_rule_set(asked).await?.into_inner())
}

async fn activate(town: &Town, text: &str, digest: &str) -> Result<proto::RuleSetActivation, Status> {
    let ask = proto::ActivateRuleSetRequest { text: text.to_owned(), preview_digest: digest.to_owned() };
    let asked = as_caller(&supervisor(), "ActivateRuleSet", ask);
    Ok(town.rules().activate_rule_set(asked).await?.into_inner())
}

async fn decisions(town: &Town, case: Uuid, by: &Caller) -> Result<Vec<proto::RouteDecision>, Status> {
    let ask = proto::ListDecisionsRequest { case_id: case.to_string() };
    Ok(town.rules().list_decisions(as_caller(by, "ListDecisions", ask)).await?.into_inner().decisions)
}

/// The shipped set with one thing otherwise: family matters go to the court.
fn to_the_court() -> String {
    let (before, after) = (
        "causes = [\"P2\", \"P3\"]\nfirst = \"FAMILY\"\nsecond = \"COURT\"",
        "causes = [\"P2\", \"P3\"]\nfirst = \"COURT\"\nsecond = \"JUSTICE\"",
    );
    assert!(ruleset::SHIPPED.contains(before));
    ruleset::SHIPPED.replacen(before, after, 1).replacen("2026.2", "2026.3", 1)
}

#[tokio::test]
async fn a_proposal_explains_itself_and_hears_what_the_window_knows() {
    let town = Town::open().await;
    let case = town.accepted("55").await;
    let plain = propose(&town, case, proto::Circumstances::default()).await;
    assert_eq!(plain.proposals[0].studio_org, "studio-justice");
    assert_eq!(plain.fired_rules, ["neighbours", "things", "rest"]);
    let set = plain.rule_set.unwrap();
    assert_eq!((set.number, set.digest.as_str()), (0, ruleset::shipped().digest.as_str()));
    let other = plain.otherwise.unwrap();
    assert_eq!(other.studio_org, "studio-police");
    assert_eq!(other.changes[0].input, "POLICE");
    assert!(other.text.contains("报警情况") && other.text.contains("公安调解工作室"), "{}", other.text);
    assert!(other.text_en.contains("police"), "{}", other.text_en);

    // The change that was named is told: the case goes where it was said to go.
    let told = proto::Circumstances { police_involved: true, ..Default::default() };
    let changed = propose(&town, case, told).await;
    assert_eq!(changed.proposals[0].studio_org, other.studio_org);
    let wish = proto::Circumstances { wished_studio_kind: "COURT".to_owned(), ..Default::default() };
    assert_eq!(propose(&town, case, wish).await.proposals[0].studio_org, COURT);

    let none = town.accepted("P57").await;
    let refused = propose(&town, none, proto::Circumstances::default()).await;
    assert_eq!((refused.refuse_ground.as_str(), refused.proposals.len()), ("R04", 0));
    assert!(refused.redirect.contains("立案窗口"));
    assert_eq!(reason(refer(&town, none, COURT, "").await), "REASON_REQUIRED");

    let wrong = proto::Circumstances {
        category: "nonsense".to_owned(),
        institution: 99,
        wished_studio_kind: "RIVER".to_owned(),
        ..Default::default()
    };
    let ask = proto::ProposeRoutesRequest { case_id: case.to_string(), circumstances: Some(wrong) };
    let status = town.client().propose_routes(as_caller(&clerk(), "ProposeRoutes", ask)).await.unwrap_err();
    let bad = tonic_types::StatusExt::get_details_bad_request(&status).unwrap().field_violations;
    let told: Vec<(&str, &str)> = bad.iter().map(|one| (one.field.as_str(), one.reason.as_str())).collect();
    let at = |field: &'static str| format!("circumstances.{field}");
    assert_eq!(
        told,
        [
            (at("category").as_str(), "UNKNOWN_CODE"),
            (at("institution").as_str(), "ENUM_UNKNOWN"),
            (at("wished_studio_kind").as_str(), "ENUM_UNKNOWN"),
        ]
    );
}

#[tokio::test]
async fn a_decision_is_kept_and_bounces_are_counted_per_rule_and_studio() {
    let town = Town::open().await;
    let case = town.accepted("P2").await;
    refer(&town, case, FAMILY, "").await.unwrap();
    refer(&town, case, FAMILY, "").await.unwrap();
    send_back(&town, case, FAMILY).await;
    refer(&town, case, COURT, "the family studio cannot").await.unwrap();
    let second = town.accepted("P2").await;
    refer(&town, second, FAMILY, "").await.unwrap();

    let told = decisions(&town, case, &clerk()).await.unwrap();
    assert_eq!(told.len(), 2, "a repeated call decides nothing new");
    let ways: Vec<_> = told
        .iter()
        .map(|one| (one.studio_org.as_str(), one.overridden, one.returned, one.replayed))
        .collect();
    assert_eq!(ways, [(FAMILY, false, true, true), (COURT, true, false, true)]);
    assert_eq!(told[0].proposals[0].studio_org, FAMILY);
    assert!(told[0].otherwise.is_some() && told[0].inputs.contains("\"cause\":\"P2\""));
    assert!(!told[0].inputs.contains("digest of"), "nothing that tells who is a party");
    assert_eq!(why(decisions(&town, case, &head(FAMILY)).await).0, Code::NotFound, "no longer theirs");

    let set = in_force(&town, &clerk()).await;
    let of = |rule: &str| set.rules.iter().find(|one| one.rule_id == rule).unwrap();
    let studios = |rule: &str| -> Vec<(String, u64, u64)> {
        let all = of(rule).studios.iter();
        all.map(|one| (one.studio_org.clone(), one.referred_count, one.returned_count)).collect()
    };
    assert_eq!(studios("family"), [(FAMILY.to_owned(), 2, 1)]);
    assert_eq!(studios("override"), [(COURT.to_owned(), 1, 0)]);
    assert_eq!((of("family").overridden_count, of("traffic").overridden_count), (1, 0));
    assert_eq!(set.rules.len(), ruleset::shipped().rules.len() + 1);
    assert_eq!(set.text, ruleset::SHIPPED);
}

#[tokio::test]
async fn a_case_that_its_mediator_declines_is_a_bounce_too() {
    let town = Town::open().await;
    let case = town.pooled(FAMILY).await;
    assert_eq!(refer(&town, case, FAMILY, "").await.unwrap().version, 3, "its answer was lost: already so");
    let me = town::mediator("mediator-13", FAMILY);
    let claimed = town.claim(case, &me).await.unwrap();
    let ask = proto::DeclineCaseRequest {
        case_id: case.to_string(),
        fence: claimed.fence,
        reason: "outside our charter".to_owned(),
    };
    let declined = town.client().decline_case(as_caller(&me, "DeclineCase", ask)).await.unwrap();
    town.fence_stored(case, declined.get_ref().fence.unwrap()).await;
    assert_eq!(town.get(case, &clerk()).await.unwrap().return_count, 1);
    let told = decisions(&town, case, &clerk()).await.unwrap();
    assert_eq!((told.len(), told[0].returned), (1, true));
    let set = in_force(&town, &clerk()).await;
    let family = set.rules.iter().find(|one| one.rule_id == "family").unwrap();
    assert_eq!((family.studios[0].referred_count, family.studios[0].returned_count), (1, 1));
    assert_eq!(
        reason(refer(&town, case, "studio-none", "why").await),
        "UNKNOWN_STUDIO",
        "it waits for a studio again"
    );
}

#[tokio::test]
async fn a_set_that_this_program_cannot_read_stops_no_case() {
    let town = Town::open().await;
    // As another program, whose sets have another form, has put it in force.
    let db = town.memory.owner("routing").await;
    let text = "INSERT INTO rule_text (centre, digest, body) VALUES ('442000', 'd9', 'format = 9')";
    db.execute_unprepared(text).await.unwrap();
    let row = "INSERT INTO rule_set (centre, number, digest, rule_set_id, version, activated_at, activated_by) \
               VALUES ('442000', 1, 'd9', 'other', '9', '2026-03-01T00:00:00+00:00', 'supervisor-1')";
    db.execute_unprepared(row).await.unwrap();
    db.close().await.unwrap();
    let case = town.accepted("P2").await;
    assert_eq!(refer(&town, case, FAMILY, "").await.unwrap().rule_id, "family", "the shipped set decides");
    let text = to_the_court();
    let told = simulate(&town, &text, 0).await.unwrap();
    let put = activate(&town, &text, &told.preview_digest).await.unwrap();
    assert_eq!(put.rule_set.unwrap().number, 2, "and there is a way out");
}

#[tokio::test]
async fn a_set_is_simulated_then_put_in_force_and_old_decisions_stay() {
    let town = Town::open().await;
    let old = town.accepted("P2").await;
    refer(&town, old, FAMILY, "").await.unwrap();
    for _ in 0..3 {
        let case = town.accepted("P2").await;
        refer(&town, case, FAMILY, "").await.unwrap();
    }
    let other = town.accepted("108.3").await;
    refer(&town, other, COURT, "").await.unwrap();

    let text = to_the_court();
    let told = simulate(&town, &text, 0).await.unwrap();
    assert_eq!((told.decision_count, told.moved_count, told.moves.len()), (5, 4, 2));
    let shift = |org: &str| {
        let one = told.shifts.iter().find(|one| one.studio_org == org).unwrap();
        (one.before_count, one.after_count, one.gained_count, one.lost_count)
    };
    assert_eq!((shift(FAMILY), shift(COURT)), ((4, 0, 0, 4), (1, 5, 4, 0)));
    assert_eq!((told.moves[0].from.as_str(), told.moves[0].to.as_str()), (FAMILY, COURT));
    assert_eq!(simulate(&town, &text, 2).await.unwrap().decision_count, 2, "the last two");

    assert_eq!(reason(activate(&town, &text, "0000").await), "SIMULATION_OUTDATED");
    let longer = format!("{text}\n# another text\n");
    assert_eq!(reason(activate(&town, &longer, &told.preview_digest).await), "SIMULATION_OUTDATED");
    assert_eq!(in_force(&town, &clerk()).await.rule_set.unwrap().number, 0, "nothing has changed");
    let put = activate(&town, &text, &told.preview_digest).await.unwrap();
    let set = put.rule_set.clone().unwrap();
    assert_eq!((set.number, set.version.as_str(), put.activated_by.as_str()), (1, "2026.3", "supervisor-1"));
    assert_eq!(activate(&town, &text, "whatever").await.unwrap(), put, "already so");

    let next = town.accepted("P2").await;
    assert_eq!(reason(refer(&town, next, FAMILY, "").await), "REASON_REQUIRED");
    assert_eq!(refer(&town, next, COURT, "").await.unwrap().rule_id, "family");
    let before = decisions(&town, old, &clerk()).await.unwrap().remove(0);
    assert!(before.replayed && before.rule_set.unwrap().number == 0);
    assert_eq!(before.proposals[0].studio_org, FAMILY, "by the set that made it");
    let after = decisions(&town, next, &clerk()).await.unwrap().remove(0);
    assert!(after.replayed && after.rule_set.unwrap().number == 1);

    let set = in_force(&town, &clerk()).await;
    assert_eq!(set.rule_set.unwrap().version, "2026.3");
    assert_eq!(
        set.activations.iter().map(|one| one.rule_set.clone().unwrap().number).collect::<Vec<_>>(),
        [0, 1]
    );
    // The first set again was simulated against nothing that is in force now.
    let back = simulate(&town, ruleset::SHIPPED, 0).await.unwrap();
    assert_eq!(reason(activate(&town, ruleset::SHIPPED, &told.preview_digest).await), "SIMULATION_OUTDATED");
    assert_eq!(
        activate(&town, ruleset::SHIPPED, &back.preview_digest).await.unwrap().rule_set.unwrap().number,
        2
    );

    let abroad = Caller { centre: CentreId::new("440100").unwrap(), ..supervisor() };
    let theirs = in_force(&town, &abroad).await;
    assert_eq!((theirs.rule_set.unwrap().number, theirs.activations.len()), (0, 1), "another centre's own");
}

#[tokio::test]
async fn a_faulty_set_is_refused_with_the_rule_named() {
    let town = Town::open().await;
    let planted = [
        ("priority = 810", "priority = 760", "OVERLAP", "trade"),
        ("causes = [\"P35\"]", "causes = [\"P35\"]\ninjury = true", "UNCOVERED", "P35"),
        (
            "from = [\"FAMILY\"]\nto = [\"POLICE\"]",
            "from = [\"FAMILY\"]\nto = [\"LABOUR\"]",
            "NO_STATE_MAP",
            "family-violence",
        ),
        ("priority = 900", "priority = 900\namount_below = 7", "UNREACHABLE", "large-amount"),
    ];
    for (from, to, code, rule) in planted {
        let text = ruleset::SHIPPED.replacen(from, to, 1);
        for answer in [simulate(&town, &text, 0).await.map(drop), activate(&town, &text, "x").await.map(drop)]
        {
            let (status, told, facts) = why(answer);
            assert_eq!((status, told.as_str()), (Code::FailedPrecondition, "RULE_SET_DEFECTIVE"));
            assert!(facts["faults"].contains(code), "{facts:?}");
            assert_eq!(facts["rules"], rule);
        }
    }
    let (code, _, _) = why(simulate(&town, "", 0).await);
    assert_eq!(code, Code::InvalidArgument);
    let (code, _, _) = why(simulate(&town, ruleset::SHIPPED, 100_001).await);
    assert_eq!(code, Code::InvalidArgument);
    let ask =
        proto::SimulateRuleSetRequest { text: ruleset::SHIPPED.to_owned(), last_count: 0, page_size: 0 };
    let status =
        town.rules().simulate_rule_set(as_caller(&clerk(), "SimulateRuleSet", ask)).await.unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn the_hall_tells_who_has_how_much_to_do() {
    let town = Town::open().await;
    for _ in 0..2 {
        town.pooled(FAMILY).await;
    }
    let case = town.accepted("P2").await;
    refer(&town, case, FAMILY, "").await.unwrap();
    let inputs = decisions(&town, case, &clerk()).await.unwrap().remove(0).inputs;
    let inputs = ruleset::Inputs::kept(inputs.as_bytes()).unwrap();
    let family = inputs.studios.iter().find(|one| one.id == FAMILY).unwrap();
    assert_eq!((family.load, family.capacity, family.on_duty), (2, 6_000, true));
    assert_eq!(inputs.studios.len(), 10);
}
