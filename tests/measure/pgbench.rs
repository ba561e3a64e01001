//! What PostgreSQL can do by itself with the rows of one `FileDispute`: pgbench on the same server, into the tables that
//! intake's own migrations make, with the bytes of a dispute that intake has written.
//!
//! Two shapes: one data-modifying statement, which is how the desk writes, and a transaction of one INSERT a row, which is
//! how most services do.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use migrations::postgres::{logins, prepare};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement};
use serde_json::Value;

/// How pgbench writes the rows.
#[derive(Clone, Copy)]
pub enum Shape {
    /// A: BEGIN, an INSERT a row, COMMIT.
    Transaction,
    /// C: one statement, its own commit.
    Statement,
}

/// Which row of the dispute a table's INSERT copies, in the order in which the desk writes them.
const ROWS: [(&str, &str); 7] = [
    ("audit", "case_id = $1"),
    ("dispute", "case_id = $1"),
    ("party", "case_id = $1 AND position = 0"),
    ("party", "case_id = $1 AND position = 1"),
    ("case_relation", "case_id = $1"),
    ("request", "case_id = $1"),
    ("outbox", "case_id = $1"),
];

/// What the relay adds later, and what the database gives.
const NOT_WRITTEN: [&str; 3] = ["pub_seq", "after_seq", "said"];

/// The limit, ready to be measured again and again.
pub struct Limit {
    program: PathBuf,
    database: String,
    scripts: [PathBuf; 2],
    /// The bytes that every transaction writes, as parameters: they travel like the service's do.
    parameters: Vec<(String, String)>,
    runs: u32,
}

impl Limit {
    /// A database of its own on the server of `admin` with intake's tables, and scripts that copy a dispute that is there.
    pub async fn prepare(programs: &Path, folder: &Path, admin: &str, case: &str) -> anyhow::Result<Self> {
        let service = Database::connect(admin).await?;
        service.execute_unprepared("CREATE DATABASE pgbench").await?;
        let database = admin.rsplit_once('/').context("a URL with a database")?.0.to_owned() + "/pgbench";
        prepare(&database, &logins(&database.replace("postgres@", "supermarket_{service}@"))?).await?;
        let mut inserts = vec![];
        let mut parameters = vec![];
        for (n, (table, which)) in ROWS.into_iter().enumerate() {
            inserts.push(insert(&service, n, table, which, case, &mut parameters).await?);
        }
        inserts.push(bands(&mut parameters)?);
        service.close().await?;
        let scripts = ["a.sql", "c.sql"].map(|name| folder.join(name));
        // A number that no other transaction has, rising like the ids of the house.
        let number = "\\set i :i + 1\n\\set n :run * 1000000000 + :i * 100 + :client_id\n";
        let single: String = inserts.iter().fold(String::new(), |mut all, insert| {
            let _ = writeln!(all, "{insert};");
            all
        });
        std::fs::write(&scripts[0], format!("{number}BEGIN;\n{single}COMMIT;\n"))?;
        let parts: Vec<String> =
            inserts.iter().enumerate().map(|(n, insert)| format!("s{n} AS ({insert} RETURNING 1)")).collect();
        std::fs::write(&scripts[1], format!("{number}WITH {} SELECT 1;\n", parts.join(", ")))?;
        Ok(Self { program: programs.join("pgbench"), database, scripts, parameters, runs: 0 })
    }

    /// Transactions a second.
    pub async fn run(&mut self, shape: Shape, callers: usize, seconds: u64) -> anyhow::Result<f64> {
        self.runs += 1;
        let script = match shape {
            Shape::Transaction => &self.scripts[0],
            Shape::Statement => &self.scripts[1],
        };
        let mut command = Command::new(&self.program);
        command.args(["-n", "-M", "prepared", "-f"]).arg(script);
        command.args(["-c", &callers.to_string(), "-j", &callers.min(2).to_string(), "-T"]);
        command.arg(seconds.to_string()).arg("-D").arg(format!("run={}", self.runs)).args(["-D", "i=0"]);
        for (name, value) in &self.parameters {
            command.arg("-D").arg(format!("{name}={value}"));
        }
        command.arg(&self.database).env("PGOPTIONS", "-c search_path=intake");
        let output = tokio::task::spawn_blocking(move || command.output()).await??;
        let said = String::from_utf8(output.stdout)?;
        ensure!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
        ensure!(said.contains("number of failed transactions: 0 "), "pgbench says: {said}");
        let tps = said.lines().find_map(|line| line.strip_prefix("tps = ")).context("pgbench's figure")?;
        tps.split(' ').next().context("a number")?.parse().context("pgbench's figure")
    }
}

