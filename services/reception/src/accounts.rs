//! The demo accounts, as they stand in their file (readable by its owner only). TokenService exchanges them for tokens;
//! the command line signs in with them. A cluster with an identity provider has none.

use std::path::{Path, PathBuf};

use lexicon::{AccountId, CentreId, CourtId, OrgId};
use serde::{Deserialize, Serialize};

use crate::token::Credential;

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

/// All demo accounts of an installation.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Accounts {
    /// In the order in which they were made.
    pub accounts: Vec<Account>,
}

/// Why there are no accounts. Never with a secret.
#[derive(Debug, thiserror::Error)]
pub enum AccountFault {
    /// The file cannot be read.
    #[error(
        "{path} cannot be read ({source}): start the server once with this --data-dir, or name another; in a cluster \
         `supermarket seed` makes it"
    )]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The file is something else.
    #[error("{0} is not a list of accounts")]
    Damaged(PathBuf),
    /// An account cannot be used.
    #[error("the account {account} has {what}")]
    Malformed {
        /// Whose.
        account: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// There is no such account.
    #[error("there is no account {0}")]
    Unknown(String),
}

impl Accounts {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<Self, AccountFault> {
        let text =
            std::fs::read(path).map_err(|source| AccountFault::Io { path: path.to_owned(), source })?;
        serde_json::from_slice(&text).map_err(|_| AccountFault::Damaged(path.to_owned()))
    }

    /// The account of this name.
    pub fn get(&self, name: &str) -> Result<&Account, AccountFault> {
        let found = self.accounts.iter().find(|account| account.account == name);
        found.ok_or_else(|| AccountFault::Unknown(name.to_owned()))
    }

    /// All accounts with a role, optionally of one organisation.
    pub fn with<'a>(&'a self, role: &'a str, org: Option<&'a str>) -> impl Iterator<Item = &'a Account> + 'a {
        self.accounts
            .iter()
            .filter(move |a| a.roles.iter().any(|r| r == role) && org.is_none_or(|org| a.org == org))
    }

    /// The same for whoever issues tokens.
    pub fn credentials(&self, centre: &str) -> Result<Vec<Credential>, AccountFault> {
        self.accounts.iter().map(|account| account.credential(centre)).collect()
    }
}

impl Account {
    fn credential(&self, centre: &str) -> Result<Credential, AccountFault> {
        let wrong = |what| AccountFault::Malformed { account: self.account.clone(), what };
        let roles = self.roles.iter().map(|role| {
            contracts::policy::Role::from_str_name(&format!("ROLE_{role}"))
                .ok_or_else(|| wrong("an unknown role"))
        });
        let court = self.court.as_deref().map(CourtId::new).transpose();
        Ok(Credential {
            account: access::Account {
                account: AccountId::new(&self.account).map_err(|_| wrong("a malformed name"))?,
                org: OrgId::new(&self.org).map_err(|_| wrong("a malformed organisation"))?,
                centre: CentreId::new(centre).map_err(|_| wrong("a malformed centre: see centre.id"))?,
                roles: roles.collect::<Result<_, _>>()?,
                court: court.map_err(|_| wrong("a malformed court"))?,
            },
            secret: self.secret.clone(),
        })
    }
}
