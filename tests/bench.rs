//! `tests/bench`: figures of a release build, printed and quoted, never asserted.
//!
//! `embedded` is a server of its own over fresh SQLite files; `floor` is intake beside pgbench on one PostgreSQL; `town` is
//! the whole town as processes; `rules` rehearses a rule set on ten thousand decisions. The clients are beside them on the
//! same cores. Everything is bounded in time and count and stays on loopback.

#![expect(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a measuring tool may panic; counts are small"
)]

#[path = "measure/callers.rs"]
mod callers;
#[path = "measure/floor.rs"]
mod floor;
#[path = "measure/pgbench.rs"]
mod pgbench;
#[path = "measure/pool.rs"]
mod pool;
#[path = "measure/readers.rs"]
mod readers;
#[path = "measure/rules.rs"]
mod rules;
#[path = "measure/shares.rs"]
mod shares;
#[expect(dead_code, reason = "the siege uses the rest")]
#[path = "siege/stage.rs"]
mod stage;
#[path = "measure/whole_town.rs"]
mod whole_town;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use contracts::courier::v1::SummarizeInboxRequest;
use contracts::courier::v1::ledger_service_client::LedgerServiceClient;
use supermarket::accounts::Accounts;
use supermarket::client::{Person, Thread, channel};
use tests::{ask, filing};

use callers::Times;

/// A database server as it is set up for work, on a machine with some memory.
const TUNED: [&str; 2] = ["shared_buffers=1GB", "max_wal_size=8GB"];
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

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (binary, part) = match &arguments[..] {
        [binary, part] => (PathBuf::from(binary), part.as_str()),
        _ => anyhow::bail!("usage: bench SUPERMARKET_BINARY embedded|floor|town|rules"),
    };
    let folder = tempfile::tempdir()?;
    stage::open_to_all(folder.path())?;
    let measured = match part {
        "embedded" => {
            embedded(&binary).await;
            Ok(())
        }
        "floor" => floor::run(folder.path(), &binary).await,
        "town" => whole_town::run(folder.path(), &binary).await,
        "rules" => rules::run(&binary, &folder.path().join("rules")).await,
        other => anyhow::bail!("there is no part {other}: embedded, floor, town or rules"),
    };
    if measured.is_err() {
        eprintln!("what the processes said is kept in {}", folder.keep().display());
    }
    measured
}

async fn embedded(binary: &Path) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (server, first) = Server::start(binary, folder.path());
    println!(
        "start            first {:>7.0} ms (makes keys, tables, the example town)",
        first.as_secs_f64() * 1e3
    );
    drop(server);
    let (server, again) = Server::start(binary, folder.path());
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
        let name = format!("bench-{callers}");
        let times = callers::file(&clerk, callers, ROUND, None, filing, &name).await;
        let (rate, p50, p99) = (times.rate(), times.quantile(0.5), times.quantile(0.99));
        println!("                 {callers:>7} {rate:>12.0} {p50:>9.2} {p99:>9.2}");
    }
    println!("\nresident memory  loaded {:>6.1} MiB", server.resident());
    let begun = Instant::now();
    caught_up(&operator).await;
    println!("consumers        caught up {:.1} s after the last filing", begun.elapsed().as_secs_f64());

    let times = Times::of(pool::into_it(&line, &accounts, &clerk, SEEN).await.pooled, 1.0);
    let (p50, p99) = (times.quantile(0.5), times.quantile(0.99));
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
