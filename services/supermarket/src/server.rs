//! The server that a command talks to: a named one, the one that runs on the data directory, or one of its own.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::bail;
use chassis::{Lifecycle, Settings};

use crate::accounts::Accounts;
use crate::town::{Surroundings, Town, address, lock};

/// A server within reach.
pub struct Server {
    /// host:port.
    pub address: String,
    folder: PathBuf,
    accounts: PathBuf,
    own: Option<Town>,
}

impl Server {
    /// A server that is known to run at an address over a data directory.
    pub fn at(address: &str, folder: &Path) -> Self {
        Self {
            address: address.to_owned(),
            folder: folder.to_owned(),
            accounts: folder.join("accounts.json"),
            own: None,
        }
    }

    fn named(address: &str, settings: &Settings) -> Self {
        Self { accounts: settings.data.account_file(), ..Self::at(address, &settings.data.dir) }
    }

    /// Finds the server, or opens one on a free port for as long as the command lasts.
    /// `reads` is a command that only looks: it makes no new town where none is.
    pub async fn find(named: Option<String>, reads: bool, settings: &Settings) -> anyhow::Result<Self> {
        let folder = PathBuf::from(&settings.data.dir);
        if let Some(address) = named {
            reach(&address).await?;
            return Ok(Self::named(&address, settings));
        }
        if !settings.is_embedded() {
            bail!("database.url is set: name the door of that cluster with --server HOST:PORT");
        }
        if reads && !settings.data.account_file().exists() {
            bail!(
                "there is no town in {}: start `supermarket serve` there once, or name another --data-dir",
                folder.display()
            );
        }
        match lock(&folder) {
            // Let go at once: the town takes it again.
            Ok(free) => drop(free),
            Err(taken) => {
                let address = written(&folder).await.ok_or(taken)?;
                reach(&address).await?;
                return Ok(Self::named(&address, settings));
            }
        }
        let mut settings = settings.clone();
        settings.listen.address.set_port(0);
        let life = Lifecycle::new(Duration::from_secs(5), Duration::from_secs(10));
        let town = Town::open(&settings, Surroundings::usual(life)).await?;
        let own = Self::named(&town.running.address.to_string(), &settings);
        Ok(Self { own: Some(town), ..own })
    }

    /// The demo accounts.
    pub fn accounts(&self) -> anyhow::Result<Accounts> {
        Ok(Accounts::read(&self.accounts)?)
    }

    /// The data directory.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Closes an own server; leaves another's alone.
    pub async fn leave(self) {
        if let Some(town) = self.own {
            town.running.stop();
            town.running.ended().await;
        }
    }
}

/// The address that a server which is just starting writes, once it listens.
async fn written(folder: &Path) -> Option<String> {
    for _ in 0..50 {
        if let Some(address) = address(folder) {
            return Some(address);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    None
}

/// Whether anything listens there: a command that has nobody to talk to says so soon, not after all its patience.
async fn reach(address: &str) -> anyhow::Result<()> {
    let bare = address.trim_start_matches("http://").trim_end_matches('/');
    let mut last = None;
    for _ in 0..20 {
        match tokio::net::TcpStream::connect(bare).await {
            Ok(_) => return Ok(()),
            Err(error) => last = Some(error),
        }
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    let why = last.map(|error| error.to_string()).unwrap_or_default();
    bail!(
        "no server answers at {address} ({why}); is it running? Without --server one is opened on --data-dir"
    )
}
