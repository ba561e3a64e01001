//! The way on: a call that has passed the door goes to a replica of the service whose method it is.
//!
//! A reverse proxy for gRPC over HTTP/2. Heads are copied, bodies stream in both directions, trailers come through. Only
//! what belongs to one hop is rewritten: the trace gets the door's span, `grpc-timeout` what is left of it, headers of the
//! former connection stay behind. Everything else, the token and `supermarket-seen` among it, travels as it came.

use std::sync::Arc;

use access::Call;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use chassis::deadline::{self, GRPC_TIMEOUT};
use chassis::door::refuse;
use chassis::trace::TRACEPARENT;
use chassis::{Denied, Replicas};
use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Headers that speak of one connection. The body's length too: behind gRPC-Web it is another.
const OF_ONE_HOP: [HeaderName; 9] = [
    header::CONNECTION,
    header::HOST,
    header::CONTENT_LENGTH,
    header::EXPECT,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::ACCEPT_ENCODING,
];
const KEEP_ALIVE: [HeaderName; 2] =
    [HeaderName::from_static("keep-alive"), HeaderName::from_static("proxy-connection")];

/// The services in other processes.
#[derive(Default, Clone)]
pub(crate) struct Elsewhere {
    ways: Vec<Arc<Replicas>>,
}

impl Elsewhere {
    pub(crate) fn add(&mut self, replicas: Arc<Replicas>) {
        self.ways.push(replicas);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ways.is_empty()
    }

    /// Sends the call to the service whose method it is.
    pub(crate) async fn pass_on(&self, request: Request) -> Response {
        match context_of(request.uri().path()) {
            Some(service) if self.knows(service) => {
                let service = service.to_owned();
                self.pass_to(&service, request).await
            }
            _ => refuse(Denied::Unserved),
        }
    }

    pub(crate) fn knows(&self, service: &str) -> bool {
        self.ways.iter().any(|way| way.service() == service)
    }

    /// Sends the call to this service.
    pub(crate) async fn pass_to(&self, service: &str, request: Request) -> Response {
        let Some(way) = self.ways.iter().find(|way| way.service() == service) else {
            return refuse(Denied::Unserved);
        };
        let trace = request.extensions().get::<Call>().and_then(|call| call.trace.clone());
        let (head, body) = request.into_parts();
        let mut onward = http::Request::new(tonic::body::Body::new(body));
        *onward.headers_mut() = headers(&head.headers, trace.as_deref());
        *onward.uri_mut() = head.uri;
        match way.call(onward).await {
            Ok(answer) => answer.map(Body::new),
            Err(denied) => refuse(denied),
        }
    }
}

/// `/supermarket.intake.v1.IntakeService/FileDispute` is intake's.
fn context_of(path: &str) -> Option<&str> {
    path.strip_prefix("/supermarket.")?.split('.').next()
}

fn headers(came: &HeaderMap, trace: Option<&str>) -> HeaderMap {
    let mut onward = came.clone();
    // Whatever the former connection declared its own.
    let listed = came.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
    for name in
        listed.flat_map(|list| list.split(',')).filter_map(|name| name.trim().parse::<HeaderName>().ok())
    {
        onward.remove(name);
    }
    for name in OF_ONE_HOP.iter().chain(&KEEP_ALIVE) {
        onward.remove(name);
    }
    onward.insert(header::TE, HeaderValue::from_static("trailers"));
    onward.remove(GRPC_TIMEOUT);
    if let Some(left) = deadline::left() {
        onward.insert(GRPC_TIMEOUT, deadline::forward(left));
    }
    onward.remove(TRACEPARENT);
    if let Some(trace) = trace.and_then(|trace| HeaderValue::from_str(trace).ok()) {
        onward.insert(TRACEPARENT, trace);
    }
    onward
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_of_the_contract_belongs_to_a_context() {
        for policy in contracts::policy::POLICIES {
            let context = context_of(policy.path).unwrap();
            let service = contracts::topics::CONSUMERS.iter().any(|(service, _)| *service == context);
            assert!(service || ["access", "courier"].contains(&context), "{}", policy.path);
        }
        assert_eq!(context_of("/grpc.health.v1.Health/Check"), None);
    }

    #[test]
    fn what_belongs_to_one_hop_stays_behind() {
        let mut came = HeaderMap::new();
        for (name, value) in [
            ("connection", "keep-alive, x-private"),
            ("x-private", "1"),
            ("keep-alive", "timeout=5"),
            ("host", "reception"),
            ("content-length", "5"),
            ("transfer-encoding", "chunked"),
            ("grpc-timeout", "5S"),
            ("traceparent", "malformed"),
            ("authorization", "Bearer x"),
            ("supermarket-seen", "a"),
            ("grpc-encoding", "identity"),
            ("x-mine-bin", "AAA"),
        ] {
            came.append(name, value.parse().unwrap());
        }
        came.append("supermarket-seen", "b".parse().unwrap());
        let onward = headers(&came, Some("00-1-2-01"));
        let mut names: Vec<&str> = onward.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            ["authorization", "grpc-encoding", "supermarket-seen", "te", "traceparent", "x-mine-bin"]
        );
        assert_eq!(onward.get_all("supermarket-seen").iter().count(), 2);
        assert_eq!(onward["traceparent"], "00-1-2-01");
    }
}
