//! Every projection rebuilt from nothing: a second database on the same server hears the producers' ledgers through the
//! product's own receiver and appliers, and must end with the same bytes in every row.
//!
//! A service hears each case's news in the order in which it was applied the first time, one event of a case a round:
//! the numbers in a docket tell that order, and no other ledger keeps it. Four services' projection is `case_relation`; their
//! nouns are facts, not projections. Oversight's dockets and deadlines are a projection whole, but for what it announced
//! itself when its clock said so: the cases it spoke of are left out there, and counted.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use access::relation;
use anyhow::{Context as _, ensure};
use chassis::Settings;
use chassis::settings::Secret;
use courier::post::Consumers;
use courier::transport::inside::Inside;
use courier::{Clock, Desk, Envelope, Pace, Post, Reactions, Sending, Transport};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, QueryResult, Statement};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const SERVICES: [&str; 5] = ["intake", "routing", "mediation", "transfer", "oversight"];

/// Here a service hears itself too: of its own facts it wrote the columns in the first town with the fact itself.
const EVERYTHING: Consumers = &[
    ("intake", &SERVICES),
    ("routing", &SERVICES),
    ("mediation", &SERVICES),
    ("transfer", &SERVICES),
    ("oversight", &SERVICES),
];

/// How many events are on their way at once: fewer than an inside road holds.
const PAGE: usize = 1_000;

/// Fails with the first difference.
pub async fn check(admin: &str) -> anyhow::Result<()> {
    let first = Database::connect(admin).await.context("the database")?;
    first.execute_unprepared("CREATE DATABASE rebuilt").await?;
    let (server, _) = admin.rsplit_once('/').context("a URL with a database")?;
    let url = format!("{server}/rebuilt");
    let second = Database::connect(&url).await.context("the second database")?;
    let mut settings = Settings::read(None, vec![])?;
    settings.database.url = Secret::new(url.replace("postgres@", "supermarket_{service}@"));
    supermarket::migrate::postgres(&settings, Some(&url)).await?;
    for service in SERVICES {
        let begun = Instant::now();
        let heard =
            hear(&first, service, &settings).await.with_context(|| format!("rebuilding {service}"))?;
        // With columns that are made anew each time.
        let tables: &[(&str, &str)] = match service {
            "oversight" => {
                &[("case_relation", ""), ("docket", ""), ("docket_entry", ""), ("deadline", "deadline_id")]
            }
            _ => &[("case_relation", "")],
        };
        let announced = all(&first, "SELECT DISTINCT case_id FROM oversight.outbox".to_owned()).await?;
        let announced: Result<Vec<Uuid>, _> = announced.iter().map(|row| row.try_get_by_index(0)).collect();
        let announced = announced?;
        let mut compared = 0;
        for (table, anew) in tables {
            let without: &[Uuid] = if *table == "case_relation" { &[] } else { &announced };
            let was = rows(&first, service, table, anew, without).await?;
            let is = rows(&second, service, table, anew, without).await?;
            for (was, is) in was.iter().zip(&is) {
                ensure!(was == is, "{service}.{table} was\n  {was}\nand is rebuilt as\n  {is}");
            }
            ensure!(was.len() == is.len(), "{service}.{table} had {} rows, rebuilt {}", was.len(), is.len());
            compared += was.len();
        }
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "{service:<10} rebuilt from {heard} events: {compared} rows, the same bytes ({seconds:.0} s)"
        );
        if service == "oversight" && !announced.is_empty() {
            println!("{:<10} without {} cases of which it announced something itself", "", announced.len());
        }
    }
    Ok(())
}

/// Lets a service with empty tables hear everything; answers how many events that were.
async fn hear(
    first: &DatabaseConnection,
    service: &'static str,
    settings: &Settings,
) -> anyhow::Result<usize> {
    let desk = Desk::open(service, &settings.database.url_of(service), Clock::system()).await?;
    let reactions = match service {
        "oversight" => oversight::reactions::reactions(&oversight::store::Store::new(desk.clone())),
        _ => Reactions::of(service).before(relation::KINDS, relation::feed),
    };
    let road = Arc::new(Inside::new());
    let transport: Arc<dyn Transport> = road.clone();
    let post =
        Post::start_at(Pace::default(), &desk, reactions, transport, EVERYTHING, CancellationToken::new())
            .await?;
    let mut numbers: BTreeMap<String, u64> = BTreeMap::new();
    let mut latest: BTreeMap<(String, Uuid), u64> = BTreeMap::new();
    let mut sent = 0;
    for round in rounds(first, service).await? {
        for page in round.chunks(PAGE) {
            let mut numbered = Vec::with_capacity(page.len());
            for event in page {
                let number = numbers.entry(event.topic.clone()).or_default();
                *number += 1;
                let before = latest.insert((event.topic.clone(), event.case), *number).unwrap_or_default();
                numbered.push(Envelope { epoch: 1, pub_seq: *number, after_seq: before, ..event.clone() });
            }
            sent += page.len();
            deliver(&desk, &road, &numbered, sent).await?;
        }
    }
    post.stop().await;
    desk.close().await;
    Ok(sent)
}

