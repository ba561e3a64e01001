//! `supermarket seed`: what a cluster needs once and no process makes by starting. The key file, the demo accounts if they
//! are wanted, and the example town's directory. What is there stays as it is; any number of runs, also at the same time,
//! end with the same.

use std::sync::Arc;

use access::Vault;
use anyhow::{Context as _, bail};
use chassis::Settings;
use courier::{Clock, Desk};

use crate::accounts;

/// Makes what is missing, and says what was made.
pub async fn run(settings: &Settings) -> anyhow::Result<()> {
    if settings.is_embedded() {
        bail!("database.url is empty: the embedded mode seeds itself when it first starts");
    }
    let keys = settings.data.key_file();
    let there = keys.exists();
    let vault = Arc::new(Vault::at(&keys)?);
    let what = if there { "is there" } else { "made: give every process this file, and back it up" };
    println!("{:<12} {} {what}", "keys", keys.display());

    if settings.tokens.demo_accounts {
        let file = settings.data.account_file();
        let (accounts, made) = accounts::open(&file)?;
        let what = if made { "made" } else { "is there" };
        println!("{:<12} {} {what} ({} accounts)", "accounts", file.display(), accounts.accounts.len());
    }

    let url = settings.database.url_of(routing::NAME);
    let desk = Desk::open(routing::NAME, &url, Clock::system()).await.context("the database of routing")?;
    let seeded = routing::seed(&desk, &vault, &settings.centre.id).await;
    desk.close().await;
    seeded.context("seeding the directory")?;
    println!("{:<12} the example town is there", "directory");
    Ok(())
}
