//! The relay: sends a service's outbox to its consumers until each has stored it.
//!
//! It is a reconciler, not a queue: every round compares what the outbox holds with what the consumers report and sends
//! the difference. A poke makes a round come soon, a tick makes it come at all. Nothing it remembers matters: after a
//! restart it goes on from the lowest watermark it knows. A road that takes nothing is tried again after a pause; the
//! reports are heard meanwhile.
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::StreamExt;
use futures::stream::{BoxStream, ReadyChunks};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::planted::{self, Bug};
use crate::rows::{outbox, peer};
use crate::transport::{Report, Sending, Transport};
use crate::{Desk, Envelope, Fault, Pace, WriteList, clock};

const TICK: Duration = Duration::from_secs(1);
/// The first pause after the road took nothing; it doubles.
const FIRST_REST: Duration = Duration::from_millis(250);
const LONGEST_REST: Duration = Duration::from_secs(1);

/// The relay of one service's topic.
pub(crate) struct Relay<'a> {
    desk: &'a Desk,
    transport: &'a dyn Transport,
    pace: &'a Pace,
    peers: Vec<Peer>,
    sent: u64,
    saved_at: Instant,
    /// How long to wait before looking for what other replicas said.
    look: Duration,
    /// The instant of the last beat, by the clock of the house.
    beaten: Option<DateTime<Utc>>,
    /// How often in a row the road took nothing, and until when it is left alone for that.
    blocked: u32,
    rest_until: Instant,
}

/// A consumer as the relay sees it.
struct Peer {
    name: &'static str,
    epoch: u32,
    stored: u64,
    applied: u64,
    heard_at: Instant,
    reported: bool,
    /// Came back far behind. It is sent to from its own watermark and does not hold up what is new.
    catching_up: bool,
    /// When to send again if it is still behind.
    due: Instant,
    wait: Duration,
    dirty: bool,
}

/// What consumers report; none after the stream has ended.
type Reports = Option<ReadyChunks<BoxStream<'static, Report>>>;

/// The next reports, and for ever nothing after the last.
async fn next(reports: &mut Reports) -> Vec<Report> {
    let Some(stream) = reports else { return std::future::pending().await };
    let some = stream.next().await;
    if some.is_none() {
        *reports = None;
    }
    some.unwrap_or_default()
}

