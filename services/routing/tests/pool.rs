//! The pool: listed, watched, resumed. The directory beside it.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod town;

use std::time::Duration;

use access::{Caller, Role};
use contracts::intake::v1::DisputeWithdrawn;
use contracts::routing::v1::{
    self as proto, ListPoolRequest, ListReferralsRequest, PoolChange, PoolChangeKind, ReferralState,
    WatchPoolRequest,
};
use sea_orm::{ConnectionTrait, Statement};
use tonic::{Code, Status, Streaming};
use town::{CENTRE, COURT, FAMILY, HALL, Town, as_caller, caller, clerk, mediator, reason, why};
use uuid::Uuid;

async fn watch(town: &Town, by: &Caller, token: &str) -> Result<Streaming<PoolChange>, Status> {
    let ask = WatchPoolRequest { resume_token: token.to_owned() };
    Ok(town.client().watch_pool(as_caller(by, "WatchPool", ask)).await?.into_inner())
}

async fn next(stream: &mut Streaming<PoolChange>) -> (PoolChangeKind, String, String) {
    let change =
        tokio::time::timeout(Duration::from_secs(5), stream.message()).await.unwrap().unwrap().unwrap();
    let case = change.referral.as_ref().map(|referral| referral.case_id.clone()).unwrap_or_default();
    (change.kind(), case, change.resume_token)
}

async fn told(stream: &mut Streaming<PoolChange>) -> (PoolChangeKind, String) {
    let (kind, case, _) = next(stream).await;
    (kind, case)
}

fn added(case: Uuid) -> (PoolChangeKind, String) {
    (PoolChangeKind::Added, case.to_string())
}

fn removed(case: Uuid) -> (PoolChangeKind, String) {
    (PoolChangeKind::Removed, case.to_string())
}

fn caught_up() -> (PoolChangeKind, String) {
    (PoolChangeKind::CaughtUp, String::new())
}

#[tokio::test]
async fn a_watch_tells_the_pool_then_every_change_of_its_own_studio() {
    let town = Town::open().await;
    let me = mediator("mediator-13", FAMILY);
    let first = town.pooled(FAMILY).await;
    town.clock.advance(chrono::Duration::seconds(1));
    let second = town.pooled(FAMILY).await;
    town.pooled(COURT).await;
    let mut stream = watch(&town, &me, "").await.unwrap();
    assert_eq!(told(&mut stream).await, added(first));
    assert_eq!(told(&mut stream).await, added(second));
    assert_eq!(told(&mut stream).await, caught_up());

    let fence = town.claim(first, &me).await.unwrap().fence;
    assert_eq!(told(&mut stream).await, removed(first));
    town.pooled(COURT).await;
    let third = town.pooled(FAMILY).await;
    assert_eq!(told(&mut stream).await, added(third));
    town.say(&town.intake, second, 3, &DisputeWithdrawn::default()).await;
    assert_eq!(told(&mut stream).await, removed(second));
    // Its end is no change of the pool: it was not in it.
    town.say(&town.intake, first, 3, &DisputeWithdrawn::default()).await;
    let released = town.release(first, &me, fence).await;
    assert_eq!(reason(released), "NOT_ASSIGNED");
    let fourth = town.pooled(FAMILY).await;
    assert_eq!(told(&mut stream).await, added(fourth));
}

