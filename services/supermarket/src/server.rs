//! The server that a command talks to: a named one, the one that runs on the data directory, or one of its own.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chassis::{Lifecycle, Settings};

use crate::accounts::Accounts;
use crate::town::{Surroundings, Town, address, lock};

/// A server within reach.
pub struct Server {
    /// host:port.
    pub address: String,
    folder: PathBuf,
    own: Option<Town>,
}

impl Server {
    /// A server that is known to run at an address over a data directory.
    pub fn at(address: &str, folder: &Path) -> Self {
        Self { address: address.to_owned(), folder: folder.to_owned(), own: None }
    }

    /// Finds the server, or opens one on a free port for as long as the command lasts.
    pub async fn find(named: Option<String>, settings: &Settings) -> anyhow::Result<Self> {
        let folder = PathBuf::from(&settings.data.dir);
        if let Some(address) = named {
            return Ok(Self::at(&address, &folder));
        }
        match lock(&folder) {
            // Let go at once: the town takes it again.
            Ok(free) => drop(free),
            Err(taken) => {
                let address = address(&folder).ok_or(taken)?;
                return Ok(Self::at(&address, &folder));
            }
        }
        let mut settings = settings.clone();
        settings.listen.address.set_port(0);
        let life = Lifecycle::new(Duration::from_secs(5), Duration::from_secs(10));
        let town = Town::open(&settings, Surroundings::usual(life)).await?;
        Ok(Self { address: town.running.address.to_string(), folder, own: Some(town) })
    }

    /// The accounts of the data directory.
    pub fn accounts(&self) -> anyhow::Result<Accounts> {
        Accounts::read(&self.folder)
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
