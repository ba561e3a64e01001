//! Numbers for the events of a list, given while it is written.
//!
//! `pub_seq` must be dense, or a consumer could not tell a lost event from one that never was. So it comes from a counter
//! row that rolls back with the list, never from a database sequence. The single writer holds the counter in memory for
//! the length of one commit: it reads it once, numbers, takes numbers back with a list that failed, and writes it once.
//! (On PostgreSQL, with many writers, a numbering step of the relay does this afterwards.)
use std::collections::HashMap;

use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, Statement};
use uuid::Uuid;

use crate::fault::{CommitError, Fault};
use crate::render;
use crate::rows::outbox;
use crate::write_list::{Letter, WriteList};

/// The counter, for the length of one commit.
pub(crate) struct Numbering {
    read: i64,
    next: i64,
}

impl Numbering {
    /// Reads the counter.
    pub(crate) async fn begin(db: &impl ConnectionTrait) -> Result<Self, DbErr> {
        let query = Statement::from_string(
            db.get_database_backend(),
            "SELECT next_pub_seq FROM counter WHERE id = 1",
        );
        let row =
            db.query_one_raw(query).await?.ok_or_else(|| DbErr::RecordNotFound("counter".to_owned()))?;
        let next: i64 = row.try_get_by_index(0)?;
        Ok(Numbering { read: next, next })
    }

    /// The next number: what [`back_to`](Self::back_to) needs when a list fails.
    pub(crate) fn mark(&self) -> i64 {
        self.next
    }

    /// Takes the numbers given since `mark` back.
    pub(crate) fn back_to(&mut self, mark: i64) {
        self.next = mark;
    }

    /// Numbers the letters and writes them to the outbox.
    pub(crate) async fn number(
        &mut self,
        db: &impl ConnectionTrait,
        epoch: u32,
        letters: &[Letter],
    ) -> Result<(), CommitError> {
        if letters.is_empty() {
            return Ok(());
        }
        let mut newest: HashMap<Uuid, i64> = HashMap::new();
        let mut list = WriteList::bookkeeping();
        for letter in letters {
            let after = match newest.get(&letter.case) {
                Some(seq) => *seq,
                None => {
                    previous(db, letter.case).await.map_err(|error| Fault::new("number an event", error))?
                }
            };
            let seq = self.next;
            self.next += 1;
            newest.insert(letter.case, seq);
            let letter = letter.clone();
            let row = outbox::ActiveModel {
                event_id: Set(letter.id),
                epoch: Set(i64::from(epoch)),
                pub_seq: Set(seq),
                after_seq: Set(after),
                kind: Set(letter.kind),
                centre: Set(letter.centre),
                case_id: Set(letter.case),
                version: Set(letter.version as i64),
                at: Set(letter.at),
                trace: Set(letter.trace),
                body: Set(letter.body),
            };
            list.insert(row, "OUTBOX_NUMBER");
        }
        for step in &list.steps {
            render::run(db, step).await?;
        }
        Ok(())
    }

    /// Writes the counter, if a list that stays took numbers.
    pub(crate) async fn finish(&self, db: &impl ConnectionTrait) -> Result<(), DbErr> {
        if self.next == self.read {
            return Ok(());
        }
        let backend = db.get_database_backend();
        let update = "UPDATE counter SET next_pub_seq = $1 WHERE id = 1";
        db.execute_raw(Statement::from_sql_and_values(backend, update, [self.next.into()])).await.map(drop)
    }
}

pub(crate) const PREVIOUS: &str = "SELECT max(pub_seq) FROM outbox WHERE case_id = $1";

/// The number of the case's last event, 0 if it has none.
async fn previous(db: &impl ConnectionTrait, case: Uuid) -> Result<i64, DbErr> {
    let query = Statement::from_sql_and_values(db.get_database_backend(), PREVIOUS, [case.into()]);
    match db.query_one_raw(query).await? {
        Some(row) => Ok(row.try_get_by_index::<Option<i64>>(0)?.unwrap_or(0)),
        None => Ok(0),
    }
}
