//! How the command line talks to a server: one channel, a token per account, and patience.
//!
//! Everything goes over gRPC, also when the server lives in the same process. A call that meets a server which is
//! restarting, busy or has not yet heard the news is repeated until it gets a definite answer; that is safe because
//! every command here is idempotent by its request id or by its transition.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use anyhow::Context as _;
use chassis::settings::operator;
use contracts::access::v1::token_service_client::TokenServiceClient;
use contracts::access::v1::{IssueTokenRequest, Token};
use tonic::metadata::{Ascii, MetadataMap, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Response, Status};

use crate::accounts::Account;
use crate::server::Server;

/// The metadata key under which a server says which news a client has caused (DESIGN 5).
const SEEN: &str = "supermarket-seen";
/// How long one call may be repeated before the command line gives up.
const PATIENCE: Duration = Duration::from_mins(2);

/// Calls one rpc until it has a definite answer: `ask!(person, thread, Client::method, message)`.
#[macro_export]
macro_rules! ask {
    ($person:expr, $thread:expr, $client:ident :: $method:ident, $message:expr) => {
        $person
            .call(&mut $thread, $message, |line, m| async move { $client::new(line).$method(m).await })
            .await
    };
}

/// A channel that carries a token.
pub type Line = InterceptedService<Channel, Bearer>;

/// Puts an account's current token on every call.
#[derive(Clone, Default)]
pub struct Bearer {
    token: Arc<RwLock<Option<MetadataValue<Ascii>>>>,
}

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let token = self.token.read().map_err(|_| Status::internal("token lock"))?.clone();
        if let Some(token) = token {
            request.metadata_mut().insert("authorization", token);
        }
        Ok(request)
    }
}

/// One account at one server.
#[derive(Clone)]
pub struct Person {
    /// The account's name.
    pub account: Arc<Account>,
    /// The channel with the account's token on it: give it to a generated client.
    pub line: Line,
    channel: Channel,
    bearer: Bearer,
}

/// A lazily connected channel: it reconnects by itself after the server has gone.
pub fn channel(address: &str) -> anyhow::Result<Channel> {
    let uri = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
    Ok(Endpoint::from_shared(uri)
        .context("the server's address is not a URI")?
        .connect_timeout(Duration::from_secs(2))
        .timeout(Duration::from_secs(20))
        .http2_keep_alive_interval(Duration::from_secs(5))
        .keep_alive_timeout(Duration::from_secs(5))
        .keep_alive_while_idle(true)
        .connect_lazy())
}

impl Person {
    /// Signs the operator's command in: with the token that the environment holds, else as the demo account.
    pub async fn operator(server: &Server, account: &str) -> anyhow::Result<Self> {
        let channel = channel(&server.address)?;
        let Some(token) = operator::given(operator::TOKEN) else {
            let accounts = server.accounts().with_context(|| {
                format!("without demo accounts set {}, a token of your identity provider", operator::TOKEN)
            })?;
            return Self::sign_in(&channel, accounts.get(account)?).await;
        };
        let nobody = Account {
            account: operator::TOKEN.to_owned(),
            secret: String::new(),
            org: String::new(),
            roles: vec![],
            court: None,
        };
        let person = Self::new(&channel, nobody);
        person.bear(&token)?;
        Ok(person)
    }

    /// Signs an account in.
    pub async fn sign_in(channel: &Channel, account: &Account) -> anyhow::Result<Self> {
        let person = Self::new(channel, account.clone());
        person.renew().await.with_context(|| format!("signing in as {}", account.account))?;
        Ok(person)
    }

    fn new(channel: &Channel, account: Account) -> Self {
        let bearer = Bearer::default();
        let line = InterceptedService::new(channel.clone(), bearer.clone());
        Self { account: Arc::new(account), line, channel: channel.clone(), bearer }
    }

    fn bear(&self, token: &str) -> anyhow::Result<()> {
        let value = format!("Bearer {token}").parse().context("the token is not ASCII")?;
        *self.bearer.token.write().map_err(|_| anyhow::anyhow!("token lock"))? = Some(value);
        Ok(())
    }

    /// The same account with the same token, calling another server of the same house; who issues tokens stays the same.
    #[must_use]
    pub fn at(&self, channel: &Channel) -> Self {
        Self { line: InterceptedService::new(channel.clone(), self.bearer.clone()), ..self.clone() }
    }

    /// Gets a fresh token, waiting for a server that is not there yet.
    async fn renew(&self) -> anyhow::Result<()> {
        if self.account.secret.is_empty() {
            anyhow::bail!("the token in {} is not accepted (any more)", operator::TOKEN);
        }
        let ask =
            IssueTokenRequest { account: self.account.account.clone(), secret: self.account.secret.clone() };
        let mut client = TokenServiceClient::new(self.channel.clone());
        let mut pause = Pause::default();
        let token: Token = loop {
            match client.issue_token(ask.clone()).await {
                Ok(answer) => break answer.into_inner(),
                Err(status) if passing(&status) && pause.again().await => {}
                Err(status) => return Err(refused(&status)),
            }
        };
        self.bear(&token.access_token)
    }

