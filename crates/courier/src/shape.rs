//! The text of a list's statement, kept by the list's shape.
//!
//! A command writes the same tables and columns each time, so its statement differs only in the values. Putting the text
//! together costs more than anything else that a desk does for a list; so it is done once a shape. The shape is everything
//! the text depends on; the values are walked in the order in which the text names them.
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sea_orm::{DbBackend, Statement, Value};

use crate::render::{asks_for_null, columns};
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
    /// The statement of these steps and letters: from memory, or as `make` makes it.
    pub(crate) fn statement<E>(
        &self,
        steps: &[Step],
        letters: &[Letter],
        epoch: u32,
        make: impl FnOnce() -> Result<Statement, E>,
    ) -> Result<Statement, E> {
        let Some(shape) = shape(steps, letters) else { return make() };
        let values = values(steps, letters, epoch);
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = known().get(&shape) {
            return Ok(Statement::from_sql_and_values(DbBackend::Postgres, text, values));
        }
        let built = make()?;
        let same = built.values.as_ref().is_some_and(|own| own.0 == values);
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

fn conditions(matching: &[Cell]) -> impl Iterator<Item = &'static str> {
    matching
        .iter()
        .flat_map(|(column, value)| ["where", *column, if asks_for_null(value) { "is null" } else { "is" }])
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

fn asked(matching: &[Cell]) -> impl Iterator<Item = Value> {
    matching.iter().filter(|(_, value)| !asks_for_null(value)).map(|(_, value)| value.clone())
}

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::Value;

    use super::*;

    fn insert(column: &'static str, value: impl Into<Value>) -> Step {
        Step::Insert { table: "dispute", cells: vec![(column, value.into())], guard: "DISPUTE" }
    }

    fn update(value: Value, guard: Option<&'static str>) -> Step {
        Step::Update {
            table: "dispute",
            set: vec![("stage", 2.into())],
            matching: vec![("until", value)],
            guard,
        }
    }

    #[test]
    fn only_what_the_text_says_makes_a_shape() {
        let of = |step: Step| shape(&[step], &[]);
        assert_eq!(of(insert("id", 1)), of(insert("id", 2)));
        assert_ne!(of(insert("id", 1)), of(insert("ref", 1)));
        assert_ne!(of(update(1.into(), None)), of(update(Value::Int(None), None)), "is null is another text");
        assert_ne!(of(update(1.into(), None)), of(update(1.into(), Some("HELD"))));
        let page = Step::InsertNew { table: "inbox", columns: vec!["topic"], rows: vec![vec![]; ROWS + 1] };
        assert_eq!(of(page), None);
    }

    #[test]
    fn a_known_shape_is_not_built_again_and_gets_its_own_values() {
        let (texts, mut built) = (Texts::default(), 0);
        for value in [7, 8] {
            let steps = [insert("id", value), update(Value::Int(None), None)];
            let statement = texts.statement(&steps, &[], 1, || {
                built += 1;
                let values: Vec<Value> = vec![value.into(), 2.into()];
                Ok::<_, ()>(Statement::from_sql_and_values(DbBackend::Postgres, "the text", values))
            });
            let statement = statement.unwrap();
            assert_eq!(statement.sql, "the text");
            assert_eq!(statement.values.unwrap().0, [value.into(), 2.into()]);
        }
        assert_eq!(built, 1);
    }
}
