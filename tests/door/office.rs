//! Services for tests: real processes on real sockets, with a real memory and made-up handlers on paths of the contract.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use access::{Call, Tokens};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::post;
use bytes::Bytes;
use chassis::open::OpenBook;
use chassis::{Lifecycle, Running, Service, Settings, Site};
use courier::transport::inside::Inside;
use courier::{Clock, Desk, Reactions};
use futures::{Stream, StreamExt as _};
use http::HeaderMap;
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use prost::Message as _;
use tempfile::TempDir;
use tonic::service::Routes;

/// Tells what came in, after the message is whole.
pub const ECHO: &str = "/supermarket.intake.v1.IntakeService/GetDispute";
/// Answers with as many bytes as the message says.
pub const BIG: &str = "/supermarket.intake.v1.IntakeService/ListDisputes";
/// Never answers.
pub const HANG: &str = "/supermarket.intake.v1.IntakeService/AcceptDispute";
/// Answers half a message, and then the connection is reset.
pub const BREAK: &str = "/supermarket.intake.v1.IntakeService/RefuseDispute";
/// Refuses with words.
pub const REFUSE: &str = "/supermarket.intake.v1.IntakeService/CorrectDispute";
/// Gives each message back as it comes; a method that streams, as far as the door knows.
pub const STREAM: &str = "/supermarket.routing.v1.RoutingService/WatchPool";

/// A process with one service in it.
pub struct Office {
    pub running: Running,
    pub life: Lifecycle,
    pub address: String,
    pub seen: Seen,
    _folder: TempDir,
}

/// What the handlers have seen.
#[derive(Clone, Default)]
pub struct Seen {
    /// Calls that began.
    pub begun: Arc<AtomicUsize>,
    /// Calls whose handler or answer was dropped before it ended.
    pub dropped: Arc<AtomicUsize>,
}

impl Seen {
    pub fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }

    /// Waits until so many were dropped.
    pub async fn dropped(&self, wanted: usize) {
        let all = async {
            while self.dropped.load(Ordering::SeqCst) < wanted {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), all).await.expect("the service lets go of the call");
    }
}

struct Dropped(Seen);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

/// Opens an office of `service` at an address.
pub async fn office(service: &'static str, address: &str, tokens: Arc<Tokens>, life: Lifecycle) -> Office {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/{service}.db", folder.path().display());
    let db = Desk::connect(&url).await.unwrap();
    migrations::up(service, &db).await.unwrap();
    db.close().await.unwrap();
    let desk = Desk::open(service, &url, Clock::system()).await.unwrap();
    let seen = Seen::default();
    let routes = Routes::from(handlers(&seen));
    let settings = Settings::read(None, vec![("LISTEN__ADDRESS".to_owned(), address.to_owned())]).unwrap();
    let site = Site { behind: true, ..Site::new(tokens, Arc::new(Inside::new()), Clock::system()) };
    let (reactions, open) = (Reactions::of(service), OpenBook::empty());
    let service = Service { name: service, routes, desk, reactions, ticks: vec![], open };
    let running = chassis::run(vec![service], site, &settings, life.clone()).await.unwrap();
    let address = format!("http://{}", running.address);
    Office { running, life, address, seen, _folder: folder }
}

fn handlers(seen: &Seen) -> Router {
    let counted = |seen: &Seen| {
        let seen = seen.clone();
        move || {
            seen.begun.fetch_add(1, Ordering::SeqCst);
            seen.clone()
        }
    };
    let (one, two, three, four, five, six) =
        (counted(seen), counted(seen), counted(seen), counted(seen), counted(seen), counted(seen));
    Router::new()
        .route(ECHO, post(move |request| echo(one(), request)))
        .route(BIG, post(move |request| big(two(), request)))
        .route(HANG, post(move |request| hang(three(), request)))
        .route(BREAK, post(move |request| break_off(four(), request)))
        .route(REFUSE, post(move |request| refuse(five(), request)))
        .route(STREAM, post(move |request| std::future::ready(stream(six(), request))))
}

/// A message in gRPC's framing.
pub fn frame(message: &str) -> Bytes {
    let message = message.to_owned();
    let mut framed = vec![0];
    framed.extend((message.encoded_len() as u32).to_be_bytes());
    framed.extend(message.encode_to_vec());
    framed.into()
}

fn answer(frames: impl Stream<Item = Piece> + Send + 'static) -> Response {
    let response = Response::builder().header("content-type", "application/grpc");
    let response = response.header("x-head", "one").header("x-head", "two");
    let response = response.header("supermarket-seen", "intake;1;01890a5d-ac96-774b-bcce-b302099a8057;7");
    response.body(Body::new(StreamBody::new(frames))).unwrap()
}

type Piece = Result<Frame<Bytes>, std::io::Error>;

/// The end of an answer that is well.
fn well() -> Frame<Bytes> {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", "0".parse().unwrap());
    trailers.insert("x-tail-bin", "AAEC".parse().unwrap());
    Frame::trailers(trailers)
}

async fn said(request: Request) -> String {
    let whole = request.into_body().collect().await.unwrap().to_bytes();
    String::decode(&whole[5..]).unwrap()
}

async fn echo(_: Seen, request: Request) -> Response {
    let call: &Call = request.extensions().get().unwrap();
    let mut lines = vec![format!("caller: {}", call.caller.account)];
    for (name, value) in request.headers() {
        lines.push(format!("{name}: {}", value.to_str().unwrap()));
    }
    lines.push(format!("said: {}", said(request).await));
    answer(futures::stream::iter([Ok(Frame::data(frame(&lines.join("\n")))), Ok(well())]))
}

async fn big(_: Seen, request: Request) -> Response {
    let bytes: usize = said(request).await.parse().unwrap();
    answer(futures::stream::iter([Ok(Frame::data(frame(&"x".repeat(bytes)))), Ok(well())]))
}

async fn hang(seen: Seen, request: Request) -> Response {
    let _dropped = Dropped(seen);
    said(request).await;
    std::future::pending().await
}

async fn break_off(_: Seen, request: Request) -> Response {
    said(request).await;
    let half = frame("this message never ends").slice(..10);
    let broken = futures::stream::once(async {
        // Its head is on the way by then.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(std::io::Error::other("planted"))
    });
    answer(futures::stream::iter([Ok(Frame::data(half))]).chain(broken))
}

async fn refuse(_: Seen, request: Request) -> Response {
    said(request).await;
    chassis::door::refuse(chassis::Denied::Stale { current: Some(4) })
}

fn stream(seen: Seen, request: Request) -> Response {
    let dropped = Dropped(seen);
    let frames = request.into_body().into_data_stream().map(move |piece| {
        let _held = &dropped;
        piece.map(Frame::data).map_err(std::io::Error::other)
    });
    answer(frames.chain(futures::stream::once(std::future::ready(Ok(well())))))
}

/// Nothing listens there. The port is not one of those that the system gives to connections: somebody else's could be
/// given it, and then nobody can listen there later.
pub async fn nowhere() -> String {
    loop {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, rand::random_range(10_000..32_000)));
        if tokio::net::TcpListener::bind(address).await.is_ok() {
            return format!("http://{address}");
        }
    }
}
