//! What the settings say in one line and a process needs in parts: files, addresses, and names with `{service}` in them.

use std::path::{Path, PathBuf};

use super::{Data, Database, Services, Settings, Transport};

/// What stands for the service's name.
pub(super) const SERVICE: &str = "{service}";

impl Settings {
    /// Whether this is the embedded mode: SQLite files, and the whole town in one process.
    pub fn is_embedded(&self) -> bool {
        self.database.url.reveal().is_empty()
    }
}

impl Data {
    /// The key file.
    pub fn key_file(&self) -> PathBuf {
        self.file(&self.keys, "keys.json")
    }

    /// The file of the demo accounts.
    pub fn account_file(&self) -> PathBuf {
        self.file(&self.accounts, "accounts.json")
    }

    fn file(&self, named: &Path, usual: &str) -> PathBuf {
        if named.as_os_str().is_empty() { self.dir.join(usual) } else { named.to_owned() }
    }
}

impl Database {
    /// The database of one service. It may hold a password.
    pub fn url_of(&self, service: &str) -> String {
        self.url.reveal().replace(SERVICE, service)
    }
}

impl Transport {
    /// The servers, one by one.
    pub fn server_list(&self) -> Vec<&str> {
        split(&self.servers).collect()
    }

    /// The user and the password of one service; none if there is no password.
    pub fn login(&self, service: &str) -> Option<(String, String)> {
        let filled = |text: &str| text.replace(SERVICE, service);
        let password = self.password.reveal();
        (!password.is_empty()).then(|| (filled(&self.user), filled(password)))
    }
}

impl Services {
    /// Every service with its line.
    pub(super) fn all(&self) -> [(&'static str, &str); 5] {
        [
            ("intake", &self.intake),
            ("routing", &self.routing),
            ("mediation", &self.mediation),
            ("transfer", &self.transfer),
            ("oversight", &self.oversight),
        ]
    }

    /// Where the replicas of a service are; empty if nobody said so, or if there is no such service.
    pub fn replicas_of(&self, service: &str) -> Vec<&str> {
        self.all()
            .into_iter()
            .filter(|(name, _)| *name == service)
            .flat_map(|(_, list)| split(list))
            .collect()
    }
}

/// The entries of a list with commas.
pub(super) fn split(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|entry| !entry.is_empty())
}
