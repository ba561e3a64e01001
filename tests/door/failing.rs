//! When something is gone: what the caller is told, what is tried again, and who is let go.

use std::pin::pin;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::client::Grpc;
use tonic::{Code, Status};
use tonic_prost::ProstCodec;
use tonic_types::StatusExt as _;

use crate::cable::Cable;
use crate::office::{BREAK, ECHO, HANG, STREAM, nowhere, office};
use crate::stage::{House, life, reason, reception, unary};

const ANY: &str = "127.0.0.1:0";

/// The status of a service that cannot be reached: come back, and nothing about addresses.
fn unreachable(status: &Status, service: &str) {
    assert_eq!((status.code(), reason(status).as_str()), (Code::Unavailable, "SERVICE_UNREACHABLE"));
    let info = status.get_details_error_info().unwrap();
    assert_eq!(info.metadata.len(), 1);
    assert_eq!(info.metadata["service"], service);
    assert!(status.get_details_retry_info().unwrap().retry_delay.is_some());
    assert!(!status.get_details_localized_message().unwrap().message.is_ascii());
    let all = format!("{status:?} {:?}", status.get_error_details());
    assert!(!all.contains("127.0.0.1") && !all.contains("refused"), "{all}");
}

#[tokio::test]
async fn a_dead_replica_costs_nobody_a_call() {
    let house = House::new();
    let intake = house.intake(ANY).await;
    let dead = nowhere().await;
    let reception = reception(&house, &[&dead, &intake.address], &[], &[]).await;
    let begun = Instant::now();
    for n in 0..40 {
        reception.call(ECHO, &n.to_string()).await.unwrap();
    }
    assert_eq!(intake.seen.begun(), 40);
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_replica_that_says_nothing_is_left_alone() {
    let house = House::new();
    let intake = house.intake(ANY).await;
    // The machine takes the connection, and nobody ever answers on it: a process that stands still.
    let still = tokio::net::TcpListener::bind(ANY).await.unwrap();
    let address = format!("http://{}", still.local_addr().unwrap());
    let reception = reception(&house, &[&address, &intake.address], &[], &[]).await;
    reception.looked("intake").await;
    let begun = Instant::now();
    for n in 0..20 {
        reception.call(ECHO, &n.to_string()).await.unwrap();
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn good_replicas_take_turns() {
    let house = House::new();
    let (one, two) = (house.intake(ANY).await, house.intake(ANY).await);
    let reception = reception(&house, &[&one.address, &two.address], &[], &[]).await;
    reception.looked("intake").await;
    // On a busy machine one may have answered the first look too late, and is good from the next: once both are called, both
    // are good.
    let both = async {
        while one.seen.begun() == 0 || two.seen.begun() == 0 {
            reception.call(ECHO, "x").await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(20), both).await.expect("both are called");
    let before = (one.seen.begun(), two.seen.begun());
    for n in 0..40 {
        reception.call(ECHO, &n.to_string()).await.unwrap();
    }
    assert_eq!((one.seen.begun() - before.0, two.seen.begun() - before.1), (20, 20));
}

#[tokio::test]
async fn when_all_are_dead_the_caller_is_told_to_come_back_and_later_is_answered() {
    let house = House::new();
    let (one, two) = (nowhere().await, nowhere().await);
    let reception = reception(&house, &[&one, &two], &[], &[]).await;
    unreachable(&reception.call(ECHO, "x").await.unwrap_err(), "intake");
    // Reception itself is well; for intake it says what is so, once it has looked.
    tokio::time::sleep(Duration::from_millis(800)).await;
    assert_eq!(reception.health("").await, 1);
    assert_eq!(reception.health("intake").await, 2);
    // One comes up where it was expected.
    let intake = house.intake(two.trim_start_matches("http://")).await;
    reception.looked("intake").await;
    for _ in 0..10 {
        reception.call(ECHO, "x").await.unwrap();
    }
    assert_eq!(intake.seen.begun(), 10);
}

#[tokio::test]
async fn an_answer_that_breaks_off_ends_with_a_status_and_is_not_tried_again() {
    let house = House::new();
    let (one, two) = (house.intake(ANY).await, house.intake(ANY).await);
    let reception = reception(&house, &[&one.address, &two.address], &[], &[]).await;
    unreachable(&reception.call(BREAK, "x").await.unwrap_err(), "intake");
    assert_eq!(one.seen.begun() + two.seen.begun(), 1, "it may have been done");
}

#[tokio::test]
async fn a_replica_that_dies_before_it_answers_leaves_words_and_is_not_tried_again() {
    let house = House::new();
    let (one, two) = (house.intake(ANY).await, house.intake(ANY).await);
    let cables = [Cable::to(&one.address).await, Cable::to(&two.address).await];
    let reception = reception(&house, &[&cables[0].address, &cables[1].address], &[], &[]).await;
    let asked = reception.call(HANG, "x");
    let died = async {
        while one.seen.begun() + two.seen.begun() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        cables[usize::from(two.seen.begun() == 1)].pull().await;
    };
    let (status, ()) = tokio::join!(asked, died);
    unreachable(&status.unwrap_err(), "intake");
    assert_eq!(one.seen.begun() + two.seen.begun(), 1, "it may have been done");
    // The other one goes on.
    assert!(reception.call(ECHO, "x").await.is_ok());
}

#[tokio::test]
async fn a_stream_whose_replica_dies_ends_with_words() {
    let house = House::new();
    let routing = office("routing", ANY, house.tokens.clone(), life()).await;
    let cable = Cable::to(&routing.address).await;
    let reception = reception(&house, &[], &[&cable.address], &[]).await;
    let (say, said) = mpsc::channel::<String>(1);
    say.send("x".to_owned()).await.unwrap();
    let mut client = Grpc::new(reception.channel().await);
    client.ready().await.unwrap();
    let path = http::uri::PathAndQuery::from_static(STREAM);
    let request = reception.request(ReceiverStream::new(said), &[]);
    let answer = client.streaming(request, path, ProstCodec::<String, String>::default()).await.unwrap();
    let mut heard = answer.into_inner();
    assert_eq!(heard.next().await.unwrap().unwrap(), "x");
    cable.pull().await;
    let end = tokio::time::timeout(Duration::from_secs(20), heard.next()).await.unwrap().unwrap();
    unreachable(&end.unwrap_err(), "routing");
}

#[tokio::test]
async fn a_call_ends_when_its_time_is_over_and_is_gone_at_the_service() {
    let house = House::new();
    let intake = house.intake(ANY).await;
    let reception = reception(&house, &[&intake.address], &[], &[]).await;
    // As bytes, because tonic's client would end the call by its own clock; and long enough for it to begin at the service.
    let head = format!(
        "POST {HANG} HTTP/1.1\r\ncontent-type: application/grpc-web+proto\r\nauthorization: {}\r\ngrpc-timeout: 2S",
        reception.token
    );
    let begun = Instant::now();
    let answer = reception.http1(&head, &crate::office::frame("x")).await;
    assert!(answer.contains("grpc-status: 4"), "{answer}");
    assert!((1_500..20_000).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
    intake.seen.dropped(1).await;
    // The replica is not held to be bad for it.
    assert!(reception.call(ECHO, "x").await.is_ok());
}

#[tokio::test]
async fn a_caller_who_leaves_is_gone_at_the_service() {
    let house = House::new();
    let intake = house.intake(ANY).await;
    let routing = office("routing", ANY, house.tokens.clone(), life()).await;
    let reception = reception(&house, &[&intake.address], &[&routing.address], &[]).await;
    let channel = reception.channel().await;
    for n in 1..=10 {
        {
            let mut asked = pin!(unary(channel.clone(), HANG, reception.request("x".to_owned(), &[])));
            let begun = async {
                while intake.seen.begun() < n {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            // Nobody leaves before the call is there: one that was not yet sent is gone for no reason of ours.
            tokio::select! {
                answer = &mut asked => panic!("it hangs: {answer:?}"),
                begun = tokio::time::timeout(Duration::from_secs(20), begun) => begun.expect("the call begins"),
            }
        }
        intake.seen.dropped(n).await;
    }
    let (say, said) = mpsc::channel::<String>(1);
    say.send("x".to_owned()).await.unwrap();
    let mut client = Grpc::new(channel);
    client.ready().await.unwrap();
    let path = http::uri::PathAndQuery::from_static(STREAM);
    let request = reception.request(ReceiverStream::new(said), &[]);
    let answer = client.streaming(request, path, ProstCodec::<String, String>::default()).await.unwrap();
    let mut heard = answer.into_inner();
    assert_eq!(heard.next().await.unwrap().unwrap(), "x");
    assert_eq!(routing.seen.dropped.load(Ordering::SeqCst), 0);
    drop((say, heard));
    routing.seen.dropped(1).await;
}
