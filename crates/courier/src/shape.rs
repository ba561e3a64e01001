//! The text of a list's statement, kept by the list's shape.
//!
//! A command writes the same tables and columns each time, so its statement differs only in the values. Putting the text
//! together costs more than anything else that a desk does for a list; so it is done once a shape. The shape is everything
//! the text depends on; the values are walked in the order in which the text names them.
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sea_orm::{DbBackend, Statement, Value};

use crate::write_list::{Cell, Letter, Step};

/// Texts kept at most; a service has some tens of shapes.
const MOST: usize = 512;
/// Rows of one step that are still worth a text of their own: pages of news come in every size.
const ROWS: usize = 8;

/// What the text of a statement depends on, word by word.
type Shape = Vec<&'static str>;

/// The texts that are known.
#[derive(Default)]
pub(crate) struct Texts(Mutex<HashMap<Shape, String>>);

impl Texts {
    /// The statement of these steps and letters: from memory, or as `build` makes it.
    pub(crate) fn statement<E>(
        &self,
        steps: &[Step],
        letters: &[Letter],
        epoch: u32,
        build: impl FnOnce() -> Result<Statement, E>,
    ) -> Result<Statement, E> {
        let Some(shape) = shape(steps, letters) else { return build() };
        let values = values(steps, letters, epoch);
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = known().get(&shape) {
            return Ok(Statement::from_sql_and_values(DbBackend::Postgres, text, values));
        }
        let built = build()?;
        let same = built.values.as_ref().is_some_and(|built| built.0 == values);
        debug_assert!(same, "the values are not walked in the text's order: {}", built.sql);
        let mut known = known();
        if same && known.len() < MOST {
            known.insert(shape, built.sql.clone());
        }
        Ok(built)
    }
}

/// Nothing where a step has so many rows that its text would hardly be asked for again.
fn shape(steps: &[Step], letters: &[Letter]) -> Option<Shape> {
    let mut shape = Vec::with_capacity(96);
    for step in steps {
        let guard = step.guard().unwrap_or_default();
        shape.push(step.table());
        match step {
            Step::Insert { cells, .. } => {
                shape.extend(["insert", guard]);
                shape.extend(columns(cells));
            }
            Step::InsertNew { columns, rows, .. } => {
                if rows.len() > ROWS {
                    return None;
                }
                shape.push("insert new");
                shape.extend(columns);
                shape.extend(rows.iter().map(|_| "row"));
            }
            Step::Upsert { key, cells, .. } => {
                shape.push("upsert");
                shape.extend(key);
                shape.push("cells");
                shape.extend(columns(cells));
            }
            Step::Update { set, matching, .. } => {
                shape.extend(["update", guard]);
                shape.extend(columns(set));
                shape.extend(conditions(matching));
            }
            Step::Delete { matching, .. } => {
                shape.push("delete");
                shape.extend(conditions(matching));
            }
        }
        // An update that must find a row is another text than one that need not.
        shape.push(if step.guard().is_some() { "guarded;" } else { ";" });
    }
    shape.extend(letters.iter().map(|_| "letter"));
    (letters.len() <= ROWS).then_some(shape)
}

fn columns(cells: &[Cell]) -> impl Iterator<Item = &'static str> {
    cells.iter().map(|(column, _)| *column)
}

fn conditions(matching: &[Cell]) -> impl Iterator<Item = &'static str> {
    matching.iter().flat_map(|(column, value)| {
        ["where", *column, if *value == value.as_null() { "is null" } else { "is" }]
    })
}

fn values(steps: &[Step], letters: &[Letter], epoch: u32) -> Vec<Value> {
    let mut all = Vec::with_capacity(96);
    for step in steps {
        match step {
            Step::Insert { cells, .. } | Step::Upsert { cells, .. } => all.extend(own(cells)),
            Step::InsertNew { rows, .. } => all.extend(rows.iter().flatten().cloned()),
            Step::Update { set, matching, .. } => {
                all.extend(own(set));
                all.extend(asked(matching));
            }
            Step::Delete { matching, .. } => all.extend(asked(matching)),
        }
    }
    all.extend(letters.iter().flat_map(|letter| letter.row(epoch)));
    all
}

fn own(cells: &[Cell]) -> impl Iterator<Item = Value> {
    cells.iter().map(|(_, value)| value.clone())
}

/// "Is null" asks without a value.
fn asked(matching: &[Cell]) -> impl Iterator<Item = Value> {
    matching.iter().filter(|(_, value)| *value != value.as_null()).map(|(_, value)| value.clone())
}
