//! Three servers as shipped: the leader of a stream is killed twice while news flows.
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::ConnectOptions;
use async_nats::jetstream::Context;
use courier::transport::jetstream::{JetStream, Options};
use courier::{Post, Reactions, Transport};

use crate::broker::Server;
use crate::broker::shipped::{self, PASSWORD};
use crate::world::{House, tallying};
use crate::{SOON, STREAM, assert_taken, options, post, tell};

fn login(service: &str, servers: &[String]) -> Options {
    Options {
        servers: servers.to_vec(),
        user: format!("supermarket_{service}"),
        password: PASSWORD.to_owned(),
        replicas: 3,
        ..options(service, "")
    }
}

/// The number of the server that leads the stream, once one does and all others follow.
async fn leader(operator: &Context) -> usize {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Ok(stream) = operator.get_stream(STREAM).await {
            let cluster = stream.cached_info().cluster.clone().unwrap();
            let follow =
                cluster.replicas.iter().filter(|replica| replica.current && !replica.offline).count();
            if let (Some(leader), 2) = (cluster.leader, follow) {
                return leader.strip_prefix("nats-").unwrap().parse::<usize>().unwrap() - 1;
            }
        }
        assert!(Instant::now() < deadline, "the stream has no leader with two followers");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_leader_of_a_stream_is_killed_twice() {
    let (mut cluster, house) = (shipped::cluster(), House::new().await);
    let servers: Vec<String> = cluster.iter().map(Server::url).collect();
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    let road = async |service| {
        let road: Arc<dyn Transport> = Arc::new(JetStream::connect(login(service, &servers)).await.unwrap());
        road
    };
    let from = post(&intake, Reactions::of("intake"), &road("intake").await).await;
    let to = post(&routing, tallying(&routing), &road("routing").await).await;
    let addresses: Vec<async_nats::ServerAddr> =
        servers.iter().map(|server| server.parse().unwrap()).collect();
    let operator = ConnectOptions::with_user_and_password("supermarket_operator".into(), PASSWORD.into())
        .custom_inbox_prefix("_INBOX_operator")
        .request_timeout(Some(Duration::from_secs(1)))
        .connect(addresses)
        .await
        .unwrap();
    let operator = async_nats::jetstream::new(operator);
    tell(&intake, 10, 1, 2).await;
    Post::settle(&[&from, &to], SOON).await.unwrap();
    let mut step = 2;
    for _ in 0..2 {
        let leading = leader(&operator).await;
        tell(&intake, 10, step + 1, step + 1).await;
        cluster[leading].kill();
        let killed = Instant::now();
        tell(&intake, 10, step + 2, step + 3).await;
        step += 3;
        // Two of three are enough.
        Post::settle(&[&from, &to], SOON).await.unwrap();
        println!("news travels {:?} after the leader was killed", killed.elapsed());
        cluster[leading].start_again();
    }
    assert_taken(&routing, 10, step).await;
    // The last one killed may have led the servers too: asked once they have agreed on another.
    leader(&operator).await;
    let stream = operator.get_stream(STREAM).await.unwrap();
    assert_eq!(stream.cached_info().config.num_replicas, 3);
}
