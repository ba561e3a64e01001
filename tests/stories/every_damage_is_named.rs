//! Damage to the books of delivery: whatever row is taken away or falsified, `verify` names it.

use migrations::rehearsal::is_cluster;
use sea_orm::ConnectionTrait as _;
use supermarket::server::Server;
use supermarket::verify;
use tests::{World, file};

/// What verify says of `topic` at `consumer`, at one look.
async fn told(world: &World, topic: &str, consumer: &str) -> String {
    let server = Server::at(&world.address, world.folder());
    let lines = verify::examine(&server, 0).await.unwrap();
    let line = lines.into_iter().find(|line| line.topic == topic && line.consumer == consumer).unwrap();
    line.wrong.join("; ")
}

async fn damage(world: &World, service: &str, sql: &str) {
    let owner = world.memory.owner(service).await;
    assert_eq!(owner.execute_unprepared(sql).await.unwrap().rows_affected(), 1, "{sql}");
    owner.close().await.unwrap();
}

/// A town that has said five disputes, heard them, and stands still: nothing heals by itself while it is looked at.
async fn still() -> World {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    for n in 0..5 {
        file(&clerk, &format!("damage-{n}")).await;
    }
    world.settle().await;
    for post in &world.town.running.posts {
        post.stop().await;
    }
    assert_eq!(told(&world, "intake", "routing").await, "");
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_row_is_named() {
    let world = still().await;
    damage(&world, "routing", "DELETE FROM inbox WHERE topic = 'intake' AND pub_seq = 3").await;
    let wrong = told(&world, "intake", "routing").await;
    assert!(wrong.contains("the inbox of routing lacks 3–3"), "{wrong}");
    assert_eq!(told(&world, "intake", "oversight").await, "", "the others are in order");

    damage(&world, "intake", "DELETE FROM outbox WHERE pub_seq = 2").await;
    damage(&world, "intake", "DELETE FROM outbox WHERE pub_seq = 5").await;
    let wrong = told(&world, "intake", "oversight").await;
    assert!(wrong.contains("the outbox of intake lacks 2–2"), "{wrong}");
    assert!(wrong.contains("the outbox of intake lacks 5–5"), "{wrong}");
    world.abandon().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doctored_watermark_is_named() {
    let world = still().await;
    for (stored, words) in [
        (3, "stored watermark: 5 recorded, 3 found"),
        (9, "stored watermark: 9 found, but the highest number stored is 5"),
    ] {
        damage(&world, "routing", &format!("UPDATE watermark SET stored = {stored} WHERE topic = 'intake'"))
            .await;
        let wrong = told(&world, "intake", "routing").await;
        assert!(wrong.contains(words), "{wrong}");
        assert_eq!(told(&world, "intake", "oversight").await, "", "the others are in order");
    }
    world.abandon().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_and_does_not_travel_is_named() {
    let world = still().await;
    let clerk = world.person("clerk-1").await;
    file(&clerk, "said").await;
    let wrong = told(&world, "intake", "routing").await;
    // On PostgreSQL the relay gives the numbers, and it stands still; in a file the writer has given one.
    let words = if is_cluster() {
        "1 events of intake have no number"
    } else {
        "events delivered: 6 recorded, 5 found"
    };
    assert!(wrong.contains(words), "{wrong}");
    world.abandon().await;
}
