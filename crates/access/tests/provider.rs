//! An identity provider's tokens: whose key they need, what they may say, and keys that change while the house is open.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails, and says where")]
use std::path::{Path, PathBuf};

use access::{Account, PublicKeyFault, Role, TokenFault, Tokens, Vault};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use lexicon::{AccountId, CentreId, OrgId};
use serde_json::{Value, json};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

/// A key pair of the provider's.
struct Pair {
    signs: EncodingKey,
    x: String,
}

fn pair(folder: &Path, name: &str) -> Pair {
    // A vault makes one, so that no key stands in this file.
    let path = folder.join(format!("{name}.json"));
    Vault::at(&path).unwrap();
    let stored: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let signs = EncodingKey::from_ed_der(&STANDARD.decode(stored["signing"].as_str().unwrap()).unwrap());
    let AlgorithmParameters::OctetKeyPair(public) =
        Jwk::from_encoding_key(&signs, Algorithm::EdDSA).unwrap().algorithm
    else {
        panic!("not Ed25519")
    };
    Pair { signs, x: public.x }
}

fn jwk(kid: Option<&str>, x: &str) -> Value {
    let mut jwk = json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "x": x});
    if let Some(kid) = kid {
        jwk["kid"] = json!(kid);
    }
    jwk
}

/// Writes a file whose time differs from that of the one before.
fn write(path: &Path, text: &str, version: u64) {
    std::fs::write(path, text).unwrap();
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000 + version);
    std::fs::File::options().append(true).open(path).unwrap().set_modified(at).unwrap();
}

fn claims(role: &str) -> Value {
    let at = now().timestamp();
    json!({
        "iss": "supermarket", "aud": "supermarket", "sub": "wang.li", "org": "hall-442000", "centre": "442000",
        "roles": [role], "exp": at + 3600, "nbf": at - 30, "iat": at, "jti": "x",
    })
}

fn token(pair: &Pair, kid: Option<&str>, role: &str) -> String {
    let header = Header { kid: kid.map(str::to_owned), ..Header::new(Algorithm::EdDSA) };
    encode(&header, &claims(role), &pair.signs).unwrap()
}

struct Provider {
    tokens: Tokens,
    first: Pair,
    second: Pair,
    file: PathBuf,
    folder: tempfile::TempDir,
}

/// A house that trusts the first of two keys.
fn provider() -> Provider {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (pair(folder.path(), "first"), pair(folder.path(), "second"));
    let file = folder.path().join("jwks.json");
    let rsa = json!({"kty": "RSA", "kid": "other", "n": "AQAB", "e": "AQAB"});
    write(&file, &json!({"keys": [rsa, jwk(Some("one"), &first.x)]}).to_string(), 0);
    let tokens = Tokens::new(&Vault::passing().unwrap(), "supermarket", "supermarket")
        .unwrap()
        .trusting(&file)
        .unwrap();
    Provider { tokens, first, second, file, folder }
}

#[test]
fn a_token_is_checked_with_the_key_that_it_names() {
    let Provider { tokens, first, second, .. } = provider();
    let caller = tokens.verify(&token(&first, Some("one"), "ROLE_CLERK"), now()).unwrap();
    assert_eq!((caller.account.as_str(), caller.roles.as_slice()), ("wang.li", &[Role::Clerk][..]));
    for (name, forged) in [
        ("an unknown kid", token(&first, Some("two"), "ROLE_CLERK")),
        ("no kid", token(&first, None, "ROLE_CLERK")),
        ("an empty kid", token(&first, Some(""), "ROLE_CLERK")),
        ("the kid of a key that is not Ed25519", token(&first, Some("other"), "ROLE_CLERK")),
        ("another key under a known kid", token(&second, Some("one"), "ROLE_CLERK")),
        ("a service of a provider", token(&first, Some("one"), "ROLE_SERVICE")),
    ] {
        assert_eq!(tokens.verify(&forged, now()).unwrap_err(), TokenFault::Invalid, "{name}");
    }
}

#[test]
fn another_algorithm_under_a_known_kid_is_refused() {
    let Provider { tokens, first, .. } = provider();
    let named = |alg| Header { kid: Some("one".into()), ..Header::new(alg) };
    let secret = EncodingKey::from_secret(first.x.as_bytes());
    for alg in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        let forged = encode(&named(alg), &claims("ROLE_CLERK"), &secret).unwrap();
        assert_eq!(tokens.verify(&forged, now()).unwrap_err(), TokenFault::Invalid, "{alg:?}");
    }
}

#[test]
fn our_own_tokens_stay_good_beside_the_provider_s_or_are_for_services_only() {
    let Provider { tokens, first, file, folder: _folder, .. } = provider();
    let account = |roles| Account {
        account: AccountId::new("clerk-1").unwrap(),
        org: OrgId::new("hall-442000").unwrap(),
        centre: CentreId::new("442000").unwrap(),
        roles,
        court: None,
    };
    let ten = Duration::minutes(10);
    for roles in [vec![Role::Clerk], vec![Role::Service]] {
        let own = tokens.issue(&account(roles), now(), ten).unwrap();
        assert!(tokens.verify(&own, now()).is_ok());
    }
    let strict = Tokens::new(&Vault::passing().unwrap(), "supermarket", "supermarket")
        .unwrap()
        .trusting(&file)
        .unwrap()
        .for_services_only();
    for (roles, good) in
        [(vec![Role::Service], true), (vec![Role::Clerk], false), (vec![Role::Clerk, Role::Service], false)]
    {
        let own = strict.issue(&account(roles.clone()), now(), ten).unwrap();
        assert_eq!(strict.verify(&own, now()).is_ok(), good, "{roles:?}");
    }
    assert!(strict.verify(&token(&first, Some("one"), "ROLE_CLERK"), now()).is_ok());
}

