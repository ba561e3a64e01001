//! What the tests share: a house of two services with a table of their own, and a letter they write each other.
#![expect(dead_code, reason = "each test file uses its own part")]
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use courier::post::Consumers;
use courier::{Actor, Clock, Desk, Pace, Post, Reaction, Reactions, Transport, WriteList};
use migrations::rehearsal::Memory;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, Statement, TryGetable};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub const TABLE: Consumers = &[("intake", &["routing"])];

/// The letter: the step of a case, counted from 1.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Note {
    #[prost(uint64, tag = "1")]
    pub step: u64,
}

impl prost::Name for Note {
    const NAME: &'static str = "Note";
    const PACKAGE: &'static str = "supermarket.test.v1";
}

/// A kind that nobody reads.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Aside {}

impl prost::Name for Aside {
    const NAME: &'static str = "Aside";
    const PACKAGE: &'static str = "supermarket.test.v1";
}

/// A service's own table: which steps it has taken for a case, in order.
pub mod tally {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "tally")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub case_id: Uuid,
        pub version: i64,
        pub steps: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A table that does not exist.
pub mod absent {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "absent")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub const TALLY: &str = "CREATE TABLE IF NOT EXISTS tally (case_id uuid PRIMARY KEY, version bigint NOT NULL, steps text NOT NULL)";

/// A house of desks, in the mode of this run.
pub struct House {
    pub memory: Memory,
    pub clock: Clock,
}

impl House {
    pub async fn new() -> Self {
        House { memory: Memory::fresh().await, clock: Clock::system() }
    }

    /// Files in a folder of somebody else.
    pub fn at(folder: &Path) -> Self {
        House { memory: Memory::at(folder), clock: Clock::system() }
    }

    pub fn url(&self, name: &str) -> String {
        self.memory.url(name)
    }

    /// Opens a service's desk, made ready at the first time.
    pub async fn desk(&self, service: &'static str) -> Desk {
        let url = self.memory.prepared(service).await;
        self.memory.table(service, "tally", TALLY).await;
        Desk::open(service, &url, self.clock.clone()).await.unwrap()
    }
}

/// A hurried pace.
pub fn pace() -> Pace {
    Pace {
        resend_after: Duration::from_millis(60),
        resend_cap: Duration::from_millis(240),
        report_gap: Duration::from_millis(10),
        report_every: Duration::from_millis(50),
        retry_base: Duration::from_millis(5),
        retry_cap: Duration::from_millis(40),
        attempts: 4,
        // What is counted on the road is events.
        beat_every: Duration::MAX,
        ..Pace::default()
    }
}

pub async fn post(desk: &Desk, reactions: Reactions, road: &Arc<dyn Transport>) -> Post {
    Post::start_at(pace(), desk, reactions, road.clone(), TABLE, CancellationToken::new()).await.unwrap()
}

/// A new case with its first `letters` steps told.
pub fn opening(desk: &Desk, case: Uuid, letters: u64) -> WriteList {
    let stamp = desk.stamp(Actor::service(desk.service(), "442000"), "test.Open", None);
    let mut list = WriteList::new(&stamp, Some(case));
    let row = tally::ActiveModel { case_id: Set(case), version: Set(1), steps: Set(String::new()) };
    list.insert(row, "TALLY_EXISTS");
    for step in 1..=letters {
        list.post(case, step, &Note { step });
    }
    list
}

/// Says step `step` of `case`.
pub async fn say(desk: &Desk, case: Uuid, step: u64) {
    let stamp = desk.stamp(Actor::service(desk.service(), "442000"), "test.Say", None);
    let mut list = WriteList::new(&stamp, Some(case));
    list.post(case, step, &Note { step });
    desk.commit(list).await.unwrap();
}

/// Appends the step to the case's row: the effect that shows order and repetition.
pub fn tallying(desk: &Desk) -> Reactions {
    let desk = desk.clone();
    Reactions::of(desk.service()).on(move |heard: courier::Heard<Note>| {
        let desk = desk.clone();
        async move { Ok(Reaction::Write(append(&desk, &heard).await)) }
    })
}

pub async fn append(desk: &Desk, heard: &courier::Heard<Note>) -> WriteList {
    let mut list = WriteList::new(&heard.stamp, Some(heard.case));
    let step = heard.event.step;
    match tally::Entity::find_by_id(heard.case).one(desk.reader()).await.unwrap() {
        None => {
            let steps = Set(format!("{step} "));
            list.insert(
                tally::ActiveModel { case_id: Set(heard.case), version: Set(1), steps },
                "TALLY_EXISTS",
            );
        }
        Some(row) => {
            let change = tally::ActiveModel {
                case_id: Set(row.case_id),
                version: Set(row.version + 1),
                steps: Set(format!("{}{step} ", row.steps)),
            };
            list.update(change, row.version as u64, "STALE");
        }
    }
    list
}

/// What the tally of a case that took steps 1 to `n` once and in order looks like.
pub fn steps(n: u64) -> String {
    (1..=n).fold(String::new(), |steps, step| steps + &format!("{step} "))
}

pub async fn steps_of(desk: &Desk, case: Uuid) -> String {
    tally::Entity::find_by_id(case).one(desk.reader()).await.unwrap().map_or(String::new(), |row| row.steps)
}

pub async fn column<T: TryGetable>(desk: &Desk, sql: &str) -> Vec<T> {
    let query = Statement::from_string(desk.reader().get_database_backend(), sql);
    let rows = desk.reader().query_all_raw(query).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

pub async fn numbers(desk: &Desk) -> Vec<i64> {
    desk.number().await.unwrap();
    column(desk, "SELECT pub_seq FROM outbox ORDER BY pub_seq").await
}

pub async fn count(desk: &Desk, table: &str) -> i64 {
    column(desk, &format!("SELECT count(*) FROM {table}")).await[0]
}

/// Rows, letters and audit rows of a case.
pub async fn rows_of(desk: &Desk, case: Uuid) -> (u64, u64, u64) {
    let mut all = [0; 3];
    for (n, table) in ["tally", "outbox", "audit"].iter().enumerate() {
        let sql = format!("SELECT count(*) FROM {table} WHERE case_id = $1");
        let query = Statement::from_sql_and_values(desk.reader().get_database_backend(), sql, [case.into()]);
        let row = desk.reader().query_one_raw(query).await.unwrap().unwrap();
        all[n] = row.try_get_by_index::<i64>(0).unwrap() as u64;
    }
    (all[0], all[1], all[2])
}
