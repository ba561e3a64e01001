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
        ("TOKENS__DEMO_ACCOUNTS", "tokens.demo_accounts"),
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

const CLUSTER: [(&str, &str); 3] = [
    ("DATABASE__URL", "postgres://supermarket_{service}:hunter2@db:5432/supermarket"),
    ("TRANSPORT__KIND", "jetstream"),
    ("TRANSPORT__SERVERS", "nats://n1:4222, nats://n2:4222"),
];

#[test]
fn a_cluster_is_two_switches() {
    let settings = Settings::read(None, vec![]).unwrap();
    assert!(settings.is_embedded());
    let mut set = environment(&CLUSTER);
    let more = [
        ("SERVICES__INTAKE", "http://a:1, http://[::1]:2/"),
        ("TOKENS__DEMO_ACCOUNTS", "false"),
        ("TOKENS__PUBLIC_KEYS", "/etc/jwks.json"),
        ("TRANSPORT__PASSWORD", "pw-{service}"),
    ];
    set.extend(environment(&more));
    let settings = Settings::read(None, set).unwrap();
    assert!(!settings.is_embedded() && !settings.tokens.demo_accounts);
    assert_eq!(settings.transport.kind, TransportKind::JetStream);
    assert_eq!(
        settings.database.url_of("intake"),
        "postgres://supermarket_intake:hunter2@db:5432/supermarket"
    );
    assert_eq!(settings.transport.server_list(), ["nats://n1:4222", "nats://n2:4222"]);
    assert_eq!(
        settings.transport.login("transfer"),
        Some(("supermarket_transfer".to_owned(), "pw-transfer".to_owned()))
    );
    assert_eq!(settings.services.replicas_of("intake"), ["http://a:1", "http://[::1]:2/"]);
    assert!(settings.services.replicas_of("routing").is_empty());
    assert!(settings.services.replicas_of("nobody").is_empty());
    let plain = Settings::read(None, environment(&CLUSTER)).unwrap();
    assert_eq!(plain.transport.login("transfer"), None, "without a password nobody signs in");
}

#[test]
fn files_lie_in_the_data_folder_unless_they_are_named() {
    let set = [("DATA__DIR", "/d"), ("DATA__KEYS", "/secret/keys.json")];
    let data = Settings::read(None, environment(&set)).unwrap().data;
    assert_eq!(data.key_file(), PathBuf::from("/secret/keys.json"));
    assert_eq!(data.account_file(), PathBuf::from("/d/accounts.json"));
}

#[test]
fn half_a_cluster_is_refused_with_what_to_do() {
    let table: [(&[(&str, &str)], &str); 16] = [
        (&[("TRANSPORT__KIND", "jetstream"), ("TRANSPORT__SERVERS", "nats://n:1")], "database.url is empty"),
        (&[CLUSTER[0], CLUSTER[1]], "transport.servers is empty"),
        (&[CLUSTER[0], CLUSTER[1], ("TRANSPORT__SERVERS", "n1:4222")], "nats://host:port"),
        (&[("DATABASE__URL", "mysql://{service}:hunter2@db/x")], "database.url must begin with postgres://"),
        (&[("DATABASE__URL", "postgres://me:hunter2@db/x")], "database.url must hold {service}"),
        (&[("DATABASE__POOL", "1")], "database.pool"),
        (&[("DATABASE__POOL", "65")], "database.pool"),
        (&[("TRANSPORT__REPLICAS", "2")], "transport.replicas"),
        (&[("TRANSPORT__PREFIX", "")], "transport.prefix"),
        (&[("TRANSPORT__PREFIX", "a.b")], "transport.prefix"),
        (&[("SERVICES__INTAKE", "intake:50051")], "services.intake"),
        (&[("SERVICES__ROUTING", "http://a:1,https://b:2")], "services.routing"),
        (&[("SERVICES__TRANSFER", "http://a")], "services.transfer"),
        (&[("SERVICES__OVERSIGHT", "http://me:hunter2@a:1")], "services.oversight"),
        (&[("TOKENS__DEMO_ACCOUNTS", "false")], "nobody could sign in"),
        (&[("SHUTDOWN__DRAIN_SECONDS", "6")], "shutdown.drain_seconds"),
    ];
    for (set, wanted) in table {
        let told = Settings::read(None, environment(set)).unwrap_err().to_string();
        assert!(told.contains(wanted) && !told.contains("hunter2"), "{wanted}: {told}");
    }
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    let told = Settings::read(Some(&PathBuf::from("/nowhere/mine.toml")), vec![]).unwrap_err();
    assert!(told.to_string().contains("/nowhere/mine.toml"));
}

#[test]
fn what_is_in_force_is_shown_without_secrets_and_reads_back() {
    let secret = "postgres://{service}:hunter2@db/intake";
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
