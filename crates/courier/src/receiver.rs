//! The receiver: makes what arrives durable, and reports how far it is.
//!
//! Store first: an event counts as delivered when its inbox row is on the disk, whatever becomes of its effect. The
//! watermark is the highest number up to which every row is there; it is written with the rows. What arrives twice,
//! belongs to an older epoch or lies far beyond the watermark is dropped: the relay sends again what is missing.
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::StreamExt;
use futures::future::join_all;
use futures::stream::BoxStream;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Statement,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::fault::CommitError;
use crate::planted::{self, Bug};
use crate::rows::{heard_until, inbox, watermark};
use crate::transport::{Parcel, Report, Transport};
use crate::{Desk, Envelope, Fault, Pace, Reactions, WriteList};

/// Events that become one write list, at most.
const BATCH: usize = 256;

/// The receiver of one service.
pub(crate) struct Receiver<'a> {
    desk: &'a Desk,
    reactions: &'a Reactions,
    transport: &'a dyn Transport,
    pace: &'a Pace,
    topics: Vec<&'static str>,
    marks: HashMap<String, Mark>,
}

/// How far a topic is.
#[derive(Clone)]
struct Mark {
    epoch: u32,
    stored: u64,
    /// Stored, but with something missing below.
    beyond: BTreeSet<u64>,
    applied: u64,
    /// Stored and applied, as the row has them.
    kept: (u64, u64),
    reported: Option<(Instant, u64, u64)>,
}

