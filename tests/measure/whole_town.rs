//! The whole town as processes: how many filings a second it sustains while every consumer stays near, and how long news
//! takes into a mediator's pool at half of that. Everything goes through the one door.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use contracts::topics::consumers_of;
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement};
use supermarket::accounts::Accounts;
use supermarket::client::{Person, channel};

use crate::callers::{self, Times};
use crate::pool;
use crate::shares::Shares;
use crate::stage;

/// No consumer may have anything to do that was said longer ago.
const NEAR: Duration = Duration::from_secs(2);
const FIRST: f64 = 25.0;
const STEP: f64 = 1.4;
const STEPS: usize = 12;
/// How long each pace is kept, and the one that is reported.
const TRIED: Duration = Duration::from_secs(6);
const KEPT: Duration = Duration::from_secs(15);
/// How many paces are kept that long, each a little slower, until one holds.
const TRIES: usize = 5;
/// How long is filed at half of it, and how many cases are watched meanwhile.
const HALF: Duration = Duration::from_secs(20);
const SEEN: usize = 60;
const CALLERS: usize = 32;
const POOL: u32 = 12;

/// Measures and prints.
pub async fn run(folder: &Path, program: &Path) -> anyhow::Result<()> {
    let town = stage::open(folder, program, 1, POOL, &crate::TUNED).await?;
    let accounts = Accounts::read(&folder.join("data/accounts.json"))?;
    let line = channel(&town.cluster.door.to_string())?;
    let clerk = Person::sign_in(&line, accounts.get("clerk-1").context("a clerk")?).await?;
    let db = Database::connect(&town.postgres.url()).await?;
    let mut processes = vec![
        ("postgres", town.postgres.pid().context("PostgreSQL runs")?),
        ("nats", town.broker.pid()),
        ("callers", std::process::id()),
    ];
    for member in &town.cluster.members {
        processes.push((member.service, member.pid().context("every process runs")?));
    }
    println!(
        "\nthe whole town   six processes, all consumers at work, through the door, {POOL} connections each"
    );
    let (mut rate, mut sustained) = (FIRST, FIRST);
    for step in 0..STEPS {
        let (times, lag) = keep(&db, &clerk, rate, TRIED, &format!("step-{step}")).await?;
        // Who cannot file as fast as that has found another limit.
        if lag > NEAR || times.rate() < rate * 0.95 {
            break;
        }
        sustained = rate;
        rate *= STEP;
    }
    // A step is large and short: the pace that is reported lies between two of them and must hold for longer.
    sustained *= STEP.sqrt();
    let mut held = false;
    for _ in 0..TRIES {
        settled(&db).await?;
        let shares = Shares::begin(processes.clone());
        let (times, lag) = keep(&db, &clerk, sustained, KEPT, &format!("kept-{sustained:.0}")).await?;
        held = lag <= NEAR && times.rate() >= sustained * 0.95;
        if held {
            println!(
                "                 {:.0} FileDispute/s for {} s, p50 {:.1} ms, p99 {:.1} ms; oldest unapplied news {:.2} s",
                times.rate(),
                KEPT.as_secs(),
                times.quantile(0.5),
                times.quantile(0.99),
                lag.as_secs_f64()
            );
            println!("CPU, % of a core {}", shares.told());
            break;
        }
        sustained /= STEP.sqrt();
    }
    ensure!(held, "{sustained:.0} FileDispute/s is more than this machine sustains now");
    settled(&db).await?;

    let half = sustained / 2.0;
    let busy = callers::file(&clerk, CALLERS, HALF, Some(half), callers::typed, "half");
    let watched = pool::into_it(&line, &accounts, &clerk, SEEN);
    let (_, watched) = tokio::join!(busy, watched);
    for (what, times) in [("filed", watched.filed), ("AcceptReferral", watched.pooled)] {
        let times = Times::of(times, 1.0);
        println!(
            "WatchPool        {what} → visible p50 {:.1} ms, p99 {:.1} ms, beside {half:.0} FileDispute/s",
            times.quantile(0.5),
            times.quantile(0.99)
        );
    }
    Ok(())
}

/// Files at a pace; answers how long that took and how old the oldest news was that a consumer had not applied.
async fn keep(
    db: &DatabaseConnection,
    clerk: &Person,
    rate: f64,
    time: Duration,
    name: &str,
) -> anyhow::Result<(Times, Duration)> {
    let filing = callers::file(clerk, CALLERS, time, Some(rate), callers::typed, name);
    let mut filing = std::pin::pin!(filing);
    let mut worst = Duration::ZERO;
    loop {
        tokio::select! {
            times = &mut filing => return Ok((times, worst)),
            () = tokio::time::sleep(Duration::from_millis(250)) => worst = worst.max(lag(db).await?),
        }
    }
}

/// How old the oldest event of intake is that a consumer has not applied, or nobody has numbered.
async fn lag(db: &DatabaseConnection) -> anyhow::Result<Duration> {
    let mut oldest =
        vec!["(SELECT at FROM intake.outbox WHERE pub_seq IS NULL ORDER BY said LIMIT 1)".to_owned()];
    for consumer in consumers_of("intake") {
        oldest.push(format!(
            "(SELECT at FROM {consumer}.inbox WHERE topic = 'intake' AND state = 0 ORDER BY pub_seq LIMIT 1)"
        ));
        oldest.push(format!(
            "(SELECT at FROM intake.outbox WHERE pub_seq > (SELECT stored FROM {consumer}.watermark WHERE topic = 'intake') \
             ORDER BY pub_seq LIMIT 1)"
        ));
    }
    let sql = format!(
        "SELECT coalesce(extract(epoch FROM clock_timestamp() - least({})), 0)::double precision",
        oldest.join(", ")
    );
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let seconds: f64 = row.context("an age")?.try_get_by_index(0)?;
    Ok(Duration::from_secs_f64(seconds.max(0.0)))
}

/// Waits until every consumer has applied everything.
async fn settled(db: &DatabaseConnection) -> anyhow::Result<()> {
    let settling = async {
        while lag(db).await? > Duration::ZERO {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(Duration::from_mins(2), settling).await.context("the consumers do not catch up")?
}
