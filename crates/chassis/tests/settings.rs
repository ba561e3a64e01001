//! Settings: what is refused, what wins over what, and what is never shown.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails, and says where")]
use std::path::PathBuf;

use chassis::settings::{Settings, TransportKind};

fn environment(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn file(content: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

#[test]
fn the_defaults_stand_alone() {
    let settings = Settings::read(None, vec![]).unwrap();
    assert_eq!(settings.listen.address.to_string(), "127.0.0.1:50051");
    assert_eq!(settings.transport.kind, TransportKind::Inside);
    assert_eq!(settings.centre.id, "442000");
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let (_folder, path) = file("[centre]\nid = \"440100\"\ndivision = \"4401\"\n[tokens]\nminutes = 5\n");
    let set = environment(&[
        ("CENTRE__ID", "043000"),
        ("LISTEN__ADDRESS", "[::1]:0"),
        ("LIMITS__HEADER_BYTES", "4096"),
    ]);
    let settings = Settings::read(Some(&path), set).unwrap();
    assert_eq!(settings.centre.id, "043000", "text stays text, with its zero");
    assert_eq!(settings.centre.division, "4401");
    assert_eq!(settings.tokens.minutes, 5);
    assert_eq!(settings.limits.header_bytes, 4096);
    assert_eq!(settings.listen.address.port(), 0);
}

#[test]
fn an_unknown_key_is_refused_with_its_path() {
    let (_folder, path) = file("[listen]\nadress = \"0.0.0.0:1\"\n");
    let told = Settings::read(Some(&path), vec![]).unwrap_err().to_string();
    assert!(told.contains("listen.adress") && told.contains("address"), "{told}");
    let told = Settings::read(None, environment(&[("LIMIT__MESSAGE_BYTES", "1")])).unwrap_err().to_string();
    assert!(told.contains("unknown setting limit") && told.contains("environment"), "{told}");
    let told = Settings::read(None, environment(&[("LIMITS__MESSAGE_BITES", "1")])).unwrap_err().to_string();
    assert!(told.contains("unknown setting limits.message_bites"), "{told}");
    assert!(Settings::read(None, environment(&[("LISTEN", "x")])).is_err());
    assert!(Settings::read(None, environment(&[("LISTEN__ADDRESS__X", "x")])).is_err());
}

#[test]
fn a_bad_value_is_named_and_not_repeated() {
    for (name, path) in [
        ("LISTEN__ADDRESS", "listen.address"),
        ("TRANSPORT__KIND", "transport.kind"),
        ("LIMITS__CONCURRENT_STREAMS", "limits.concurrent_streams"),
        ("LOG__FORMAT", "log.format"),
    ] {
        let told = Settings::read(None, environment(&[(name, "hunter2")])).unwrap_err().to_string();
        assert!(told.contains(path) && !told.contains("hunter2"), "{told}");
    }
}

#[test]
fn settings_that_contradict_each_other_are_all_named() {
    let set = environment(&[
        ("SHUTDOWN__SOFT_SECONDS", "30"),
        ("LIMITS__REQUEST_TIMEOUT_SECONDS", "0"),
        ("TOKENS__MINUTES", "1441"),
        ("CENTRE__ID", ""),
    ]);
    let told = Settings::read(None, set).unwrap_err().to_string();
    for part in ["soft_seconds", "request_timeout_seconds", "tokens.minutes", "centre.id"] {
        assert!(told.contains(part), "{told}");
    }
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    let told = Settings::read(Some(&PathBuf::from("/nowhere/mine.toml")), vec![]).unwrap_err();
    assert!(told.to_string().contains("/nowhere/mine.toml"));
}

#[test]
fn what_is_in_force_is_shown_without_secrets_and_reads_back() {
    let secret = "postgres://me:hunter2@db/intake";
    let settings =
        Settings::read(None, environment(&[("DATABASE__URL", secret), ("CENTRE__ID", "a\"b")])).unwrap();
    let page = settings.effective_toml();
    assert!(!page.contains("hunter2") && page.contains("url = \"********\""), "{page}");
    assert!(!format!("{settings:?}").contains("hunter2"));
    assert_eq!(settings.database.url.reveal(), secret);
    let (_folder, path) = file(&page);
    let again = Settings::read(Some(&path), environment(&[("DATABASE__URL", secret)])).unwrap();
    assert_eq!(again, settings);
}
