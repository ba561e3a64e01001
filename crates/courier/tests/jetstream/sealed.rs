//! Encrypted connections: the authority of the settings is trusted, and no other.
use std::path::{Path, PathBuf};

use courier::transport::jetstream::{JetStream, Options, Tls};
use courier::{Sending, Transport};

use crate::broker::Server;
use crate::{event, options};

fn certificate(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broker/certificates").join(name)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_authority_of_the_settings_is_trusted() {
    let server = Server::start_with(|folder, _| {
        let store = folder.join("store").display().to_string();
        let [certificate, key] =
            ["server.pem", "server.key"].map(|name| certificate(name).display().to_string());
        let arguments = ["-js", "-sd", &store, "--tls", "--tlscert", &certificate, "--tlskey", &key];
        (arguments.map(str::to_owned).to_vec(), vec![])
    });
    let with = |tls| Options { tls: Some(tls), ..options("intake", &server.url()) };
    let ours = Tls::Authority(certificate("authority.pem"));
    let intake = JetStream::connect(with(ours.clone())).await.unwrap();
    intake.publish("intake", &[event(1)], Sending::First).await.unwrap();
    intake.ready("").await.unwrap();
    for other in ["stranger.pem", "missing.pem"].map(|name| Tls::Authority(certificate(name))) {
        refused(with(other)).await;
    }
    refused(with(Tls::SystemRoots)).await;
    // A server that does not encrypt is not talked to.
    let bare = Server::start();
    refused(Options { tls: Some(ours), ..options("intake", &bare.url()) }).await;
}

async fn refused(options: Options) {
    let Err(fault) = JetStream::connect(options.clone()).await else { panic!("{options:?} connected") };
    let fault = fault.to_string();
    assert!(fault.contains("encrypted") && fault.contains(&options.servers[0]), "{options:?}: {fault}");
}
