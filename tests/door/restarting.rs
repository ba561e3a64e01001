//! Two replicas, one replaced while callers keep calling: what they notice, with and without a time to drain.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use chassis::Lifecycle;
use tokio::task::JoinSet;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::office::{ECHO, Office, nowhere, office};
use crate::stage::{House, Reception, reason, reception, unary};

const CALLERS: usize = 8;

/// Callers who call until they are told to stop, and count.
struct Load {
    callers: JoinSet<()>,
    answered: Arc<AtomicUsize>,
    failed: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

impl Load {
    async fn on(reception: &Reception) -> Self {
        let (answered, failed, stop) = (Arc::default(), Arc::default(), Arc::default());
        let mut load = Self { callers: JoinSet::new(), answered, failed, stop };
        for _ in 0..CALLERS {
            let channel = reception.channel().await;
            let token = reception.token.clone();
            let (answered, failed, stop) = (load.answered.clone(), load.failed.clone(), load.stop.clone());
            load.callers.spawn(async move {
                while !stop.load(Ordering::SeqCst) {
                    let mut request = tonic::Request::new("x".to_owned());
                    request.metadata_mut().insert("authorization", token.parse().unwrap());
                    match unary(channel.clone(), ECHO, request).await {
                        Ok(_) => _ = answered.fetch_add(1, Ordering::SeqCst),
                        Err(status) => {
                            failed.fetch_add(1, Ordering::SeqCst);
                            assert_eq!(status.code(), Code::Unavailable, "{status:?}");
                            assert!(status.get_details_retry_info().is_some(), "{status:?}");
                            assert!(["SERVICE_UNREACHABLE", "STOPPING"].contains(&reason(&status).as_str()));
                        }
                    }
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            });
        }
        load
    }

    /// Waits until so many more calls were answered.
    async fn answers(&self, more: usize) {
        let wanted = self.answered.load(Ordering::SeqCst) + more;
        let enough = async {
            while self.answered.load(Ordering::SeqCst) < wanted {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), enough).await.expect("calls are answered");
    }

    /// Ends, and says how many failed.
    async fn end(mut self) -> usize {
        self.stop.store(true, Ordering::SeqCst);
        while let Some(caller) = self.callers.join_next().await {
            caller.unwrap();
        }
        self.failed.load(Ordering::SeqCst)
    }
}

async fn replica(house: &House, address: &str, drain: Duration) -> Office {
    let life = Lifecycle::new(Duration::from_secs(2), Duration::from_secs(4)).draining(drain);
    office("intake", address, house.tokens.clone(), life).await
}

/// Replaces each of two replicas in turn under load, some times, and answers how many calls failed.
async fn rolled(drain: Duration, rounds: usize) -> usize {
    let house = House::new();
    let mut offices = vec![];
    for _ in 0..2 {
        // At a port that no connection is given, because the new one is to have it after the old one.
        let address = nowhere().await;
        offices.push(replica(&house, address.trim_start_matches("http://"), drain).await);
    }
    let reception = reception(&house, &[&offices[0].address, &offices[1].address], &[], &[]).await;
    let load = Load::on(&reception).await;
    load.answers(50).await;
    for _ in 0..rounds {
        for at in [0, 1] {
            let old = offices.remove(at);
            old.life.leave(std::future::pending()).await;
            assert!(old.running.ended().await, "everything ended in time");
            load.answers(50).await;
            let new = replica(&house, old.address.trim_start_matches("http://"), drain).await;
            // It is back when it is called again.
            let back = async {
                while new.seen.begun() == 0 {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            tokio::time::timeout(Duration::from_secs(20), back).await.expect("the new one is found");
            offices.insert(at, new);
        }
    }
    load.end().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_time_to_drain_nobody_notices() {
    // Reception begins a look each half second and waits a second for its answer: by then it knows who leaves, and the
    // rest is for a machine that is busy.
    assert_eq!(rolled(Duration::from_secs(4), 2).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_one_whoever_is_hit_is_told_to_come_back() {
    // That every failure is one to come back for is asserted where it is met; how many there are is luck.
    let failed = rolled(Duration::ZERO, 3).await;
    println!("{failed} calls were told to come back");
}
