//! Ties and the moments beside a claim: a studio that is bound as a whole, a named successor, a holder whom the parties keep.

use access::Role;
use contracts::intake::v1::PartyAmended;
use contracts::lexicon::v1::PartyRole;
use contracts::routing::v1::{
    ChooseMediatorRequest, DecideRecusalRequest, Disclosure, RecusalDecision, RecusalGround, Referral,
    ReferralState, RequestRecusalRequest, ReturnReferralRequest, TieBond,
};
use tonic::Status;
use uuid::Uuid;

use super::town::{FAMILY, Town, as_caller, caller, clerk, declared, head, mediator, reason};
use super::{between, declare, find, party};

async fn amended(town: &Town, case: Uuid, version: u64, id: &str, n: usize) {
    let party = Some(party(town, id, PartyRole::Respondent, n));
    town.say(&town.intake, case, version, &PartyAmended { party }).await;
}

async fn hand_back(town: &Town, case: Uuid) -> Result<Referral, Status> {
    let ask = ReturnReferralRequest { case_id: case.to_string(), reason: "都有关系".to_owned() };
    Ok(town.client().return_referral(as_caller(&head(FAMILY), "ReturnReferral", ask)).await?.into_inner())
}

#[tokio::test]
async fn a_studio_that_is_bound_as_a_whole_sends_the_case_back() {
    let town = Town::open().await;
    let case = between(&town, 1, 2).await;
    for (n, account) in ["mediator-13", "mediator-14", "mediator-15"].iter().enumerate() {
        assert_eq!(reason(hand_back(&town, case).await), "MEDIATORS_LEFT", "{n} are bound");
        declare(&town, &mediator(account, FAMILY), account, TieBond::Creditor, 1, None).await.unwrap();
    }
    let back = hand_back(&town, case).await.unwrap();
    assert_eq!((back.state(), back.studio_org.as_str()), (ReferralState::Routed, ""));
}

#[tokio::test]
async fn a_holder_whom_the_parties_keep_is_not_moved_by_what_is_amended_of_them() {
    let town = Town::open().await;
    let me = mediator("mediator-13", FAMILY);
    let case = between(&town, 1, 2).await;
    let claimed = town.claim(case, &me).await.unwrap();
    let kept = Disclosure { declared: true, relation_exists: true, all_parties_keep: true };
    town.confirm(case, &me, claimed.fence, kept).await.unwrap();
    declare(&town, &me, "mediator-13", TieBond::Relative, 1, None).await.unwrap();
    declare(&town, &me, "mediator-13", TieBond::Relative, 7, None).await.unwrap();
    amended(&town, case, 3, "p2", 2).await;
    amended(&town, case, 4, "p1", 1).await;
    assert_eq!(town.get(case, &me).await.unwrap().holder, "mediator-13", "nobody came");
    // Known by another paper now, a party is somebody else.
    amended(&town, case, 5, "p2", 7).await;
    assert_eq!(town.state(case).await, ReferralState::Fencing);
}

#[tokio::test]
async fn a_holder_whom_the_parties_keep_by_a_decision_is_not_moved_by_the_tie_that_it_was_about() {
    let town = Town::open().await;
    let me = mediator("mediator-13", FAMILY);
    let case = between(&town, 1, 2).await;
    let claimed = town.claim(case, &me).await.unwrap();
    town.confirm(case, &me, claimed.fence, declared()).await.unwrap();
    let ask = RequestRecusalRequest {
        case_id: case.to_string(),
        ground: RecusalGround::Relative.into(),
        party_id: String::new(),
        reason: "新近得知与被申请人系亲属".to_owned(),
    };
    town.client().request_recusal(as_caller(&me, "RequestRecusal", ask)).await.unwrap();
    let ask = DecideRecusalRequest {
        case_id: case.to_string(),
        fence: claimed.fence,
        decision: RecusalDecision::Kept.into(),
        keeping_party_ids: vec!["p1".to_owned(), "p2".to_owned()],
        reason: "双方知情并同意继续".to_owned(),
        successor: String::new(),
    };
    town.client().decide_recusal(as_caller(&head(FAMILY), "DecideRecusal", ask)).await.unwrap();
    declare(&town, &me, "mediator-13", TieBond::Relative, 1, None).await.unwrap();
    assert_eq!(town.get(case, &me).await.unwrap().holder, "mediator-13");
}

