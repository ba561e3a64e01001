//! People's posts: categories, confidences, dispositions.

use suggest::{Label, Model, Row, Suggestion, train};

use crate::baseline::Baseline;
use crate::fold::{bootstrap, folds};
use crate::tally::{Doors, Reliability, Tally};

const REPETITIONS: u64 = 5;
const FOLDS: usize = 4;

fn place(label: Label) -> usize {
    Label::ALL.iter().position(|of| *of == label).unwrap_or_default()
}

fn ranked(answer: &Suggestion) -> Vec<Label> {
    answer.categories.iter().map(|one| one.label).collect()
}

/// What one way of answering did.
#[derive(Default)]
struct Way {
    tally: Tally,
    tidy: Tally,
    doors: Doors,
    reliability: Reliability,
    /// Per row the mean of right over the repetitions.
    right: Vec<f64>,
}

impl Way {
    fn count(&mut self, at: usize, row: &Row, answer: &Suggestion) {
        if row.tidy {
            self.tidy.count(&ranked(answer), &row.labels);
            return;
        }
        let right = self.tally.count(&ranked(answer), &row.labels);
        self.doors.count(answer.disposition, &row.labels);
        self.reliability.count(answer.categories[0].confidence, right);
        self.right[at] += f64::from(u8::from(right));
    }

    fn print(&self, name: &str) {
        self.tally.print(name);
        self.doors.print(name);
        self.reliability.print(name);
    }
}

/// Cross-validation, paired with the baseline.
#[expect(clippy::cast_precision_loss, reason = "five repetitions")]
pub fn cross_validated(rows: &[Row]) {
    let classes: Vec<usize> = rows.iter().map(|row| place(row.labels[0])).collect();
    let fresh = || Way { right: vec![0.0; rows.len()], ..Way::default() };
    let (mut plain, mut fair, mut flattered) = (fresh(), fresh(), fresh());
    for repetition in 0..REPETITIONS {
        let fold = folds(&classes, FOLDS, repetition);
        for part in 0..FOLDS {
            eprintln!("posts: repetition {} of {REPETITIONS}, fold {} of {FOLDS}", repetition + 1, part + 1);
            let kept: Vec<usize> = (0..rows.len()).filter(|row| fold[*row] != part).collect();
            let texts: Vec<&str> = kept.iter().map(|row| rows[*row].text.as_str()).collect();
            let baseline = Baseline::train(
                &texts,
                &kept.iter().map(|row| classes[*row]).collect::<Vec<_>>(),
                Label::ALL.len(),
            );
            let taught: Vec<Row> = kept.iter().map(|row| rows[*row].clone()).collect();
            let model = train(&taught, &mut |_| {});
            let bare = model.without_word_list();
            for (at, row) in rows.iter().enumerate().filter(|(at, _)| fold[*at] == part) {
                let order = order(&baseline, &row.text);
                if row.tidy {
                    plain.tidy.count(&order, &row.labels);
                } else {
                    plain.right[at] += f64::from(u8::from(plain.tally.count(&order, &row.labels)));
                }
                fair.count(at, row, &bare.suggest(&row.text, None));
                flattered.count(at, row, &model.suggest(&row.text, None));
            }
        }
    }
    println!("read posts, {REPETITIONS} × {FOLDS}-fold cross-validation");
    plain.tally.print("baseline");
    for (name, way) in [("without the word lists", &fair), ("with the word lists (flattered)", &flattered)] {
        way.print(name);
        let lead: Vec<f64> = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| !row.tidy)
            .map(|(at, _)| (way.right[at] - plain.right[at]) / REPETITIONS as f64)
            .collect();
        let (low, high) = bootstrap(&lead);
        let mean = lead.iter().sum::<f64>() / lead.len() as f64;
        println!(
            "  {name}: {:+.1} points lenient over the baseline (95 % bootstrap {:+.1} … {:+.1})",
            mean * 100.0,
            low * 100.0,
            high * 100.0
        );
    }
    println!("statute questions, beside");
    plain.tidy.print("baseline");
    fair.tidy.print("without the word lists");
    flattered.tidy.print("with the word lists (flattered)");
}

fn once<'a>(name: &str, model: &Model, rows: impl Iterator<Item = &'a Row>) {
    let mut way = Way { right: vec![0.0], ..Way::default() };
    rows.for_each(|row| way.count(0, row, &model.suggest(&row.text, None)));
    way.print(name);
}

/// The shipped model, which has learnt from none of the read posts; made again from the rows that it names. Answers whether it is
/// what they make.
#[must_use]
pub fn shipped(rows: &[Row]) -> bool {
    let taught: Vec<Row> = rows.iter().filter(|row| row.source == "stard").cloned().collect();
    let same = train(&taught, &mut |_| {}).encode() == Model::shipped().encode();
    println!(
        "\nmade again from {} rows, the shipped model is {}",
        taught.len(),
        if same { "the same byte for byte" } else { "ANOTHER: make it anew, as data/MODEL_CARD.md says" }
    );
    println!(
        "\nthe shipped model on all read posts (none of them in its training; its word lists knew them)"
    );
    let bare = Model::shipped().without_word_list();
    once("without the word lists", &bare, rows.iter().filter(|row| !row.tidy));
    once("with the word lists (flattered)", Model::shipped(), rows.iter().filter(|row| !row.tidy));
    same
}

/// Rows that nothing has learnt from, beside the baseline and a model trained on all of `rows`.
pub fn held_back(rows: &[Row], checked: &[Row]) {
    println!("\nheld back: {} rows, scored by what was trained on all labelled posts", checked.len());
    let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    let classes: Vec<usize> = rows.iter().map(|row| place(row.labels[0])).collect();
    let baseline = Baseline::train(&texts, &classes, Label::ALL.len());
    let mut tally = Tally::default();
    for row in checked {
        tally.count(&order(&baseline, &row.text), &row.labels);
    }
    tally.print("baseline");
    let model = train(rows, &mut |_| {});
    once("without the word lists", &model.without_word_list(), checked.iter());
    once("with the word lists", &model, checked.iter());
    once("the shipped model", Model::shipped(), checked.iter());
}

/// Every label, likeliest first.
fn order(baseline: &Baseline, text: &str) -> Vec<Label> {
    let scores = baseline.scores(text);
    let mut order = Label::ALL.to_vec();
    order.sort_by(|a, b| scores[place(*b)].total_cmp(&scores[place(*a)]));
    order
}
