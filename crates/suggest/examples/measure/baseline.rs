//! The plain baseline of the data sheet: characters and pairs, TF-IDF, one linear support vector machine per class
//! against the rest (squared hinge, C = 1, dual coordinate descent).

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::fold::{Dice, SEED};

type Vector = Vec<(usize, f64)>;

/// A trained baseline.
pub struct Baseline {
    numbers: HashMap<String, usize>,
    rarity: Vec<f64>,
    weights: Vec<Vec<f64>>,
}

fn grams(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.to_lowercase().chars().collect();
    let singles = characters.iter().map(char::to_string);
    singles.chain(characters.windows(2).map(|pair| pair.iter().collect())).collect()
}

impl Baseline {
    /// Trains on texts with their class.
    #[expect(clippy::cast_precision_loss, reason = "counts of some thousand rows")]
    pub fn train(texts: &[&str], classes: &[usize], count: usize) -> Baseline {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for text in texts {
            for gram in grams(text).into_iter().collect::<HashSet<_>>() {
                *seen.entry(gram).or_default() += 1;
            }
        }
        let rarity = seen.values().map(|n| ((1 + texts.len()) as f64 / (1 + n) as f64).ln() + 1.0).collect();
        let numbers = seen.into_keys().enumerate().map(|(number, gram)| (gram, number)).collect();
        let mut baseline = Baseline { numbers, rarity, weights: Vec::new() };
        let rows: Vec<Vector> = texts.iter().map(|text| baseline.vector(text)).collect();
        let machine = |class| separate(&rows, classes, class, baseline.rarity.len());
        baseline.weights = (0..count).map(machine).collect();
        baseline
    }

    #[expect(clippy::cast_precision_loss, reason = "counts within one text")]
    fn vector(&self, text: &str) -> Vector {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for gram in grams(text) {
            if let Some(number) = self.numbers.get(&gram) {
                *counts.entry(*number).or_default() += 1;
            }
        }
        let weigh = |(number, n): (usize, usize)| (number, (1.0 + (n as f64).ln()) * self.rarity[number]);
        let mut vector: Vector = counts.into_iter().map(weigh).collect();
        let length = vector.iter().map(|(_, v)| v * v).sum::<f64>().sqrt().max(1e-12);
        for (_, value) in &mut vector {
            *value /= length;
        }
        vector
    }

    /// The score of every class.
    pub fn scores(&self, text: &str) -> Vec<f64> {
        let vector = self.vector(text);
        self.weights.iter().map(|weights| dot(weights, &vector)).collect()
    }
}

/// The last weight is the constant's.
fn dot(weights: &[f64], row: &Vector) -> f64 {
    weights[weights.len() - 1] + row.iter().map(|(number, value)| weights[*number] * value).sum::<f64>()
}

fn separate(rows: &[Vector], classes: &[usize], class: usize, features: usize) -> Vec<f64> {
    let mut weights = vec![0.0; features + 1];
    let mut dual = vec![0.0_f64; rows.len()];
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut dice = Dice(SEED);
    let softness = 0.5; // 1 / (2 C)
    for _ in 0..60 {
        for at in (1..order.len()).rev() {
            order.swap(at, dice.below(at + 1));
        }
        let mut largest = 0.0_f64;
        for row in &order {
            let side = if classes[*row] == class { 1.0 } else { -1.0 };
            let slope = side * dot(&weights, &rows[*row]) - 1.0 + softness * dual[*row];
            if dual[*row] <= 0.0 && slope >= 0.0 {
                continue;
            }
            largest = largest.max(slope.abs());
            // A row has length 1, the constant adds 1.
            let next = (dual[*row] - slope / (2.0 + softness)).max(0.0);
            let step = (next - dual[*row]) * side;
            dual[*row] = next;
            for (number, value) in &rows[*row] {
                weights[*number] += step * value;
            }
            weights[features] += step;
        }
        if largest < 1e-3 {
            break;
        }
    }
    weights
}
