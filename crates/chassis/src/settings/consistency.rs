//! What no single key can say: settings that contradict each other, and values that lead nowhere. All faults are told
//! at once, each with what to do; no value is repeated.

use super::{Settings, TransportKind};

/// Every fault there is.
pub(super) fn faults(settings: &Settings) -> Vec<String> {
    let mut faults = Vec::new();
    numbers(settings, &mut faults);
    database(settings, &mut faults);
    transport(settings, &mut faults);
    services(settings, &mut faults);
    tokens(settings, &mut faults);
    faults
}

fn numbers(settings: &Settings, faults: &mut Vec<String>) {
    let (limits, shutdown) = (&settings.limits, &settings.shutdown);
    let positive = [
        ("limits.concurrent_requests", limits.concurrent_requests as u64),
        ("limits.concurrent_streams", u64::from(limits.concurrent_streams)),
        ("limits.header_bytes", u64::from(limits.header_bytes)),
        ("limits.request_timeout_seconds", limits.request_timeout_seconds),
        ("limits.keep_alive_seconds", limits.keep_alive_seconds),
        ("limits.keep_alive_timeout_seconds", limits.keep_alive_timeout_seconds),
        ("limits.pending_resets", limits.pending_resets as u64),
        ("shutdown.hard_seconds", shutdown.hard_seconds),
        ("tokens.minutes", u64::from(settings.tokens.minutes)),
    ];
    faults.extend(positive.iter().filter(|(_, n)| *n == 0).map(|(key, _)| format!("{key} must be above 0")));
    if shutdown.drain_seconds.saturating_add(shutdown.soft_seconds) > shutdown.hard_seconds {
        faults.push(
            "shutdown.drain_seconds and shutdown.soft_seconds together must not be above shutdown.hard_seconds"
                .into(),
        );
    }
    if settings.tokens.minutes > 24 * 60 {
        faults.push("tokens.minutes must be at most a day (1440)".into());
    }
    let named = [
        ("centre.id", &settings.centre.id),
        ("centre.division", &settings.centre.division),
        ("tokens.issuer", &settings.tokens.issuer),
        ("tokens.audience", &settings.tokens.audience),
    ];
    faults.extend(
        named.iter().filter(|(_, t)| t.is_empty()).map(|(key, _)| format!("{key} must not be empty")),
    );
}

fn database(settings: &Settings, faults: &mut Vec<String>) {
    if !(2..=64).contains(&settings.database.pool) {
        faults.push("database.pool must be between 2 and 64; 8 to 16 is right for most machines".into());
    }
    let url = settings.database.url.reveal();
    if url.is_empty() {
        return;
    }
    if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        faults.push(
            "database.url must begin with postgres://, or be empty for SQLite files in data.dir".into(),
        );
    } else if !url.contains(super::places::SERVICE) {
        faults.push(
            "database.url must hold {service}, which becomes the service's name: each service has a role and a \
             schema of its own"
                .into(),
        );
    }
}

fn transport(settings: &Settings, faults: &mut Vec<String>) {
    let transport = &settings.transport;
    if transport.kind == TransportKind::JetStream {
        if settings.is_embedded() {
            faults.push(
                "transport.kind is jetstream, but database.url is empty: processes that talk over NATS need \
                 PostgreSQL; set database.url, or transport.kind to inside"
                    .into(),
            );
        }
        if transport.server_list().is_empty() {
            faults.push(
                "transport.kind is jetstream, but transport.servers is empty: name at least one NATS server"
                    .into(),
            );
        }
    }
    let servers = transport.server_list();
    if servers.iter().any(|server| !["nats://", "tls://"].iter().any(|scheme| server.starts_with(scheme))) {
        faults.push(
            "transport.servers must be nats://host:port or tls://host:port, separated by commas".into(),
        );
    }
    if ![1, 3].contains(&transport.replicas) {
        faults.push("transport.replicas must be 1 or 3".into());
    }
    // It becomes a token of a subject and a part of a stream's name.
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    if !(1..=32).contains(&transport.prefix.len()) || !transport.prefix.bytes().all(plain) {
        faults.push("transport.prefix must be 1 to 32 of a-z, 0-9, - and _".into());
    }
}

fn services(settings: &Settings, faults: &mut Vec<String>) {
    for (name, list) in settings.services.all() {
        let good = |address: &str| {
            let bare = address.strip_prefix("http://").map(|rest| rest.trim_end_matches('/'));
            bare.and_then(|bare| bare.parse::<http::uri::Authority>().ok())
                .is_some_and(|authority| authority.port_u16().is_some() && !authority.as_str().contains('@'))
        };
        if !super::places::split(list).all(good) {
            faults.push(format!("services.{name} must be http://host:port, separated by commas"));
        }
    }
}

fn tokens(settings: &Settings, faults: &mut Vec<String>) {
    let tokens = &settings.tokens;
    if !tokens.demo_accounts && tokens.public_keys.as_os_str().is_empty() {
        faults.push(
            "tokens.demo_accounts is false and tokens.public_keys is empty: nobody could sign in; name the provider's \
             JWKS file, or leave the demo accounts on"
                .into(),
        );
    }
}
