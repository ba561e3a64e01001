//! `supermarket import`: files a JSON-lines file through gRPC, line by line, and reports what is wrong with which line.
//!
//! It is resumable without any state of its own: a line's request id is made from the file's content, so a line that
//! is there already answers with the dispute it made, and the rest goes on.

use std::path::Path;
use std::time::Instant;

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use futures::StreamExt as _;
use futures::stream;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::ask;
use crate::client::{Person, Thread, channel, describe};
use crate::input::{self, Row};
use crate::progress;
use crate::server::Server;

/// How many lines are under way at once.
const AT_ONCE: usize = 32;

/// The last line.
#[derive(Debug, Default, Serialize)]
struct Figures {
    lines: u64,
    filed: u64,
    already: u64,
    refused: u64,
    malformed: u64,
    seconds: f64,
}

/// One line's outcome, as `--json` tells it.
#[derive(Serialize)]
struct Told<'a> {
    line: usize,
    id: &'a str,
    error: &'a str,
}

enum Outcome {
    Filed,
    Already,
    Refused(String),
    Malformed(String),
}

/// Imports; answers whether every line was filed.
pub async fn run(server: &Server, file: &Path, account: &str, json: bool) -> anyhow::Result<bool> {
    let lines: Vec<input::Line<Row>> = input::read(file)?.collect::<anyhow::Result<_>>()?;
    let accounts = server.accounts()?;
    let person = Person::sign_in(&channel(&server.address)?, accounts.get(account)?).await?;
    let bar = progress::bar(lines.len() as u64, "lines", json);
    let begun = Instant::now();
    let mut figures = Figures { lines: lines.len() as u64, ..Figures::default() };
    let started = courier::Clock::system().now();
    let mut outcomes = stream::iter(lines)
        .map(|(number, line)| {
            let person = person.clone();
            async move {
                match line {
                    Ok(row) => (number, row.id.clone(), file_row(&person, &row, started).await),
                    Err(told) => (number, String::new(), Outcome::Malformed(told)),
                }
            }
        })
        .buffered(AT_ONCE);
    while let Some((number, id, outcome)) = outcomes.next().await {
        bar.inc(1);
        let told = match outcome {
            Outcome::Filed => {
                figures.filed += 1;
                continue;
            }
            Outcome::Already => {
                figures.already += 1;
                continue;
            }
            Outcome::Refused(told) => {
                figures.refused += 1;
                told
            }
            Outcome::Malformed(told) => {
                figures.malformed += 1;
                told
            }
        };
        let told = if json {
            serde_json::to_string(&Told { line: number, id: &id, error: &told })?
        } else {
            format!("line {number} {id}: {told}")
        };
        bar.suspend(|| println!("{told}"));
    }
    bar.finish_and_clear();
    figures.seconds = (begun.elapsed().as_secs_f64() * 10.0).round() / 10.0;
    if json {
        println!("{}", serde_json::to_string(&figures)?);
    } else {
        let Figures { lines, filed, already, refused, malformed, seconds } = &figures;
        println!(
            "{lines} lines: {filed} filed, {already} there already, {refused} refused, {malformed} malformed ({seconds} s)"
        );
    }
    Ok(figures.refused + figures.malformed == 0)
}

async fn file_row(person: &Person, row: &Row, started: chrono::DateTime<chrono::Utc>) -> Outcome {
    let digest = Sha256::digest(format!("{}\n{}", row.id, row.text));
    let request_id =
        digest.iter().take(16).fold("import2-".to_owned(), |id, byte| id + &format!("{byte:02x}"));
    let request = row.request(request_id, row.id.clone(), row.parties(), "supermarket import");
    let mut thread = Thread::default();
    match ask!(person, thread, IntakeServiceClient::file_dispute, request) {
        Ok(dispute) if dispute.submit_time.is_some_and(|at| at_instant(at) < started) => Outcome::Already,
        Ok(_) => Outcome::Filed,
        Err(status) => Outcome::Refused(describe(&status)),
    }
}

/// The server's instant, to compare with the beginning of this run; both are this machine's, or nearly so.
fn at_instant(at: prost_types::Timestamp) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(at.seconds, at.nanos.unsigned_abs()).unwrap_or_default()
}
