//! The key file: where every secret of an installation lives, and the only place.
//!
//! One JSON file beside the databases, readable by its owner alone, made with the operating system's
//! randomness the first time a service starts. Whoever loses it loses every sealed field, so it is never
//! rewritten, never guessed around, and belongs in the backup plan (apart from the database backups).
//! Several processes may start at once: the file appears whole under its name or not at all, and the
//! loser of the race reads the winner's keys.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand::TryRngCore;
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Why the key file cannot be used. Carries the path, never the content.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileFault {
    /// The file or its folder cannot be read or written.
    #[error("key file {path}: {source}")]
    Io {
        /// The file in question.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Others than the owner may read the file.
    #[error("key file {0} is readable by others: chmod 600 it")]
    Open(PathBuf),
    /// The file is not what this program writes.
    #[error("key file {0} is damaged or of another version")]
    Damaged(PathBuf),
    /// The operating system gave no randomness.
    #[error("the operating system gives no randomness")]
    NoRandomness,
}

/// One 256-bit secret, wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Key(pub(crate) [u8; 32]);

impl Key {
    fn random() -> Result<Self, KeyFileFault> {
        let mut bytes = [0; 32];
        OsRng.try_fill_bytes(&mut bytes).map_err(|_| KeyFileFault::NoRandomness)?;
        Ok(Self(bytes))
    }
}

/// Every secret of an installation. Data keys are numbered so that a later one can join the first: the last
/// seals, each opens what it sealed.
pub(crate) struct Keys {
    pub(crate) data: Vec<(u32, Key)>,
    pub(crate) index: Key,
    pub(crate) fingerprint: Key,
    pub(crate) page: Key,
    /// The Ed25519 seed that signs tokens.
    pub(crate) signing: Key,
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    data: Vec<StoredDataKey>,
    index: String,
    fingerprint: String,
    page: String,
    /// PKCS #8, so that other tools can read it.
    signing: String,
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct StoredDataKey {
    id: u32,
    key: String,
}

/// What stands before the 32 seed bytes of every Ed25519 key in PKCS #8 (RFC 8410, version 0).
const PKCS8_ED25519: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

impl Keys {
    pub(crate) fn random() -> Result<Self, KeyFileFault> {
        Ok(Self {
            data: vec![(1, Key::random()?)],
            index: Key::random()?,
            fingerprint: Key::random()?,
            page: Key::random()?,
            signing: Key::random()?,
        })
    }

    /// Reads the file; makes it first if there is none.
    pub(crate) fn at(path: &Path) -> Result<Self, KeyFileFault> {
        match Self::read(path) {
            Err(KeyFileFault::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                Self::random()?.write(path)?;
                Self::read(path)
            }
            other => other,
        }
    }

    /// Reads the file, which must be there.
    pub(crate) fn read(path: &Path) -> Result<Self, KeyFileFault> {
        let io = |source| KeyFileFault::Io { path: path.into(), source };
        let damaged = || KeyFileFault::Damaged(path.into());
        refuse_if_readable_by_others(path)?;
        let text = Zeroizing::new(fs::read(path).map_err(io)?);
        let stored: Stored = serde_json::from_slice(&text).map_err(|_| damaged())?;
        if stored.version != 1 || stored.data.is_empty() {
            return Err(damaged());
        }
        let mut data = Vec::with_capacity(stored.data.len());
        for entry in &stored.data {
            data.push((entry.id, plain(&entry.key).ok_or_else(damaged)?));
        }
        let pkcs8 = Zeroizing::new(STANDARD.decode(&stored.signing).map_err(|_| damaged())?);
        let seed = pkcs8.strip_prefix(PKCS8_ED25519.as_slice()).ok_or_else(damaged)?;
        Ok(Self {
            data,
            index: plain(&stored.index).ok_or_else(damaged)?,
            fingerprint: plain(&stored.fingerprint).ok_or_else(damaged)?,
            page: plain(&stored.page).ok_or_else(damaged)?,
            signing: Key(seed.try_into().map_err(|_| damaged())?),
        })
    }

    fn write(&self, path: &Path) -> Result<(), KeyFileFault> {
        let io = |source| KeyFileFault::Io { path: path.into(), source };
        let stored = Stored {
            version: 1,
            data: self.data.iter().map(|(id, key)| StoredDataKey { id: *id, key: text(key) }).collect(),
            index: text(&self.index),
            fingerprint: text(&self.fingerprint),
            page: text(&self.page),
            signing: STANDARD.encode(self.signing_pkcs8()),
        };
        let content = Zeroizing::new(serde_json::to_vec_pretty(&stored).map_err(|e| io(e.into()))?);
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(io)?;
        let draft =
            folder.join(format!(".keys.{}.{}", std::process::id(), OsRng.try_next_u64().unwrap_or(0)));
        let written = write_private(&draft, &content).and_then(|()| match fs::hard_link(&draft, path) {
            // Another process was faster: its keys are the keys.
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other,
        });
        let removed = fs::remove_file(&draft);
        written.and(removed).and_then(|()| fs::File::open(folder)?.sync_all()).map_err(io)
    }

    /// The signing key in the form that token libraries take.
    pub(crate) fn signing_pkcs8(&self) -> Zeroizing<Vec<u8>> {
        let mut der = Vec::with_capacity(PKCS8_ED25519.len() + self.signing.0.len());
        der.extend_from_slice(&PKCS8_ED25519);
        der.extend_from_slice(&self.signing.0);
        Zeroizing::new(der)
    }
}

fn text(key: &Key) -> String {
    STANDARD.encode(key.0)
}

fn plain(text: &str) -> Option<Key> {
    let bytes = Zeroizing::new(STANDARD.decode(text).ok()?);
    Some(Key(bytes.as_slice().try_into().ok()?))
}

#[cfg(unix)]
fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(not(unix))]
fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(unix)]
fn refuse_if_readable_by_others(path: &Path) -> Result<(), KeyFileFault> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path)
        .map_err(|source| KeyFileFault::Io { path: path.into(), source })?
        .permissions()
        .mode();
    if mode & rights_of_others(path) == 0 { Ok(()) } else { Err(KeyFileFault::Open(path.into())) }
}

