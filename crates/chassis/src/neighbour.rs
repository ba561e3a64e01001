//! Calling a neighbour in the same process, through its real front door.
//!
//! The three calls that go sideways pass the same guards as a stranger's: a token (role service), the policy,
//! the metadata. Only the socket is left out. Generated clients take a [`Neighbour`] where they take a channel.

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

use crate::server;
use crate::service::{Site, StartFault};
use crate::settings::Settings;
use crate::trace::TRACEPARENT;

/// A token for one call need not live longer than the call may take.
const LIFE_SECONDS: i64 = 60;

/// A way to call into routes of this process as one of our services.
#[derive(Clone)]
pub struct Neighbour {
    routes: Router,
    tokens: Arc<Tokens>,
    clock: Clock,
    me: Arc<Account>,
    trace: Option<String>,
}

impl Neighbour {
    /// Calls into `services` as the service `me`, through a door like the one they have to the outside.
    pub fn to(
        services: &[&crate::Service],
        me: &str,
        site: &Site,
        settings: &Settings,
    ) -> Result<Self, StartFault> {
        let centre = CentreId::new(settings.centre.id.as_str()).map_err(|_| StartFault::Centre)?;
        let me = Account::service(me, &centre).map_err(|_| StartFault::Centre)?;
        let routes = server::doored(services.iter().copied(), site, settings)?;
        let (tokens, clock) = (site.tokens.clone(), site.clock.clone());
        Ok(Self { routes, tokens, clock, me: Arc::new(me), trace: None })
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
        let routes = self.routes.clone();
        Box::pin(async move { routes.oneshot(request).await.map(|response| response.map(Body::new)) })
    }
}
