//! PostgreSQL's own tools, as a backup and a restore need them: found, new enough, and with the password in their
//! environment and not in the list of processes.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use chassis::settings::operator::{self, POSTGRES_BIN};
use courier::backup::{Progress, progress};
use migrations::postgres::Admin;

use super::manifest::{Kept, Memory};
use crate::migrate;
use crate::town::SERVICES;

/// The dump's name in a backup.
pub const FILE: &str = "postgres.dump";

/// Dumps the services' schemas under one snapshot, and reads under the same how far delivery was.
pub(super) async fn take(
    folder: &Path,
    admin_url: Option<&str>,
) -> anyhow::Result<(Vec<Memory>, Kept, String)> {
    let url = migrate::administrator(admin_url)?;
    let admin = Admin::connect(&url).await.context("the administrator's database")?;
    let tool = tool("pg_dump", &admin).await?;
    let snapshot = admin.stand_still().await.context("taking a snapshot")?;
    let mut found: Vec<(&str, Progress)> = Vec::new();
    for service in SERVICES {
        found.push((service, progress(admin.db(), service).await.context("is the database migrated?")?));
    }
    super::refuse_torn(&found)?;
    let path = folder.join(FILE);
    let mut command = with_login(&tool.path, &url);
    command
        .args(["--format=custom", "--no-password"])
        .arg(format!("--snapshot={snapshot}"))
        .arg("--file")
        .arg(&path);
    command.args(SERVICES.map(|schema| format!("--schema={schema}")));
    run(command, "pg_dump")?;
    admin.close().await?;
    super::restrict(&path)?;
    assert_reads(&beside(&tool.path, "pg_restore"), &path)?;
    std::fs::File::open(&path)?.sync_all()?;
    let told = format!("by pg_dump {}", tool.major);
    Ok((found.iter().map(Memory::of).collect(), Kept::of(folder, FILE)?, told))
}

/// A program of PostgreSQL's.
pub struct Tool {
    /// Where.
    pub path: PathBuf,
    /// Its major version.
    pub major: i32,
}

/// Finds a program that is as new as the server.
pub async fn tool(name: &str, admin: &Admin) -> anyhow::Result<Tool> {
    let path = operator::given(POSTGRES_BIN);
    let path = path.map_or_else(|| PathBuf::from(name), |folder| Path::new(&folder).join(name));
    let told = Command::new(&path).arg("--version").output().with_context(|| {
        format!(
            "{name} is missing: install PostgreSQL's client programs, or name their folder by {POSTGRES_BIN}"
        )
    })?;
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let major = told.split_whitespace().find_map(|word| word.split('.').next()?.parse().ok());
    let major: i32 = major.with_context(|| format!("{} does not say its version", path.display()))?;
    let server = admin.major().await?;
    if major < server {
        bail!(
            "{} is of version {major}, the server of version {server}: install the client programs of {server}, or name \
             their folder by {POSTGRES_BIN}",
            path.display()
        );
    }
    Ok(Tool { path, major })
}

/// The command on the database of a URL, whose password goes by the environment.
pub fn with_login(tool: &Path, url: &str) -> Command {
    let (bare, password) = without_password(url);
    let mut command = Command::new(tool);
    command.arg("--dbname").arg(bare);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    command
}

/// Reads a whole dump: a copy is worth what comes out of it.
pub fn assert_reads(pg_restore: &Path, dump: &Path) -> anyhow::Result<()> {
    let mut reading = Command::new(pg_restore);
    // Onto nothing: `output` would keep it all.
    reading.arg("--file=/dev/null").arg(dump);
    run(reading, "pg_restore").context("the dump does not read to its end")
}

fn beside(tool: &Path, name: &str) -> PathBuf {
    tool.parent().map_or_else(|| PathBuf::from(name), |folder| folder.join(name))
}

/// Runs it to its end; what it complained of is the error. PostgreSQL's tools name tables there, no rows.
pub fn run(mut command: Command, name: &str) -> anyhow::Result<()> {
    command.stdin(std::process::Stdio::null());
    // Nothing else is to be done meanwhile.
    let done = tokio::task::block_in_place(|| command.output());
    let done = done.with_context(|| format!("{name} does not run"))?;
    if !done.status.success() {
        let complaint = String::from_utf8_lossy(&done.stderr);
        let first: Vec<&str> = complaint.lines().filter(|line| line.starts_with(name)).take(3).collect();
        bail!("{name} failed: {}", first.join("; "));
    }
    Ok(())
}

fn without_password(url: &str) -> (String, Option<String>) {
    let split = || {
        let (scheme, rest) = url.split_once("://")?;
        let (login, place) = rest.split_once('@')?;
        let (user, password) = login.split_once(':')?;
        Some((format!("{scheme}://{user}@{place}"), decoded(password)))
    };
    split().map_or_else(|| (url.to_owned(), None), |(bare, password)| (bare, Some(password)))
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let digits = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let escaped = digits.filter(|_| *first == b'%').and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_leaves_the_command_line() {
        let command =
            with_login(Path::new("pg_dump"), "postgres://admin:p%40ss%25@db:5432/town?sslmode=require");
        let shown: Vec<_> = command.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
        assert_eq!(shown, ["--dbname", "postgres://admin@db:5432/town?sslmode=require"]);
        let set: Vec<_> = command.get_envs().collect();
        assert_eq!(set, [("PGPASSWORD".as_ref(), Some("p@ss%".as_ref()))]);
        assert_eq!(
            without_password("postgres://admin@db/town"),
            ("postgres://admin@db/town".to_owned(), None)
        );
    }
}
