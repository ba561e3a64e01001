//! What a backup says of itself: what is in it, how far its memories were, and by which keys they are sealed.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use access::Vault;
use access::vault::Place;
use anyhow::{Context as _, bail};
use chrono::{DateTime, Utc};
use courier::backup::Progress;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The file.
pub const NAME: &str = "manifest.json";
/// The epochs that were begun from this backup.
const RESTORES: &str = "restores.json";
const MARK: Place<'_> = Place { centre: "", table: "backup", row: "manifest", field: "canary" };
const CANARY: &[u8] = b"supermarket";

/// What is in a backup. Written last: without it a folder is no backup.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The program's version.
    pub version: String,
    /// Which mode's.
    pub mode: Mode,
    /// When.
    pub taken: DateTime<Utc>,
    /// What tells the key file.
    pub keys: Keys,
    /// How far each memory was.
    pub memories: Vec<Memory>,
    /// The files beside this one.
    pub files: Vec<Kept>,
}

/// The manifest as it lies in its file: with its own digest.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    manifest: Manifest,
    sha256: String,
}

/// Which mode a backup is of. One cannot be put back into the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// SQLite files.
    Embedded,
    /// A PostgreSQL database.
    PostgreSql,
}

/// What tells one key file from another, and gives nothing away.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// Keyed, of fixed words.
    pub fingerprint: String,
    /// Fixed words, sealed with the data key.
    pub canary: String,
}

/// How far one memory was.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    /// Whose.
    pub service: String,
    /// Its epoch.
    pub epoch: u32,
    /// The last publication number given.
    pub last_seq: u64,
}

/// A file of the backup.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Its name in the folder.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its digest.
    pub sha256: String,
}

impl Keys {
    /// The mark of these keys.
    pub fn of(vault: &Vault) -> anyhow::Result<Self> {
        Ok(Self { fingerprint: vault.fingerprint(CANARY), canary: hex(&vault.seal(&MARK, CANARY)?) })
    }

    /// Whether these are the keys that the backup's contents are sealed with.
    pub fn fit(&self, vault: &Vault) -> bool {
        let opens =
            bytes(&self.canary).is_some_and(|sealed| vault.open(&MARK, &sealed).is_ok_and(|c| c == CANARY));
        opens && vault.fingerprint(CANARY) == self.fingerprint
    }
}

impl Memory {
    /// The line of one memory.
    pub fn of((service, progress): &(&str, Progress)) -> Self {
        Self { service: (*service).to_owned(), epoch: progress.epoch, last_seq: progress.last_seq }
    }
}

impl Kept {
    /// The line of a file in the folder.
    pub fn of(folder: &Path, name: &str) -> anyhow::Result<Self> {
        let path = folder.join(name);
        let reading = || format!("reading {}", path.display());
        let mut file = File::open(&path).with_context(reading)?;
        let mut digest = Digest(Sha256::new());
        let bytes = io::copy(&mut file, &mut digest).with_context(reading)?;
        Ok(Self { name: name.to_owned(), bytes, sha256: hex(&digest.0.finalize()) })
    }
}

struct Digest(Sha256);

impl io::Write for Digest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Manifest {
    /// Writes it: from then on the folder is a backup.
    pub fn write(self: &Manifest, folder: &Path) -> anyhow::Result<()> {
        let path = folder.join(NAME);
        let manifest = serde_json::to_value(self)?;
        let sha256 = digest_of(&manifest)?;
        let page = serde_json::json!({ "manifest": manifest, "sha256": sha256 });
        keep(&path, &serde_json::to_vec_pretty(&page)?).with_context(|| format!("writing {}", path.display()))
    }

