//! What reception passes on: everything that the door lets in, whole, in both directions, while it comes.

use std::time::Duration;

use base64::Engine as _;
use futures::StreamExt as _;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::client::Grpc;
use tonic::metadata::MetadataValue;
use tonic::{Code, Request};
use tonic_prost::ProstCodec;
use tonic_types::StatusExt as _;

use crate::office::{BIG, ECHO, REFUSE, STREAM, frame, office};
use crate::stage::{House, life, reason, reception, unary};

const ANY: &str = "127.0.0.1:0";
const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const SEEN: &str = "routing;1;01890a5d-ac96-774b-bcce-b302099a8057;3";

#[tokio::test]
async fn a_call_arrives_with_what_it_brought_and_its_answer_comes_back_whole() {
    let house = House::new();
    let intake = house.intake(ANY).await;
    let reception = reception(&house, &[&intake.address], &[], &[]).await;
    let metadata = [("traceparent", PARENT), ("x-mine", "a"), ("x-mine", "b")];
    let mut request = reception.request("你好".to_owned(), &metadata);
    request.metadata_mut().insert_bin("x-bytes-bin", MetadataValue::from_bytes(&[0, 1, 2]));
    let answer = unary(reception.channel().await, ECHO, request).await.unwrap();

    // Head and tail.
    let heads: Vec<_> = answer.metadata().get_all("x-head").iter().collect();
    assert_eq!(heads, ["one", "two"]);
    assert_eq!(
        answer.metadata().get("supermarket-seen").unwrap(),
        "intake;1;01890a5d-ac96-774b-bcce-b302099a8057;7"
    );
    assert_eq!(answer.metadata().get_bin("x-tail-bin").unwrap().to_bytes().unwrap(), &[0, 1, 2][..]);

    // What the service saw.
    let told = answer.into_inner();
    let line = |name: &str| {
        let begin = format!("{name}: ");
        told.lines().filter_map(|line| line.strip_prefix(&begin)).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!((line("said"), line("caller")), (vec!["你好".to_owned()], vec!["clerk-1".to_owned()]));
    assert_eq!(line("x-mine"), ["a", "b"]);
    assert_eq!(line("x-bytes-bin"), ["AAEC"]);
    assert_eq!(line("authorization"), [reception.token.as_str()], "the service checks it again");
    assert_eq!(
        (line("te"), line("content-type")),
        (vec!["trailers".to_owned()], vec!["application/grpc".to_owned()])
    );
    // One trace; each hop is a span of its own.
    let trace = line("traceparent").remove(0);
    assert_eq!(trace[..36], PARENT[..36]);
    assert_ne!(trace, PARENT);
    // Without a deadline of its own, the call has what is left of the longest.
    let told_time = line("grpc-timeout").remove(0);
    let micros: u64 = told_time.strip_suffix('u').unwrap().parse().unwrap();
    assert!((25_000_000..30_000_000).contains(&micros), "{told_time}");
}

#[tokio::test]
async fn what_was_seen_is_waited_for_at_the_service() {
    let house = House::new();
    let intake = house.intake(ANY).await;
    let reception = reception(&house, &[&intake.address], &[], &[]).await;
    // Intake listens to routing, and has not heard this.
    let request = reception.request("x".to_owned(), &[("supermarket-seen", SEEN)]);
    let status = unary(reception.channel().await, ECHO, request).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unavailable, "NOT_YET_HEARD"));
}

#[tokio::test]
async fn a_refusal_comes_through_with_its_details() {
    let house = House::new();
    let intake = house.intake(ANY).await;
    let reception = reception(&house, &[&intake.address], &[], &[]).await;
    let status = reception.call(REFUSE, "x").await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Aborted, "VERSION_MISMATCH"));
    assert_eq!(status.get_details_error_info().unwrap().metadata["current_version"], "4");
    assert!(!status.get_details_localized_message().unwrap().message.is_ascii());
}

