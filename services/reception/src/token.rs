//! Tokens for the demo accounts of the embedded mode.

use std::collections::HashMap;
use std::sync::Arc;

use access::{Account, Tokens, Vault};
use chassis::Denied;
use chrono::Duration;
use contracts::access::v1::token_service_server::{TokenService, TokenServiceServer};
use contracts::access::v1::{IssueTokenRequest, Token};
use courier::Clock;
use tonic::{Request, Response, Status};

/// An account and its secret.
pub struct Credential {
    /// What the token will say.
    pub account: Account,
    /// What must be shown for it.
    pub secret: String,
}

/// Issues tokens for a list of accounts.
pub struct Issuer {
    known: HashMap<String, (Account, String)>,
    vault: Arc<Vault>,
    tokens: Arc<Tokens>,
    clock: Clock,
    life: Duration,
}

/// The gRPC service. Secrets are kept as keyed digests only.
pub fn server(
    accounts: Vec<Credential>,
    vault: Arc<Vault>,
    tokens: Arc<Tokens>,
    clock: Clock,
    minutes: u32,
) -> TokenServiceServer<Issuer> {
    let known = accounts
        .into_iter()
        .map(|Credential { account, secret }| {
            (account.account.to_string(), (account, vault.fingerprint(secret.as_bytes())))
        })
        .collect();
    TokenServiceServer::new(Issuer {
        known,
        vault,
        tokens,
        clock,
        life: Duration::minutes(i64::from(minutes)),
    })
}

#[tonic::async_trait]
impl TokenService for Issuer {
    async fn issue_token(&self, request: Request<IssueTokenRequest>) -> Result<Response<Token>, Status> {
        let IssueTokenRequest { account, secret } = request.into_inner();
        // The digest is taken for an unknown account too, so that the two refusals take the same time.
        let shown = self.vault.fingerprint(secret.as_bytes());
        let bad = || Status::from(Denied::Unauthenticated("BAD_CREDENTIALS"));
        let (account, kept) = self.known.get(&account).ok_or_else(bad)?;
        if shown != *kept {
            return Err(bad());
        }
        let now = self.clock.now();
        let access_token = self.tokens.issue(account, now, self.life).map_err(|_| {
            Status::from(Denied::Fault(courier::Fault::plain(
                "issue a token",
                "the signing key does not work",
            )))
        })?;
        let until = now + self.life;
        let expire_time = prost_types::Timestamp { seconds: until.timestamp(), nanos: 0 };
        Ok(Response::new(Token { access_token, expire_time: Some(expire_time) }))
    }
}
