//! The directory as files: tables of comma-separated values with a head, as a spreadsheet reads and writes them.
//!
//! Reading never stops at the first fault: each has its file, its line and its column, and never the value. Lines that begin with `#`
//! are remarks. Columns may stand in any order, and those that may be empty may be left out: then what is stored of them stays.

mod kept;
mod rows;

use std::collections::{HashMap, HashSet};

use contracts::routing::v1 as proto;
use lexicon::{Fault, Violations};

use crate::model::{Entries, File, Mentions, Misfit};
pub use kept::filled;
use rows::Row;

/// The files, as an export names them.
pub const FILES: [(&str, File); 4] = [
    ("organizations.csv", File::Organizations),
    ("mediators.csv", File::Mediators),
    ("liaison.csv", File::Liaison),
    ("lawyers.csv", File::Lawyers),
];
/// Rows in all files of one import.
const MOST_ROWS: usize = 3000;
/// Faults that are told; the number of all is told too.
const TOLD: usize = 1000;
/// The same entry twice.
const REPEATED: Fault = Fault {
    reason: "REPEATED",
    english: "This entry is in the file twice; keep one of them.",
    chinese: "同一条目重复出现，请只保留一条。",
};
/// A column that no such file has.
const UNKNOWN_COLUMN: Fault = Fault {
    reason: "UNKNOWN_COLUMN",
    english: "This file has no such column; the names are those of an export.",
    chinese: "该文件没有这一列，列名以导出文件为准。",
};
/// A column that a file must have.
const MISSING_COLUMN: Fault = Fault {
    reason: "MISSING_COLUMN",
    english: "This column is missing from the head.",
    chinese: "表头缺少这一列。",
};
/// A row of another length than the head.
const CELLS: Fault = Fault {
    reason: "CELL_COUNT",
    english: "This line has more or fewer cells than the head.",
    chinese: "本行单元格数量与表头不一致。",
};
/// A file that is none of the directory's.
const UNKNOWN_FILE: Fault = Fault {
    reason: "UNKNOWN_FILE",
    english: "This is none of the directory's files.",
    chinese: "不是名录文件。",
};

/// A fault of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    file: String,
    line: u64,
    column: String,
    reason: &'static str,
    english: String,
    chinese: String,
}

/// Everything that is wrong with some files.
#[derive(Debug, Default)]
pub struct Faults(Vec<Wrong>);

impl Faults {
    /// Notes one.
    pub fn push(&mut self, file: &str, line: u64, column: &str, fault: Fault) {
        self.0.push(Wrong {
            file: file.to_owned(),
            line,
            column: column.to_owned(),
            reason: fault.reason,
            english: fault.english.to_owned(),
            chinese: fault.chinese.to_owned(),
        });
    }

    /// Notes what does not fit together.
    pub fn extend(&mut self, misfits: &[Misfit]) {
        for (file, line, column, fault) in misfits {
            self.push(name(*file), *line, column, *fault);
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As they are told: by file and line.
    pub fn told(mut self) -> (Vec<proto::DirectoryFault>, u32) {
        let place = |name: &str| FILES.iter().position(|(known, _)| *known == name);
        self.0.sort_by_key(|wrong| (place(&wrong.file), wrong.line));
        self.0.dedup();
        let all = self.0.len() as u32;
        let told = self.0.into_iter().take(TOLD).map(|wrong| proto::DirectoryFault {
            file: wrong.file,
            line: wrong.line,
            column: wrong.column,
            reason: wrong.reason.to_owned(),
            message: wrong.chinese,
            message_en: wrong.english,
        });
        (told.collect(), all)
    }
}

/// What was read of some files.
#[derive(Default)]
pub struct Reading {
    /// The good entries.
    pub entries: Entries,
    /// What is wrong with the others.
    pub faults: Faults,
    /// What all lines say of organisations, good or bad.
    pub mentions: Mentions,
    /// Which files there were.
    pub files: Vec<File>,
}

/// Reads the files of an import.
pub fn read(files: &[proto::DirectoryFile]) -> Result<Reading, Violations> {
    let mut reading = Reading::default();
    if files.is_empty() {
        let mut wrong = Violations::new();
        wrong.push("files", Fault::REQUIRED);
        return Err(wrong);
    }
    let mut rows = 0;
    for told in files {
        let Some((name, file)) = FILES.iter().find(|(name, _)| *name == told.name) else {
            reading.faults.push("", 0, "", UNKNOWN_FILE);
            continue;
        };
        if reading.files.contains(file) {
            reading.faults.push(name, 0, "", Fault::TOO_MANY);
            continue;
        }
        reading.files.push(*file);
        let Reading { entries, faults, mentions, .. } = &mut reading;
        rows += match file {
            File::Organizations => sheet(*file, &told.text, faults, &mut entries.organizations, mentions),
            File::Mediators => sheet(*file, &told.text, faults, &mut entries.mediators, mentions),
            File::Liaison => sheet(*file, &told.text, faults, &mut entries.officers, mentions),
            File::Lawyers => sheet(*file, &told.text, faults, &mut entries.lawyers, mentions),
        };
        if rows > MOST_ROWS {
            reading.faults.push(name, 0, "", Fault::TOO_MANY);
            return Ok(reading);
        }
    }
    Ok(reading)
}

/// All files of these entries.
pub fn written(entries: &Entries) -> Vec<proto::DirectoryFile> {
    let texts = [
        (text(&entries.organizations), entries.organizations.len()),
        (text(&entries.mediators), entries.mediators.len()),
        (text(&entries.officers), entries.officers.len()),
        (text(&entries.lawyers), entries.lawyers.len()),
    ];
    let files = FILES.iter().zip(texts);
    files
        .map(|((name, _), (text, rows))| proto::DirectoryFile {
            name: (*name).to_owned(),
            text,
            row_count: rows as u32,
        })
        .collect()
}

/// What a file is called.
fn name(file: File) -> &'static str {
    FILES.iter().find(|(_, known)| *known == file).map_or("", |(name, _)| name)
}

/// The cells of a row by their column; empty where the file has no such column.
struct Cells<'a> {
    columns: &'a HashMap<&'static str, usize>,
    record: &'a csv::StringRecord,
}

