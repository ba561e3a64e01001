//! From the accepted dispute to a confirmed claim and back into the pool.

mod town;

use std::collections::HashSet;
use std::sync::Arc;

use chrono::Duration;
use contracts::intake::v1::{PartyAmended, PartyDigest};
use contracts::lexicon::v1::Fence;
use contracts::oversight::v1::DeadlineReached;
use contracts::routing::v1::{
    self as proto, ClaimConfirmed, ClaimEnded, Disclosure, ProposeRoutesRequest, ReferCaseRequest,
    ReferralState, ReturnReferralRequest,
};
use prost::Message;
use tokio::task::JoinSet;
use tonic::Code;
use tonic_types::StatusExt;
use town::{COURT, FAMILY, HALL, Town, as_caller, clerk, declared, head, mediator, reason, why};

fn kinds(said: &[(String, i64)]) -> Vec<(&str, i64)> {
    said.iter().map(|(kind, version)| (kind.as_str(), *version)).collect()
}

#[tokio::test]
async fn a_case_goes_all_the_way_and_every_step_is_said_once() {
    let town = Town::open().await;
    let case = town.accepted("P2").await;
    assert_eq!(town.state(case).await, ReferralState::Routed);
    assert_eq!(town.get(case, &clerk()).await.unwrap().holder, HALL);

    let ask = ProposeRoutesRequest { case_id: case.to_string(), circumstances: None };
    let routes =
        town.client().propose_routes(as_caller(&clerk(), "ProposeRoutes", ask)).await.unwrap().into_inner();
    assert_eq!(
        (routes.proposals[0].studio_org.as_str(), routes.proposals[0].rule_id.as_str()),
        (FAMILY, "family")
    );
    assert_eq!(routes.proposals[0].studio_kind, "FAMILY");
    assert!(
        routes.proposals.len() >= 2
            && routes.proposals.iter().all(|p| !p.reason.is_empty() && !p.reason_en.is_empty())
    );

    let refer = |studio: &str, reason: &str| {
        let ask = ReferCaseRequest {
            case_id: case.to_string(),
            studio_org: studio.to_owned(),
            reason: reason.to_owned(),
            circumstances: None,
            due_date: String::new(),
        };
        let mut client = town.client();
        async move {
            client.refer_case(as_caller(&clerk(), "ReferCase", ask)).await.map(tonic::Response::into_inner)
        }
    };
    assert_eq!(reason(refer(COURT, "  ").await), "REASON_REQUIRED");
    assert_eq!(reason(refer("studio-none", "why").await), "UNKNOWN_STUDIO");
    assert_eq!(reason(refer(HALL, "why").await), "UNKNOWN_STUDIO");
    let referred = refer(COURT, "a judge is needed").await.unwrap();
    assert_eq!(
        (referred.rule_id.as_str(), referred.studio_org.as_str(), referred.version),
        ("override", COURT, 2)
    );
    assert_eq!(refer(COURT, "").await.unwrap().version, 2, "the same studio again is already so");

    let ask = ReturnReferralRequest { case_id: case.to_string(), reason: "not ours".to_owned() };
    let back = town.client().return_referral(as_caller(&head(COURT), "ReturnReferral", ask)).await.unwrap();
    assert_eq!((back.get_ref().return_count, back.get_ref().studio_org.as_str()), (1, ""));
    assert_eq!(why(town.accept(case, COURT).await).0, Code::NotFound, "it is no longer theirs to see");

    let referred = refer(FAMILY, "").await.unwrap();
    assert_eq!((referred.rule_id.as_str(), referred.holder.as_str()), ("family", HALL));
    let offered = town.accept(case, FAMILY).await.unwrap();
    assert_eq!((offered.state(), offered.holder.as_str()), (ReferralState::Pool, FAMILY));
    assert_eq!(town.accept(case, FAMILY).await.unwrap().version, offered.version);

    let me = mediator("mediator-13", FAMILY);
    let claimed = town.claim(case, &me).await.unwrap();
    assert_eq!((claimed.state(), claimed.holder.as_str()), (ReferralState::Assigned, "mediator-13"));
    assert_eq!(claimed.fence, Some(Fence { epoch: 1, n: 1 }));
    // Monday, three working days: until the end of Thursday in Shanghai.
    assert_eq!(
        claimed.confirm_due_time.unwrap().seconds,
        "2026-03-06T00:00:00+08:00".parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp()
    );
    let sworn = Disclosure { declared: true, relation_exists: true, all_parties_keep: false };
    assert_eq!(reason(town.confirm(case, &me, claimed.fence, None).await), "DISCLOSURE_REQUIRED");
    assert_eq!(reason(town.confirm(case, &me, claimed.fence, Some(sworn)).await), "CONFLICT_UNRESOLVED");
    let (code, reason, facts) =
        why(town.confirm(case, &me, Some(Fence { epoch: 1, n: 9 }), declared()).await);
    assert_eq!((code, reason.as_str()), (Code::FailedPrecondition, "FENCE_PASSED"));
    assert_eq!((facts["fence_epoch"].as_str(), facts["fence_n"].as_str()), ("1", "1"));
    let confirmed = town.confirm(case, &me, claimed.fence, declared()).await.unwrap();
    assert_eq!(confirmed.state(), ReferralState::Confirmed);
    assert_eq!(town.confirm(case, &me, claimed.fence, declared()).await.unwrap().version, confirmed.version);

    let said = town.said(case).await;
    let expected = [
        ("ReferralOpened", 1),
        ("CaseReferred", 2),
        ("ReferralReturned", 3),
        ("CaseReferred", 4),
        ("CasePooled", 5),
        ("CaseClaimed", 6),
        ("ClaimConfirmed", 7),
    ];
    assert_eq!(kinds(&town.said_kinds(case).await), expected);
    let told = ClaimConfirmed::decode(said[6].2.as_slice()).unwrap();
    let facts = told.facts.unwrap();
    assert_eq!(
        (facts.parties.len(), facts.consented_party_ids, facts.track.as_str()),
        (2, vec!["p1".to_owned()], "PEOPLE")
    );
    assert_eq!((told.holder.as_str(), told.fence), ("mediator-13", claimed.fence));
    town.settle().await;
    assert_eq!(town.quarantined().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_who_claim_at_once_exactly_one_holds_the_case() {
    let town = Arc::new(Town::open().await);
    town.enlist(FAMILY, (0..50).map(|n| format!("m-{n}"))).await;
    for _ in 0..3 {
        let case = town.pooled(FAMILY).await;
        let mut claimers = JoinSet::new();
        for n in 0..50 {
            let town = town.clone();
            claimers.spawn(async move {
                let me = mediator(&format!("m-{n}"), FAMILY);
                (me.account.to_string(), town.claim(case, &me).await)
            });
        }
        let mut winners = vec![];
        let mut holders = HashSet::new();
        for (account, answer) in claimers.join_all().await {
            if let Ok(referral) = answer {
                winners.push((account, referral.holder, referral.fence));
            } else {
                let (code, reason, facts) = why(answer);
                assert_eq!((code, reason.as_str()), (Code::FailedPrecondition, "ALREADY_CLAIMED"));
                assert_eq!(facts["state"], "ASSIGNED");
                assert!(chrono::DateTime::parse_from_rfc3339(&facts["since"]).is_ok());
                holders.insert(facts["holder"].clone());
            }
        }
        assert_eq!(winners.len(), 1);
        let (winner, holder, fence) = winners.remove(0);
        assert_eq!((&winner, fence), (&holder, Some(Fence { epoch: 1, n: 1 })));
        assert_eq!(holders, HashSet::from([winner]));
        let said = town.said_kinds(case).await;
        assert_eq!(said.iter().filter(|(kind, _)| kind == "CaseClaimed").count(), 1);
    }
}

#[tokio::test]
async fn a_lost_version_is_decided_anew() {
    let town = Town::open().await;
    let case = town.accepted("P2").await;
    let (one, other) = tokio::join!(town.refer(case, COURT), town.refer(case, "studio-justice"));
    let versions: HashSet<u64> = [one.unwrap().version, other.unwrap().version].into();
    assert_eq!(versions, HashSet::from([2, 3]));
    assert_eq!(
        kinds(&town.said_kinds(case).await),
        [("ReferralOpened", 1), ("CaseReferred", 2), ("CaseReferred", 3)]
    );
}

#[tokio::test]
async fn a_released_claim_comes_back_only_behind_its_fence() {
    let town = Town::open().await;
    let case = town.pooled(FAMILY).await;
    let (me, other) = (mediator("mediator-13", FAMILY), mediator("mediator-14", FAMILY));
    let claimed = town.claim(case, &me).await.unwrap();
    assert_eq!(
        town.claim(case, &me).await.unwrap().version,
        claimed.version,
        "own claim again is already so"
    );
    assert_eq!(reason(town.claim(case, &other).await), "ALREADY_CLAIMED");
    town.confirm(case, &me, claimed.fence, declared()).await.unwrap();
    assert_eq!(reason(town.release(case, &me, Some(Fence { epoch: 1, n: 0 })).await), "FENCE_PASSED");
    let released = town.release(case, &me, claimed.fence).await.unwrap();
    assert_eq!((released.state(), released.holder.as_str()), (ReferralState::Fencing, FAMILY));
    assert_eq!(released.fence, Some(Fence { epoch: 1, n: 2 }));
    assert_eq!(reason(town.claim(case, &other).await), "NOT_IN_POOL");
    assert_eq!(reason(town.confirm(case, &me, claimed.fence, declared()).await), "FENCE_PASSED");

    town.fence_stored(case, Fence { epoch: 1, n: 1 }).await;
    assert_eq!(town.state(case).await, ReferralState::Fencing, "an older fence opens nothing");
    town.fence_stored(case, released.fence.unwrap()).await;
    assert_eq!(town.state(case).await, ReferralState::Pool);
    let again = town.claim(case, &other).await.unwrap();
    assert_eq!(again.fence, Some(Fence { epoch: 1, n: 3 }));
    let said = town.said(case).await;
    let ended = said.iter().find(|(kind, ..)| kind == "ClaimEnded").unwrap();
    let ended = ClaimEnded::decode(ended.2.as_slice()).unwrap();
    assert_eq!(
        (ended.former_holder.as_str(), ended.lapsed, ended.fence),
        ("mediator-13", false, released.fence)
    );
    assert_eq!(town.quarantined().await, 0);
}

#[tokio::test]
async fn an_unconfirmed_claim_lapses_once_and_only_its_own() {
    let town = Town::open().await;
    let case = town.pooled(FAMILY).await;
    let me = mediator("mediator-13", FAMILY);
    let first = town.claim(case, &me).await.unwrap();
    let reached = |clock: &str, generation| DeadlineReached {
        clock: clock.to_owned(),
        generation,
        ..DeadlineReached::default()
    };
    town.clock.advance(Duration::days(5));
    assert_eq!(
        reason(town.confirm(case, &me, first.fence, declared()).await),
        "NOT_ASSIGNED",
        "the lease is over"
    );
    town.say(&town.oversight, case, 1, &reached("S05", 1)).await;
    town.say(&town.oversight, case, 2, &reached("K03", 0)).await;
    assert_eq!(town.state(case).await, ReferralState::Assigned);
    town.say(&town.oversight, case, 3, &reached("K03", 1)).await;
    assert_eq!(town.state(case).await, ReferralState::Fencing);
    let said = town.said(case).await;
    let ended = ClaimEnded::decode(said.last().unwrap().2.as_slice()).unwrap();
    assert!(ended.lapsed);
    town.fence_stored(case, ended.fence.unwrap()).await;

    let second = town.claim(case, &me).await.unwrap();
    assert_eq!(second.fence.unwrap().n, 3);
    town.say(&town.oversight, case, 4, &reached("K03", 1)).await;
    assert_eq!(town.state(case).await, ReferralState::Assigned, "an old deadline ends no new claim");
    town.confirm(case, &me, second.fence, declared()).await.unwrap();
    town.say(&town.oversight, case, 5, &reached("K03", 3)).await;
    assert_eq!(town.state(case).await, ReferralState::Confirmed, "confirmed in time");
}

#[tokio::test]
async fn strangers_see_nothing_and_the_former_holder_no_more() {
    let town = Town::open().await;
    let case = town.pooled(FAMILY).await;
    let unknown = town.clock.id();
    let strangers = [
        mediator("mediator-01", COURT),
        head(COURT),
        town::caller("clerk-9", "station-442000001", access::Role::Clerk),
        access::Caller {
            centre: lexicon::CentreId::new("440100").unwrap(),
            ..town::caller("clerk-1", HALL, access::Role::Clerk)
        },
    ];
    for stranger in &strangers {
        let foreign = town.get(case, stranger).await.unwrap_err();
        let absent = town.get(unknown, stranger).await.unwrap_err();
        assert_eq!((foreign.code(), foreign.message()), (Code::NotFound, absent.message()));
        assert_eq!(foreign.details(), absent.details());
    }
    let other = mediator("mediator-01", COURT);
    assert_eq!(why(town.claim(case, &other).await).0, Code::NotFound);
    assert_eq!(why(town.claim(case, &clerk()).await).0, Code::PermissionDenied);
    let me = mediator("mediator-13", FAMILY);
    let fence = town.claim(case, &me).await.unwrap().fence;
    assert_eq!(
        why(town.confirm(case, &mediator("mediator-14", FAMILY), fence, declared()).await).0,
        Code::NotFound
    );
}

#[tokio::test]
async fn every_bad_field_is_told_at_once() {
    let town = Town::open().await;
    let ask = ReferCaseRequest {
        case_id: "x".to_owned(),
        studio_org: "no such slug".to_owned(),
        reason: "界".repeat(501),
        circumstances: None,
        due_date: String::new(),
    };
    let status = town.client().refer_case(as_caller(&clerk(), "ReferCase", ask)).await.unwrap_err();
    let bad = status.get_details_bad_request().unwrap().field_violations;
    let told: Vec<(String, String)> = bad.into_iter().map(|v| (v.field, v.reason)).collect();
    let expected = [("case_id", "MALFORMED"), ("studio_org", "MALFORMED"), ("reason", "TOO_LONG")];
    assert_eq!(told, expected.map(|(field, reason)| (field.to_owned(), reason.to_owned())));
    let case = town.pooled(FAMILY).await;
    let me = mediator("mediator-13", FAMILY);
    town.claim(case, &me).await.unwrap();
    assert_eq!(why(town.confirm(case, &me, None, declared()).await).0, Code::InvalidArgument);
}

#[tokio::test]
async fn what_changes_before_confirmation_is_confirmed() {
    let town = Town::open().await;
    let case = town.pooled(FAMILY).await;
    let party = |id: &str, digest: &str| PartyAmended {
        party: Some(PartyDigest { party_id: id.to_owned(), digest: digest.to_owned(), ..Default::default() }),
    };
    let before = town.get(case, &clerk()).await.unwrap();
    town.say(&town.intake, case, 3, &party("p1", "new")).await;
    town.say(&town.intake, case, 4, &party("p3", "third")).await;
    assert_eq!(town.get(case, &clerk()).await.unwrap(), before, "no step of the referral");
    let me = mediator("mediator-13", FAMILY);
    let claimed = town.claim(case, &me).await.unwrap();
    town.confirm(case, &me, claimed.fence, declared()).await.unwrap();
    let said = town.said(case).await;
    let facts = ClaimConfirmed::decode(said.last().unwrap().2.as_slice()).unwrap().facts.unwrap();
    let parties: Vec<(&str, &str)> =
        facts.parties.iter().map(|p| (p.party_id.as_str(), p.digest.as_str())).collect();
    assert_eq!(parties, [("p1", "new"), ("p2", "digest of p2"), ("p3", "third")]);
}

#[tokio::test]
async fn reasons_are_sealed_at_rest() {
    let town = Town::open().await;
    let case = town.accepted("P2").await;
    let secret = "because-of-the-blue-door";
    let ask = ReferCaseRequest {
        case_id: case.to_string(),
        studio_org: COURT.to_owned(),
        reason: secret.to_owned(),
        circumstances: None,
        due_date: String::new(),
    };
    town.client().refer_case(as_caller(&clerk(), "ReferCase", ask)).await.unwrap();
    town.settle().await;
    let bytes = town.memory.bytes().await;
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!holds(secret));
    assert!(holds(COURT), "what was searched is the database");
}

#[tokio::test]
async fn an_answer_tells_what_the_caller_has_seen() {
    let town = Town::open().await;
    let case = town.pooled(FAMILY).await;
    let ask = proto::ClaimCaseRequest { case_id: case.to_string() };
    let answer = town
        .client()
        .claim_case(as_caller(&mediator("mediator-13", FAMILY), "ClaimCase", ask))
        .await
        .unwrap();
    assert_eq!(answer.metadata().get("supermarket-seen").unwrap(), format!("routing;1;{case};4").as_str());
}

/// The rows of `audit` lie in the order of the commits, so they tell which of two changes was first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_is_never_confirmed_on_facts_that_were_already_old() {
    let town = Arc::new(Town::open().await);
    let me = mediator("mediator-13", FAMILY);
    for round in 0..16 {
        let case = town.pooled(FAMILY).await;
        let fence = town.claim(case, &me).await.unwrap().fence;
        let amended =
            PartyAmended { party: Some(PartyDigest { party_id: "p9".to_owned(), ..PartyDigest::default() }) };
        let (one, two) = (town.clone(), town.clone());
        let mut both = JoinSet::new();
        both.spawn(async move { one.say(&one.intake, case, 3, &amended).await });
        let holder = me.clone();
        both.spawn(async move {
            // The reaction is written some milliseconds from now; the rounds sweep over that moment.
            tokio::time::sleep(std::time::Duration::from_millis(round)).await;
            two.confirm(case, &holder, fence, declared()).await.unwrap();
        });
        both.join_all().await;
        let order = town.audited(case).await;
        let place = |method: &str| order.iter().position(|done| done.ends_with(method)).unwrap();
        let first = place("PartyAmended") < place("ConfirmClaim");
        let said = town.said(case).await;
        let facts = ClaimConfirmed::decode(said.last().unwrap().2.as_slice()).unwrap().facts.unwrap();
        assert_eq!(facts.parties.iter().any(|party| party.party_id == "p9"), first);
    }
}