impl<'a> Receiver<'a> {
    pub(crate) async fn load(
        desk: &'a Desk,
        reactions: &'a Reactions,
        transport: &'a dyn Transport,
        topics: &[&'static str],
        pace: &'a Pace,
    ) -> Result<Self, Fault> {
        let mut marks = HashMap::new();
        let mut list = WriteList::bookkeeping();
        for topic in topics {
            let mark = Mark::read(desk, topic).await?;
            // The row also says that this service reads the topic at all: see `Desk::heard`.
            list.insert_new(row(topic, &mark));
            marks.insert((*topic).to_owned(), mark);
        }
        desk.commit_patiently(list).await.map_err(as_fault)?;
        Ok(Receiver { desk, reactions, transport, pace, topics: topics.to_vec(), marks })
    }

    /// Reads `stream` until it ends, then subscribes anew.
    pub(crate) async fn run(
        mut self,
        mut stream: Option<BoxStream<'static, Parcel>>,
        cancel: CancellationToken,
    ) -> Result<(), Fault> {
        let mut ticks = tokio::time::interval(self.pace.report_gap);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let stream = match stream.take() {
                Some(stream) => stream,
                None => self.transport.subscribe(self.desk.service(), &self.topics).await?,
            };
            let mut batches = stream.ready_chunks(BATCH);
            loop {
                tokio::select! {
                    () = cancel.cancelled() => return Ok(()),
                    batch = batches.next() => match batch {
                        Some(batch) => self.take(batch).await?,
                        None => break,
                    },
                    () = self.desk.pulse().touch.wanted.notified() => self.report_again(),
                    _ = ticks.tick() => {}
                }
                self.report().await?;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Makes a batch durable, then signs for it: also for what was known or is dropped, because the relay sends again
    /// whatever is missing.
    async fn take(&mut self, batch: Vec<Parcel>) -> Result<(), Fault> {
        let (events, mut signing): (Vec<_>, Vec<_>) = batch.into_iter().map(Parcel::open).unzip();
        if planted::is(Bug::AckBeforeCommit) {
            join_all(signing.drain(..).flatten()).await;
        }
        self.store(events).await?;
        join_all(signing.into_iter().flatten()).await;
        Ok(())
    }

    async fn store(&mut self, batch: Vec<Envelope>) -> Result<(), Fault> {
        let now = self.desk.clock().now();
        let mut fresh: BTreeMap<(String, u64), Envelope> = BTreeMap::new();
        let mut beats = vec![];
        for event in batch {
            let Some(mark) = self.marks.get(&event.topic) else { continue };
            if event.is_beat() {
                beats.push(event);
                continue;
            }
            let known = event.pub_seq <= mark.stored || mark.beyond.contains(&event.pub_seq);
            let known = known && !planted::is(Bug::NoInbox);
            let far = event.pub_seq > mark.stored + 2 * self.pace.window;
            if !known && !far && event.epoch >= mark.epoch {
                fresh.entry((event.topic.clone(), event.pub_seq)).or_insert(event);
            }
        }
        if fresh.is_empty() {
            return self.feel(beats).await;
        }
        // With all before it, the last says until when everything is here.
        beats.extend(fresh.values().map(|event| {
            let (topic, up_to) = (&event.topic, event.pub_seq);
            Envelope::beat(topic, event.epoch, up_to, event.id, event.at)
        }));
        let mut moved: HashMap<String, Mark> = HashMap::new();
        for event in fresh.values() {
            let Some(mark) = self.marks.get(&event.topic) else { continue };
            let mark = moved.entry(event.topic.clone()).or_insert_with(|| mark.clone());
            mark.epoch = mark.epoch.max(event.epoch);
            mark.beyond.insert(event.pub_seq);
            mark.close_up();
        }
        let mut list = WriteList::bookkeeping();
        let arrived = fresh.into_values().map(|event| {
            let used = self.reactions.uses(&event.kind);
            inbox::arrived(event, used, now)
        });
        if planted::is(Bug::NoInbox) {
            arrived.for_each(|row| {
                list.upsert(row);
            });
        } else {
            list.insert_new_rows(arrived);
        }
        for (topic, mark) in &moved {
            list.upsert(row(topic, mark));
        }
        self.desk.commit_patiently(list).await.map_err(as_fault)?;
        for mark in moved.values_mut() {
            mark.kept = (mark.stored, mark.applied);
        }
        self.marks.extend(moved);
        self.feel(beats).await
    }

    /// Until when everything is here, by beats of which nothing is missing below. Other replicas are told by a row.
    async fn feel(&self, beats: Vec<Envelope>) -> Result<(), Fault> {
        let mut list = WriteList::bookkeeping();
        let mut until: BTreeMap<String, DateTime<Utc>> = BTreeMap::new();
        for beat in beats {
            let whole = |mark: &Mark| beat.version <= mark.stored && beat.epoch >= mark.epoch;
            if self.marks.get(&beat.topic).is_some_and(whole) {
                let known = until.entry(beat.topic).or_insert(beat.at);
                *known = beat.at.max(*known);
            }
        }
        for (topic, at) in until {
            let moves = self.desk.pulse().touch.feel(&topic, at);
            if moves && self.desk.is_shared() {
                list.upsert(heard_until::ActiveModel { topic: Set(topic), at: Set(at) });
            }
        }
        if list.steps.is_empty() {
            return Ok(());
        }
        self.desk.commit_patiently(list).await.map_err(as_fault)
    }

    /// Somebody wants to know whether there is news: a report is answered by it, or by a beat.
    fn report_again(&mut self) {
        for mark in self.marks.values_mut() {
            mark.reported = None;
        }
    }

    /// Reports what has moved, not more often than the gap allows, and now and then what has not.
    async fn report(&mut self) -> Result<(), Fault> {
        let now = Instant::now();
        for topic in self.topics.clone() {
            let Some(mark) = self.marks.get_mut(topic) else { continue };
            let age = mark.reported.map(|(at, ..)| now.duration_since(at));
            if age.is_some_and(|age| age < self.pace.report_gap) {
                continue;
            }
            let due = age.is_none_or(|age| age >= self.pace.report_every);
            if due && mark.reported.is_some_and(|(_, stored, _)| stored == mark.stored) {
                mark.join(Mark::read(self.desk, topic).await?);
            }
            if mark.applied < mark.stored || due {
                mark.applied = applied(self.desk, topic, mark.stored).await?;
            }
            let moved = mark
                .reported
                .is_none_or(|(_, stored, applied)| (stored, applied) != (mark.stored, mark.applied));
            if !moved && !due {
                continue;
            }
            mark.reported = Some((now, mark.stored, mark.applied));
            let report = Report {
                consumer: self.desk.service().to_owned(),
                topic: topic.to_owned(),
                epoch: mark.epoch,
                stored: mark.stored,
                applied: mark.applied,
            };
            if due && mark.kept != (mark.stored, mark.applied) {
                let mut list = WriteList::bookkeeping();
                list.upsert(row(topic, mark));
                self.desk.commit_patiently(list).await.map_err(as_fault)?;
                mark.kept = (mark.stored, mark.applied);
            }
            self.transport.report(report).await?;
        }
        Ok(())
    }
}

impl Mark {
    /// What the tables say.
    async fn read(desk: &Desk, topic: &str) -> Result<Mark, Fault> {
        let read = |error| Fault::new("read the watermarks", error);
        let row = watermark::Entity::find_by_id(topic).one(desk.reader()).await.map_err(read)?;
        let row =
            row.unwrap_or(watermark::Model { topic: topic.to_owned(), epoch: 0, stored: 0, applied: 0 });
        let beyond: Vec<i64> = inbox::Entity::find()
            .select_only()
            .column(inbox::Column::PubSeq)
            .filter(inbox::Column::Topic.eq(topic))
            .filter(inbox::Column::PubSeq.gt(row.stored))
            .into_tuple()
            .all(desk.reader())
            .await
            .map_err(read)?;
        let mut mark = Mark {
            epoch: row.epoch as u32,
            stored: row.stored as u64,
            beyond: beyond.into_iter().map(|seq| seq as u64).collect(),
            applied: row.applied as u64,
            kept: (row.stored as u64, row.applied as u64),
            reported: None,
        };
        mark.close_up();
        Ok(mark)
    }

    /// What another replica has stored counts as well: two that read at once share what the road brings.
    fn join(&mut self, tables: Mark) {
        self.epoch = self.epoch.max(tables.epoch);
        self.stored = self.stored.max(tables.stored);
        self.kept = tables.kept;
        self.beyond.extend(tables.beyond);
        self.beyond.retain(|seq| *seq > self.stored);
        self.close_up();
    }

    /// Moves on over what is stored without a gap.
    fn close_up(&mut self) {
        while self.beyond.remove(&(self.stored + 1)) {
            self.stored += 1;
        }
    }
}

/// The state is written out: with a parameter SQLite could not use the partial index.
pub(crate) const WAITING: &str = "SELECT min(pub_seq) FROM inbox WHERE topic = $1 AND state = 0";

/// Everything up to this number has found its end here.
pub(crate) async fn applied(desk: &Desk, topic: &str, stored: u64) -> Result<u64, Fault> {
    let read = |error| Fault::new("read the inbox", error);
    let db = desk.reader();
    let query = Statement::from_sql_and_values(db.get_database_backend(), WAITING, [topic.into()]);
    let waiting: Option<i64> = match db.query_one_raw(query).await.map_err(read)? {
        Some(row) => row.try_get_by_index(0).map_err(read)?,
        None => None,
    };
    Ok(waiting.map_or(stored, |first| stored.min((first as u64).saturating_sub(1))))
}

fn row(topic: &str, mark: &Mark) -> watermark::ActiveModel {
    watermark::ActiveModel {
        topic: Set(topic.to_owned()),
        epoch: Set(i64::from(mark.epoch)),
        stored: Set(mark.stored as i64),
        applied: Set(mark.applied as i64),
    }
}

fn as_fault(error: CommitError) -> Fault {
    match error {
        CommitError::Fault(fault) => fault,
        CommitError::Lost(_) | CommitError::Busy => Fault::plain("book-keeping", "refused"),
    }
}
