//! The folds: shuffled by a fixed seed, each class spread evenly.

/// The seed that the issue names.
pub const SEED: u64 = 20_261_122;

/// A small generator that anybody can write again (`SplitMix64`).
pub struct Dice(pub u64);

impl Dice {
    /// The next number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }
}

/// For each row the fold it is tested in.
pub fn folds(classes: &[usize], count: usize, repetition: u64) -> Vec<usize> {
    let mut dice = Dice(SEED + repetition);
    let mut order: Vec<usize> = (0..classes.len()).collect();
    for at in (1..order.len()).rev() {
        order.swap(at, dice.below(at + 1));
    }
    order.sort_by_key(|row| classes[*row]);
    let mut folds = vec![0; classes.len()];
    for (place, row) in order.into_iter().enumerate() {
        folds[row] = place % count;
    }
    folds
}

/// The 2.5th and 97.5th percentile of the mean under resampling of the rows.
#[expect(clippy::cast_precision_loss, reason = "counts of some thousand rows")]
pub fn bootstrap(values: &[f64]) -> (f64, f64) {
    let mut dice = Dice(SEED);
    let mut means: Vec<f64> = (0..2_000)
        .map(|_| {
            (0..values.len()).map(|_| values[dice.below(values.len())]).sum::<f64>() / values.len() as f64
        })
        .collect();
    means.sort_by(f64::total_cmp);
    (means[49], means[1_949])
}
