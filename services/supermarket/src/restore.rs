//! `supermarket restore DIR`: puts a backup back where nothing runs, and begins a new epoch in it.
//!
//! All memories of a backup show one point in time, so delivery goes on from them as after a restart, and no number of an
//! event is missing or doubled. The new epoch is higher than every one before: case numbers and fences carry it, so those
//! that were given after the backup and are lost with it never come again; resume tokens of it count as old; and receivers
//! drop what was said in it and is still on the road. The transport holds that lost future and is wiped.

use std::path::Path;

use access::Vault;
use anyhow::{Context as _, bail};
use chassis::Settings;

use crate::backup::manifest::{Manifest, Mode};

mod database;
mod files;
mod road;

/// Restores the backup in the folder. `force` replaces what is there.
pub async fn run(
    settings: &Settings,
    folder: &Path,
    admin_url: Option<&str>,
    force: bool,
    json: bool,
) -> anyhow::Result<()> {
    let manifest = Manifest::read(folder)?;
    let mode = if settings.is_embedded() { Mode::Embedded } else { Mode::PostgreSql };
    if manifest.mode != mode {
        bail!(
            "this is a backup of the {}, and the settings are of the other: compare database.url",
            if mode == Mode::Embedded { "cluster" } else { "embedded mode" }
        );
    }
    let keys = settings.data.key_file();
    let vault = Vault::shared(&keys).context("put the key file of the backed up town in its place first")?;
    if !manifest.keys.fit(&vault) {
        bail!("{} is not the key file that this backup is sealed with", keys.display());
    }
    let centre = &settings.centre.id;
    let (epoch, told, wiped) = if mode == Mode::Embedded {
        let (epoch, told) = files::restore(&settings.data, folder, &manifest, centre, force).await?;
        (epoch, told, None)
    } else {
        let (epoch, told) = database::restore(settings, folder, &manifest, admin_url, force).await?;
        (epoch, told, road::wipe(settings).await)
    };
    if json {
        let transport = wiped.map(|wiped| match wiped {
            Ok(streams) => serde_json::json!({ "deleted": streams }),
            Err(todo) => serde_json::json!({ "todo": todo }),
        });
        println!(
            "{}",
            serde_json::json!({ "epoch": epoch, "taken": manifest.taken, "memories": manifest.memories,
                "notes": told, "transport": transport })
        );
        return Ok(());
    }
    println!("{:<10} {:>9} {:>9} {:>12}", "service", "epoch was", "epoch is", "last number");
    for memory in &manifest.memories {
        println!("{:<10} {:>9} {epoch:>9} {:>12}", memory.service, memory.epoch, memory.last_seq);
    }
    println!(
        "\nEverything is as it was on {}. What was said and decided after that is lost:",
        manifest.taken.to_rfc3339()
    );
    println!(
        "whoever got an answer since then (a court, a party, a mediator) may know more than this town now does."
    );
    for line in &told {
        println!("{line}");
    }
    match wiped {
        None => {}
        Some(Ok(streams)) if streams.is_empty() => println!("The broker held no streams."),
        Some(Ok(streams)) => {
            println!("Deleted from the broker, made anew by the services: {}.", streams.join(", "));
        }
        Some(Err(todo)) => println!("{todo}"),
    }
    println!("Start the services, then `supermarket verify`.");
    Ok(())
}
