//! A service as a value, and a process as a list of them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use access::Tokens;
use courier::{Clock, Desk, Post, Reactions, Transport};
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;

use crate::health::{Health, road_of};
use crate::lifecycle::Lifecycle;
use crate::open::OpenBook;
use crate::server;
use crate::settings::Settings;

/// One service: what it answers, what it remembers, what it hears, what it does by itself.
pub struct Service {
    /// Its name, which is also its topic.
    pub name: &'static str,
    /// The gRPC services it serves.
    pub routes: Routes,
    /// Its memory.
    pub desk: Desk,
    /// What it does with news.
    pub reactions: Reactions,
    /// What it does by the clock.
    pub ticks: Vec<Tick>,
    /// What it has open.
    pub open: OpenBook,
}

/// Work that is done again and again.
pub struct Tick {
    /// Its name, for logs and audit rows.
    pub name: &'static str,
    /// The pause between two runs.
    pub every: Duration,
    /// The work. It reports its own faults; the next run comes anyhow.
    pub run: Box<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>,
}

/// What a process has beside its services.
#[derive(Clone)]
pub struct Site {
    /// gRPC services without a memory of their own, such as the one that issues tokens.
    pub routes: Routes,
    /// Pages for people: the start page, later the console.
    pub pages: axum::Router,
    /// What answers a call that has passed the door and that nobody in this process serves: reception's way to the
    /// services in other processes.
    pub elsewhere: Option<axum::Router>,
    /// How everything is.
    pub health: Health,
    /// The names that somebody else tells health, beside the services of this process.
    pub told: Vec<&'static str>,
    /// Whether reception stands in front, in another process: one connection then carries the calls of many clients.
    pub behind: bool,
    /// Who may come in.
    pub tokens: Arc<Tokens>,
    /// How news travels between the services.
    pub transport: Arc<dyn Transport>,
    /// The clock of the house.
    pub clock: Clock,
}

impl Site {
    /// A site that shows nothing yet.
    pub fn new(tokens: Arc<Tokens>, transport: Arc<dyn Transport>, clock: Clock) -> Self {
        Self {
            routes: Routes::default(),
            pages: axum::Router::new(),
            elsewhere: None,
            health: Health::default(),
            told: vec![],
            behind: false,
            tokens,
            transport,
            clock,
        }
    }
}

