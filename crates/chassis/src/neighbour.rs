//! Calling a neighbour through its real front door, in the same process or in another.
//!
//! The few calls that go sideways pass the same guards as a stranger's: a token (role service), the policy, the metadata,
//! and what is left of the asking call's time. In the same process only the socket is left out. Generated clients take a
//! [`Neighbour`] where they take a channel.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use access::{Account, IssueFault, Tokens};
use axum::Router;
use chrono::Duration;
use courier::Clock;
use futures::future::BoxFuture;
use http::{HeaderValue, Request, Response, header};
use lexicon::CentreId;
use tonic::body::Body;
use tower::{Service, ServiceExt};

use crate::deadline::{self, GRPC_TIMEOUT};
use crate::denied::Denied;
use crate::replicas::Replicas;
use crate::server;
use crate::service::{Site, StartFault};
use crate::settings::Settings;
use crate::trace::TRACEPARENT;

/// A token for one call need not live longer than the call may take.
const LIFE_SECONDS: i64 = 60;

/// A way to call a service as another one of ours.
#[derive(Clone)]
pub struct Neighbour {
    way: Way,
    longest: std::time::Duration,
    tokens: Arc<Tokens>,
    clock: Clock,
    me: Arc<Account>,
    trace: Option<String>,
}

#[derive(Clone)]
enum Way {
    Here(Router),
    There(Arc<Replicas>),
}

impl Neighbour {
    /// Calls into `services` as the service `me`, through a door like the one they have to the outside.
    pub fn to(
        services: &[&crate::Service],
        me: &str,
        site: &Site,
        settings: &Settings,
    ) -> Result<Self, StartFault> {
        let routes = server::doored(services.iter().copied(), site, settings)?;
        Self::by(Way::Here(routes), me, site, settings)
    }

    /// Calls the replicas of a service in other processes as the service `me`.
    pub fn at(
        replicas: Arc<Replicas>,
        me: &str,
        site: &Site,
        settings: &Settings,
    ) -> Result<Self, StartFault> {
        Self::by(Way::There(replicas), me, site, settings)
    }

    fn by(way: Way, me: &str, site: &Site, settings: &Settings) -> Result<Self, StartFault> {
        let centre = CentreId::new(settings.centre.id.as_str()).map_err(|_| StartFault::Centre)?;
        let me = Account::service(me, &centre).map_err(|_| StartFault::Centre)?;
        let (tokens, clock) = (site.tokens.clone(), site.clock.clone());
        let longest = settings.limits.request_timeout();
        Ok(Self { way, longest, tokens, clock, me: Arc::new(me), trace: None })
    }

    /// The same way, within a trace: pass the `trace` of the call or stamp that asks.
    #[must_use]
    pub fn within(&self, trace: Option<String>) -> Self {
        Self { trace, ..self.clone() }
    }

    fn credentials(&self) -> Result<HeaderValue, IssueFault> {
        let token = self.tokens.issue(&self.me, self.clock.now(), Duration::seconds(LIFE_SECONDS))?;
        let mut value = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| IssueFault::Key)?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl Service<Request<Body>> for Neighbour {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let Ok(credentials) = self.credentials() else {
            let status = tonic::Status::unauthenticated("a service of ours has no token for its neighbour");
            return Box::pin(async { Ok(status.into_http()) });
        };
        request.headers_mut().insert(header::AUTHORIZATION, credentials);
        if let Some(trace) = self.trace.as_deref().and_then(|trace| HeaderValue::from_str(trace).ok()) {
            request.headers_mut().insert(TRACEPARENT, trace);
        }
        // A call that asks says how long; whoever asks by the clock gets what a stranger would get.
        let left = deadline::left().unwrap_or(self.longest);
        if !request.headers().contains_key(GRPC_TIMEOUT) {
            request.headers_mut().insert(GRPC_TIMEOUT, deadline::forward(left));
        }
        match self.way.clone() {
            Way::Here(routes) => {
                Box::pin(async move { routes.oneshot(request).await.map(|response| response.map(Body::new)) })
            }
            Way::There(replicas) => Box::pin(async move {
                let answer = replicas.call(request).await;
                Ok(answer.unwrap_or_else(|denied: Denied| tonic::Status::from(denied).into_http()))
            }),
        }
    }
}
