//! From the words found to an order of categories and of causes, with confidences.

use crate::word_list::{Found, Reading, WordList};
use crate::{Label, Ranked, RankedCause};

/// How many categories and causes are shown.
const SHOWN: usize = 5;

/// What [`Label::OtherUnclear`] has before a word is read: a single weak word does not make a category.
const UNCLEAR_BASE: f64 = 1.2;

/// How fast a lead in score becomes confidence. Lower than 1 because the weights are judgements and their
/// errors add up; set so that the mean confidence on read consultations is near the share that is right.
const SHARPNESS: f64 = 1.2;

/// A category with its score.
pub struct Scored {
    pub label: Label,
    pub score: f64,
    confidence: f64,
    words: Vec<String>,
}

/// All 17 categories, best first.
pub fn categories(reading: &Reading) -> Vec<Scored> {
    let found = reading.find(WordList::categories());
    let mut scored: Vec<Scored> = Label::ALL
        .iter()
        .map(|label| {
            let base = if *label == Label::OtherUnclear { UNCLEAR_BASE } else { 0.0 };
            let (score, words) = speaking_for(label.code(), &found);
            Scored { label: *label, score: base + score, confidence: 0.0, words }
        })
        .collect();
    // A stable sort: equal scores keep the order of the definitions.
    scored.sort_by(|a, b| b.score.total_cmp(&a.score));
    let shares = confidences(&scored.iter().map(|s| s.score).collect::<Vec<_>>());
    for (one, share) in scored.iter_mut().zip(shares) {
        one.confidence = share;
    }
    scored
}

/// The best of them, as answered.
pub fn shown(scored: &[Scored]) -> Vec<Ranked> {
    scored
        .iter()
        .filter(|one| one.score > 0.0)
        .take(SHOWN)
        .map(|one| Ranked { label: one.label, confidence: one.confidence, words: one.words.clone() })
        .collect()
}

/// The best causes. "None of them" keeps a share of the confidence.
pub fn causes(reading: &Reading) -> Vec<RankedCause> {
    let found = reading.find(WordList::causes());
    let mut codes: Vec<&'static str> = Vec::new();
    for (code, _) in found.iter().flat_map(|f| f.votes) {
        if !codes.contains(code) {
            codes.push(code);
        }
    }
    codes.sort_unstable();
    let mut scored: Vec<(&'static str, f64, Vec<String>)> = codes
        .into_iter()
        .map(|code| {
            let (score, words) = speaking_for(code, &found);
            (code, score, words)
        })
        .collect();
    scored.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut points: Vec<f64> = scored.iter().map(|s| s.1).collect();
    points.push(1.0);
    let shares = confidences(&points);
    scored
        .into_iter()
        .zip(shares)
        .take(SHOWN)
        .filter_map(|((code, _, words), confidence)| {
            let cause = rulebook::causes::by_code(code)?;
            Some(RankedCause { code, name: &cause.name, confidence, words })
        })
        .collect()
}

fn speaking_for(key: &str, found: &[Found]) -> (f64, Vec<String>) {
    let mut score = 0.0;
    let mut words = Vec::new();
    for word in found {
        for (_, weight) in word.votes.iter().filter(|(voted, _)| *voted == key) {
            score += weight;
            words.push(word.written.clone());
        }
    }
    (score, words)
}

/// Shares that sum to one. A long text collects many words, which says more about its length than about
/// its matter, so leads are measured against the square root of all that was found.
fn confidences(scores: &[f64]) -> Vec<f64> {
    let total: f64 = scores.iter().sum();
    let sharpness = SHARPNESS / (total / 8.0).max(1.0).sqrt();
    let best = scores.iter().copied().fold(0.0, f64::max);
    let raised: Vec<f64> = scores.iter().map(|s| ((s - best) * sharpness).exp()).collect();
    let sum: f64 = raised.iter().sum();
    raised.into_iter().map(|r| r / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidences_are_shares() {
        let shares = confidences(&[9.0, 3.0, 0.0]);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert!(shares[0] > shares[1] && shares[1] > shares[2]);
    }

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
}
