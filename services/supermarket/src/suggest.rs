//! `supermarket suggest`: what the words of each row of a JSON-lines file point to. No server is needed; nothing is stored.

use std::io::{ErrorKind, Write};
use std::path::Path;

use ::suggest::{Disposition, Model, Ranked, RankedCause, Suggestion};
use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::{input, progress};

#[derive(Deserialize)]
struct Row {
    id: serde_json::Value,
    text: String,
    #[serde(default)]
    subject: Option<String>,
}

#[derive(Serialize)]
struct Category {
    label: &'static str,
    confidence: f64,
}

#[derive(Serialize)]
struct Cause {
    name: &'static str,
    confidence: f64,
}

/// A line for machines.
#[derive(Serialize)]
struct Told<'a> {
    id: &'a serde_json::Value,
    categories: Vec<Category>,
    causes: Vec<Cause>,
    disposition: &'static str,
}

/// Answers every row; a line that is none is told with its number and the rest goes on. Answers whether all were rows.
pub fn run(file: &Path, model: Option<&Path>, json: bool) -> anyhow::Result<bool> {
    let own = model.map(read).transpose()?;
    answer(file, own.as_ref().unwrap_or_else(|| Model::shipped()), json, &mut std::io::stdout())
}

fn answer(file: &Path, model: &Model, json: bool, out: &mut impl Write) -> anyhow::Result<bool> {
    let bar = progress::counter("rows", json);
    let mut all = true;
    for line in input::read::<Row>(file)? {
        bar.inc(1);
        let (number, row) = line?;
        let row = match row {
            Ok(row) => row,
            Err(fault) => {
                all = false;
                bar.suspend(|| {
                    eprintln!("line {number}: {fault}; each line needs `id` and `text`; left out");
                });
                continue;
            }
        };
        let found = model.suggest(&row.text, row.subject.as_deref());
        let shown = if json { serde_json::to_string(&told(&row.id, &found))? } else { page(&row.id, &found) };
        match bar.suspend(|| writeln!(out, "{shown}")) {
            // Whoever reads has seen enough, as `head` does; what was wrong before is wrong all the same.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(all),
            printed => printed?,
        }
    }
    bar.finish_and_clear();
    Ok(all)
}

fn read(path: &Path) -> anyhow::Result<Model> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Model::decode(&bytes).with_context(|| path.display().to_string())
}

fn disposition(found: &Suggestion) -> &'static str {
    match found.disposition {
        Disposition::Mediable => "mediable",
        Disposition::NotForAMediator => "not_for_a_mediator",
        Disposition::AskBack => "ask_back",
    }
}

fn told<'a>(id: &'a serde_json::Value, found: &Suggestion) -> Told<'a> {
    let round = |share: f64| (share * 10_000.0).round() / 10_000.0;
    let category = |one: &Ranked| Category { label: one.label.code(), confidence: round(one.confidence) };
    let cause = |one: &RankedCause| Cause { name: one.name, confidence: round(one.confidence) };
    Told {
        id,
        categories: found.categories.iter().map(category).collect(),
        causes: found.causes.iter().map(cause).collect(),
        disposition: disposition(found),
    }
}

/// For people: one line per guess, the words that spoke for it at its end.
fn page(id: &serde_json::Value, found: &Suggestion) -> String {
    let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
    let mut lines = vec![format!("{id}  {}", disposition(found))];
    let mut guess = |confidence: f64, name: &str, words: &[String]| {
        // A Chinese character is two columns wide.
        let gap = 30_usize.saturating_sub(name.chars().map(|c| 1 + usize::from(!c.is_ascii())).sum());
        lines.push(format!("  {:>4.0} %  {name}{:gap$} {}", confidence * 100.0, "", words.join("、")));
    };
    for one in &found.categories {
        guess(one.confidence, one.label.code(), &one.words);
    }
    for one in &found.causes {
        guess(one.confidence, &format!("{} {}", one.code, one.name), &one.words);
    }
    let said = found.question.map(|question| question.zh).or(found.redirect.map(|redirect| redirect.zh));
    lines.extend(said.map(|said| format!("  → {said}")));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_told_for_machines_and_for_people() {
        let (id, found) = ("7".into(), Model::shipped().suggest("老板拖欠工资三个月", None));
        let json = serde_json::to_string(&told(&id, &found)).unwrap();
        let start = r#"{"id":"7","categories":[{"label":"labour","confidence":0."#;
        assert!(json.starts_with(start), "{json}");
        assert!(json.ends_with(r#"}],"disposition":"mediable"}"#), "{json}");
        let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
        let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&parsed), ["categories", "causes", "disposition", "id"]);
        assert_eq!(keys(&parsed["categories"][0]), ["confidence", "label"]);
        assert_eq!(keys(&parsed["causes"][0]), ["confidence", "name"]);
        assert!(parsed["causes"][0]["name"].as_str().unwrap().contains("劳动报酬"), "{json}");
        let page = page(&id, &found);
        assert!(
            page.starts_with("7  mediable\n") && page.contains("labour") && page.contains("拖欠工资"),
            "{page}"
        );
        let asked = super::page(&7.into(), &Model::shipped().suggest("在吗", None));
        assert!(asked.starts_with("7  ask_back\n") && asked.contains("→ 请再说得具体一些"), "{asked}");
    }

    #[test]
    fn bad_lines_are_left_out_and_told_by_the_answer() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rows.jsonl");
        std::fs::write(
            &file,
            b"{\"id\":1,\"text\":\"x\"}\n\n{\"id\":2}\n\xff\n[]\n{\"id\":3,\"text\":\"y\"}\n",
        )
        .unwrap();
        let rows: Vec<_> = input::read::<Row>(&file).unwrap().collect::<anyhow::Result<_>>().unwrap();
        let bad: Vec<usize> =
            rows.iter().filter(|(_, row)| row.is_err()).map(|(number, _)| *number).collect();
        assert_eq!((rows.len(), bad), (5, vec![3, 4, 5]));
        assert!(!run(&file, None, true).unwrap());
        std::fs::write(&file, "{\"id\":1,\"text\":\"x\"}\n").unwrap();
        assert!(run(&file, None, true).unwrap());
        assert!(run(&folder.path().join("absent"), None, true).is_err());
    }

    #[test]
    fn a_reader_who_has_seen_enough_does_not_make_bad_lines_good() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rows.jsonl");
        std::fs::write(&file, "[]\n{\"id\":1,\"text\":\"x\"}\n").unwrap();
        assert!(!answer(&file, Model::shipped(), true, &mut Closed).unwrap());
        std::fs::write(&file, "{\"id\":1,\"text\":\"x\"}\n[]\n").unwrap();
        assert!(
            answer(&file, Model::shipped(), true, &mut Closed).unwrap(),
            "the bad line was never reached"
        );
    }

    #[test]
    fn what_is_no_model_is_refused_by_name() {
        let error = read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))).unwrap_err();
        let told = format!("{error:#}");
        assert!(told.contains("Cargo.toml") && told.contains("supermarket train"), "{told}");
    }
}
