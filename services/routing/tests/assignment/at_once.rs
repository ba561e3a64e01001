//! Many who ask in the same moment: one request sent twice, many takers, two heads beside mediators who claim.

use super::*;

/// Its client gave up and sent it again while the first was still at work: one case, and both are told the same, also when it is the
/// last one of the pool.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_sent_twice_at_once_takes_one_case() {
    let town = Arc::new(Town::open().await);
    for round in 0..10 {
        let case = town.pooled(FAMILY).await;
        let mut twins = JoinSet::new();
        for _ in 0..6 {
            let town = town.clone();
            twins.spawn(async move {
                let me = mediator("mediator-13", FAMILY);
                take(&town, &me, &format!("twin-{round}")).await.map(|taken| id(&taken)).unwrap()
            });
        }
        assert_eq!(twins.join_all().await, [case; 6]);
    }
}

/// Sixty mediators want thirty cases at once: each case has one holder, and nobody is given one twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_take_at_once_each_has_a_case_of_their_own() {
    let town = Arc::new(Town::open().await);
    town.enlist(FAMILY, (0..60).map(|n| format!("m-{n}"))).await;
    let mut cases = HashSet::new();
    for _ in 0..30 {
        cases.insert(town.pooled(FAMILY).await);
    }
    let mut takers = JoinSet::new();
    for n in 0..60 {
        let town = town.clone();
        takers.spawn(async move {
            let me = mediator(&format!("m-{n}"), FAMILY);
            loop {
                match take(&town, &me, "once").await {
                    Err(status) if status.code() == Code::Aborted => {}
                    answer => return answer,
                }
            }
        });
    }
    let mut given = vec![];
    for answer in takers.join_all().await {
        match answer {
            Ok(taken) => given.push(id(&taken)),
            Err(status) => assert_eq!(status.get_details_error_info().unwrap().reason, "POOL_EMPTY"),
        }
    }
    assert_eq!((given.len(), given.iter().copied().collect::<HashSet<_>>()), (30, cases));
}

/// Two heads at once, and mediators who claim meanwhile: each case has one holder, and everybody is told the same one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn appointments_and_claims_at_once_agree() {
    let town = Arc::new(Town::open().await);
    let mut cases = vec![];
    for _ in 0..20 {
        cases.push(town.pooled(FAMILY).await);
    }
    town.enlist(FAMILY, (0..5).map(|n| format!("m-{n}"))).await;
    let mut all = JoinSet::new();
    for who in ["", "mediator-14"] {
        let (town, cases) = (town.clone(), cases.clone());
        all.spawn(async move {
            let asks: Vec<(Uuid, &str)> = cases.iter().map(|case| (*case, who)).collect();
            let results = appoint(&town, &head(FAMILY), &asks).await.unwrap();
            let has = results.into_iter().filter(|one| one.outcome() != AppointmentOutcome::Refused);
            has.map(|one| (one.case_id, one.mediator, one.fence.unwrap().n)).collect::<Vec<_>>()
        });
    }
    for n in 0..5 {
        let (town, cases) = (town.clone(), cases.clone());
        all.spawn(async move {
            let mut has = vec![];
            for case in cases.iter().rev() {
                if let Ok(one) = town.claim(*case, &mediator(&format!("m-{n}"), FAMILY)).await {
                    has.push((one.case_id, one.holder, one.fence.unwrap().n));
                }
            }
            has
        });
    }
    let told: HashSet<(String, String, u64)> = all.join_all().await.into_iter().flatten().collect();
    assert_eq!(told.len(), 20, "{told:?}");
    assert!(told.iter().all(|(.., n)| *n == 1));
}
