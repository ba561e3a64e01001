//! Which case of the pool is the next one for a mediator: explainable, deterministic, and never the oldest one's loss.
//!
//! A case that has waited for half of its time in the pool (S05) or more goes before all others, the longest waiting first.
//! Else the one that fits the mediator best, of equal ones the oldest. Nothing here is random, and nothing reads a clock.

use std::iter::successors;

use chrono::{DateTime, Utc};
use rulebook::causes;
use uuid::Uuid;

use super::facts::Facts;

/// The part of its time in the pool, in percent, after which a case goes first.
const RIPE: u32 = 50;

/// What a mediator is good for, as far as the directory tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// Codes of causes, or of the groups of causes.
    pub strengths: Vec<String>,
    /// Languages, such as CANTONESE.
    pub languages: Vec<String>,
    /// Towns, or the beginnings of their codes.
    pub territory: Vec<String>,
}

/// What of a mediator fits a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// A strength is its cause or the group of that.
    Strength,
    /// They speak the language that is needed.
    Language,
    /// Its town is of their territory.
    Territory,
}

impl Fit {
    /// The strength of a mediator outweighs the language, which outweighs the way to the town.
    const fn weight(self) -> u32 {
        match self {
            Fit::Strength => 4,
            Fit::Language => 2,
            Fit::Territory => 1,
        }
    }
}

/// By which rule a case is the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// It has waited for half of its time, and longer than all others.
    LongestWaiting,
    /// It fits best.
    BestFit,
    /// None fits better than another.
    Oldest,
}

/// A case that the mediator may take.
#[derive(Debug, Clone)]
pub struct Waiting<'a> {
    /// The case.
    pub case: Uuid,
    /// Since when it is offered.
    pub since: DateTime<Utc>,
    /// Until when it should have been taken (S05).
    pub due: DateTime<Utc>,
    /// What is known of it.
    pub facts: &'a Facts,
    /// The language that the parties must be spoken to in, where that is known.
    pub language: Option<&'a str>,
}

/// Why a case is the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// Its place among those that were asked about.
    pub place: usize,
    /// By which rule.
    pub ground: Ground,
    /// What fits.
    pub fits: Vec<Fit>,
    /// How much of its time it has waited, in percent.
    pub waited: u32,
}

/// What of the mediator fits the case.
pub fn fits(profile: &Profile, waiting: &Waiting<'_>) -> Vec<Fit> {
    let cause = waiting.facts.cause_code.as_str();
    // A strength in what stands above a cause is one in the cause.
    let above = |one: &&'static causes::Cause| causes::by_code(&one.parent);
    let line: Vec<&str> = successors(causes::by_code(cause), above).map(|one| one.code.as_str()).collect();
    let strong = |strength: &String| line.contains(&strength.as_str());
    let town = waiting.facts.town_code.as_str();
    let near = |part: &String| !part.is_empty() && town.starts_with(part.as_str());
    let spoken = |language: &String| waiting.language == Some(language.as_str());
    let found = [
        (Fit::Strength, profile.strengths.iter().any(strong)),
        (Fit::Language, profile.languages.iter().any(spoken)),
        (Fit::Territory, profile.territory.iter().any(near)),
    ];
    found.into_iter().filter(|(_, fits)| *fits).map(|(fit, _)| fit).collect()
}

/// How much of its time a case has waited, in percent.
fn waited(waiting: &Waiting<'_>, now: DateTime<Utc>) -> u32 {
    let all = (waiting.due - waiting.since).num_seconds().max(1);
    let gone = (now - waiting.since).num_seconds().max(0);
    u32::try_from(gone.saturating_mul(100) / all).unwrap_or(u32::MAX)
}

