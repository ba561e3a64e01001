//! How many planted near-duplicates are found, and how much else is shown with them.
//!
//! `cargo run --release -p likeness --example measure_twins -- DIR` with the real rows of DIR (`disputes_real_dev.jsonl`,
//! `letters_dev.jsonl`, `cases_dev.jsonl`, `consultations_dev.jsonl`). Every other row stands in a table as the service keeps it:
//! bands, and digests of two invented people. Then, for each planted kind, a changed copy of every row in the table is looked
//! up; and every row that is not in the table is looked up as it is, where whatever is shown is wrong (unless the rows
//! themselves hold one matter twice, which counts against us).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::time::Instant;

use likeness::{Known, LIKELY, Person, SHOWN, Shingles, bands, compare};

/// Shorter rows are questions, not stories.
const SHORTEST: usize = 40;
/// As the service: so many of those that share the most bands are compared.
const COMPARED: usize = 24;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).ok_or("which folder has the rows?")?;
    let mut rows: Vec<String> = vec![];
    for name in ["disputes_real", "letters", "cases", "consultations"] {
        let text = std::fs::read_to_string(Path::new(&folder).join(format!("{name}_dev.jsonl")))?;
        for line in text.lines() {
            let row: serde_json::Value = serde_json::from_str(line)?;
            rows.extend(
                row["text"].as_str().filter(|told| told.chars().count() >= SHORTEST).map(str::to_owned),
            );
        }
    }
    let (kept, others): (Vec<_>, Vec<_>) = rows.iter().enumerate().partition(|(at, _)| at % 2 == 0);
    let kept: Vec<&str> = kept.into_iter().map(|(_, told)| told.as_str()).collect();
    let others: Vec<&str> = others.into_iter().map(|(_, told)| told.as_str()).collect();
    let start = Instant::now();
    let table = Table::of(&kept);
    println!(
        "{} rows of at least {SHORTEST} characters: {} in the table, {} looked up as strangers; a row's bands take {:?}",
        rows.len(),
        kept.len(),
        others.len(),
        start.elapsed() / kept.len() as u32
    );
    println!(
        "\n{:<34} {:>5} {:>6} {:>6} {:>6} {:>6} {:>6}",
        "planted", "n", "band", "shown", "first", "likely", "others"
    );
    for (name, people, change) in KINDS {
        let mut dice = Dice(20_261_130);
        let mut tally = Tally::default();
        for (at, told) in kept.iter().enumerate() {
            let copy = change(told, &mut dice);
            let draft = Known { words: Shingles::of(&copy), ..people(at) };
            tally.add(at, &table.look_up(&draft));
        }
        tally.print(name);
    }
    for (name, people) in
        [("strangers, nobody named", nobody as fn(usize) -> Known), ("strangers, a bank that sues all", bank)]
    {
        let mut tally = Tally::default();
        let start = Instant::now();
        for (at, told) in others.iter().enumerate() {
            let draft = Known { words: Shingles::of(told), ..people(kept.len() + at) };
            tally.add(usize::MAX, &table.look_up(&draft));
        }
        println!(
            "{name:<34} {:>5}: shown to {}, likely to {}; compared {:.1} each; a look-up takes {:?}",
            tally.all,
            tally.with_others,
            tally.likely_others,
            f64::from(tally.compared) / f64::from(tally.all),
            start.elapsed() / tally.all
        );
    }
    Ok(())
}

