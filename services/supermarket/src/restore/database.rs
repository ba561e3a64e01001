//! A PostgreSQL database put back. Until the new epoch stands nobody but the administrator has rights in it, so that a
//! restore which is cut off leaves nothing that a service could go on from.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use chassis::Settings;
use courier::backup::{begin_epoch, progress};
use migrations::postgres::{Admin, logins, prepare};

use crate::backup::manifest::Manifest;
use crate::backup::{dump, refuse_torn};
use crate::migrate;
use crate::town::SERVICES;

/// Sessions of services that have just ended are gone a moment later.
const LOOKS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(150);

/// Answers the new epoch, and what else is to be said.
pub(super) async fn restore(
    settings: &Settings,
    backup: &Path,
    manifest: &Manifest,
    admin_url: Option<&str>,
    force: bool,
) -> anyhow::Result<(u32, Vec<String>)> {
    let url = migrate::administrator(admin_url)?;
    let logins = logins(settings.database.url.reveal()).context("database.url")?;
    let admin = Admin::connect(&url).await.context("the administrator's database")?;
    admin.hold().await.context("waiting for a migration or another restore of this database")?;
    let mut sessions = admin.sessions(&logins).await.context("asking who is connected")?;
    for _ in 0..LOOKS {
        if sessions.is_empty() {
            break;
        }
        tokio::time::sleep(PAUSE).await;
        sessions = admin.sessions(&logins).await.context("asking who is connected")?;
    }
    if !sessions.is_empty() {
        let named = sessions.iter().map(|s| format!("{} ({}) from {}", s.role, s.program, or_here(&s.from)));
        let named: std::collections::BTreeSet<String> = named.collect();
        let named: Vec<String> = named.into_iter().collect();
        bail!("services are connected to this database, stop them first:\n    {}", named.join("\n    "));
    }
    let tool = dump::tool("pg_restore", &admin).await?;
    let there = admin.schemas().await.context("looking for what is there")?;
    if !there.is_empty() && !force {
        bail!(
            "this database holds {} already: restore into an empty one, or with --force, which drops them",
            there.join(", ")
        );
    }
    // What is there is dropped only for a copy that reads to its end.
    let copy = backup.join(dump::FILE);
    dump::assert_reads(&tool.path, &copy)?;
    let mut before = manifest.epoch(backup);
    for schema in &there {
        // Its epoch was used, whatever else it is worth.
        before = before.max(progress(admin.db(), schema).await.map_or(0, |progress| progress.epoch));
    }
    let epoch = before + 1;
    Manifest::begin(backup, epoch)?;
    admin.drop_schemas().await.context("dropping what is there")?;
    admin.make_roles(&logins).await.context("making the roles")?;
    let mut command = dump::with_login(&tool.path, &url);
    command.args([
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        "--no-password",
    ]);
    command.arg(copy);
    dump::run(command, "pg_restore")?;
    let mut found = Vec::new();
    for service in SERVICES {
        found.push((service, progress(admin.db(), service).await?));
    }
    refuse_torn(&found)?;
    for service in SERVICES {
        begin_epoch(admin.db(), service, epoch, &settings.centre.id).await?;
    }
    admin.close().await?;
    prepare(&url, &logins)
        .await
        .context("everything is back, but without rights: run `supermarket migrate`")?;
    let told = if there.is_empty() { vec![] } else { vec![format!("Dropped first: {}.", there.join(", "))] };
    Ok((epoch, told))
}

fn or_here(from: &str) -> &str {
    if from.is_empty() { "this machine" } else { from }
}
