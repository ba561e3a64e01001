//! A process with one service in it, for tests: its memory is real, its handlers are made up here.
use std::sync::Arc;
use std::time::Duration;

use access::{Account, Call, Role, Tokens, Vault};
use axum::routing::get;
use chassis::settings::Settings;
use chassis::{Denied, Lifecycle, Running, Service, Site, run};
use contracts::access::v1::token_service_server::{TokenService, TokenServiceServer};
use contracts::access::v1::{IssueTokenRequest, Token};
use contracts::courier::v1::ledger_service_server::{LedgerService, LedgerServiceServer};
use contracts::courier::v1::*;
use courier::transport::inside::Inside;
use courier::{Clock, Desk, Reactions};
use lexicon::{AccountId, CentreId, OrgId};
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

pub struct Town {
    pub running: Running,
    pub site: Site,
    pub settings: Settings,
    pub clock: Clock,
    pub desk: Desk,
    _folder: tempfile::TempDir,
}

/// A life with a short soft time. The whole time is only a bound: nobody waits for it unless something hangs.
pub fn brief() -> Lifecycle {
    Lifecycle::new(Duration::from_millis(200), Duration::from_secs(20))
}

pub fn site(clock: &Clock) -> Site {
    let tokens = Tokens::new(&Vault::passing().unwrap(), "supermarket", "supermarket").unwrap();
    Site {
        routes: tonic::service::Routes::new(TokenServiceServer::new(Handlers)),
        pages: axum::Router::new().route("/", get(|| async { "调解超市" })),
        ..Site::new(Arc::new(tokens), Arc::new(Inside::new()), clock.clone())
    }
}

pub async fn desk(clock: &Clock) -> (Desk, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/intake.db", folder.path().display());
    let db = Desk::connect(&url).await.unwrap();
    migrations::up("intake", &db).await.unwrap();
    (Desk::open("intake", &url, clock.clone()).await.unwrap(), folder)
}

pub fn service(desk: &Desk) -> Service {
    Service {
        name: "intake",
        routes: tonic::service::Routes::new(LedgerServiceServer::new(Handlers)),
        desk: desk.clone(),
        reactions: Reactions::of("intake"),
        ticks: vec![],
        open: chassis::open::OpenBook::empty(),
    }
}

/// Starts the town; `set` changes settings as the environment would.
pub async fn town(life: Lifecycle, set: &[(&str, &str)]) -> Town {
    let clock = Clock::manual(chrono::DateTime::from_timestamp(1_790_000_000, 0).unwrap());
    let (desk, folder) = desk(&clock).await;
    let mut environment = vec![("LISTEN__ADDRESS".to_owned(), "127.0.0.1:0".to_owned())];
    environment.extend(set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let settings = Settings::read(None, environment).unwrap();
    let site = site(&clock);
    let running = run(vec![service(&desk)], site.clone(), &settings, life).await.unwrap();
    Town { running, site, settings, clock, desk, _folder: folder }
}

impl Town {
    pub async fn channel(&self) -> Channel {
        Channel::from_shared(format!("http://{}", self.running.address)).unwrap().connect().await.unwrap()
    }

    pub fn token(&self, role: Role) -> String {
        let account = Account {
            account: AccountId::new("op").unwrap(),
            org: OrgId::new("centre").unwrap(),
            centre: CentreId::new("442000").unwrap(),
            roles: vec![role],
            court: None,
        };
        let token =
            self.site.tokens.issue(&account, self.clock.now(), chrono::Duration::minutes(10)).unwrap();
        format!("Bearer {token}")
    }
}

/// A request for the ledger as the operator, with more metadata.
pub fn asked(service: &str, metadata: &[(&'static str, &str)]) -> Request<SummarizeOutboxRequest> {
    let mut request = Request::new(SummarizeOutboxRequest { service: service.to_owned() });
    for (name, value) in metadata {
        request.metadata_mut().append(*name, value.parse().unwrap());
    }
    request
}

pub struct Handlers;

#[async_trait::async_trait]
impl TokenService for Handlers {
    async fn issue_token(&self, request: Request<IssueTokenRequest>) -> Result<Response<Token>, Status> {
        let call = Call::of(&request)?;
        Ok(Response::new(Token { access_token: call.actor().role, expire_time: None }))
    }
}

#[async_trait::async_trait]
impl LedgerService for Handlers {
    /// Answers with what it knows of its caller; `slow` never ends, `broken` is a failure of ours.
    async fn summarize_outbox(
        &self,
        request: Request<SummarizeOutboxRequest>,
    ) -> Result<Response<OutboxSummary>, Status> {
        let call = Call::of(&request)?;
        match request.get_ref().service.as_str() {
            "slow" => std::future::pending().await,
            "broken" => Err(Denied::Fault(courier::Fault::plain("planted", "on purpose")).into()),
            _ => {
                let said = format!(
                    "{}/{} {}",
                    call.caller.account,
                    call.actor().role,
                    call.trace.unwrap_or_default()
                );
                Ok(Response::new(OutboxSummary { service: said, ..Default::default() }))
            }
        }
    }

    async fn summarize_inbox(
        &self,
        _: Request<SummarizeInboxRequest>,
    ) -> Result<Response<InboxSummary>, Status> {
        unreachable!("no test calls it")
    }

    async fn list_gaps(&self, _: Request<ListGapsRequest>) -> Result<Response<ListGapsResponse>, Status> {
        unreachable!("no test calls it")
    }

    async fn list_open(&self, _: Request<ListOpenRequest>) -> Result<Response<ListOpenResponse>, Status> {
        unreachable!("no test calls it")
    }

    async fn list_quarantine(
        &self,
        _: Request<ListQuarantineRequest>,
    ) -> Result<Response<ListQuarantineResponse>, Status> {
        unreachable!("no test calls it")
    }

    async fn retry_quarantined(
        &self,
        _: Request<RetryQuarantinedRequest>,
    ) -> Result<Response<QuarantinedEvent>, Status> {
        unreachable!("no test calls it")
    }

    async fn discard_quarantined(
        &self,
        _: Request<DiscardQuarantinedRequest>,
    ) -> Result<Response<QuarantinedEvent>, Status> {
        unreachable!("no test calls it")
    }
}
