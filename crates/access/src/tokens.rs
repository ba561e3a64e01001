//! Access tokens: signed with Ed25519, short-lived, and read with suspicion.
//!
//! Two may sign: this house with its vault's key, and an identity provider with the keys of a file ([`Tokens::trusting`]).
//! A token that names a key (`kid`) is checked with that key alone, one that names none with the keys without a name; ours
//! have none. Services are ours alone: a provider's token that says so is refused. Where only the provider signs people in
//! ([`Tokens::for_services_only`]), a token of ours is a service's or nobody's.
//!
//! The library checks the signature and nothing that has to do with time: time is an argument here, as
//! everywhere. Claims are strictly typed, because a library once took an `exp` of the wrong type for an
//! absent one. A token that was verified is remembered by its digest until it ends, so that a busy caller
//! costs one signature check a token and not one a call.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Duration, Utc};
use contracts::policy::Role;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, TokenData, Validation, decode, decode_header, encode,
};
use lexicon::{AccountId, CentreId, CourtId, OrgId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::caller::{Account, Caller};
use crate::public_keys::{PublicKey, PublicKeyFault, PublicKeys};
use crate::vault::Vault;

/// The longest token that is looked at.
pub const TOKEN_BYTES: usize = 8 * 1024;
/// No token of ours lives longer, so one that says so is not ours.
const LONGEST_LIFE_HOURS: i64 = 24;
/// A token is good from a little before it was issued: the clocks of two machines differ.
const CLOCK_DIFFERENCE_SECONDS: i64 = 30;
const REMEMBERED: usize = 4096;

/// Why a token does not open the door. The caller is told this much and no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// Longer than any token of ours.
    #[error("the token is too long")]
    TooLong,
    /// Not a token, not signed by us, or with claims that are missing, mistyped or of another house.
    #[error("the token is not valid here")]
    Invalid,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Its time has not come.
    #[error("the token is not valid yet")]
    NotYet,
}

/// Why tokens cannot be made at all.
#[derive(Debug, thiserror::Error)]
pub enum IssueFault {
    /// The signing key does not sign.
    #[error("the signing key does not work")]
    Key,
    /// A token must live, and at most a day.
    #[error("a token lives between one second and {LONGEST_LIFE_HOURS} hours")]
    Life,
    /// An account without a role could do nothing.
    #[error("an account without a role gets no token")]
    NoRole,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: AccountId,
    exp: i64,
    nbf: i64,
    iat: i64,
    org: OrgId,
    centre: CentreId,
    roles: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    court: Option<CourtId>,
}

struct Remembered {
    caller: Arc<Caller>,
    nbf: i64,
    exp: i64,
    /// The public keys that were in force: a token of a key that is gone is gone too.
    generation: u64,
}

/// Whose signature is on a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Signed {
    Ours,
    Theirs,
}

/// Issues and verifies. Share it: the memory of verified tokens is inside.
pub struct Tokens {
    issuer: String,
    audience: String,
    signing: EncodingKey,
    checking: DecodingKey,
    validation: Validation,
    provider: Option<PublicKeys>,
    services_only: bool,
    remembered: Mutex<HashMap<[u8; 32], Remembered>>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tokens({} for {})", self.issuer, self.audience)
    }
}

impl Tokens {
    /// Tokens of `issuer` for `audience`, signed with the vault's key.
    pub fn new(vault: &Vault, issuer: &str, audience: &str) -> Result<Self, IssueFault> {
        let signing = EncodingKey::from_ed_der(&vault.signing_pkcs8());
        let public = Jwk::from_encoding_key(&signing, Algorithm::EdDSA).map_err(|_| IssueFault::Key)?;
        let AlgorithmParameters::OctetKeyPair(pair) = public.algorithm else {
            return Err(IssueFault::Key);
        };
        let checking = DecodingKey::from_ed_components(&pair.x).map_err(|_| IssueFault::Key)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        Ok(Self {
            issuer: issuer.into(),
            audience: audience.into(),
            signing,
            checking,
            validation,
            provider: None,
            services_only: false,
            remembered: Mutex::default(),
        })
    }

    /// Accepts also what an identity provider has signed as the same issuer; its public keys stand in a JWKS file, which
    /// is looked at again while it is in use.
    pub fn trusting(mut self, file: &Path) -> Result<Self, PublicKeyFault> {
        self.provider = Some(PublicKeys::at(file)?);
        Ok(self)
    }

    /// Takes no token of ours for a person's.
    #[must_use]
    pub fn for_services_only(mut self) -> Self {
        self.services_only = true;
        self
    }

