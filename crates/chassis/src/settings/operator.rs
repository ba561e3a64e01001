//! What only the operator's commands read, and no service is ever given: variables beside the settings.

/// The URL of PostgreSQL's administrator.
pub const ADMIN_URL: &str = "SUPERMARKET_ADMIN_URL";
/// The password of `supermarket_operator` at the broker.
pub const BROKER_PASSWORD: &str = "SUPERMARKET_NATS_OPERATOR_PASSWORD";
/// A bearer token of the identity provider for the operator's commands, where there are no demo accounts.
pub const TOKEN: &str = "SUPERMARKET_TOKEN";
/// The folder of PostgreSQL's programs, if those of the path are not the right ones.
pub const POSTGRES_BIN: &str = "SUPERMARKET_POSTGRES_BIN";

/// The value of one of these, if it is set.
#[expect(clippy::disallowed_methods, reason = "no setting: a service that held it would hold too much")]
pub fn given(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
