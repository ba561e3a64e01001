//! The one door: what every call passes before a handler sees it, in this order.
//!
//! - Its place in a trace, and a span to log under.
//! - Its metadata: not too much, nothing twice that must be once, a deadline that makes sense.
//! - Its method: one that the contract knows.
//! - Its caller: a token that is good now, with a role that the method asks for.
//! - Its time: a call that is not a stream ends when its deadline does.
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

use crate::denied::Denied;
use crate::settings::Limits;
use crate::trace::Trace;

/// Services that answer without a token and without a policy row: they tell nothing of any case.
const OPEN: [&str; 3] = [
    "/grpc.health.v1.Health/",
    "/grpc.reflection.v1.ServerReflection/",
    "/grpc.reflection.v1alpha.ServerReflection/",
];
const LONGEST_DEADLINE: Duration = Duration::from_hours(1);

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
    /// A door for callers with tokens of `tokens`, by `clock`. `anyone` is the caller of public methods.
    pub fn new(
        tokens: Arc<Tokens>,
        clock: Clock,
        anyone: Caller,
        limits: &Limits,
    ) -> Result<Self, prost::DecodeError> {
        Ok(Self {
            tokens,
            clock: DebugClock(clock),
            anyone: Arc::new(anyone),
            streams: streams()?,
            metadata_bytes: limits.header_bytes as usize,
            longest: limits.request_timeout(),
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
        let deadline = deadline(headers)?;
        let authorization = authorization(headers)?;
        if OPEN.iter().any(|service| path.starts_with(service)) {
            return Ok(Passed { who: None, budget: None });
        }
        let policy = policy::of(path).ok_or(Denied::Forbidden("METHOD_UNKNOWN"))?;
        let caller = self.caller(policy, authorization)?;
        let budget =
            (!self.streams.contains(path)).then(|| deadline.map_or(self.longest, |d| d.min(self.longest)));
        Ok(Passed { who: Some((caller, policy)), budget })
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
    budget: Option<Duration>,
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
                match passed.budget {
                    None => next.run(request).await,
                    Some(budget) => match tokio::time::timeout_at(begun + budget, next.run(request)).await {
                        Ok(answer) => answer,
                        Err(_) => refuse(Denied::Late),
                    },
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
pub(crate) fn refuse(denied: Denied) -> Response {
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

/// The client's deadline. tonic ignores one it cannot read, and so would wait for nobody.
fn deadline(headers: &HeaderMap) -> Result<Option<Duration>, Denied> {
    let malformed = || Denied::field("grpc-timeout", lexicon::Fault::FORMAT);
    let mut all = headers.get_all("grpc-timeout").iter();
    let Some(value) = all.next() else { return Ok(None) };
    let text =
        value.to_str().ok().filter(|text| all.next().is_none() && text.is_ascii()).ok_or_else(malformed)?;
    let (digits, unit) = text.split_at_checked(text.len().wrapping_sub(1)).ok_or_else(malformed)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(malformed());
    }
    let count: u64 = digits.parse().map_err(|_| malformed())?;
    let deadline = match unit {
        "H" => Duration::from_secs(count * 3600),
        "M" => Duration::from_secs(count * 60),
        "S" => Duration::from_secs(count),
        "m" => Duration::from_millis(count),
        "u" => Duration::from_micros(count),
        "n" => Duration::from_nanos(count),
        _ => return Err(malformed()),
    };
    if deadline > LONGEST_DEADLINE {
        return Err(Denied::field("grpc-timeout", lexicon::Fault::RANGE));
    }
    // tonic's own timer runs outside ours, started a moment earlier, and would answer CANCELLED.
    Ok(Some(deadline.saturating_sub((deadline / 10).min(Duration::from_millis(5)))))
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

    fn timeout(text: &str) -> Result<Option<Duration>, Denied> {
        let mut headers = HeaderMap::new();
        headers.insert("grpc-timeout", http::HeaderValue::from_bytes(text.as_bytes()).unwrap());
        deadline(&headers)
    }

    #[test]
    fn deadlines_are_read_or_refused() {
        assert_eq!(timeout("1H").unwrap(), Some(Duration::from_hours(1) - Duration::from_millis(5)));
        assert_eq!(timeout("10m").unwrap(), Some(Duration::from_millis(9)));
        assert_eq!(timeout("0n").unwrap(), Some(Duration::ZERO));
        for bad in
            ["", "S", "1", "1s", "1 S", "-1S", "+1S", "1.5S", "999999999n", "61M", "99999999H", "1S,1S", "١S"]
        {
            assert!(matches!(timeout(bad), Err(Denied::Invalid(_))), "{bad}");
        }
        let mut twice = HeaderMap::new();
        twice.append("grpc-timeout", "1S".parse().unwrap());
        twice.append("grpc-timeout", "2S".parse().unwrap());
        assert!(deadline(&twice).is_err());
        assert_eq!(deadline(&HeaderMap::new()).unwrap(), None);
    }

    #[test]
    fn the_contract_s_streams_are_known() {
        let streams = streams().unwrap();
        assert!(streams.contains("/supermarket.routing.v1.RoutingService/WatchPool"));
        assert!(!streams.contains("/supermarket.routing.v1.RoutingService/ClaimCase"));
    }
}