/// All of these, the next one first.
pub fn rank(profile: &Profile, pool: &[Waiting<'_>], now: DateTime<Utc>) -> Vec<Next> {
    let mut ranked: Vec<Next> = pool
        .iter()
        .enumerate()
        .map(|(place, waiting)| {
            let waited = waited(waiting, now);
            let ground = if waited >= RIPE { Ground::LongestWaiting } else { Ground::BestFit };
            Next { place, ground, fits: fits(profile, waiting), waited }
        })
        .collect();
    ranked.sort_by_key(|next| {
        let waiting = &pool[next.place];
        let ripe = next.ground == Ground::LongestWaiting;
        let fit: u32 = if ripe { 0 } else { next.fits.iter().map(|fit| fit.weight()).sum() };
        (!ripe, std::cmp::Reverse(fit), waiting.since, waiting.case)
    });
    for next in &mut ranked {
        if next.ground == Ground::BestFit && next.fits.is_empty() {
            next.ground = Ground::Oldest;
        }
    }
    ranked
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use proptest::prelude::*;

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_772_500_000, 0).unwrap()
    }

    fn facts(cause: &str, town: &str) -> Facts {
        Facts { cause_code: cause.to_owned(), town_code: town.to_owned(), ..Facts::default() }
    }

    fn waiting(n: u128, hours: i64, facts: &Facts) -> Waiting<'_> {
        let since = now() - Duration::hours(hours);
        Waiting { case: Uuid::from_u128(n), since, due: since + Duration::hours(48), facts, language: None }
    }

    fn order(profile: &Profile, pool: &[Waiting<'_>]) -> Vec<(u128, Ground)> {
        let ranked = rank(profile, pool, now());
        ranked.into_iter().map(|next| (pool[next.place].case.as_u128(), next.ground)).collect()
    }

    #[test]
    fn the_best_fit_goes_first_until_somebody_has_waited_for_half_of_their_time() {
        let (loan, family) = (facts("108.3", "442000001"), facts("P2", "442000002"));
        let profile = Profile {
            strengths: vec!["108.3".to_owned()],
            territory: vec!["442000".to_owned()],
            ..Profile::default()
        };
        let pool =
            [waiting(1, 23, &family), waiting(2, 3, &loan), waiting(3, 5, &loan), waiting(4, 1, &family)];
        let fit = |n| (n, Ground::BestFit);
        assert_eq!(order(&profile, &pool), [fit(3), fit(2), fit(1), fit(4)]);
        let pool = [waiting(1, 24, &family), waiting(2, 3, &loan), waiting(3, 40, &loan)];
        let long = |n| (n, Ground::LongestWaiting);
        assert_eq!(order(&profile, &pool), [long(3), long(1), fit(2)]);
        let nothing = Profile::default();
        let pool = [waiting(9, 2, &loan), waiting(8, 2, &family), waiting(7, 3, &loan)];
        assert_eq!(
            order(&nothing, &pool),
            [7, 8, 9].map(|n| (n, Ground::Oldest)),
            "the oldest, then by the id"
        );
    }

    #[test]
    fn what_fits_is_told() {
        let known = facts("108.3", "442000001");
        let group = causes::group_of("108.3").unwrap().code.clone();
        let profile = Profile {
            strengths: vec![group],
            languages: vec!["HAKKA".to_owned()],
            territory: vec!["442000001".to_owned()],
        };
        let case = Waiting { language: Some("HAKKA"), ..waiting(1, 1, &known) };
        assert_eq!(fits(&profile, &case), [Fit::Strength, Fit::Language, Fit::Territory]);
        // What stands above a cause holds it; what stands below does not.
        for (strength, cause, fit) in
            [("108", "108.3", true), ("P10", "108.3", true), ("108.3", "108", false), ("P2", "108.3", false)]
        {
            let profile = Profile { strengths: vec![strength.to_owned()], ..Profile::default() };
            let facts = facts(cause, "");
            assert_eq!(fits(&profile, &waiting(1, 1, &facts)).contains(&Fit::Strength), fit, "{strength}");
        }
        let (none, empty) =
            (Facts::default(), Profile { territory: vec![String::new()], ..Profile::default() });
        assert_eq!(fits(&empty, &waiting(1, 1, &none)), []);
        let elsewhere = facts("P2", "440300001");
        assert_eq!(fits(&profile, &waiting(1, 1, &elsewhere)), []);
    }

    proptest! {
        /// Whoever takes, whatever comes: as long as a case is ripe no younger one is taken before it, and each is taken once.
        #[test]
        fn the_oldest_is_never_starved(
            hours in prop::collection::vec((0_i64..96, 0_usize..3), 1..40),
            strong in any::<bool>(),
        ) {
            let kinds = [facts("108.3", "442000001"), facts("P2", "442000002"), Facts::default()];
            let pool: Vec<Waiting<'_>> =
                hours.iter().enumerate().map(|(n, (hours, kind))| waiting(n as u128, *hours, &kinds[*kind])).collect();
            let strengths = if strong { vec!["108.3".to_owned()] } else { vec![] };
            let profile = Profile { strengths, ..Profile::default() };
            let ranked = rank(&profile, &pool, now());
            let places: std::collections::BTreeSet<usize> = ranked.iter().map(|next| next.place).collect();
            prop_assert_eq!(places.len(), pool.len());
            let oldest = pool.iter().min_by_key(|one| (one.since, one.case)).unwrap();
            if now() - oldest.since >= Duration::hours(24) {
                prop_assert_eq!(pool[ranked[0].place].case, oldest.case);
            }
            let mut shuffled = pool.clone();
            shuffled.reverse();
            let again = rank(&profile, &shuffled, now());
            let cases = |ranked: &[Next], pool: &[Waiting<'_>]| {
                ranked.iter().map(|next| pool[next.place].case).collect::<Vec<_>>()
            };
            prop_assert_eq!(cases(&ranked, &pool), cases(&again, &shuffled));
        }
    }
}
