//! From a list of services to a process: who gets which desk, who may call whom and by which way, who stands in front.
//!
//! A [`Blueprint`] is a service before it is opened; a [`Program`] is what one process runs. The embedded town, the town in
//! one process over PostgreSQL, a service alone and reception alone are the same assembly over other lists, so that
//! nothing can hold in one and not in the other.

use std::sync::Arc;

use access::{Tokens, Vault};
use courier::{Clock, Desk, Transport};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use crate::ledger;
use crate::lifecycle::Lifecycle;
use crate::neighbour::Neighbour;
use crate::replicas::Replicas;
use crate::service::{Running, Service, Site, StartFault, run};
use crate::settings::Settings;

/// A service before it is opened.
#[derive(Clone, Copy)]
pub struct Blueprint {
    /// Its name.
    pub name: &'static str,
    /// Opens it.
    pub open: fn(&Premises<'_>) -> Result<Service, StartFault>,
}

/// What one process runs.
#[derive(Clone)]
pub struct Program {
    /// The services, each after those of the same process that it calls.
    pub services: Vec<Blueprint>,
    /// Reception, if it is here.
    pub front: Option<Front>,
}

/// Completes the site with what reception shows.
pub type Front = fn(&mut Site, &Frontage<'_>) -> Result<(), StartFault>;

/// What a process is made of, besides its program.
pub struct Parts {
    /// One desk for each service, in the same order.
    pub desks: Vec<Desk>,
    /// The keys.
    pub vault: Arc<Vault>,
    /// How news travels.
    pub transport: Arc<dyn Transport>,
    /// The clock of the house.
    pub clock: Clock,
    /// When it stops.
    pub life: Lifecycle,
}

/// What a service opens with.
pub struct Premises<'a> {
    /// Its memory.
    pub desk: Desk,
    /// The keys.
    pub vault: Arc<Vault>,
    /// Cancelled when streams should end.
    pub closing: CancellationToken,
    here: &'a [Service],
    site: &'a Site,
    settings: &'a Settings,
    life: &'a Lifecycle,
}

/// What reception opens with.
pub struct Frontage<'a> {
    /// The settings.
    pub settings: &'a Settings,
    /// The keys.
    pub vault: Arc<Vault>,
    /// The services in the same process.
    pub here: &'a [Service],
    /// When the process stops.
    pub life: &'a Lifecycle,
}

impl Premises<'_> {
    /// What the operator decided.
    pub fn settings(&self) -> &Settings {
        self.settings
    }

    /// The way to another service: in this process if it is here, else to the replicas that the settings name.
    pub fn neighbour(&self, name: &'static str) -> Result<Neighbour, StartFault> {
        let me = self.desk.service();
        if let Some(service) = self.here.iter().find(|service| service.name == name) {
            return Neighbour::to(&[service], me, self.site, self.settings);
        }
        let replicas = watched(name, self.settings, self.life, None)?;
        Neighbour::at(replicas, me, self.site, self.settings)
    }
}

impl Frontage<'_> {
    /// The replicas of a service in other processes; health tells whether any is ready.
    pub fn replicas(&self, name: &'static str, site: &Site) -> Result<Arc<Replicas>, StartFault> {
        watched(name, self.settings, self.life, Some(site))
    }
}

fn watched(
    name: &'static str,
    settings: &Settings,
    life: &Lifecycle,
    site: Option<&Site>,
) -> Result<Arc<Replicas>, StartFault> {
    let replicas = Arc::new(Replicas::of(name, &settings.services.replicas_of(name))?);
    let health = site.map(|site| site.health.clone());
    life.spawn("replicas", replicas.clone().watch(health, life.soft()));
    Ok(replicas)
}

/// Opens the services, puts reception in front, and runs.
pub async fn assemble(program: &Program, parts: Parts, settings: &Settings) -> Result<Running, StartFault> {
    let Parts { desks, vault, transport, clock, life } = parts;
    let mut site = Site::new(Arc::new(tokens(&vault, settings)?), transport, clock);
    site.behind = program.front.is_none();
    let mut here: Vec<Service> = Vec::with_capacity(desks.len());
    for (blueprint, desk) in program.services.iter().zip(&desks) {
        let premises = Premises {
            desk: desk.clone(),
            vault: vault.clone(),
            closing: life.soft(),
            here: &here,
            site: &site,
            settings,
            life: &life,
        };
        let service = (blueprint.open)(&premises)?;
        here.push(service);
    }
    match program.front {
        Some(front) => front(&mut site, &Frontage { settings, vault, here: &here, life: &life })?,
        None => site.routes = Routes::new(ledger::server(ledger::books(&here))),
    }
    run(here, site, settings, life).await
}

/// Whose tokens open this process's door.
fn tokens(vault: &Vault, settings: &Settings) -> Result<Tokens, StartFault> {
    let wanted = &settings.tokens;
    let mut tokens = Tokens::new(vault, &wanted.issuer, &wanted.audience)?;
    if !wanted.public_keys.as_os_str().is_empty() {
        tokens = tokens.trusting(&wanted.public_keys)?;
    }
    Ok(if wanted.demo_accounts { tokens } else { tokens.for_services_only() })
}
