//! How sharply scores become confidences, so that "0.8" is right eight times in ten.

use crate::head::shares;

/// What a head starts with until it has been measured: set on the posts of the developers' half.
pub const SHARPNESS: f32 = 8.0;
/// The same.
pub const DOUBT: f32 = 0.03;

/// Scores of a row that the scorer had not learnt from, and the classes that would have been right.
pub struct Unseen {
    /// Every class.
    pub scores: Vec<f32>,
    /// Right ones.
    pub right: Vec<usize>,
}

/// The sharpness and the doubt at which the confidence of the first comes nearest to its being right (least squared
/// error). Doubt is what is left even where the text seems plain: labels and people err.
#[expect(clippy::cast_precision_loss, reason = "a count of some thousand rows")]
pub fn sharpness_and_doubt(unseen: &[Unseen]) -> (f32, f32) {
    let firsts: Vec<(usize, f64)> = unseen
        .iter()
        .map(|row| (best(&row.scores), f64::from(u8::from(row.right.contains(&best(&row.scores))))))
        .collect();
    let classes = unseen.first().map_or(1, |row| row.scores.len()) as f64;
    let mut found = (SHARPNESS, DOUBT);
    let mut least = f64::INFINITY;
    // A fine ladder: the error has one valley, and a tie goes to the less sure.
    for sharpness in (0..60).map(|step| 1.5 * 1.07_f32.powi(step)) {
        let told: Vec<f64> = unseen
            .iter()
            .zip(&firsts)
            .map(|(row, (first, _))| shares(&row.scores, sharpness, 0.0)[*first])
            .collect();
        for doubt in (0..=15).map(|step| 0.01 * step as f32) {
            let doubtful = |told: f64| told * f64::from(1.0 - doubt) + f64::from(doubt) / classes;
            let squared = |(told, (_, right)): (&f64, &(usize, f64))| (doubtful(*told) - right).powi(2);
            let error: f64 = told.iter().zip(&firsts).map(squared).sum();
            if error < least {
                (least, found) = (error, (sharpness, doubt));
            }
        }
    }
    found
}

/// The class of the highest score; the first of equals.
pub fn best(scores: &[f32]) -> usize {
    let better = |best: usize, next: usize| if scores[next] > scores[best] { next } else { best };
    (0..scores.len()).fold(0, better)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_in_four_is_told_as_three_in_four() {
        let row = |right| Unseen { scores: vec![1.0, 0.0], right: vec![right] };
        let rows: Vec<Unseen> = (0..100).map(|n| row(usize::from(n % 4 == 0))).collect();
        let (sharpness, doubt) = sharpness_and_doubt(&rows);
        let first = shares(&[1.0, 0.0], sharpness, doubt)[0];
        assert!((first - 0.75).abs() < 0.05, "{first}");
    }
}