    /// Reads it, and every file that it names; whatever is not as it was written is refused.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(NAME);
        let text =
            fs::read(&path).with_context(|| format!("{}: is this a complete backup?", path.display()))?;
        let damaged = || format!("{} is damaged: take another backup", path.display());
        let Sealed { manifest, sha256 } = serde_json::from_slice(&text).with_context(damaged)?;
        if digest_of(&serde_json::to_value(&manifest)?)? != sha256 {
            bail!(damaged());
        }
        for kept in &manifest.files {
            if kept.name.contains(['/', '\\']) {
                bail!(damaged());
            }
            let found = Kept::of(folder, &kept.name)?;
            if (found.bytes, &found.sha256) != (kept.bytes, &kept.sha256) {
                bail!(
                    "{} is not as it was backed up: take another backup",
                    folder.join(&kept.name).display()
                );
            }
        }
        Ok(manifest)
    }

    /// The highest epoch in it, or begun from it before.
    pub fn epoch(&self, folder: &Path) -> u32 {
        let begun = fs::read(folder.join(RESTORES)).ok().and_then(|text| serde_json::from_slice(&text).ok());
        let begun: Vec<u32> = begun.unwrap_or_default();
        self.memories.iter().map(|memory| memory.epoch).chain(begun).max().unwrap_or(0)
    }

    /// Keeps with the backup that an epoch is begun from it, so that no second restore begins the same one.
    pub fn begin(folder: &Path, epoch: u32) -> anyhow::Result<()> {
        let path = folder.join(RESTORES);
        let mut begun: Vec<u32> = match fs::read(&path) {
            Ok(text) => {
                serde_json::from_slice(&text).with_context(|| format!("{} is damaged", path.display()))?
            }
            Err(_) => Vec::new(),
        };
        begun.push(epoch);
        keep(&path, &serde_json::to_vec(&begun)?).with_context(|| {
            format!(
                "{} cannot be written: copy the backup to where it can, so that no epoch begins twice",
                path.display()
            )
        })
    }
}

/// Whole under its name or not at all, flushed, readable by its owner only.
fn keep(path: &Path, text: &[u8]) -> anyhow::Result<()> {
    let unfinished = path.with_extension("new");
    fs::write(&unfinished, text)?;
    super::restrict(&unfinished)?;
    File::open(&unfinished)?.sync_all()?;
    fs::rename(&unfinished, path)?;
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn digest_of(manifest: &serde_json::Value) -> anyhow::Result<String> {
    Ok(hex(&Sha256::digest(serde_json::to_vec(manifest)?)))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let pair = |at: usize| hex.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    (0..hex.len()).step_by(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_changed_afterwards_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::passing().unwrap();
        fs::write(folder.path().join("intake.db"), b"some pages").unwrap();
        let kept = Kept::of(folder.path(), "intake.db").unwrap();
        assert_eq!(kept.bytes, 10);
        let memories = vec![Memory { service: "intake".to_owned(), epoch: 3, last_seq: 7 }];
        let (version, taken) = ("0.1.0".to_owned(), "2026-03-02T01:00:00Z".parse().unwrap());
        let (keys, files) = (Keys::of(&vault).unwrap(), vec![kept]);
        Manifest { version, mode: Mode::Embedded, taken, keys, memories, files }
            .write(folder.path())
            .unwrap();
        let read = Manifest::read(folder.path()).unwrap();
        assert!(read.keys.fit(&vault) && !read.keys.fit(&Vault::passing().unwrap()));

        assert_eq!(read.epoch(folder.path()), 3);
        Manifest::begin(folder.path(), 4).unwrap();
        Manifest::begin(folder.path(), 5).unwrap();
        assert_eq!(read.epoch(folder.path()), 5, "a second restore does not begin the first one's epoch");

        let path = folder.path().join(NAME);
        let good = fs::read_to_string(&path).unwrap();
        for spoilt in
            [good.replace("\"epoch\": 3", "\"epoch\": 2"), good[..good.len() / 2].to_owned(), String::new()]
        {
            assert_ne!(spoilt, good);
            fs::write(&path, spoilt).unwrap();
            let refused = Manifest::read(folder.path()).unwrap_err().to_string();
            assert!(refused.contains("damaged"), "{refused}");
        }
        fs::write(&path, good).unwrap();
        fs::write(folder.path().join("intake.db"), b"other page").unwrap();
        let refused = Manifest::read(folder.path()).unwrap_err().to_string();
        assert!(refused.contains("not as it was backed up"), "{refused}");
    }
}
