//! `supermarket train`: makes a model for `supermarket suggest` from labelled rows.
//!
//! A line that is no row, or has a label or cause that is not known, is told with its number and left out; the rest
//! goes on. The words of the rows are never printed. A model holds pairs of characters of its rows, so its file is readable by its
//! owner alone, and nothing that is there is replaced unasked.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use ::suggest::Row;
use anyhow::Context as _;

use crate::{input, progress};

/// How many lines are told one by one.
const TOLD: u64 = 20;

/// Reads the files, trains, writes; replaces a model only with `force`, and a file of rows never. Lines left out are no failure: what
/// is asked for is the model.
pub fn run(files: &[PathBuf], sources: &[String], out: &Path, force: bool, json: bool) -> anyhow::Result<()> {
    spare(files, out, force)?;
    let mut rows = Vec::new();
    let (mut lines, mut refused, mut others) = (0_u64, 0_u64, 0_u64);
    for file in files {
        for line in input::lines(file)? {
            let (number, line) = line?;
            lines += 1;
            match line.and_then(|line| Row::parse(&line)) {
                Ok(row) if sources.is_empty() || sources.contains(&row.source) => rows.push(row),
                Ok(_) => others += 1,
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
        !rows.is_empty() || others == 0,
        "no row to learn from: none of the {others} rows has one of the sources asked for (case counts)"
    );
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
    write(out, &bytes).with_context(|| format!("cannot write {}", out.display()))?;
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

/// Refuses to write over what is needed.
fn spare(files: &[PathBuf], out: &Path, force: bool) -> anyhow::Result<()> {
    let Ok(there) = fs::metadata(out) else { return Ok(()) };
    for file in files {
        let same = fs::metadata(file).is_ok_and(|of| (of.dev(), of.ino()) == (there.dev(), there.ino()));
        anyhow::ensure!(!same, "{} holds rows to learn from; name another file for the model", out.display());
    }
    anyhow::ensure!(force, "{} is there already; --force replaces it", out.display());
    Ok(())
}

/// Beside the target first: a model that is being read is never half there.
fn write(out: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut name = out.file_name().map_or_else(OsString::new, OsString::from);
    name.push(format!(".{}.part", std::process::id()));
    let fresh = out.with_file_name(name);
    let written =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&fresh, out)?;
            let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
        });
    written.inspect_err(|_| _ = fs::remove_file(&fresh))
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
        run(&files, &["a".to_owned()], &out, false, true).unwrap();
        let bytes = std::fs::read(&out).unwrap();
        assert_eq!(fs::metadata(&out).unwrap().mode() & 0o777, 0o600);
        let model = ::suggest::Model::decode(&bytes).unwrap();
        assert!(
            model.card.contains("1 rows of a (categories)") && !model.card.contains("of b"),
            "{}",
            model.card
        );
        assert_eq!(model.suggest("老板拖欠工资", None).categories[0].label, ::suggest::Label::Labour);
        run(&files, &["a".to_owned()], &out, true, true).unwrap();
        assert_eq!(std::fs::read(&out).unwrap(), bytes, "the same rows give the same model");
        let told = run(&files, &["A".to_owned()], &out, true, true).unwrap_err().to_string();
        assert!(told.contains("none of the 2 rows has one of the sources"), "{told}");
        std::fs::write(&rows, "{}\n").unwrap();
        let told = run(&files, &[], &out, true, true).unwrap_err().to_string();
        assert!(told.contains("each line needs `text`"), "{told}");
    }

    #[test]
    fn nothing_is_replaced_unasked_and_rows_never() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let (rows, link) = (folder.join("rows.jsonl"), folder.join("link"));
        let (out, beside) = (folder.join("m.model"), folder.join("m.part"));
        let row = "{\"text\":\"老板拖欠工资三个月\",\"label\":\"labour\"}\n";
        std::fs::write(&rows, row).unwrap();
        std::fs::hard_link(&rows, &link).unwrap();
        std::fs::write(&beside, "another's").unwrap();
        for into in [&rows, &link] {
            let told = run(std::slice::from_ref(&rows), &[], into, true, true).unwrap_err().to_string();
            assert!(told.contains("holds rows to learn from"), "{told}");
        }
        std::fs::write(&out, "a model").unwrap();
        let told = run(std::slice::from_ref(&rows), &[], &out, false, true).unwrap_err().to_string();
        assert!(told.contains("--force"), "{told}");
        assert_eq!(std::fs::read(&out).unwrap(), b"a model");
        run(std::slice::from_ref(&rows), &[], &out, true, true).unwrap();
        assert!(::suggest::Model::decode(&std::fs::read(&out).unwrap()).is_ok());
        assert_eq!(
            (std::fs::read_to_string(&rows).unwrap().as_str(), std::fs::read(&beside).unwrap()),
            (row, b"another's".to_vec())
        );
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 4, "nothing is left beside");
    }
}
