//! `supermarket directory`: who there is, and the whole directory out to files and in from them.
//!
//! The files hold names and telephones of people, so an export is readable by its owner alone. An import writes all of its files or,
//! with the least fault in one of them, nothing.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use contracts::routing::v1 as proto;
use contracts::routing::v1::directory_service_client::DirectoryServiceClient;
use serde_json::json;

use crate::arguments::Talk;
use crate::ask;
use crate::client::{Person, Thread, refused};
use crate::law::columns::{Line, print};
use crate::server::Server;

/// The files of an export.
const FILES: [&str; 4] = ["organizations.csv", "mediators.csv", "liaison.csv", "lawyers.csv"];
/// Who does it where the environment holds no token.
const ACCOUNT: &str = "supervisor-1";

/// What to do about the directory.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Directory {
    /// What to do; shows the mediators when absent.
    #[command(subcommand)]
    pub act: Option<Act>,
    /// Which server, and how to print.
    #[command(flatten)]
    pub talk: Talk,
}

/// An act about files.
#[derive(Subcommand)]
pub enum Act {
    /// Writes organizations.csv, mediators.csv, liaison.csv and lawyers.csv. Personal data: leaves an audit row.
    Export {
        /// The folder; made if it is not there.
        folder: PathBuf,
        /// Replaces files that are there.
        #[arg(long)]
        force: bool,
        /// Which server, and how to print.
        #[command(flatten)]
        talk: Talk,
    },
    /// Reads these files, all or some of them; exits 1 and writes nothing if anything in them is wrong.
    Import {
        /// The folder, or the files.
        #[arg(required = true, value_name = "DIR|FILE")]
        paths: Vec<PathBuf>,
        /// Only says what is wrong, or what would change.
        #[arg(long)]
        check: bool,
        /// Which server, and how to print.
        #[command(flatten)]
        talk: Talk,
    },
}

/// Shows the mediators.
pub async fn show(server: &Server, json: bool) -> anyhow::Result<()> {
    let person = Person::operator(server, ACCOUNT).await?;
    let message = proto::ListMediatorsRequest::default();
    let listed = ask!(person, Thread::default(), DirectoryServiceClient::list_mediators, message);
    let mediators = listed.map_err(|status| refused(&status))?.mediators;
    let mut out = io::BufWriter::new(io::stdout().lock());
    if json {
        let told = mediators.iter().map(|one| {
            json!({
                "account_id": one.account_id, "name": one.name, "studio_org": one.studio_org, "kind": kind(one),
                "roster": roster(one), "on_duty": one.on_duty, "suspended": one.suspended, "held": one.held_count,
                "capacity": one.capacity, "valid_from": one.valid_from, "valid_to": one.valid_to,
                "strengths": one.strengths, "territory": one.territory, "inviting_court": one.inviting_court,
            })
        });
        writeln!(out, "{}", json!({ "mediators": told.collect::<Vec<_>>() }))?;
        return Ok(out.flush()?);
    }
    let heads =
        ["账号 account", "姓名 name", "单位 unit", "类别 kind", "在岗 duty", "持案 held", "有效期 valid"];
    let mut lines = vec![Line::Cells(heads.map(str::to_owned).to_vec())];
    for one in &mediators {
        let duty = match (one.suspended, one.on_duty) {
            (true, _) => "suspended",
            (false, true) => "on",
            (false, false) => "off",
        };
        lines.push(Line::Cells(vec![
            one.account_id.clone(),
            one.name.clone(),
            one.studio_org.clone(),
            kind(one).to_owned(),
            duty.to_owned(),
            format!("{}/{}", one.held_count, one.capacity),
            format!("{}..{}", one.valid_from, one.valid_to),
        ]));
    }
    print(&lines, &mut out)?;
    Ok(out.flush()?)
}

/// Writes the files.
pub async fn export(server: &Server, folder: &Path, force: bool, json: bool) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    if !force && let Some(there) = FILES.iter().map(|name| folder.join(name)).find(|path| path.exists()) {
        anyhow::bail!("{} is there: --force replaces it", there.display());
    }
    let person = Person::operator(server, ACCOUNT).await?;
    let message = proto::ExportDirectoryRequest {};
    let taken = ask!(person, Thread::default(), DirectoryServiceClient::export_directory, message);
    let files = taken.map_err(|status| refused(&status))?.files;
    let mut told = vec![];
    let mut lines = vec![heads(&["文件 file", "行 rows"])];
    for file in files.iter().filter(|file| FILES.contains(&file.name.as_str())) {
        let path = folder.join(&file.name);
        write(&path, &file.text).with_context(|| format!("writing {}", path.display()))?;
        told.push(json!({ "file": path.display().to_string(), "rows": file.row_count }));
        lines.push(Line::Cells(vec![path.display().to_string(), file.row_count.to_string()]));
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    if json {
        writeln!(out, "{}", json!({ "files": told }))?;
    } else {
        print(&lines, &mut out)?;
        writeln!(out, "They hold names and telephones: keep them where only you read them.")?;
    }
    Ok(out.flush()?)
}

