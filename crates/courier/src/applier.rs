//! The applier: takes stored events to their effect.
//!
//! Cases are worked on side by side, each by at most one event at a time. Within a topic a case's events follow their
//! chain: an event is ready when the one before it has found its end, so a quarantined event holds up its own case and
//! no other. The inbox is the queue; only a page of ready events is in memory.
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnectionTrait, EntityTrait, Statement};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::apply_one::Applying;
use crate::rows::inbox;
use crate::{Desk, Fault, Pace, Reactions, clock};

/// Ready events read at a time, per topic.
const PAGE: i64 = 64;
/// A poke may be missed, a round may not.
const TICK: Duration = Duration::from_secs(1);
/// Less than a process gives its posts and desks to close.
const DRAIN: Duration = Duration::from_secs(2);

/// Ready: stored, its time has come, and the event before it in its chain has found its end. A skipped event (2) has no
/// effect to wait for, but it does not vouch for the one before it: the chain is followed back over skipped events to the
/// first that counts. Events behind a quarantined one (3) are many and stay, so they are ruled out first, by its small index.
/// The states are written out, because only then SQLite uses the partial indexes; the join
/// is a cross join, because only then it goes from the chain to the row and not through the whole topic.
pub(crate) const READY: &str = "SELECT i.* FROM inbox i WHERE i.topic = $1 AND i.state = 0 \
    AND (i.next_at IS NULL OR i.next_at <= $2) \
    AND NOT EXISTS (SELECT 1 FROM inbox q WHERE q.topic = i.topic AND q.case_id = i.case_id \
        AND q.state = 3 AND q.pub_seq < i.pub_seq) \
    AND (i.after_seq = 0 OR NOT EXISTS ( \
        WITH RECURSIVE chain(seq) AS (SELECT i.after_seq UNION ALL \
            SELECT s.after_seq FROM chain c CROSS JOIN inbox s \
            WHERE s.topic = i.topic AND s.pub_seq = c.seq AND c.seq > 0 AND s.state = 2) \
        SELECT 1 FROM chain c WHERE c.seq > 0 AND NOT EXISTS (SELECT 1 FROM inbox b \
            WHERE b.topic = i.topic AND b.pub_seq = c.seq AND b.state IN (1, 2, 4)))) \
    ORDER BY i.pub_seq LIMIT $3";
pub(crate) const NEXT_DUE: &str =
    "SELECT min(next_at) FROM inbox WHERE topic = $1 AND state = 0 AND next_at IS NOT NULL AND next_at > $2";

/// The applier of one service.
pub(crate) struct Applier {
    applying: Applying,
    topics: Vec<&'static str>,
    busy: HashSet<Uuid>,
    running: JoinSet<Uuid>,
    /// Ready, read, and of a case that is free: not more than a page of each topic.
    waiting: VecDeque<inbox::Model>,
}

impl Applier {
    pub(crate) fn new(desk: Desk, reactions: Arc<Reactions>, topics: &[&'static str], pace: &Pace) -> Self {
        Applier {
            applying: Applying { desk, reactions, pace: pace.clone() },
            topics: topics.to_vec(),
            busy: HashSet::new(),
            running: JoinSet::new(),
            waiting: VecDeque::new(),
        }
    }

    pub(crate) async fn run(mut self, cancel: CancellationToken) -> Result<(), Fault> {
        loop {
            let wake = self.round().await?;
            tokio::select! {
                () = cancel.cancelled() => break,
                () = self.applying.desk.pulse().stored.notified() => {}
                Some(done) = self.running.join_next() => self.finished(done)?,
                () = tokio::time::sleep_until(wake) => {}
            }
            while let Some(done) = self.running.try_join_next() {
                self.finished(done)?;
            }
        }
        // Handlers may be dropped at any point without harm; this only spares work.
        drop(tokio::time::timeout(DRAIN, async { while self.running.join_next().await.is_some() {} }).await);
        Ok(())
    }

    /// Starts what is ready as far as there is room; answers when to look again.
    async fn round(&mut self) -> Result<Instant, Fault> {
        let mut wake = Instant::now() + TICK;
        self.start_waiting();
        if !self.waiting.is_empty() {
            return Ok(wake);
        }
        for topic in self.topics.clone() {
            // A case has one ready event per topic, so a page always shows events of cases that are free.
            self.waiting.extend(self.ready(topic).await?);
            if let Some(due) = self.next_due(topic).await? {
                wake = wake.min(due);
            }
        }
        self.start_waiting();
        Ok(wake)
    }

    fn start_waiting(&mut self) {
        while self.running.len() < self.applying.pace.cases {
            let Some(row) = self.waiting.pop_front() else { break };
            // The event of a busy case is found again when the case is free.
            if self.busy.insert(row.case_id) {
                self.start(row);
            }
        }
        // What is left was ready in a moment that passes: of a case that is busy now it must not be started later.
        let busy = &self.busy;
        self.waiting.retain(|row| !busy.contains(&row.case_id));
    }

    fn start(&mut self, row: inbox::Model) {
        let applying = self.applying.clone();
        self.running.spawn(async move {
            applying.apply(&row).await;
            row.case_id
        });
    }

    fn finished(&mut self, done: Result<Uuid, tokio::task::JoinError>) -> Result<(), Fault> {
        // Handlers' panics are caught below; what still fails here is ours, and a fresh applier knows all it needs.
        let case = done.map_err(|error| Fault::new("apply an event", error))?;
        self.busy.remove(&case);
        Ok(())
    }

    async fn ready(&self, topic: &str) -> Result<Vec<inbox::Model>, Fault> {
        let db = self.applying.desk.reader();
        let values = [topic.into(), clock::machine().into(), PAGE.into()];
        let query = Statement::from_sql_and_values(db.get_database_backend(), READY, values);
        inbox::Entity::find()
            .from_raw_sql(query)
            .all(db)
            .await
            .map_err(|error| Fault::new("read the inbox", error))
    }

    async fn next_due(&self, topic: &str) -> Result<Option<Instant>, Fault> {
        let read = |error| Fault::new("read the inbox", error);
        let db = self.applying.desk.reader();
        let now = clock::machine();
        let query =
            Statement::from_sql_and_values(db.get_database_backend(), NEXT_DUE, [topic.into(), now.into()]);
        let Some(row) = db.query_one_raw(query).await.map_err(read)? else { return Ok(None) };
        let due: Option<chrono::DateTime<chrono::Utc>> = row.try_get_by_index(0).map_err(read)?;
        Ok(due.map(|due| Instant::now() + (due - now).to_std().unwrap_or_default()))
    }
}
