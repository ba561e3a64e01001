//! The whole effect of one command, as data.
//!
//! A list says what to write and on which conditions ("guards"), not how. The desk writes it whole or not at all. On
//! SQLite it runs in a savepoint of the single writer's transaction; on PostgreSQL the same list becomes one
//! data-modifying statement, because nothing in it waits for an answer in between.
use prost::{Message, Name};
use sea_orm::{
    ActiveModelTrait, ActiveValue, EntityName, EntityTrait, IdenStatic, Iterable, PrimaryKeyToColumn, Value,
};
use uuid::Uuid;

use crate::Stamp;
use crate::rows::audit;

/// What one letter may hold, far below what a broker carries (1 MiB as NATS comes): one that cannot travel would stop its
/// topic.
const LETTER_BYTES: usize = 256 * 1024;

/// A column and its value.
pub(crate) type Cell = (&'static str, Value);

/// One thing to write.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A new row; a conflict loses the guard.
    Insert { table: &'static str, cells: Vec<Cell>, guard: &'static str },
    /// New rows; one that conflicts is left out.
    InsertNew { table: &'static str, columns: Vec<&'static str>, rows: Vec<Vec<Value>> },
    /// A row that replaces the one with the same key.
    Upsert { table: &'static str, key: Vec<&'static str>, cells: Vec<Cell> },
    /// A change of the rows that match; with a guard, at least one must.
    Update { table: &'static str, set: Vec<Cell>, matching: Vec<Cell>, guard: Option<&'static str> },
    /// The end of the rows that match.
    Delete { table: &'static str, matching: Vec<Cell> },
}

impl Step {
    pub(crate) fn table(&self) -> &'static str {
        match self {
            Step::Insert { table, .. }
            | Step::InsertNew { table, .. }
            | Step::Upsert { table, .. }
            | Step::Update { table, .. }
            | Step::Delete { table, .. } => table,
        }
    }

    /// What is lost when the step does not find what it needs.
    pub(crate) fn guard(&self) -> Option<&'static str> {
        match self {
            Step::Insert { guard, .. } => Some(guard),
            Step::Update { guard, .. } => *guard,
            Step::InsertNew { .. } | Step::Upsert { .. } | Step::Delete { .. } => None,
        }
    }
}

/// An event to say; it gets its numbers when the list is written.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) id: Uuid,
    pub(crate) kind: String,
    pub(crate) centre: String,
    pub(crate) case: Uuid,
    pub(crate) version: u64,
    pub(crate) at: chrono::DateTime<chrono::Utc>,
    pub(crate) trace: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Letter {
    /// What a row of the outbox has before it is numbered.
    pub(crate) const COLUMNS: [&str; 9] =
        ["event_id", "epoch", "kind", "centre", "case_id", "version", "at", "trace", "body"];

    /// The values of these columns.
    pub(crate) fn row(&self, epoch: u32) -> [Value; 9] {
        let Letter { id, kind, centre, case, version, at, trace, body } = self.clone();
        [
            id.into(),
            i64::from(epoch).into(),
            kind.into(),
            centre.into(),
            case.into(),
            (version as i64).into(),
            at.into(),
            trace.into(),
            body.into(),
        ]
    }
}

/// A command's whole effect. Steps are written in the order in which they were added.
#[derive(Clone)]
pub struct WriteList {
    pub(crate) steps: Vec<Step>,
    pub(crate) letters: Vec<Letter>,
    /// Set when the list was built wrongly; the desk then refuses it.
    pub(crate) broken: Option<&'static str>,
    stamp: Option<Box<Stamp>>,
}

impl WriteList {
    /// An empty list that carries the one audit row of the unit of work.
    pub fn new(stamp: &Stamp, case: Option<Uuid>) -> Self {
        let row = audit::ActiveModel {
            id: ActiveValue::Set(stamp.id()),
            at: ActiveValue::Set(stamp.now),
            centre: ActiveValue::Set(stamp.by.centre.clone()),
            org: ActiveValue::Set(stamp.by.org.clone()),
            account: ActiveValue::Set(stamp.by.account.clone()),
            role: ActiveValue::Set(stamp.by.role.clone()),
            method: ActiveValue::Set(stamp.method.to_owned()),
            case_id: ActiveValue::Set(case),
        };
        let audit = Step::Insert { table: audit::Entity.table_name(), cells: cells(row), guard: "AUDIT_ID" };
        WriteList { steps: vec![audit], letters: vec![], broken: None, stamp: Some(Box::new(stamp.clone())) }
    }

    /// The courier's own book-keeping, which no person did and no audit row tells of.
    pub(crate) fn bookkeeping() -> Self {
        WriteList { steps: vec![], letters: vec![], broken: None, stamp: None }
    }

    /// A new row. A conflict with a primary or unique key loses `guard`.
    pub fn insert<A: ActiveModelTrait>(&mut self, row: A, guard: &'static str) -> &mut Self {
        self.push(Step::Insert { table: table::<A::Entity>(), cells: cells(row), guard })
    }

    /// A new row, unless one conflicts with it.
    pub fn insert_new<A: ActiveModelTrait>(&mut self, row: A) -> &mut Self {
        let (columns, values) = cells(row).into_iter().unzip();
        self.push(Step::InsertNew { table: table::<A::Entity>(), columns, rows: vec![values] })
    }

