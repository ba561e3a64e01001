//! Servers as `services/supermarket/deploy/nats` configures them.
use std::path::Path;

use super::{Server, free_port};

/// What stands in the place of every password.
pub const PASSWORD: &str = "a1Passw0rd";

const USERS: [&str; 6] = ["INTAKE", "ROUTING", "MEDIATION", "TRANSFER", "OVERSIGHT", "OPERATOR"];

fn conf(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../services/supermarket/deploy/nats");
    folder.join(name).display().to_string()
}

fn environment(store: &Path) -> Vec<(String, String)> {
    let mut all: Vec<_> =
        USERS.iter().map(|user| (format!("NATS_{user}_PASSWORD"), PASSWORD.to_owned())).collect();
    all.push(("NATS_STORE_DIR".to_owned(), store.display().to_string()));
    all
}

/// One server with `server.conf`.
pub fn server() -> Server {
    Server::start_with(|folder, _| {
        let arguments = ["-c", &conf("server.conf"), "-m", &free_port().to_string()];
        (arguments.map(str::to_owned).to_vec(), environment(&folder.join("store")))
    })
}

/// Three servers with `cluster.conf`, called nats-1 to nats-3.
pub fn cluster() -> [Server; 3] {
    let ports = [free_port(), free_port(), free_port()];
    let route = |port: u16| format!("nats://cluster:{PASSWORD}@127.0.0.1:{port}");
    [0, 1, 2].map(|node| {
        Server::start_with(|folder, _| {
            let monitoring = free_port().to_string();
            let arguments =
                ["-c", &conf("cluster.conf"), "-m", &monitoring, "--cluster", &route(ports[node])];
            let mut environment = environment(&folder.join("store"));
            environment.push(("NATS_NAME".to_owned(), format!("nats-{}", node + 1)));
            environment.push(("NATS_CLUSTER_PASSWORD".to_owned(), PASSWORD.to_owned()));
            for (number, port) in ports.iter().enumerate() {
                environment.push((format!("NATS_ROUTE_{}", number + 1), route(*port)));
            }
            (arguments.map(str::to_owned).to_vec(), environment)
        })
    })
}