impl Cells<'_> {
    fn get(&self, column: &str) -> &str {
        self.columns.get(column).and_then(|at| self.record.get(*at)).unwrap_or_default()
    }

    /// The words of a cell that holds some.
    fn words(&self, column: &str) -> Vec<String> {
        words(self.get(column)).map(str::to_owned).collect()
    }
}

/// The words of a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let between = |c: char| c.is_whitespace() || matches!(c, ';' | '；' | ',' | '，' | '、');
    text.split(between).filter(|word| !word.is_empty())
}

/// Reads a file into `into`, and answers how many rows it has.
fn sheet<T: Row>(
    file: File,
    text: &str,
    faults: &mut Faults,
    into: &mut Vec<(u64, T)>,
    mentions: &mut Mentions,
) -> usize {
    let name = name(file);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let heads = reader.headers().cloned().unwrap_or_default();
    let at = reader.position().line().saturating_sub(1).max(1);
    let before = faults.0.len();
    let mut columns = HashMap::new();
    for (place, head) in heads.iter().enumerate() {
        match T::COLUMNS.iter().find(|known| **known == head) {
            None => faults.push(name, at, &format!("#{}", place + 1), UNKNOWN_COLUMN),
            Some(known) if columns.insert(*known, place).is_some() => {
                faults.push(name, at, known, Fault::TOO_MANY);
            }
            Some(_) => {}
        }
    }
    for needed in T::COLUMNS.iter().take(T::NEEDED).filter(|column| !columns.contains_key(**column)) {
        faults.push(name, at, needed, MISSING_COLUMN);
    }
    if faults.0.len() > before {
        return 0;
    }
    let absent = T::COLUMNS.iter().filter(|column| !columns.contains_key(**column));
    mentions.absent.extend(absent.map(|column| (file, *column)));
    let (mut rows, mut seen) = (0, HashSet::new());
    for record in reader.records() {
        rows += 1;
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                faults.push(name, line, "", Fault::FORMAT);
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != heads.len() {
            faults.push(name, line, "", CELLS);
            continue;
        }
        let cells = Cells { columns: &columns, record: &record };
        let key: Vec<&str> = T::KEY.iter().map(|column| cells.get(column)).collect();
        if !seen.insert(key.join("\u{1f}")) {
            faults.push(name, line, T::KEY.last().copied().unwrap_or_default(), REPEATED);
        }
        if file == File::Organizations {
            mentions.named.insert(key.concat());
        }
        let meant = cells.get(T::MEANS);
        if !meant.is_empty() {
            mentions.meant.push((file, line, T::MEANS, meant.to_owned()));
        }
        let mut wrong = Violations::new();
        let read = T::read(&cells, &mut wrong);
        into.extend(read.filter(|_| wrong.is_empty()).map(|row| (line, row)));
        faults.0.extend(wrong.into_vec().into_iter().map(|one| Wrong {
            file: name.to_owned(),
            line,
            column: one.field,
            reason: one.reason,
            english: one.english,
            chinese: one.chinese,
        }));
    }
    rows
}

/// A table as text.
fn text<T: Row>(rows: &[(u64, T)]) -> String {
    let mut writer = csv::Writer::from_writer(vec![]);
    let mut write = |cells: Vec<String>| writer.write_record(&cells);
    // Into memory and of one length: neither can fail.
    _ = write(T::COLUMNS.iter().map(|column| (*column).to_owned()).collect());
    for (_, row) in rows {
        _ = write(row.cells());
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}
