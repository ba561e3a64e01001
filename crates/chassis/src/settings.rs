//! What an operator may decide, read once at the start.
//!
//! Three layers: the defaults page compiled in (`supermarket.toml`, which is also the documentation), a file
//! of the operator's, the environment. A key nobody knows is refused with its path, because a setting that
//! is misspelt and silently ignored is worse than a program that does not start.

use std::fmt::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use figment::providers::{Env, Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};
use serde::{Deserialize, Serialize};

mod consistency;
pub mod operator;
mod places;

/// The defaults, with a comment on every key.
pub const DEFAULTS: &str = include_str!("../supermarket.toml");
const ENVIRONMENT: &str = "SUPERMARKET__";
const MASK: &str = "********";

macro_rules! sections {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$field_doc])* pub $field: $kind,)+ }
    )+};
}

sections! {
    /// Everything.
    Settings {
        /// Where the door is.
        listen: Listen,
        /// Where files are.
        data: Data,
        /// Which database.
        database: Database,
        /// How events travel.
        transport: Transport,
        /// Where the services are.
        services: Services,
        /// What is said.
        log: Log,
        /// Where spans go.
        telemetry: Telemetry,
        /// How much at once.
        limits: Limits,
        /// How long stopping may take.
        shutdown: Shutdown,
        /// Whose installation this is.
        centre: Centre,
        /// Access tokens.
        tokens: Tokens,
        /// What suggests causes.
        suggest: Suggest,
    }
    /// Where the door is.
    Listen {
        /// Address and port; port 0 takes a free one.
        address: SocketAddr,
    }
    /// Where files are.
    Data {
        /// The folder of the databases, and of the two files below unless they are named.
        dir: PathBuf,
        /// The key file; see [`Data::key_file`].
        keys: PathBuf,
        /// The demo accounts; see [`Data::account_file`].
        accounts: PathBuf,
    }
    /// Which database.
    Database {
        /// Empty for SQLite files in the data folder; see [`Database::url_of`].
        url: Secret,
        /// Connections of one service in one process.
        pool: u32,
    }
    /// How events travel.
    Transport {
        /// The kind of transport.
        kind: TransportKind,
        /// The NATS servers; see [`Transport::server_list`].
        servers: String,
        /// The login; see [`Transport::login`].
        user: String,
        /// Its password.
        password: Secret,
        /// The first part of every name.
        prefix: String,
        /// Copies of each stream.
        replicas: u32,
        /// Who vouches for the servers.
        ca_file: PathBuf,
    }
    /// Where the services are, each with all its replicas; see [`Services::replicas_of`].
    Services {
        /// Intake.
        intake: String,
        /// Routing.
        routing: String,
        /// Mediation.
        mediation: String,
        /// Transfer.
        transfer: String,
        /// Oversight.
        oversight: String,
    }
    /// What is said.
    Log {
        /// Levels by module.
        filter: String,
        /// For people or for machines.
        format: LogFormat,
    }
    /// Where spans go.
    Telemetry {
        /// Empty for nowhere.
        otlp_endpoint: String,
    }
    /// How much at once.
    Limits {
        /// Requests of one connection worked on at once.
        concurrent_requests: usize,
        /// Open streams of one connection.
        concurrent_streams: u32,
        /// All metadata of one request together.
        header_bytes: u32,
        /// The longest a call may take that is not a stream.
        request_timeout_seconds: u64,
        /// Silence on a connection before it is asked for a sign of life.
        keep_alive_seconds: u64,
        /// How long the sign of life may take.
        keep_alive_timeout_seconds: u64,
        /// Streams a client reset before they were taken up.
        pending_resets: usize,
    }
    /// How long stopping may take.
    Shutdown {
        /// For reception and balancers to look elsewhere.
        drain_seconds: u64,
        /// For calls to end by themselves.
        soft_seconds: u64,
        /// For everything.
        hard_seconds: u64,
    }
    /// Whose installation this is.
    Centre {
        /// The governance centre.
        id: String,
        /// Its administrative division.
        division: String,
    }
    /// Access tokens.
    Tokens {
        /// Who says so.
        issuer: String,
        /// To whom.
        audience: String,
        /// How long a token lives.
        minutes: u32,
        /// The keys of an identity provider; empty for none.
        public_keys: PathBuf,
        /// Whether the demo accounts can sign in.
        demo_accounts: bool,
    }
    /// What suggests causes.
    Suggest {
        /// A model of the operator's; empty for the one that is compiled in.
        model: PathBuf,
        /// For how many days a row to learn from is kept after its last correction.
        keep_days: u16,
    }
}

/// The transports there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransportKind {
    /// Within this process.
    Inside,
    /// Over NATS.
    JetStream,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Human on a terminal, JSON elsewhere.
    Auto,
    /// For people.
    Human,
    /// For machines.
    Json,
}