#[tokio::test]
async fn the_rest_of_the_time_is_told_on_a_little_shortened() {
    let house = House::new();
    let intake = house.intake(ANY).await;
    let reception = reception(&house, &[&intake.address], &[], &[]).await;
    let mut request = reception.request("x".to_owned(), &[]);
    request.set_timeout(Duration::from_secs(2));
    let told = unary(reception.channel().await, ECHO, request).await.unwrap().into_inner();
    let told = told.lines().find_map(|line| line.strip_prefix("grpc-timeout: ")).unwrap();
    let micros: u64 = told.strip_suffix('u').unwrap().parse().unwrap();
    assert!((1_000_000..1_990_000).contains(&micros), "{told}");
    for bad in ["5", "soon", "1.5S", "2H"] {
        let request = reception.request("x".to_owned(), &[("grpc-timeout", bad)]);
        let status = unary(reception.channel().await, ECHO, request).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "INVALID_REQUEST"));
    }
    assert_eq!(intake.seen.begun(), 1, "a senseless deadline reaches nobody");
}

type Metadata<'a> = &'a [(&'static str, &'a str)];

#[tokio::test]
async fn nothing_that_the_door_refuses_reaches_a_service() {
    let house = House::new();
    let intake = house.intake(ANY).await;
    let reception = reception(&house, &[&intake.address], &[], &[]).await;
    let channel = reception.channel().await;
    let token = reception.token.clone();
    let cut = &token[..token.len() - 3];
    let long = "x".repeat(8200);
    let table: [(&'static str, Metadata<'_>, Code, &str); 6] = [
        (ECHO, &[], Code::Unauthenticated, "TOKEN_MISSING"),
        (ECHO, &[("authorization", cut)], Code::Unauthenticated, "TOKEN_INVALID"),
        (ECHO, &[("authorization", "Basic x")], Code::Unauthenticated, "AUTHORIZATION_NOT_BEARER"),
        (ECHO, &[("authorization", &token), ("x-long", &long)], Code::InvalidArgument, "INVALID_REQUEST"),
        // A method of a service: people may not call it.
        (
            "/supermarket.intake.v1.IntakeService/ReadForFiling",
            &[("authorization", &token)],
            Code::PermissionDenied,
            "ROLE_NOT_ALLOWED",
        ),
        (
            "/supermarket.intake.v1.IntakeService/Drop",
            &[("authorization", &token)],
            Code::PermissionDenied,
            "METHOD_UNKNOWN",
        ),
    ];
    for (path, metadata, code, why) in table {
        let mut request = Request::new("x".to_owned());
        for (name, value) in metadata {
            request.metadata_mut().append(*name, value.parse().unwrap());
        }
        let status = unary(channel.clone(), path, request).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (code, why));
    }
    assert_eq!(intake.seen.begun(), 0);
    // Just below the limit at reception is not above it at the service, though reception adds to it.
    let room = 8192 - token.len() - 400;
    let request = reception.request("x".to_owned(), &[("x-long", &"x".repeat(room))]);
    assert!(unary(channel, ECHO, request).await.is_ok());
}

#[tokio::test]
async fn the_service_checks_the_token_by_its_own_keys() {
    let (house, stranger) = (House::new(), House::new());
    let intake = stranger.intake(ANY).await;
    let reception = reception(&house, &[&intake.address], &[], &[]).await;
    let status = reception.call(ECHO, "x").await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unauthenticated, "TOKEN_INVALID"));
    assert_eq!(intake.seen.begun(), 0);
}

#[tokio::test]
async fn large_messages_pass_in_both_directions() {
    let house = House::new();
    let intake = house.intake(ANY).await;
    let reception = reception(&house, &[&intake.address], &[], &[]).await;
    // A court's package may be this large.
    for bytes in [0, 1, 70_000, 4 << 20, 64 << 20] {
        let told = reception.call(BIG, &bytes.to_string()).await.unwrap().into_inner();
        assert_eq!(told.len(), bytes);
    }
    let said = "x".repeat(chassis::MESSAGE_BYTES - 100);
    let told = reception.call(ECHO, &said).await.unwrap().into_inner();
    assert!(told.ends_with(&said));
}

