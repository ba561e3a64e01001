//! `supermarket train`: makes a model for `supermarket suggest` from labelled rows.
//!
//! A line that is no row, or has a label or cause that is not known, is told with its number and left out; the rest
//! goes on. The words of the rows are never printed.

use std::path::{Path, PathBuf};

use ::suggest::Row;
use anyhow::Context as _;

use crate::{input, progress};

/// How many lines are told one by one.
const TOLD: u64 = 20;

/// Reads the files, trains, writes. Lines left out are no failure: what is asked for is the model.
pub fn run(files: &[PathBuf], sources: &[String], out: &Path, json: bool) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    let (mut lines, mut refused) = (0_u64, 0_u64);
    for file in files {
        for (number, line) in input::lines(file)? {
            lines += 1;
            match line.and_then(|line| Row::parse(&line)) {
                Ok(row) if sources.is_empty() || sources.contains(&row.source) => rows.push(row),
                Ok(_) => {}
                Err(told) => {
                    refused += 1;
                    if refused <= TOLD {
                        eprintln!("{} line {number}: {told}; left out", file.display());
                    }
                }
            }
        }
    }
    if refused > TOLD {
        eprintln!("{} more lines left out", refused - TOLD);
    }
    anyhow::ensure!(
        !rows.is_empty(),
        "no row to learn from: each line needs `text` and `label`, `cause_code` or `cause_name`"
    );
    let bar = progress::bar(::suggest::STEPS, "steps", json);
    let model = ::suggest::train(&rows, &mut |step| {
        bar.inc(1);
        bar.set_message(step.to_owned());
    });
    bar.finish_and_clear();
    let bytes = model.encode();
    // Beside the target first: a model that is being read is never half there.
    let fresh = out.with_extension("part");
    std::fs::write(&fresh, &bytes).with_context(|| format!("cannot write {}", fresh.display()))?;
    std::fs::rename(&fresh, out).with_context(|| format!("cannot write {}", out.display()))?;
    if json {
        let figures = serde_json::json!({ "lines": lines, "used": rows.len(), "refused": refused, "bytes": bytes.len() });
        println!("{figures}");
    } else {
        println!(
            "{lines} lines: {} used, {refused} refused\n{}\n{} ({} kB)",
            rows.len(),
            model.card,
            out.display(),
            bytes.len() / 1024
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_lines_are_left_out_and_the_model_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let (rows, out) = (folder.join("rows.jsonl"), folder.join("m.model"));
        let good = r#"{"text":"老板拖欠工资三个月","label":"labour","source":"a"}"#;
        let foreign = r#"{"text":"房东不退押金","label":"housing_tenancy","source":"b"}"#;
        std::fs::write(&rows, format!("{good}\n{foreign}\n{{\"text\":\"x\",\"label\":\"none\"}}\n")).unwrap();
        let files = [rows.clone()];
        run(&files, &["a".to_owned()], &out, true).unwrap();
        let bytes = std::fs::read(&out).unwrap();
        let model = ::suggest::Model::decode(&bytes).unwrap();
        assert!(
            model.card.contains("1 rows of a (categories)") && !model.card.contains("of b"),
            "{}",
            model.card
        );
        assert_eq!(model.suggest("老板拖欠工资", None).categories[0].label, ::suggest::Label::Labour);
        run(&files, &["a".to_owned()], &out, true).unwrap();
        assert_eq!(std::fs::read(&out).unwrap(), bytes, "the same rows give the same model");
        std::fs::write(&rows, "{}\n").unwrap();
        assert!(run(&files, &[], &out, true).is_err());
    }
}