/// The INSERT of one row, without what the row does not set.
async fn insert(
    db: &DatabaseConnection,
    n: usize,
    table: &str,
    which: &str,
    case: &str,
    parameters: &mut Vec<(String, String)>,
) -> anyhow::Result<String> {
    let sql = format!("SELECT to_jsonb(t) FROM intake.{table} t WHERE {}", which.replace("$1", "$1::uuid"));
    let ask = Statement::from_sql_and_values(db.get_database_backend(), sql, [case.into()]);
    let row = db.query_one_raw(ask).await?.with_context(|| format!("a row of {table}"))?;
    let row: Value = row.try_get_by_index(0)?;
    let types = "SELECT column_name::text, udt_name::text FROM information_schema.columns \
        WHERE table_schema = 'intake' AND table_name = $1 ORDER BY ordinal_position";
    let ask = Statement::from_sql_and_values(db.get_database_backend(), types, [table.into()]);
    let (mut columns, mut values) = (vec![], vec![]);
    for column in db.query_all_raw(ask).await? {
        let (name, kind): (String, String) = (column.try_get_by_index(0)?, column.try_get_by_index(1)?);
        let value = match &row[&name] {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if NOT_WRITTEN.contains(&name.as_str()) {
            continue;
        }
        values.push(varying(n, table, &name, &value).unwrap_or_else(|| {
            // pgbench has no empty parameters.
            if value.is_empty() {
                return "''".to_owned();
            }
            let parameter = format!("p{}", parameters.len());
            parameters.push((parameter.clone(), value));
            format!(":{parameter}::{kind}")
        }));
        columns.push(name);
    }
    let mut sql = format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), values.join(", "));
    if table == "case_relation" {
        let set: Vec<String> = columns.iter().map(|column| format!("{column} = excluded.{column}")).collect();
        let _ = write!(sql, " ON CONFLICT (case_id) DO UPDATE SET {}", set.join(", "));
    }
    Ok(sql)
}

/// The INSERT of the row in which the bands of the dispute's words wait: intake moves the dispute's own within a second.
fn bands(parameters: &mut Vec<(String, String)>) -> anyhow::Result<String> {
    let id = varying(0, "likeness_waiting", "case_id", "").context("an id")?;
    parameters.push(("bands".to_owned(), format!("\\x{}", "5a".repeat(128))));
    Ok(format!(
        "INSERT INTO likeness_waiting (case_id, centre, bands) VALUES ({id}, '442000', :bands::bytea)"
    ))
}

/// What differs from row to row: ids that rise, digests that do not.
fn varying(n: usize, table: &str, column: &str, value: &str) -> Option<String> {
    let id = |kind: usize| format!("('018f{kind:04}-0000-7000-8000-' || lpad(:n::text, 12, '0'))::uuid");
    let digest = |of: &str| format!("md5({of}) || md5('{n}' || {of})");
    Some(match (table, column) {
        (_, "case_id") => id(0),
        ("party", "party_id") | ("audit", "id") | ("outbox", "event_id") => id(1 + n),
        ("dispute", "code_index") | ("party", "number_index" | "phone_index") => {
            digest(&format!("'{column}' || :n::text"))
        }
        // People share names.
        ("party", "name_index") => digest("(:n::bigint % 140)::text"),
        ("request", "request_key") => {
            let kept = value.rsplit_once('|').map_or("", |(kept, _)| kept);
            format!("'{kept}|' || lpad(:n::text, {}, '0')", (value.len() - kept.len() - 1).max(12))
        }
        _ => return None,
    })
}
