//! From a step to SQL, in the words of the connection's database.
use sea_orm::sea_query::{Expr, ExprTrait, IntoCondition, OnConflict, Query};
use sea_orm::{Condition, ConnectionTrait, DbErr, SqlErr};

use crate::fault::{CommitError, Fault};
use crate::write_list::{Cell, Step};

/// Writes one step. A lost guard or an error leaves the savepoint to the caller.
pub(crate) async fn run(db: &impl ConnectionTrait, step: &Step) -> Result<(), CommitError> {
    match step {
        Step::Insert { table, cells, guard } => {
            let mut insert = Query::insert();
            insert.into_table(*table).columns(columns(cells));
            insert.values(values(cells)).map_err(|_| malformed(table))?;
            match db.execute(&insert).await {
                Ok(_) => Ok(()),
                Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
                    Err(CommitError::Lost(guard))
                }
                Err(error) => Err(failed("insert into", table, error)),
            }
        }
        Step::InsertNew { table, columns, rows } => {
            let mut insert = Query::insert();
            insert.into_table(*table).columns(columns.iter().copied());
            for row in rows {
                insert.values(row.iter().cloned().map(Expr::val)).map_err(|_| malformed(table))?;
            }
            insert.on_conflict(OnConflict::new().do_nothing().to_owned());
            db.execute(&insert).await.map(drop).map_err(|error| failed("insert into", table, error))
        }
        Step::Upsert { table, key, cells } => {
            let mut insert = Query::insert();
            insert.into_table(*table).columns(columns(cells));
            insert.values(values(cells)).map_err(|_| malformed(table))?;
            let rest: Vec<&'static str> = columns(cells).filter(|column| !key.contains(column)).collect();
            let mut conflict = OnConflict::columns(key.iter().copied());
            if rest.is_empty() {
                conflict.do_nothing()
            } else {
                conflict.update_columns(rest)
            };
            insert.on_conflict(conflict);
            db.execute(&insert).await.map(drop).map_err(|error| failed("upsert into", table, error))
        }
        Step::Update { table, set, matching, guard } => {
            let mut update = Query::update();
            update.table(*table).cond_where(condition(matching));
            update.values(set.iter().map(|(column, value)| (*column, Expr::val(value.clone()))));
            let result = db.execute(&update).await.map_err(|error| failed("update of", table, error))?;
            match guard {
                Some(guard) if result.rows_affected() == 0 => Err(CommitError::Lost(guard)),
                _ => Ok(()),
            }
        }
        Step::Delete { table, matching } => {
            let mut delete = Query::delete();
            delete.from_table(*table).cond_where(condition(matching));
            db.execute(&delete).await.map(drop).map_err(|error| failed("delete from", table, error))
        }
    }
}

fn columns(cells: &[Cell]) -> impl Iterator<Item = &'static str> {
    cells.iter().map(|(column, _)| *column)
}

fn values(cells: &[Cell]) -> impl Iterator<Item = Expr> {
    cells.iter().map(|(_, value)| Expr::val(value.clone()))
}

fn condition(matching: &[Cell]) -> Condition {
    matching
        .iter()
        .fold(Condition::all(), |all, (column, value)| {
            let column = Expr::col(*column);
            all.add(if *value == value.as_null() { column.is_null() } else { column.eq(value.clone()) })
        })
        .into_condition()
}

fn failed(what: &str, table: &str, error: DbErr) -> CommitError {
    CommitError::Fault(Fault::new(format!("{what} {table}"), error))
}

fn malformed(table: &str) -> CommitError {
    CommitError::Fault(Fault::plain(format!("insert into {table}"), "rows set different columns"))
}
