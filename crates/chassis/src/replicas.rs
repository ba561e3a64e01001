//! One service in other processes: a way to each of its replicas, and the choice between them.
//!
//! tonic's own balancer takes a dead replica for a ready one, so the choice is made here: each replica is asked for its
//! health twice a second, and one whose connection fails counts as bad until it says that it serves. Calls go round the
//! good ones; when none is good, each is tried once, because our judgement may be older than they are.
//!
//! A call is tried again on another replica only if it was provably not sent: its body can be had back as long as no
//! connection has looked into it ([`body::Lent`]). Whatever failed later may have been done, and whoever called decides.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use http::{HeaderMap, Method, Request, Response, Uri, Version};
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tower::ServiceExt;

use crate::deadline;
use crate::denied::Denied;
use crate::health::Health;
use crate::service::StartFault;

mod body;
mod lane;

use body::{Answer, Lent, Loan};
use lane::Lanes;

const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long a replica may take to say how it is.
const LOOK_PATIENCE: Duration = Duration::from_secs(1);

/// The replicas of one service.
pub struct Replicas {
    service: &'static str,
    all: Vec<Replica>,
    turn: AtomicUsize,
}

struct Replica {
    address: String,
    lanes: Lanes,
    good: AtomicBool,
}

impl Replicas {
    /// The replicas of `service` at these addresses, `http://host:port` each. Nothing is connected before the first call.
    pub fn of(service: &'static str, addresses: &[&str]) -> Result<Self, StartFault> {
        let replica = |address: &&str| {
            let endpoint = Endpoint::from_shared((*address).to_owned())
                .map_err(|_| StartFault::Address { service, address: (*address).to_owned() })?;
            Ok::<_, StartFault>(Replica {
                address: (*address).to_owned(),
                lanes: Lanes::to(endpoint),
                // Until we know better: a call at the very start is tried rather than refused.
                good: AtomicBool::new(true),
            })
        };
        let all = addresses.iter().map(replica).collect::<Result<Vec<_>, _>>()?;
        if all.is_empty() {
            Err(StartFault::Whereabouts(service))
        } else {
            Ok(Self { service, all, turn: AtomicUsize::new(0) })
        }
    }

    /// Whose replicas these are.
    pub fn service(&self) -> &'static str {
        self.service
    }

    /// Whether any of them is good.
    pub fn ready(&self) -> bool {
        self.all.iter().any(|replica| replica.good.load(Ordering::Relaxed))
    }

    /// Makes the call. The answer's body ends with the status UNAVAILABLE if the replica goes away in the middle of it.
    pub async fn call(&self, request: Request<Body>) -> Result<Response<Body>, Denied> {
        let (head, body) = request.into_parts();
        let loan = Loan::of(body);
        for replica in self.order() {
            let lent = loan.lend().ok_or(Denied::Unreachable(self.service))?;
            match replica.call(&head.uri, &head.headers, lent).await {
                Ok(answer) => return Ok(answer.map(|(body, ticket)| Answer::new(body, ticket, self.service))),
                Err(error) if deadline::is_over() => {
                    tracing::warn!(service = self.service, replica = replica.address, %error, "no answer in time");
                    return Err(Denied::Late);
                }
                // The caller's own body broke: that says nothing about the replica, and nobody waits for the answer.
                Err(_) if loan.is_broken() => return Err(Denied::Unreachable(self.service)),
                Err(error) => {
                    replica.good.store(false, Ordering::Relaxed);
                    let why = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                    tracing::warn!(service = self.service, replica = replica.address, %error, why, "a replica failed");
                    if !loan.is_whole() {
                        break;
                    }
                }
            }
        }
        Err(Denied::Unreachable(self.service))
    }

    /// Every replica once: the good ones first, each time beginning with another.
    fn order(&self) -> impl Iterator<Item = &Replica> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let mut order: Vec<&Replica> =
            (0..self.all.len()).map(|at| &self.all[(turn.wrapping_add(at)) % self.all.len()]).collect();
        order.sort_by_key(|replica| !replica.good.load(Ordering::Relaxed));
        order.into_iter()
    }

    /// Looks after their health until `end`, and tells `health` whether any is good.
    pub async fn watch(self: Arc<Self>, health: Option<Health>, end: CancellationToken) {
        let mut pace = tokio::time::interval(LOOK_EVERY);
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = end.cancelled() => return,
                _ = pace.tick() => {}
            }
            let looks = join_all(self.all.iter().map(|replica| replica.look(self.service)));
            tokio::select! {
                () = end.cancelled() => return,
                _ = looks => {}
            }
            if let Some(health) = &health {
                health.tell(self.service, self.ready()).await;
            }
        }
    }
}

impl Replica {
    async fn call(
        &self,
        uri: &Uri,
        headers: &HeaderMap,
        body: Lent,
    ) -> Result<Response<(Body, lane::Ticket)>, tonic::transport::Error> {
        let (channel, ticket) = self.lanes.take();
        let mut request = Request::new(Body::new(body));
        *request.method_mut() = Method::POST;
        *request.version_mut() = Version::HTTP_2;
        *request.uri_mut() = uri.clone();
        request.headers_mut().clone_from(headers);
        let answer = channel.oneshot(request).await?;
        Ok(answer.map(|body| (body, ticket)))
    }

    async fn look(&self, service: &str) {
        let mut client = HealthClient::new(self.lanes.first());
        let asked = client.check(HealthCheckRequest { service: service.to_owned() });
        let told = tokio::time::timeout(LOOK_PATIENCE, asked).await;
        let good = matches!(told, Ok(Ok(told)) if told.get_ref().status() == ServingStatus::Serving);
        if self.good.swap(good, Ordering::Relaxed) != good {
            tracing::info!(service, replica = self.address, good, "a replica's health changed");
        }
    }
}
