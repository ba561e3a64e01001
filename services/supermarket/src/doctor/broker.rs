//! NATS, as each service's login sees it.

use chassis::settings::TransportKind;
use chassis::{Settings, roads};
use courier::Transport as _;
use courier::transport::jetstream::JetStream;

use super::Findings;

pub(super) async fn look(settings: &Settings, services: &[&'static str], findings: &mut Findings) {
    if settings.transport.kind == TransportKind::Inside {
        return;
    }
    let mut reached = false;
    for &service in services {
        let asked = async {
            let road = JetStream::connect(roads::options_of(service, settings)).await?;
            road.ready(service).await.map(|()| road.server_version())
        };
        let what = format!("{service} broker");
        match asked.await {
            Ok(version) => {
                reached = true;
                findings.ok(what, format!("nats-server {version} lets {service} in, JetStream answers"));
            }
            // It says what to do itself.
            Err(fault) => {
                findings.bad(what, fault.to_string(), "until then this service's news waits in its outbox");
            }
        }
    }
    if reached && settings.transport.replicas < 3 {
        findings.warn(
            "streams",
            "kept by one server; whether it flushes each message (sync_interval: always) no client can see",
            "look into its configuration, or use three servers (deploy/nats/cluster.conf). What it loses is sent again",
        );
    } else if reached {
        findings.ok("streams", "kept by three servers; whether they flush each message no client can see");
    }
}
