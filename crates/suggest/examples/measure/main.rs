//! How often the suggestion is right, on labelled rows: every figure of `data/MODEL_CARD.md`.
//!
//! `cargo run --release -p suggest --example measure -- DIR [posts | causes | borrowed | held-back FILE]` with
//! `consultations_dev.jsonl` and `cases_dev.jsonl` in DIR; without a part all but the last. 5 × 4-fold cross-validation, seed
//! 20261122, paired on the same folds with the plain baseline (characters and pairs, TF-IDF, linear support vectors).
//! The word lists were written while looking at these very rows, so the figures with them flatter; those without are
//! the fair ones. `held-back` scores a file of rows that nobody has looked at by a model trained on all of DIR.

mod baseline;
mod borrowed;
mod causes;
mod fold;
mod posts;
mod tally;

use std::path::{Path, PathBuf};
use std::time::Instant;

use suggest::{Model, Row};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let folder: PathBuf = arguments.next().ok_or("which folder has the labelled rows?")?.into();
    let part = arguments.next().unwrap_or_default();
    let asked = |of: &str| part.is_empty() || part == of;
    let posts = || rows(&folder.join("consultations_dev.jsonl"));
    if asked("borrowed") && !borrowed::check(&folder)? {
        return Err("what is borrowed must be put otherwise".into());
    }
    if asked("causes") {
        let cases = std::fs::read_to_string(folder.join("cases_dev.jsonl"))?;
        causes::cross_validated(&cases);
        causes::shipped(&cases);
    }
    if asked("posts") {
        posts::cross_validated(&posts()?);
        let same = posts::shipped(&posts()?);
        time();
        if !same {
            return Err("the shipped model is not what its rows make".into());
        }
    }
    if part == "held-back" {
        let file = arguments.next().ok_or("which file has the rows held back?")?;
        posts::held_back(&posts()?, &rows(Path::new(&file))?);
    }
    Ok(())
}

fn rows(path: &Path) -> Result<Vec<Row>, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(path)?;
    let rows = text.lines().map(Row::parse).collect::<Result<Vec<Row>, String>>()?;
    Ok(rows)
}

/// The time one suggestion takes, reading the model apart.
fn time() {
    let start = Instant::now();
    let model = Model::shipped();
    println!("\nreading the shipped model, if it was not read before: {:?}", start.elapsed());
    let story = "去年三月我和邻居因为楼上漏水的事发生争吵，物业公司一直不处理，我的装修损坏了。";
    for length in [40, 500, 4_000] {
        let text: String = story.chars().cycle().take(length).collect();
        let rounds = 200;
        let start = Instant::now();
        for _ in 0..rounds {
            std::hint::black_box(model.suggest(std::hint::black_box(&text), None));
        }
        println!("{length} characters: {:?} each", start.elapsed() / rounds);
    }
}
