//! Reception in front of some offices, and a client that speaks plain gRPC with it.

use std::sync::Arc;
use std::time::Duration;

use access::{Account, Role, Tokens, Vault};
use chassis::{Lifecycle, Program, Running, Settings};
use courier::Clock;
use courier::transport::inside::Inside;
use lexicon::{AccountId, CentreId, OrgId};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tonic::client::Grpc;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_prost::ProstCodec;
use tonic_types::StatusExt as _;

use crate::office::{Office, nowhere, office};

/// A house whose processes share their keys.
pub struct House {
    pub tokens: Arc<Tokens>,
    pub folder: TempDir,
}

impl House {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::at(&folder.path().join("keys.json")).unwrap();
        let tokens = Arc::new(Tokens::new(&vault, "supermarket", "supermarket").unwrap());
        Self { tokens, folder }
    }

    /// An office of intake.
    pub async fn intake(&self, address: &str) -> Office {
        office("intake", address, self.tokens.clone(), life()).await
    }

    /// A token for somebody who may call every method that is called here.
    pub fn token(&self) -> String {
        let account = Account {
            account: AccountId::new("clerk-1").unwrap(),
            org: OrgId::new("hall-442000").unwrap(),
            centre: CentreId::new("442000").unwrap(),
            roles: vec![Role::Clerk, Role::Mediator, Role::Operator],
            court: None,
        };
        let token = self.tokens.issue(&account, Clock::system().now(), chrono::Duration::minutes(10));
        format!("Bearer {}", token.unwrap())
    }
}

pub fn life() -> Lifecycle {
    Lifecycle::new(Duration::from_millis(300), Duration::from_secs(2))
}

/// Reception at work.
pub struct Reception {
    pub running: Running,
    pub token: String,
}

/// Reception before these replicas of intake and of routing; the others are nowhere.
pub async fn reception(house: &House, intake: &[&str], routing: &[&str], set: &[(&str, &str)]) -> Reception {
    let nowhere = nowhere().await;
    let mut environment: Vec<(String, String)> = vec![("LISTEN__ADDRESS".into(), "127.0.0.1:0".into())];
    for service in ["INTAKE", "ROUTING", "MEDIATION", "TRANSFER", "OVERSIGHT"] {
        let list = match service {
            "INTAKE" => intake.join(","),
            "ROUTING" => routing.join(","),
            _ => String::new(),
        };
        let list = if list.is_empty() { nowhere.clone() } else { list };
        environment.push((format!("SERVICES__{service}"), list));
    }
    environment.push(("DATA__DIR".into(), house.folder.path().display().to_string()));
    environment.push(("DATABASE__URL".into(), "postgres://{service}@nowhere/x".into()));
    environment.extend(set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let settings = Settings::read(None, environment).unwrap();
    let program =
        Program { services: vec![], front: supermarket::town::program(&["reception".into()]).front };
    let road = Arc::new(Inside::new());
    let running = chassis::process::open(&program, &settings, road, Clock::system(), life()).await.unwrap();
    Reception { running, token: house.token() }
}

impl Reception {
    pub async fn channel(&self) -> Channel {
        Channel::from_shared(format!("http://{}", self.running.address)).unwrap().connect().await.unwrap()
    }

    /// A request with the token and more metadata.
    pub fn request<M>(&self, message: M, metadata: &[(&'static str, &str)]) -> Request<M> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", self.token.parse().unwrap());
        for (name, value) in metadata {
            request.metadata_mut().append(*name, value.parse().unwrap());
        }
        request
    }

    /// One unary call of a text for a text.
    pub async fn call(&self, path: &'static str, message: &str) -> Result<Response<String>, Status> {
        unary(self.channel().await, path, self.request(message.to_owned(), &[])).await
    }

    /// What reception says of a service, as a number of the health protocol: 1 serves, 2 does not.
    pub async fn health(&self, service: &str) -> i32 {
        let mut client = HealthClient::new(self.channel().await);
        let asked = client.check(HealthCheckRequest { service: service.to_owned() });
        asked.await.unwrap().into_inner().status
    }

    /// Waits until reception has looked at every replica of a service, and found one that is good: only then does it say
    /// that the service serves.
    pub async fn looked(&self, service: &str) {
        let serves = async {
            while self.health(service).await != 1 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), serves).await.expect("reception finds a good replica");
    }

    /// One request over HTTP/1.1, as a browser sends it; the answer as it stands on the wire.
    pub async fn http1(&self, head: &str, body: &[u8]) -> String {
        let mut socket = tokio::net::TcpStream::connect(self.running.address).await.unwrap();
        let head =
            format!("{head}\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
        socket.write_all(head.as_bytes()).await.unwrap();
        socket.write_all(body).await.unwrap();
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

/// One unary call of a text for a text.
pub async fn unary(
    channel: Channel,
    path: &'static str,
    request: Request<String>,
) -> Result<Response<String>, Status> {
    let mut client =
        Grpc::new(channel).max_decoding_message_size(80 << 20).max_encoding_message_size(80 << 20);
    client.ready().await.map_err(|error| Status::from_error(error.into()))?;
    let codec = ProstCodec::<String, String>::default();
    client.unary(request, http::uri::PathAndQuery::from_static(path), codec).await
}

/// The stable reason of a status.
pub fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}
