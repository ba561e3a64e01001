//! Two cases of one matter, one of which becomes known in the moment in which the other becomes a suit.

use courier::{CommitError, Heard, Reaction};
use lexicon::Outcome;

use super::*;
use crate::model::codes::Stage;
use crate::model::facts::{Facts, Suit};
use crate::model::{News, Thread, matter};

/// What is heard of a case: the same two people about the same thing, and a suit where the court has one.
fn known(thread: Thread, suit: Option<Suit>) -> Outcome<Thread, News> {
    at(thread, Stage::InMediation, suit)
}

fn at(mut thread: Thread, stage: Stage, suit: Option<Suit>) -> Outcome<Thread, News> {
    let people = [1, 2].map(|n| Uuid::from_u128(n).into());
    thread.facts = Facts {
        track: "ME".to_owned(),
        cause: "108.3".to_owned(),
        parties: people.map(|who| (who, true)).into(),
        digests: people.map(|who| (who, format!("{who:?}"))).into(),
        stage,
        suit,
        ..Facts::default()
    };
    assert!(matter::of(&thread.facts).is_some());
    Outcome::Changed(thread, vec![])
}

fn suit() -> Suit {
    Suit { court: CourtId::new("court-2071").unwrap(), number: "（2026）粤2071民初12号".to_owned() }
}

struct Office {
    desk: Desk,
    store: Store,
    _memory: Memory,
}

impl Office {
    async fn open() -> Office {
        let memory = Memory::fresh().await;
        let desk = Desk::open("transfer", &memory.prepared("transfer").await, Clock::system()).await.unwrap();
        let store = Store::new(desk.clone(), Arc::new(Vault::passing().unwrap()));
        Office { desk, store, _memory: memory }
    }

    /// What hearing this of a case would write.
    async fn write(&self, case: Uuid, act: impl FnOnce(Thread) -> Outcome<Thread, News>) -> WriteList {
        let stamp = self.desk.stamp(Actor::service("intake", CENTRE), "test", None);
        let (topic, centre, at) = ("intake".to_owned(), CENTRE.to_owned(), stamp.now);
        let heard =
            Heard { event: (), id: stamp.id(), topic, case, centre, version: 1, pub_seq: 1, at, stamp };
        match self.store.hear(&heard, act).await.unwrap() {
            Reaction::Write(list) => list,
            Reaction::Nothing => panic!("it is news"),
        }
    }

    async fn told(&self, case: Uuid) -> Option<Uuid> {
        let read = self.store.read(CENTRE, case.into()).await.unwrap();
        read.thread.facts.elsewhere.map(|suit| suit.case.as_uuid())
    }
}

const RUNNING: Uuid = Uuid::from_u128(11);
const SUED: Uuid = Uuid::from_u128(12);

#[tokio::test]
async fn of_two_that_look_in_one_moment_the_later_one_looks_again() {
    let office = Office::open().await;
    let first = office.write(RUNNING, |thread| known(thread, None)).await;
    let second = office.write(SUED, |thread| known(thread, Some(suit()))).await;
    office.desk.commit(first).await.unwrap();
    let lost = office.desk.commit(second).await.unwrap_err();
    assert!(matches!(lost, CommitError::Lost("MATTER")), "{lost:?}");
    let again = office.write(SUED, |thread| known(thread, Some(suit()))).await;
    office.desk.commit(again).await.unwrap();
    assert_eq!(office.told(RUNNING).await, Some(SUED));
    office.desk.close().await;
}

/// An agreement learns of no suit; its parties, sitting down again after a dismissed confirmation (T47), do.
#[tokio::test]
async fn who_sits_down_again_learns_of_a_suit_that_came_meanwhile() {
    let office = Office::open().await;
    let agreed = office.write(RUNNING, |thread| at(thread, Stage::Agreed, None)).await;
    office.desk.commit(agreed).await.unwrap();
    let filed = office.write(SUED, |thread| known(thread, Some(suit()))).await;
    office.desk.commit(filed).await.unwrap();
    assert_eq!(office.told(RUNNING).await, None);
    let again = office.write(RUNNING, |thread| known(thread, None)).await;
    office.desk.commit(again).await.unwrap();
    assert_eq!(office.told(RUNNING).await, Some(SUED));
    office.desk.close().await;
}
