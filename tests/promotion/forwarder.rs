//! An address that moves: takes connections on one port and passes them on to another, until it is pointed elsewhere. Then
//! what was open is cut, as when a machine is gone.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// One such address, for as long as it is held.
pub struct Forwarder {
    /// Where it listens, on loopback.
    pub port: u16,
    target: watch::Sender<Option<u16>>,
    accepting: JoinHandle<()>,
}

impl Forwarder {
    /// Passes on to a port on loopback.
    pub async fn to(target: u16) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let (target, pointed) = watch::channel(Some(target));
        #[expect(clippy::disallowed_methods, reason = "ends with the value that holds it")]
        let accepting = tokio::spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((here, _)) = listener.accept().await {
                open.spawn(pass_on(here, pointed.clone()));
                while open.try_join_next().is_some() {}
            }
        });
        Ok(Self { port, target, accepting })
    }

    /// Points it at another port, or at nothing.
    pub fn point(&self, target: Option<u16>) {
        self.target.send_replace(target);
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn pass_on(mut here: TcpStream, mut pointed: watch::Receiver<Option<u16>>) {
    let Some(target) = *pointed.borrow_and_update() else { return };
    let Ok(mut there) = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, target))).await else {
        return;
    };
    for stream in [&here, &there] {
        drop(stream.set_nodelay(true));
    }
    tokio::select! {
        _ = copy_bidirectional(&mut here, &mut there) => {}
        _ = pointed.changed() => {}
    }
}
