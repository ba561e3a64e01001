//! The inbox of a court: complete, in order, and resumable from anywhere.

use futures::StreamExt as _;

use super::*;

type Items = <Courts as contract::court_service_server::CourtService>::WatchInboxStream;

async fn watch(house: &House, court: &str, token: &str) -> Result<Items, Status> {
    let ask = contract::WatchInboxRequest { resume_token: token.to_owned() };
    let answer = house.courts.watch_inbox(court_call("WatchInbox", &court_clerk(court), ask)).await;
    answer.map(tonic::Response::into_inner)
}

async fn next(items: &mut Items) -> contract::InboxItem {
    tokio::time::timeout(Duration::from_secs(30), items.next()).await.unwrap().unwrap().unwrap()
}

/// Everything up to the mark, and the mark's token.
async fn waiting(items: &mut Items) -> (Vec<contract::InboxItem>, String) {
    let mut all = vec![];
    loop {
        let item = next(items).await;
        if item.caught_up {
            return (all, item.resume_token);
        }
        all.push(item);
    }
}

fn cases(items: &[contract::InboxItem]) -> Vec<String> {
    items.iter().map(|item| item.case_id.clone()).collect()
}

#[tokio::test]
async fn what_waits_then_what_is_new_and_only_one_s_own() {
    let house = House::new().await;
    // The one that opened first is submitted last.
    let late = house.demanded().await;
    let (first, _) = house.submitted("court-2071").await;
    house.submitted("court-2072").await;
    let (second, sha256) = house.submitted("court-2071").await;
    house.acknowledge("court-2071", second, &sha256).await.unwrap();
    let (done, sha256) = house.submitted("court-2071").await;
    house.acknowledge("court-2071", done, &sha256).await.unwrap();
    house.accept("court-2071", done, &sha256, "（2026）粤2071民初9号").await.unwrap();

    let mut items = watch(&house, "court-2071", "").await.unwrap();
    let (told, _) = waiting(&mut items).await;
    assert_eq!(cases(&told), [first.to_string(), second.to_string()]);
    assert_eq!(told[1].state(), contract::FilingState::CourtReview);
    let filing = house.get(first, &clerk("desk-1")).await.unwrap();
    assert_eq!((&told[0].filing_id, &told[0].package_sha256), (&filing.filing_id, &filing.package_sha256));
    assert_eq!(told[0].submit_time, filing.submit_time);

    let sha256 = house.prepare(late, "court-2071").await.unwrap().package_sha256;
    let (item, _) = tokio::join!(next(&mut items), house.submit(late, &sha256));
    assert_eq!((item.case_id.clone(), item.state()), (late.to_string(), contract::FilingState::Transferred));
    house.submitted("court-2072").await;
    let quiet = tokio::time::timeout(Duration::from_millis(500), items.next()).await;
    assert!(quiet.is_err(), "another court's filing is not told");
    house.close().await;
}

#[tokio::test]
async fn resuming_anywhere_misses_nothing() {
    let house = House::new().await;
    let mut all = vec![];
    for n in 0..6 {
        let (case, sha256) = house.submitted("court-2071").await;
        if n % 2 == 0 {
            house.acknowledge("court-2071", case, &sha256).await.unwrap();
        }
        all.push(case.to_string());
    }
    let (told, end) = waiting(&mut watch(&house, "court-2071", "").await.unwrap()).await;
    assert_eq!(cases(&told), all);
    for (at, item) in told.iter().enumerate() {
        let (rest, _) = waiting(&mut watch(&house, "court-2071", &item.resume_token).await.unwrap()).await;
        // All that came after, whatever its state; and of what came before, all that was never acknowledged.
        let expected: Vec<String> = all
            .iter()
            .enumerate()
            .filter(|(n, _)| *n > at || n % 2 == 1)
            .map(|(_, case)| case.clone())
            .collect();
        assert_eq!(cases(&rest), expected, "after {at}");
    }
    // While the court was away: one came and is still there, one came and was decided by its other clerk.
    house.clock.advance(chrono::Duration::days(30));
    let (came, _) = house.submitted("court-2071").await;
    let (decided, sha256) = house.submitted("court-2071").await;
    house.acknowledge("court-2071", decided, &sha256).await.unwrap();
    house.accept("court-2071", decided, &sha256, "（2026）粤2071民初3号").await.unwrap();
    let (rest, _) = waiting(&mut watch(&house, "court-2071", &end).await.unwrap()).await;
    let unread = [&all[1], &all[3], &all[5]].map(String::clone);
    assert_eq!(cases(&rest), [&unread[..], &[came.to_string(), decided.to_string()]].concat());
    assert_eq!(rest[4].state(), contract::FilingState::Filed);
    house.close().await;
}

#[tokio::test]
async fn more_than_a_page_waits() {
    let house = House::new().await;
    let mut all = vec![];
    for _ in 0..150 {
        all.push(house.submitted("court-2072").await.0.to_string());
    }
    let (told, end) = waiting(&mut watch(&house, "court-2072", "").await.unwrap()).await;
    assert_eq!(cases(&told), all);
    let (told, _) = waiting(&mut watch(&house, "court-2072", &told[99].resume_token).await.unwrap()).await;
    assert_eq!(cases(&told), all, "nothing was acknowledged, so everything is told again");
    assert_eq!(waiting(&mut watch(&house, "court-2072", &end).await.unwrap()).await.0.len(), 150);
    house.close().await;
}

#[tokio::test]
async fn a_token_is_good_for_its_own_inbox() {
    let house = House::new().await;
    house.submitted("court-2071").await;
    let (told, end) = waiting(&mut watch(&house, "court-2071", "").await.unwrap()).await;
    let changed = end.replacen("1.1.", "1.1.9", 1);
    for (court, token) in
        [("court-2072", &told[0].resume_token), ("court-2071", &changed), ("court-2071", &"x".to_owned())]
    {
        let refused = watch(&house, court, token).await.map(|_| ());
        assert_eq!(bad(refused), "InvalidArgument INVALID_REQUEST resume_token:MALFORMED");
    }
    let ask = contract::WatchInboxRequest::default();
    let none = caller("court-x", "court-x", Role::Court, None);
    let refused = house.courts.watch_inbox(court_call("WatchInbox", &none, ask)).await.map(|_| ());
    assert_eq!(bad(refused), "PermissionDenied NO_COURT");
    house.close().await;
}
