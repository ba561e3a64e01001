//! A disk that is full for a while: whatever was answered with "written" is there, then and afterwards.
//!
//! The limit is the kernel's: this test starts itself again as a child and sets that one's largest file size (`prlimit`)
//! to what the database's log has now, and takes the limit away later.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails, and says where")]
mod world;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use courier::{Clock, CommitError, Desk};
use sea_orm::EntityTrait;
use uuid::Uuid;
use world::{House, numbers, rows_of, tally};

const FOLDER: &str = "COURIER_TEST_FULL_DISK";

/// Sets the largest size a file of this process may grow to; the C library's signal for it is ignored by the parent.
fn limit(size: &str) {
    let own = std::process::id().to_string();
    let done = Command::new("prlimit").args(["--pid", &own, &format!("--fsize={size}:unlimited")]).status();
    assert!(done.unwrap().success());
}

#[test]
fn what_was_answered_is_there_after_a_full_disk() {
    if std::env::var_os(FOLDER).is_some() {
        return in_the_child();
    }
    let folder = tempfile::tempdir().unwrap();
    // Ignoring SIGXFSZ is inherited; with it a write beyond the limit is an error, not the end of the process.
    let child = Command::new("sh")
        .args([
            "-c",
            "trap '' XFSZ; exec \"$0\" --exact --nocapture what_was_answered_is_there_after_a_full_disk",
        ])
        .arg(std::env::current_exe().unwrap())
        .env(FOLDER, folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success(), "{said}{}", String::from_utf8_lossy(&child.stderr));
    assert!(said.contains("1 passed"), "{said}");
}

/// The same test, started by itself in a process of its own.
fn in_the_child() {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(full_for_a_while());
}

#[expect(clippy::disallowed_methods, reason = "how the parent tells its child where")]
async fn full_for_a_while() {
    let folder = std::env::var(FOLDER).unwrap();
    let house = House::at(Path::new(&folder));
    let desk = house.desk("intake").await;
    let mut written = vec![];
    let (mut next, mut failed) = (1u128, 0);
    for round in 0..6u64 {
        desk.commit(world::opening(&desk, Uuid::from_u128(next), 1)).await.unwrap();
        written.push(Uuid::from_u128(next));
        next += 1;
        let log = std::fs::metadata(Path::new(&folder).join("intake.db-wal")).unwrap().len();
        // Sometimes full at once, sometimes in the middle of a commit.
        limit(&(log + round * 5_000).to_string());
        for _ in 0..8 {
            let case = Uuid::from_u128(next);
            next += 1;
            match desk.commit(world::opening(&desk, case, 3)).await {
                Ok(()) => written.push(case),
                Err(CommitError::Fault(fault)) => {
                    let told = fault.to_string();
                    assert!(
                        told.contains("nothing was written") || told.contains("outcome is unknown"),
                        "{told}"
                    );
                    failed += 1;
                }
                Err(other) => panic!("{other}"),
            }
        }
        limit("unlimited");
        for case in &written {
            assert!(
                rows_of(&desk, *case).await.0 == 1,
                "in round {round}: {case} was answered and is not there"
            );
        }
    }
    assert!(failed >= 20, "the disk was full {failed} times only");
    for _ in 0..20 {
        desk.commit(world::opening(&desk, Uuid::from_u128(next), 1)).await.unwrap();
        written.push(Uuid::from_u128(next));
        next += 1;
    }
    // Somebody else sees it, so it is committed; and after closing it is still there.
    let other = Desk::open("intake", &house.url("intake"), Clock::system()).await.unwrap();
    let before = numbers(&other).await;
    desk.close().await;
    other.close().await;
    let again = tokio::time::timeout(Duration::from_secs(10), house.desk("intake")).await.unwrap();
    for case in &written {
        assert!(
            tally::Entity::find_by_id(*case).one(again.reader()).await.unwrap().is_some(),
            "{case} is lost"
        );
    }
    let sent = numbers(&again).await;
    assert_eq!(sent, before);
    assert_eq!(sent, (1..=i64::try_from(sent.len()).unwrap()).collect::<Vec<_>>(), "numbers stay dense");
}
