//! The door by real clients over a real socket: who comes in, who does not, and what they are told.
use std::time::Duration;

use crate::town::{Town, asked, brief, town};
use access::Role;
use contracts::access::v1::IssueTokenRequest;
use contracts::access::v1::token_service_client::TokenServiceClient;
use contracts::courier::v1::OutboxSummary;
use contracts::courier::v1::ledger_service_client::LedgerServiceClient;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

type Metadata<'a> = &'a [(&'static str, &'a str)];

fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

async fn call(
    town: &Town,
    service: &str,
    metadata: &[(&'static str, &str)],
) -> Result<OutboxSummary, Status> {
    let mut client = LedgerServiceClient::new(town.channel().await);
    client.summarize_outbox(asked(service, metadata)).await.map(tonic::Response::into_inner)
}

#[tokio::test]
async fn who_comes_in() {
    let town = town(brief(), &[]).await;
    let operator = town.token(Role::Operator);
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let said =
        call(&town, "", &[("authorization", &operator), ("traceparent", parent)]).await.unwrap().service;
    assert!(said.starts_with("op/operator 00-4bf92f3577b34da6a3ce929d0e0e4736-"), "{said}");
    assert!(!said.contains("00f067aa0ba902b7"), "the call is a span of its own");

    let mut open = TokenServiceClient::new(town.channel().await);
    let told = open.issue_token(IssueTokenRequest::default()).await.unwrap().into_inner();
    assert_eq!(told.access_token, "public");
}

#[tokio::test]
async fn who_does_not() {
    let town = town(brief(), &[]).await;
    let (operator, clerk) = (town.token(Role::Operator), town.token(Role::Clerk));
    let cut = &operator[..operator.len() - 2];
    let table: [(Metadata<'_>, Code, &str); 7] = [
        (&[], Code::Unauthenticated, "TOKEN_MISSING"),
        (&[("authorization", cut)], Code::Unauthenticated, "TOKEN_INVALID"),
        (&[("authorization", "Basic b3A6b3A=")], Code::Unauthenticated, "AUTHORIZATION_NOT_BEARER"),
        (&[("authorization", "Bearer")], Code::Unauthenticated, "AUTHORIZATION_NOT_BEARER"),
        (
            &[("authorization", &operator), ("authorization", &operator)],
            Code::Unauthenticated,
            "AUTHORIZATION_TWICE",
        ),
        (&[("authorization", &clerk)], Code::PermissionDenied, "ROLE_NOT_ALLOWED"),
        (
            &[("authorization", &operator), ("x-filler", &"x".repeat(8000))],
            Code::InvalidArgument,
            "INVALID_REQUEST",
        ),
    ];
    for (metadata, code, why) in table {
        let status = call(&town, "", metadata).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (code, why));
        assert!(
            status
                .get_details_localized_message()
                .is_some_and(|m| m.locale == "zh-CN" && !m.message.is_ascii())
        );
    }
    town.clock.advance(chrono::Duration::minutes(10));
    let status = call(&town, "", &[("authorization", &operator)]).await.unwrap_err();
    assert_eq!(reason(&status), "TOKEN_EXPIRED");
}

#[tokio::test]
async fn a_method_nobody_knows_is_forbidden_also_to_those_we_know() {
    let town = town(brief(), &[]).await;
    let mut client = tonic::client::Grpc::new(town.channel().await);
    for path in
        ["/supermarket.courier.v1.LedgerService/Drop", "/nobody.Knows/This", "/grpc.health.v1.Healthy/Check"]
    {
        client.ready().await.unwrap();
        let request = asked("", &[("authorization", &town.token(Role::Operator))]);
        let codec = tonic_prost::ProstCodec::<_, OutboxSummary>::default();
        let path = http::uri::PathAndQuery::from_static(path);
        let status = client.unary(request, path, codec).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::PermissionDenied, "METHOD_UNKNOWN"));
    }
}

