//! The town as processes, over a PostgreSQL and a nats-server of its own, while things go wrong: cases are played at a
//! pace through the door, and one fault follows another. Afterwards nothing may be open, lost or duplicated, `verify` must
//! pass, and who stands near a case must be in every service what the producers' ledgers say.
//!
//!   siege CASES PACE FAULTS PAUSE      cases, cases a second, faults at most, seconds that a stopped process stands still
//!
//! Faults are spread over the time that the filing takes and go on until the demo has ended. `tests/run` and
//! `tests/full siege` start it.

#[expect(dead_code, reason = "the courier's tests use the rest")]
#[path = "../crates/courier/tests/broker/mod.rs"]
mod broker;
#[path = "siege/faults.rs"]
mod faults;
#[path = "siege/folded.rs"]
mod folded;
#[path = "siege/postgres.rs"]
mod postgres;
#[path = "siege/rebuilt.rs"]
mod rebuilt;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use chassis::Settings;
use chassis::settings::{Secret, TransportKind};
use supermarket::cluster::Cluster;

/// A town under siege.
pub struct Town {
    cluster: Cluster,
    broker: broker::Server,
    postgres: postgres::Postgres,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let numbers: Vec<f64> =
        std::env::args().skip(1).map(|text| text.parse().context("a number")).collect::<Result<_, _>>()?;
    let [cases, pace, faults, pause] = numbers[..] else { bail!("usage: siege CASES PACE FAULTS PAUSE") };
    let folder = tempfile::tempdir()?;
    let outcome = besiege(folder.path(), [cases, pace, faults, pause]).await;
    if outcome.is_err() {
        eprintln!("what the processes said is kept in {}", folder.keep().display());
    }
    outcome
}

async fn besiege(folder: &Path, [cases, pace, faults, pause]: [f64; 4]) -> anyhow::Result<()> {
    // PostgreSQL runs as somebody else and must get through.
    #[cfg(unix)]
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o711))?;
    let program = std::env::current_exe()?.with_file_name("supermarket");
    ensure!(program.exists(), "{} is not built: cargo build --workspace", program.display());
    let mut town = open(folder, &program).await?;

    let begun = Instant::now();
    let door = town.cluster.door.to_string();
    let data = folder.join("data");
    let cases_given = cases.to_string();
    let demo = Command::new(&program)
        .args(["demo", "--server", &door, "--cases", &cases_given, "--pace", &pace.to_string(), "--json"])
        .arg("--data-dir")
        .arg(&data)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()?;
    let playing = tokio::task::spawn_blocking(|| demo.wait_with_output());
    let gap = Duration::from_secs_f64((cases / pace / faults).max(0.2));
    let mut done: BTreeMap<faults::Fault, usize> = BTreeMap::new();
    let mut count: u32 = 0;
    while !playing.is_finished() && f64::from(count) < faults {
        tokio::time::sleep(gap).await;
        let fault = faults::ALL[count as usize % faults::ALL.len()];
        let turn = *done.get(&fault).unwrap_or(&0);
        match town.suffer(fault, turn, Duration::from_secs_f64(pause)).await {
            Ok(()) => *done.entry(fault).or_default() += 1,
            // A stream that the last fault took may not be there again yet: that fault did not happen.
            Err(error) => eprintln!("{fault:?} did not happen: {error:#}"),
        }
        count += 1;
        for member in &mut town.cluster.members {
            if member.revive()? {
                eprintln!("{} had ended and was started again", member.service);
            }
        }
    }
    let output =
        tokio::time::timeout(Duration::from_mins(5), playing).await.context("the demo does not end")???;
    let said = String::from_utf8(output.stdout)?;
    let last = said.lines().last().unwrap_or_default();
    println!("{last}");
    let total: usize = done.values().sum();
    let told = done.iter().map(|(fault, n)| format!("{fault:?} {n}")).collect::<Vec<_>>().join(", ");
    println!("{total} faults in {:.0} s: {told}", begun.elapsed().as_secs_f64());
    ensure!(output.status.success(), "the demo failed");
    let last: serde_json::Value = serde_json::from_str(last)?;
    for (figure, wanted) in [("filed", cases), ("open", 0.0), ("lost", 0.0), ("duplicated", 0.0)] {
        ensure!(last[figure].as_f64() == Some(wanted), "{figure} should be {wanted}");
    }
    let kinds = (faults as usize).min(faults::ALL.len());
    ensure!(done.len() >= kinds, "only {} of {kinds} kinds of fault happened", done.len());

    let verified =
        Command::new(&program).args(["verify", "--server", &door]).arg("--data-dir").arg(&data).status()?;
    ensure!(verified.success(), "verify failed");
    folded::check(&town.postgres.url()).await?;
    rebuilt::check(&town.postgres.url()).await
}

async fn open(folder: &Path, program: &Path) -> anyhow::Result<Town> {
    #[expect(clippy::disallowed_methods, reason = "how tests/servers says where PostgreSQL's programs are")]
    let bin =
        std::env::var("SUPERMARKET_POSTGRES_BIN").context("SUPERMARKET_POSTGRES_BIN: use tests/servers")?;
    let postgres =
        postgres::Postgres::start(&PathBuf::from(bin), &folder.join("postgres"), broker::free_port()).await?;
    let broker = broker::Server::start_with(|place, port| {
        let store = place.join("store");
        let conf = place.join("conf");
        let text = format!("jetstream {{ store_dir: \"{}\", sync_interval: always }}\n", store.display());
        std::fs::write(&conf, text).expect("the broker's configuration");
        let _ = port;
        (vec!["-c".into(), conf.display().to_string()], vec![])
    });
    let mut settings = Settings::read(None, vec![])?;
    settings.data.dir = folder.join("data");
    std::fs::create_dir_all(&settings.data.dir)?;
    settings.database.url = Secret::new(postgres.url().replace("postgres@", "supermarket_{service}@"));
    settings.database.pool = 8;
    settings.transport.kind = TransportKind::JetStream;
    settings.transport.servers = broker.url();
    supermarket::migrate::postgres(&settings, Some(&postgres.url())).await?;
    supermarket::seed::run(&settings).await?;
    let cluster = Cluster::start(program, &settings, 2, &folder.join("logs")).await?;
    Ok(Town { cluster, broker, postgres })
}
