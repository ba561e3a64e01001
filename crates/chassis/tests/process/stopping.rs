//! Stopping ends in time, whatever clients do.
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::town::{asked, brief, town};
use access::Role;
use contracts::courier::v1::ledger_service_client::LedgerServiceClient;
use tokio::io::AsyncWriteExt;
use tonic_types::StatusExt;

#[tokio::test]
async fn an_idle_process_stops_at_once_and_closes_its_port() {
    // A soft time that no machine takes by being slow: whoever waits for it is told from whoever is.
    let life = chassis::Lifecycle::new(Duration::from_secs(20), Duration::from_secs(30));
    let town = town(life, &[]).await;
    let address = town.running.address;
    let _client = town.channel().await;
    let begun = Instant::now();
    town.running.stop();
    assert!(town.running.ended().await);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn silent_clients_do_not_hold_it() {
    let town = town(brief(), &[]).await;
    // One says nothing, one begins HTTP/2 and stops, one begins a request and stops.
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    let request =
        b"POST /x HTTP/1.1\r\nhost: x\r\ncontent-type: application/grpc-web\r\ncontent-length: 99\r\n\r\nx";
    let mut silent = Vec::new();
    for said in [&b""[..], &preface[..7], &preface[..], &request[..60], &request[..]] {
        let mut socket = tokio::net::TcpStream::connect(town.running.address).await.unwrap();
        socket.write_all(said).await.unwrap();
        silent.push(socket);
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let begun = Instant::now();
    town.running.stop();
    assert!(town.running.ended().await, "the server's task ends at the hard stop at the latest");
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_call_that_never_ends_gets_the_soft_time_and_no_more() {
    let town = town(brief(), &[]).await;
    let token = town.token(Role::Operator);
    let mut client = LedgerServiceClient::new(town.channel().await);
    let slow = client.summarize_outbox(asked("slow", &[("authorization", &token)]));
    let stop = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        town.running.stop();
        let begun = Instant::now();
        (town.running.ended().await, begun.elapsed().as_millis())
    };
    let (all, after) = tokio::select! {
        _ = slow => panic!("it never ends"),
        ended = stop => ended,
    };
    assert!(all && (190..15_000).contains(&after), "{after}");
}

#[tokio::test]
async fn a_process_does_not_outlive_the_writer_of_its_memory() {
    let town = town(brief(), &[]).await;
    town.desk.close().await;
    assert!(tokio::time::timeout(Duration::from_secs(30), town.running.ended()).await.unwrap());
}

#[tokio::test]
async fn a_commit_while_the_memory_closes_is_to_be_tried_again() {
    let clock = courier::Clock::system();
    let (desk, _folder) = crate::town::desk(&clock).await;
    desk.close().await;
    let stamp = desk.stamp(courier::Actor::service("intake", "442000"), "test", None);
    let late = desk.commit(courier::WriteList::new(&stamp, None)).await.unwrap_err();
    let status = tonic::Status::from(chassis::Denied::from(late));
    assert_eq!(status.code(), tonic::Code::Unavailable);
    assert_eq!(status.get_details_error_info().unwrap().reason, "STOPPING");
    assert!(status.get_details_retry_info().is_some());
}

#[tokio::test]
async fn ticks_run_until_the_stop_and_survive_a_panic() {
    let life = brief();
    let clock = courier::Clock::system();
    let (desk, _folder) = crate::town::desk(&clock).await;
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let tick = chassis::Tick {
        name: "counting",
        every: Duration::from_millis(10),
        run: Box::new(move || {
            let counted = counted.clone();
            Box::pin(async move {
                assert!(counted.fetch_add(1, Ordering::SeqCst) != 1, "planted");
            })
        }),
    };
    let service = chassis::Service { ticks: vec![tick], ..crate::town::service(&desk) };
    let settings = [("LISTEN__ADDRESS".to_owned(), "127.0.0.1:0".to_owned())].to_vec();
    let settings = chassis::Settings::read(None, settings).unwrap();
    let running =
        chassis::run(vec![service], crate::town::site(&clock), &settings, life.clone()).await.unwrap();
    // Whatever else the machine does at the moment, they come.
    let four = async {
        while runs.load(Ordering::SeqCst) < 4 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), four).await.expect("ticks come again after the panic");
    life.stop();
    assert!(running.ended().await);
    let at_the_end = runs.load(Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(runs.load(Ordering::SeqCst), at_the_end);
}