    /// A token for the account, good from now for `life`.
    pub fn issue(&self, account: &Account, now: DateTime<Utc>, life: Duration) -> Result<String, IssueFault> {
        if life < Duration::seconds(1) || life > Duration::hours(LONGEST_LIFE_HOURS) {
            return Err(IssueFault::Life);
        }
        if account.roles.is_empty() {
            return Err(IssueFault::NoRole);
        }
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: account.account.clone(),
            exp: (now + life).timestamp(),
            nbf: now.timestamp() - CLOCK_DIFFERENCE_SECONDS,
            iat: now.timestamp(),
            org: account.org.clone(),
            centre: account.centre.clone(),
            roles: account.roles.iter().map(|role| role.as_str_name().to_owned()).collect(),
            court: account.court.clone(),
        };
        encode(&Header::new(Algorithm::EdDSA), &claims, &self.signing).map_err(|_| IssueFault::Key)
    }

    /// Who calls with this token.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Arc<Caller>, TokenFault> {
        if token.len() > TOKEN_BYTES {
            return Err(TokenFault::TooLong);
        }
        let provider = self.provider.as_ref().map(|file| file.in_force(now));
        let (generation, theirs) =
            provider.as_ref().map_or((0, &[][..]), |found| (found.generation, found.keys.as_slice()));
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let known = self.memory().get(&digest).filter(|known| known.generation == generation).map(|known| {
            let Remembered { caller, nbf, exp, .. } = known;
            (caller.clone(), *nbf, *exp)
        });
        if let Some((caller, nbf, exp)) = known {
            return within(now, nbf, exp).map(|()| caller);
        }
        let (claims, signed) = self.read(token, theirs)?;
        within(now, claims.nbf, claims.exp)?;
        let (nbf, exp) = (claims.nbf, claims.exp);
        let caller = Arc::new(caller(claims)?);
        self.may_say(signed, &caller)?;
        self.remember(digest, Remembered { caller: caller.clone(), nbf, exp, generation }, now);
        Ok(caller)
    }

    /// Whether this signature may stand under these roles.
    fn may_say(&self, signed: Signed, caller: &Caller) -> Result<(), TokenFault> {
        let good = match signed {
            Signed::Theirs => !caller.is(Role::Service),
            Signed::Ours => !self.services_only || caller.roles == [Role::Service],
        };
        if good { Ok(()) } else { Err(TokenFault::Invalid) }
    }

    fn read(&self, token: &str, theirs: &[PublicKey]) -> Result<(Claims, Signed), TokenFault> {
        let (read, signed) = self.signed(token, theirs).ok_or(TokenFault::Invalid)?;
        let claims = read.claims;
        // `crit` names extensions that a reader must understand, and we understand none.
        let ours = claims.iss == self.issuer && claims.aud == self.audience && read.header.crit.is_none();
        let ordered = claims.nbf <= claims.iat && claims.iat < claims.exp;
        let life = claims.exp.checked_sub(claims.iat);
        if ours && ordered && life.is_some_and(|seconds| seconds <= LONGEST_LIFE_HOURS * 3600) {
            Ok((claims, signed))
        } else {
            Err(TokenFault::Invalid)
        }
    }

    /// The token's content, if one of the keys that it may be signed with has signed it.
    fn signed(&self, token: &str, theirs: &[PublicKey]) -> Option<(TokenData<Claims>, Signed)> {
        let kid = decode_header(token).ok()?.kid;
        let own = kid.is_none().then_some((&self.checking, Signed::Ours));
        let named = theirs.iter().filter(|known| known.kid == kid).map(|known| (&known.key, Signed::Theirs));
        own.into_iter()
            .chain(named)
            .find_map(|(key, signed)| Some((decode(token, key, &self.validation).ok()?, signed)))
    }

    fn remember(&self, digest: [u8; 32], entry: Remembered, now: DateTime<Utc>) {
        let mut memory = self.memory();
        if memory.len() >= REMEMBERED {
            memory.retain(|_, known| known.exp > now.timestamp());
        }
        if memory.len() >= REMEMBERED {
            // All still good: starting over costs each caller one more check, which beats choosing.
            memory.clear();
        }
        memory.insert(digest, entry);
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], Remembered>> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn within(now: DateTime<Utc>, nbf: i64, exp: i64) -> Result<(), TokenFault> {
    match now.timestamp() {
        seconds if seconds < nbf => Err(TokenFault::NotYet),
        seconds if seconds >= exp => Err(TokenFault::Expired),
        _ => Ok(()),
    }
}

fn caller(claims: Claims) -> Result<Caller, TokenFault> {
    let roles: Option<HashSet<Role>> = claims
        .roles
        .iter()
        .map(|name| Role::from_str_name(name).filter(|role| *role != Role::Unspecified))
        .collect();
    let mut roles: Vec<Role> = roles.ok_or(TokenFault::Invalid)?.into_iter().collect();
    if roles.is_empty() {
        return Err(TokenFault::Invalid);
    }
    roles.sort_unstable();
    Ok(Caller { account: claims.sub, org: claims.org, centre: claims.centre, roles, court: claims.court })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_is_bounded_and_lets_go_of_what_has_ended_first() {
        let tokens = Tokens::new(&Vault::passing().unwrap(), "a", "b").unwrap();
        let now = DateTime::from_timestamp(1_000_000, 0).unwrap();
        let centre = CentreId::new("442000").unwrap();
        let caller = Arc::new(Caller::service("intake", &centre).unwrap());
        let digest = |n: usize| <[u8; 32]>::from(Sha256::digest(n.to_be_bytes()));
        let entry = |exp| Remembered { caller: caller.clone(), nbf: 0, exp, generation: 0 };
        for n in 0..REMEMBERED {
            let exp = if n < 10 { 2_000_000 } else { 1_000_000 };
            tokens.remember(digest(n), entry(exp), now);
        }
        assert_eq!(tokens.memory().len(), REMEMBERED);
        tokens.remember(digest(REMEMBERED), entry(2_000_000), now);
        assert_eq!(tokens.memory().len(), 11, "the ten that are good, and the new one");
        for n in 0..3 * REMEMBERED {
            tokens.remember(digest(n), entry(2_000_000), now);
            assert!(tokens.memory().len() <= REMEMBERED);
        }
    }
}
