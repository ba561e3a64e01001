//! The operator's hands: the doctor finds what was spoilt and nothing else, and the quarantine is listed and decided.

use std::os::unix::fs::PermissionsExt as _;

use contracts::courier::v1::SummarizeInboxRequest;
use contracts::courier::v1::ledger_service_client::LedgerServiceClient;
use migrations::rehearsal::is_cluster;
use sea_orm::ConnectionTrait as _;
use supermarket::arguments::Event;
use supermarket::client::Thread;
use supermarket::doctor::{self, Verdict};
use supermarket::quarantine;
use supermarket::server::Server;
use tests::{World, ask, file, settings};

/// What is bad: what was looked at, and what was seen.
async fn bad(world: &World) -> Vec<String> {
    let mut settings = settings(&world.memory);
    if is_cluster() {
        settings.services.intake = format!("http://{}", world.address);
    }
    let found = doctor::examine(&settings, None).await;
    assert!(
        found.iter().all(|finding| finding.verdict == Verdict::Ok || !finding.todo.is_empty()),
        "{found:?}"
    );
    let bad = found.into_iter().filter(|finding| finding.verdict == Verdict::Bad);
    bad.map(|finding| format!("{}: {}", finding.what, finding.seen)).collect()
}

async fn change(world: &World, service: &str, sql: &str) {
    let owner = world.memory.owner(service).await;
    owner.execute_unprepared(sql).await.unwrap();
    owner.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_names_what_was_spoilt() {
    let world = World::open().await;
    assert_eq!(bad(&world).await, Vec::<String>::new());

    let keys = settings(&world.memory).data.key_file();
    std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o644)).unwrap();
    let found = bad(&world).await;
    assert!(found.len() == 1 && found[0].contains("readable by others"), "{found:?}");
    std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o600)).unwrap();

    if is_cluster() {
        change(&world, "transfer", "DELETE FROM seaql_migrations WHERE version = 'courier_m0001_ledger'")
            .await;
        change(&world, "intake", "GRANT UPDATE, DELETE ON audit TO supermarket_intake").await;
        change(&world, "routing", "GRANT USAGE ON SCHEMA routing TO supermarket_intake").await;
        let found = bad(&world).await;
        let role = "supermarket_intake role: too many rights: it may change the audit, it may delete the audit, it may \
            look into routing";
        assert_eq!(found, [role, "transfer database: migrations to come: courier_m0001_ledger"]);
    } else {
        std::fs::rename(world.database("transfer"), world.database("moved")).unwrap();
        let found = bad(&world).await;
        assert!(found.len() == 1 && found[0].starts_with("transfer file: there is no "), "{found:?}");
        std::fs::rename(world.database("moved"), world.database("transfer")).unwrap();
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_quarantine_is_decided_by_a_person() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    for n in 0..3 {
        file(&clerk, &format!("parked-{n}")).await;
    }
    world.settle().await;
    for post in &world.town.running.posts {
        post.stop().await;
    }
    change(
        &world,
        "oversight",
        "UPDATE inbox SET state = 3, reason = 'TEST' WHERE topic = 'intake' AND pub_seq < 3",
    )
    .await;
    let server = Server::at(&world.address, world.folder());
    let operator = world.person("operator-1").await;
    let books = async || {
        let message = SummarizeInboxRequest {
            service: "oversight".to_owned(),
            topic: "intake".to_owned(),
            ..SummarizeInboxRequest::default()
        };
        let inbox = ask!(operator, Thread::default(), LedgerServiceClient::summarize_inbox, message).unwrap();
        (inbox.applied, inbox.quarantined)
    };
    assert_eq!(books().await, (1, 2));
    quarantine::list(&server, None, false).await.unwrap();
    let event = |seq| Event { topic: "intake".to_owned(), seq, service: "oversight".to_owned() };
    quarantine::retry(&server, &event(1), true).await.unwrap();
    assert_eq!(books().await, (1, 1), "it waits to be tried");
    quarantine::discard(&server, &event(2), "its cause is mended by hand", true).await.unwrap();
    assert_eq!(books().await, (2, 0), "given up is an end");
    let refused = quarantine::retry(&server, &event(2), true).await.unwrap_err().to_string();
    assert!(refused.contains("NOT_QUARANTINED"), "{refused}");
    // One event still waits to be tried, and nobody tries.
    world.abandon().await;
}
