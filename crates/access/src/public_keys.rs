//! The public keys of an identity provider: a JWKS file that somebody else keeps up to date.
//!
//! The file is looked at again when its time or length has changed, at most every ten seconds of the caller's clock. A
//! file that has become unreadable or holds no key of use leaves the former keys in force, and says so in the log: a
//! provider's accident must not lock everybody out. At the start there are no former keys, so a bad file is refused.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use serde::de::IgnoredAny;

const LOOK_EVERY_SECONDS: i64 = 10;
/// No honest file is larger; a larger one would be read at every look.
const FILE_BYTES: u64 = 256 * 1024;
const ED25519_BYTES: usize = 32;

/// Why a file of public keys cannot be used. Carries the path, never the content.
#[derive(Debug, thiserror::Error)]
pub enum PublicKeyFault {
    /// The file cannot be read.
    #[error("public keys {path}: {source}")]
    Io {
        /// The file in question.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Larger than any honest one.
    #[error("public keys {0}: larger than 256 KiB")]
    TooLarge(PathBuf),
    /// Not JSON of the form that RFC 7517 gives.
    #[error("public keys {0}: not a JWKS file")]
    NotJwks(PathBuf),
    /// A private key has no business there.
    #[error("public keys {0}: it holds a private key; take it out, and treat that key as known to others")]
    Private(PathBuf),
    /// Two keys under one name.
    #[error("public keys {0}: two Ed25519 keys have the same kid")]
    Twice(PathBuf),
    /// Nothing that could verify a token here.
    #[error("public keys {0}: no Ed25519 key for signatures (kty OKP, crv Ed25519)")]
    NoKey(PathBuf),
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(default)]
    crv: Option<String>,
    #[serde(default)]
    x: Option<String>,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, rename = "use")]
    purpose: Option<String>,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default)]
    d: Option<IgnoredAny>,
}

/// One key, and what tokens call it.
pub(crate) struct PublicKey {
    pub(crate) kid: Option<String>,
    pub(crate) key: DecodingKey,
}

/// The keys that are in force, and how often they have changed.
#[derive(Clone)]
pub(crate) struct InForce {
    pub(crate) generation: u64,
    pub(crate) keys: Arc<Vec<PublicKey>>,
}

/// A file of keys. Share it.
pub(crate) struct PublicKeys {
    path: PathBuf,
    state: Mutex<State>,
}

struct State {
    in_force: InForce,
    looked_at: i64,
    version: Version,
}

/// What tells two versions of a file apart without reading it.
type Version = Option<(SystemTime, u64)>;

impl PublicKeys {
    pub(crate) fn at(path: &Path) -> Result<Self, PublicKeyFault> {
        let version = version(path);
        let in_force = InForce { generation: 1, keys: Arc::new(read(path)?) };
        let state = State { in_force, looked_at: i64::MIN, version };
        Ok(Self { path: path.to_owned(), state: Mutex::new(state) })
    }

    /// The keys to use now.
    pub(crate) fn in_force(&self, now: DateTime<Utc>) -> InForce {
        let now = now.timestamp();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back must not stop the looking.
        if now.abs_diff(state.looked_at) >= LOOK_EVERY_SECONDS.unsigned_abs() {
            state.looked_at = now;
            let found = version(&self.path);
            if found != state.version {
                state.version = found;
                self.renew(&mut state.in_force);
            }
        }
        state.in_force.clone()
    }

    fn renew(&self, in_force: &mut InForce) {
        match read(&self.path) {
            Ok(keys) => {
                tracing::info!(path = %self.path.display(), keys = keys.len(), "new public keys are in force");
                *in_force = InForce { generation: in_force.generation + 1, keys: Arc::new(keys) };
            }
            Err(fault) => tracing::error!(%fault, "the former public keys stay in force"),
        }
    }
}

fn version(path: &Path) -> Version {
    let found = fs::metadata(path).ok()?;
    Some((found.modified().ok()?, found.len()))
}

fn read(path: &Path) -> Result<Vec<PublicKey>, PublicKeyFault> {
    let io = |source| PublicKeyFault::Io { path: path.into(), source };
    if fs::metadata(path).map_err(io)?.len() > FILE_BYTES {
        return Err(PublicKeyFault::TooLarge(path.into()));
    }
    let text = fs::read(path).map_err(io)?;
    let set: Set = serde_json::from_slice(&text).map_err(|_| PublicKeyFault::NotJwks(path.into()))?;
    if set.keys.iter().any(|jwk| jwk.d.is_some()) {
        return Err(PublicKeyFault::Private(path.into()));
    }
    // Keys of other kinds are for others.
    let keys: Vec<PublicKey> = set.keys.into_iter().filter_map(usable).collect();
    let mut names = HashSet::new();
    if !keys.iter().all(|key| names.insert(key.kid.as_deref())) {
        return Err(PublicKeyFault::Twice(path.into()));
    }
    if keys.is_empty() { Err(PublicKeyFault::NoKey(path.into())) } else { Ok(keys) }
}

fn usable(jwk: Jwk) -> Option<PublicKey> {
    let signs = jwk.purpose.as_deref().is_none_or(|purpose| purpose == "sig");
    // RFC 8037 calls the algorithm EdDSA, RFC 9864 Ed25519.
    let ours = jwk.alg.as_deref().is_none_or(|alg| ["EdDSA", "Ed25519"].contains(&alg));
    if jwk.kty != "OKP" || jwk.crv.as_deref() != Some("Ed25519") || !signs || !ours {
        return None;
    }
    let x = jwk.x?;
    let whole = URL_SAFE_NO_PAD.decode(&x).is_ok_and(|bytes| bytes.len() == ED25519_BYTES);
    let key = DecodingKey::from_ed_components(&x).ok().filter(|_| whole)?;
    Some(PublicKey { kid: jwk.kid, key })
}
