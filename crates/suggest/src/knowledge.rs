//! What the authors of this crate know, as data: invented sentences with their category, and what the facts of each
//! cause usually name. Every model is trained on these; the shipped one on little else.

use std::collections::HashMap;

use rulebook::causes::{self, Cause};

use crate::Label;

/// The invented sentences, each with its category.
pub fn sentences() -> impl Iterator<Item = (Label, &'static str)> {
    let mut label = None;
    include_str!("../data/sentences.txt").lines().filter_map(move |line| {
        if line.starts_with('#') {
            return None;
        }
        if let Some(code) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            label = code.parse().ok();
            return None;
        }
        label.map(|label| (label, line))
    })
}

/// The causes that are suggested: groups 36 to 59 are applications to a court, not disputes.
pub fn causes() -> impl Iterator<Item = &'static Cause> {
    let group = |cause: &Cause| cause.group.trim_start_matches('P').parse::<u32>();
    causes::all().iter().filter(move |cause| group(cause).is_ok_and(|group| group < 36))
}

/// A number for all of it, in the card of every model: whoever changes it must make the shipped model anew. FNV-1a.
pub fn digest() -> u64 {
    let files = [
        include_str!("../data/sentences.txt"),
        include_str!("../data/cause_terms.txt"),
        include_str!("../data/scripts.txt"),
    ];
    let listed = causes().flat_map(|cause| [cause.code.as_str(), cause.name.as_str()]);
    let bytes = files.into_iter().chain(listed).flat_map(str::bytes);
    bytes.fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The words that the facts of a cause usually name.
pub fn terms(code: &str) -> &'static str {
    include_str!("../data/cause_terms.txt")
        .lines()
        .filter_map(|line| line.split_once(' '))
        .find(|(of, _)| *of == code)
        .map_or("", |(_, words)| words)
}

/// Every term as a vote: the more causes name it and the more a cause names, the less one says.
#[expect(clippy::cast_precision_loss, reason = "a few hundred causes")]
pub fn term_votes() -> Vec<(&'static str, &'static str, f64)> {
    let lines = || {
        let lines = include_str!("../data/cause_terms.txt").lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| line.split_once(' '))
    };
    let mut causes: HashMap<&str, usize> = HashMap::new();
    for term in lines().flat_map(|(_, words)| words.split(' ')) {
        *causes.entry(term).or_default() += 1;
    }
    let votes = lines().flat_map(|(code, words)| {
        let known = (words.split(' ').count() + 6) as f64;
        words.split(' ').map(move |term| (code, term, known))
    });
    votes
        .filter(|(_, term, _)| term.chars().count() > 1)
        .map(|(code, term, known)| (term, code, 1.0 / (known * causes[term] as f64).sqrt()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_its_place() {
        let text = include_str!("../data/sentences.txt");
        let lines = text.lines().filter(|line| !line.starts_with(['#', '['])).count();
        assert_eq!(sentences().count(), lines);
        for label in Label::ALL {
            assert!(sentences().filter(|(of, _)| of == label).count() >= 30, "{label}");
        }
        for line in text.lines().filter_map(|line| line.strip_prefix('[')) {
            assert!(line.trim_end_matches(']').parse::<Label>().is_ok(), "{line}");
        }
    }

    #[test]
    fn every_cause_with_terms_is_on_the_list() {
        for line in include_str!("../data/cause_terms.txt").lines().filter(|line| !line.starts_with('#')) {
            let (code, words) = line.split_once(' ').unwrap();
            assert!(rulebook::causes::by_code(code).is_some(), "{line}");
            assert_eq!(terms(code), words, "twice: {line}");
        }
    }
}
