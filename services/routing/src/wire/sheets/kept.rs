//! A column that a file does not have says nothing: what is stored of a line stays.

use std::collections::HashMap;

use lexicon::{Fault, Violations};

use super::Cells;
use super::rows::Row;
use crate::model::{Entries, File, Mentions, Misfit};

/// What a line says does not fit what is kept of it.
const KEPT_MISFITS: Fault = Fault {
    reason: "KEPT_MISFITS",
    english: "The file has no such column, and what is kept of it does not fit what this line says: add the column.",
    chinese: "文件缺少这一列，而原有内容与本行不符，请补上该列。",
};

/// These entries with what is stored of them in the columns that their files do not have.
pub fn filled(file: &Entries, mentions: &Mentions, stored: &Entries) -> Result<Entries, Vec<Misfit>> {
    let mut misfits = vec![];
    let filled = Entries {
        organizations: keep(
            File::Organizations,
            &file.organizations,
            &stored.organizations,
            mentions,
            &mut misfits,
        ),
        mediators: keep(File::Mediators, &file.mediators, &stored.mediators, mentions, &mut misfits),
        officers: keep(File::Liaison, &file.officers, &stored.officers, mentions, &mut misfits),
        lawyers: file.lawyers.clone(),
    };
    if misfits.is_empty() { Ok(filled) } else { Err(misfits) }
}

fn keep<T: Row + Clone>(
    file: File,
    lines: &[(u64, T)],
    stored: &[(u64, T)],
    mentions: &Mentions,
    misfits: &mut Vec<Misfit>,
) -> Vec<(u64, T)> {
    let columns: HashMap<&'static str, usize> =
        T::COLUMNS.iter().enumerate().map(|(place, column)| (*column, place)).collect();
    let absent: Vec<&'static str> =
        T::COLUMNS.iter().copied().filter(|column| mentions.absent.contains(&(file, *column))).collect();
    if absent.is_empty() {
        return lines.to_vec();
    }
    let key = |cells: &[String]| -> Vec<String> {
        T::KEY.iter().map(|column| cells[columns[column]].clone()).collect()
    };
    let known: HashMap<Vec<String>, Vec<String>> = stored
        .iter()
        .map(|(_, one)| {
            let cells = one.cells();
            (key(&cells), cells)
        })
        .collect();
    let whole = |(line, one): &(u64, T)| {
        let mut cells = one.cells();
        let Some(before) = known.get(&key(&cells)) else { return (*line, one.clone()) };
        for column in &absent {
            cells[columns[column]].clone_from(&before[columns[column]]);
        }
        let (record, mut wrong) = (csv::StringRecord::from(cells), Violations::new());
        let read = T::read(&Cells { columns: &columns, record: &record }, &mut wrong);
        let read = read.filter(|_| wrong.is_empty());
        if read.is_none() {
            misfits.push((file, *line, absent[0], KEPT_MISFITS));
        }
        (*line, read.unwrap_or_else(|| one.clone()))
    };
    lines.iter().map(whole).collect()
}
