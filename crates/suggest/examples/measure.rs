//! How often the suggestion is right, on labelled consultations.
//!
//! `cargo run -p suggest --example measure -- PATH/consultations_dev.jsonl [--errors]`
//! The labels come from one reader; "lenient" accepts every label that reader would have accepted. The word lists were
//! written while looking at the developers' half, so figures on it flatter; the half held back is the fair one.

use std::collections::BTreeMap;
use std::time::Instant;

use suggest::{Disposition, Label, suggest};

#[derive(Default)]
struct Tally {
    rows: usize,
    strict: usize,
    lenient: usize,
    top3: usize,
    disposition: usize,
    confidence: f64,
    confusion: BTreeMap<(&'static str, &'static str), usize>,
    by_label: BTreeMap<String, (usize, usize)>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("which file of labelled consultations?")?;
    let errors = arguments.next().is_some();
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let file = std::fs::read_to_string(path)?;
    for line in file.lines() {
        let row: serde_json::Value = serde_json::from_str(line)?;
        let text = row["text"].as_str().unwrap_or_default();
        let Some(label) = row["label"].as_str().filter(|label| !label.is_empty()) else { continue };
        let mut accepted: Vec<&str> =
            row["labels_ok"].as_array().into_iter().flatten().filter_map(|l| l.as_str()).collect();
        accepted.push(label);
        let answer = suggest(text, None);
        let first = answer.categories.first().ok_or("no category")?;
        let right = accepted.contains(&first.label.code());
        let tally = tallies.entry(row["label_basis"].as_str().unwrap_or("none").to_owned()).or_default();
        tally.rows += 1;
        tally.strict += usize::from(first.label.code() == label);
        tally.lenient += usize::from(right);
        tally.top3 +=
            usize::from(answer.categories.iter().take(3).any(|c| accepted.contains(&c.label.code())));
        tally.confidence += first.confidence;
        tally.disposition += usize::from(accepted.iter().any(|l| expected(l) == name(answer.disposition)));
        *tally.confusion.entry((expected(label), name(answer.disposition))).or_default() += 1;
        let of_label = tally.by_label.entry(label.to_owned()).or_default();
        of_label.0 += usize::from(right);
        of_label.1 += 1;
        if errors && !right {
            println!("{label} <- {} {:?} | {text}", first.label, first.words);
        }
    }
    for (basis, tally) in &tallies {
        print(basis, tally);
    }
    time();
    Ok(())
}

fn expected(label: &str) -> &'static str {
    match label.parse::<Label>() {
        Ok(label) if label.mediable() => "mediable",
        Ok(Label::OtherUnclear) | Err(_) => "ask back",
        Ok(_) => "not for a mediator",
    }
}

fn name(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Mediable => "mediable",
        Disposition::NotForAMediator => "not for a mediator",
        Disposition::AskBack => "ask back",
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a few thousand rows")]
fn print(basis: &str, tally: &Tally) {
    let share = |n: usize| n as f64 / tally.rows as f64;
    println!("{basis}: {} rows", tally.rows);
    println!(
        "  strict {:.3}  lenient {:.3}  lenient top-3 {:.3}",
        share(tally.strict),
        share(tally.lenient),
        share(tally.top3)
    );
    println!("  mean confidence of the first {:.3}", tally.confidence / tally.rows as f64);
    println!("  disposition, lenient {:.3}; expected by first label -> given:", share(tally.disposition));
    for ((expected, given), n) in &tally.confusion {
        println!("    {expected:<20} -> {given:<20} {n}");
    }
    for (label, (right, rows)) in &tally.by_label {
        println!("    {label:<30} {right}/{rows}");
    }
}

/// The time one suggestion takes on 500 characters, first use (building the lists) apart.
fn time() {
    let text: String = "去年三月我和邻居因为楼上漏水的事发生争吵，物业公司一直不处理，我的装修损坏了。"
        .chars()
        .cycle()
        .take(500)
        .collect();
    let rounds = 2_000;
    let start = Instant::now();
    for _ in 0..rounds {
        std::hint::black_box(suggest(std::hint::black_box(&text), None));
    }
    println!("500 characters: {:?} each", start.elapsed() / rounds);
}
