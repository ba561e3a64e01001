//! Can a case be trapped, or lie with nobody?
//!
//! For every track and every time between two changes of its law, all states that a case can come into are walked. From
//! each in which a party is still owed something, one party's own words, without waiting for anybody, must lead to a state
//! that ends in the track's exit by offices' duties and clocks' ends alone.

use super::references::OWN_CLOCKS;
use super::{Book, Defect, Kind, defect};
use crate::procedure::{Life, State, Transition, Will};
use crate::profiles::Profile;
use crate::validity::Dated;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A refused party is owed the court as much as one whose case is open.
const REFUSED: &str = "REFUSED";

pub(super) fn check(book: &Book) -> Vec<Defect> {
    let mut found = Vec::new();
    let mut met = BTreeSet::new();
    for profile in &book.profiles {
        for day in days(book, profile) {
            let machine = Machine { book, profile, day };
            let reached = machine.reached();
            met.extend(reached.keys().copied());
            for defect in machine.defects(&reached) {
                tell(&mut found, defect, &profile.track);
            }
        }
    }
    for state in book.states.iter().filter(|state| state.life != Life::Overlay) {
        if !met.contains(state.code.as_str()) {
            found.push(defect(Kind::Unreached, "states.csv", &state.code, "no case of any track comes here"));
        }
    }
    found
}

/// One defect a state: the first track's trace is enough, the others are named.
fn tell(found: &mut Vec<Defect>, defect: Defect, track: &str) {
    let known = found.iter_mut().find(|known| (known.kind, &known.row) == (defect.kind, &defect.row));
    match known {
        None => found.push(defect),
        Some(known) if known.says.split(' ').any(|word| word.trim_matches([':', ',']) == track) => {}
        Some(known) => known.says = format!("{}, also on track {track}", known.says),
    }
}

/// The days on which the procedure of a profile may differ from the day before.
fn days(book: &Book, profile: &Profile) -> BTreeSet<NaiveDate> {
    let of_track = book.transitions.iter().filter(|row| row.is_of(&profile.track));
    let changes =
        of_track.flat_map(|row| [row.valid_from(), row.valid_to().and_then(|last| last.succ_opt())]);
    let clocks = book.clocks.iter().filter_map(Dated::valid_from);
    let inside = changes.flatten().chain(clocks).filter(|day| profile.holds_on(*day));
    std::iter::once(profile.valid_from).chain(inside).collect()
}

/// The procedure of one track on one day.
struct Machine<'a> {
    book: &'a Book,
    profile: &'a Profile,
    day: NaiveDate,
}

/// How a state was first come into: from where, and by what; nothing for the entry.
type Reached<'a> = BTreeMap<&'a str, Option<(&'a str, &'a Transition)>>;

impl<'a> Machine<'a> {
    fn state(&self, code: &str) -> Option<&'a State> {
        self.book.states.iter().find(|state| state.code == code)
    }

    fn steps(&self, from: &'a str) -> impl Iterator<Item = (&'a Transition, &'a str)> {
        let state = self.state(from);
        let (track, day) = (&self.profile.track, self.day);
        let rows = self.book.transitions.iter().filter(move |row| {
            row.is_of(track) && row.holds_on(day) && state.is_some_and(|state| row.leads_from(state))
        });
        rows.map(move |row| (row, row.target(from)))
    }

    /// Every state a case can come into, by any step that `may` be taken.
    fn walk(&self, start: &'a str, may: impl Fn(&Transition) -> bool) -> Reached<'a> {
        let mut reached = Reached::from([(start, None)]);
        let mut next = VecDeque::from([start]);
        while let Some(from) = next.pop_front() {
            for (row, to) in self.steps(from).filter(|(row, _)| may(row)) {
                if !reached.contains_key(to) {
                    reached.insert(to, Some((from, row)));
                    next.push_back(to);
                }
            }
        }
        reached
    }

    fn reached(&self) -> Reached<'a> {
        let track = self.book.tracks.iter().find(|track| track.code == self.profile.track);
        track.map_or_else(Reached::new, |track| self.walk(&track.entry, |_| true))
    }

    fn defects(&self, reached: &Reached<'a>) -> Vec<Defect> {
        let states = reached.keys().filter_map(|code| self.state(code));
        states
            .flat_map(|state| [self.orphan(state, reached), self.ambiguous(state), self.trap(state, reached)])
            .flatten()
            .collect()
    }

    fn orphan(&self, state: &'a State, reached: &Reached<'a>) -> Option<Defect> {
        if state.life != Life::Open {
            return None;
        }
        let runs = |id: &String| match id.as_str() {
            "main" => self.profile.main.is_some(),
            own if OWN_CLOCKS.contains(&own) => true,
            id => self.book.clocks.iter().any(|clock| clock.id == id && clock.holds_on(self.day)),
        };
        let lacks = match (&state.holder, state.clocks.iter().any(runs)) {
            (Some(_), true) => return None,
            (None, true) => "nobody must act",
            (Some(_), false) => "no clock runs",
            (None, false) => "nobody must act and no clock runs",
        };
        let mut defect = defect(
            Kind::Orphan,
            "states.csv",
            &state.code,
            format!("on track {}: {lacks}", self.profile.track),
        );
        defect.trace = self.trace(&state.code, reached);
        Some(defect)
    }

    fn ambiguous(&self, state: &'a State) -> Option<Defect> {
        let mut seen: BTreeMap<(&str, Option<&str>), &Transition> = BTreeMap::new();
        for (row, _) in self.steps(&state.code) {
            if let Some(other) = seen.insert((&row.verb, row.answer.as_deref()), row) {
                let says = format!(
                    "on track {}: {} and {} both answer {} in {}",
                    self.profile.track, other.id, row.id, row.verb, state.code
                );
                return Some(defect(Kind::Ambiguous, "transitions.csv", &row.id, says));
            }
        }
        None
    }

    fn trap(&self, state: &'a State, reached: &Reached<'a>) -> Option<Defect> {
        let exit = self.book.exits.iter().find(|way| way.exit == self.profile.exit)?;
        let owed = state.life == Life::Open || state.code == REFUSED;
        let alone = self.walk(&state.code, |row| row.will == Will::Party);
        let arrives = |code: &&'a str| {
            let on_its_way = self.walk(code, |row| matches!(row.will, Will::Duty | Will::Timer));
            on_its_way.keys().any(|code| exit.reached.iter().any(|goal| goal == code))
        };
        if !owed || alone.keys().any(arrives) {
            return None;
        }
        let says = format!(
            "on track {} a party in {} does not get to {} without another person's consent",
            self.profile.track, state.code, exit.name_en
        );
        let mut defect = defect(Kind::Trap, "transitions.csv", &state.code, says);
        defect.trace = self.trace(&state.code, reached);
        let ends: Vec<&str> = alone.keys().copied().filter(|code| *code != state.code).collect();
        let ends =
            if ends.is_empty() { "nowhere".to_owned() } else { format!("only to {}", ends.join(", ")) };
        defect.trace.push(format!("from here one party's word leads {ends}"));
        Some(defect)
    }

    /// The steps from the entry to a state.
    fn trace(&self, code: &str, reached: &Reached<'a>) -> Vec<String> {
        let mut steps = Vec::new();
        let mut at = code;
        while let Some(Some((from, row))) = reached.get(at) {
            steps.push(format!("{from} --{} {}--> {at}", row.id, row.verb));
            at = from;
        }
        steps.push(format!("track {} on {}: begins in {at}", self.profile.track, self.day));
        steps.reverse();
        steps
    }
}
