//! Silence on a road that is open is no silence: a beat travels behind the last event.
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use courier::{Clock, Desk, OUT_OF_TOUCH, Pace, Post, Reactions, Transport};
use migrations::rehearsal::Memory;
use tokio_util::sync::CancellationToken;

use crate::broker::Server;
use crate::world::{self, House, tallying};
use crate::{SOON, road, tell};

/// A post office that beats as the house does.
async fn beating(desk: &Desk, reactions: Reactions, road: &Arc<dyn Transport>) -> Post {
    let pace = Pace { beat_every: Pace::default().beat_every, ..world::pace() };
    let cancel = CancellationToken::new();
    Post::start_at(pace, desk, reactions, road.clone(), world::TABLE, cancel).await.unwrap()
}

async fn comes_into_touch(desk: &Desk) {
    let touched = async { while !desk.in_touch(&["intake"]).await.unwrap() {} };
    tokio::time::timeout(SOON, touched).await.expect("a beat comes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_topic_is_in_touch_as_long_as_its_relay_lives() {
    let server = Server::start();
    let clock = Clock::manual(DateTime::from_timestamp(1_770_000_000, 0).unwrap());
    let house = House { memory: Memory::fresh().await, clock };
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    assert!(routing.in_touch(&["intake"]).await.unwrap(), "nothing was ever heard");
    let to = beating(&routing, tallying(&routing), &road("routing", &server.url()).await).await;
    for round in 0..2 {
        let from = beating(&intake, Reactions::of("intake"), &road("intake", &server.url()).await).await;
        comes_into_touch(&routing).await;
        tell(&intake, 3, round * 2 + 1, round * 2 + 2).await;
        Post::settle(&[&from, &to], SOON).await.unwrap();
        for _ in 0..3 {
            house.clock.advance(OUT_OF_TOUCH * 60);
            comes_into_touch(&routing).await;
        }
        from.stop().await;
        house.clock.advance(OUT_OF_TOUCH + TimeDelta::seconds(1));
        assert!(!routing.in_touch(&["intake"]).await.unwrap(), "nobody answers");
    }
    // Beats are nothing that is kept, counted or applied.
    let heard = courier::ledger::summarize_inbox(&routing, "intake", None).await.unwrap();
    assert_eq!((heard.count, heard.stored, heard.applied), (12, 12, 12));
    tokio::time::timeout(Duration::from_secs(40), to.stop()).await.unwrap();
}
