//! What a service must know to join the broker.
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use async_nats::{ConnectOptions, ServerAddr};

use crate::Fault;

/// How one service reaches JetStream, and how long it waits for what.
#[derive(Clone)]
pub struct Options {
    /// Addresses of the servers, `nats://host:4222` or `tls://host:4222`; any of them will do.
    pub servers: Vec<String>,
    /// The service that connects. Its answers come to an inbox of its own, so that permissions can be narrow.
    pub service: String,
    /// What the broker's monitoring calls this connection.
    pub name: String,
    /// The login; empty where the broker asks for none.
    pub user: String,
    /// Its password. Shown nowhere.
    pub password: String,
    /// The first word of every subject, and in capitals of every stream.
    pub prefix: String,
    /// How many servers keep a stream: 1, or 3 in a cluster.
    pub replicas: usize,
    /// How long a stream keeps an event.
    pub max_age: Duration,
    /// Encryption; without it only an address `tls://…` is encrypted, with the system's roots.
    pub tls: Option<Tls>,
    /// The longest wait for an acknowledgement or another answer.
    pub answer_within: Duration,
    /// The longest that one publishing tries: longer than a change of leader takes.
    pub publish_within: Duration,
    /// A consumer that has events pending and delivers nothing for this long is made anew.
    pub stuck_after: Duration,
}

/// Whom to trust with an encrypted connection.
#[derive(Clone, Debug)]
pub enum Tls {
    /// The authorities that the machine trusts.
    SystemRoots,
    /// Those of this PEM file, and no others.
    Authority(PathBuf),
}

impl Options {
    /// What the house runs on, for `service`, without a login.
    pub fn new(service: &str, servers: &[&str]) -> Self {
        Options {
            servers: servers.iter().map(|&server| server.to_owned()).collect(),
            service: service.to_owned(),
            name: service.to_owned(),
            user: String::new(),
            password: String::new(),
            prefix: "supermarket".to_owned(),
            replicas: 1,
            max_age: Duration::from_hours(7 * 24),
            tls: None,
            answer_within: Duration::from_secs(5),
            publish_within: Duration::from_secs(20),
            stuck_after: Duration::from_mins(1),
        }
    }

    /// The addresses, after a look at everything that can be wrong before the first connection.
    pub(super) fn addresses(&self) -> Result<Vec<ServerAddr>, Fault> {
        let wrong = |what: &str, cause| Err(Fault::plain(format!("the broker's {what}"), cause));
        if !is_word(&self.prefix) {
            return wrong("prefix", "it must be one word of letters, digits, - and _");
        }
        if !is_word(&self.service) {
            return wrong("service name", "it must be one word of letters, digits, - and _");
        }
        if ![1, 3].contains(&self.replicas) {
            return wrong("replicas", "write 1, or 3 in a cluster of three servers");
        }
        if self.servers.is_empty() {
            return wrong("servers", "name at least one, such as nats://127.0.0.1:4222");
        }
        let mut addresses = Vec::with_capacity(self.servers.len());
        for server in &self.servers {
            // The address is not repeated: it might hold a password.
            let Ok(address) = server.parse::<ServerAddr>() else {
                return wrong("servers", "an address is not of the form nats://host:port");
            };
            if address.has_user_pass() || address.password().is_some() {
                return wrong(
                    "servers",
                    "user and password have settings of their own, not a place in the address",
                );
            }
            if address.is_websocket() {
                return wrong("servers", "write nats:// or tls://, WebSocket is not supported");
            }
            addresses.push(address);
        }
        Ok(addresses)
    }

    /// How to connect, and to connect again for ever.
    pub(super) fn connecting(&self) -> ConnectOptions {
        let mut connecting = ConnectOptions::new()
            .name(&self.name)
            .custom_inbox_prefix(format!("_INBOX_{}", self.service))
            // The servers of the settings are the ones: what a server says about its neighbours may be an address that
            // only they can reach, or one that no certificate names.
            .ignore_discovered_servers()
            .request_timeout(Some(self.answer_within))
            // Three unanswered ones end a connection to a server that stands still.
            .ping_interval(Duration::from_secs(4))
            .reconnect_delay_callback(|attempts| {
                let doubled = 25u64.saturating_mul(1 << attempts.min(7));
                if attempts <= 1 { Duration::ZERO } else { Duration::from_millis(doubled.min(2_000)) }
            });
        if !self.user.is_empty() {
            connecting = connecting.user_and_password(self.user.clone(), self.password.clone());
        }
        match &self.tls {
            None => connecting,
            Some(Tls::SystemRoots) => connecting.require_tls(true),
            Some(Tls::Authority(file)) => connecting.require_tls(true).add_root_certificates(file.clone()),
        }
    }

    /// Where it connects to and as whom, for an error text.
    pub(super) fn place(&self) -> String {
        let servers = self.servers.join(", ");
        if self.user.is_empty() {
            format!("NATS at {servers}")
        } else {
            format!("NATS at {servers} as {}", self.user)
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("servers", &self.servers)
            .field("service", &self.service)
            .field("user", &self.user)
            .field("prefix", &self.prefix)
            .field("replicas", &self.replicas)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::Options;

    #[test]
    fn what_cannot_work_is_refused_before_the_first_connection() {
        let options = Options::new("intake", &["nats://127.0.0.1:4222", "127.0.0.1"]);
        assert_eq!(options.addresses().unwrap().len(), 2);
        for (what, spoilt) in [
            ("prefix", Options { prefix: "super.market".to_owned(), ..options.clone() }),
            ("service", Options { service: String::new(), ..options.clone() }),
            ("replicas", Options { replicas: 2, ..options.clone() }),
            ("servers", Options { servers: vec![], ..options.clone() }),
            ("servers", Options { servers: vec!["http://127.0.0.1".to_owned()], ..options.clone() }),
            ("servers", Options { servers: vec!["ws://127.0.0.1".to_owned()], ..options.clone() }),
            ("servers", Options { servers: vec!["nats://a:verysecret@host".to_owned()], ..options.clone() }),
        ] {
            let fault = spoilt.addresses().unwrap_err().to_string();
            assert!(fault.contains(what) && !fault.contains("verysecret"), "{fault}");
        }
    }

    #[test]
    fn the_password_is_shown_nowhere() {
        let mut options = Options::new("intake", &["nats://127.0.0.1:4222"]);
        options.user = "supermarket_intake".to_owned();
        options.password = "verysecret".to_owned();
        let shown = format!("{options:?} {} {:?}", options.place(), options.connecting());
        assert!(shown.contains("supermarket_intake") && !shown.contains("verysecret"), "{shown}");
    }
}
