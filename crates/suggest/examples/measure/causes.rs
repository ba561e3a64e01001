//! Courts' facts: causes.

use suggest::{Model, Row, train};

use crate::fold::folds;
use crate::tally::Reliability;

const REPETITIONS: u64 = 5;
const FOLDS: usize = 4;

/// Right within the first one, three, five.
#[derive(Default)]
struct Within {
    rows: f64,
    top: [f64; 3],
}

impl Within {
    fn count(&mut self, place: Option<usize>) {
        self.rows += 1.0;
        for (top, bound) in self.top.iter_mut().zip([1, 3, 5]) {
            *top += f64::from(u8::from(place.is_some_and(|place| place < bound)));
        }
    }

    fn print(&self, name: &str) {
        let [one, three, five] = self.top.map(|top| top / self.rows);
        println!("  {name:<52} top-1 {one:.3}  top-3 {three:.3}  top-5 {five:.3}  ({} answers)", self.rows);
    }
}

/// Cross-validation. A row whose cause is gone from the list of 2026 teaches nothing and counts as missed.
pub fn cross_validated(text: &str) {
    let rows: Vec<Result<Row, String>> = text.lines().map(Row::parse).collect();
    let (mut known, mut whole) = (Within::default(), Within::default());
    let mut reliability = Reliability::default();
    for repetition in 0..REPETITIONS {
        let fold = folds(&vec![0; rows.len()], FOLDS, repetition);
        for part in 0..FOLDS {
            eprintln!("causes: repetition {} of {REPETITIONS}, fold {} of {FOLDS}", repetition + 1, part + 1);
            let kept = rows.iter().enumerate().filter(|(at, _)| fold[*at] != part);
            let taught: Vec<Row> = kept.filter_map(|(_, row)| row.clone().ok()).collect();
            let model = train(&taught, &mut |_| {});
            for (_, row) in rows.iter().enumerate().filter(|(at, _)| fold[*at] == part) {
                let Ok(row) = row else {
                    whole.count(None);
                    continue;
                };
                let code = row.cause.map_or("", |cause| cause.code.as_str());
                let place = answered(&model, row, &mut reliability);
                whole.count(place);
                if taught.iter().any(|other| other.cause.is_some_and(|cause| cause.code == code)) {
                    known.count(place);
                }
            }
        }
    }
    println!("\ncauses from court facts, {REPETITIONS} × {FOLDS}-fold cross-validation");
    known.print("cause is also in the training folds");
    whole.print("all rows");
    reliability.print("causes");
}

/// The shipped model on the same facts, of which it has learnt none.
pub fn shipped(text: &str) {
    let (mut whole, mut reliability) = (Within::default(), Reliability::default());
    for row in text.lines().map(Row::parse) {
        whole.count(row.ok().and_then(|row| answered(Model::shipped(), &row, &mut reliability)));
    }
    println!("\nthe shipped model's causes on the same facts, none of them in its training");
    whole.print("all rows");
    reliability.print("causes, shipped");
}

/// The place of the right cause among those suggested.
fn answered(model: &Model, row: &Row, reliability: &mut Reliability) -> Option<usize> {
    let code = row.cause.map_or("", |cause| cause.code.as_str());
    let causes = model.suggest(&row.text, None).causes;
    let place = causes.iter().position(|one| one.code == code);
    if let Some(first) = causes.first() {
        reliability.count(first.confidence, place == Some(0));
    }
    place
}
