//! A desk on PostgreSQL looks after itself: it ends where the database is of another epoch, and where its connections are
//! of no use any more while a fresh one is; and it takes nobody for a primary who is none.
#![expect(clippy::unwrap_used, reason = "a test may fail")]
mod world;

use std::net::SocketAddr;
use std::time::Duration;

use courier::{CommitError, Desk, Standing};
use migrations::rehearsal::is_cluster;
use sea_orm::ConnectionTrait;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use world::{House, opening};

fn standing(written: Result<(), CommitError>) -> Standing {
    match written {
        Err(CommitError::Fault(fault)) => fault.standing(),
        other => panic!("{other:?}"),
    }
}

/// The house's server by another port, behind which old connections can be left without an answer.
struct Cable {
    address: SocketAddr,
    cut: CancellationToken,
    _open: JoinSet<()>,
}

impl Cable {
    /// Lays it to `host:port`.
    async fn lay(to: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let cut = CancellationToken::new();
        let cutting = cut.clone();
        let mut open = JoinSet::new();
        open.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (mut near, _) = listener.accept().await.unwrap();
                let (to, cut) = (
                    to.clone(),
                    if cutting.is_cancelled() { CancellationToken::new() } else { cutting.clone() },
                );
                connections.spawn(async move {
                    let mut far = TcpStream::connect(to).await.unwrap();
                    tokio::select! {
                        biased;
                        () = cut.cancelled() => std::future::pending::<()>().await,
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                    }
                });
            }
        });
        Self { address, cut, _open: open }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desk_whose_connections_are_dead_ends_when_the_database_is_there() {
    assert!(is_cluster(), "this test is about PostgreSQL: use tests/run");
    let house = House::new().await;
    let url = house.memory.prepared("intake").await;
    house.memory.table("intake", "tally", world::TALLY).await;
    let (login, place) = url.split_once('@').unwrap();
    let (server, database) = place.split_once('/').unwrap();
    let cable = Cable::lay(server.to_owned()).await;
    let by_cable = format!("{login}@{}/{database}", cable.address);
    // One connection that reads and one that writes: who finds his still on its way back to the pool waits for it.
    let desk = Desk::open_with("intake", &by_cable, house.clock.clone(), 2).await.unwrap();
    desk.commit(opening(&desk, Uuid::from_u128(1), 1)).await.unwrap();
    desk.ping().await.unwrap();

    cable.cut.cancel();
    assert_eq!(desk.ping().await.unwrap_err().standing(), Standing::Away, "it must not say that all is well");
    timeout(Duration::from_secs(90), desk.ended().cancelled()).await.expect("it ends");
}

#[tokio::test]
async fn a_desk_of_an_epoch_that_is_over_writes_nothing_and_ends() {
    assert!(is_cluster(), "this test is about PostgreSQL: use tests/run");
    let house = House::new().await;
    let desk = house.desk("intake").await;
    desk.commit(opening(&desk, Uuid::from_u128(1), 1)).await.unwrap();
    house
        .memory
        .owner("intake")
        .await
        .execute_unprepared("UPDATE epoch SET epoch = epoch + 1")
        .await
        .unwrap();

    let late = desk.commit(opening(&desk, Uuid::from_u128(2), 1)).await;
    assert_eq!(standing(late), Standing::Closed);
    timeout(Duration::from_secs(20), desk.ended().cancelled()).await.expect("it ends");
    let again = house.desk("intake").await;
    assert_eq!(again.epoch(), desk.epoch() + 1);
    let rows: Vec<i64> = world::column(&again, "SELECT version FROM tally").await;
    assert_eq!(rows, [1], "nothing was written in the epoch that is over");
}

#[tokio::test]
async fn a_server_that_takes_no_writes_is_away() {
    assert!(is_cluster(), "this test is about PostgreSQL: use tests/run");
    let house = House::new().await;
    let desk = house.desk("intake").await;
    desk.close().await;
    let url = format!("{}?options=-c%20default_transaction_read_only%3Don", house.url("intake"));
    let desk = Desk::open("intake", &url, house.clock.clone()).await.unwrap();
    assert_eq!(standing(desk.commit(opening(&desk, Uuid::from_u128(1), 1)).await), Standing::Away);
}
