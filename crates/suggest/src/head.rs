//! One trained head: from a text's grams to a score for each class.

use std::collections::HashMap;

use crate::calibration::{DOUBT, SHARPNESS};
use crate::grams::{Vector, Vocabulary, grams};
use crate::word_list::Reading;

/// A gram must speak this much for a class before it is shown as a reason; in a text of more than 60 grams, less in proportion.
const SPEAKS: f32 = 0.012;

/// Linear scores over a vocabulary. What each gram speaks for is kept sparsely: most say nothing about most classes.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// The grams known.
    pub vocabulary: Vocabulary,
    /// Category codes or cause codes.
    pub classes: Vec<String>,
    /// The score of each class before anything is read.
    pub base: Vec<f32>,
    /// Where each gram's weights begin in `weights`; one more than there are grams.
    pub starts: Vec<u32>,
    /// Class and weight in units of `unit`.
    pub weights: Vec<(u16, i16)>,
    /// What one step of a weight is.
    pub unit: f32,
    /// How sharply scores become confidences.
    pub sharpness: f32,
    /// What is left to all classes alike, however plain the text.
    pub doubt: f32,
}

impl Head {
    /// Keeps of `weights` (for each gram, classes by rising number) what is not nearly nothing. They are asked for twice and never all at
    /// once: a number for each gram and each of eight hundred causes would be gigabytes.
    pub fn pack(
        vocabulary: Vocabulary,
        classes: Vec<String>,
        base: Vec<f32>,
        weights: &dyn Fn(u32) -> Vec<(u16, f32)>,
        least: f32,
    ) -> Head {
        let all = 0..vocabulary.len() as u32;
        let largest =
            all.clone().flat_map(weights).fold(1e-9_f32, |most, (_, weight)| most.max(weight.abs()));
        let unit = largest / f32::from(i16::MAX);
        let mut head = Head {
            vocabulary,
            base,
            starts: vec![0],
            unit,
            sharpness: SHARPNESS,
            doubt: DOUBT,
            ..Head::default()
        };
        for gram in all {
            let kept = weights(gram).into_iter().filter(|(_, weight)| weight.abs() >= least * largest);
            head.weights.extend(kept.map(|(class, weight)| (class, (weight / unit).round() as i16)));
            head.starts.push(head.weights.len() as u32);
        }
        head.classes = classes;
        head
    }

    fn of_gram(&self, gram: u32) -> &[(u16, i16)] {
        let at = gram as usize;
        &self.weights[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// The score of every class.
    pub fn scores(&self, vector: &Vector) -> Vec<f32> {
        let mut scores = self.base.clone();
        for (gram, value) in vector {
            for (class, weight) in self.of_gram(*gram) {
                scores[usize::from(*class)] += value * f32::from(*weight) * self.unit;
            }
        }
        scores
    }

    /// The parts of the text that spoke most for `class`, at most `most`, as they were written.
    pub fn reasons(&self, reading: &Reading, vector: &Vector, class: usize, most: usize) -> Vec<String> {
        let values: HashMap<u32, f32> = vector.iter().copied().collect();
        #[expect(clippy::cast_precision_loss, reason = "at most some thousand grams")]
        let least = SPEAKS * (60.0 / vector.len().max(1) as f32).min(1.0);
        let mut spans: Vec<(usize, usize, f32)> = Vec::new();
        for (gram, at) in grams(&reading.folded).filter(|(gram, _)| gram.iter().all(|c| c.is_alphanumeric()))
        {
            let Some(number) = self.vocabulary.number(gram) else { continue };
            let weight = self.of_gram(number).iter().find(|(of, _)| usize::from(*of) == class);
            let speaks =
                weight.map_or(0.0, |(_, w)| f32::from(*w) * self.unit) * values.get(&number).unwrap_or(&0.0);
            if speaks < least {
                continue;
            }
            // Overlapping pairs are one word: 交通, 通事, 事故.
            match spans.last_mut() {
                Some((_, end, sum)) if at < *end => (*end, *sum) = (at + 2, *sum + speaks),
                _ => spans.push((at, at + 2, speaks)),
            }
        }
        spans.sort_by(|a, b| b.2.total_cmp(&a.2));
        let mut words: Vec<String> = Vec::new();
        for word in spans.into_iter().map(|(at, end, _)| reading.written[at..end].iter().collect()) {
            if words.len() < most && !words.contains(&word) {
                words.push(word);
            }
        }
        words
    }
}

/// Shares that sum to one. `doubt` is spread evenly.
#[expect(clippy::cast_precision_loss, reason = "a thousand classes")]
pub fn shares(scores: &[f32], sharpness: f32, doubt: f32) -> Vec<f64> {
    let best = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let raised: Vec<f64> = scores.iter().map(|s| f64::from((s - best) * sharpness).exp()).collect();
    let sum: f64 = raised.iter().sum();
    let doubt = f64::from(doubt);
    raised.into_iter().map(|r| r / sum * (1.0 - doubt) + doubt / scores.len() as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_shares() {
        let shares = shares(&[0.9, 0.3, 0.0], 5.0, 0.1);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert!(shares[0] > shares[1] && shares[1] > shares[2] && shares[2] > 0.033);
    }

    #[test]
    fn packing_keeps_scores_and_reasons_stand_in_the_text() {
        let text: Vec<char> = "交通事故".chars().collect();
        let vocabulary = Vocabulary::of(std::slice::from_ref(&text));
        let head = Head::pack(
            vocabulary,
            vec!["a".into(), "b".into()],
            vec![0.1, 0.2],
            &|_| vec![(0, 0.5), (1, 0.000_001)],
            0.001,
        );
        let reading = Reading::of("", "出了交通事故。");
        let vector = head.vocabulary.vector(&reading.folded);
        let sum: f32 = vector.iter().map(|(_, value)| value * 0.5).sum();
        let scores = head.scores(&vector);
        assert!((scores[0] - 0.1 - sum).abs() < 1e-3 && (scores[1] - 0.2).abs() < 1e-6, "{scores:?}");
        assert_eq!(head.reasons(&reading, &vector, 0, 3), ["交通事故"]);
    }
}