/// Why a process does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// `centre.id` is not a centre's id.
    #[error("centre.id is not the id of a centre")]
    Centre,
    /// An address of a replica is none.
    #[error("services.{service}: {address} is not an address; write http://host:port")]
    Address {
        /// Whose replica.
        service: &'static str,
        /// What is no address.
        address: String,
    },
    /// Nobody said where a service is.
    #[error("services.{0} is empty, but a service in this process calls it: say where its replicas are")]
    Whereabouts(&'static str),
    /// The settings do not fit what is asked for.
    #[error("{0}")]
    Mode(&'static str),
    /// The signals of the operating system cannot be heard.
    #[error("cannot listen for signals: {0}")]
    Signals(#[from] std::io::Error),
    /// The key file does not open.
    #[error(
        "{0}; every process of a cluster is given the same key file: `supermarket seed` makes it, data.keys names it"
    )]
    Keys(#[from] access::KeyFileFault),
    /// The identity provider's keys cannot be used.
    #[error("tokens.public_keys: {0}")]
    PublicKeys(#[from] access::PublicKeyFault),
    /// The operator's model cannot be used.
    #[error("suggest.model: {0}; leave it empty for the model that is compiled in")]
    Model(String),
    /// The token signing key does not work.
    #[error("the token signing key: {0}")]
    Signing(#[from] access::IssueFault),
    /// A database does not open.
    #[error("the database of {service}: {source}")]
    Database {
        /// Whose.
        service: &'static str,
        /// Why.
        source: courier::Fault,
    },
    /// The broker cannot be joined.
    #[error("the road of {service}: {source}")]
    Road {
        /// Whose.
        service: &'static str,
        /// Why.
        source: courier::Fault,
    },
    /// Reception does not open.
    #[error("reception: {0}")]
    Front(String),
    /// The compiled-in contract does not read.
    #[error("the compiled-in contract does not read")]
    Contract,
    /// A post office does not start.
    #[error("{service} does not start: {source}")]
    Post {
        /// Whose.
        service: &'static str,
        /// Why.
        source: courier::Fault,
    },
}

/// A process at work.
pub struct Running {
    /// Where it listens, with the port it was given.
    pub address: SocketAddr,
    /// A post office each service, to settle and to look into.
    pub posts: Vec<Arc<Post>>,
    /// How the services are.
    pub health: Health,
    /// The same door without a socket, for callers in the same process.
    pub door: axum::Router,
    life: Lifecycle,
    desks: Vec<Desk>,
}

/// Starts the services: listens, delivers, ticks. Answers as soon as calls are taken.
pub async fn run(
    services: Vec<Service>,
    site: Site,
    settings: &Settings,
    life: Lifecycle,
) -> Result<Running, StartFault> {
    let address = settings.listen.address;
    let listener =
        TcpListener::bind(address).await.map_err(|source| StartFault::Listen { address, source })?;
    let address = listener.local_addr().map_err(|source| StartFault::Listen { address, source })?;
    let names: Vec<&'static str> = services.iter().map(|service| service.name).collect();
    let desks: Vec<Desk> = services.iter().map(|service| service.desk.clone()).collect();
    let health = site.health.clone();
    let mut told: Vec<String> = names.iter().chain(&site.told).map(|name| (*name).to_owned()).collect();
    told.extend(names.iter().map(|name| road_of(name)));
    health.starting(&told).await;
    let routes = server::routes(&services, &site, settings)?.prepare();
    let door = routes.clone().into_axum_router();

    let mut posts = Vec::with_capacity(services.len());
    // The posts outlive the calls: what the last calls say is still sent on.
    let delivering = CancellationToken::new();
    for service in services {
        let Service { name, desk, reactions, ticks, .. } = service;
        let transport = site.transport.clone();
        let post =
            Post::start(&desk, reactions, transport, contracts::topics::CONSUMERS, delivering.clone()).await;
        match post {
            Ok(post) => posts.push(Arc::new(post)),
            Err(source) => {
                delivering.cancel();
                life.stop();
                return Err(StartFault::Post { service: name, source });
            }
        }
        for tick in ticks {
            life.spawn(tick.name, again_and_again(tick, life.soft()));
        }
        health.tell(name, true).await;
        health.tell(&road_of(name), true).await;
    }
    health.tell("", true).await;

    for desk in &desks {
        life.spawn("memory", stop_with(desk.service(), desk.ended(), life.clone()));
        let watch = health.clone().watch(desk.clone(), site.transport.clone(), life.leaving());
        life.spawn("health", watch);
    }
    life.spawn("leaving", leave(health.clone(), told, life.leaving()));
    let soft = life.soft();
    let server = server::limited(&settings.limits, site.behind);
    // Without this an answer waits up to 40 ms for the client's delayed acknowledgement of its headers.
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let hard = life.hard();
    life.spawn("server", async move {
        let serving = server.serve_with_incoming_shutdown(routes, incoming, soft.cancelled_owned());
        tokio::select! {
            ended = serving => {
                if ended.is_err() {
                    tracing::error!("the server ended with an error");
                }
            }
            // A silent client keeps its connection open for ever; it does not keep us.
            () = hard.cancelled() => {}
        }
    });
    tracing::info!(%address, services = ?names, "serving");
    Ok(Running { address, posts, health, door, life, desks })
}

impl Running {
    /// Begins to stop.
    pub fn stop(&self) {
        self.life.stop();
    }

    /// Waits until this process is asked to stop and has stopped: calls first, then deliveries, then memories.
    /// Answers whether everything ended by itself and in time.
    pub async fn ended(self) -> bool {
        let calls = self.life.ended().await;
        let rest = async {
            for post in &self.posts {
                post.stop().await;
            }
            for desk in &self.desks {
                desk.close().await;
            }
        };
        let closed = tokio::time::timeout(CLOSING, rest).await.is_ok();
        if !closed {
            tracing::error!("a memory did not close in time; nothing answered is lost");
        }
        calls && closed
    }
}

/// How long posts and desks may take to end. Each commit is on the disk before it is answered, so more patience
/// would save nothing.
const CLOSING: Duration = Duration::from_secs(3);

/// Says everywhere that this process leaves, before it takes no more calls.
async fn leave(health: Health, told: Vec<String>, leaving: CancellationToken) {
    leaving.cancelled().await;
    health.stopping(&told).await;
}

/// A service that can write nothing any more does not stay: whoever supervises this process starts a whole one.
async fn stop_with(service: &'static str, ended: CancellationToken, life: Lifecycle) {
    tokio::select! {
        biased;
        () = life.soft().cancelled_owned() => {}
        () = ended.cancelled() => {
            tracing::error!(service, "the writer of this memory has ended; stopping");
            life.stop();
        }
    }
}

async fn again_and_again(tick: Tick, soft: CancellationToken) {
    let mut pace = tokio::time::interval(tick.every.max(Duration::from_millis(1)));
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = soft.cancelled() => return,
            _ = pace.tick() => {}
        }
        let work = std::panic::AssertUnwindSafe((tick.run)());
        if work.catch_unwind().await.is_err() {
            tracing::error!(tick = tick.name, "a tick panicked; the next one comes");
        }
    }
}
