//! The transport may repeat, reorder and lose: the demo's cases end as if it did not, and every ledger agrees.

use migrations::rehearsal::is_cluster;
use std::sync::Arc;
use std::time::Duration;

use contracts::lexicon::v1::PartyRole;
use courier::ledger;
use courier::transport::inside::Inside;
use courier::transport::shaken::{Shaken, Weather};
use supermarket::demo::{self, Options};
use supermarket::server::Server;
use tests::{World, file, party};

#[tokio::test(flavor = "multi_thread")]
async fn whole_cases_survive_a_transport_that_repeats_reorders_and_loses() {
    let weather = Weather { copies: 10, loss: 0.05, delay: Duration::from_millis(5) };
    let shaken = Arc::new(Shaken::new(Arc::new(Inside::new()), weather, 7));
    let world = World::with(shaken, courier::Clock::system()).await;
    let server = Server::at(&world.address, world.folder());
    let options =
        Options { input: None, cases: Some(40), pace: None, seed: 3, without_court: Vec::new(), json: true };
    let well = demo::run(&server, options).await.unwrap();
    assert!(well, "open, lost and duplicated must be 0; {}", books(&world).await);
    world.settle().await;
    for post in &world.town.running.posts {
        let desk = post.desk();
        for (topic, consumers) in contracts::topics::CONSUMERS {
            if !consumers.contains(&desk.service()) {
                continue;
            }
            let producer = world.town.running.posts.iter().find(|p| p.desk().service() == *topic).unwrap();
            let said = ledger::summarize_outbox(producer.desk()).await.unwrap();
            let heard = ledger::summarize_inbox(desk, topic, None).await.unwrap();
            assert_eq!(said.buckets, heard.buckets, "{topic} at {}", desk.service());
            assert_eq!((said.count, heard.quarantined), (heard.applied, 0), "{topic} at {}", desk.service());
        }
    }
    world.close().await;
}

/// What is under way or parked, for whoever reads a failure.
async fn books(world: &World) -> String {
    let mut told = Vec::new();
    for post in &world.town.running.posts {
        let (desk, name) = (post.desk(), post.desk().service());
        for topic in contracts::topics::topics_of(name) {
            let heard = ledger::summarize_inbox(desk, topic, None).await.unwrap();
            let (count, stored, applied) = (heard.count, heard.stored, heard.applied);
            told.push(format!("{name} hears {topic}: {count} there, {stored} stored, {applied} applied"));
        }
        told.push(format!("{name}: {:?}", ledger::list_quarantine(desk, 10).await.unwrap()));
        told.push(format!("{name}: gaps {:?}", ledger::list_gaps(desk, name).await.unwrap()));
    }
    told.join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_town_that_was_closed_goes_on_where_it_was() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let case = file(&clerk, "restart").await;
    assert!(!party(&case.dispute, PartyRole::Claimant).is_empty());
    let clock = world.clock.clone();
    let memory = world.close().await;
    let World { town, memory, .. } = World::again(memory, clock).await;
    assert!(!town.first_start);
    if !is_cluster() {
        let again = supermarket::town::lock(memory.folder()).unwrap_err();
        assert!(again.to_string().contains("already runs"), "{again}");
    }
    let posts: Vec<&courier::Post> = town.running.posts.iter().map(AsRef::as_ref).collect();
    courier::Post::settle(&posts, Duration::from_secs(30)).await.unwrap();
    let heard = ledger::summarize_inbox(
        posts.iter().find(|p| p.desk().service() == "oversight").unwrap().desk(),
        "intake",
        None,
    );
    assert_eq!(heard.await.unwrap().applied, 1);
    town.running.stop();
    town.running.ended().await;
}
