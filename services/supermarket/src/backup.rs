//! `supermarket backup DIR`: everything the services know, as it is at one point in time, while they work on.
//!
//! SQLite files are copied with `VACUUM INTO` under one short write lock over all of them; PostgreSQL is dumped under one
//! snapshot. Each copy is checked before the manifest is written, and a folder without a manifest is no backup. The key
//! file stays out: whoever held both would hold everything in clear. Its mark is in the manifest, so that a restore beside
//! another key file is refused.

use std::path::{Path, PathBuf};

use access::Vault;
use anyhow::{Context as _, bail};
use chassis::Settings;
use courier::backup::{self, Progress, contradictions};
use courier::{Clock, Desk};

use crate::town::SERVICES;

pub mod dump;
pub mod manifest;

use manifest::{Kept, Keys, Manifest, Memory, Mode};

/// Backs up the memories that the settings name into a folder that is empty or not there.
pub async fn run(
    settings: &Settings,
    folder: &Path,
    admin_url: Option<&str>,
    json: bool,
) -> anyhow::Result<()> {
    let keys = settings.data.key_file();
    let vault = Vault::shared(&keys).context("the key file, whose mark belongs to the backup")?;
    make(folder)?;
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let (mode, memories, files, told) = if settings.is_embedded() {
        let (memories, files, pause) = embedded(&settings.data.dir, folder).await?;
        (Mode::Embedded, memories, files, format!("writers waited {} ms", pause.as_millis()))
    } else {
        let (memories, file, tool) = dump::take(folder, admin_url).await?;
        (Mode::PostgreSql, memories, vec![file], tool)
    };
    let taken = Clock::system().now();
    let manifest = Manifest { version, mode, taken, keys: Keys::of(&vault)?, memories, files };
    manifest.write(folder)?;
    if json {
        println!("{}", serde_json::to_string(&manifest)?);
        return Ok(());
    }
    println!("{:<10} {:>5} {:>12}", "service", "epoch", "last number");
    for Memory { service, epoch, last_seq } in &manifest.memories {
        println!("{service:<10} {epoch:>5} {last_seq:>12}");
    }
    println!("\n{:<32} {:>12} sha256", "file", "bytes");
    for Kept { name, bytes, sha256 } in &manifest.files {
        println!("{name:<32} {bytes:>12} {sha256}");
    }
    println!("\n{} is complete: one point in time, every copy checked; {told}.", folder.display());
    println!(
        "NOT in it: {} and the accounts. Without that key file nothing sealed can be read: keep it in another place.",
        keys.display()
    );
    Ok(())
}

async fn embedded(
    data: &Path,
    folder: &Path,
) -> anyhow::Result<(Vec<Memory>, Vec<Kept>, std::time::Duration)> {
    let place = |service: &str| (data.join(format!("{service}.db")), folder.join(format!("{service}.db")));
    let files: Vec<(PathBuf, PathBuf)> = SERVICES.iter().map(|service| place(service)).collect();
    if !files.iter().all(|(source, _)| source.is_file()) {
        bail!("there is no town in {}: name another --data-dir", data.display());
    }
    // Refuses a SQLite that loses writes, as the server does.
    let (source, _) = place(SERVICES[0]);
    Desk::connect(&format!("sqlite://{}", source.display())).await?.close().await?;
    let copied = backup::copy(&files).await?;
    let mut found: Vec<(&str, Progress)> = Vec::new();
    let mut kept = Vec::new();
    for (service, (_, copy)) in SERVICES.into_iter().zip(&files) {
        found.push((service, look(copy).await?));
        restrict(copy)?;
        kept.push(Kept::of(folder, &format!("{service}.db"))?);
    }
    refuse_torn(&found)?;
    Ok((found.iter().map(Memory::of).collect(), kept, copied.pause))
}

/// Checks a copied file and reads how far delivery is in it.
pub async fn look(copy: &Path) -> anyhow::Result<Progress> {
    let db = backup::open_copy(copy).await?;
    let progress = backup::progress(&db, "main").await;
    db.close().await?;
    Ok(progress?)
}

/// Refuses memories that were never there at the same time.
pub fn refuse_torn(memories: &[(&str, Progress)]) -> anyhow::Result<()> {
    let found = contradictions(memories);
    if !found.is_empty() {
        bail!("these are not memories of one point in time:\n    {}", found.join("\n    "));
    }
    Ok(())
}

/// Makes the folder, readable by its owner only. What is there must not be mixed with a new backup.
fn make(folder: &Path) -> anyhow::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).with_context(|| format!("making {}", folder.display()))?;
    if std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?.next().is_some() {
        bail!("{} is not empty: give each backup a folder of its own", folder.display());
    }
    Ok(())
}

/// Only the owner reads it.
pub fn restrict(file: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))
            .with_context(|| format!("restricting {}", file.display()))?;
    }
    Ok(())
}
