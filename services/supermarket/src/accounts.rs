//! The demo accounts: made at the first start with random secrets, kept in `accounts.json` (readable by its owner
//! only), printed once, and exchanged for tokens by `TokenService`. A cluster has an identity provider instead.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use contracts::policy::Role;
use rand::Rng as _;
use serde::{Deserialize, Serialize};

/// One demo account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Account {
    /// Its name.
    pub account: String,
    /// Its secret.
    pub secret: String,
    /// The organisation it acts for.
    pub org: String,
    /// What it may do, such as `CLERK`.
    pub roles: Vec<String>,
    /// The court it speaks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub court: Option<String>,
}

/// All demo accounts of a data directory.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Accounts {
    /// In the order in which they were made.
    pub accounts: Vec<Account>,
}

/// The accounts beside those of the directory's studios: who they are, for whom, and what they may do.
const STAFF: &[(&str, &str, Role)] = &[
    ("clerk-1", "hall-442000", Role::Clerk),
    ("clerk-2", "hall-442000", Role::Clerk),
    ("station-clerk-1", "station-442000001", Role::Clerk),
    ("supervisor-1", "hall-442000", Role::Supervisor),
    ("operator-1", "hall-442000", Role::Operator),
];

/// The courts' accounts.
const COURTS: &[&str] = &["court-20", "court-2071", "court-2072"];

impl Accounts {
    /// Reads the accounts of a data directory; makes them at the first start. The flag says whether they are new.
    pub fn open(folder: &Path) -> anyhow::Result<(Self, bool)> {
        let path = file(folder);
        if path.exists() {
            return Ok((Self::read(folder)?, false));
        }
        let accounts = Self::invent();
        let text = serde_json::to_string_pretty(&accounts)?;
        let unfinished = path.with_extension("new");
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut out =
            options.open(&unfinished).with_context(|| format!("writing {}", unfinished.display()))?;
        out.write_all(text.as_bytes())?;
        out.sync_all()?;
        std::fs::rename(&unfinished, &path)?;
        Ok((accounts, true))
    }

    /// Reads the accounts of a data directory that has been started before.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = file(folder);
        let text = std::fs::read_to_string(&path).with_context(|| {
            format!(
                "{} cannot be read: start the server once with this --data-dir, or name another",
                path.display()
            )
        })?;
        serde_json::from_str(&text).with_context(|| format!("{} is not a list of accounts", path.display()))
    }

    fn invent() -> Self {
        let mut accounts: Vec<Account> =
            STAFF.iter().map(|(name, org, role)| account(name, org, &[*role], None)).collect();
        accounts.extend(COURTS.iter().map(|court| account(court, court, &[Role::Court], Some(court))));
        for (name, org, roles) in routing::example_accounts() {
            accounts.push(account(&name, &org, &roles, None));
        }
        Self { accounts }
    }

    /// The account of this name.
    pub fn get(&self, name: &str) -> anyhow::Result<&Account> {
        self.accounts
            .iter()
            .find(|a| a.account == name)
            .with_context(|| format!("there is no account {name}"))
    }

    /// All accounts with a role, optionally of one organisation.
    pub fn with<'a>(&'a self, role: &'a str, org: Option<&'a str>) -> impl Iterator<Item = &'a Account> + 'a {
        self.accounts
            .iter()
            .filter(move |a| a.roles.iter().any(|r| r == role) && org.is_none_or(|org| a.org == org))
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join("accounts.json")
}

fn account(name: &str, org: &str, roles: &[Role], court: Option<&str>) -> Account {
    Account {
        account: name.to_owned(),
        secret: secret(),
        org: org.to_owned(),
        roles: roles.iter().map(|r| r.as_str_name().trim_start_matches("ROLE_").to_owned()).collect(),
        court: court.map(str::to_owned),
    }
}

/// 20 letters and digits without the ones that look alike: about 99 bits.
fn secret() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut random = rand::rng();
    (0..20).map(|_| char::from(LETTERS[random.random_range(0..LETTERS.len())])).collect()
}
