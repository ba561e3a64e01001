//! `FileDispute` beside what PostgreSQL can do by itself, interleaved on one server: pgbench writes the same eight rows with
//! an INSERT each between BEGIN and COMMIT (A) and as one statement (C), then intake writes them behind its own
//! door, with token, validation and sealing, while its relay numbers and publishes and its tick gives
//! the bands of the words their rows. No consumer runs. Clients, service,
//! broker and database share the machine.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement};
use supermarket::accounts::Accounts;
use supermarket::client::{Person, Thread, channel};
use tests::ask;

use crate::callers::{self, Times};
use crate::pgbench::{Limit, Shape};
use crate::readers::Readers;
use crate::shares::Shares;
use crate::stage;

const ROUNDS: usize = 3;
const SECONDS: u64 = 5;
const CALLERS: [usize; 3] = [1, 8, 32];
/// Three of four write.
const POOL: u32 = 16;
/// What the house asks of the busiest case.
const FLOOR: f64 = 0.40;

/// One number of callers in one round.
struct Sample {
    callers: usize,
    a: f64,
    c: f64,
    ours: f64,
    p50: f64,
    p99: f64,
    behind: u64,
    /// Milliseconds of processor time for one dispute, ours and that of C: how they compare also on a busy machine.
    taken: f64,
    taken_c: f64,
    shares: String,
}

/// Measures and prints.
pub async fn run(folder: &Path, program: &Path) -> anyhow::Result<()> {
    let mut town = stage::open(folder, program, 1, POOL, &crate::TUNED).await?;
    for member in &mut town.cluster.members {
        if !["intake", "reception"].contains(&member.service) {
            member.kill();
        }
    }
    let intake = town.cluster.members.iter().find(|member| member.service == "intake").context("intake")?;
    let accounts = Accounts::read(&folder.join("data/accounts.json"))?;
    let account = accounts.get("clerk-1").context("a clerk")?;
    let clerk = Person::sign_in(&channel(&town.cluster.door.to_string())?, account).await?;
    // The door issued the token; the calls go to intake itself.
    let clerk = clerk.at(&channel(&intake.address().to_string())?);

    let admin = town.postgres.url();
    let mut readers = Readers::of(&town.broker.url()).await?;
    let model = callers::typed("model");
    let model = ask!(clerk, Thread::default(), IntakeServiceClient::file_dispute, model)?;
    let programs = stage::postgres_programs()?;
    let mut limit = Limit::prepare(&programs, folder, &admin, &model.case_id).await?;
    let db = Database::connect(&admin).await?;
    let processes = vec![
        ("postgres", town.postgres.pid().context("PostgreSQL runs")?),
        ("intake", intake.pid().context("intake runs")?),
        ("nats", town.broker.pid()),
        ("callers", std::process::id()),
    ];
    // Caches and plans warm, and the tables not empty.
    limit.run(Shape::Statement, 8, 2).await?;
    callers::file(&clerk, 8, Duration::from_secs(2), None, callers::typed, "warm").await;

    let mut samples = Vec::new();
    for round in 0..ROUNDS {
        for callers in CALLERS {
            let calm = async || -> anyhow::Result<()> {
                db.execute_unprepared("CHECKPOINT").await?;
                Ok(())
            };
            caught_up(&db, &mut readers).await?;
            calm().await?;
            let a = limit.run(Shape::Transaction, callers, SECONDS).await?;
            calm().await?;
            let shares = Shares::begin(processes.clone());
            let c = limit.run(Shape::Statement, callers, SECONDS).await?;
            let taken_c = shares.taken() / (c * SECONDS as f64);
            calm().await?;
            let shares = Shares::begin(processes.clone());
            let time = Duration::from_secs(SECONDS);
            let name = format!("floor-{round}-{callers}");
            let times: Times = callers::file(&clerk, callers, time, None, callers::typed, &name).await;
            let taken = shares.taken() / times.count() as f64;
            let shares = shares.told();
            let behind = said(&db).await?.saturating_sub(readers.published().await?);
            let (ours, p50, p99) = (times.rate(), times.quantile(0.5), times.quantile(0.99));
            samples.push(Sample { callers, a, c, ours, p50, p99, behind, taken, taken_c, shares });
        }
    }
    caught_up(&db, &mut readers).await?;
    print(&samples);
    println!("relay            all {} events numbered and published", said(&db).await?);
    statements(&db).await;
    Ok(())
}

