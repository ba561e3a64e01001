//! What is due is announced once and never early: after days of downtime, by two workers at once, and also where news of a
//! longer period crosses midnight.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod office;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures::{StreamExt as _, stream};
use lexicon::PartyId;
use office::{HALL, Office, at, instant, seconds};
use oversight::model::{Holder, Noun, Step, start};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use rulebook::calendar;
use rulebook::deadline::{Consent, Consents, Extension};
use rulebook::period::Period;
use uuid::Uuid;

const CASES: usize = 10_000;

fn opened(noun: Noun, clock: &str, begun: DateTime<Utc>, event: &str) -> Vec<Step> {
    let holder = Holder::Named(HALL.to_owned());
    vec![Step::Open(noun, String::new()), start(noun, clock, holder).at(event, Some(begun)).into()]
}

/// The end of three working days, counted here a second, slower way.
fn due(filed: DateTime<Utc>) -> DateTime<Utc> {
    let mut day: NaiveDate = calendar::civil_date(filed);
    let mut left = 3;
    while left > 0 {
        day = day.succ_opt().unwrap();
        left -= i32::from(calendar::is_workday(day).is_worked());
    }
    calendar::end_of(day)
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_that_ran_out_during_three_days_of_downtime_are_each_said_once_and_none_early() {
    let office = Office::open("2026-04-01T01:00:00Z").await;
    let mut dice = StdRng::seed_from_u64(11);
    // Five days around a long weekend (清明节 4–6 April 2026), to the second.
    let begin = at("2026-03-30T00:00:00Z");
    let cases: BTreeMap<Uuid, DateTime<Utc>> =
        (0..CASES).map(|_| (office.clock.id(), begin + seconds(dice.random_range(0..5 * 86_400)))).collect();
    stream::iter(&cases)
        .for_each_concurrent(64, |(case, filed)| {
            office.hear(*case, *filed, opened(Noun::Dispute, "S02", *filed, "SUBMITTED"))
        })
        .await;
    let first = cases.values().copied().map(due).min().unwrap();
    office.move_to(first - seconds(1));
    for worker in &office.workers {
        assert_eq!(worker.announce().await.unwrap(), 0, "none early");
    }
    office.move_to(first + TimeDelta::days(3));
    let now = office.clock.now();
    let expected: BTreeMap<Uuid, DateTime<Utc>> =
        cases.iter().map(|(case, filed)| (*case, due(*filed))).filter(|(_, due)| *due <= now).collect();
    assert!(expected.len() > CASES / 10 && expected.len() < CASES, "some are due, some are not");
    both(&office).await;
    let mut said = office.announced().await;
    assert_eq!(said.len(), expected.len(), "each once");
    office.move_to(cases.values().copied().map(due).max().unwrap());
    both(&office).await;
    let all = office.announced().await;
    assert_eq!(all.len(), CASES, "the rest too, each once");
    let by_case: BTreeMap<Uuid, DateTime<Utc>> =
        all.iter().map(|(_, case, reached)| (*case, instant(reached.due_time))).collect();
    let wanted: BTreeMap<Uuid, DateTime<Utc>> =
        cases.iter().map(|(case, filed)| (*case, due(*filed))).collect();
    assert_eq!(by_case, wanted, "each with its own day");
    said.retain(|(_, case, _)| !expected.contains_key(case));
    assert!(said.is_empty(), "none early: {said:?}");
}

/// Both workers at the same time, until neither finds anything.
async fn both(office: &Office) {
    loop {
        let [one, other] = &office.workers;
        let (one, other) = tokio::join!(one.announce(), other.announce());
        if one.unwrap() + other.unwrap() == 0 {
            return;
        }
    }
}

/// A mediation as its owner keeps it: by the contract it ends when its own generation is reached, and else stays.
struct Run {
    case: Uuid,
    generation: u64,
    due: DateTime<Utc>,
    ended: Option<DateTime<Utc>>,
    /// News of the extension that oversight has not heard.
    news: bool,
}

impl Run {
    fn reached(&mut self, generation: u64, now: DateTime<Utc>) {
        if generation == self.generation && self.ended.is_none() {
            self.ended = Some(now);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_of_the_last_second_is_never_overrun_by_midnight() {
    const RUNS: usize = 1_000;
    let office = Office::open("2026-03-02T01:00:00Z").await;
    let mut dice = StdRng::seed_from_u64(4);
    let begun = office.clock.now();
    // One month of people's mediation from Monday 2 March: to the end of Thursday 2 April.
    let midnight = at("2026-04-03T00:00:00+08:00");
    let mut runs: Vec<Run> = Vec::new();
    for _ in 0..RUNS {
        let case = office.clock.id();
        runs.push(Run { case, generation: 1, due: midnight, ended: None, news: false });
    }
    stream::iter(&runs)
        .for_each_concurrent(64, |run| {
            office.hear(run.case, begun, opened(Noun::Mediation, "K10", begun, "ACCEPTED"))
        })
        .await;
    // At 23:59:59 four of five are granted ten days more, which end on Sunday 12 April, so on Monday.
    let granted = midnight - seconds(1);
    office.move_to(granted);
    for run in &mut runs {
        if dice.random_bool(0.8) {
            (run.generation, run.news, run.due) = (2, true, at("2026-04-14T00:00:00+08:00"));
        }
    }
    let first_midnight = |run: &Run| run.due == midnight;
    let steps = [0, 1, 2, 3, 61, 601, 86_401, 11 * 86_400, 11 * 86_400 + 1, 11 * 86_400 + 2, 12 * 86_400];
    let (mut read, mut travelling) = (BTreeSet::new(), Vec::new());
    for step in steps {
        office.move_to(granted + seconds(step));
        let now = office.clock.now();
        let late = step >= 86_401;
        let travels: Vec<Uuid> = runs
            .iter_mut()
            .filter_map(|run| {
                let arrives = run.news && (late || dice.random_bool(0.3));
                run.news &= !arrives;
                arrives.then_some(run.case)
            })
            .collect();
        // The news and both workers at the same time.
        let news = stream::iter(&travels)
            .for_each_concurrent(64, |case| office.hear(*case, granted, vec![longer(granted)]));
        tokio::join!(news, both(&office));
        for (event, case, reached) in office.announced().await {
            if read.insert(event) {
                travelling.push((case, reached.generation));
            }
        }
        // What was announced travels too, in any order.
        let (arrive, wait): (Vec<_>, Vec<_>) =
            travelling.drain(..).partition(|_| step == steps[steps.len() - 1] || dice.random_bool(0.5));
        travelling = wait;
        for (case, generation) in arrive {
            let run = runs.iter_mut().find(|run| run.case == case).unwrap();
            run.reached(generation, now);
            assert!(run.ended.is_none_or(|ended| ended >= run.due), "overrun at {now}");
        }
    }
    let ended = runs.iter().filter(|run| run.ended.is_some()).count();
    assert_eq!(ended, RUNS, "every run ended");
    let announced = office.announced().await;
    let once: BTreeSet<(Uuid, u64)> =
        announced.iter().map(|(_, case, reached)| (*case, reached.generation)).collect();
    assert_eq!(once.len(), announced.len(), "no generation twice");
    let second = announced.iter().filter(|(.., reached)| reached.generation == 2).count();
    assert_eq!(
        second,
        runs.iter().filter(|run| !first_midnight(run)).count(),
        "every extended one at its own end"
    );
    let stale = announced.len() - RUNS;
    assert!(stale > 100, "the race was run: {stale} midnights were announced before the news came");
    let all: Vec<&Run> = runs.iter().collect();
    let sample = all.choose(&mut dice).unwrap();
    let deadlines = office.deadlines(sample.case).await;
    assert_eq!(deadlines.len(), 1, "the same deadline, longer");
}

fn longer(granted: DateTime<Utc>) -> Step {
    let parties = [PartyId::from(Uuid::from_u128(1)), PartyId::from(Uuid::from_u128(2))];
    let given = parties.map(|party| Consent { party, at: granted });
    let consents = Consents::of_all(&parties, &given).unwrap();
    Step::Extend(Noun::Mediation, "K10".to_owned(), Extension::agreed(Period::days(10), consents), Some(2))
}
