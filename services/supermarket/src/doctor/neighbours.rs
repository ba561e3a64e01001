//! The services' replicas, asked for their health where the settings say that they are.

use chassis::{Settings, health};

use super::Findings;
use crate::town::{SERVICES, address, lock};

pub(super) async fn look(settings: &Settings, findings: &mut Findings) {
    if settings.is_embedded() {
        here(settings, findings).await;
        return;
    }
    for service in SERVICES {
        let replicas = settings.services.replicas_of(service);
        if replicas.is_empty() {
            let todo = format!(
                "name them by services.{service} in the settings that reception has, and ask with those"
            );
            findings.warn(format!("{service} replicas"), "these settings name none", todo);
        }
        for replica in replicas {
            ask(replica, service, &format!("{service} at {replica}"), findings).await;
        }
    }
}

/// The town of a data directory, if one runs.
async fn here(settings: &Settings, findings: &mut Findings) {
    let folder = &settings.data.dir;
    if !folder.join("server.lock").exists() || lock(folder).is_ok() {
        findings.ok("server", "none runs on this data directory");
        return;
    }
    let Some(address) = address(folder) else {
        findings.warn("server", "one is starting", "look again in a moment");
        return;
    };
    for service in SERVICES {
        ask(&format!("http://{address}"), service, &format!("{service} at {address}"), findings).await;
    }
}

async fn ask(address: &str, service: &str, what: &str, findings: &mut Findings) {
    match health::ask(address, service).await {
        Ok(true) => {
            let road = health::road_of(service);
            match health::ask(address, &road).await {
                Ok(true) => findings.ok(what, "takes commands, its news travels"),
                _ => findings.warn(what, "takes commands, its news waits", "look at the broker"),
            }
        }
        Ok(false) => findings.bad(
            what,
            "runs and takes no commands",
            "look into its log: its database does not answer",
        ),
        Err(why) => findings.bad(what, why, "start it, or correct the settings"),
    }
}
