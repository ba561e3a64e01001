//! From votes and scores to what is shown.

use std::collections::BTreeMap;

use rulebook::causes::Cause;

use crate::word_list::Found;
use crate::{Label, Ranked, RankedCause};

/// How many categories and causes are shown.
pub const SHOWN: usize = 5;

/// How many words are given for one of them.
const WORDS: usize = 8;

/// A category with how likely it is.
pub struct Scored {
    pub label: Label,
    pub confidence: f64,
    pub words: Vec<String>,
}

/// A cause with how likely it is.
pub struct ScoredCause {
    pub cause: &'static Cause,
    pub confidence: f64,
    pub words: Vec<String>,
}

/// The sum of the list's weights for each key. A long text collects many words, which says more about its length
/// than about its matter, so they are measured against a power of all that was found: the square root for categories.
pub fn votes(found: &[Found], damping: f32) -> BTreeMap<&'static str, f32> {
    let mut votes: BTreeMap<&'static str, f32> = BTreeMap::new();
    for (key, weight) in found.iter().flat_map(|word| word.votes) {
        *votes.entry(key).or_default() += *weight as f32;
    }
    let total: f32 = votes.values().sum();
    let crowd = (total / 8.0).max(1.0).powf(damping);
    for vote in votes.values_mut() {
        *vote /= crowd;
    }
    votes
}

/// The words of the list that stand in the text and speak for `key`, in their order.
pub fn said_for(key: &str, found: &[Found]) -> Vec<String> {
    let speaking = found.iter().filter(|word| word.votes.iter().any(|(voted, _)| *voted == key));
    speaking.map(|word| word.written.clone()).collect()
}

/// Adds what the trained part points at, unless it is in a word already.
pub fn add_words(words: &mut Vec<String>, more: Vec<String>) {
    for word in more {
        if !words.iter().any(|known| known.contains(&word) || word.contains(known.as_str())) {
            words.push(word);
        }
    }
    words.truncate(WORDS);
}

/// The best categories, as answered.
pub fn shown(scored: Vec<Scored>) -> Vec<Ranked> {
    let best = scored.into_iter().take(SHOWN);
    best.map(|one| Ranked { label: one.label, confidence: one.confidence, words: one.words }).collect()
}

/// The best causes, as answered.
pub fn shown_causes(scored: Vec<ScoredCause>) -> Vec<RankedCause> {
    let best = scored.into_iter().map(|ScoredCause { cause, confidence, words }| RankedCause {
        code: &cause.code,
        name: &cause.name,
        confidence,
        words,
    });
    best.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_lists_is_known() {
        for line in include_str!("../data/words.csv").lines().skip(1) {
            let label = line.split(',').nth(1).unwrap();
            assert!(label.parse::<Label>().is_ok(), "{line}");
        }
        for line in include_str!("../data/cause_words.csv").lines().skip(1) {
            assert!(rulebook::causes::by_code(line.split(',').nth(1).unwrap()).is_some(), "{line}");
        }
    }

    #[test]
    fn votes_of_a_crowd_are_damped_and_words_are_not_said_twice() {
        let found = |weight| Found {
            written: "x".into(),
            folded: "x".into(),
            votes: Box::leak(Box::new([("a", weight)])),
        };
        assert!((votes(&[found(4.0)], 0.5)["a"] - 4.0).abs() < 1e-6);
        assert!((votes(&[found(32.0)], 0.5)["a"] - 16.0).abs() < 1e-6);
        let mut words = vec!["交通事故".to_owned()];
        add_words(&mut words, vec!["事故".to_owned(), "伤".to_owned()]);
        assert_eq!(words, ["交通事故", "伤"]);
    }
}
