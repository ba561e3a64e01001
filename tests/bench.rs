//! `tests/bench`: figures of a release build, printed and quoted, never asserted.
//!
//! A server of its own over fresh SQLite files, the clients beside it on the same cores. Everything is bounded in time and
//! count and stays on loopback.

#![expect(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a measuring tool may panic; counts are small"
)]

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use contracts::courier::v1::SummarizeInboxRequest;
use contracts::courier::v1::ledger_service_client::LedgerServiceClient;
use contracts::intake::v1::AcceptDisputeRequest;
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{
    AcceptReferralRequest, PoolChangeKind, ProposeRoutesRequest, ReferCaseRequest, WatchPoolRequest,
};
use supermarket::accounts::Accounts;
use supermarket::client::{Person, Thread, channel};
use tests::{ask, filing};
use tokio::task::JoinSet;
use tokio_stream::StreamExt as _;

/// How long each number of callers files.
const ROUND: Duration = Duration::from_secs(5);
/// Cases whose way into the pool is timed.
const SEEN: usize = 60;

/// A server in a process of its own.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    /// Starts it and waits until it answers; tells how long that took.
    fn start(binary: &Path, folder: &Path) -> (Self, Duration) {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let begun = Instant::now();
        let process = Command::new(binary)
            .args(["serve", "--listen", &address, "--data-dir"])
            .arg(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        while std::net::TcpStream::connect(&address).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(30), "the server does not come up");
            std::thread::sleep(Duration::from_millis(2));
        }
        (Self { process, address }, begun.elapsed())
    }

    /// Resident memory in MiB.
    fn resident(&self) -> f64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The value below which a share of the sorted times lies, in milliseconds.
fn quantile(sorted: &[Duration], share: f64) -> f64 {
    let index = ((sorted.len() as f64 - 1.0) * share).round() as usize;
    sorted.get(index).map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
}

#[tokio::main]
async fn main() {
    let binary = PathBuf::from(std::env::args().nth(1).expect("bench SUPERMARKET_BINARY"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (server, first) = Server::start(&binary, folder.path());
    println!(
        "start            first {:>7.0} ms (makes keys, tables, the example town)",
        first.as_secs_f64() * 1e3
    );
    drop(server);
    let (server, again) = Server::start(&binary, folder.path());
    println!("start            again {:>7.0} ms", again.as_secs_f64() * 1e3);
    tokio::time::sleep(Duration::from_secs(2)).await;
    println!("resident memory  idle  {:>7.1} MiB", server.resident());

    let accounts = Accounts::read(&folder.path().join("accounts.json")).expect("accounts");
    let line = channel(&server.address).expect("an address");
    let clerk = Person::sign_in(&line, accounts.get("clerk-1").expect("clerk")).await.expect("signs in");
    let operator =
        Person::sign_in(&line, accounts.get("operator-1").expect("operator")).await.expect("signs in");

    println!(
        "\nFileDispute      callers   per second    p50 ms    p99 ms   (token, validation, sealing; relay and consumers running)"
    );
    for callers in [1usize, 8, 32] {
        let begun = Instant::now();
        let mut tasks = JoinSet::new();
        for caller in 0..callers {
            let clerk = clerk.clone();
            tasks.spawn(async move {
                let mut times = Vec::new();
                while begun.elapsed() < ROUND {
                    let message = filing(&format!("bench-{callers}-{caller}-{}", times.len()));
                    let one = Instant::now();
                    ask!(clerk, Thread::default(), IntakeServiceClient::file_dispute, message)
                        .expect("filed");
                    times.push(one.elapsed());
                }
                times
            });
        }
        let mut times: Vec<Duration> = tasks.join_all().await.into_iter().flatten().collect();
        let seconds = begun.elapsed().as_secs_f64();
        times.sort_unstable();
        let rate = times.len() as f64 / seconds;
        let (p50, p99) = (quantile(&times, 0.5), quantile(&times, 0.99));
        println!("                 {callers:>7} {rate:>12.0} {p50:>9.2} {p99:>9.2}");
    }
    println!("\nresident memory  loaded {:>6.1} MiB", server.resident());
    let begun = Instant::now();
    caught_up(&operator).await;
    println!("consumers        caught up {:.1} s after the last filing", begun.elapsed().as_secs_f64());

    let mut times = into_the_pool(&line, &accounts, &clerk).await;
    times.sort_unstable();
    let (p50, p99) = (quantile(&times, 0.5), quantile(&times, 0.99));
    println!(
        "WatchPool        visible p50 {p50:.1} ms, p99 {p99:.1} ms after AcceptReferral was sent ({SEEN} cases)"
    );
    println!("resident memory  after  {:>6.1} MiB", server.resident());
}

/// Waits until oversight has applied all that intake said.
async fn caught_up(operator: &Person) {
    let mut last = u64::MAX;
    loop {
        let summary = SummarizeInboxRequest {
            service: "oversight".to_owned(),
            topic: "intake".to_owned(),
            up_to_seq: 0,
        };
        let inbox = ask!(operator, Thread::default(), LedgerServiceClient::summarize_inbox, summary)
            .expect("a summary");
        if inbox.applied == inbox.last_seq && inbox.last_seq == last {
            return;
        }
        last = inbox.last_seq;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Takes cases to a studio one after another and watches its pool: how long until each is seen.
async fn into_the_pool(
    line: &tonic::transport::Channel,
    accounts: &Accounts,
    clerk: &Person,
) -> Vec<Duration> {
    let person = async |account: &str| {
        Person::sign_in(line, accounts.get(account).expect("the account")).await.expect("signs in")
    };
    let head = person("head-court").await;
    let mediator =
        accounts.with("MEDIATOR", Some("studio-court")).next().expect("a mediator").account.clone();
    let mediator = person(&mediator).await;
    let mut changes =
        ask!(mediator, Thread::default(), RoutingServiceClient::watch_pool, WatchPoolRequest::default())
            .expect("a watch");
    while changes.next().await.expect("a change").expect("a change").kind() != PoolChangeKind::CaughtUp {}
    let mut times = Vec::new();
    for n in 0..SEEN {
        let mut thread = Thread::default();
        let message = filing(&format!("bench-pool-{n}"));
        let case_id = ask!(clerk, thread, IntakeServiceClient::file_dispute, message).expect("filed").case_id;
        let (id, cause_code) = (case_id.clone(), "108.3".to_owned());
        let accept =
            AcceptDisputeRequest { case_id: id.clone(), cause_code, ..AcceptDisputeRequest::default() };
        ask!(clerk, thread, IntakeServiceClient::accept_dispute, accept).expect("accepted");
        let propose = ProposeRoutesRequest { case_id: id.clone() };
        ask!(clerk, thread, RoutingServiceClient::propose_routes, propose).expect("proposed");
        let (studio_org, reason) = ("studio-court".to_owned(), "bench".to_owned());
        let refer = ReferCaseRequest { case_id: id.clone(), studio_org, reason };
        ask!(clerk, thread, RoutingServiceClient::refer_case, refer).expect("referred");
        let begun = Instant::now();
        ask!(head, thread, RoutingServiceClient::accept_referral, AcceptReferralRequest { case_id: id })
            .expect("pooled");
        loop {
            let change = changes.next().await.expect("a change").expect("a change");
            if change.referral.is_some_and(|referral| referral.case_id == case_id) {
                times.push(begun.elapsed());
                break;
            }
        }
    }
    times
}
