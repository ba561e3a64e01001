//! Tokens that must open the door, and the many that must not.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails, and says where")]
use access::{Account, Role, TokenFault, Tokens, Vault};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use lexicon::{AccountId, CentreId, CourtId, OrgId};
use serde_json::{Value, json};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn account() -> Account {
    Account {
        account: AccountId::new("wang.li").unwrap(),
        org: OrgId::new("court-2071").unwrap(),
        centre: CentreId::new("442000").unwrap(),
        roles: vec![Role::Clerk, Role::Court],
        court: Some(CourtId::new("court-2071").unwrap()),
    }
}

struct Forge {
    tokens: Tokens,
    key: EncodingKey,
    public: Vec<u8>,
    _folder: tempfile::TempDir,
}

/// A forger who even has the signing key: what is refused below is refused for its content.
fn forge() -> Forge {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let vault = Vault::at(&path).unwrap();
    let stored: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let pkcs8 = STANDARD.decode(stored["signing"].as_str().unwrap()).unwrap();
    let key = EncodingKey::from_ed_der(&pkcs8);
    let jwk = jsonwebtoken::jwk::Jwk::from_encoding_key(&key, Algorithm::EdDSA).unwrap();
    let jsonwebtoken::jwk::AlgorithmParameters::OctetKeyPair(pair) = jwk.algorithm else { panic!() };
    let public = URL_SAFE_NO_PAD.decode(pair.x).unwrap();
    let tokens = Tokens::new(&vault, "supermarket", "supermarket").unwrap();
    Forge { tokens, key, public, _folder: folder }
}

fn claims() -> Value {
    let at = now().timestamp();
    json!({
        "iss": "supermarket", "aud": "supermarket", "sub": "wang.li", "org": "court-2071", "centre": "442000",
        "roles": ["ROLE_CLERK"], "exp": at + 600, "nbf": at - 30, "iat": at,
    })
}

fn signed(forge: &Forge, claims: &Value) -> String {
    encode(&Header::new(Algorithm::EdDSA), claims, &forge.key).unwrap()
}

fn raw(forge: &Forge, header: &str, payload: &str) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &forge.key, Algorithm::EdDSA).unwrap();
    format!("{message}.{signature}")
}

#[test]
fn what_is_issued_is_verified_until_it_ends() {
    let forge = forge();
    let token = forge.tokens.issue(&account(), now(), Duration::minutes(10)).unwrap();
    for _ in 0..2 {
        assert_eq!(*forge.tokens.verify(&token, now()).unwrap(), account());
        assert_eq!(*forge.tokens.verify(&token, now() + Duration::seconds(599)).unwrap(), account());
        // also when it is remembered
        assert_eq!(forge.tokens.verify(&token, now() + Duration::minutes(10)), Err(TokenFault::Expired));
        assert_eq!(forge.tokens.verify(&token, now() - Duration::minutes(1)), Err(TokenFault::NotYet));
    }
    let first = forge.tokens.verify(&token, now()).unwrap();
    assert!(std::sync::Arc::ptr_eq(&first, &forge.tokens.verify(&token, now()).unwrap()), "remembered");
}

#[test]
fn nothing_is_issued_that_could_not_be_used_or_never_ends() {
    let forge = forge();
    assert!(forge.tokens.issue(&account(), now(), Duration::zero()).is_err());
    assert!(forge.tokens.issue(&account(), now(), Duration::hours(25)).is_err());
    assert!(
        forge.tokens.issue(&Account { roles: vec![], ..account() }, now(), Duration::minutes(1)).is_err()
    );
}