#[tokio::test]
async fn a_resumed_watch_misses_nothing() {
    let town = Town::open().await;
    let me = mediator("mediator-13", FAMILY);
    let (one, two) = (town.pooled(FAMILY).await, town.pooled(FAMILY).await);
    let mut stream = watch(&town, &me, "").await.unwrap();
    let (_, case, within_the_pool) = next(&mut stream).await;
    assert_eq!(case, one.to_string());
    drop(stream);

    // Broken off within the pool as it is: it goes on behind the case that was told.
    let mut stream = watch(&town, &me, &within_the_pool).await.unwrap();
    assert_eq!(told(&mut stream).await, added(two));
    let (kind, _, at_the_mark) = next(&mut stream).await;
    assert_eq!(kind, PoolChangeKind::CaughtUp);
    drop(stream);

    // While nobody watches, a case comes and goes, and another goes.
    let fleeting = town.pooled(FAMILY).await;
    town.claim(fleeting, &mediator("mediator-14", FAMILY)).await.unwrap();
    town.claim(one, &me).await.unwrap();
    let mut stream = watch(&town, &me, &at_the_mark).await.unwrap();
    let change = stream.message().await.unwrap().unwrap();
    let offered = change.referral.clone().unwrap();
    assert_eq!(
        (change.kind(), offered.case_id.as_str()),
        (PoolChangeKind::Added, fleeting.to_string().as_str())
    );
    assert_eq!(
        (offered.state(), offered.holder.as_str()),
        (ReferralState::Pool, FAMILY),
        "as it was offered"
    );
    assert_eq!(told(&mut stream).await, removed(fleeting));
    assert_eq!(told(&mut stream).await, removed(one));

    let mut stream = watch(&town, &me, &change.resume_token).await.unwrap();
    assert_eq!(told(&mut stream).await, removed(fleeting), "resumed in the middle of the changes");

    let thief = watch(&town, &mediator("mediator-14", FAMILY), &at_the_mark).await;
    assert_eq!(thief.unwrap_err().code(), Code::InvalidArgument, "another's token is worth nothing");
}

#[tokio::test]
async fn a_long_pool_is_told_whole_and_a_supervisor_sees_every_studio() {
    let town = Town::open().await;
    let mut expected = vec![];
    for n in 0..70 {
        expected.push(town.pooled(if n % 2 == 0 { FAMILY } else { COURT }).await);
    }
    let supervisor = caller("supervisor-1", HALL, Role::Supervisor);
    let mut stream = watch(&town, &supervisor, "").await.unwrap();
    let mut seen = vec![];
    loop {
        match next(&mut stream).await {
            (PoolChangeKind::Added, case, _) => seen.push(case.parse::<Uuid>().unwrap()),
            (kind, ..) => break assert_eq!(kind, PoolChangeKind::CaughtUp),
        }
    }
    assert_eq!(seen, expected, "each once, oldest first");
}

#[tokio::test]
async fn watches_end_when_the_service_stops() {
    let town = Town::open().await;
    let mut stream = watch(&town, &mediator("mediator-13", FAMILY), "").await.unwrap();
    assert_eq!(told(&mut stream).await, caught_up());
    town.closing.cancel();
    let ended = tokio::time::timeout(Duration::from_secs(2), stream.message()).await.unwrap();
    let (code, reason, _) = why(ended);
    assert_eq!((code, reason.as_str()), (Code::Unavailable, "STOPPING"));
}

#[tokio::test]
async fn lists_page_by_key() {
    let town = Town::open().await;
    let mut cases = vec![];
    for _ in 0..5 {
        cases.push(town.pooled(FAMILY).await);
    }
    town.pooled(COURT).await;
    let me = mediator("mediator-13", FAMILY);
    let mut seen = vec![];
    let mut token = String::new();
    loop {
        let ask = ListPoolRequest { page_size: 2, page_token: token };
        let page = town.client().list_pool(as_caller(&me, "ListPool", ask)).await.unwrap().into_inner();
        assert!(page.referrals.len() <= 2);
        seen.extend(page.referrals.into_iter().map(|referral| referral.case_id.parse::<Uuid>().unwrap()));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, cases, "oldest first, each once, none of another studio");

    town.claim(cases[0], &me).await.unwrap();
    let referrals = |by: &Caller, ask: ListReferralsRequest| {
        let (mut client, asked) = (town.client(), as_caller(by, "ListReferrals", ask));
        async move { client.list_referrals(asked).await.map(tonic::Response::into_inner) }
    };
    let page = referrals(&me, ListReferralsRequest { page_size: 4, ..Default::default() }).await.unwrap();
    let ids: Vec<Uuid> = page.referrals.iter().map(|referral| referral.case_id.parse().unwrap()).collect();
    assert_eq!(ids, cases.iter().rev().take(4).copied().collect::<Vec<_>>(), "newest first");
    let rest =
        ListReferralsRequest { page_size: 4, page_token: page.next_page_token.clone(), ..Default::default() };
    let last = referrals(&me, rest.clone()).await.unwrap();
    assert_eq!(
        (last.referrals.len(), last.referrals[0].case_id.as_str(), last.next_page_token.as_str()),
        (1, cases[0].to_string().as_str(), "")
    );
    let assigned = ListReferralsRequest { state: ReferralState::Assigned.into(), ..Default::default() };
    assert_eq!(referrals(&me, assigned).await.unwrap().referrals.len(), 1);
    assert_eq!(referrals(&clerk(), ListReferralsRequest::default()).await.unwrap().referrals.len(), 6);
    town.say(&town.intake, cases[1], 3, &DisputeWithdrawn::default()).await;
    let open = ListReferralsRequest { open: true, ..Default::default() };
    assert_eq!(referrals(&clerk(), open).await.unwrap().referrals.len(), 5);

    for (by, ask) in [
        (&clerk(), rest.clone()),
        (&me, ListReferralsRequest { open: true, ..rest.clone() }),
        (&me, ListReferralsRequest { page_token: "nonsense".to_owned(), ..Default::default() }),
        (&me, ListReferralsRequest { page_size: -1, ..Default::default() }),
        (&me, ListReferralsRequest { state: 99, ..Default::default() }),
    ] {
        assert_eq!(why(referrals(by, ask).await).0, Code::InvalidArgument);
    }
}

