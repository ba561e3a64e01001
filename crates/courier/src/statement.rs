//! A write list as PostgreSQL statements: one, wherever its steps do not touch the same rows.
//!
//! Every step is a data-modifying part of one `WITH`. A statement is written whole or not at all, so a guard that found no
//! row has only to raise an error, and nothing of the list is there; a conflict with a unique key does so by itself. The
//! parts of a statement all see the rows as they were before it, and none may write a row that another one writes: a step
//! that might begins another statement, and the list then is a short transaction.
use sea_orm::sea_query::{
    CommonTableExpression, Expr, InsertStatement, PostgresQueryBuilder, Query, ReturningClause, WithClause,
};
use sea_orm::{DbBackend, Statement};

use crate::fault::{CommitError, Fault};
use crate::render::{self, Written};
use crate::shape::Texts;
use crate::write_list::{Letter, Step, WriteList};

/// The SQLSTATE that the database function `courier_must` raises; its message is the guard's name.
pub(crate) const GUARD_LOST: &str = "SM001";
/// The guard of every list: a desk that was opened before a restore must give no number of the epoch that is over.
pub(crate) const EPOCH: &str = "EPOCH";

/// The statements of a list, in their order.
pub(crate) fn of(list: &WriteList, epoch: u32, texts: &Texts) -> Result<Vec<Statement>, CommitError> {
    if let Some(why) = list.broken {
        return Err(CommitError::Fault(Fault::plain("a write list is malformed", why)));
    }
    let mut waves = waves(&list.steps);
    if waves.is_empty() && !list.letters.is_empty() {
        waves.push(&[]);
    }
    let end = waves.len().saturating_sub(1);
    let statements = waves.into_iter().enumerate().map(|(place, wave)| {
        // What is said goes with the last of what is done.
        let said: &[Letter] = if place == end { &list.letters } else { &[] };
        texts.statement(wave, said, epoch, || statement(wave, said, epoch))
    });
    statements.collect()
}

/// Steps that may share a statement, in their order.
fn waves(steps: &[Step]) -> Vec<&[Step]> {
    let mut waves = vec![];
    let mut begin = 0;
    for at in 1..=steps.len() {
        if at == steps.len() || steps[begin..at].iter().any(|before| !may_share(before, &steps[at])) {
            waves.push(&steps[begin..at]);
            begin = at;
        }
    }
    waves
}

/// Whether the later step finds what it should although it does not see what the earlier one does, and cannot meet its
/// rows. New rows stand beside each other and beside an update, which looks at rows that were there before.
fn may_share(before: &Step, after: &Step) -> bool {
    let is_new = |step: &Step| matches!(step, Step::Insert { .. } | Step::InsertNew { .. });
    before.table() != after.table()
        || (is_new(after) && (is_new(before) || matches!(before, Step::Update { .. })))
}

fn statement(steps: &[Step], said: &[Letter], epoch: u32) -> Result<Statement, CommitError> {
    let mut with = WithClause::new();
    let mut counts = vec![format!("(SELECT count(*) FROM epoch WHERE epoch = {epoch})")];
    let mut guards = vec![format!("'{EPOCH}'")];
    for (place, step) in steps.iter().enumerate() {
        let name = format!("s{place}");
        let mut part = CommonTableExpression::new();
        // An insert's guard is its table's key, which speaks for itself. It is counted all the same where an update could meet
        // another unique key: what is counted is written in this order, and the first guard is the one that is told.
        let judged = match step {
            Step::Update { guard, .. } => *guard,
            Step::Insert { guard, .. } if steps[place..].iter().any(is_update) => Some(*guard),
            _ => None,
        };
        match render::write(step)? {
            Written::Insert(insert) if judged.is_none() => part.query(insert),
            Written::Insert(mut insert) => part.query(insert.returning(one()).to_owned()),
            Written::Update(mut update) => part.query(update.returning(one()).to_owned()),
            Written::Delete(delete) => part.query(delete),
        };
        if let Some(guard) = judged {
            counts.push(format!("(SELECT count(*) FROM {name})"));
            guards.push(format!("'{}'", guard.replace('\'', "''")));
        }
        with.cte(part.table_name(name).to_owned());
    }
    if let Some(said) = letters(said, epoch)? {
        with.cte(CommonTableExpression::new().query(said).table_name("said").to_owned());
    }
    let last = format!("courier_must(ARRAY[{}], ARRAY[{}])", counts.join(", "), guards.join(", "));
    let (sql, values) =
        Query::select().expr(Expr::cust(last)).to_owned().with(with).build(PostgresQueryBuilder);
    Ok(Statement::from_sql_and_values(DbBackend::Postgres, sql, values))
}

fn is_update(step: &Step) -> bool {
    matches!(step, Step::Update { .. })
}

fn one() -> ReturningClause {
    Query::returning().expr(Expr::cust("1"))
}

/// The letters as rows of the outbox, still without numbers.
fn letters(letters: &[Letter], epoch: u32) -> Result<Option<InsertStatement>, CommitError> {
    if letters.is_empty() {
        return Ok(None);
    }
    let mut insert = Query::insert();
    insert.into_table("outbox").columns(Letter::COLUMNS);
    for letter in letters {
        let malformed =
            |_| CommitError::Fault(Fault::plain("insert into outbox", "rows set different columns"));
        insert.values(letter.row(epoch).map(Expr::val)).map_err(malformed)?;
    }
    Ok(Some(insert))
}
