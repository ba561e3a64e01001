//! Sealing what is personal, and finding it again without opening it.
//!
//! A sealed value is bound to its place (centre, table, row, field): copied anywhere else it does not open.
//! Look-ups go over keyed digests, one purpose each, because the identity numbers of a whole country are
//! few enough to be tried one by one against any digest without a key.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hmac::{Hmac, Mac};
use rand::TryRngCore;
use rand::rngs::OsRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::keys::{Key, KeyFileFault, Keys};

/// AES-256-GCM: the first byte of every sealed value, so that another cipher can follow one day.
const AES_256_GCM: u8 = 1;
const NONCE: usize = 12;
const HEAD: usize = 1 + 4 + NONCE;

/// Where a sealed value lives. It opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The governance centre of the row.
    pub centre: &'a str,
    /// The table.
    pub table: &'a str,
    /// The row's id as text.
    pub row: &'a str,
    /// The column, or the field inside a blob.
    pub field: &'a str,
}

impl Place<'_> {
    /// Each part with its length before it: "ab"+"c" and "a"+"bc" are different places.
    fn bytes(&self) -> Vec<u8> {
        length_prefixed(&[self.centre, self.table, self.row, self.field])
    }
}

/// Why something did not seal or open. It never tells which byte was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultFault {
    /// Not a sealed value, of another place, or changed.
    #[error("a sealed value does not open in its place")]
    DoesNotOpen,
    /// Sealed under a key that this key file does not hold.
    #[error("a sealed value names data key {0}, which the key file does not hold")]
    UnknownKey(u32),
    /// The operating system gave no randomness for a nonce.
    #[error("the operating system gives no randomness")]
    NoRandomness,
}

/// The keys at work. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    pub(crate) keys: Arc<Keys>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(keys hidden)")
    }
}

impl Vault {
    /// The keys of the file at `path`, which is made if it does not exist.
    pub fn at(path: &Path) -> Result<Self, KeyFileFault> {
        Ok(Self { keys: Arc::new(Keys::at(path)?) })
    }

    /// The keys of the file at `path`, which must be there: for processes that share one.
    pub fn shared(path: &Path) -> Result<Self, KeyFileFault> {
        Ok(Self { keys: Arc::new(Keys::read(path)?) })
    }

    /// Keys that live as long as this process: for tests and for a memory that is thrown away.
    pub fn passing() -> Result<Self, KeyFileFault> {
        Ok(Self { keys: Arc::new(Keys::random()?) })
    }

    /// Seals `clear` for its place: algorithm (1 byte), key id (4), nonce (12), ciphertext with tag.
    pub fn seal(&self, place: &Place<'_>, clear: &[u8]) -> Result<Vec<u8>, VaultFault> {
        let (id, key) = self.keys.data.last().ok_or(VaultFault::UnknownKey(0))?;
        let mut nonce = [0; NONCE];
        OsRng.try_fill_bytes(&mut nonce).map_err(|_| VaultFault::NoRandomness)?;
        let payload = Payload { msg: clear, aad: &place.bytes() };
        let sealed = cipher(key).encrypt(Nonce::from_slice(&nonce), payload);
        let sealed = sealed.map_err(|_| VaultFault::DoesNotOpen)?;
        let mut stored = Vec::with_capacity(HEAD + sealed.len());
        stored.push(AES_256_GCM);
        stored.extend_from_slice(&id.to_be_bytes());
        stored.extend_from_slice(&nonce);
        stored.extend_from_slice(&sealed);
        Ok(stored)
    }

    /// Opens what [`Vault::seal`] made for the same place.
    pub fn open(&self, place: &Place<'_>, stored: &[u8]) -> Result<Vec<u8>, VaultFault> {
        let (head, sealed) = stored.split_at_checked(HEAD).ok_or(VaultFault::DoesNotOpen)?;
        let [AES_256_GCM, a, b, c, d, nonce @ ..] = head else {
            return Err(VaultFault::DoesNotOpen);
        };
        let id = u32::from_be_bytes([*a, *b, *c, *d]);
        let key = self.keys.data.iter().find(|(known, _)| *known == id);
        let (_, key) = key.ok_or(VaultFault::UnknownKey(id))?;
        let payload = Payload { msg: sealed, aad: &place.bytes() };
        cipher(key).decrypt(Nonce::from_slice(nonce), payload).map_err(|_| VaultFault::DoesNotOpen)
    }

    /// The blind index of a normalised value: equal values give equal text within one purpose, and nothing
    /// can be read from it without the key.
    pub fn index(&self, purpose: &str, normalised: &str) -> String {
        hex(&keyed(&self.keys.index, &length_prefixed(&[purpose, normalised])))
    }

    /// The keyed digest of a request's body, to tell a replay from another request under the same id.
    pub fn fingerprint(&self, body: &[u8]) -> String {
        hex(&keyed(&self.keys.fingerprint, body))
    }

    /// The signing key for tokens.
    pub(crate) fn signing_pkcs8(&self) -> Zeroizing<Vec<u8>> {
        self.keys.signing_pkcs8()
    }
}

