//! Whether a sentence of ours stands in somebody's data: none may, for most of the data may not be shipped.

use std::collections::HashMap;
use std::path::Path;

/// Fewer characters in a row than this are anybody's turn of phrase.
const LENGTH: usize = 8;

/// More of a sentence than this in one text is borrowed.
const MOST: f64 = 0.4;

fn letters(text: &str) -> Vec<char> {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Compares every sentence and term with every text of the folder's JSON lines; answers whether all are our own.
#[expect(clippy::cast_precision_loss, reason = "counts within one sentence")]
pub fn check(folder: &Path) -> Result<bool, Box<dyn std::error::Error>> {
    let mut places: HashMap<Vec<char>, Vec<usize>> = HashMap::new();
    let mut texts = 0;
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        if path.extension().is_none_or(|kind| kind != "jsonl") {
            continue;
        }
        for line in std::fs::read_to_string(path)?.lines() {
            let row: serde_json::Value = serde_json::from_str(line)?;
            for text in ["text", "subject"].into_iter().filter_map(|key| row[key].as_str()) {
                for part in letters(text).windows(LENGTH) {
                    let of = places.entry(part.to_vec()).or_default();
                    if of.last() != Some(&texts) {
                        of.push(texts);
                    }
                }
                texts += 1;
            }
        }
    }
    let ours = [include_str!("../../data/sentences.txt"), include_str!("../../data/cause_terms.txt")];
    let (mut compared, mut borrowed) = (0, 0);
    for line in ours.iter().flat_map(|file| file.lines()).filter(|line| !line.starts_with(['#', '['])) {
        let sentence = letters(line);
        compared += 1;
        let parts = sentence.windows(LENGTH);
        let mut shared: HashMap<usize, usize> = HashMap::new();
        let found = parts.clone().filter_map(|part| places.get(part)).flatten();
        found.for_each(|text| *shared.entry(*text).or_default() += 1);
        let most = shared.into_values().max().unwrap_or_default() as f64 / parts.len().max(1) as f64;
        if most > MOST {
            borrowed += 1;
            println!("  {:.0} % of this is in a text of the folder: {line}", most * 100.0);
        }
    }
    println!("{compared} lines of ours against {texts} texts: {borrowed} borrowed");
    Ok(borrowed == 0)
}
