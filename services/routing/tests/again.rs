//! What takes the caller's own relation away can be repeated when its answer was lost, by the caller and by nobody else.

mod town;

use contracts::lexicon::v1::Fence;
use contracts::oversight::v1::DeadlineReached;
use contracts::routing::v1::{Referral, ReferralState, ReturnReferralRequest};
use town::{COURT, FAMILY, Town, as_caller, caller, clerk, declared, head, mediator, reason, why};
use uuid::Uuid;

const JUSTICE: &str = "studio-justice";

async fn send_back(town: &Town, case: Uuid, by: &access::Caller) -> Result<Referral, tonic::Status> {
    let ask = ReturnReferralRequest { case_id: case.to_string(), reason: "not ours".to_owned() };
    Ok(town.client().return_referral(as_caller(by, "ReturnReferral", ask)).await?.into_inner())
}

#[tokio::test]
async fn a_release_can_be_repeated_by_its_holder_alone() {
    let town = Town::open().await;
    let case = town.pooled(FAMILY).await;
    let (me, other) = (mediator("mediator-13", FAMILY), mediator("mediator-14", FAMILY));
    let first = town.claim(case, &me).await.unwrap().fence;
    let released = town.release(case, &me, first).await.unwrap();
    let said = town.said_kinds(case).await;
    assert_eq!(town.release(case, &me, first).await.unwrap(), released, "already so");

    for stranger in [&other, &mediator("mediator-01", COURT)] {
        assert_eq!(reason(town.release(case, stranger, first).await), "NOT_FOUND");
        assert_eq!(reason(town.confirm(case, stranger, first, declared()).await), "NOT_FOUND");
    }
    let abroad = access::Caller {
        centre: lexicon::CentreId::new("440100").unwrap(),
        ..mediator("mediator-13", FAMILY)
    };
    assert_eq!(reason(town.release(case, &abroad, first).await), "NOT_FOUND", "a namesake of another centre");
    assert_eq!(reason(town.confirm(case, &abroad, first, declared()).await), "NOT_FOUND");
    let unknown = town.clock.id();
    assert_eq!(reason(town.release(unknown, &me, first).await), "NOT_FOUND");
    assert_eq!(town.said_kinds(case).await, said, "a repeat says nothing");

    town.fence_stored(case, released.fence.unwrap()).await;
    let second = town.claim(case, &other).await.unwrap();
    assert_eq!(town.release(case, &me, first).await.unwrap(), second, "as it is now");
    assert_eq!(town.state(case).await, ReferralState::Assigned, "the new holder keeps it");
    assert_eq!(reason(town.release(case, &me, second.fence).await), "NOT_FOUND", "not an older fence");
    assert_eq!(reason(town.confirm(case, &me, second.fence, declared()).await), "NOT_FOUND");
}

#[tokio::test]
async fn a_former_holder_is_told_that_the_fence_has_passed() {
    let town = Town::open().await;
    let case = town.pooled(FAMILY).await;
    let (me, other) = (mediator("mediator-13", FAMILY), mediator("mediator-14", FAMILY));
    let first = town.claim(case, &me).await.unwrap().fence;
    town.release(case, &me, first).await.unwrap();
    let (_, reason_told, facts) = why(town.confirm(case, &me, first, declared()).await);
    assert_eq!(reason_told, "FENCE_PASSED");
    assert_eq!(["state", "fence_epoch", "fence_n"].map(|key| facts[key].as_str()), ["FENCING", "1", "2"]);
    let older = Some(Fence { epoch: 1, n: 0 });
    let (_, reason_told, facts) = why(town.release(case, &me, older).await);
    assert_eq!((reason_told.as_str(), facts["fence_n"].as_str()), ("FENCE_PASSED", "2"), "not this claim");

    town.fence_stored(case, Fence { epoch: 1, n: 2 }).await;
    let second = town.claim(case, &other).await.unwrap().fence;
    let (_, reason_told, facts) = why(town.confirm(case, &me, first, declared()).await);
    assert_eq!((reason_told.as_str(), facts["fence_n"].as_str()), ("FENCE_PASSED", "3"));

    // Nobody confirms the second claim: its holder gave nothing up, and hears that it is over all the same.
    let lapsed = DeadlineReached { clock: "K03".to_owned(), generation: 3, ..DeadlineReached::default() };
    town.say(&town.oversight, case, 1, &lapsed).await;
    assert_eq!(town.state(case).await, ReferralState::Fencing);
    for answer in
        [town.confirm(case, &other, second, declared()).await, town.release(case, &other, second).await]
    {
        let (_, reason_told, facts) = why(answer);
        assert_eq!((reason_told.as_str(), facts["fence_n"].as_str()), ("FENCE_PASSED", "4"));
    }
}

#[tokio::test]
async fn a_return_can_be_repeated_until_a_studio_accepts() {
    let town = Town::open().await;
    let case = town.accepted("P2").await;
    town.refer(case, COURT).await.unwrap();
    let returned = send_back(&town, case, &head(COURT)).await.unwrap();
    let said = town.said_kinds(case).await;
    assert_eq!(send_back(&town, case, &head(COURT)).await.unwrap(), returned, "already so");
    assert_eq!(returned.return_count, 1);
    assert_eq!(town.said_kinds(case).await, said, "a repeat says nothing");
    let colleague = caller("head-2", COURT, access::Role::StudioHead);
    for stranger in [&colleague, &head(JUSTICE)] {
        assert_eq!(reason(send_back(&town, case, stranger).await), "NOT_FOUND");
    }

    let elsewhere = town.refer(case, JUSTICE).await.unwrap();
    assert_eq!(send_back(&town, case, &head(COURT)).await.unwrap(), elsewhere, "nobody has accepted");
    let justice = caller("head-3", JUSTICE, access::Role::StudioHead);
    send_back(&town, case, &justice).await.unwrap();
    assert_eq!(reason(send_back(&town, case, &head(COURT)).await), "NOT_FOUND", "another return came after");

    town.refer(case, FAMILY).await.unwrap();
    assert!(send_back(&town, case, &justice).await.is_ok());
    town.accept(case, FAMILY).await.unwrap();
    assert_eq!(reason(send_back(&town, case, &justice).await), "NOT_FOUND", "a studio has accepted since");
    assert_eq!(town.get(case, &clerk()).await.unwrap().return_count, 2);
}

/// The client gave up waiting and called again while the first call was still at work.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn equal_releases_at_once_are_all_answered() {
    let town = std::sync::Arc::new(Town::open().await);
    let me = mediator("mediator-13", FAMILY);
    for _ in 0..8 {
        let case = town.pooled(FAMILY).await;
        let fence = town.claim(case, &me).await.unwrap().fence;
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..12 {
            let (town, me) = (town.clone(), me.clone());
            calls.spawn(async move { town.release(case, &me, fence).await.unwrap().version });
        }
        assert_eq!(calls.join_all().await, [5; 12]);
        let said = town.said_kinds(case).await;
        assert_eq!(said.iter().filter(|(kind, _)| kind == "ClaimEnded").count(), 1);
    }
}