    /// The token alone.
    pub fn token(&self) -> Option<String> {
        let value = self.authorization()?;
        Some(value.to_str().ok()?.trim_start_matches("Bearer ").to_owned())
    }

    /// What the account sends as `authorization`, for callers that build their own requests.
    pub fn authorization(&self) -> Option<MetadataValue<Ascii>> {
        self.bearer.token.read().ok()?.clone()
    }

    /// Makes a call until it gets a definite answer. `thread` carries what this client has seen of the case.
    pub async fn call<M, T, F, Fut>(&self, thread: &mut Thread, message: M, f: F) -> Result<T, Status>
    where
        M: Clone,
        F: Fn(Line, Request<M>) -> Fut,
        Fut: Future<Output = Result<Response<T>, Status>>,
    {
        let mut pause = Pause::default();
        let mut renewed = false;
        loop {
            let mut request = Request::new(message.clone());
            thread.put(request.metadata_mut());
            match f(self.line.clone(), request).await {
                Ok(answer) => {
                    thread.take(answer.metadata());
                    return Ok(answer.into_inner());
                }
                Err(status) if status.code() == Code::Unauthenticated && !renewed => {
                    renewed = true;
                    self.renew().await.map_err(|e| Status::unauthenticated(e.to_string()))?;
                }
                Err(status) if passing(&status) && pause.again().await => renewed = false,
                Err(status) => return Err(status),
            }
        }
    }
}

/// Whether the same call may get another answer a little later.
pub fn passing(status: &Status) -> bool {
    match status.code() {
        // hyper reports a connection that broke in the middle of an answer as unknown or internal, with its source.
        Code::Unavailable
        | Code::Aborted
        | Code::ResourceExhausted
        | Code::DeadlineExceeded
        | Code::Cancelled
        | Code::Unknown => true,
        Code::Internal => {
            std::error::Error::source(status).is_some() || status.message().starts_with("h2 protocol")
        }
        _ => false,
    }
}

/// Waits longer each time, and knows when to give up.
pub struct Pause {
    next: Duration,
    spent: Duration,
}

impl Default for Pause {
    /// The first pause is 20 ms.
    fn default() -> Self {
        Self { next: Duration::from_millis(20), spent: Duration::ZERO }
    }
}

impl Pause {
    /// Waits; false once patience is used up.
    pub async fn again(&mut self) -> bool {
        if self.spent >= PATIENCE {
            return false;
        }
        tokio::time::sleep(self.next).await;
        self.spent += self.next;
        self.next = (self.next * 2).min(Duration::from_secs(1));
        true
    }
}

/// What one client has seen of one case: the last version that each service told it.
#[derive(Default, Clone)]
pub struct Thread {
    seen: BTreeMap<String, String>,
}

impl Thread {
    fn put(&self, metadata: &mut MetadataMap) {
        if self.seen.is_empty() {
            return;
        }
        let all: Vec<&str> = self.seen.values().map(String::as_str).collect();
        if let Ok(value) = all.join(",").parse() {
            metadata.insert(SEEN, value);
        }
    }

    fn take(&mut self, metadata: &MetadataMap) {
        let Some(value) = metadata.get(SEEN).and_then(|v| v.to_str().ok()) else { return };
        for entry in value.split(',') {
            if let Some((service, _)) = entry.split_once(';') {
                self.seen.insert(service.trim().to_owned(), entry.trim().to_owned());
            }
        }
    }
}

/// A refusal as a person should read it: the message, the stable reason, and every bad field.
pub fn refused(status: &Status) -> anyhow::Error {
    anyhow::anyhow!("{}", describe(status))
}

/// The same as text.
pub fn describe(status: &Status) -> String {
    use tonic_types::StatusExt as _;
    let details = status.get_error_details();
    let mut text = status.message().to_owned();
    if let Some(info) = details.error_info() {
        text = format!("{} ({text})", info.reason);
        for fault in info.metadata.get("faults").into_iter().flat_map(|faults| faults.split("; ")) {
            text = format!("{text}\n    {fault}");
        }
    }
    for violation in details.bad_request().map(|b| b.field_violations.as_slice()).unwrap_or_default() {
        text = format!("{text}\n    {} {}: {}", violation.field, violation.reason, violation.description);
    }
    if text.is_empty() { format!("{:?}", status.code()) } else { text }
}

/// The stable reason of a refusal, if it carries one.
pub fn reason(status: &Status) -> Option<String> {
    use tonic_types::StatusExt as _;
    status.get_details_error_info().map(|info| info.reason)
}
