//! `supermarket serve`: opens the town, or some of its services, and says where everything is.

use anyhow::bail;
use chassis::{Lifecycle, Settings, process, roads};
use courier::Clock;

use crate::accounts::Accounts;
use crate::town::{COMMANDS, Surroundings, Town, program};

/// Serves until asked to stop; answers whether everything ended in time. `only` some services, or the whole town.
pub async fn run(settings: &Settings, only: &[String]) -> anyhow::Result<bool> {
    if !only.is_empty() {
        if settings.is_embedded() {
            bail!(
                "--only is for a cluster: with an empty database.url (SQLite files) news stays in this process, so the \
                 embedded mode is always the whole town; set database.url and transport.kind = jetstream, or leave \
                 --only out"
            );
        }
        return Ok(process::serve(&program(only), settings).await?);
    }
    let life = Lifecycle::of(settings)?;
    let transport = roads::of(&program(&[]), settings).await?;
    let town = Town::open(settings, Surroundings { clock: Clock::system(), life, transport }).await?;
    print_banner(&town, settings);
    Ok(town.running.ended().await)
}

fn print_banner(town: &Town, settings: &Settings) {
    let (address, folder) = (town.running.address, &settings.data.dir);
    println!("\n调解超市 · Supermarket {}\n", env!("CARGO_PKG_VERSION"));
    println!("  gRPC, gRPC-Web   {address}");
    println!("  start page       http://{address}/");
    if settings.is_embedded() {
        println!("  data             {}", folder.display());
    } else {
        println!("  data             PostgreSQL");
    }
    println!("  accounts         {}\n", settings.data.account_file().display());
    if !settings.is_embedded() {
        return;
    }
    if town.first_start {
        println!(
            "This was the first start: the Zhongshan example town is there. Names of people are invented.\n"
        );
        print_accounts(&town.accounts);
    }
    println!(
        "Try next, in another terminal{}:\n",
        if settings.data.dir.as_os_str() == "supermarket-data" { "" } else { " (with the same --data-dir)" }
    );
    for (command, purpose) in COMMANDS {
        println!("  {command:<20} {purpose}");
    }
    println!();
}

/// One account for each role with its secret; the rest are counted.
fn print_accounts(accounts: &Accounts) {
    println!("  {:<20} {:<22} {:<24} secret", "account", "organisation", "role");
    let mut shown: Vec<&str> = Vec::new();
    for account in &accounts.accounts {
        let roles = account.roles.join(" ");
        if account.roles.iter().any(|role| shown.contains(&role.as_str())) {
            continue;
        }
        shown.extend(account.roles.iter().map(String::as_str));
        println!("  {:<20} {:<22} {:<24} {}", account.account, account.org, roles, account.secret);
    }
    println!("  … {} accounts in all, in accounts.json\n", accounts.accounts.len());
}
