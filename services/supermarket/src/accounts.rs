//! Making the demo accounts: at the first start, or by `supermarket seed`, with random secrets. Reception reads them from
//! their file and exchanges them for tokens. A cluster has an identity provider instead.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context as _;
use contracts::policy::Role;
use rand::Rng as _;
pub use reception::accounts::{Account, Accounts};

/// The accounts beside those of the directory's studios: who they are, for whom, and what they may do.
const STAFF: &[(&str, &str, Role)] = &[
    ("clerk-1", "hall-442000", Role::Clerk),
    ("clerk-2", "hall-442000", Role::Clerk),
    ("station-clerk-1", "station-442000001", Role::Clerk),
    ("station-head-1", "station-442000001", Role::StudioHead),
    ("village-clerk-1", "village-442000001-1", Role::Clerk),
    ("hall-head-1", "hall-442000", Role::StudioHead),
    ("police-1", "police-442000001", Role::StudioHead),
    ("police-clerk-1", "police-442000001", Role::Clerk),
    ("supervisor-1", "hall-442000", Role::Supervisor),
    ("operator-1", "hall-442000", Role::Operator),
];

/// The courts' accounts.
const COURTS: &[&str] = &["court-20", "court-2071", "court-2072"];

/// Reads the accounts; makes them first if there are none. The flag says whether they are new. Whoever starts together
/// ends with the same accounts: the file appears whole under its name or not at all.
pub fn open(path: &Path) -> anyhow::Result<(Accounts, bool)> {
    if path.exists() {
        return Ok((Accounts::read(path)?, false));
    }
    let made = write(path, &invent()).with_context(|| format!("writing {}", path.display()))?;
    Ok((Accounts::read(path)?, made))
}

/// Answers whether it was us.
fn write(path: &Path, accounts: &Accounts) -> io::Result<bool> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    let unfinished = path.with_extension(format!("{:016x}.new", rand::rng().random::<u64>()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(&unfinished)?;
    out.write_all(&serde_json::to_vec_pretty(accounts)?)?;
    out.sync_all()?;
    let linked = fs::hard_link(&unfinished, path);
    fs::remove_file(&unfinished)?;
    match linked {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

fn invent() -> Accounts {
    let mut accounts: Vec<Account> =
        STAFF.iter().map(|(name, org, role)| account(name, org, &[*role], None)).collect();
    accounts.extend(COURTS.iter().map(|court| account(court, court, &[Role::Court], Some(court))));
    for (name, org, roles) in routing::example_accounts() {
        accounts.push(account(&name, &org, &roles, None));
    }
    Accounts { accounts }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_once_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/accounts.json");
        let (first, new) = open(&path).unwrap();
        let (again, newer) = open(&path).unwrap();
        assert!(new && !newer);
        assert_eq!(first.get("clerk-1").unwrap().secret, again.get("clerk-1").unwrap().secret);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no draft left behind");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn whoever_makes_them_second_reads_the_first_s() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("accounts.json");
        assert!(write(&path, &invent()).unwrap());
        let first = Accounts::read(&path).unwrap();
        assert!(!write(&path, &invent()).unwrap());
        assert_eq!(
            Accounts::read(&path).unwrap().accounts[0].secret,
            first.accounts[0].secret,
            "nobody's secret changes after it was printed"
        );
    }
}
