//! The way next door: what a neighbour is sent, and that its answer is read.

use std::sync::Mutex;

use axum::Router;
use axum::body::Body;
use axum::extract::Request as Raw;
use axum::response::Response;
use axum::routing::post;
use chassis::seen::{SEEN, Seen};
use chassis::{Neighbour, Service, Settings, Site};
use courier::Reactions;
use prost::Message;
use tonic::service::Routes;

use super::*;
use crate::gather::{NextDoor, gather};

const PATHS: [&str; 2] = [
    "/supermarket.intake.v1.IntakeService/ReadForFiling",
    "/supermarket.mediation.v1.MediationService/ReadForFiling",
];

/// What came in behind a neighbour's door: path, role, trace, what was seen.
type Came = Arc<Mutex<Vec<(String, Role, String, String)>>>;

/// A neighbour that gives one answer to everything that passes its door, in gRPC's framing.
fn neighbour(path: &str, came: &Came, code: i32, answer: &impl Message) -> Routes {
    let mut body = vec![0];
    body.extend((answer.encoded_len() as u32).to_be_bytes());
    body.extend(answer.encode_to_vec());
    let came = came.clone();
    let handler = move |request: Raw| {
        let call: &Call = request.extensions().get().unwrap();
        let seen = request.headers().get(SEEN).map_or("", |value| value.to_str().unwrap()).to_owned();
        let trace = call.trace.clone().unwrap();
        came.lock().unwrap().push((call.policy.path.to_owned(), call.role(), trace, seen));
        let response =
            Response::builder().header("content-type", "application/grpc").header("grpc-status", code);
        std::future::ready(response.body(Body::from(body.clone())).unwrap())
    };
    Routes::from(Router::new().route(path, post(handler)))
}

#[tokio::test]
async fn both_are_asked_as_a_service_within_the_trace_and_after_what_was_seen() {
    let (memory, clock, heard) = (Memory::fresh().await, Clock::system(), Came::default());
    let vault = Vault::passing().unwrap();
    let settings = Settings::read(None, vec![]).unwrap();
    let tokens = access::Tokens::new(&vault, "issuer", "audience").unwrap();
    let site = Site::new(Arc::new(tokens), Arc::new(Inside::new()), clock.clone());
    let (intake, mediation) =
        (desk("intake", &memory, &clock).await, desk("mediation", &memory, &clock).await);
    let way = |desk: &Desk, routes| {
        let (name, reactions) = (desk.service(), Reactions::of(desk.service()));
        let service = Service {
            name,
            routes,
            desk: desk.clone(),
            reactions,
            ticks: vec![],
            open: chassis::open::OpenBook::empty(),
        };
        Neighbour::to(&[&service], "transfer", &site, &settings).unwrap()
    };
    let next_door = |code: tonic::Code| NextDoor {
        intake: way(&intake, neighbour(PATHS[0], &heard, 0, &complaint())),
        mediation: way(&mediation, neighbour(PATHS[1], &heard, code.into(), &run())),
    };
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let case = clock.id();
    let seen = |service: &str| Seen { service: service.to_owned(), epoch: 1, case, version: 7 }.to_string();
    let ask = |seen: &str| Ask {
        case: case.into(),
        trace: Some(trace.to_owned()),
        seen: vec![seen.parse().unwrap()],
        with_agreement: false,
        agreement: String::new(),
    };

    let (told, dry) = gather(&next_door(tonic::Code::Ok), &ask(&seen("reception"))).await.unwrap();
    assert_eq!((told, dry), (complaint(), run()));
    let mut calls = heard.lock().unwrap().split_off(0);
    calls.sort();
    assert_eq!(calls.len(), 2);
    for (call, path) in calls.iter().zip(PATHS) {
        assert_eq!((call.0.as_str(), call.1, &call.3), (path, Role::Service, &seen("reception")));
        assert_eq!(call.2[..35], trace[..35], "the same trace");
    }

    let ask = Ask { seen: vec![], ..ask("") };
    let (_, dry) = gather(&next_door(tonic::Code::NotFound), &ask).await.unwrap();
    assert!(!dry.mediated, "no run is not a failure");
    let late = gather(&next_door(tonic::Code::Unavailable), &ask).await.map_err(Status::from);
    assert_eq!(bad(late), "Unavailable NOT_YET_HEARD");
    // Mediation reads intake's news, but has not heard what the clerk has: it says so instead of answering from before.
    let db = memory.owner("mediation").await;
    let reads = "INSERT INTO watermark (topic, epoch, stored, applied) VALUES ('intake', 1, 0, 0)";
    db.execute_unprepared(reads).await.unwrap();
    let ask = Ask { seen: vec![seen("intake").parse().unwrap()], ..ask };
    let early = gather(&next_door(tonic::Code::Ok), &ask).await.map_err(Status::from);
    assert_eq!(bad(early), "Unavailable NOT_YET_HEARD");
}