/// HMAC-SHA-256.
pub(crate) fn keyed(key: &Key, message: &[u8]) -> [u8; 32] {
    let mut pad = hmac_for(key);
    pad.update(message);
    pad.finalize().into_bytes().into()
}

/// An HMAC ready for its message. HMAC fills a short key up with zeros to one block of the hash; done here,
/// because the fixed-size constructor cannot fail.
pub(crate) fn hmac_for(key: &Key) -> Hmac<Sha256> {
    let mut block = Zeroizing::new([0_u8; 64]);
    block[..key.0.len()].copy_from_slice(&key.0);
    <Hmac<Sha256> as hmac::KeyInit>::new(&(*block).into())
}

/// Parts joined without ambiguity.
pub(crate) fn length_prefixed(parts: &[&str]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(parts.iter().map(|part| part.len() + 4).sum());
    for part in parts {
        joined.extend_from_slice(&(part.len() as u32).to_be_bytes());
        joined.extend_from_slice(part.as_bytes());
    }
    joined
}

fn cipher(key: &Key) -> Aes256Gcm {
    Aes256Gcm::new(aes_gcm::Key::<Aes256Gcm>::from_slice(&key.0))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const HOME: Place<'_> = Place { centre: "442000", table: "party", row: "r-1", field: "name" };

    #[test]
    fn opens_at_home_and_nowhere_else() {
        let vault = Vault::passing().unwrap();
        let stored = vault.seal(&HOME, "张三".as_bytes()).unwrap();
        assert_eq!(vault.open(&HOME, &stored).unwrap(), "张三".as_bytes());
        let moved = [
            Place { centre: "440100", ..HOME },
            Place { table: "note", ..HOME },
            Place { row: "r-2", ..HOME },
            Place { field: "phone", ..HOME },
            // the same letters, cut elsewhere
            Place { table: "partyr", row: "-1", ..HOME },
        ];
        for place in moved {
            assert_eq!(vault.open(&place, &stored), Err(VaultFault::DoesNotOpen), "{place:?}");
        }
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let vault = Vault::passing().unwrap();
        let stored = vault.seal(&HOME, b"secret").unwrap();
        assert_eq!(stored[..5], [1, 0, 0, 0, 1]);
        assert_eq!(stored.len(), HEAD + 6 + 16);
        for at in 0..stored.len() {
            let mut changed = stored.clone();
            changed[at] ^= 1;
            assert!(vault.open(&HOME, &changed).is_err(), "byte {at}");
            assert!(vault.open(&HOME, &stored[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn another_installation_opens_nothing() {
        let stored = Vault::passing().unwrap().seal(&HOME, b"secret").unwrap();
        assert!(Vault::passing().unwrap().open(&HOME, &stored).is_err());
    }

    #[test]
    fn nonces_do_not_repeat() {
        let vault = Vault::passing().unwrap();
        let nonces: HashSet<Vec<u8>> =
            (0..20_000).map(|_| vault.seal(&HOME, b"x").unwrap()[5..HEAD].to_vec()).collect();
        assert_eq!(nonces.len(), 20_000);
    }

    #[test]
    fn an_older_key_still_opens_what_it_sealed() {
        let mut keys = Keys::random().unwrap();
        let old = Vault { keys: Arc::new(Keys { data: keys.data.clone(), ..Keys::random().unwrap() }) };
        let stored = old.seal(&HOME, b"secret").unwrap();
        keys.data.push((2, Key([7; 32])));
        let new = Vault { keys: Arc::new(keys) };
        assert_eq!(new.open(&HOME, &stored).unwrap(), b"secret");
        let fresh = new.seal(&HOME, b"secret").unwrap();
        assert_eq!(fresh[4], 2);
        assert_eq!(old.open(&HOME, &fresh), Err(VaultFault::UnknownKey(2)));
    }

    #[test]
    fn digests_are_keyed_and_apart() {
        let vault = Vault::passing().unwrap();
        let number = "11010519491231002X";
        let index = vault.index("party", number);
        assert_eq!(index, vault.index("party", number));
        assert_ne!(index, vault.index("staff", number));
        assert_ne!(index, vault.fingerprint(number.as_bytes()));
        assert_ne!(index, Vault::passing().unwrap().index("party", number));
        let bare = <Sha256 as sha2::Digest>::digest(number.as_bytes());
        assert_ne!(index, hex(&bare));
    }

    #[test]
    fn hmac_matches_the_published_vector() {
        // RFC 4231, case 6 uses a longer key; case 2 with "Jefe" filled up to 32 bytes is the same HMAC,
        // because HMAC itself fills keys up with zeros.
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        let digest = hex(&keyed(&Key(key), b"what do ya want for nothing?"));
        assert_eq!(digest, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn a_shared_key_file_is_never_made_by_whoever_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        assert!(matches!(Vault::shared(&path), Err(KeyFileFault::Io { .. })));
        assert!(!path.exists());
        let stored = Vault::at(&path).unwrap().seal(&HOME, b"secret").unwrap();
        assert_eq!(Vault::shared(&path).unwrap().open(&HOME, &stored).unwrap(), b"secret");
    }

    #[test]
    fn keys_are_not_printed() {
        assert_eq!(format!("{:?}", Vault::passing().unwrap()), "Vault(keys hidden)");
    }
}