fn print(samples: &[Sample]) {
    println!(
        "\nFileDispute      beside pgbench on one server, median of {ROUNDS} interleaved rounds of {SECONDS} s, {POOL} connections"
    );
    println!(
        "                 callers   pgbench A   pgbench C   FileDispute    of A    of C (rounds)        p50 ms   p99 ms   relay behind"
    );
    let mut held = true;
    for callers in CALLERS {
        let of: Vec<&Sample> = samples.iter().filter(|sample| sample.callers == callers).collect();
        let median = |what: fn(&Sample) -> f64| {
            let mut all: Vec<f64> = of.iter().map(|sample| what(sample)).collect();
            all.sort_by(f64::total_cmp);
            all[all.len() / 2]
        };
        let ratio = median(|sample| sample.ours / sample.c);
        let ratios: Vec<String> = of.iter().map(|sample| format!("{:.2}", sample.ours / sample.c)).collect();
        held &= callers != 32 || ratio >= FLOOR;
        println!(
            "                 {callers:>7} {:>11.0} {:>11.0} {:>13.0} {:>7.2} {ratio:>7.2} ({:<14}) {:>8.2} {:>8.2} {:>14}",
            median(|sample| sample.a),
            median(|sample| sample.c),
            median(|sample| sample.ours),
            median(|sample| sample.ours / sample.a),
            ratios.join(" "),
            median(|sample| sample.p50),
            median(|sample| sample.p99),
            of.iter().map(|sample| sample.behind).max().unwrap_or_default(),
        );
    }
    for sample in samples.iter().filter(|sample| sample.callers == 32) {
        println!(
            "CPU, % of a core {:>7}  {}; a filing takes {:.2} ms of it, C {:.2} ms",
            sample.callers, sample.shares, sample.taken, sample.taken_c
        );
    }
    let verdict = if held { "held" } else { "NOT held" };
    println!("floor            {FLOOR:.2} of C at 32 callers: {verdict}");
}

async fn number(db: &DatabaseConnection, sql: &str) -> anyhow::Result<u64> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    Ok(row.context("a number")?.try_get_by_index::<i64>(0)? as u64)
}

async fn said(db: &DatabaseConnection) -> anyhow::Result<u64> {
    number(db, "SELECT count(*) FROM intake.outbox").await
}

/// Waits until the relay has published all that was said.
async fn caught_up(db: &DatabaseConnection, readers: &mut Readers) -> anyhow::Result<()> {
    let all = said(db).await?;
    let publishing = async {
        while readers.published().await? < all {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(Duration::from_mins(2), publishing).await.context("the relay does not catch up")?
}

/// Where the database's time went, by its own count, where that is installed.
async fn statements(db: &DatabaseConnection) {
    let sql = "SELECT calls, round(total_exec_time)::bigint, round(1000 * mean_exec_time)::bigint, left(regexp_replace(query, '\\s+', ' ', 'g'), 90) \
        FROM pg_stat_statements WHERE userid = (SELECT oid FROM pg_roles WHERE rolname = 'supermarket_intake') \
        ORDER BY total_exec_time DESC LIMIT 10";
    let Ok(rows) = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await else {
        return;
    };
    for row in rows {
        let (calls, total, mean, query): (i64, i64, i64, String) = match (
            row.try_get_by_index(0),
            row.try_get_by_index(1),
            row.try_get_by_index(2),
            row.try_get_by_index(3),
        ) {
            (Ok(calls), Ok(total), Ok(mean), Ok(query)) => (calls, total, mean, query),
            _ => return,
        };
        println!("  {calls:>8} calls {total:>8} ms {mean:>6} µs each  {query}");
    }
}
