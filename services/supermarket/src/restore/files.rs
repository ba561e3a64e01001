//! SQLite files put back: prepared aside, then moved into place.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use chassis::settings::Data;
use courier::backup::{begin_epoch, progress};
use courier::{Clock, Desk};

use crate::backup::manifest::{Kept, Manifest};
use crate::backup::{look, refuse_torn, restrict};
use crate::town::{self, SERVICES};

/// Answers the new epoch, and what else is to be said.
pub(super) async fn restore(
    data: &Data,
    backup: &Path,
    manifest: &Manifest,
    centre: &str,
    force: bool,
) -> anyhow::Result<(u32, Vec<String>)> {
    let folder = &data.dir;
    let _lock = town::lock(folder)?;
    let there: Vec<&str> =
        SERVICES.into_iter().filter(|service| folder.join(format!("{service}.db")).exists()).collect();
    if !there.is_empty() && !force {
        bail!("{} holds a town already: restore into an empty folder, or with --force", folder.display());
    }
    let mut before = manifest.epoch(backup);
    for service in &there {
        // Its epoch was used, whatever else it is worth. A file that does not open tells none.
        if let Ok(db) = Desk::connect(&url(folder, service)).await {
            before = before.max(progress(&db, "main").await.map_or(0, |progress| progress.epoch));
            db.close().await?;
        }
    }
    let epoch = before + 1;
    let making = folder.join("restoring");
    if making.exists() {
        fs::remove_dir_all(&making).context("clearing up after a restore that was cut off")?;
    }
    fs::create_dir(&making).with_context(|| format!("making {}", making.display()))?;
    let mut found = Vec::new();
    for (service, kept) in SERVICES.into_iter().zip(in_order(manifest)?) {
        let copy = making.join(&kept.name);
        fs::copy(backup.join(&kept.name), &copy).with_context(|| format!("copying {}", kept.name))?;
        restrict(&copy)?;
        found.push((service, look(&copy).await?));
    }
    refuse_torn(&found)?;
    Manifest::begin(backup, epoch)?;
    for service in SERVICES {
        let db = Desk::connect(&url(&making, service)).await?;
        begin_epoch(&db, "main", epoch, centre).await?;
        db.close().await?;
        fs::File::open(making.join(format!("{service}.db")))?.sync_all()?;
    }
    let mut told = Vec::new();
    if !there.is_empty() {
        // To the millisecond: two restores of one second each keep what they replace.
        let aside = folder.join(format!("replaced-{}", Clock::system().now().format("%Y%m%dT%H%M%S%3fZ")));
        fs::create_dir(&aside).with_context(|| format!("making {}", aside.display()))?;
        for name in SERVICES
            .iter()
            .flat_map(|service| ["db", "db-wal", "db-shm"].map(|end| format!("{service}.{end}")))
            // The mark of their keys goes with them: the backup's keys, which were tried, need not be theirs.
            .chain(["keys.check".to_owned()])
        {
            if folder.join(&name).exists() {
                fs::rename(folder.join(&name), aside.join(&name))
                    .with_context(|| format!("moving {name}"))?;
            }
        }
        told.push(format!("What was there before is in {}.", aside.display()));
    }
    // A town of which some files are missing does not start: cut off here, the restore is run again with --force.
    for service in SERVICES {
        let name = format!("{service}.db");
        fs::rename(making.join(&name), folder.join(&name)).with_context(|| format!("moving {name}"))?;
    }
    fs::remove_dir_all(&making).context("removing what is empty now")?;
    fs::File::open(folder)?.sync_all()?;
    if !data.account_file().exists() {
        told.push(format!(
            "{} is not there: put yours back, or the next start makes demo accounts with new secrets.",
            data.account_file().display()
        ));
    }
    // Writes the mark by which a start knows the keys of these files.
    town::vault(data)?;
    Ok((epoch, told))
}

/// The files of the services, in their order.
fn in_order(manifest: &Manifest) -> anyhow::Result<Vec<&Kept>> {
    let find = |service: &str| {
        let kept = manifest.files.iter().find(|kept| kept.name == format!("{service}.db"));
        kept.with_context(|| format!("the backup lacks {service}"))
    };
    SERVICES.into_iter().map(find).collect()
}

fn url(folder: &Path, service: &str) -> String {
    format!("sqlite://{}", folder.join(format!("{service}.db")).display())
}
