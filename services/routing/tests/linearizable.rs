//! Claims, confirmations, releases, expiries, appointments and takings by many hands at once, with callers who hang up and a house that
//! is stopped and opened again in between: what everybody was told is what one case by itself could have said (P4).
//!
//! A thousand operations; with `CLAIMS_OPERATIONS` in the environment as many as it says (`tests/full claims`: 10,000).
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod linear {
    pub mod checker;
    pub mod play;
}
mod town;

use std::collections::BTreeMap;

use courier::planted::{Bug, plant};
use linear::checker::{Act, Operation, Stand, Told, check};
use linear::play::{House, Size, play};
use town::Town;

/// Planted bugs are of the whole process, so these tests take turns.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

const SIZE: Size = Size { cases: 10, hands: 5, acts: 4, kills: true };

#[expect(clippy::disallowed_methods, reason = "how tests/full says how long it wants to play")]
fn operations() -> usize {
    std::env::var("CLAIMS_OPERATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(1000)
}

fn done(act: Act, call: u64, back: u64, told: Told) -> Operation {
    Operation { act, call, answer: Some((back, told)) }
}

/// What was asked, and what was told, without whom.
fn kind(one: &Operation) -> String {
    let word = |text: String| text.split(['(', ' ']).next().unwrap_or_default().to_owned();
    let told = one.answer.as_ref().map_or("never answered".to_owned(), |(_, told)| word(format!("{told:?}")));
    format!("{} {told}", word(format!("{:?}", one.act)))
}

fn claim(who: &str) -> Act {
    Act::Claim(who.to_owned())
}

#[test]
fn the_checker_knows_what_can_be_and_what_cannot() {
    let yours = |n| Told::Yours((1, n));
    let other = |who: &str| Told::HeldBy(who.to_owned());
    let held = |by: &str| Told::Stands(Stand::Held { by: by.to_owned(), confirmed: false }, (1, 1));
    // Two at once: one of them has it, whoever called first.
    let fair = [done(claim("a"), 0, 3, other("b")), done(claim("b"), 1, 2, yours(1))];
    check(&fair).unwrap();
    // Told of a holder who had not called yet.
    let early = [done(claim("a"), 0, 1, other("b")), done(claim("b"), 2, 3, yours(1))];
    check(&early).unwrap_err();
    // Both have it: read, then written.
    let both = [done(claim("a"), 0, 3, yours(1)), done(claim("b"), 1, 2, yours(1))];
    check(&both).unwrap_err();
    // Nobody saw the answer: it may have happened, late, or never; but a fence is a fence.
    let hung_up = Operation { act: claim("a"), call: 0, answer: None };
    for after in [held("a"), Told::Stands(Stand::Pool, (1, 0))] {
        check(&[hung_up.clone(), done(Act::Read, 1, 2, after)]).unwrap();
    }
    check(&[hung_up, done(Act::Read, 1, 2, held("b"))]).unwrap_err();
    // A late write under a claim before.
    let release = |n| Act::Release("a".to_owned(), (1, n));
    let late = |told| {
        vec![
            done(claim("a"), 0, 1, yours(1)),
            done(release(1), 2, 3, Told::Done),
            done(Act::Stored((1, 2)), 4, 5, Told::Nothing),
            done(claim("a"), 6, 7, yours(3)),
            done(release(1), 8, 9, told),
        ]
    };
    check(&late(Told::Refused)).unwrap();
    check(&late(Told::Done)).unwrap_err();
    // A fence given twice, and one left out.
    for n in [1, 4] {
        let mut repeated = late(Told::Refused);
        repeated[3] = done(claim("a"), 6, 7, yours(n));
        check(&repeated).unwrap_err();
    }
    // Offered again before the fence was stored.
    let mut unstored = late(Told::Refused);
    unstored.remove(2);
    check(&unstored).unwrap_err();
    // The silence of a claim that nobody confirmed ends nothing.
    let silence = done(Act::Silence((1, 1)), 2, 3, Told::Nothing);
    check(&[done(claim("a"), 0, 1, yours(1)), silence, done(Act::Read, 4, 5, held("a"))]).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_everybody_is_told_is_what_one_case_could_have_said() {
    let _turn = TURN.lock().await;
    let house = House::of(Town::open().await);
    let (mut asked, mut open, mut round, mut told) = (0, 0, 0, BTreeMap::<String, usize>::new());
    while asked < operations() {
        round += 1;
        for history in play(&house, SIZE, round).await {
            asked += history.len();
            open += history.iter().filter(|one| one.answer.is_none()).count();
            for one in &history {
                *told.entry(kind(one)).or_default() += 1;
            }
            check(&history).unwrap_or_else(|why| panic!("round {round}: {why}\nof {history:#?}"));
        }
    }
    println!("{asked} operations, {open} of them never answered, in {round} rounds: {told:?}");
    assert!(open > 0, "nobody ever hung up");
    for must in [
        "Claim Yours",
        "Claim HeldBy",
        "Appoint Yours",
        "Confirm Done",
        "Release Done",
        "Release Refused",
        "Read Stands",
    ] {
        assert!(told.contains_key(must), "never seen: {must}");
    }
    assert_eq!(house.town().await.quarantined().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_by_read_then_write_is_caught() {
    let _turn = TURN.lock().await;
    let house = House::of(Town::open().await);
    let _bug = plant(Bug::ClaimByReadThenWrite);
    let crowd = Size { cases: 4, hands: 20, acts: 2, kills: false };
    // Whether two of them really meet is up to the machine; that none of so many ever do is not.
    for round in 0..20 {
        if play(&house, crowd, round).await.iter().any(|history| check(history).is_err()) {
            return;
        }
    }
    panic!("the checker has not seen that two hold one case");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unfenced_write_is_caught() {
    let _turn = TURN.lock().await;
    let house = House::of(Town::open().await);
    let calm = Size { cases: 1, hands: 1, acts: 1, kills: false };
    assert!(play(&house, calm, 1).await.iter().all(|history| check(history).is_ok()));
    let _bug = plant(Bug::FenceUnchecked);
    let seen = play(&house, calm, 2).await;
    assert!(seen.iter().any(|history| check(history).is_err()), "the late write was not seen");
}