#[tokio::test]
async fn time_is_bounded_and_senseless_deadlines_are_refused() {
    let town = town(brief(), &[("LIMITS__REQUEST_TIMEOUT_SECONDS", "4")]).await;
    let operator = town.token(Role::Operator);
    for bad in ["5", "soon", "1.5S", "2H"] {
        let status =
            call(&town, "", &[("authorization", &operator), ("grpc-timeout", bad)]).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{bad}");
        assert_eq!(status.get_details_bad_request().unwrap().field_violations[0].field, "grpc-timeout");
    }
    // A request for "slow" as bytes, because tonic's client would end the call by its own clock.
    let slow = [&[0, 0, 0, 0, 6, 10, 4][..], b"slow"].concat();
    // The bounds tell the caller's deadline from the longest, whatever else the machine does.
    for (deadline, bound) in [("\r\ngrpc-timeout: 300m", 250..3_500), ("", 3_900..30_000)] {
        let begun = std::time::Instant::now();
        let answer = http1(&town, &format!("{LEDGER}\r\nauthorization: {operator}{deadline}"), &slow).await;
        assert!(answer.contains("grpc-status: 4"), "{answer}");
        assert!(bound.contains(&begun.elapsed().as_millis()), "{deadline} {:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn what_was_seen_is_waited_for() {
    let town = town(brief(), &[]).await;
    let operator = town.token(Role::Operator);
    let case = "01890a5d-ac96-774b-bcce-b302099a8057";
    let with = |seen: String| {
        let (town, operator) = (&town, operator.as_str());
        async move { call(town, "", &[("authorization", operator), ("supermarket-seen", &seen)]).await }
    };
    // our own news, and that of somebody we do not listen to
    assert!(with(format!("intake;1;{case};7")).await.is_ok());
    assert!(with(format!("nobody;1;{case};7")).await.is_ok());
    for bad in
        ["routing".to_owned(), format!("routing;1;{case};"), vec![format!("intake;1;{case};7"); 17].join(",")]
    {
        let status = with(bad).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(status.get_details_bad_request().unwrap().field_violations[0].field, "supermarket-seen");
    }
    let begun = std::time::Instant::now();
    let status = with(format!("routing;1;{case};7,mediation;1;{case};1")).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unavailable, "NOT_YET_HEARD"));
    assert!(status.get_details_retry_info().is_some());
    assert!((1900..3900).contains(&begun.elapsed().as_millis()), "both together, not one after the other");
}

#[tokio::test]
async fn our_failure_tells_an_id_and_nothing_else() {
    let town = town(brief(), &[]).await;
    let operator = town.token(Role::Operator);
    let status = call(&town, "broken", &[("authorization", &operator)]).await.unwrap_err();
    assert_eq!(status.code(), Code::Internal);
    assert!(!format!("{status:?}").contains("planted"));
    assert_eq!(status.get_details_error_info().unwrap().metadata["error_id"].len(), 16);
}

#[tokio::test]
async fn health_and_reflection_ask_for_no_token() {
    use tonic_health::pb::HealthCheckRequest;
    use tonic_health::pb::health_client::HealthClient;
    use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
    use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
    use tonic_reflection::pb::v1::{ServerReflectionRequest, server_reflection_response::MessageResponse};
    let town = town(brief(), &[]).await;
    let mut health = HealthClient::new(town.channel().await);
    for (service, wanted) in [("", Ok(1)), ("intake", Ok(1)), ("nobody", Err(Code::NotFound))] {
        let told = health.check(HealthCheckRequest { service: service.into() }).await;
        assert_eq!(told.map(|t| t.into_inner().status).map_err(|s| s.code()), wanted, "{service}");
    }
    let mut reflection = ServerReflectionClient::new(town.channel().await);
    let ask = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut told = reflection.server_reflection_info(tokio_stream::iter([ask])).await.unwrap().into_inner();
    let Some(MessageResponse::ListServicesResponse(list)) =
        told.message().await.unwrap().unwrap().message_response
    else {
        panic!("not a list");
    };
    let names: Vec<String> = list.service.into_iter().map(|service| service.name).collect();
    for wanted in ["supermarket.intake.v1.IntakeService", "grpc.health.v1.Health"] {
        assert!(names.iter().any(|name| name == wanted), "{names:?}");
    }
}

