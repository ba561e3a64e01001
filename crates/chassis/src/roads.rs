//! The roads of a process: each of its services has a connection of its own, because each has a login and rights of its
//! own, also where several live in one process.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use courier::transport::inside::Inside;
use courier::transport::jetstream::{JetStream, Options, Tls};
use courier::{Envelope, Fault, Parcel, Report, Sending, Transport};
use futures::stream::BoxStream;

use crate::assembly::Program;
use crate::service::StartFault;
use crate::settings::{Settings, TransportKind};

/// The roads that the settings ask for.
pub async fn of(program: &Program, settings: &Settings) -> Result<Arc<dyn Transport>, StartFault> {
    match settings.transport.kind {
        TransportKind::Inside => Ok(Arc::new(Inside::new())),
        TransportKind::JetStream => {
            let mut roads = Roads::default();
            for blueprint in &program.services {
                roads.add(blueprint.name, jetstream(blueprint.name, settings).await?);
            }
            Ok(Arc::new(roads))
        }
    }
}

/// One service's connection to NATS.
async fn jetstream(service: &'static str, settings: &Settings) -> Result<Arc<dyn Transport>, StartFault> {
    let (transport, servers) = (&settings.transport, settings.transport.server_list());
    let servers: Vec<&str> = servers.iter().map(AsRef::as_ref).collect();
    let (user, password) = transport.login(service).unwrap_or_default();
    let options = Options {
        name: format!("supermarket-{service}"),
        user,
        password,
        prefix: transport.prefix.clone(),
        replicas: transport.replicas as usize,
        tls: (!transport.ca_file.as_os_str().is_empty()).then(|| Tls::Authority(transport.ca_file.clone())),
        ..Options::new(service, &servers)
    };
    let road = JetStream::connect(options).await.map_err(|source| StartFault::Road { service, source })?;
    Ok(Arc::new(road))
}

/// A road for each service; everything that a transport does is done by one of them.
#[derive(Default)]
pub struct Roads {
    by_service: HashMap<&'static str, Arc<dyn Transport>>,
}

impl Roads {
    /// Gives a service its road.
    pub fn add(&mut self, service: &'static str, road: Arc<dyn Transport>) {
        self.by_service.insert(service, road);
    }

    fn of(&self, service: &str) -> Result<&Arc<dyn Transport>, Fault> {
        let road = self.by_service.get(service);
        road.ok_or_else(|| Fault::plain("find the road of a service", "it is not in this process"))
    }
}

#[async_trait]
impl Transport for Roads {
    async fn publish(&self, topic: &str, events: &[Envelope], sending: Sending) -> Result<(), Fault> {
        self.of(topic)?.publish(topic, events, sending).await
    }

    async fn subscribe(&self, consumer: &str, topics: &[&str]) -> Result<BoxStream<'static, Parcel>, Fault> {
        self.of(consumer)?.subscribe(consumer, topics).await
    }

    async fn report(&self, report: Report) -> Result<(), Fault> {
        self.of(&report.consumer)?.report(report).await
    }

    async fn reports(&self, topic: &str) -> Result<BoxStream<'static, Report>, Fault> {
        self.of(topic)?.reports(topic).await
    }

    async fn ready(&self, service: &str) -> Result<(), Fault> {
        self.of(service)?.ready(service).await
    }
}
