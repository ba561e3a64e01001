//! The town as processes, over a PostgreSQL and a nats-server of its own, while things go wrong: cases are played at a
//! pace through the door, and one fault follows another. Afterwards nothing may be open, lost or duplicated, `verify` must
//! pass, and who stands near a case must be in every service what the producers' ledgers say.
//!
//!   siege CASES PACE FAULTS PAUSE      cases, cases a second, faults at most, seconds that a stopped process stands still
//!
//! Faults are spread over the time that the filing takes and go on until the demo has ended. `tests/run` and
//! `tests/full siege` start it.

#[path = "siege/faults.rs"]
mod faults;
#[path = "siege/folded.rs"]
mod folded;
#[path = "siege/rebuilt.rs"]
mod rebuilt;
#[expect(dead_code, reason = "the promotion and the bench use the rest")]
#[path = "siege/stage.rs"]
mod stage;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let numbers: Vec<f64> =
        std::env::args().skip(1).map(|text| text.parse().context("a number")).collect::<Result<_, _>>()?;
    let [cases, pace, faults, pause] = numbers[..] else { bail!("usage: siege CASES PACE FAULTS PAUSE") };
    let folder = tempfile::tempdir()?;
    stage::open_to_all(folder.path())?;
    let outcome = besiege(folder.path(), [cases, pace, faults, pause]).await;
    if outcome.is_err() {
        eprintln!("what the processes said is kept in {}", folder.keep().display());
    }
    outcome
}

async fn besiege(folder: &Path, [cases, pace, faults, pause]: [f64; 4]) -> anyhow::Result<()> {
    let program = std::env::current_exe()?.with_file_name("supermarket");
    ensure!(program.exists(), "{} is not built: cargo build --workspace", program.display());
    let mut town = stage::open(folder, &program, 2, 8, &[]).await?;

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
        // By the clock, not after the last one: a slow machine has as many faults as a fast one.
        tokio::time::sleep_until((begun + gap * (count + 1)).into()).await;
        let fault = faults::ALL[count as usize % faults::ALL.len()];
        let turn = *done.get(&fault).unwrap_or(&0);
        match town.suffer(fault, turn, Duration::from_secs_f64(pause)).await {
            Ok(()) => *done.entry(fault).or_default() += 1,
            // A stream that the last fault took may not be there again yet: that fault did not happen.
            Err(error) => eprintln!("{fault:?} did not happen: {error:#}"),
        }
        count += 1;
        if count.is_multiple_of(10) {
            eprintln!("{count} of {faults} faults, {:.0} s", begun.elapsed().as_secs_f64());
        }
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