#[tokio::test]
async fn streams_pass_message_by_message_in_both_directions() {
    let house = House::new();
    let routing = office("routing", ANY, house.tokens.clone(), life()).await;
    let reception = reception(&house, &[], &[&routing.address], &[]).await;
    let (say, said) = mpsc::channel::<String>(1);
    let mut client = Grpc::new(reception.channel().await);
    client.ready().await.unwrap();
    let path = http::uri::PathAndQuery::from_static(STREAM);
    let request = reception.request(ReceiverStream::new(said), &[]);
    let codec = ProstCodec::<String, String>::default();
    say.send("0".to_owned()).await.unwrap();
    let answer = client.streaming(request, path, codec).await.unwrap();
    assert!(answer.metadata().get("x-head").is_some());
    let mut heard = answer.into_inner();
    for n in 0..50 {
        // The next message is said only after this one has come back: nothing is held until the end.
        let told =
            tokio::time::timeout(Duration::from_secs(5), heard.next()).await.unwrap().unwrap().unwrap();
        assert_eq!(told, n.to_string());
        say.send((n + 1).to_string()).await.unwrap();
    }
    drop(say);
    assert_eq!(heard.next().await.unwrap().unwrap(), "50");
    assert!(heard.next().await.is_none());
    let trailers = heard.trailers().await.unwrap().unwrap();
    assert_eq!(trailers.get_bin("x-tail-bin").unwrap().to_bytes().unwrap(), &[0, 1, 2][..]);
}

#[tokio::test]
async fn many_watchers_keep_nobody_waiting() {
    let house = House::new();
    let routing = office("routing", ANY, house.tokens.clone(), life()).await;
    let reception =
        reception(&house, &[], &[&routing.address], &[("LIMITS__CONCURRENT_STREAMS", "2000")]).await;
    let channel = reception.channel().await;
    let mut watchers = Vec::new();
    // More than one connection to the service takes (limits.concurrent_streams is 512 there).
    for n in 0..700 {
        let (say, said) = mpsc::channel::<String>(1);
        say.send(n.to_string()).await.unwrap();
        let mut client = Grpc::new(channel.clone());
        client.ready().await.unwrap();
        let path = http::uri::PathAndQuery::from_static(STREAM);
        let request = reception.request(ReceiverStream::new(said), &[]);
        let answer = client.streaming(request, path, ProstCodec::<String, String>::default());
        let answer = tokio::time::timeout(Duration::from_secs(5), answer).await.expect("there is a lane");
        let mut heard = answer.unwrap().into_inner();
        assert_eq!(heard.next().await.unwrap().unwrap(), n.to_string());
        watchers.push((say, heard));
    }
    assert_eq!(routing.seen.begun(), 700);
    drop(watchers);
    routing.seen.dropped(700).await;
}

#[tokio::test]
async fn grpc_web_passes_as_well() {
    let house = House::new();
    let intake = house.intake(ANY).await;
    let reception = reception(&house, &[&intake.address], &[], &[]).await;
    let head = |kind: &str| {
        format!(
            "POST {ECHO} HTTP/1.1\r\ncontent-type: application/{kind}\r\nauthorization: {}",
            reception.token
        )
    };
    let answer = reception.http1(&head("grpc-web+proto"), &frame("网页")).await;
    assert!(answer.contains("said: 网页") && answer.contains("grpc-status:0"), "{answer}");
    assert!(answer.contains("supermarket-seen: intake;1;"), "{answer}");
    let text = base64::engine::general_purpose::STANDARD.encode(frame("text"));
    let answer = reception
        .http1(&(head("grpc-web-text") + "\r\naccept: application/grpc-web-text"), text.as_bytes())
        .await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("application/grpc-web-text"), "{answer}");
    let refused = format!("POST {ECHO} HTTP/1.1\r\ncontent-type: application/grpc-web+proto");
    let answer = reception.http1(&refused, &frame("x")).await;
    assert!(answer.contains("grpc-status: 16") || answer.contains("grpc-status:16"), "{answer}");
    assert_eq!(intake.seen.begun(), 2);
}
