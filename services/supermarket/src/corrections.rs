//! `supermarket corrections`: what clerks corrected of suggestions, as rows for `supermarket train` on this machine.
//!
//! The file is readable by its owner alone: a story may name people whom no dispute knows as parties.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context as _;
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{ListTrainingRowsRequest, TrainingRow};
use serde::Serialize;

use crate::ask;
use crate::client::{Person, Thread, refused};
use crate::server::Server;

/// What `train --source` picks these rows by, and knows them as personal by.
const SOURCE: &str = ::suggest::Row::CLERK;

/// A line of the file. A row with a cause teaches the cause only, so a correction of both is two lines.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    source: &'static str,
    text: &'a str,
    #[serde(flatten)]
    said: Said<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Said<'a> {
    Labels { label: &'a str, labels_ok: &'a [String] },
    Cause { cause_code: &'a str },
}

/// Writes all of them to a new file.
pub async fn run(server: &Server, out: &Path, json: bool) -> anyhow::Result<()> {
    let operator = Person::operator(server, "operator-1").await?;
    let new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(out);
    let file = new.with_context(|| format!("cannot make {}; it must not be there yet", out.display()))?;
    let written = write(&operator, file).await;
    // Half a file would look like all of them.
    let Written { cases, rows, left_out } = written.inspect_err(|_| _ = std::fs::remove_file(out))?;
    if json {
        println!("{}", serde_json::json!({ "cases": cases, "rows": rows, "left_out": left_out }));
    } else {
        println!(
            "{rows} rows of {cases} corrected cases in {}. They are personal data: train here, and delete them.",
            out.display()
        );
        if left_out > 0 {
            println!("{left_out} more corrected cases cannot be read any more and were left out.");
        }
    }
    Ok(())
}

#[derive(Default)]
struct Written {
    cases: u64,
    rows: u64,
    left_out: u64,
}

async fn write(operator: &Person, mut file: File) -> anyhow::Result<Written> {
    let mut message = ListTrainingRowsRequest { page_size: 100, ..Default::default() };
    let mut written = Written::default();
    loop {
        let asked = message.clone();
        let page = ask!(operator, Thread::default(), IntakeServiceClient::list_training_rows, asked);
        let page = page.map_err(|status| refused(&status))?;
        written.left_out += u64::from(page.left_out_count);
        for row in &page.rows {
            written.cases += 1;
            for line in lines(row) {
                written.rows += 1;
                writeln!(file, "{}", serde_json::to_string(&line)?)?;
            }
        }
        if page.next_page_token.is_empty() {
            file.sync_all()?;
            return Ok(written);
        }
        message.page_token = page.next_page_token;
    }
}

fn lines(row: &TrainingRow) -> impl Iterator<Item = Line<'_>> {
    let labels = row.labels.first().map(|first| Said::Labels { label: first, labels_ok: &row.labels });
    let cause = Some(row.cause_code.as_str()).filter(|code| !code.is_empty());
    let cause = cause.map(|cause_code| Said::Cause { cause_code });
    let line = |said| Line { id: &row.case_id, source: SOURCE, text: &row.text, said };
    labels.into_iter().chain(cause).map(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::suggest::{Label, Row};

    #[test]
    fn train_reads_what_is_written() {
        let row = TrainingRow {
            case_id: "c".to_owned(),
            text: "定做的家具尺寸不对".to_owned(),
            labels: vec!["consumer".to_owned(), "contract".to_owned()],
            cause_code: "119.1".to_owned(),
            kept_time: None,
        };
        let read: Vec<Row> =
            lines(&row).map(|line| Row::parse(&serde_json::to_string(&line).unwrap()).unwrap()).collect();
        assert_eq!(read[0].labels, [Label::Consumer, Label::Contract]);
        assert_eq!(read[1].cause.map(|cause| cause.code.as_str()), Some("119.1"));
        assert!(read.iter().all(|row| row.source == SOURCE) && read.len() == 2);
        assert_eq!(lines(&TrainingRow { labels: vec![], ..row }).count(), 1);
    }
}
