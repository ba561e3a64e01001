//! A process of a cluster: what the `main` of every service, and `supermarket serve --only`, come down to.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use access::Vault;
use clap::Parser;
use courier::{Clock, Desk, Transport};

use crate::assembly::{Blueprint, Parts, Program, assemble};
use crate::lifecycle::Lifecycle;
use crate::roads;
use crate::service::{Running, StartFault};
use crate::settings::{Settings, TransportKind};
use crate::telemetry::Telemetry;

/// Runs one service of the mediation supermarket in a process of its own.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// A settings file; every key and its default is printed by --check.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Where to listen, host:port.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Prints the effective settings, secrets masked, and stops.
    #[arg(long)]
    check: bool,
}

/// Runs the program until it is asked to stop.
pub fn main(program: &Program) -> ExitCode {
    match work(program, Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{}: {error}", program.name());
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn work(program: &Program, arguments: Arguments) -> Result<bool, Box<dyn std::error::Error>> {
    let mut settings = Settings::load(arguments.settings.as_deref())?;
    if let Some(address) = arguments.listen {
        settings.listen.address = address;
    }
    if arguments.check {
        print!("{}", settings.effective_toml());
        return Ok(true);
    }
    let telemetry = Telemetry::start(&settings.log, &settings.telemetry)?;
    let ended = serve(program, &settings).await;
    telemetry.end();
    Ok(ended?)
}

/// Opens the program over PostgreSQL and JetStream and serves until asked to stop; answers whether all ended in time.
pub async fn serve(program: &Program, settings: &Settings) -> Result<bool, StartFault> {
    if settings.is_embedded() {
        return Err(StartFault::Mode(
            "database.url is empty: a service in a process of its own needs PostgreSQL and transport.kind = jetstream; \
             the embedded mode is always the whole town, by `supermarket serve`",
        ));
    }
    if settings.transport.kind == TransportKind::Inside && !program.services.is_empty() {
        return Err(StartFault::Mode(
            "transport.kind is inside, which ends at this process: set it to jetstream, so that news reaches the other \
             services",
        ));
    }
    let life = Lifecycle::of(settings)?;
    let transport = roads::of(program, settings).await?;
    let running = open(program, settings, transport, Clock::system(), life).await?;
    Ok(running.ended().await)
}

/// Opens the program over the settings' database and a given transport.
pub async fn open(
    program: &Program,
    settings: &Settings,
    transport: Arc<dyn Transport>,
    clock: Clock,
    life: Lifecycle,
) -> Result<Running, StartFault> {
    // Never made here: two processes that each make their own would seal with two keys.
    let vault = Arc::new(Vault::shared(&settings.data.key_file())?);
    let mut desks = Vec::with_capacity(program.services.len());
    for blueprint in &program.services {
        let service = blueprint.name;
        let (url, pool) = (settings.database.url_of(service), settings.database.pool);
        let desk = Desk::open_with(service, &url, clock.clone(), pool).await;
        desks.push(desk.map_err(|source| StartFault::Database { service, source })?);
    }
    assemble(program, Parts { desks, vault, transport, clock, life }, settings).await
}

impl Program {
    /// One service and nobody else.
    pub fn alone(service: Blueprint) -> Self {
        Self { services: vec![service], front: None }
    }

    /// What runs here, for messages: `intake`, or `intake+routing`.
    pub fn name(&self) -> String {
        let services = self.services.iter().map(|blueprint| blueprint.name);
        services.chain(self.front.map(|_| "reception")).collect::<Vec<_>>().join("+")
    }
}
