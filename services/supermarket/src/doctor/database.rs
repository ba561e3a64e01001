//! PostgreSQL, as each service's login sees it.

use chassis::Settings;
use courier::Clock;
use migrations::postgres::{Seen, look_over};

use super::Findings;

/// Clocks that differ by more are worth a word, and by more than the second are wrong.
const APART: (i64, i64) = (1_000, 5_000);
const OLDEST: i32 = 15;

pub(super) async fn look(settings: &Settings, services: &[&'static str], findings: &mut Findings) {
    let now = || Clock::system().now().timestamp_millis();
    let mut server_told = false;
    for &service in services {
        let what = format!("{service} database");
        let seen = match look_over(&settings.database.url_of(service), service, now).await {
            Ok(seen) => seen,
            Err(error) => {
                let fault = courier::Fault::new("connect or ask", error);
                findings.bad(
                    what,
                    fault.to_string(),
                    "is it running, is it migrated, is this the service's password?",
                );
                continue;
            }
        };
        if !server_told {
            server(&seen, findings);
            connections(seen.connections, settings.database.pool, services.len(), findings);
            server_told = true;
        }
        login(what, &seen, findings);
    }
}

/// What is the same for all.
fn server(seen: &Seen, findings: &mut Findings) {
    if seen.major < OLDEST {
        let todo = format!("{OLDEST} is the oldest that is supported");
        findings.bad("PostgreSQL", format!("version {}", seen.major), todo);
    } else {
        findings.ok("PostgreSQL", format!("version {}", seen.major));
    }
    for (setting, value) in &seen.settings {
        if value == "off" {
            let todo = format!(
                "set {setting} to on: without it what was acknowledged is lost when the machine fails"
            );
            findings.bad(setting, "off", todo);
        } else if setting == "synchronous_commit" && value == "local" {
            findings.warn(
                setting,
                "local",
                "with a standby set it to on: a promotion loses what the standby lacks",
            );
        } else {
            findings.ok(setting, value);
        }
    }
    let clocks =
        |verdict: &str| format!("{} ms between this machine and the database{verdict}", seen.clock_apart);
    match seen.clock_apart.abs() {
        apart if apart > APART.1 => {
            findings.bad("clocks", clocks(""), "run NTP on both; deadlines go by the database's clock");
        }
        apart if apart > APART.0 => findings.warn("clocks", clocks(""), "run NTP on both"),
        _ => findings.ok("clocks", clocks("")),
    }
}

/// A second replica of each doubles what is needed; how many there will be nobody here knows.
fn connections(there: i32, pool: u32, services: usize, findings: &mut Findings) {
    let needed = i64::from(pool) * services as i64;
    let told = format!("{there} for services; one process of each of {services} takes {needed} at most");
    if i64::from(there) < needed {
        findings.bad("connections", told, "raise max_connections, or lower database.pool");
    } else {
        findings.ok("connections", told);
    }
}

fn login(what: String, seen: &Seen, findings: &mut Findings) {
    if !seen.excess.is_empty() {
        findings.bad(
            format!("{} role", seen.role),
            format!("too many rights: {}", seen.excess.join(", ")),
            "take them away; `supermarket migrate` as another role gives what is needed",
        );
    }
    if seen.pending.is_empty() {
        findings.ok(what, format!("as {}, its tables are up to date", seen.role));
    } else {
        findings.bad(
            what,
            format!("migrations to come: {}", seen.pending.join(", ")),
            "run `supermarket migrate`",
        );
    }
}
