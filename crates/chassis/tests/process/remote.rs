//! A neighbour in another process, over a real socket: the same call as next door, with the rest of the time.
use std::sync::Arc;
use std::time::Duration;

use crate::town::{asked, brief, desk, site};
use chassis::{Neighbour, Replicas, Settings, StartFault, run};
use contracts::courier::v1::ledger_service_client::LedgerServiceClient;
use contracts::intake::v1::intake_service_server::SERVICE_NAME;
use http::Request;
use tonic::Code;
use tonic_types::StatusExt;
use tower::ServiceExt;

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn settings() -> Settings {
    Settings::read(None, vec![("LISTEN__ADDRESS".to_owned(), "127.0.0.1:0".to_owned())]).unwrap()
}

#[tokio::test]
async fn it_is_asked_as_a_service_on_the_caller_s_trace_and_told_the_time() {
    let clock = courier::Clock::system();
    let (desk, _folder) = desk(&clock).await;
    let (site, settings) = (site(&clock), settings());
    let path = format!("/{SERVICE_NAME}/ReadForFiling");
    let echo = axum::routing::post(|request: axum::extract::Request| async move {
        let call = request.extensions().get::<access::Call>().cloned().unwrap();
        let time = request.headers()["grpc-timeout"].to_str().unwrap().to_owned();
        let said = format!("{} {} {time}", call.actor().account, call.trace.unwrap());
        http::Response::builder().header("x-said", said).body(axum::body::Body::empty()).unwrap()
    });
    let routes = tonic::service::Routes::from(axum::Router::new().route(&path, echo));
    let service = chassis::Service { routes, ..crate::town::service(&desk) };
    let running = run(vec![service], site.clone(), &settings, brief()).await.unwrap();

    let address = format!("http://{}", running.address);
    let replicas = Arc::new(Replicas::of("intake", &[&address]).unwrap());
    assert!(!replicas.ready(), "nobody has looked yet");
    let neighbour = Neighbour::at(replicas, "transfer", &site, &settings).unwrap();
    let request = Request::post(&path).body(tonic::body::Body::empty()).unwrap();
    let answer = neighbour.within(Some(PARENT.into())).oneshot(request).await.unwrap();
    let said = answer.headers()["x-said"].to_str().unwrap().to_owned();
    let mut parts = said.split(' ');
    assert_eq!(parts.next(), Some("service:transfer"));
    assert_eq!(parts.next().unwrap()[..36], PARENT[..36]);
    let micros: u64 = parts.next().unwrap().strip_suffix('u').unwrap().parse().unwrap();
    assert!((20_000_000..30_000_000).contains(&micros), "{said}");
}

#[tokio::test]
async fn it_is_told_no_more_than_is_left_for_the_call_that_asks() {
    let clock = courier::Clock::system();
    let (desk, _folder) = desk(&clock).await;
    let (site, settings) = (site(&clock), settings());
    let running = run(vec![crate::town::service(&desk)], site.clone(), &settings, brief()).await.unwrap();
    let address = format!("http://{}", running.address);
    let replicas = Arc::new(Replicas::of("intake", &[&address]).unwrap());
    let far = Neighbour::at(replicas, "transfer", &site, &settings).unwrap();

    // A service whose handler asks the neighbour, as transfer does when it packs.
    let path = format!("/{SERVICE_NAME}/ReadForFiling");
    let asks = axum::routing::post(move |_: axum::extract::Request| {
        let far = far.clone();
        async move {
            let left = chassis::deadline::left().unwrap();
            let request = Request::post("/supermarket.courier.v1.LedgerService/ListGaps");
            let answer = far.oneshot(request.body(tonic::body::Body::empty()).unwrap()).await.unwrap();
            let status = answer.headers()["grpc-status"].to_str().unwrap().to_owned();
            let said = format!("{} {status}", left.as_millis());
            http::Response::builder().header("x-said", said).body(axum::body::Body::empty()).unwrap()
        }
    });
    let routes = tonic::service::Routes::from(axum::Router::new().route(&path, asks));
    let service = chassis::Service { routes, ..crate::town::service(&desk) };
    let near = Neighbour::to(&[&service], "transfer", &site, &settings).unwrap();
    let request = Request::post(&path).header("grpc-timeout", "20S");
    let answer = near.oneshot(request.body(tonic::body::Body::empty()).unwrap()).await.unwrap();
    let said = answer.headers().get("x-said").unwrap_or_else(|| panic!("{answer:?}"));
    let said = said.to_str().unwrap().to_owned();
    let (left, status) = said.split_once(' ').unwrap();
    assert!((10_000..=20_000).contains(&left.parse::<u64>().unwrap()), "{said}");
    // A service may not look into books: the far door said so, not a broken line.
    assert_eq!(status, (Code::PermissionDenied as i32).to_string());
}

#[tokio::test]
async fn a_neighbour_who_is_nowhere_is_unreachable_within_the_time() {
    let clock = courier::Clock::system();
    let (site, settings) = (site(&clock), settings());
    // Not a port that the system gives to connections, which another test's could have by then.
    let address = loop {
        let free = std::net::SocketAddr::from(([127, 0, 0, 1], rand::random_range(10_000..32_000)));
        if std::net::TcpListener::bind(free).is_ok() {
            break format!("http://{free}");
        }
    };
    let replicas = Arc::new(Replicas::of("intake", &[&address, &address]).unwrap());
    let neighbour = Neighbour::at(replicas, "transfer", &site, &settings).unwrap();
    let mut ledger = LedgerServiceClient::new(neighbour);
    let asked = tokio::time::timeout(Duration::from_secs(5), ledger.summarize_outbox(asked("", &[])));
    let status = asked.await.unwrap().unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(status.get_details_error_info().unwrap().reason, "SERVICE_UNREACHABLE");
    assert!(matches!(Replicas::of("intake", &[]), Err(StartFault::Whereabouts("intake"))));
    assert!(matches!(Replicas::of("intake", &["http://a b"]), Err(StartFault::Address { .. })));
}
