//! Is this service in touch with those it listens to? What stops a holder's write where the news of the end of the claim cannot come.
//!
//! Silence alone says nothing: a town at night says nothing either. So a relay that has sent all there is sends a *beat* behind it
//! now and then, and whenever somebody reports and the last beat is old: "this is all, at this instant". A beat has no number, is kept
//! by nobody, and a receiver believes it only once it has stored everything up to the number that the beat names. An event
//! that closes the last gap says the same by its own instant. Instants are the producer's, by the clock of the house.
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::EntityTrait;
use tokio::sync::Notify;
use tokio::time::Instant;
use uuid::Uuid;

use crate::rows::heard_until;
use crate::{Desk, Envelope, Fault};

/// What is older than this is not in touch.
pub const OUT_OF_TOUCH: TimeDelta = TimeDelta::seconds(60);
/// How long a caller waits for an answer to the question whether there is news. A clock that runs leaves time for beats before it is
/// asked; one that jumps does not, and then a busy machine takes its time.
const PATIENCE: Duration = Duration::from_secs(2);
const PATIENCE_AFTER_A_JUMP: Duration = Duration::from_secs(15);
const POLL: Duration = Duration::from_millis(50);
/// The other replicas are told this often, at most.
const TOLD_EVERY: TimeDelta = TimeDelta::seconds(5);
/// The last word of a beat's kind.
const BEAT: &str = ".v1.Beat";

impl Envelope {
    /// "All up to the number `up_to` is sent, at this instant."
    pub(crate) fn beat(topic: &str, epoch: u32, up_to: u64, id: Uuid, at: DateTime<Utc>) -> Self {
        Envelope {
            id,
            topic: topic.to_owned(),
            epoch,
            pub_seq: 0,
            after_seq: 0,
            kind: format!("supermarket.{topic}{BEAT}"),
            centre: "all".to_owned(),
            case: Uuid::nil(),
            version: up_to,
            at,
            trace: None,
            body: bytes::Bytes::new(),
        }
    }

    /// Whether this is a beat and no event. Events are numbered from one.
    pub(crate) fn is_beat(&self) -> bool {
        self.pub_seq == 0 && self.after_seq == 0 && self.kind.ends_with(BEAT)
    }
}

/// Until when a topic was heard.
struct Felt {
    at: DateTime<Utc>,
    /// What the other replicas were told last.
    told: DateTime<Utc>,
}

/// What this process has heard, and who wants to know.
#[derive(Default)]
pub(crate) struct Touch {
    until: Mutex<HashMap<String, Felt>>,
    /// Something was heard.
    pub(crate) felt: Notify,
    /// Somebody waits for a beat: the receiver reports, which every relay answers.
    pub(crate) wanted: Notify,
}

impl Touch {
    /// All that the topic said up to `at` is here. Answers whether the others should be told: what is but little newer than what they
    /// were told is not worth a write.
    pub(crate) fn feel(&self, topic: &str, at: DateTime<Utc>) -> bool {
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = !until.contains_key(topic);
        let known = until.entry(topic.to_owned()).or_insert(Felt { at, told: at });
        known.at = at.max(known.at);
        let moves = fresh || known.at - known.told >= TOLD_EVERY;
        if moves {
            known.told = known.at;
        }
        drop(until);
        self.felt.notify_waiters();
        moves
    }

    fn until(&self, topic: &str) -> Option<DateTime<Utc>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner).get(topic).map(|felt| felt.at)
    }
}

impl Desk {
    /// Whether everything that these topics said until a minute ago is here. Asks, and waits a moment, where it seems not to be. A
    /// topic of which nothing was ever heard is no reason for no.
    pub async fn in_touch(&self, topics: &[&str]) -> Result<bool, Fault> {
        let patience = if self.clock().jumps() { PATIENCE_AFTER_A_JUMP } else { PATIENCE };
        let deadline = Instant::now() + patience;
        loop {
            let felt = self.pulse().touch.felt.notified();
            tokio::pin!(felt);
            felt.as_mut().enable();
            if self.is_fresh(topics).await? {
                return Ok(true);
            }
            let now = Instant::now();
            if now >= deadline {
                return Ok(false);
            }
            self.pulse().touch.wanted.notify_one();
            tokio::select! {
                () = felt => {}
                () = tokio::time::sleep_until(deadline.min(now + POLL)) => {}
            }
        }
    }

    async fn is_fresh(&self, topics: &[&str]) -> Result<bool, Fault> {
        let limit = self.clock().now() - OUT_OF_TOUCH;
        for topic in topics {
            let own = self.pulse().touch.until(topic);
            if own.is_some_and(|at| at >= limit) || (own.is_none() && !self.is_shared()) {
                continue;
            }
            let told = if self.is_shared() { self.told_until(topic).await? } else { None };
            if own.max(told).is_some_and(|at| at < limit) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What the replica that reads the topic has written down.
    async fn told_until(&self, topic: &str) -> Result<Option<DateTime<Utc>>, Fault> {
        let row = heard_until::Entity::find_by_id(topic).one(self.reader()).await;
        Ok(row.map_err(|error| Fault::new("read until when news was heard", error))?.map(|row| row.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Clock;

    #[test]
    fn a_beat_is_no_event_and_an_event_no_beat() {
        let now = Clock::system().now();
        let beat = Envelope::beat("routing", 1, 7, Uuid::nil(), now);
        assert!(beat.is_beat());
        assert!(!Envelope { pub_seq: 1, ..beat.clone() }.is_beat());
        assert!(!Envelope { kind: "supermarket.routing.v1.CasePooled".to_owned(), ..beat }.is_beat());
    }

    #[test]
    fn what_was_heard_only_rises() {
        let (touch, now) = (Touch::default(), Clock::system().now());
        assert_eq!(touch.until("routing"), None);
        assert!(touch.feel("routing", now), "the others are told");
        assert!(!touch.feel("routing", now - TimeDelta::seconds(9)));
        assert_eq!(touch.until("routing"), Some(now));
        assert!(!touch.feel("routing", now + TimeDelta::seconds(4)), "not worth a write");
        assert!(touch.feel("routing", now + TimeDelta::seconds(5)));
    }
}
