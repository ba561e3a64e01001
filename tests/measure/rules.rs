//! How long a rehearsal takes: a proposed rule set against ten thousand decisions that a centre has made, over gRPC, and what
//! that does to the server's memory. The decisions are written into routing's file while no server runs.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use contracts::routing::v1::SimulateRuleSetRequest;
use contracts::routing::v1::rule_service_client::RuleServiceClient;
use lexicon::PartyKind;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use rulebook::causes;
use rulebook::studio::StudioKind;
use ruleset::{Inputs, SHIPPED, Studio, shipped};
use sea_orm::{ConnectionTrait as _, Database, Statement, TransactionTrait as _, Value};
use supermarket::accounts::Accounts;
use supermarket::client::{Person, Thread, channel};
use tests::ask;
use uuid::Uuid;

use crate::Server;

const CASES: u128 = 10_000;
const RUNS: usize = 5;

/// Measures and prints.
pub async fn run(binary: &Path, folder: &Path) -> anyhow::Result<()> {
    let (first, _) = Server::start(binary, folder);
    drop(first);
    let mut dice = StdRng::seed_from_u64(20_261_122);
    let cases: Vec<Inputs> = (0..CASES).map(|_| case(&mut dice)).collect();
    let begun = Instant::now();
    let outcomes: Vec<Vec<u8>> = cases.iter().map(|inputs| shipped().decide(inputs).bytes()).collect();
    let each = begun.elapsed().as_secs_f64() * 1e6 / CASES as f64;
    println!(
        "decision         {each:>7.0} us each, with its smallest change ({CASES} random cases, one core)"
    );
    let begun = Instant::now();
    let again =
        cases.iter().zip(&outcomes).filter(|(inputs, kept)| shipped().decide(inputs).bytes() == **kept);
    let same = again.count();
    println!("replay           {same} of {CASES} bit for bit in {:.2} s", begun.elapsed().as_secs_f64());
    write(&folder.join("routing.db"), &cases, &outcomes).await?;

    let (server, _) = Server::start(binary, folder);
    let accounts = Accounts::read(&folder.join("accounts.json"))?;
    let account = accounts.get("supervisor-1").expect("supervisor");
    let supervisor = Person::sign_in(&channel(&server.address)?, account).await?;
    let text = SHIPPED.replacen(
        "causes = [\"P2\", \"P3\"]\nfirst = \"FAMILY\"\nsecond = \"COURT\"",
        "causes = [\"P2\", \"P3\"]\nfirst = \"COURT\"\nsecond = \"JUSTICE\"",
        1,
    );
    let before = server.resident();
    let mut times: Vec<f64> = Vec::new();
    let mut told = (0, 0);
    for _ in 0..RUNS {
        let begun = Instant::now();
        let message = SimulateRuleSetRequest { text: text.clone(), last_count: CASES as i32, page_size: 500 };
        let answer = ask!(supervisor, Thread::default(), RuleServiceClient::simulate_rule_set, message)?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        told = (answer.decision_count, answer.moved_count);
    }
    times.sort_by(f64::total_cmp);
    println!(
        "SimulateRuleSet  {:>7.0} ms median of {RUNS} over {} decisions, {} of which would move (fastest {:.0}, slowest {:.0})",
        times[RUNS / 2],
        told.0,
        told.1,
        times[0],
        times[RUNS - 1]
    );
    println!("resident memory  {before:.1} MiB before, {:.1} MiB after", server.resident());
    Ok(())
}

fn case(dice: &mut StdRng) -> Inputs {
    let studio = |kind: &StudioKind| Studio {
        id: format!("studio-{}", kind.code().to_lowercase().replace('_', "-")),
        kind: *kind,
        load: 40,
        capacity: 6_000,
        on_duty: true,
    };
    let side = |dice: &mut StdRng| -> BTreeSet<PartyKind> {
        PartyKind::ALL.iter().copied().filter(|_| dice.random_bool(0.5)).collect()
    };
    let cause = &causes::all()[dice.random_range(0..causes::all().len())];
    Inputs {
        cause: cause.code.clone(),
        amount_fen: dice.random_range(0..1_000_000_000),
        claimants: side(dice),
        respondents: side(dice),
        police: dice.random_bool(0.1),
        injury: dice.random_bool(0.1),
        studios: StudioKind::ALL.iter().map(studio).collect(),
        ..Inputs::on("2026-03-02".parse().expect("a day"))
    }
}

async fn write(file: &Path, cases: &[Inputs], outcomes: &[Vec<u8>]) -> anyhow::Result<()> {
    let db = Database::connect(format!("sqlite://{}", file.display())).await?;
    let rows = db.begin().await?;
    let sql = "INSERT INTO decision (id, centre, case_id, version, decided_at, number, digest, inputs, outcome, \
               decisive_rule, rule_id, studio_org, overridden, returned) \
               VALUES ($1, '442000', $1, 2, '2026-03-02 01:00:00.000000+00:00', 0, $2, $3, $4, 'r', 'r', 's', 0, 0)";
    for (at, (inputs, outcome)) in cases.iter().zip(outcomes).enumerate() {
        let id = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + at as u128);
        let values: [Value; 4] =
            [id.into(), shipped().digest.clone().into(), inputs.bytes().into(), outcome.clone().into()];
        rows.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    }
    rows.commit().await?;
    Ok(db.close().await?)
}
