//! Two cases of one matter, one of which becomes known in the moment in which the other becomes a suit.

use courier::{CommitError, Heard, Reaction};
use lexicon::Outcome;

use super::*;
use crate::model::codes::Stage;
use crate::model::facts::{Facts, Suit};
use crate::model::{Thread, matter};

/// What is heard of a case: the same two people about the same thing, and a suit where the court has one.
fn known(mut thread: Thread, suit: Option<Suit>) -> Outcome<Thread, crate::model::News> {
    let people = [1, 2].map(|n| Uuid::from_u128(n).into());
    thread.facts = Facts {
        track: "TR".to_owned(),
        cause: "108.3".to_owned(),
        parties: people.map(|who| (who, true)).into(),
        digests: people.map(|who| (who, format!("{who:?}"))).into(),
        stage: Stage::InMediation,
        suit,
        ..Facts::default()
    };
    assert!(matter::of(&thread.facts).is_some());
    Outcome::Changed(thread, vec![])
}

fn suit() -> Suit {
    Suit { court: CourtId::new("court-2071").unwrap(), number: "（2026）粤2071民初12号".to_owned() }
}

#[tokio::test]
async fn of_two_that_look_in_one_moment_the_later_one_looks_again() {
    let memory = Memory::fresh().await;
    let desk = Desk::open("transfer", &memory.prepared("transfer").await, Clock::system()).await.unwrap();
    let store = Store::new(desk.clone(), Arc::new(Vault::passing().unwrap()));
    let (running, sued) = (Uuid::from_u128(11), Uuid::from_u128(12));
    let heard = |case| {
        let stamp = desk.stamp(Actor::service("intake", CENTRE), "test", None);
        let (topic, centre) = ("intake".to_owned(), CENTRE.to_owned());
        Heard { event: (), id: stamp.id(), topic, case, centre, version: 1, pub_seq: 1, at: stamp.now, stamp }
    };
    let write = async |case, suit: Option<Suit>| match store
        .hear(&heard(case), |thread| known(thread, suit))
        .await
        .unwrap()
    {
        Reaction::Write(list) => list,
        Reaction::Nothing => panic!("it is news"),
    };
    let (first, second) = (write(running, None).await, write(sued, Some(suit())).await);
    desk.commit(first).await.unwrap();
    let lost = desk.commit(second).await.unwrap_err();
    assert!(matches!(lost, CommitError::Lost("MATTER")), "{lost:?}");
    desk.commit(write(sued, Some(suit())).await).await.unwrap();
    let told = store.read(CENTRE, running.into()).await.unwrap().thread.facts.elsewhere.unwrap();
    assert_eq!(told.case, sued.into());
    desk.close().await;
}
