//! The database's machine is lost and its synchronous standby takes over, while disputes are filed: nothing that was
//! acknowledged is lost, nothing is there twice, and who asks again gets the case that he was told of.
//!
//! Before that the hardest moment is made on purpose: replication is cut, so commits wait, and their sessions are ended. The
//! rows are then visible on the primary and on no standby. Whoever only reads them to answer a retry acknowledges what the
//! standby never had.
//!
//!   promotion SECONDS      how long is filed before and after; `tests/run` and `tests/full promotion` start it
//!
//! The services reach the database through a forwarder that is pointed at the new primary, as an address that moves or a
//! proxy would be.

#[path = "promotion/callers.rs"]
mod callers;
#[path = "promotion/forwarder.rs"]
mod forwarder;
#[expect(dead_code, reason = "the siege and the bench use the rest")]
#[path = "siege/stage.rs"]
mod stage;
#[path = "promotion/standing.rs"]
mod standing;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use callers::Callers;
use forwarder::Forwarder;
use stage::postgres::Postgres;
use standing::Standing;
use supermarket::accounts::Accounts;
use supermarket::client::{Person, channel};
use supermarket::cluster::Cluster;

/// Who files at once.
const CALLERS: usize = 12;
/// How long nobody may be answered while no standby hears of anything.
const SILENCE: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [seconds] = &arguments[..] else { bail!("usage: promotion SECONDS") };
    let folder = tempfile::tempdir()?;
    stage::open_to_all(folder.path())?;
    let outcome = promote(folder.path(), Duration::from_secs(seconds.parse()?)).await;
    if outcome.is_err() {
        eprintln!("what the processes said is kept in {}", folder.keep().display());
    }
    outcome
}

async fn promote(folder: &Path, filing: Duration) -> anyhow::Result<()> {
    let program = std::env::current_exe()?.with_file_name("supermarket");
    ensure!(program.exists(), "{} is not built: cargo build --workspace", program.display());
    let bin = stage::postgres_programs()?;
    let free = stage::broker::free_port;
    let mut primary = Postgres::start(&bin, &folder.join("primary"), free(), &[]).await?;
    let door = Forwarder::to(primary.port()).await?;
    let replication = Forwarder::to(primary.port()).await?;
    let broker = stage::start_broker();
    let database = format!("postgres://postgres@127.0.0.1:{}/postgres", door.port);
    let settings = stage::prepare(folder, &database, 8, &broker).await?;
    let standby = primary.standby(&folder.join("standby"), free(), replication.port).await?;
    let before = Standing::of(&primary.url()).await?;
    before.replicate_synchronously().await?;
    let cluster = Cluster::start(&program, &settings, 1, &folder.join("logs")).await?;

    let accounts = Accounts::read(&folder.join("data/accounts.json"))?;
    let line = channel(&cluster.door.to_string())?;
    let clerk = Person::sign_in(&line, accounts.get("clerk-1").context("a clerk")?).await?;
    let mut callers = Callers::begin(&clerk, CALLERS);
    tokio::time::sleep(filing).await;
    callers.still_file()?;

    // No standby hears of anything any more: what it has now is all that it will ever have from there.
    replication.point(None);
    let after = Standing::of(&standby.url()).await?;
    let heard = after.all_that_was_heard().await?;
    let mut ended = 0;
    let cut = Instant::now();
    while cut.elapsed() < SILENCE {
        ended += before.end_those_who_wait().await?;
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    let seen: BTreeMap<String, String> =
        before.requests().await?.into_iter().filter(|(id, _)| !heard.contains_key(id)).collect();
    ensure!(ended > 0 && !seen.is_empty(), "no row was visible that the standby lacks: nothing was tried");
    let told = callers.acknowledged();
    let early = seen.keys().filter(|id| told.contains_key(*id)).count();
    ensure!(early == 0, "{early} were acknowledged although no standby had them");
    println!(
        "{} acknowledged; then {} rows visible on the primary alone, {ended} sessions ended, none of them answered",
        told.len(),
        seen.len()
    );

    let lost = Instant::now();
    primary.kill_all()?;
    door.point(Some(standby.port()));
    standby.promote()?;
    let promoted = lost.elapsed();
    callers.answer_again().await?;
    println!(
        "primary killed, standby promoted after {} ms, the next answer after {} ms",
        promoted.as_millis(),
        lost.elapsed().as_millis()
    );
    tokio::time::sleep(filing).await;
    callers.still_file()?;
    let (retried, repeated) = callers.end().await?;
    let all = retried.all;

    let there = after.requests().await?;
    for (request, case) in &all {
        ensure!(there.get(request) == Some(case), "{request} was answered with {case}, which is not there");
    }
    ensure!(there.len() == all.len(), "{} requests are there, {} were answered", there.len(), all.len());
    let gone = seen.iter().filter(|(request, case)| all.get(*request) != Some(case)).count();
    ensure!(gone == seen.len(), "{} rows are there that the standby never had", seen.len() - gone);
    after.once_each(all.len()).await?;
    println!(
        "{} acknowledged in all, {} of them after being asked again ({} tries), {repeated} repeated on purpose: \
         all there, once; the {gone} rows that were never on the standby were filed anew",
        all.len(),
        retried.requests,
        retried.tries,
    );
    let verified = Command::new(&program)
        .args(["verify", "--server", &cluster.door.to_string()])
        .arg("--data-dir")
        .arg(folder.join("data"))
        .status()?;
    ensure!(verified.success(), "verify failed");
    Ok(())
}