#[tokio::test]
async fn the_directory_is_seeded_once_and_counts_what_is_held() {
    let town = Town::open().await;
    let audits = || async {
        let reader = town.desk.reader();
        let sql = "SELECT count(*) FROM audit WHERE method = 'seed_zhongshan'";
        let row = reader.query_one_raw(Statement::from_string(reader.get_database_backend(), sql)).await;
        row.unwrap().unwrap().try_get_by_index::<i64>(0).unwrap()
    };
    routing::seed(&town.desk, &town.vault, CENTRE).await.unwrap();
    assert_eq!(audits().await, 1);

    let me = mediator("mediator-13", FAMILY);
    let mut directory = town.directory();
    let organizations = directory
        .list_organizations(as_caller(&me, "ListOrganizations", proto::ListOrganizationsRequest {}))
        .await
        .unwrap()
        .into_inner()
        .organizations;
    assert_eq!(organizations.len(), 32);
    assert!(organizations.iter().all(|one| one.kind != 0));
    let studios =
        directory.list_studios(as_caller(&me, "ListStudios", proto::ListStudiosRequest {})).await.unwrap();
    assert_eq!(studios.into_inner().studios.len(), 10);
    let stations = directory
        .list_workstations(as_caller(&me, "ListWorkstations", proto::ListWorkstationsRequest::default()))
        .await;
    assert_eq!(stations.unwrap().into_inner().workstations.len(), 10);

    let (one, two, three) = (town.pooled(FAMILY).await, town.pooled(FAMILY).await, town.pooled(FAMILY).await);
    town.claim(one, &me).await.unwrap();
    town.claim(two, &me).await.unwrap();
    town.say(&town.intake, two, 3, &DisputeWithdrawn::default()).await;
    let ask = proto::ListMediatorsRequest { studio_org: FAMILY.to_owned() };
    let mediators =
        directory.list_mediators(as_caller(&me, "ListMediators", ask)).await.unwrap().into_inner().mediators;
    let held: Vec<(&str, u32)> =
        mediators.iter().map(|one| (one.account_id.as_str(), one.held_count)).collect();
    assert_eq!(held, [("mediator-13", 1), ("mediator-14", 0), ("mediator-15", 0)]);
    let all = directory
        .list_mediators(as_caller(&me, "ListMediators", proto::ListMediatorsRequest::default()))
        .await;
    assert_eq!(all.unwrap().into_inner().mediators.len(), 31);

    // The directory bounds what one may hold, and contradicts a token of another studio.
    let db = town.memory.owner("routing").await;
    db.execute_unprepared("UPDATE mediator SET capacity = 1 WHERE account_id = 'mediator-13'").await.unwrap();
    db.execute_unprepared("UPDATE mediator SET studio_org = 'studio-court' WHERE account_id = 'mediator-14'")
        .await
        .unwrap();
    db.close().await.unwrap();
    let (_, refused, facts) = why(town.claim(three, &me).await);
    assert_eq!(
        (refused.as_str(), facts["held"].as_str(), facts["capacity"].as_str()),
        ("OVER_CAPACITY", "1", "1")
    );
    assert_eq!(reason(town.claim(three, &mediator("mediator-14", FAMILY)).await), "NOT_OF_THIS_STUDIO");
    town.claim(three, &mediator("mediator-15", FAMILY)).await.unwrap();
}