const LEDGER: &str = "POST /supermarket.courier.v1.LedgerService/SummarizeOutbox HTTP/1.1\r\ncontent-type: application/grpc-web+proto";

async fn http1(town: &Town, head: &str, body: &[u8]) -> String {
    let mut socket = tokio::net::TcpStream::connect(town.running.address).await.unwrap();
    let head = format!("{head}\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_browser_finds_the_page_and_grpc_web() {
    let town = town(brief(), &[]).await;
    let page = http1(&town, "GET / HTTP/1.1", b"").await;
    assert!(page.starts_with("HTTP/1.1 200") && page.ends_with("调解超市"), "{page}");
    let empty = [0_u8; 5];
    let refused = http1(&town, LEDGER, &empty).await;
    assert!(refused.contains("grpc-status: 16") || refused.contains("grpc-status:16"), "{refused}");
    let token = town.token(Role::Operator);
    let answered = http1(&town, &format!("{LEDGER}\r\nauthorization: {token}"), &empty).await;
    assert!(answered.contains("op/operator") && answered.contains("grpc-status:0"), "{answered}");
}

#[tokio::test]
async fn a_neighbour_passes_the_same_door() {
    let town = town(brief(), &[]).await;
    let service = crate::town::service(&town.desk);
    let neighbour = chassis::Neighbour::to(&[&service], "transfer", &town.site, &town.settings).unwrap();
    let mut ledger = LedgerServiceClient::new(neighbour);
    // A service may not read a ledger: the door knows it by its role and says so.
    let status = ledger.summarize_outbox(asked("", &[])).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::PermissionDenied, "ROLE_NOT_ALLOWED"));
}

#[tokio::test]
async fn a_neighbour_is_a_service_on_the_caller_s_trace() {
    use contracts::intake::v1::intake_service_server::SERVICE_NAME;
    let town = town(brief(), &[]).await;
    let path = format!("/{SERVICE_NAME}/ReadForFiling");
    let said = |call: access::Call| format!("{} {}", call.actor().account, call.trace.unwrap_or_default());
    let echo = axum::routing::any(move |request: axum::extract::Request| async move {
        let call = request.extensions().get::<access::Call>().cloned().unwrap();
        http::Response::builder().header("x-said", said(call)).body(axum::body::Body::empty()).unwrap()
    });
    let routes = tonic::service::Routes::from(axum::Router::new().route(&path, echo));
    let service = chassis::Service { routes, ..crate::town::service(&town.desk) };
    let neighbour = chassis::Neighbour::to(&[&service], "transfer", &town.site, &town.settings).unwrap();
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let request = http::Request::builder().uri(&path).body(tonic::body::Body::empty()).unwrap();
    let answer = tower::ServiceExt::oneshot(neighbour.within(Some(parent.into())), request).await.unwrap();
    let told = answer.headers()["x-said"].to_str().unwrap();
    assert!(told.starts_with("service:transfer 00-4bf92f3577b34da6a3ce929d0e0e4736-"), "{told}");
}

#[tokio::test]
async fn a_stranger_s_path_opens_nothing_beside_the_door() {
    let town = town(brief(), &[]).await;
    let mut request = Request::new(IssueTokenRequest::default());
    request.set_timeout(Duration::from_secs(5));
    let mut open = TokenServiceClient::new(town.channel().await);
    assert!(open.issue_token(request).await.is_ok());
    for path in ["/../", "//supermarket.courier.v1.LedgerService/SummarizeOutbox", "/SummarizeOutbox"] {
        let head = format!("POST {path} HTTP/1.1\r\ncontent-type: application/grpc-web+proto");
        let answer = http1(&town, &head, &[0; 5]).await;
        assert!(answer.contains("grpc-status: 7"), "{path}: {answer}");
    }
}