/// Reads the files; answers whether they were good.
pub async fn import(server: &Server, paths: &[PathBuf], check: bool, json: bool) -> anyhow::Result<bool> {
    let files = read(paths)?;
    let person = Person::operator(server, ACCOUNT).await?;
    let message = proto::ImportDirectoryRequest { files, validate_only: check };
    let answer = ask!(person, Thread::default(), DirectoryServiceClient::import_directory, message);
    let answer = answer.map_err(|status| refused(&status))?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    if json {
        let changes = answer.changes.iter().map(|one| {
            json!({
                "file": one.name, "rows": one.row_count, "added": one.added_count, "changed": one.changed_count,
                "removed": one.removed_count,
            })
        });
        let faults = answer.faults.iter().map(|one| {
            json!({
                "file": one.file, "line": one.line, "column": one.column, "reason": one.reason,
                "message": one.message, "message_en": one.message_en,
            })
        });
        let told = json!({
            "valid": answer.valid, "written": answer.valid && !check, "changes": changes.collect::<Vec<_>>(),
            "faults": faults.collect::<Vec<_>>(), "fault_count": answer.fault_count,
        });
        writeln!(out, "{told}")?;
    } else {
        print(&told(&answer), &mut out)?;
        let left = (answer.fault_count as usize).saturating_sub(answer.faults.len());
        match (answer.valid, check) {
            (true, false) => {}
            (true, true) => writeln!(out, "Nothing is wrong; nothing was written (--check).")?,
            (false, _) if left > 0 => writeln!(out, "… and {left} more. Nothing was written.")?,
            (false, _) => writeln!(out, "Nothing was written.")?,
        }
    }
    out.flush()?;
    Ok(answer.valid)
}

fn told(answer: &proto::ImportDirectoryResponse) -> Vec<Line> {
    if !answer.valid {
        let mut lines =
            vec![heads(&["文件:行 file:line", "列 column", "代码 reason", "说明 what to put right"])];
        lines.extend(answer.faults.iter().map(|one| {
            let place = if one.line == 0 { one.file.clone() } else { format!("{}:{}", one.file, one.line) };
            let words = format!("{} {}", one.message, one.message_en);
            Line::Cells(vec![place, one.column.clone(), one.reason.clone(), words])
        }));
        return lines;
    }
    let mut lines = vec![heads(&["文件 file", "行 rows", "新增 added", "变更 changed", "移除 removed"])];
    lines.extend(answer.changes.iter().map(|one| {
        let counts = [one.row_count, one.added_count, one.changed_count, one.removed_count];
        Line::Cells(std::iter::once(one.name.clone()).chain(counts.map(|n| n.to_string())).collect())
    }));
    lines
}

fn heads(names: &[&str]) -> Line {
    Line::Cells(names.iter().map(|name| (*name).to_owned()).collect())
}

/// The files of a folder, or those that are named.
fn read(paths: &[PathBuf]) -> anyhow::Result<Vec<proto::DirectoryFile>> {
    let mut found = vec![];
    for path in paths {
        if path.is_dir() {
            let inside = FILES.iter().map(|name| path.join(name)).filter(|path| path.exists());
            found.extend(inside);
        } else {
            found.push(path.clone());
        }
    }
    if found.is_empty() {
        anyhow::bail!("there is none of {} here", FILES.join(", "));
    }
    let file = |path: PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        let text = String::from_utf8(bytes).ok().with_context(|| {
            format!("{} is not UTF-8: save it as \"CSV UTF-8\" in your spreadsheet", path.display())
        })?;
        Ok(proto::DirectoryFile { name, text, row_count: 0 })
    };
    found.into_iter().map(file).collect()
}

/// A file for its owner alone; what was there is replaced whole or not at all.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let unfinished = path.with_extension("csv.new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, path)
}

fn kind(one: &proto::Mediator) -> &'static str {
    one.kind().as_str_name().trim_start_matches("MEDIATOR_KIND_")
}

fn roster(one: &proto::Mediator) -> &'static str {
    one.roster().as_str_name().trim_start_matches("ROSTER_KIND_")
}
