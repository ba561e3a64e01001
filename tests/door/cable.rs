//! A cable between reception and a replica that can be pulled: what kill -9 or a broken switch does to the connections.

use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

/// One end is an address, the other a replica.
pub struct Cable {
    pub address: String,
    lines: Arc<Mutex<JoinSet<()>>>,
    plug: Mutex<JoinSet<()>>,
}

impl Cable {
    pub async fn to(replica: &str) -> Self {
        let replica = replica.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let lines = Arc::new(Mutex::new(JoinSet::new()));
        let held = lines.clone();
        let mut plug = JoinSet::new();
        plug.spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let Ok(mut far) = TcpStream::connect(&replica).await else { continue };
                held.lock().await.spawn(async move {
                    // However it ends, it ends.
                    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                });
            }
        });
        Self { address, lines, plug: Mutex::new(plug) }
    }

    /// Every connection breaks, and no new one comes about.
    pub async fn pull(&self) {
        self.plug.lock().await.abort_all();
        self.lines.lock().await.abort_all();
    }
}
