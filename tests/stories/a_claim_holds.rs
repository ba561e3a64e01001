//! A claim is really theirs: one of fifty gets the case, the others are told who has it, and a late hand is refused.

use contracts::mediation::v1::ConcludeWithoutAgreementRequest;
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{
    ClaimCaseRequest, ConfirmClaimRequest, Disclosure, ListPoolRequest, PoolChangeKind, ReferralState,
    ReleaseClaimRequest, WatchPoolRequest,
};
use supermarket::client::{Thread, reason};
use tests::{World, ask, hold, pool};
use tokio::task::JoinSet;
use tokio_stream::StreamExt as _;
use tonic_types::StatusExt as _;

#[tokio::test(flavor = "multi_thread")]
async fn fifty_claim_at_once_and_one_holds() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let case = pool(&world, &clerk, "fifty", "studio-family").await;
    let mediators = world.mediators("studio-family").await;
    let mut claims = JoinSet::new();
    for n in 0..50 {
        let (mediator, case_id) = (mediators[n % mediators.len()].clone(), case.id.clone());
        claims.spawn(async move {
            let message = ClaimCaseRequest { case_id };
            let answer = ask!(mediator, Thread::default(), RoutingServiceClient::claim_case, message);
            (mediator.account.account.clone(), answer)
        });
    }
    let (mut holders, mut told) = (Vec::new(), 0);
    while let Some(claim) = claims.join_next().await {
        match claim.unwrap() {
            (who, Ok(referral)) => {
                assert_eq!(referral.holder, who);
                assert_eq!(referral.state(), ReferralState::Assigned);
                holders.push((who, referral.fence.unwrap().n));
            }
            (who, Err(status)) => {
                let info = status.get_details_error_info().unwrap();
                assert_eq!(info.reason, "ALREADY_CLAIMED");
                assert_ne!(info.metadata["holder"], who);
                assert!(info.metadata["since"].starts_with("2026-03-02T"), "{}", info.metadata["since"]);
                told += 1;
            }
        }
    }
    holders.dedup();
    assert_eq!(holders.len(), 1, "one holder with one fence: {holders:?}");
    assert!(told > 0);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_with_an_old_fence_is_refused() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut case = pool(&world, &clerk, "fence", "studio-family").await;
    let mediators = world.mediators("studio-family").await;
    let old = hold(&mediators[0], &mut case).await;
    world.settle().await;
    let release =
        ReleaseClaimRequest { case_id: case.id.clone(), fence: old.fence, reason: "换人".to_owned() };
    let released = ask!(mediators[0], case.thread, RoutingServiceClient::release_claim, release).unwrap();
    assert_eq!(released.state(), ReferralState::Fencing, "not in the pool before the desk has the new fence");
    world.settle().await;
    let new = hold(&mediators[1], &mut case).await;
    assert!(new.fence.unwrap().n > old.fence.unwrap().n);
    world.settle().await;

    let conclude = |fence| ConcludeWithoutAgreementRequest {
        case_id: case.id.clone(),
        fence,
        ground: "F04".to_owned(),
        explanation: String::new(),
    };
    let late = ask!(
        mediators[1],
        case.thread,
        MediationServiceClient::conclude_without_agreement,
        conclude(old.fence)
    );
    assert_eq!(reason(&late.unwrap_err()).as_deref(), Some("FENCE_PASSED"));
    let former = ask!(
        mediators[0],
        case.thread,
        MediationServiceClient::conclude_without_agreement,
        conclude(old.fence)
    );
    assert_eq!(reason(&former.unwrap_err()).as_deref(), Some("FENCE_PASSED"), "the former holder is told so");
    let confirm = ConfirmClaimRequest {
        case_id: case.id.clone(),
        fence: old.fence,
        disclosure: Some(Disclosure { declared: true, ..Disclosure::default() }),
    };
    let late = ask!(mediators[1], case.thread, RoutingServiceClient::confirm_claim, confirm).unwrap_err();
    assert_eq!(reason(&late).as_deref(), Some("FENCE_PASSED"));
    let rightful = ask!(
        mediators[1],
        case.thread,
        MediationServiceClient::conclude_without_agreement,
        conclude(new.fence)
    );
    assert!(rightful.is_ok());
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_nobody_confirms_goes_back_to_the_pool() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut case = pool(&world, &clerk, "lapse", "studio-family").await;
    let mediator = world.mediators("studio-family").await.remove(0);
    let message = ClaimCaseRequest { case_id: case.id.clone() };
    let claimed = ask!(mediator, case.thread, RoutingServiceClient::claim_case, message).unwrap();
    world.settle().await;
    world.clock.advance(chrono::TimeDelta::days(5));
    let mut back = false;
    for _ in 0..100 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let pool =
            ask!(mediator, case.thread, RoutingServiceClient::list_pool, ListPoolRequest::default()).unwrap();
        back = pool
            .referrals
            .iter()
            .any(|r| r.case_id == case.id && r.fence.unwrap().n > claimed.fence.unwrap().n);
        if back {
            break;
        }
    }
    assert!(back, "K03 has passed: the case is offered again under a higher fence");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watched_pool_tells_every_change() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let first = pool(&world, &clerk, "pool-1", "studio-family").await;
    let mediator = world.mediators("studio-family").await.remove(0);
    let message = WatchPoolRequest::default();
    let mut changes = ask!(mediator, Thread::default(), RoutingServiceClient::watch_pool, message).unwrap();
    let change = changes.next().await.unwrap().unwrap();
    assert_eq!(change.kind(), PoolChangeKind::Added);
    assert_eq!(change.referral.unwrap().case_id, first.id);
    assert_eq!(changes.next().await.unwrap().unwrap().kind(), PoolChangeKind::CaughtUp);

    let mut second = pool(&world, &clerk, "pool-2", "studio-family").await;
    pool(&world, &clerk, "elsewhere", "studio-labour").await;
    let change = changes.next().await.unwrap().unwrap();
    assert_eq!((change.kind(), &change.referral.unwrap().case_id), (PoolChangeKind::Added, &second.id));
    drop(changes);
    hold(&mediator, &mut second).await;
    let message = WatchPoolRequest { resume_token: change.resume_token };
    let mut changes = ask!(mediator, Thread::default(), RoutingServiceClient::watch_pool, message).unwrap();
    loop {
        let change = changes.next().await.unwrap().unwrap();
        if change.kind() == PoolChangeKind::Removed {
            assert_eq!(change.referral.unwrap().case_id, second.id);
            break;
        }
    }
    world.close().await;
}
