//! A town of processes with a PostgreSQL and a broker of its own: what the siege and the bench play on.

#[expect(dead_code, reason = "the courier's tests use the rest")]
#[path = "../../crates/courier/tests/broker/mod.rs"]
pub mod broker;
#[path = "postgres.rs"]
pub mod postgres;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chassis::Settings;
use chassis::settings::{Secret, TransportKind};
use supermarket::cluster::Cluster;

/// A town and what it stands on.
pub struct Town {
    /// Its processes.
    pub cluster: Cluster,
    /// Its broker.
    pub broker: broker::Server,
    /// Its database.
    pub postgres: postgres::Postgres,
}

/// PostgreSQL runs as somebody else and must get through the folder to its own.
pub fn open_to_all(folder: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o711))?;
    Ok(())
}

/// Where PostgreSQL's programs are.
pub fn postgres_programs() -> anyhow::Result<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "how tests/servers says where PostgreSQL's programs are")]
    let bin =
        std::env::var("SUPERMARKET_POSTGRES_BIN").context("SUPERMARKET_POSTGRES_BIN: use tests/servers")?;
    Ok(PathBuf::from(bin))
}

/// A nats-server that flushes every message.
pub fn start_broker() -> broker::Server {
    broker::Server::start_with(|place, _| {
        let store = place.join("store");
        let conf = place.join("conf");
        let text = format!("jetstream {{ store_dir: \"{}\", sync_interval: always }}\n", store.display());
        std::fs::write(&conf, text).expect("the broker's configuration");
        (vec!["-c".into(), conf.display().to_string()], vec![])
    })
}

/// The settings of a town on these servers, with its tables, keys and accounts made in `folder`.
pub async fn prepare(
    folder: &Path,
    database: &str,
    pool: u32,
    broker: &broker::Server,
) -> anyhow::Result<Settings> {
    let mut settings = Settings::read(None, vec![])?;
    settings.data.dir = folder.join("data");
    std::fs::create_dir_all(&settings.data.dir)?;
    settings.database.url = Secret::new(database.replace("postgres@", "supermarket_{service}@"));
    settings.database.pool = pool;
    settings.transport.kind = TransportKind::JetStream;
    settings.transport.servers = broker.url();
    supermarket::migrate::postgres(&settings, Some(database)).await?;
    supermarket::seed::run(&settings).await?;
    Ok(settings)
}

/// Opens a town in `folder`: `replicas` of every service with `pool` connections each, and a door. PostgreSQL gets these
/// settings beside its own.
pub async fn open(
    folder: &Path,
    program: &Path,
    replicas: usize,
    pool: u32,
    postgres: &[&str],
) -> anyhow::Result<Town> {
    let bin = postgres_programs()?;
    let postgres =
        postgres::Postgres::start(&bin, &folder.join("postgres"), broker::free_port(), postgres).await?;
    let broker = start_broker();
    let settings = prepare(folder, &postgres.url(), pool, &broker).await?;
    let cluster = Cluster::start(program, &settings, replicas, &folder.join("logs")).await?;
    Ok(Town { cluster, broker, postgres })
}