/// Where systemd hands its credentials over.
#[cfg(unix)]
const CREDENTIALS: &str = "/run/credentials";

/// The bits of a file's mode that let others in. A credential is systemd's own copy, which the service reads by an access
/// list: the list's mask then stands where the group's rights would, and says nothing of the group.
#[cfg(unix)]
fn rights_of_others(path: &Path) -> u32 {
    if path.starts_with(CREDENTIALS) { 0o037 } else { 0o077 }
}

#[cfg(not(unix))]
fn refuse_if_readable_by_others(_: &Path) -> Result<(), KeyFileFault> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_once_private_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/keys.json");
        let first = Keys::at(&path).unwrap();
        let again = Keys::at(&path).unwrap();
        assert_eq!(first.signing.0, again.signing.0);
        assert_eq!(first.data[0].1.0, again.data[0].1.0);
        assert_ne!(first.index.0, first.fingerprint.0);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no draft left behind");
    }

    #[cfg(unix)]
    #[test]
    fn only_a_credential_of_systemd_may_show_a_mask_for_the_group() {
        let credential = Path::new("/run/credentials/supermarket@intake.service/keys.json");
        assert_eq!(0o440 & rights_of_others(credential), 0);
        assert_ne!(0o444 & rights_of_others(credential), 0);
        assert_ne!(0o460 & rights_of_others(credential), 0);
        assert_ne!(0o440 & rights_of_others(Path::new("/etc/supermarket/keys.json")), 0);
    }

    #[test]
    fn whoever_starts_together_ends_with_the_same_keys() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        let seen: Vec<[u8; 32]> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| Keys::at(&path).unwrap().signing.0)).collect();
            starts.into_iter().map(|start| start.join().unwrap()).collect()
        });
        assert!(seen.iter().all(|key| *key == seen[0]));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        Keys::at(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Keys::at(&path), Err(KeyFileFault::Open(_))));
    }

    #[test]
    fn a_damaged_file_is_refused_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        Keys::at(&path).unwrap();
        let whole = fs::read_to_string(&path).unwrap();
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        assert!(matches!(Keys::at(&path), Err(KeyFileFault::Damaged(_))));
        assert_eq!(fs::read_to_string(&path).unwrap(), whole[..whole.len() / 2]);
    }
}
