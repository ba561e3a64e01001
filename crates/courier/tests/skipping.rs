//! An event that a service has no use for does not let a later one overtake an earlier one of the same case.
mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use courier::transport::inside::Inside;
use courier::{Actor, Heard, Post, Reaction, Reactions, Transport, Trouble, WriteList};
use uuid::Uuid;
use world::{Aside, House, Note, append, post, steps_of};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_overtakes_behind_events_of_no_use() {
    let house = House::new().await;
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    let road: Arc<dyn Transport> = Arc::new(Inside::new());
    let failures = Arc::new(AtomicU32::new(0));
    let reactions = {
        let (desk, failures) = (routing.clone(), failures.clone());
        Reactions::of("routing").on(move |heard: Heard<Note>| {
            let (desk, failures) = (desk.clone(), failures.clone());
            async move {
                // The first event of the case fails twice; what follows must wait, over any number of skipped ones.
                if heard.event.step == 1 && failures.fetch_add(1, Ordering::SeqCst) < 2 {
                    return Err(Trouble::Later("NOT_NOW".to_owned()));
                }
                Ok(Reaction::Write(append(&desk, &heard).await))
            }
        })
    };
    let from = post(&intake, Reactions::of("intake"), &road).await;
    let to = post(&routing, reactions, &road).await;
    let case = Uuid::from_u128(1);
    let stamp = intake.stamp(Actor::service("intake", "442000"), "test.Say", None);
    let mut list = WriteList::new(&stamp, Some(case));
    list.post(case, 1, &Note { step: 1 });
    for version in 2..=6 {
        list.post(case, version, &Aside {});
    }
    list.post(case, 7, &Note { step: 2 });
    list.post(case, 8, &Aside {});
    list.post(case, 9, &Note { step: 3 });
    intake.commit(list).await.unwrap();
    Post::settle(&[&from, &to], Duration::from_mins(1)).await.unwrap();
    assert_eq!(steps_of(&routing, case).await, "1 2 3 ");
    assert_eq!(failures.load(Ordering::SeqCst), 3, "the first event failed twice before it took effect");
}
