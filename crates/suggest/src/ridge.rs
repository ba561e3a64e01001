//! Ridge regression of several outputs at once on sparse rows, by conjugate gradients.
//!
//! Chosen over logistic regression because it did better on these short texts (by cross-validation), has one
//! answer and no learning rate, and is the same on every run. The unknowns are one number per row and output (the
//! dual), because there are far fewer rows than features.

use crate::grams::Vector;

/// Iterations at most; some thousand rows need about sixty.
const ITERATIONS: usize = 200;

/// The residual, relative to the first, at which it stops.
const PRECISION: f64 = 1e-4;

/// What is to be learnt.
pub struct Problem<'a> {
    /// One vector per row.
    pub rows: &'a [Vector],
    /// How many features there are.
    pub features: usize,
    /// How much each row counts.
    pub weights: &'a [f32],
    /// Row after row, `outputs` numbers each.
    pub targets: &'a [f32],
    /// How many outputs.
    pub outputs: usize,
    /// How strongly large weights are held back.
    pub penalty: f32,
}

impl Problem<'_> {
    /// Rowsᵀ · dual: `outputs` numbers for each feature.
    pub fn primal(&self, dual: &[f32]) -> Vec<f32> {
        let k = self.outputs;
        let mut sum = vec![0.0; self.features * k];
        for (row, own) in self.rows.iter().zip(dual.chunks_exact(k)) {
            for (feature, value) in row {
                let place = *feature as usize * k;
                for (to, from) in sum[place..place + k].iter_mut().zip(own) {
                    *to += value * from;
                }
            }
        }
        sum
    }

    /// (Rows · Rowsᵀ + penalty / weight) · dual.
    fn apply(&self, dual: &[f32]) -> Vec<f32> {
        let k = self.outputs;
        let primal = self.primal(dual);
        let mut result = vec![0.0; dual.len()];
        let rows = self.rows.iter().zip(self.weights).zip(dual.chunks_exact(k));
        for (((row, weight), own), to) in rows.zip(result.chunks_exact_mut(k)) {
            for (feature, value) in row {
                let place = *feature as usize * k;
                for (to, from) in to.iter_mut().zip(&primal[place..place + k]) {
                    *to += value * from;
                }
            }
            for (to, from) in to.iter_mut().zip(own) {
                *to += self.penalty / weight * from;
            }
        }
        result
    }

    /// The weights: `outputs` numbers for each feature. Rows of weight zero must not be given.
    pub fn solve(&self) -> Vec<f32> {
        let k = self.outputs;
        let mut dual = vec![0.0; self.targets.len()];
        let mut residual = self.targets.to_vec();
        let mut direction = residual.clone();
        let mut size = products(&residual, &residual, k);
        let first = size.clone();
        for _ in 0..ITERATIONS {
            if size.iter().zip(&first).all(|(now, first)| *now <= first * PRECISION * PRECISION) {
                break;
            }
            let applied = self.apply(&direction);
            let along = products(&direction, &applied, k);
            let steps = quotients(&size, &along);
            add(&mut dual, &direction, &steps, 1.0);
            add(&mut residual, &applied, &steps, -1.0);
            let next = products(&residual, &residual, k);
            let kept = quotients(&next, &size);
            for (own, left) in direction.chunks_exact_mut(k).zip(residual.chunks_exact(k)) {
                for ((own, left), kept) in own.iter_mut().zip(left).zip(&kept) {
                    *own = left + kept * *own;
                }
            }
            size = next;
        }
        self.primal(&dual)
    }
}

/// The inner product of each output's column.
fn products(a: &[f32], b: &[f32], k: usize) -> Vec<f64> {
    let mut sums = vec![0.0; k];
    for (a, b) in a.chunks_exact(k).zip(b.chunks_exact(k)) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += f64::from(a * b);
        }
    }
    sums
}

/// Quotients, zero where a column is finished.
fn quotients(above: &[f64], below: &[f64]) -> Vec<f32> {
    above.iter().zip(below).map(|(a, b)| if *b > 1e-30 { (a / b) as f32 } else { 0.0 }).collect()
}

fn add(to: &mut [f32], what: &[f32], steps: &[f32], sign: f32) {
    for (to, what) in to.chunks_exact_mut(steps.len()).zip(what.chunks_exact(steps.len())) {
        for ((to, what), step) in to.iter_mut().zip(what).zip(steps) {
            *to += sign * step * what;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_solves_what_can_be_solved_by_hand() {
        // One feature, rows 1 and 1, targets 2 and 4, penalty 1: w = (2 + 4) / (1 + 1 + 1).
        let rows = [vec![(0, 1.0)], vec![(0, 1.0)]];
        let problem = Problem {
            rows: &rows,
            features: 1,
            weights: &[1.0, 1.0],
            targets: &[2.0, 0.0, 4.0, 0.0],
            outputs: 2,
            penalty: 1.0,
        };
        let weights = problem.solve();
        assert!((weights[0] - 2.0).abs() < 1e-3 && weights[1].abs() < 1e-6, "{weights:?}");
        // A row of twice the weight counts like two rows: (2 + 4 + 4) / 4.
        let weights = Problem { weights: &[1.0, 2.0], ..problem }.solve();
        assert!((weights[0] - 2.5).abs() < 1e-3, "{weights:?}");
    }
}
