//! A thousand cases of which the owner, the ledger and the news between them are the real ones, in any order: whatever a
//! mediator does and whenever the news of it comes, both give one date, nothing ends before it, and everything ends.

use chrono::{DateTime, TimeDelta, Utc};
use mediation::model::course::Will;
use mediation::model::{CaseDesk, Fence};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use rulebook::calendar::end_of;
use rulebook::period::Period;

use super::planted::Bug;
use super::town::{CLAIMANT, RESPONDENT, Reached, Town, account, party};

const CASES: u64 = 1_000;
const TRACKS: [&str; 10] = ["PM", "ME", "LA", "FI", "CM", "TR", "PO", "AD", "MA", "PE"];

/// One case with its dice, and what has been announced and not heard yet.
struct Played {
    town: Town,
    dice: StdRng,
    travelling: Vec<Reached>,
    /// How often something that makes the period another one was done.
    moved: u32,
    /// Announcements that the desk found already so.
    stale: u32,
}

impl Played {
    fn begin(seed: u64, bug: Option<Bug>) -> Self {
        let mut dice = StdRng::seed_from_u64(seed);
        let track = TRACKS[dice.random_range(0..TRACKS.len())];
        // After commercial mediation began.
        let day = |n: i64| format!("2026-05-{n:02}");
        let filed = dice.random_range(6..9);
        let accepted = filed + dice.random_range(0..3);
        let seated = accepted + dice.random_range(0..3);
        let consented: &[u128] = if dice.random_bool(0.7) { &[CLAIMANT, RESPONDENT] } else { &[CLAIMANT] };
        let mut town = Town::confirmed(track, &day(filed), &day(accepted), &day(seated), consented);
        town.bug = bug;
        Self { town, dice, travelling: vec![], moved: 0, stale: 0 }
    }

    fn past(&mut self) -> DateTime<Utc> {
        self.town.now - TimeDelta::hours(self.dice.random_range(0..96))
    }

    /// Somebody does something; what the table refuses is as good as nothing.
    fn act(&mut self) {
        let (now, all) = (self.town.now, [party(CLAIMANT), party(RESPONDENT)]);
        let before = self.town.run().course.generation;
        let (past, id) = (self.past(), self.town.id());
        let town = &mut self.town;
        let _ = match self.dice.random_range(0..12) {
            0 => town.act(|run| run.consent(all[1], now, id)),
            1 => town.act(|run| run.consent(all[0], now, id)),
            2 | 3 => {
                let (length, given) =
                    (Period::days(self.dice.random_range(1..20)), all.map(|who| (who, past)));
                town.act(|run| run.extend(length, Will::Consents(given.to_vec())))
            }
            4 => town.act(|run| run.appraise(past, &all, false)),
            5 => town.act(|run| run.finish_appraisal(past)),
            6 => town.act(|run| run.suspend(now)),
            7 => {
                town.learn(|desk| desk.endangered(now));
                Ok(())
            }
            8 => {
                town.learn(CaseDesk::answered);
                town.act(|run| run.resume(&account("head-1")))
            }
            9 => {
                let event = ["TREATMENT_ENDED", "LOSS_FIXED", "OPINION_ISSUED", "FIRST_MEDIATION"];
                let event = event[self.dice.random_range(0..event.len())];
                town.act(|run| run.happened(event, past))
            }
            10 => {
                let n = town.desk.fence.n + 1;
                town.learn(|desk| desk.released(Fence { epoch: 1, n }, Some(account("mediator-1")), now));
                town.claim(&town.run().track.clone(), &[CLAIMANT]);
                Ok(())
            }
            _ => Ok(()),
        };
        self.moved += u32::from(self.town.run().course.generation != before);
    }

    /// An announcement is heard. The run ends only if its own period, as it stands now, is over.
    fn reach(&mut self, reached: &Reached) {
        let (was, due) = (self.town.run().state.is_open(), self.town.shown());
        let clock = self.town.run().course.period.as_ref().map(|period| period.clock().to_owned());
        self.town.reached(reached);
        let ended = was && !self.town.run().state.is_open();
        self.stale += u32::from(was && !ended);
        if ended && clock.as_deref() == Some(reached.clock.as_str()) {
            let due = due.expect("it ran");
            assert!(end_of(due) <= self.town.now, "ended at {}, shown until {due}", self.town.now);
        }
    }

    /// Some hours pass, some news arrives.
    fn hours(&mut self) {
        self.town.now += TimeDelta::hours(self.dice.random_range(1..24));
        if self.dice.random_bool(0.5) {
            self.act();
        }
        while self.dice.random_bool(0.6) && self.town.waiting() > 0 {
            self.town.hear_one();
        }
        let announced = self.town.announce();
        self.travelling.extend(announced);
        while self.dice.random_bool(0.5) && !self.travelling.is_empty() {
            let at = self.dice.random_range(0..self.travelling.len());
            let reached = self.travelling.swap_remove(at);
            self.reach(&reached);
        }
    }

    /// All news is heard: there is one date.
    fn agrees(&mut self, seed: u64) {
        self.town.hear();
        let run = self.town.run();
        let (Some(period), true) = (&run.course.period, run.state.is_open()) else { return };
        let (track, clock) = (run.track.clone(), period.clock().to_owned());
        let generation = run.course.generation;
        assert_eq!(self.town.due(&clock), self.town.shown(), "case {seed} on {track}, {clock}");
        let found = self.town.book.deadlines.iter().find(|found| found.clock == clock).unwrap();
        assert_eq!(found.generation, generation, "case {seed} on {track}, {clock}: whose deadline it is");
    }
}

/// One case, from its beginning to its end.
fn play(seed: u64, bug: Option<Bug>) -> Played {
    let mut case = Played::begin(seed, bug);
    for step in 0..60 {
        case.hours();
        if step % 8 == 7 {
            case.agrees(seed);
        }
    }
    case.agrees(seed);
    // Whoever was stopped goes on, and then nobody does anything any more.
    case.town.learn(CaseDesk::answered);
    let _ = case.town.act(|run| run.resume(&account("head-1")));
    let now = case.town.now;
    let _ = case.town.act(|run| run.finish_appraisal(now));
    for reached in std::mem::take(&mut case.travelling) {
        case.reach(&reached);
    }
    case.agrees(seed);
    case.town.now += TimeDelta::days(400);
    case.town.settle();
    let (run, clocks) = (case.town.run(), case.town.clocks());
    let (state, track) = (run.state.name(), &run.track);
    assert!(!run.state.is_open(), "case {seed}: {state} on {track} is left, with {clocks:?}");
    case
}

/// How many cases a planted bug may take to be found.
const PLANTED: u64 = 200;

#[test]
fn every_planted_bug_is_found() {
    for bug in Bug::ALL {
        let found = (0..PLANTED).find(|seed| std::panic::catch_unwind(|| play(*seed, Some(bug))).is_err());
        let seed = found.unwrap_or_else(|| panic!("{bug:?} went through {PLANTED} cases"));
        assert!(
            std::panic::catch_unwind(|| play(seed, None)).is_ok(),
            "{bug:?}: without it the case is right"
        );
    }
}

#[test]
fn the_owner_and_the_ledger_give_one_date_and_nothing_ends_before_it() {
    let (mut moved, mut stale, mut ended) = (0, 0, 0);
    for seed in 0..CASES {
        let case = play(seed, None);
        ended += 1;
        moved += case.moved;
        stale += case.stale;
    }
    assert_eq!(ended, CASES);
    assert!(moved > 1_000, "periods were moved: {moved}");
    assert!(stale > 50, "the race was run: {stale} announcements were overtaken");
}
