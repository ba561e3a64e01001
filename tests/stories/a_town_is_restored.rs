//! A backup is taken while clerks work, the town works on, is lost, and put back: the books agree, and nothing that was
//! numbered in the lost time is numbered so again.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use contracts::lexicon::v1::Fence;
use contracts::routing::v1::ClaimCaseRequest;
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use courier::ledger;
use migrations::rehearsal::is_cluster;
use supermarket::client::{Person, Thread};
use supermarket::server::Server;
use supermarket::{backup, restore, verify};
use tests::{World, accept, ask, pool, settings};
use tokio::task::JoinSet;

const STUDIO: &str = "studio-family";

async fn claim(mediator: &Person, case_id: &str) -> Fence {
    let message = ClaimCaseRequest { case_id: case_id.to_owned() };
    let claimed = ask!(mediator, Thread::default(), RoutingServiceClient::claim_case, message);
    claimed.unwrap().fence.unwrap()
}

/// Accepts until told to stop, at least once; answers the numbers given.
async fn work(world: Arc<World>, name: String, enough: Arc<AtomicBool>) -> Vec<String> {
    let clerk = world.person("clerk-1").await;
    let mut given = Vec::new();
    loop {
        given.push(accept(&world, &clerk, &format!("{name}-{}", given.len())).await.dispute.case_number);
        if enough.load(Ordering::Relaxed) {
            return given;
        }
    }
}

async fn take_back(
    settings: &chassis::Settings,
    backup: &Path,
    admin: Option<&str>,
    force: bool,
) -> anyhow::Result<()> {
    restore::run(settings, backup, admin, force, true).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_is_a_town_again() {
    let world = Arc::new(World::open().await);
    let (clerk, mediator) = (world.person("clerk-1").await, world.mediators(STUDIO).await.remove(0));
    let pooled = pool(&world, &clerk, "pooled", STUDIO).await;
    let before = claim(&mediator, &pool(&world, &clerk, "claimed", STUDIO).await.id).await;
    world.settle().await;
    let (settings, admin) = (settings(&world.memory), world.memory.admin_url().map(str::to_owned));
    let elsewhere = tempfile::tempdir().unwrap();
    let kept = elsewhere.path().join("backup");

    let (enough, mut clerks) = (Arc::new(AtomicBool::new(false)), JoinSet::new());
    for n in 0..4 {
        clerks.spawn(work(world.clone(), format!("load-{n}"), enough.clone()));
    }
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    backup::run(&settings, &kept, admin.as_deref(), true).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    enough.store(true, Ordering::Relaxed);
    let mut given: BTreeSet<String> = [pooled.dispute.case_number.clone()].into();
    while let Some(numbers) = clerks.join_next().await {
        given.extend(numbers.unwrap());
    }
    // What is decided after the backup is lost with it.
    let lost = accept(&world, &clerk, "lost").await;
    given.insert(lost.dispute.case_number.clone());
    let lost_fence = claim(&mediator, &pooled.id).await;
    world.settle().await;

    let refused = take_back(&settings, &kept, admin.as_deref(), true).await.unwrap_err().to_string();
    let named = if is_cluster() { "supermarket_intake (supermarket-intake)" } else { "already runs" };
    assert!(refused.contains(named), "{refused}");
    let clock = world.clock.clone();
    let world = Arc::into_inner(world).unwrap();
    let memory = world.close().await;
    let refused = take_back(&settings, &kept, admin.as_deref(), false).await.unwrap_err().to_string();
    assert!(refused.contains("--force"), "{refused}");
    let mut foreign = settings.clone();
    foreign.data.keys = elsewhere.path().join("other.json");
    access::Vault::at(&foreign.data.keys).unwrap();
    let refused = take_back(&foreign, &kept, admin.as_deref(), true).await.unwrap_err().to_string();
    assert!(refused.contains("not the key file"), "{refused}");
    take_back(&settings, &kept, admin.as_deref(), true).await.unwrap();

    let world = World::again(memory, clock).await;
    world.settle().await;
    let server = Server::at(&world.address, world.folder());
    assert!(verify::run(&server, true).await.unwrap());
    the_books_agree(&world).await;
    assert!(world.town.running.posts.iter().all(|post| post.desk().epoch() == 2));

    let clerk = world.person("clerk-1").await;
    let mediator = world.mediators(STUDIO).await.remove(0);
    let mut anew = BTreeSet::new();
    for n in 0..3 {
        anew.insert(accept(&world, &clerk, &format!("anew-{n}")).await.dispute.case_number);
    }
    assert_eq!(anew.len(), 3);
    assert!(anew.is_disjoint(&given), "{anew:?} were given before: {given:?}");
    let again = claim(&mediator, &pooled.id).await;
    let rank = |fence: &Fence| (fence.epoch, fence.n);
    assert!(
        rank(&again) > rank(&lost_fence) && rank(&again) > rank(&before),
        "{again:?} after {lost_fence:?}"
    );
    world.settle().await;
    the_books_agree(&world).await;
    assert!(verify::run(&server, true).await.unwrap());

    let memory = world.close().await;
    take_back(&settings, &kept, admin.as_deref(), true).await.unwrap();
    let world = World::again(memory, courier::Clock::manual(tests::BEGIN.parse().unwrap())).await;
    assert!(world.town.running.posts.iter().all(|post| post.desk().epoch() == 3), "no epoch begins twice");
    world.close().await;
}

async fn the_books_agree(world: &World) {
    for (topic, consumers) in contracts::topics::CONSUMERS {
        let desk_of = |name: &str| {
            world
                .town
                .running
                .posts
                .iter()
                .map(|post| post.desk())
                .find(|desk| desk.service() == name)
                .unwrap()
        };
        let said = ledger::summarize_outbox(desk_of(topic)).await.unwrap();
        assert_eq!((said.count, said.unnumbered), (said.last_seq, 0), "{topic}");
        for consumer in *consumers {
            let heard = ledger::summarize_inbox(desk_of(consumer), topic, None).await.unwrap();
            assert_eq!(said.buckets, heard.buckets, "{topic} at {consumer}");
            assert_eq!((heard.stored, heard.applied), (said.count, said.count), "{topic} at {consumer}");
        }
    }
}
