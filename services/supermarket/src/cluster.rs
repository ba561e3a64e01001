//! A town of processes on this machine: some replicas of every service and a door in front of them, each started as
//! `supermarket serve --only …`. For `demo --cluster` and for the tests that kill them; a real installation has systemd or
//! a container platform for this.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};
use chassis::Settings;
use chassis::settings::TransportKind;

use crate::town::SERVICES;

/// How long a process may take until it listens.
const STARTING: Duration = Duration::from_mins(1);

/// The processes of a town; they end with it.
pub struct Cluster {
    /// All of them, the door last.
    pub members: Vec<Member>,
    /// Where the door is.
    pub door: SocketAddr,
}

/// One process.
pub struct Member {
    /// The service that it runs.
    pub service: &'static str,
    address: SocketAddr,
    program: PathBuf,
    environment: Vec<(String, String)>,
    log: PathBuf,
    child: Option<Child>,
}

impl Cluster {
    /// Starts `replicas` of every service and a door, each on a port of its own, and waits until all of them listen. The
    /// database must be migrated and seeded. What they say goes to files in `logs`, and where the door is to `address` in
    /// the data directory.
    pub async fn start(
        program: &Path,
        settings: &Settings,
        replicas: usize,
        logs: &Path,
    ) -> anyhow::Result<Self> {
        if settings.is_embedded() || settings.transport.kind == TransportKind::Inside {
            bail!(
                "a cluster needs database.url and transport.kind = jetstream; see the README on running it for real"
            );
        }
        std::fs::create_dir_all(logs).with_context(|| format!("making {}", logs.display()))?;
        let mut places: Vec<(&'static str, SocketAddr)> = Vec::new();
        for service in SERVICES {
            for _ in 0..replicas {
                places.push((service, free_address()?));
            }
        }
        let door = free_address()?;
        let environment = environment(settings, &places);
        places.push(("reception", door));
        let mut members = Vec::with_capacity(places.len());
        for (n, (service, address)) in places.into_iter().enumerate() {
            let mut member = Member {
                service,
                address,
                program: program.to_owned(),
                environment: environment.clone(),
                log: logs.join(format!("{n:02}-{service}.log")),
                child: None,
            };
            member.start()?;
            members.push(member);
        }
        let cluster = Self { members, door };
        for member in &cluster.members {
            member.listens().await?;
        }
        std::fs::write(settings.data.dir.join("address"), door.to_string())?;
        Ok(cluster)
    }
}

impl Member {
    /// Starts the process where it was.
    pub fn start(&mut self) -> anyhow::Result<()> {
        let log =
            File::options().create(true).append(true).open(&self.log).context("the log of a process")?;
        let child = Command::new(&self.program)
            .args(["serve", "--only", self.service, "--listen", &self.address.to_string()])
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("starting {}", self.service))?;
        self.child = Some(child);
        Ok(())
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The process.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Ends it at once, as a power cut would, and waits until it is gone.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }

    /// Starts it again if it has ended by itself; answers whether it had.
    pub fn revive(&mut self) -> anyhow::Result<bool> {
        let ended = match &mut self.child {
            Some(child) => child.try_wait()?.is_some(),
            None => true,
        };
        if ended {
            self.start()?;
        }
        Ok(ended)
    }

    /// Waits until it listens.
    pub async fn listens(&self) -> anyhow::Result<()> {
        let connected = async {
            while tokio::net::TcpStream::connect(self.address).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let late = || format!("{} does not listen; see {}", self.service, self.log.display());
        tokio::time::timeout(STARTING, connected).await.with_context(late)
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The settings as the environment of every process, with the addresses of all.
fn environment(settings: &Settings, places: &[(&'static str, SocketAddr)]) -> Vec<(String, String)> {
    let (database, transport, data) = (&settings.database, &settings.transport, &settings.data);
    let path = |path: &Path| path.display().to_string();
    let mut set = vec![
        ("DATABASE__URL", database.url.reveal().to_owned()),
        ("DATABASE__POOL", database.pool.to_string()),
        ("TRANSPORT__KIND", "jetstream".to_owned()),
        ("TRANSPORT__SERVERS", transport.servers.clone()),
        ("TRANSPORT__USER", transport.user.clone()),
        ("TRANSPORT__PASSWORD", transport.password.reveal().to_owned()),
        ("TRANSPORT__PREFIX", transport.prefix.clone()),
        ("TRANSPORT__REPLICAS", transport.replicas.to_string()),
        ("DATA__DIR", path(&data.dir)),
        ("DATA__KEYS", path(&data.key_file())),
        ("DATA__ACCOUNTS", path(&data.account_file())),
        ("LOG__FILTER", settings.log.filter.clone()),
    ];
    let addresses = |service: &str| {
        let of = places.iter().filter(|(name, _)| *name == service);
        of.map(|(_, address)| format!("http://{address}")).collect::<Vec<_>>().join(",")
    };
    let services =
        SERVICES.map(|service| (format!("SERVICES__{}", service.to_uppercase()), addresses(service)));
    set.drain(..)
        .map(|(name, value)| (name.to_owned(), value))
        .chain(services)
        .map(|(name, value)| (format!("SUPERMARKET__{name}"), value))
        .collect()
}

/// An address on loopback that nobody has. Below those that the system gives to connections: a process that is killed and
/// started again must find its port free.
fn free_address() -> anyhow::Result<SocketAddr> {
    for _ in 0..1_000 {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, rand::random_range(10_000..32_000)));
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    bail!("no port is free on loopback")
}