#[test]
fn a_changed_file_is_read_within_ten_seconds_and_a_broken_one_changes_nothing() {
    let Provider { tokens, first, second, file, folder: _folder } = provider();
    let (old, new) = (token(&first, Some("one"), "ROLE_CLERK"), token(&second, Some("two"), "ROLE_CLERK"));
    let at = |seconds| now() + Duration::seconds(seconds);
    assert!(tokens.verify(&old, at(0)).is_ok());
    // Both keys, as while a provider rolls over.
    let both = json!({"keys": [jwk(Some("one"), &first.x), jwk(Some("two"), &second.x)]}).to_string();
    write(&file, &both, 1);
    assert!(tokens.verify(&new, at(9)).is_err(), "not looked at yet");
    assert!(tokens.verify(&new, at(10)).is_ok() && tokens.verify(&old, at(10)).is_ok());
    for (version, broken) in ["", "{", "{\"keys\":[]}", &both[..both.len() / 2]].into_iter().enumerate() {
        write(&file, broken, 2 + version as u64);
        let at = at(20 + 10 * version as i64);
        assert!(tokens.verify(&new, at).is_ok() && tokens.verify(&old, at).is_ok(), "{broken}");
    }
    std::fs::remove_file(&file).unwrap();
    assert!(tokens.verify(&new, at(60)).is_ok() && tokens.verify(&old, at(60)).is_ok(), "gone");
    // The first key is withdrawn: also what was verified and remembered is refused.
    write(&file, &json!({"keys": [jwk(Some("two"), &second.x)]}).to_string(), 9);
    assert!(tokens.verify(&old, at(69)).is_ok());
    assert_eq!(tokens.verify(&old, at(70)).unwrap_err(), TokenFault::Invalid);
    assert!(tokens.verify(&new, at(70)).is_ok());
}

#[test]
fn a_key_without_a_name_is_for_tokens_without_one() {
    let Provider { first, second, file, folder: _folder, .. } = provider();
    write(&file, &json!({"keys": [jwk(None, &first.x)]}).to_string(), 1);
    let vault = Vault::passing().unwrap();
    let tokens = Tokens::new(&vault, "supermarket", "supermarket").unwrap().trusting(&file).unwrap();
    assert!(tokens.verify(&token(&first, None, "ROLE_CLERK"), now()).is_ok());
    assert!(tokens.verify(&token(&first, Some("one"), "ROLE_CLERK"), now()).is_err());
    assert!(tokens.verify(&token(&second, None, "ROLE_CLERK"), now()).is_err());
}

#[test]
fn a_file_that_is_of_no_use_is_refused_at_the_start() {
    let Provider { first, second, file, folder: _folder, .. } = provider();
    let with = |key: &str, value: Value| {
        let mut jwk = jwk(Some("one"), &first.x);
        jwk[key] = value;
        json!({"keys": [jwk]}).to_string()
    };
    let twice = json!({"keys": [jwk(Some("one"), &first.x), jwk(Some("one"), &second.x)]}).to_string();
    type Expected = fn(&PublicKeyFault) -> bool;
    let no_key: Expected = |fault| matches!(fault, PublicKeyFault::NoKey(_));
    let not_jwks: Expected = |fault| matches!(fault, PublicKeyFault::NotJwks(_));
    let table: [(String, Expected); 11] = [
        ("nonsense".into(), not_jwks),
        ("[]".into(), not_jwks),
        (json!({"keys": [{"kty": 7}]}).to_string(), not_jwks),
        (json!({"keys": []}).to_string(), no_key),
        (with("kty", json!("EC")), no_key),
        (with("crv", json!("X25519")), no_key),
        (with("use", json!("enc")), no_key),
        (with("alg", json!("ES256")), no_key),
        (with("x", json!("AAAA")), no_key),
        (with("d", json!("secret-part")), |fault| matches!(fault, PublicKeyFault::Private(_))),
        (twice, |fault| matches!(fault, PublicKeyFault::Twice(_))),
    ];
    let vault = Vault::passing().unwrap();
    let start = |file: &Path| Tokens::new(&vault, "a", "b").unwrap().trusting(file).map(|_| ());
    for (text, expected) in table {
        std::fs::write(&file, &text).unwrap();
        let fault = start(&file).unwrap_err();
        assert!(expected(&fault), "{text}: {fault}");
        assert!(!fault.to_string().contains("secret-part"));
    }
    std::fs::write(&file, " ".repeat(300 * 1024)).unwrap();
    assert!(matches!(start(&file), Err(PublicKeyFault::TooLarge(_))));
    assert!(matches!(start(Path::new("/nowhere/jwks.json")), Err(PublicKeyFault::Io { .. })));
}