type Kind = (&'static str, fn(usize) -> Known, fn(&str, &mut Dice) -> String);

const KINDS: [Kind; 9] = [
    ("a third of the sentences dropped", nobody, |told, dice| dropped(told, 3, dice)),
    ("sentences in another order", nobody, reordered),
    ("3 of 100 characters mistyped", nobody, |told, dice| mistyped(told, 3, dice)),
    ("8 of 100 characters mistyped", nobody, |told, dice| mistyped(told, 8, dice)),
    ("dropped, reordered, 3 mistyped", nobody, all_of_it),
    ("the same, same people", same_people, all_of_it),
    ("the same, another claimant", other_claimant, all_of_it),
    ("half dropped, another claimant", other_claimant, |told, dice| dropped(told, 2, dice)),
    ("told otherwise, same people", same_people, |_, _| String::new()),
];

fn person(of: &str, at: usize) -> Person {
    Person { paper: format!("{of}{at}"), phone: String::new(), name: String::new() }
}

fn nobody(_: usize) -> Known {
    Known::default()
}

fn same_people(at: usize) -> Known {
    Known { claimants: vec![person("c", at)], respondents: vec![person("r", at)], ..Known::default() }
}

fn other_claimant(at: usize) -> Known {
    Known { claimants: vec![person("other", at)], ..same_people(at) }
}

/// The claimant of every hundredth row of the table.
fn bank(_: usize) -> Known {
    Known { claimants: vec![person("c", 0)], respondents: vec![person("other", 0)], ..Known::default() }
}

/// What the service keeps.
struct Table {
    rows: Vec<Known>,
    by_band: HashMap<i64, Vec<usize>>,
    by_person: HashMap<String, Vec<usize>>,
}

impl Table {
    fn of(told: &[&str]) -> Table {
        let (mut by_band, mut by_person) =
            (HashMap::<i64, Vec<usize>>::new(), HashMap::<String, Vec<usize>>::new());
        let mut rows = vec![];
        for (at, told) in told.iter().enumerate() {
            let row = Known { words: Shingles::of(told), ..same_people(if at % 100 == 0 { 0 } else { at }) };
            for band in bands(&row.words, digest) {
                by_band.entry(band).or_default().push(at);
            }
            for one in row.claimants.iter().chain(&row.respondents) {
                by_person.entry(one.paper.clone()).or_default().push(at);
            }
            rows.push(row);
        }
        Table { rows, by_band, by_person }
    }

    /// Those that are shown with their scores, best first; how many were compared; and all that share a band.
    fn look_up(&self, draft: &Known) -> Found {
        let mut met: BTreeMap<usize, usize> = BTreeMap::new();
        for band in bands(&draft.words, digest) {
            for at in self.by_band.get(&band).into_iter().flatten() {
                *met.entry(*at).or_default() += 1;
            }
        }
        let banded: HashSet<usize> = met.keys().copied().collect();
        for one in draft.claimants.iter().chain(&draft.respondents) {
            for at in self.by_person.get(&one.paper).into_iter().flatten() {
                *met.entry(*at).or_default() += 4;
            }
        }
        let mut met: Vec<(usize, usize)> = met.into_iter().collect();
        met.sort_by_key(|(at, count)| (std::cmp::Reverse(*count), *at));
        met.truncate(COMPARED);
        let compared = met.len();
        let scored = met.into_iter().map(|(at, _)| (at, compare(draft, &self.rows[at]).score));
        let mut shown: Vec<(usize, f64)> = scored.filter(|(_, score)| *score >= SHOWN).collect();
        shown.sort_by(|a, b| b.1.total_cmp(&a.1));
        Found { shown, banded, compared }
    }
}

struct Found {
    shown: Vec<(usize, f64)>,
    banded: HashSet<usize>,
    compared: usize,
}

#[derive(Default)]
struct Tally {
    all: u32,
    banded: u32,
    shown: u32,
    first: u32,
    likely: u32,
    others: u32,
    with_others: u32,
    likely_others: u32,
    compared: u32,
}

impl Tally {
    fn add(&mut self, right: usize, found: &Found) {
        self.all += 1;
        self.compared += found.compared as u32;
        self.banded += u32::from(found.banded.contains(&right));
        self.first += u32::from(found.shown.first().is_some_and(|(at, _)| *at == right));
        let ours = found.shown.iter().find(|(at, _)| *at == right);
        self.shown += u32::from(ours.is_some());
        self.likely += u32::from(ours.is_some_and(|(_, score)| *score >= LIKELY));
        let others = found.shown.iter().filter(|(at, _)| *at != right).count() as u32;
        self.others += others;
        self.with_others += u32::from(others > 0);
        let likely = |(at, score): &(usize, f64)| *at != right && *score >= LIKELY;
        self.likely_others += u32::from(found.shown.iter().any(likely));
    }

    fn print(&self, name: &str) {
        let part = |of: u32| f64::from(of) / f64::from(self.all);
        println!(
            "{name:<34} {:>5} {:>6.3} {:>6.3} {:>6.3} {:>6.3} {:>6}   precision {:.3}",
            self.all,
            part(self.banded),
            part(self.shown),
            part(self.first),
            part(self.likely),
            self.others,
            f64::from(self.shown) / f64::from((self.shown + self.others).max(1))
        );
    }
}

/// As good as keyed for figures.
fn digest(text: &str) -> u64 {
    text.chars().fold(11, |all, c| Dice(all ^ u64::from(u32::from(c))).next())
}

/// The same chances on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, many: usize) -> usize {
        (self.next() % many.max(1) as u64) as usize
    }
}

fn sentences(told: &str) -> Vec<String> {
    let parts = told.split_inclusive(['。', '，', '！', '？', '；', ',', '.', '?', '!', '\n']);
    parts.filter(|part| !part.trim().is_empty()).map(str::to_owned).collect()
}

/// One of `of` sentences is missing, at least one where there are two.
fn dropped(told: &str, of: usize, dice: &mut Dice) -> String {
    let mut all = sentences(told);
    for _ in 0..(all.len() / of).max(usize::from(all.len() > 1)) {
        let at = dice.below(all.len());
        all.remove(at);
    }
    all.concat()
}

fn reordered(told: &str, dice: &mut Dice) -> String {
    let mut all = sentences(told);
    for at in (1..all.len()).rev() {
        all.swap(at, dice.below(at + 1));
    }
    all.concat()
}

/// Each character is another, missing, or twice, in so many of a hundred.
fn mistyped(told: &str, of_hundred: usize, dice: &mut Dice) -> String {
    let letters: Vec<char> = told.chars().collect();
    let mut typed = String::new();
    for letter in &letters {
        if dice.below(100) >= of_hundred {
            typed.push(*letter);
            continue;
        }
        match dice.below(3) {
            0 => typed.push(letters[dice.below(letters.len())]),
            1 => {}
            _ => typed.extend([*letter, *letter]),
        }
    }
    typed
}

fn all_of_it(told: &str, dice: &mut Dice) -> String {
    let less = dropped(told, 3, dice);
    let moved = reordered(&less, dice);
    mistyped(&moved, 3, dice)
}