    /// Many new rows in one statement, each unless one conflicts with it. All rows set the same columns.
    pub fn insert_new_rows<A: ActiveModelTrait>(&mut self, rows: impl IntoIterator<Item = A>) -> &mut Self {
        let mut columns = vec![];
        let rows: Vec<Vec<Value>> = rows
            .into_iter()
            .map(|row| {
                let values;
                (columns, values) = cells(row).into_iter().unzip();
                values
            })
            .collect();
        if rows.is_empty() {
            return self;
        }
        self.push(Step::InsertNew { table: table::<A::Entity>(), columns, rows })
    }

    /// A row that takes the place of the one with the same primary key; columns not set stay as they are.
    pub fn upsert<A: ActiveModelTrait>(&mut self, row: A) -> &mut Self {
        self.push(Step::Upsert { table: table::<A::Entity>(), key: key::<A::Entity>(), cells: cells(row) })
    }

    /// Writes the set columns of `row` if the stored row still has `version`; else `guard` is lost. The row carries its
    /// primary key and its new version.
    pub fn update<A: ActiveModelTrait>(&mut self, row: A, version: u64, guard: &'static str) -> &mut Self {
        let key = key::<A::Entity>();
        let (mut matching, mut set) = (vec![], vec![]);
        for (column, value, changed) in values(row) {
            if key.contains(&column) {
                matching.push((column, value));
            } else if changed {
                set.push((column, value));
            }
        }
        if matching.len() != key.len() {
            return self.refuse("an update's row lacks its primary key");
        }
        if set.iter().all(|(column, _)| *column != "version") {
            return self.refuse("an update's row lacks its new version");
        }
        matching.push(("version", Value::from(version as i64)));
        self.push(Step::Update { table: table::<A::Entity>(), set, matching, guard: Some(guard) })
    }

    /// Writes `set` into every row that matches. With a guard, no matching row loses it. A null in `matching` means
    /// "is null".
    pub fn update_where<E: EntityTrait>(
        &mut self,
        set: Vec<(E::Column, Value)>,
        matching: Vec<(E::Column, Value)>,
        guard: Option<&'static str>,
    ) -> &mut Self {
        if set.is_empty() {
            return self.refuse("an update sets nothing");
        }
        self.push(Step::Update {
            table: table::<E>(),
            set: named::<E>(set),
            matching: named::<E>(matching),
            guard,
        })
    }

    /// Deletes every row that matches; a list without conditions is refused.
    pub fn delete_where<E: EntityTrait>(&mut self, matching: Vec<(E::Column, Value)>) -> &mut Self {
        if matching.is_empty() {
            return self.refuse("a delete without conditions");
        }
        self.push(Step::Delete { table: table::<E>(), matching: named::<E>(matching) })
    }

    /// Says `event` about `case`, which has `version` since this change, on this service's topic.
    pub fn post<M: Message + Name>(&mut self, case: Uuid, version: u64, event: &M) -> &mut Self {
        let Some(stamp) = &self.stamp else {
            return self.refuse("book-keeping says nothing");
        };
        let body = event.encode_to_vec();
        if body.len() > LETTER_BYTES {
            return self.refuse("a letter is longer than a broker carries");
        }
        self.letters.push(Letter {
            id: stamp.id(),
            kind: M::full_name(),
            centre: stamp.by.centre.clone(),
            case,
            version,
            at: stamp.now,
            trace: stamp.trace.clone(),
            body,
        });
        self
    }

    /// The guard of this name.
    pub(crate) fn guard(&self, name: &str) -> Option<&'static str> {
        self.steps.iter().filter_map(Step::guard).find(|guard| *guard == name)
    }

    /// What a conflict with a row of `table` loses: the guard of its first insert.
    pub(crate) fn insert_guard(&self, table: &str) -> Option<&'static str> {
        let inserts = self.steps.iter().filter(|step| matches!(step, Step::Insert { .. }));
        inserts.filter(|step| step.table() == table).find_map(Step::guard)
    }

    /// Puts `step` in front, so that its guard is the first to be judged.
    pub(crate) fn first(&mut self, step: Step) {
        self.steps.insert(0, step);
    }

    fn push(&mut self, step: Step) -> &mut Self {
        self.steps.push(step);
        self
    }

    fn refuse(&mut self, why: &'static str) -> &mut Self {
        self.broken.get_or_insert(why);
        self
    }
}

fn table<E: EntityTrait>() -> &'static str {
    E::default().table_name()
}

fn key<E: EntityTrait>() -> Vec<&'static str> {
    E::PrimaryKey::iter().map(|key| key.into_column().as_str()).collect()
}

/// The columns that have a value, changed or not.
fn cells<A: ActiveModelTrait>(row: A) -> Vec<Cell> {
    values(row).map(|(column, value, _)| (column, value)).collect()
}

/// The columns that have a value, and whether it is set anew.
fn values<A: ActiveModelTrait>(mut row: A) -> impl Iterator<Item = (&'static str, Value, bool)> {
    <A::Entity as EntityTrait>::Column::iter().filter_map(move |column| match row.take(column) {
        ActiveValue::Set(value) => Some((column.as_str(), value, true)),
        ActiveValue::Unchanged(value) => Some((column.as_str(), value, false)),
        ActiveValue::NotSet => None,
    })
}

fn named<E: EntityTrait>(cells: Vec<(E::Column, Value)>) -> Vec<Cell> {
    cells.into_iter().map(|(column, value)| (column.as_str(), value)).collect()
}
