//! The whole town in one process: every service over its own memory, news between them, one door.
//!
//! This is the one file that shows the deployment: who is there, and where each keeps its memory. In the embedded mode
//! that is an SQLite file each, made and brought up to date here; over PostgreSQL it is what `migrate` and `seed` have
//! prepared, and nothing is made by starting. Who may call whom, each service says in its blueprint.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;

use access::Vault;
use anyhow::{Context as _, bail};
use chassis::assembly::{Parts, assemble};
use chassis::settings::{Data, TransportKind};
use chassis::{Blueprint, Lifecycle, Program, Running, Settings, process};
use courier::transport::inside::Inside;
use courier::{Clock, Desk, Transport};
pub use reception::pages::{COMMANDS, PURPOSES};

use crate::accounts::{self, Accounts};

/// The services that keep a memory, in the order in which they are opened: each after those that it calls.
pub const SERVICES: [&str; 5] = ["intake", "routing", "mediation", "transfer", "oversight"];

const BLUEPRINTS: [Blueprint; 5] =
    [intake::BLUEPRINT, routing::BLUEPRINT, mediation::BLUEPRINT, transfer::BLUEPRINT, oversight::BLUEPRINT];

/// Some of the six services as the program of one process; all of them when none is named.
pub fn program(names: &[String]) -> Program {
    let wanted = |name: &str| names.is_empty() || names.iter().any(|one| one == name);
    Program {
        services: BLUEPRINTS.into_iter().filter(|blueprint| wanted(blueprint.name)).collect(),
        front: wanted("reception").then_some(reception::FRONT),
    }
}

/// A town at work.
pub struct Town {
    /// The process.
    pub running: Running,
    /// The demo accounts.
    pub accounts: Accounts,
    /// Whether this was the first start.
    pub first_start: bool,
    /// Held while the town runs: two processes on the same files would be two writers, and two that hear only themselves
    /// would each lack the other's news.
    _lock: Option<File>,
}

/// What a town is opened with; tests bring their own.
pub struct Surroundings {
    /// The clock of the house.
    pub clock: Clock,
    /// When it stops.
    pub life: Lifecycle,
    /// How news travels.
    pub transport: Arc<dyn Transport>,
}

impl Surroundings {
    /// The system's clock, news inside the process.
    pub fn usual(life: Lifecycle) -> Self {
        Self { clock: Clock::system(), life, transport: Arc::new(Inside::new()) }
    }
}

impl Town {
    /// Opens the town. In the embedded mode everything that is missing is made.
    pub async fn open(settings: &Settings, around: Surroundings) -> anyhow::Result<Self> {
        if settings.is_embedded() {
            Self::embedded(settings, around).await
        } else {
            Self::over_postgres(settings, around).await
        }
    }

    async fn embedded(settings: &Settings, around: Surroundings) -> anyhow::Result<Self> {
        let folder = &settings.data.dir;
        let lock = lock(folder)?;
        let Surroundings { clock, life, transport } = around;
        let vault = Arc::new(vault(&settings.data)?);
        let (accounts, first_start) = accounts::open(&settings.data.account_file())?;
        let mut desks = Vec::new();
        for service in SERVICES {
            desks.push(desk(folder, service, &clock).await?);
        }
        let routing = desks.iter().find(|desk| desk.service() == routing::NAME);
        routing::seed(routing.context("routing is missing")?, &vault, &settings.centre.id)
            .await
            .context("seeding the directory")?;
        let parts = Parts { desks, vault, transport, clock, life };
        let running = assemble(&program(&[]), parts, settings).await?;
        std::fs::write(folder.join("address"), running.address.to_string())?;
        Ok(Self { running, accounts, first_start, _lock: Some(lock) })
    }

    async fn over_postgres(settings: &Settings, around: Surroundings) -> anyhow::Result<Self> {
        let alone = settings.transport.kind == TransportKind::Inside;
        let lock = if alone { Some(lock(&settings.data.dir)?) } else { None };
        let Surroundings { clock, life, transport } = around;
        let running = process::open(&program(&[]), settings, transport, clock, life).await?;
        let file = settings.data.account_file();
        let accounts = if file.exists() { Accounts::read(&file)? } else { Accounts::default() };
        Ok(Self { running, accounts, first_start: false, _lock: lock })
    }
}

/// The keys of a data directory: made at its first start, and never again. Databases without their keys, with another
/// store's keys, or with one of them missing are refused: going on would seal or number anew over what is there.
pub fn vault(data: &Data) -> anyhow::Result<Vault> {
    let folder = &data.dir;
    let (keys, check) = (data.key_file(), folder.join("keys.check"));
    let missing: Vec<&str> =
        SERVICES.into_iter().filter(|service| !folder.join(format!("{service}.db")).exists()).collect();
    let fresh = missing.len() == SERVICES.len();
    if !fresh && !keys.exists() {
        bail!("{} is gone, and with it what was sealed: put it back from your backup", keys.display());
    }
    if !fresh && !missing.is_empty() {
        bail!(
            "the database of {} is gone: put the whole data directory back from your backup",
            missing.join(", ")
        );
    }
    let vault = Vault::at(&keys).context("the key file")?;
    let mark = vault.index("key-check", "supermarket");
    match std::fs::read_to_string(&check) {
        Ok(kept) if kept == mark => {}
        Ok(_) => bail!("{} is not the key file that this data directory was sealed with", keys.display()),
        Err(_) => std::fs::write(&check, mark).with_context(|| format!("writing {}", check.display()))?,
    }
    Ok(vault)
}

/// Brings one service's database up to date and opens its desk.
async fn desk(folder: &Path, service: &'static str, clock: &Clock) -> anyhow::Result<Desk> {
    let url = format!("sqlite://{}", folder.join(format!("{service}.db")).display());
    migrate(&url, service).await?;
    Desk::open(service, &url, clock.clone()).await.with_context(|| format!("opening the desk of {service}"))
}

/// Applies what is missing of a service's migrations.
pub async fn migrate(url: &str, service: &str) -> anyhow::Result<()> {
    let db = Desk::connect(url).await.with_context(|| format!("opening the database of {service}"))?;
    migrations::up(service, &db).await.with_context(|| format!("migrating the database of {service}"))?;
    db.close().await.context("closing the database")
}

/// Makes the data directory, readable by its owner only, and takes its lock.
pub fn lock(folder: &Path) -> anyhow::Result<File> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).with_context(|| format!("making {}", folder.display()))?;
    let path = folder.join("server.lock");
    let file = File::options()
        .create(true)
        .append(true)
        .open(&path)
        .with_context(|| format!("opening {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => {
            // The former run's address would mislead until this one is known.
            let _ = std::fs::remove_file(folder.join("address"));
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let address = address(folder).unwrap_or_else(|| "an unknown address".to_owned());
            bail!("a server already runs on {} (at {address})", folder.display())
        }
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("locking {}", path.display())),
    }
}

/// Where the server of a data directory said that it listens.
pub fn address(folder: &Path) -> Option<String> {
    std::fs::read_to_string(folder.join("address")).ok()
}
