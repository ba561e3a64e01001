//! The one door: what every call passes before a handler sees it, in this order.
//!
//! - Its place in a trace, and a span to log under.
//! - Its metadata: not too much, nothing twice that must be once, a deadline that makes sense.
//! - Its method: one that the contract knows.
//! - Its caller: a token that is good now, with a role that the method asks for.
//! - Its time: a call that is not a stream ends when its deadline does; what is left of it is told on ([`deadline`]).
//!
//! What comes out behind is an `access::Call` in the request's extensions.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use access::{Call, Caller, Policy, Role, Tokens};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use contracts::policy;
use courier::Clock;
use http::{HeaderMap, header};
use opentelemetry::trace::TraceContextExt;
use prost::Message;
use tokio::time::Instant;
use tonic::{Code, Status};
use tracing::Instrument;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::deadline;
use crate::denied::Denied;
use crate::trace::Trace;

/// Services that answer without a token and without a policy row: they tell nothing of any case.
const OPEN: [&str; 3] = [
    "/grpc.health.v1.Health/",
    "/grpc.reflection.v1.ServerReflection/",
    "/grpc.reflection.v1alpha.ServerReflection/",
];

/// What the door needs to know.
#[derive(Debug)]
pub struct Door {
    tokens: Arc<Tokens>,
    clock: DebugClock,
    anyone: Arc<Caller>,
    streams: HashSet<String>,
    metadata_bytes: usize,
    longest: Duration,
}

struct DebugClock(Clock);

impl std::fmt::Debug for DebugClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

impl Door {
    /// A door for callers with tokens of `tokens`, by `clock`. `anyone` is the caller of public methods; all metadata of
    /// a call together is bounded, and so is the time of a call that is not a stream.
    pub fn new(
        tokens: Arc<Tokens>,
        clock: Clock,
        anyone: Caller,
        metadata_bytes: usize,
        longest: Duration,
    ) -> Result<Self, prost::DecodeError> {
        Ok(Self {
            tokens,
            clock: DebugClock(clock),
            anyone: Arc::new(anyone),
            streams: streams()?,
            metadata_bytes,
            longest,
        })
    }

    /// The layer around all routes.
    pub fn around(self, routes: axum::Router) -> axum::Router {
        routes.layer(axum::middleware::from_fn_with_state(Arc::new(self), pass))
    }

    fn check(&self, path: &str, headers: &HeaderMap) -> Result<Passed, Denied> {
        let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        if size > self.metadata_bytes {
            return Err(Denied::field("metadata", lexicon::Fault::TOO_LONG));
        }
        let deadline = deadline::of(headers)?;
        let authorization = authorization(headers)?;
        if OPEN.iter().any(|service| path.starts_with(service)) {
            return Ok(Passed { who: None, time: Time::Open(None) });
        }
        let policy = policy::of(path).ok_or(Denied::Forbidden("METHOD_UNKNOWN"))?;
        let caller = self.caller(policy, authorization)?;
        let time = if self.streams.contains(path) {
            Time::Open(deadline)
        } else {
            Time::Bounded(deadline.map_or(self.longest, |d| d.min(self.longest)))
        };
        Ok(Passed { who: Some((caller, policy)), time })
    }

    fn caller(&self, policy: &Policy, token: Option<&str>) -> Result<Arc<Caller>, Denied> {
        if policy.roles.contains(&Role::Public) {
            return Ok(self.anyone.clone());
        }
        let token = token.ok_or(Denied::Unauthenticated("TOKEN_MISSING"))?;
        let caller = self.tokens.verify(token, self.clock.0.now())?;
        match access::decide::acting(&caller, policy) {
            Some(_) => Ok(caller),
            None => Err(Denied::Forbidden("ROLE_NOT_ALLOWED")),
        }
    }
}

struct Passed {
    who: Option<(Arc<Caller>, &'static Policy)>,
    time: Time,
}

/// How long a call may take.
#[derive(Clone, Copy)]
enum Time {
    /// It ends here when this is over.
    Bounded(Duration),
    /// A stream: its client ends it, and may have said when.
    Open(Option<Duration>),
}

async fn pass(State(door): State<Arc<Door>>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let brought = Trace::of(request.headers());
    let trace = brought.map_or_else(Trace::new, Trace::child);
    let checked = door.check(request.uri().path(), request.headers());
    // Only names of the contract come into the log: what a stranger typed as a path does not.
    let method = match &checked {
        Ok(Passed { who: Some((_, policy)), .. }) => policy.path,
        Ok(Passed { who: None, .. }) => "health or reflection",
        Err(_) => policy::of(request.uri().path()).map_or("unknown", |policy| policy.path),
    };
    let span = tracing::info_span!("rpc", method, trace_id = trace.id());
    // Fails where no collector is set, which is fine.
    let _ = span.set_parent(
        opentelemetry::Context::new().with_remote_span_context(brought.unwrap_or(trace).remote()),
    );
    async move {
        let answer = match checked {
            Err(denied) => refuse(denied),
            Ok(passed) => {
                if let Some((caller, policy)) = passed.who {
                    request.extensions_mut().insert(Call { caller, policy, trace: Some(trace.to_string()) });
                }
                match passed.time {
                    Time::Open(deadline) => {
                        deadline::within(deadline.map(|d| begun + d), next.run(request)).await
                    }
                    Time::Bounded(budget) => {
                        let until = begun + budget;
                        let answering = deadline::within(Some(until), next.run(request));
                        match tokio::time::timeout_at(until, answering).await {
                            Ok(answer) => answer,
                            Err(_) => refuse(Denied::Late),
                        }
                    }
                }
            }
        };
        let code = Status::from_header_map(answer.headers()).map_or(Code::Ok, |status| status.code());
        tracing::info!(code = ?code, ms = begun.elapsed().as_millis() as u64, "answered");
        answer
    }
    .instrument(span)
    .await
}

/// The refusal as a gRPC answer without a body.
pub fn refuse(denied: Denied) -> Response {
    Status::from(denied).into_http::<Body>()
}

/// The one bearer token, if there is one.
fn authorization(headers: &HeaderMap) -> Result<Option<&str>, Denied> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (first, second) = (all.next(), all.next());
    if second.is_some() {
        return Err(Denied::Unauthenticated("AUTHORIZATION_TWICE"));
    }
    let Some(value) = first else { return Ok(None) };
    let token = value.to_str().ok().and_then(|text| text.split_once(' '));
    match token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) {
        Some((_, token)) => Ok(Some(token)),
        None => Err(Denied::Unauthenticated("AUTHORIZATION_NOT_BEARER")),
    }
}

/// The paths of all methods that stream in either direction.
fn streams() -> Result<HashSet<String>, prost::DecodeError> {
    let all = prost_types::FileDescriptorSet::decode(contracts::DESCRIPTOR)?;
    let mut paths = HashSet::new();
    for file in &all.file {
        for service in &file.service {
            for method in service.method.iter().filter(|m| m.client_streaming() || m.server_streaming()) {
                paths.insert(format!("/{}.{}/{}", file.package(), service.name(), method.name()));
            }
        }
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contract_s_streams_are_known() {
        let streams = streams().unwrap();
        assert!(streams.contains("/supermarket.routing.v1.RoutingService/WatchPool"));
        assert!(!streams.contains("/supermarket.routing.v1.RoutingService/ClaimCase"));
    }
}