/// What the service has heard: the first news of every case, then the second, and so on.
async fn rounds(first: &DatabaseConnection, service: &str) -> anyhow::Result<Vec<Vec<Envelope>>> {
    let mut heard = Vec::new();
    for topic in SERVICES {
        if topic != service && !contracts::topics::consumers_of(topic).contains(&service) {
            continue;
        }
        let sql = format!(
            "SELECT o.event_id, o.kind, o.centre, o.case_id, o.version, o.at, o.body, coalesce(i.applied_at, o.at) \
             FROM {topic}.outbox o LEFT JOIN {service}.inbox i ON i.topic = '{topic}' AND i.pub_seq = o.pub_seq \
             ORDER BY o.pub_seq"
        );
        for row in all(first, sql).await? {
            let applied: sea_orm::prelude::DateTimeUtc = row.try_get_by_index(7)?;
            heard.push((applied, envelope(topic, &row)?));
        }
    }
    heard.sort_by_key(|(applied, _)| *applied);
    let mut place: BTreeMap<Uuid, usize> = BTreeMap::new();
    let mut rounds: Vec<Vec<Envelope>> = Vec::new();
    for (_, event) in heard {
        let round = place.entry(event.case).or_default();
        if rounds.len() == *round {
            rounds.push(Vec::new());
        }
        rounds[*round].push(event);
        *round += 1;
    }
    Ok(rounds)
}

fn envelope(topic: &str, row: &QueryResult) -> anyhow::Result<Envelope> {
    Ok(Envelope {
        id: row.try_get_by_index(0)?,
        topic: topic.to_owned(),
        epoch: 1,
        pub_seq: 0,
        after_seq: 0,
        kind: row.try_get_by_index(1)?,
        centre: row.try_get_by_index(2)?,
        case: row.try_get_by_index(3)?,
        version: row.try_get_by_index::<i64>(4)? as u64,
        at: row.try_get_by_index(5)?,
        trace: None,
        body: row.try_get_by_index::<Vec<u8>>(6)?.into(),
    })
}

/// Sends a page until all that was sent has had its effect. Nobody hears what is said before the receiver listens, and it
/// listens when it has the lease: so, like a relay, this sends again.
async fn deliver(desk: &Desk, road: &Inside, page: &[Envelope], events: usize) -> anyhow::Result<()> {
    let patience = Instant::now() + Duration::from_mins(1);
    let mut sending = Sending::First;
    loop {
        for event in page {
            road.publish(&event.topic, std::slice::from_ref(event), sending).await?;
        }
        let again = Instant::now() + Duration::from_secs(5);
        while Instant::now() < again {
            let [came, waiting] = applied(desk).await?;
            if came == events && waiting == 0 {
                return Ok(());
            }
            ensure!(Instant::now() < patience, "{came} of {events} events came, {waiting} wait");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        sending = Sending::Again;
    }
}

/// How many events came, and how many of them have had no effect yet.
async fn applied(desk: &Desk) -> anyhow::Result<[usize; 2]> {
    let sql =
        "SELECT count(*), count(*) FILTER (WHERE state = 0), count(*) FILTER (WHERE state > 2) FROM inbox";
    let row = all(desk.reader(), sql.to_owned()).await?.pop().context("a count")?;
    let [came, waiting, failed]: [i64; 3] =
        [row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?];
    ensure!(failed == 0, "{failed} events could not be applied a second time");
    Ok([came as usize, waiting as usize])
}

/// A table's rows as text, sorted, without a column and without some cases.
async fn rows(
    db: &DatabaseConnection,
    service: &str,
    table: &str,
    anew: &str,
    without: &[Uuid],
) -> anyhow::Result<Vec<String>> {
    let without = without.iter().map(|case| format!("'{case}'")).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT (to_jsonb(t) - '{anew}')::text FROM {service}.{table} t \
         WHERE case_id <> ALL (ARRAY[{without}]::uuid[]) ORDER BY 1"
    );
    all(db, sql).await?.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

async fn all(db: &DatabaseConnection, sql: String) -> anyhow::Result<Vec<QueryResult>> {
    Ok(db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?)
}
