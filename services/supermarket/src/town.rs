//! The whole town in one process: every service over its own SQLite file, news inside the process, one door.
//!
//! This is the one file that shows the deployment: who is there, who may call whom, and where each keeps its memory.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use access::{Tokens, Vault};
use anyhow::{Context as _, bail};
use chassis::{Lifecycle, Neighbour, Running, Settings, Site};
use courier::transport::inside::Inside;
use courier::{Clock, Desk, Transport};
use lexicon::{AccountId, CentreId, CourtId, OrgId};
use reception::pages::{Line, Start};
use reception::token::Credential;
use tonic::service::Routes;

use crate::accounts::{Account, Accounts};

/// The services that keep a memory, in the order in which they are opened.
pub const SERVICES: [&str; 5] = ["intake", "routing", "mediation", "transfer", "oversight"];

/// What runs here, for the start page and the banner.
pub const PURPOSES: [(&str, &str); 6] = [
    ("intake", "收件、补正、受理 · takes disputes in, corrects, accepts or refuses them"),
    ("routing", "分流、待认领池、认领 · studios, the pool, the claim"),
    ("mediation", "征询、调解、协议 · consent, sessions, agreements"),
    ("transfer", "移送立案、法院接口 · filings, and the courts' door"),
    ("oversight", "案件日志与期限 · the docket of every case, deadlines"),
    ("reception", "统一入口 · this door"),
];

/// The commands to try next, with what they show.
pub const COMMANDS: [(&str, &str); 3] = [
    ("supermarket demo", "plays 30 invented disputes from the window to an agreement or to the court"),
    ("supermarket status", "what is open, where, and what is overdue"),
    ("supermarket verify", "proves that everything said was delivered and took effect"),
];

/// A town at work.
pub struct Town {
    /// The process.
    pub running: Running,
    /// The demo accounts.
    pub accounts: Accounts,
    /// Whether this was the first start.
    pub first_start: bool,
    /// Held while the town runs: two processes on the same files would be two writers.
    _lock: File,
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
    /// Opens the town over the settings' data directory; everything that is missing is made.
    pub async fn open(settings: &Settings, around: Surroundings) -> anyhow::Result<Self> {
        let folder = PathBuf::from(&settings.data.dir);
        let lock = lock(&folder)?;
        let Surroundings { clock, life, transport } = around;
        if !settings.database.url.reveal().is_empty() {
            bail!(
                "database.url is set, but this version keeps SQLite files in data.dir only: leave it empty"
            );
        }
        let vault = Arc::new(vault(&folder)?);
        let (accounts, first_start) = Accounts::open(&folder)?;
        let mut desks = Vec::new();
        for service in SERVICES {
            desks.push(desk(&folder, service, &clock).await?);
        }
        let [intake, routing, mediation, transfer, oversight] =
            <[Desk; 5]>::try_from(desks.clone()).map_err(|_| anyhow::anyhow!("a service is missing"))?;
        routing::seed(&routing, &settings.centre.id).await.context("seeding the directory")?;

        let tokens = Tokens::new(&vault, &settings.tokens.issuer, &settings.tokens.audience)
            .map_err(|e| anyhow::anyhow!("the token signing key: {e}"))?;
        let tokens = Arc::new(tokens);
        let credentials = credentials(&accounts, &settings.centre.id)?;
        let minutes = settings.tokens.minutes;
        let issuer =
            reception::token::server(credentials, vault.clone(), tokens.clone(), clock.clone(), minutes);
        let site = Site {
            routes: Routes::new(issuer).add_service(chassis::ledger::server(desks)),
            pages: reception::pages::pages(start_page(settings)),
            ..Site::new(tokens, transport, clock)
        };
        // Calls go down, news goes sideways. The only calls that go sideways:
        let intake = intake::service(intake, vault.clone());
        let mediation = mediation::service(mediation, vault.clone());
        let transfer = transfer::service(
            transfer,
            vault.clone(),
            Neighbour::to(&[&intake], "transfer", &site, settings)?,
            Neighbour::to(&[&mediation], "transfer", &site, settings)?,
            life.soft(),
        );
        let routing = routing::service(routing, vault.clone(), life.soft());
        let oversight = oversight::service(oversight, vault);
        let services = vec![intake, routing, mediation, transfer, oversight];
        let running = chassis::run(services, site, settings, life).await?;
        std::fs::write(folder.join("address"), running.address.to_string())?;
        Ok(Self { running, accounts, first_start, _lock: lock })
    }
}

/// The keys of a data directory: made at its first start, and never again. Databases without their keys, with another
/// store's keys, or with one of them missing are refused: going on would seal or number anew over what is there.
pub fn vault(folder: &Path) -> anyhow::Result<Vault> {
    let (keys, check) = (folder.join("keys.json"), folder.join("keys.check"));
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

fn credentials(accounts: &Accounts, centre: &str) -> anyhow::Result<Vec<Credential>> {
    accounts.accounts.iter().map(|account| credential(account, centre)).collect()
}

fn credential(account: &Account, centre: &str) -> anyhow::Result<Credential> {
    let wrong = |what: &str| format!("accounts.json: {} has {what}", account.account);
    let roles = account.roles.iter().map(|role| {
        contracts::policy::Role::from_str_name(&format!("ROLE_{role}"))
            .with_context(|| wrong("an unknown role"))
    });
    let court = account.court.as_deref().map(CourtId::new).transpose();
    Ok(Credential {
        account: access::Account {
            account: AccountId::new(&account.account)
                .map_err(|_| anyhow::anyhow!(wrong("a malformed name")))?,
            org: OrgId::new(&account.org).map_err(|_| anyhow::anyhow!(wrong("a malformed organisation")))?,
            centre: CentreId::new(centre).map_err(|_| anyhow::anyhow!("centre.id is malformed"))?,
            roles: roles.collect::<Result<_, _>>()?,
            court: court.map_err(|_| anyhow::anyhow!(wrong("a malformed court")))?,
        },
        secret: account.secret.clone(),
    })
}

fn start_page(settings: &Settings) -> Start {
    let line =
        |(name, purpose): &(&str, &str)| Line { name: (*name).to_owned(), purpose: (*purpose).to_owned() };
    Start {
        address: settings.listen.address.to_string(),
        version: env!("CARGO_PKG_VERSION"),
        centre: settings.centre.id.clone(),
        services: PURPOSES.iter().map(line).collect(),
        commands: COMMANDS.iter().map(line).collect(),
    }
}
