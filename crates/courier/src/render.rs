//! From a step to SQL, in the words of the connection's database.
use sea_orm::sea_query::{
    DeleteStatement, Expr, ExprTrait, InsertStatement, IntoCondition, OnConflict, Query, SelectStatement,
    UpdateStatement,
};
use sea_orm::{Condition, ConnectionTrait, DbErr, SqlErr, Value};

use crate::fault::{CommitError, Fault};
use crate::write_list::{Cell, Step};

/// A step as a statement.
pub(crate) enum Written {
    Insert(InsertStatement),
    Update(UpdateStatement),
    Delete(DeleteStatement),
}

/// Writes one step. A lost guard or an error leaves the savepoint to the caller.
pub(crate) async fn run(db: &impl ConnectionTrait, step: &Step) -> Result<(), CommitError> {
    let done = match write(step)? {
        Written::Insert(insert) => db.execute(&insert).await,
        Written::Update(update) => db.execute(&update).await,
        Written::Delete(delete) => db.execute(&delete).await,
    };
    match (step, done) {
        (Step::Insert { guard, .. }, Err(error))
            if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) =>
        {
            Err(CommitError::Lost(guard))
        }
        (Step::Update { guard: Some(guard), .. }, Ok(result)) if result.rows_affected() == 0 => {
            Err(CommitError::Lost(guard))
        }
        (_, Ok(_)) => Ok(()),
        (step, Err(error)) => Err(failed(step, error)),
    }
}

/// The statement of a step.
pub(crate) fn write(step: &Step) -> Result<Written, CommitError> {
    Ok(match step {
        Step::Insert { table, cells, .. } => Written::Insert(insert(table, cells)?),
        Step::InsertNew { table, columns, rows } => {
            let mut insert = Query::insert();
            insert.into_table(*table).columns(columns.iter().copied());
            for row in rows {
                insert.values(row.iter().cloned().map(Expr::val)).map_err(|_| malformed(table))?;
            }
            insert.on_conflict(OnConflict::new().do_nothing().to_owned());
            Written::Insert(insert)
        }
        Step::Upsert { table, key, cells } => {
            let mut insert = insert(table, cells)?;
            let rest: Vec<&'static str> = columns(cells).filter(|column| !key.contains(column)).collect();
            let mut conflict = OnConflict::columns(key.iter().copied());
            if rest.is_empty() {
                conflict.do_nothing()
            } else {
                conflict.update_columns(rest)
            };
            insert.on_conflict(conflict);
            Written::Insert(insert)
        }
        Step::Update { table, set, matching, .. } => {
            let mut update = Query::update();
            update.table(*table).cond_where(condition(matching));
            update.values(set.iter().map(|(column, value)| (*column, Expr::val(value.clone()))));
            Written::Update(update)
        }
        Step::Delete { table, matching } => {
            let mut delete = Query::delete();
            delete.from_table(*table).cond_where(condition(matching));
            Written::Delete(delete)
        }
    })
}

/// The question whether any row matches.
pub(crate) fn look(table: &'static str, matching: &[Cell]) -> SelectStatement {
    Query::select().expr(Expr::cust("1")).from(table).cond_where(condition(matching)).limit(1).to_owned()
}

fn insert(table: &'static str, cells: &[Cell]) -> Result<InsertStatement, CommitError> {
    let mut insert = Query::insert();
    insert.into_table(table).columns(columns(cells));
    let values = cells.iter().map(|(_, value)| Expr::val(value.clone()));
    insert.values(values).map_err(|_| malformed(table))?;
    Ok(insert)
}

/// The names of the cells' columns.
pub(crate) fn columns(cells: &[Cell]) -> impl Iterator<Item = &'static str> {
    cells.iter().map(|(column, _)| *column)
}

fn condition(matching: &[Cell]) -> Condition {
    matching
        .iter()
        .fold(Condition::all(), |all, (column, value)| {
            let column = Expr::col(*column);
            all.add(if asks_for_null(value) { column.is_null() } else { column.eq(value.clone()) })
        })
        .into_condition()
}

/// A null in a condition asks whether there is none, and is no value of the statement.
pub(crate) fn asks_for_null(value: &Value) -> bool {
    *value == value.as_null()
}

fn failed(step: &Step, error: DbErr) -> CommitError {
    let what = match step {
        Step::Insert { .. } | Step::InsertNew { .. } => "insert into",
        Step::Upsert { .. } => "upsert into",
        Step::Update { .. } => "update of",
        Step::Delete { .. } => "delete from",
    };
    CommitError::Fault(Fault::new(format!("{what} {}", step.table()), error))
}

fn malformed(table: &str) -> CommitError {
    CommitError::Fault(Fault::plain(format!("insert into {table}"), "rows set different columns"))
}
