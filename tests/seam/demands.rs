//! A thousand cases in which parties demand the court, take their word back and demand it again, while the desk and the court go on
//! and every topic arrives when it likes: whenever everything has arrived, the four services know the same demands, whoever wants
//! the court has a filing on its way, and what is open has a holder and a clock.

use chrono::TimeDelta;
use intake::model::Course;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use transfer::model::filing;

use super::four::{Four, PARTIES};
use super::town::party;

const CASES: u64 = 1_000;

fn play(seed: u64) -> (Four, u32) {
    let mut dice = StdRng::seed_from_u64(seed);
    let mut case = Four::new(dice.random_bool(0.4));
    let mut overtaken = 0;
    for step in 0..50 {
        case.town.now += TimeDelta::minutes(dice.random_range(1..600));
        let who = party(PARTIES[dice.random_range(0..PARTIES.len())]);
        match dice.random_range(0..10) {
            0..3 => case.demand(who),
            3..6 => case.take_back(who),
            6 => {
                let refuse = dice.random_bool(0.8);
                case.goes_on(refuse);
            }
            _ => {}
        }
        while dice.random_bool(0.5) {
            let waiting = case.waiting();
            let Some(queue) = (!waiting.is_empty()).then(|| waiting[dice.random_range(0..waiting.len())])
            else {
                break;
            };
            overtaken += u32::from(waiting.len() > 1);
            case.hear(queue);
        }
        // Mediation's own news travel by themselves.
        while dice.random_bool(0.5) && case.town.waiting() > 0 {
            case.town.hear_one();
        }
        if step % 10 == 9 {
            case.agrees(seed);
        }
    }
    (case, overtaken)
}

#[test]
fn the_four_know_the_same_demands_and_none_stands_without_a_filing() {
    let (mut overtaken, mut filings, mut back) = (0, 0, 0);
    for seed in 0..CASES {
        let (case, raced) = play(seed);
        overtaken += raced;
        filings += u64::from(case.thread.filing.is_some());
        back += u64::from(case.thread.facts.demands.taken_back > 0);
    }
    assert!(overtaken > 10_000, "topics overtook one another: {overtaken}");
    assert!(filings > CASES * 9 / 10 && back > CASES / 4, "{filings} filings, {back} taken back");
}

/// What a filing's news is to intake.
pub fn course(event: filing::Event) -> Option<Course> {
    Some(match event {
        filing::Event::Opened => Course::Transfer,
        filing::Event::Submitted => Course::SubmittedToCourt,
        filing::Event::Received => Course::CourtReview,
        filing::Event::Accepted => Course::Filed,
        filing::Event::Refused => Course::NotFiled,
        _ => return None,
    })
}