/// A text that is never printed: not by `Debug`, not by `--check`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// A secret made at run time.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one who needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    fn masked(&self) -> &str {
        if self.0.is_empty() { "" } else { MASK }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.masked())
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.masked())
    }
}

/// Why the settings are refused: one line a fault, with path and source, never with a secret.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct SettingsFault(Vec<String>);

impl Settings {
    /// The defaults, then the file if there is one, then the environment.
    pub fn load(file: Option<&Path>) -> Result<Self, SettingsFault> {
        let set = Env::prefixed(ENVIRONMENT).iter().map(|(key, value)| (key.into_string(), value)).collect();
        Self::read(file, set)
    }

    /// As [`Settings::load`], with the environment given: names without the prefix, and their values.
    pub fn read(file: Option<&Path>, environment: Vec<(String, String)>) -> Result<Self, SettingsFault> {
        let mut layers = Figment::from(Toml::string(DEFAULTS));
        if let Some(file) = file {
            if !file.is_file() {
                return Err(SettingsFault(vec![format!("there is no settings file {}", file.display())]));
            }
            layers = layers.merge(Toml::file_exact(file));
        }
        let settings: Self = layers.merge(Environment(environment)).extract().map_err(told)?;
        let faults = consistency::faults(&settings);
        if faults.is_empty() { Ok(settings) } else { Err(SettingsFault(faults)) }
    }

    /// What is in force, as a page like the defaults; secrets are masked.
    pub fn effective_toml(&self) -> String {
        let mut page = String::new();
        let Ok(serde_json::Value::Object(sections)) = serde_json::to_value(self) else {
            return page;
        };
        for (section, keys) in &sections {
            if !page.is_empty() {
                page.push('\n');
            }
            let _ = writeln!(page, "[{section}]");
            // A JSON scalar of text, whole number or truth is the same scalar in TOML.
            for (key, value) in keys.as_object().into_iter().flatten() {
                let _ = writeln!(page, "{key} = {value}");
            }
        }
        page
    }
}

impl Limits {
    /// The longest a call may take that is not a stream.
    pub fn request_timeout(&self) -> Duration {
        Duration::from_secs(self.request_timeout_seconds)
    }
}

/// The environment as a layer. A value takes the type that the defaults give its key: the centre "442000" is
/// text, though it looks like a number.
struct Environment(Vec<(String, String)>);

impl Provider for Environment {
    fn metadata(&self) -> Metadata {
        Metadata::named("the environment")
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let defaults = Figment::from(Toml::string(DEFAULTS));
        let mut layer = Dict::new();
        for (name, text) in &self.0 {
            let name = name.to_lowercase();
            let known = defaults.find_value(&name.replace("__", "."));
            let value = match known {
                Ok(Value::Num(..)) => {
                    text.parse::<i64>().map_or_else(|_| Value::from(text.as_str()), Value::from)
                }
                Ok(Value::Bool(..)) => {
                    text.parse::<bool>().map_or_else(|_| Value::from(text.as_str()), Value::from)
                }
                _ => Value::from(text.as_str()),
            };
            match name.split_once("__") {
                None => _ = layer.insert(name, value),
                Some((section, key)) => {
                    let keys = layer.entry(section.to_owned()).or_insert_with(|| Value::from(Dict::new()));
                    if let Value::Dict(_, keys) = keys {
                        keys.insert(key.to_owned(), value);
                    }
                }
            }
        }
        Ok(Map::from([(Profile::Default, layer)]))
    }
}

/// Only path, kind and source: figment's own words repeat the value, which may be a password.
fn told(error: figment::Error) -> SettingsFault {
    use figment::error::Kind;
    let lines = error.into_iter().map(|one| {
        let path = one.path.join(".");
        let source = one.metadata.as_ref().map(|m| m.name.to_string()).unwrap_or_default();
        match &one.kind {
            Kind::UnknownField(key, known) => {
                // The path ends with the key that is unknown, or with the section it stands in.
                let full = if path.is_empty() || path.ends_with(key.as_str()) {
                    path
                } else {
                    format!("{path}.{key}")
                };
                let full = if full.is_empty() { key.clone() } else { full };
                format!("unknown setting {full} ({source}); known here: {}", known.join(", "))
            }
            Kind::UnknownVariant(_, known) => {
                format!("{path} ({source}) must be one of {}", known.join(", "))
            }
            Kind::InvalidType(_, wanted) | Kind::InvalidValue(_, wanted) => {
                format!("{path} ({source}) is not what is wanted: {wanted}")
            }
            Kind::MissingField(key) => format!("missing setting {path}.{key}"),
            Kind::Message(message) if path.is_empty() => {
                format!("the settings file cannot be read: {message}")
            }
            _ => format!("{path} ({source}) cannot be read"),
        }
    });
    SettingsFault(lines.collect())
}
