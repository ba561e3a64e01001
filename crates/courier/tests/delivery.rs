//! Delivery over roads that lose, repeat, reorder and forget: every effect once, in the order of its case.
mod world;

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use courier::transport::inside::Inside;
use courier::transport::shaken::{Shaken, Weather};
use courier::{Actor, Heard, Post, Reaction, Reactions, Transport, Trouble, WriteList, ledger};
use migrations::rehearsal::is_cluster;
use sea_orm::ConnectionTrait;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use world::{Aside, House, Note, append, post, say, steps, steps_of, tallying};

const SOON: Duration = Duration::from_secs(15);

fn bad_road(seed: u64) -> (Arc<Inside>, Arc<dyn Transport>) {
    let inside = Arc::new(Inside::new());
    let weather = Weather { copies: 10, loss: 0.2, delay: Duration::from_millis(20) };
    (inside.clone(), Arc::new(Shaken::new(inside, weather, seed)))
}

fn operator() -> Actor {
    Actor { centre: "442000".into(), org: "ops".into(), account: "op1".into(), role: "operator".into() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_effect_once_and_in_order_over_a_bad_road() {
    let house = House::new().await;
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    let (_, road) = bad_road(7);
    let from = post(&intake, Reactions::of("intake"), &road).await;
    let to = post(&routing, tallying(&routing), &road).await;
    // 50 cases of 10 events, told in turn.
    for step in 1..=10 {
        for case in 1..=50u128 {
            say(&intake, Uuid::from_u128(case), step).await;
        }
    }
    Post::settle(&[&from, &to], SOON).await.unwrap();
    for case in 1..=50u128 {
        assert_eq!(steps_of(&routing, Uuid::from_u128(case)).await, steps(10), "case {case}");
    }
    let (said, heard) = (
        ledger::summarize_outbox(&intake).await.unwrap(),
        ledger::summarize_inbox(&routing, "intake", None).await.unwrap(),
    );
    assert_eq!((said.count, said.last_seq), (500, 500));
    assert_eq!((heard.count, heard.stored, heard.applied, heard.applied_up_to), (500, 500, 500, 500));
    assert_eq!(said.buckets, heard.buckets);
    let part = ledger::summarize_inbox(&routing, "intake", Some(123)).await.unwrap();
    assert_eq!((part.count, part.last_seq, part.applied, part.stored), (123, 123, 123, 500));
    assert_eq!((part.buckets.len(), part.buckets[0].count), (1, 123));
    assert!(to.desk().heard("intake", 1, Uuid::from_u128(3), 10, Duration::ZERO).await);
    to.stop().await;
    from.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_poisoned_event_holds_up_its_own_case_and_no_other() {
    let house = House::new().await;
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    let (_, road) = bad_road(11);
    let healed = Arc::new(AtomicBool::new(false));
    let reactions = {
        let (desk, healed) = (routing.clone(), healed.clone());
        Reactions::of("routing").on(move |heard: Heard<Note>| {
            let (desk, healed) = (desk.clone(), healed.clone());
            async move {
                if heard.event.step == 2 && !healed.load(Ordering::SeqCst) {
                    match heard.case.as_u128() {
                        13 => return Err(Trouble::Later("NOT_NOW".to_owned())),
                        14 => panic!("a handler's defect"),
                        15 => return Err(Trouble::Poison("NO_SUCH_RULE".to_owned())),
                        _ => {}
                    }
                }
                Ok(Reaction::Write(append(&desk, &heard).await))
            }
        })
    };
    let from = post(&intake, Reactions::of("intake"), &road).await;
    let to = post(&routing, reactions, &road).await;
    for step in 1..=3 {
        for case in 1..=100u128 {
            say(&intake, Uuid::from_u128(case), step).await;
        }
    }
    Post::settle(&[&from, &to], SOON).await.unwrap();
    for case in (1..=100u128).filter(|case| !(13..=15).contains(case)) {
        assert_eq!(steps_of(&routing, Uuid::from_u128(case)).await, steps(3), "case {case}");
    }
    for case in 13..=15 {
        assert_eq!(steps_of(&routing, Uuid::from_u128(case)).await, steps(1), "case {case} waits");
    }
    let parked = ledger::list_quarantine(&routing, 100).await.unwrap();
    let mut why: Vec<_> =
        parked.iter().map(|event| (event.case.as_u128(), event.reason.as_str(), event.attempts)).collect();
    why.sort_unstable();
    assert_eq!(why, [(13, "NOT_NOW", 4), (14, "HANDLER_PANICKED", 4), (15, "NO_SUCH_RULE", 1)]);
    assert_eq!(ledger::summarize_inbox(&routing, "intake", None).await.unwrap().quarantined, 3);
    let first = parked.iter().map(|event| event.pub_seq).min().unwrap();
    assert_eq!(ledger::summarize_inbox(&routing, "intake", Some(first)).await.unwrap().quarantined, 1);
    assert!(!routing.heard("intake", 1, Uuid::from_u128(13), 2, Duration::from_millis(60)).await);

    healed.store(true, Ordering::SeqCst);
    for event in &parked {
        let seq = event.pub_seq;
        if event.case.as_u128() == 15 {
            ledger::discard_quarantined(&routing, operator(), "test", "intake", seq, "rule was never there")
                .await
                .unwrap();
        } else {
            ledger::retry_quarantined(&routing, operator(), "test", "intake", seq).await.unwrap();
        }
        assert!(ledger::retry_quarantined(&routing, operator(), "test", "intake", seq).await.is_err());
    }
    Post::settle(&[&from, &to], SOON).await.unwrap();
    assert_eq!(steps_of(&routing, Uuid::from_u128(13)).await, steps(3));
    assert_eq!(steps_of(&routing, Uuid::from_u128(14)).await, steps(3));
    assert_eq!(steps_of(&routing, Uuid::from_u128(15)).await, "1 3 ", "discarded, and the case goes on");
    assert!(ledger::list_quarantine(&routing, 100).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_undecodable_event_is_quarantined_at_once() {
    let house = House::new().await;
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    let road: Arc<dyn Transport> = Arc::new(Inside::new());
    say(&intake, Uuid::from_u128(1), 1).await;
    say(&intake, Uuid::from_u128(2), 1).await;
    intake.close().await;
    let db = house.memory.owner("intake").await;
    let spoil = if is_cluster() {
        format!(r"UPDATE outbox SET body = '\x08ff' WHERE case_id = '{}'", Uuid::from_u128(1))
    } else {
        "UPDATE outbox SET body = x'08ff' WHERE pub_seq = 1".to_owned()
    };
    db.execute_unprepared(&spoil).await.unwrap();
    db.close().await.unwrap();
    let intake = house.desk("intake").await;
    let from = post(&intake, Reactions::of("intake"), &road).await;
    let to = post(&routing, tallying(&routing), &road).await;
    Post::settle(&[&from, &to], SOON).await.unwrap();
    let parked = ledger::list_quarantine(&routing, 10).await.unwrap();
    assert_eq!(parked.len(), 1);
    assert_eq!((parked[0].pub_seq, parked[0].reason.as_str(), parked[0].attempts), (1, "UNDECODABLE", 1));
    assert_eq!(steps_of(&routing, Uuid::from_u128(2)).await, steps(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_in_the_middle_goes_on() {
    let house = House::new().await;
    for round in 0..4u64 {
        let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
        let (_, road) = bad_road(round);
        let from = post(&intake, Reactions::of("intake"), &road).await;
        let to = post(&routing, tallying(&routing), &road).await;
        for step in round * 5 + 1..=round * 5 + 5 {
            for case in 1..=20u128 {
                say(&intake, Uuid::from_u128(case), step).await;
            }
        }
        if round == 3 {
            Post::settle(&[&from, &to], SOON).await.unwrap();
            for case in 1..=20u128 {
                assert_eq!(steps_of(&routing, Uuid::from_u128(case)).await, steps(20), "case {case}");
            }
        }
        to.stop().await;
        from.stop().await;
        routing.close().await;
        intake.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wiped_transport_loses_nothing() {
    let house = House::new().await;
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    let (inside, road) = bad_road(3);
    let from = post(&intake, Reactions::of("intake"), &road).await;
    let to = post(&routing, tallying(&routing), &road).await;
    for step in 1..=10 {
        for case in 1..=20u128 {
            say(&intake, Uuid::from_u128(case), step).await;
        }
        if step % 3 == 0 {
            inside.wipe();
        }
    }
    Post::settle(&[&from, &to], SOON).await.unwrap();
    for case in 1..=20u128 {
        assert_eq!(steps_of(&routing, Uuid::from_u128(case)).await, steps(10), "case {case}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_guard_asks_the_handler_again_and_writes_once() {
    let house = House::new().await;
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    let road: Arc<dyn Transport> = Arc::new(Inside::new());
    let calls = Arc::new(AtomicU64::new(0));
    let reactions = {
        let (desk, calls) = (routing.clone(), calls.clone());
        Reactions::of("routing").on(move |heard: Heard<Note>| {
            let (desk, calls) = (desk.clone(), calls.clone());
            async move {
                let list = append(&desk, &heard).await;
                if calls.fetch_add(1, Ordering::SeqCst) == 0 {
                    // Somebody else is faster, once.
                    desk.commit(world::opening(&desk, heard.case, 0))
                        .await
                        .map_err(|_| Trouble::Later("T".into()))?;
                }
                Ok(Reaction::Write(list))
            }
        })
    };
    let from = post(&intake, Reactions::of("intake"), &road).await;
    let to = post(&routing, reactions, &road).await;
    say(&intake, Uuid::from_u128(1), 1).await;
    Post::settle(&[&from, &to], SOON).await.unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 2);
    assert_eq!(steps_of(&routing, Uuid::from_u128(1)).await, steps(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heard_waits_for_the_effect_and_unused_kinds_are_skipped() {
    let house = House::new().await;
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    let road: Arc<dyn Transport> = Arc::new(Inside::new());
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let reactions = {
        let (desk, gate) = (routing.clone(), gate.clone());
        Reactions::of("routing").on(move |heard: Heard<Note>| {
            let (desk, gate) = (desk.clone(), gate.clone());
            async move {
                gate.acquire().await.map_err(|_| Trouble::Later("CLOSED".into()))?.forget();
                Ok(Reaction::Write(append(&desk, &heard).await))
            }
        })
    };
    let from = post(&intake, Reactions::of("intake"), &road).await;
    let to = post(&routing, reactions, &road).await;
    let case = Uuid::from_u128(1);
    say(&intake, case, 1).await;
    let stamp = intake.stamp(operator(), "test", None);
    let mut aside = WriteList::new(&stamp, Some(case));
    aside.post(case, 2, &Aside {});
    intake.commit(aside).await.unwrap();
    let heard = |version, within| routing.heard("intake", 1, case, version, Duration::from_millis(within));
    assert!(!heard(1, 300).await, "stored, not applied");
    assert!(!heard(2, 0).await, "the skipped event does not hide the waiting one before it");
    let (answer, ()) = tokio::join!(heard(2, 30_000), async {
        tokio::time::sleep(Duration::from_millis(30)).await;
        gate.add_permits(1);
    });
    assert!(answer);
    assert!(heard(1, 0).await);
    assert!(!heard(3, 60).await, "nobody has said that");
    assert!(routing.heard("routing", 1, case, 99, Duration::ZERO).await, "its own news");
    assert!(routing.heard("oversight", 1, case, 99, Duration::ZERO).await, "a topic it does not read");
    Post::settle(&[&from, &to], SOON).await.unwrap();
    let bodies: Vec<Option<Vec<u8>>> =
        world::column(&routing, "SELECT body FROM inbox ORDER BY pub_seq").await;
    assert!(bodies[0].is_some() && bodies[1].is_none(), "a skipped event is kept without its body");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removed_row_is_found_and_named() {
    let house = House::new().await;
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    let road: Arc<dyn Transport> = Arc::new(Inside::new());
    let from = post(&intake, Reactions::of("intake"), &road).await;
    let to = post(&routing, tallying(&routing), &road).await;
    for case in 1..=60u128 {
        say(&intake, Uuid::from_u128(case), 1).await;
    }
    Post::settle(&[&from, &to], SOON).await.unwrap();
    assert!(ledger::list_gaps(&intake, "intake").await.unwrap().is_empty());
    assert!(ledger::list_gaps(&routing, "intake").await.unwrap().is_empty());
    for (name, sql) in [
        ("routing", "DELETE FROM inbox WHERE pub_seq IN (1, 17, 18, 60)"),
        ("intake", "DELETE FROM outbox WHERE pub_seq = 60"),
    ] {
        let db = house.memory.owner(name).await;
        db.execute_unprepared(sql).await.unwrap();
        db.close().await.unwrap();
    }
    let gaps =
        |gaps: Vec<ledger::Gap>| gaps.iter().map(|gap| (gap.first_seq, gap.last_seq)).collect::<Vec<_>>();
    assert_eq!(gaps(ledger::list_gaps(&routing, "intake").await.unwrap()), [(1, 1), (17, 18), (60, 60)]);
    assert_eq!(gaps(ledger::list_gaps(&intake, "intake").await.unwrap()), [(60, 60)]);
    let (said, heard) = (
        ledger::summarize_outbox(&intake).await.unwrap(),
        ledger::summarize_inbox(&routing, "intake", None).await.unwrap(),
    );
    assert_eq!((said.count, said.last_seq, heard.count), (59, 60, 56));
    assert_ne!(said.buckets[0].digest, heard.buckets[0].digest);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cases_side_by_side_and_one_case_at_a_time_across_topics() {
    const BOTH: courier::post::Consumers = &[("intake", &["routing"]), ("mediation", &["routing"])];
    let house = House::new().await;
    let (intake, mediation) = (house.desk("intake").await, house.desk("mediation").await);
    let routing = house.desk("routing").await;
    let road: Arc<dyn Transport> = Arc::new(Inside::new());
    let (inside, clash, most) =
        (Arc::new(Mutex::new(HashSet::new())), Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let reactions = {
        let (inside, clash, most) = (inside.clone(), clash.clone(), most.clone());
        Reactions::of("routing").on(move |heard: Heard<Note>| {
            let (inside, clash, most) = (inside.clone(), clash.clone(), most.clone());
            async move {
                {
                    let mut inside = inside.lock().unwrap();
                    if !inside.insert(heard.case) {
                        clash.store(true, Ordering::SeqCst);
                    }
                    most.fetch_max(inside.len() as u64, Ordering::SeqCst);
                }
                tokio::time::sleep(Duration::from_millis(3)).await;
                inside.lock().unwrap().remove(&heard.case);
                Ok(Reaction::Nothing)
            }
        })
    };
    let mut posts = vec![];
    for (desk, reactions) in
        [(&intake, Reactions::of("intake")), (&mediation, Reactions::of("mediation")), (&routing, reactions)]
    {
        let cancel = CancellationToken::new();
        posts.push(Post::start_at(world::pace(), desk, reactions, road.clone(), BOTH, cancel).await.unwrap());
    }
    for step in 1..=5 {
        for case in 1..=60u128 {
            say(&intake, Uuid::from_u128(case), step).await;
            say(&mediation, Uuid::from_u128(case), step).await;
        }
    }
    Post::settle(&posts.iter().collect::<Vec<_>>(), SOON).await.unwrap();
    assert!(!clash.load(Ordering::SeqCst), "one case was worked on twice at the same time");
    let most = most.load(Ordering::SeqCst);
    assert!((2..=32).contains(&most), "{most} cases at the same time");
}

/// Two appliers on one inbox, as two replicas would be: what keeps an effect single is the inbox row in its commit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_appliers_on_one_inbox_apply_once() {
    let house = House::new().await;
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    let (_, road) = bad_road(5);
    let slow = |desk: &courier::Desk| {
        let desk = desk.clone();
        Reactions::of("routing").on(move |heard: Heard<Note>| {
            let desk = desk.clone();
            async move {
                tokio::time::sleep(Duration::from_millis(2)).await;
                Ok(Reaction::Write(append(&desk, &heard).await))
            }
        })
    };
    let from = post(&intake, Reactions::of("intake"), &road).await;
    let one = post(&routing, slow(&routing), &road).await;
    let two = post(&routing, slow(&routing), &road).await;
    for step in 1..=6 {
        for case in 1..=30u128 {
            say(&intake, Uuid::from_u128(case), step).await;
        }
    }
    Post::settle(&[&from, &one, &two], SOON).await.unwrap();
    for case in 1..=30u128 {
        assert_eq!(steps_of(&routing, Uuid::from_u128(case)).await, steps(6), "case {case}");
    }
}