#[test]
fn bad_tokens() {
    let forge = forge();
    assert!(forge.tokens.verify(&signed(&forge, &claims()), now()).is_ok(), "the untouched one must pass");
    let at = now().timestamp();
    let mut bad: Vec<(String, String, TokenFault)> = Vec::new();
    let mut changed = |name: &str, claim: &str, value: Value, fault: TokenFault| {
        let mut all = claims();
        all[claim] = value;
        bad.push((name.into(), signed(&forge, &all), fault));
    };
    let invalid = TokenFault::Invalid;
    for claim in ["exp", "nbf", "iat", "iss", "aud", "sub", "org", "centre", "roles"] {
        changed(&format!("{claim} null"), claim, Value::Null, invalid);
    }
    for claim in ["exp", "nbf", "iat"] {
        changed(&format!("{claim} text"), claim, json!((at + 600).to_string()), invalid);
        changed(&format!("{claim} float"), claim, json!(1_790_000_600.5), invalid);
        changed(&format!("{claim} list"), claim, json!([at]), invalid);
    }
    changed("exp huge", "exp", json!(i64::MAX), invalid);
    changed("exp beyond i64", "exp", json!(u64::MAX), invalid);
    changed("exp passed", "exp", json!(at), invalid); // not after iat
    changed("exp in a year", "exp", json!(at + 365 * 86_400), invalid);
    changed("iat least", "iat", json!(i64::MIN), invalid);
    changed("nbf after iat", "nbf", json!(at + 60), invalid);
    changed("iss of another house", "iss", json!("supermarket2"), invalid);
    changed("iss list", "iss", json!(["supermarket"]), invalid);
    changed("aud of another house", "aud", json!("other"), invalid);
    changed("aud list", "aud", json!(["supermarket", "other"]), invalid);
    changed("sub empty", "sub", json!(""), invalid);
    changed("sub number", "sub", json!(7), invalid);
    changed("org with a space", "org", json!("a b"), invalid);
    changed("roles empty", "roles", json!([]), invalid);
    changed("roles unknown", "roles", json!(["ROLE_CLERK", "ROLE_KING"]), invalid);
    changed("roles unspecified", "roles", json!(["ROLE_UNSPECIFIED"]), invalid);
    changed("roles text", "roles", json!("ROLE_CLERK"), invalid);
    changed("court malformed", "court", json!("法院"), invalid);
    for claim in ["exp", "nbf", "iat", "iss", "aud", "sub", "org", "centre", "roles"] {
        let mut all = claims();
        all.as_object_mut().unwrap().remove(claim);
        bad.push((format!("without {claim}"), signed(&forge, &all), invalid));
    }
    let later = json!({"exp": at + 1200, "nbf": at + 60, "iat": at + 60});
    let mut all = claims();
    all.as_object_mut().unwrap().extend(later.as_object().unwrap().clone());
    bad.push(("future".into(), signed(&forge, &all), TokenFault::NotYet));
    let past = json!({"exp": at - 1, "nbf": at - 630, "iat": at - 600});
    all.as_object_mut().unwrap().extend(past.as_object().unwrap().clone());
    bad.push(("past".into(), signed(&forge, &all), TokenFault::Expired));

    let payload = claims().to_string();
    let none =
        format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), URL_SAFE_NO_PAD.encode(&payload));
    bad.push(("alg none".into(), none, invalid));
    for secret in [forge.public.clone(), URL_SAFE_NO_PAD.encode(&forge.public).into_bytes()] {
        let key = EncodingKey::from_secret(&secret);
        let token = encode(&Header::new(Algorithm::HS256), &claims(), &key).unwrap();
        bad.push(("HS256 with the public key".into(), token, invalid));
    }
    let ours = r#"{"typ":"JWT","alg":"EdDSA"}"#;
    bad.push(("alg says ES256".into(), raw(&forge, r#"{"alg":"ES256"}"#, &payload), invalid));
    bad.push((
        "alg says HS256, signed with Ed25519".into(),
        raw(&forge, r#"{"alg":"HS256"}"#, &payload),
        invalid,
    ));
    bad.push(("crit".into(), raw(&forge, r#"{"alg":"EdDSA","crit":["x"]}"#, &payload), invalid));
    let twice = payload.replacen('{', r#"{"exp":1,"#, 1);
    bad.push(("exp twice".into(), raw(&forge, ours, &twice), invalid));
    bad.push(("not JSON".into(), raw(&forge, ours, "exp"), invalid));
    bad.push(("not an object".into(), raw(&forge, ours, "[]"), invalid));

    let other = Tokens::new(&Vault::passing().unwrap(), "supermarket", "supermarket").unwrap();
    bad.push(("another key".into(), other.issue(&account(), now(), Duration::minutes(10)).unwrap(), invalid));
    let good = signed(&forge, &claims());
    bad.push(("cut".into(), good[..good.len() - 1].into(), invalid));
    bad.push(("unsigned".into(), good[..=good.rfind('.').unwrap()].into(), invalid));
    bad.push(("one more part".into(), format!("{good}.x"), invalid));
    let mut parts: Vec<&str> = good.split('.').collect();
    let stronger = URL_SAFE_NO_PAD.encode(payload.replace("ROLE_CLERK", "ROLE_SUPERVISOR"));
    parts[1] = &stronger;
    bad.push(("payload exchanged".into(), parts.join("."), invalid));
    for text in ["", ".", "..", "...", "\u{0}", "Bearer x", "𝔞.𝔟.𝔠"] {
        bad.push((format!("{text:?}"), text.into(), invalid));
    }
    bad.push(("over 8 KiB".into(), "a".repeat(8193), TokenFault::TooLong));

    assert!(bad.len() > 60);
    for (name, token, fault) in bad {
        assert_eq!(forge.tokens.verify(&token, now()).unwrap_err(), fault, "{name}");
    }
}
