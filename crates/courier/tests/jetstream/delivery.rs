//! What holds inside one process holds over the broker.
use courier::{Post, Reactions, ledger};
use uuid::Uuid;

use crate::broker::Server;
use crate::world::{House, tallying};
use crate::{SOON, assert_taken, outsider, post, road, tell};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_effect_once_and_in_order() {
    let (server, house) = (Server::start(), House::new().await);
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    let from = post(&intake, Reactions::of("intake"), &road("intake", &server.url()).await).await;
    let to = post(&routing, tallying(&routing), &road("routing", &server.url()).await).await;
    tell(&intake, 50, 1, 10).await;
    Post::settle(&[&from, &to], SOON).await.unwrap();
    assert_taken(&routing, 50, 10).await;
    let (said, heard) = (
        ledger::summarize_outbox(&intake).await.unwrap(),
        ledger::summarize_inbox(&routing, "intake", None).await.unwrap(),
    );
    assert_eq!((said.count, said.last_seq), (500, 500));
    assert_eq!((heard.count, heard.stored, heard.applied, heard.applied_up_to), (500, 500, 500, 500));
    assert_eq!(said.buckets, heard.buckets);
    to.stop().await;
    from.stop().await;
}

/// Everybody goes and comes back, on new connections; what was said meanwhile waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_in_the_middle_goes_on() {
    let (server, house) = (Server::start(), House::new().await);
    for round in 0..3u64 {
        let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
        let from = post(&intake, Reactions::of("intake"), &road("intake", &server.url()).await).await;
        let to = post(&routing, tallying(&routing), &road("routing", &server.url()).await).await;
        tell(&intake, 20, round * 5 + 1, round * 5 + 5).await;
        if round == 2 {
            Post::settle(&[&from, &to], SOON).await.unwrap();
            assert_taken(&routing, 20, 15).await;
        }
        to.stop().await;
        from.stop().await;
        routing.close().await;
        intake.close().await;
    }
}

/// Two replicas share the durable consumer, each gets a part, and the effect is single.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_at_once_are_one_reader() {
    let (server, house) = (Server::start(), House::new().await);
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    let from = post(&intake, Reactions::of("intake"), &road("intake", &server.url()).await).await;
    let one = post(&routing, tallying(&routing), &road("routing", &server.url()).await).await;
    let two = post(&routing, tallying(&routing), &road("routing", &server.url()).await).await;
    tell(&intake, 30, 1, 6).await;
    Post::settle(&[&from, &one, &two], SOON).await.unwrap();
    assert_taken(&routing, 30, 6).await;
    let mut stream = outsider(&server.url()).await.get_stream(crate::STREAM).await.unwrap();
    assert_eq!(stream.info().await.unwrap().state.consumer_count, 1);
}

/// Both ways at once, as in the house: each says and each reads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_that_answer_each_other_settle() {
    use courier::post::Consumers;
    use courier::{Heard, Pace, Reaction, WriteList};
    use tokio_util::sync::CancellationToken;

    use crate::world::{Note, steps_of};

    const BOTH: Consumers = &[("intake", &["routing"]), ("routing", &["intake"])];
    let (server, house) = (Server::start(), House::new().await);
    let (intake, routing) = (house.desk("intake").await, house.desk("routing").await);
    // Routing answers each step with the same step.
    let answering = Reactions::of("routing").on(move |heard: Heard<Note>| async move {
        let mut list = WriteList::new(&heard.stamp, Some(heard.case));
        list.post(heard.case, heard.event.step, &Note { step: heard.event.step });
        Ok(Reaction::Write(list))
    });
    let mut posts = vec![];
    for (desk, reactions) in [(&intake, tallying(&intake)), (&routing, answering)] {
        let (road, cancel) = (road(desk.service(), &server.url()).await, CancellationToken::new());
        posts.push(Post::start_at(Pace::default(), desk, reactions, road, BOTH, cancel).await.unwrap());
    }
    tell(&intake, 10, 1, 5).await;
    Post::settle(&posts.iter().collect::<Vec<_>>(), SOON).await.unwrap();
    assert_taken(&intake, 10, 5).await;
    assert_eq!(steps_of(&routing, Uuid::from_u128(1)).await, "", "routing only answers");
}