/// Who declares a tie as they must is no worse off than who is silent: the parties may choose them knowing of it (L4 art. 15).
#[tokio::test]
async fn the_parties_may_choose_together_whom_they_know_to_be_bound() {
    let town = Town::open().await;
    let me = mediator("mediator-13", FAMILY);
    declare(&town, &me, "mediator-13", TieBond::Relative, 1, None).await.unwrap();
    let case = between(&town, 1, 2).await;
    let choose = async |agreeing: &[&str], relation_known: bool| {
        let ask = ChooseMediatorRequest {
            case_id: case.to_string(),
            mediator: "mediator-13".to_owned(),
            agreeing_party_ids: agreeing.iter().map(|id| (*id).to_owned()).collect(),
            relation_known,
        };
        town.client().choose_mediator(as_caller(&clerk(), "ChooseMediator", ask)).await
    };
    assert_eq!(reason(choose(&["p1", "p2"], false).await), "CONFLICT_OF_INTEREST");
    assert_eq!(reason(choose(&["p1"], true).await), "CHOICE_NOT_JOINT", "all of them, or it is no choice");
    let chosen = choose(&["p1", "p2"], true).await.unwrap().into_inner();
    assert_eq!((chosen.state(), chosen.holder.as_str()), (ReferralState::Assigned, "mediator-13"));
    // What is told of others meanwhile moves nobody whom they know to be bound.
    declare(&town, &me, "mediator-13", TieBond::Employer, 7, None).await.unwrap();
    assert_eq!(town.get(case, &me).await.unwrap().holder, "mediator-13");
    assert_eq!(
        reason(town.confirm(case, &me, chosen.fence, declared()).await),
        "CONFLICT_OF_INTEREST",
        "it is disclosed, not passed over"
    );
    let kept = Disclosure { declared: true, relation_exists: true, all_parties_keep: true };
    town.confirm(case, &me, chosen.fence, kept).await.unwrap();
}

#[tokio::test]
async fn a_named_successor_who_is_bound_to_who_came_meanwhile_does_not_follow() {
    let town = Town::open().await;
    let (me, next) = (mediator("mediator-13", FAMILY), "mediator-14");
    declare(&town, &mediator(next, FAMILY), next, TieBond::Employer, 5, None).await.unwrap();
    let case = between(&town, 1, 2).await;
    let claimed = town.claim(case, &me).await.unwrap();
    town.confirm(case, &me, claimed.fence, declared()).await.unwrap();
    let ask = RequestRecusalRequest {
        case_id: case.to_string(),
        ground: RecusalGround::Relative.into(),
        party_id: "p1".to_owned(),
        reason: "亲属".to_owned(),
    };
    town.client().request_recusal(as_caller(&clerk(), "RequestRecusal", ask)).await.unwrap();
    let ask = DecideRecusalRequest {
        case_id: case.to_string(),
        fence: claimed.fence,
        decision: RecusalDecision::Granted.into(),
        keeping_party_ids: vec![],
        reason: "属实".to_owned(),
        successor: next.to_owned(),
    };
    let decide = || {
        let asked = as_caller(&head(FAMILY), "DecideRecusal", ask.clone());
        let mut client = town.client();
        async move { client.decide_recusal(asked).await.map(tonic::Response::into_inner) }
    };
    let out = decide().await.unwrap();
    amended(&town, case, 3, "p3", 5).await;
    assert!(decide().await.is_ok(), "the same decision again is already so, whoever has come");
    town.fence_stored(case, out.fence.unwrap()).await;
    assert_eq!(town.state(case).await, ReferralState::Pool);
    assert_eq!(reason(town.claim(case, &mediator(next, FAMILY)).await), "CONFLICT_OF_INTEREST");
}

#[tokio::test]
async fn a_head_who_also_mediates_asks_about_their_mediators() {
    let town = Town::open().await;
    let case = between(&town, 1, 2).await;
    let mut both = caller("head-family", FAMILY, Role::Mediator);
    both.roles.extend(head(FAMILY).roles);
    assert!(find(&town, &both, case, "mediator-13").await.unwrap().path.is_empty());
}