impl<'a> Relay<'a> {
    /// Goes on where the consumers are.
    pub(crate) async fn load(
        desk: &'a Desk,
        transport: &'a dyn Transport,
        consumers: &[&'static str],
        pace: &'a Pace,
    ) -> Result<Self, Fault> {
        let known =
            peer::Entity::find().all(desk.reader()).await.map_err(|error| Fault::new("read peers", error))?;
        let now = Instant::now();
        let peers: Vec<Peer> = consumers
            .iter()
            .map(|name| {
                let row = known.iter().find(|row| row.consumer == *name);
                Peer {
                    name,
                    epoch: row.map_or(0, |row| row.epoch as u32),
                    stored: row.map_or(0, |row| row.stored as u64),
                    applied: row.map_or(0, |row| row.applied as u64),
                    heard_at: now,
                    reported: false,
                    catching_up: false,
                    due: now + pace.resend_after,
                    wait: pace.resend_after,
                    dirty: false,
                }
            })
            .collect();
        let sent = peers.iter().map(|peer| peer.stored).min().unwrap_or(0);
        let (saved_at, look, rest_until) = (now, pace.look, now);
        let beaten = None;
        Ok(Relay { desk, transport, pace, peers, sent, saved_at, look, beaten, blocked: 0, rest_until })
    }

    pub(crate) async fn run(mut self, cancel: CancellationToken) -> Result<(), Fault> {
        loop {
            let mut reports = Some(self.transport.reports(self.desk.service()).await?.ready_chunks(64));
            while reports.is_some() {
                // What is said from now on may have no number yet.
                let now = self.desk.clock().now();
                let numbered = self.desk.number().await?;
                self.look =
                    if numbered > 0 { self.pace.look } else { (self.look * 2).min(self.pace.look * 8) };
                if self.send_new(&mut reports, &cancel).await? {
                    self.beat(now, &mut reports, &cancel).await;
                }
                self.send_again(&mut reports, &cancel).await?;
                self.save(false).await;
                let sleep = tokio::time::sleep_until(self.next_round());
                tokio::select! {
                    () = cancel.cancelled() => {
                        self.save(true).await;
                        return Ok(());
                    }
                    () = self.desk.pulse().said.notified() => {
                        if numbered > 1 {
                            tokio::time::sleep(self.pace.gather).await;
                        }
                    }
                    () = sleep => {}
                    some = next(&mut reports) => self.learn(&some),
                }
            }
            tokio::time::sleep(self.pace.resend_after.min(Duration::from_millis(200))).await;
        }
    }

    /// Says that all is sent, if that was not said lately. A beat that is lost is followed by another.
    async fn beat(&mut self, now: DateTime<Utc>, reports: &mut Reports, cancel: &CancellationToken) {
        let lately =
            |last: DateTime<Utc>| (now - last).to_std().is_ok_and(|since| since < self.pace.beat_every);
        let never = self.pace.beat_every == Duration::MAX;
        if never
            || self.peers.is_empty()
            || self.beaten.is_some_and(lately)
            || planted::is(Bug::PublishedBeforeAck)
        {
            return;
        }
        let (desk, up_to) = (self.desk, self.sent);
        let beat = Envelope::beat(desk.service(), desk.epoch(), up_to, desk.clock().id(), now);
        if self.publish(&[beat], Sending::First, reports, cancel).await {
            self.beaten = Some(now);
        }
    }

    /// Sends what was never sent, as long as the listening consumers keep up; those that still catch up are not counted. Says whether
    /// all is sent.
    async fn send_new(&mut self, reports: &mut Reports, cancel: &CancellationToken) -> Result<bool, Fault> {
        if self.rests() {
            return Ok(false);
        }
        let mut all = false;
        while let Some(slowest) =
            self.listening().filter(|peer| !peer.catching_up).map(|peer| peer.stored).min()
        {
            if self.sent.saturating_sub(slowest) >= self.pace.window {
                break;
            }
            let page = self.page(self.sent, u64::MAX).await?;
            let Some(last) = page.last().map(|event| event.pub_seq) else {
                all = true;
                break;
            };
            if planted::is(Bug::PublishedBeforeAck) {
                self.sent = last;
            }
            if !self.publish(&page, Sending::First, reports, cancel).await {
                break;
            }
            let now = Instant::now();
            for peer in self.peers.iter_mut().filter(|peer| peer.stored >= self.sent) {
                peer.due = now + peer.wait;
            }
            self.sent = last;
        }
        Ok(all)
    }

    /// Sends again what a consumer should have stored by now.
    async fn send_again(&mut self, reports: &mut Reports, cancel: &CancellationToken) -> Result<(), Fault> {
        if self.rests() || planted::is(Bug::PublishedBeforeAck) {
            return Ok(());
        }
        let now = Instant::now();
        let sent = self.sent;
        let late = |peer: &&Peer| peer.stored < sent && peer.due <= now;
        let Some(mut from) = self.listening().filter(late).map(|peer| peer.stored).min() else {
            return Ok(());
        };
        let up_to = sent.min(from + self.pace.window);
        tracing::debug!(topic = self.desk.service(), from = from + 1, up_to, "sending again");
        while from < up_to {
            let page = self.page(from, up_to).await?;
            let Some(last) = page.last().map(|event| event.pub_seq) else { break };
            if !self.publish(&page, Sending::Again, reports, cancel).await {
                return Ok(());
            }
            // What everybody has by now need not be sent.
            from = self.listening().map(|peer| peer.stored).min().unwrap_or(last).max(last);
        }
        let now = Instant::now();
        for peer in self.peers.iter_mut().filter(|peer| peer.stored < sent && peer.due <= now) {
            peer.wait = (peer.wait * 2).min(self.pace.resend_cap);
            peer.due = now + peer.wait;
        }
        Ok(())
    }

    /// Whether the road took these events. One that cannot at the moment is left alone for a while: that loses nothing.
    /// Whoever stops does not wait for it, and reports are heard meanwhile: a road may be slow, and a consumer that has
    /// stored what it was sent must not be sent it again.
    async fn publish(
        &mut self,
        page: &[Envelope],
        sending: Sending,
        reports: &mut Reports,
        cancel: &CancellationToken,
    ) -> bool {
        let (topic, transport) = (self.desk.service(), self.transport);
        let mut publishing = transport.publish(topic, page, sending);
        let sent = loop {
            tokio::select! {
                biased;
                () = cancel.cancelled() => return false,
                sent = &mut publishing => break sent,
                some = next(reports) => self.learn(&some),
            }
        };
        match sent {
            Ok(()) => {
                if self.blocked > 0 {
                    tracing::info!(topic, "news travels again");
                }
                self.blocked = 0;
                true
            }
            Err(fault) => {
                let rest = FIRST_REST.saturating_mul(1 << self.blocked.min(8)).min(LONGEST_REST);
                self.blocked = self.blocked.saturating_add(1);
                self.rest_until = Instant::now() + rest;
                // An hour of this is some tens of lines.
                if self.blocked.is_power_of_two() || self.blocked.is_multiple_of(256) {
                    tracing::warn!(topic, %fault, times = self.blocked, "news does not travel, trying again");
                }
                false
            }
        }
    }

    fn rests(&self) -> bool {
        Instant::now() < self.rest_until
    }

    fn learn(&mut self, reports: &[Report]) {
        for report in reports {
            self.learn_one(report);
        }
    }

    fn learn_one(&mut self, report: &Report) {
        let Some(peer) = self.peers.iter_mut().find(|peer| peer.name == report.consumer) else {
            tracing::warn!(
                consumer = report.consumer,
                "a report of a consumer that this topic does not know"
            );
            return;
        };
        let now = Instant::now();
        let returned = !peer.reported || now.duration_since(peer.heard_at) > self.pace.silent_after;
        peer.reported = true;
        peer.heard_at = now;
        if returned || report.stored != peer.stored {
            peer.wait = self.pace.resend_after;
            // Whoever comes back has missed what was sent meanwhile: do not let it wait for long.
            peer.due = now + if returned { peer.wait / 5 } else { peer.wait };
        }
        let (behind, window) = (self.sent.saturating_sub(report.stored), self.pace.window);
        // What is sent is sent by pages, so a consumer that keeps up can be a page beyond the window.
        peer.catching_up |= returned && behind > window + self.pace.page;
        peer.catching_up &= behind > window / 2;
        peer.dirty |=
            (peer.epoch, peer.stored, peer.applied) != (report.epoch, report.stored, report.applied);
        (peer.epoch, peer.stored, peer.applied) = (report.epoch, report.stored, report.applied);
    }

    /// The consumers that are there: those that reported lately, and at first all of them.
    fn listening(&self) -> impl Iterator<Item = &Peer> {
        let (now, silent) = (Instant::now(), self.pace.silent_after);
        self.peers.iter().filter(move |peer| now.duration_since(peer.heard_at) <= silent)
    }

    fn next_round(&self) -> Instant {
        let tick = Instant::now() + if self.desk.is_shared() { self.look } else { TICK };
        let late = self.listening().filter(|peer| peer.stored < self.sent).map(|peer| peer.due);
        // A road at rest is not asked before its time.
        late.fold(tick, Instant::min).max(self.rest_until)
    }

    async fn page(&self, after: u64, up_to: u64) -> Result<Vec<Envelope>, Fault> {
        let mut rows = outbox::Entity::find()
            .filter(outbox::Column::PubSeq.gt(after as i64))
            .filter(outbox::Column::PubSeq.lte(i64::try_from(up_to).unwrap_or(i64::MAX)))
            .order_by_asc(outbox::Column::PubSeq)
            .limit(self.pace.page)
            .all(self.desk.reader())
            .await
            .map_err(|error| Fault::new("read the outbox", error))?;
        if planted::is(Bug::CursorById) {
            let mut cursor = self.greatest_id(after).await?;
            rows.retain(|row| {
                let later = row.event_id > cursor;
                cursor = cursor.max(row.event_id);
                later
            });
        }
        // Under the epoch of now, also what was said in an earlier one: after a restore a receiver tells by it what this
        // desk vouches for from what is still on the road of a future that was lost.
        let (topic, epoch) = (self.desk.service(), self.desk.epoch());
        Ok(rows.into_iter().map(|row| Envelope { epoch, ..row.envelope(topic) }).collect())
    }

    /// The bug's cursor: behind it was everything looked at, whatever comes later.
    async fn greatest_id(&self, up_to: u64) -> Result<Uuid, Fault> {
        let row = outbox::Entity::find()
            .filter(outbox::Column::PubSeq.lte(up_to as i64))
            .order_by_desc(outbox::Column::EventId)
            .one(self.desk.reader())
            .await
            .map_err(|error| Fault::new("read the outbox", error))?;
        Ok(row.map_or(Uuid::nil(), |row| row.event_id))
    }

    /// Keeps the reports: a restart then sends less again. Losing them costs nothing else.
    async fn save(&mut self, now: bool) {
        if !now && self.saved_at.elapsed() < TICK {
            return;
        }
        let mut list = WriteList::bookkeeping();
        for peer in self.peers.iter().filter(|peer| peer.dirty) {
            list.upsert(peer::ActiveModel {
                consumer: Set(peer.name.to_owned()),
                epoch: Set(i64::from(peer.epoch)),
                stored: Set(peer.stored as i64),
                applied: Set(peer.applied as i64),
                reported_at: Set(clock::machine()),
            });
        }
        self.saved_at = Instant::now();
        if list.steps.is_empty() {
            return;
        }
        match self.desk.commit(list).await {
            Ok(()) => self.peers.iter_mut().for_each(|peer| peer.dirty = false),
            Err(error) => tracing::debug!(%error, "the consumers' reports are not kept this time"),
        }
    }
}
