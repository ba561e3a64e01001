//! Damage to the books of delivery and to the record of what is open: whatever row is taken away or falsified, `verify` names it.

use contracts::courier::v1::ListOpenRequest;
use contracts::courier::v1::ledger_service_client::LedgerServiceClient;
use migrations::rehearsal::is_cluster;
use sea_orm::ConnectionTrait as _;
use supermarket::client::Thread;
use supermarket::server::Server;
use supermarket::verify;
use tests::{World, ask, file, pool};

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

/// What the monitor says at one look.
async fn forgotten(world: &World) -> Vec<String> {
    let server = Server::at(&world.address, world.folder());
    verify::watch(&server, 0).await.unwrap().unwatched
}

#[tokio::test(flavor = "multi_thread")]
async fn a_noun_that_only_one_side_knows_of_is_named_in_both_directions() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut cases = vec![];
    for n in 0..3 {
        cases.push(pool(&world, &clerk, &format!("watched-{n}"), "studio-court").await);
    }
    world.settle().await;
    for post in &world.town.running.posts {
        post.stop().await;
    }
    assert_eq!(forgotten(&world).await, Vec::<String>::new());

    // The owner's row is gone: oversight waits for a referral that nobody has.
    let id = |at: usize| cases[at].id.replace('-', "");
    let row = |at: usize| if is_cluster() { format!("'{}'", cases[at].id) } else { format!("X'{}'", id(at)) };
    damage(&world, "routing", &format!("DELETE FROM referral WHERE case_id = {}", row(0))).await;
    let wrong = forgotten(&world).await;
    let words =
        format!("oversight watches the referral {0} of case {0}, and routing has none open", cases[0].id);
    assert_eq!(wrong, [words]);

    // The watch has lost a case: what its owners have open waits for ever.
    damage(&world, "oversight", &format!("DELETE FROM docket WHERE case_id = {}", row(1))).await;
    let wrong = forgotten(&world).await;
    for owned in ["intake has the dispute", "routing has the referral"] {
        let words = format!("{owned} {0} of case {0} open, and oversight does not watch it", cases[1].id);
        assert!(wrong.contains(&words), "{words}: {wrong:?}");
    }
    assert!(!wrong.iter().any(|one| one.contains(&cases[2].id)), "the third is in order: {wrong:?}");
    world.abandon().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_of_open_nouns_is_read_in_pages_by_the_operator_alone() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut filed = vec![];
    for n in 0..3 {
        filed.push(file(&clerk, &format!("paged-{n}")).await.id);
    }
    world.settle().await;
    filed.sort();
    let operator = world.person("operator-1").await;
    let ask = |watched: bool, page_size: i32, after_key: &str| ListOpenRequest {
        service: if watched { "oversight" } else { "intake" }.to_owned(),
        noun: "dispute".to_owned(),
        watched,
        page_size,
        after_key: after_key.to_owned(),
    };
    for watched in [false, true] {
        let (mut seen, mut key) = (vec![], String::new());
        for _ in 0..4 {
            let page = ask(watched, 1, &key);
            let page = ask!(operator, Thread::default(), LedgerServiceClient::list_open, page).unwrap();
            seen.extend(page.nouns.into_iter().map(|one| one.case_id));
            key = page.next_key;
            if key.is_empty() {
                break;
            }
        }
        assert_eq!(seen, filed, "watched: {watched}");
    }
    let refused = ask!(clerk, Thread::default(), LedgerServiceClient::list_open, ask(false, 0, ""));
    assert_eq!(refused.unwrap_err().code(), tonic::Code::PermissionDenied);
    let mut wrong = ask(false, 501, "x");
    wrong.noun = "referral".to_owned();
    let bad = ask!(operator, Thread::default(), LedgerServiceClient::list_open, wrong).unwrap_err();
    let details = tonic_types::StatusExt::get_error_details(&bad);
    let fields = &details.bad_request().unwrap().field_violations;
    let told: Vec<String> = fields.iter().map(|field| format!("{} {}", field.field, field.reason)).collect();
    assert_eq!(told, ["noun UNKNOWN_CODE", "page_size RANGE", "after_key MALFORMED"]);
    world.close().await;
}
