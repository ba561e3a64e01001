//! Has this service heard a certain change? What makes a caller see its own news everywhere.
use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

use crate::rows::inbox::{self, APPLIED, DISCARDED, SKIPPED};
use crate::rows::watermark;
use crate::{Desk, Fault};

/// Between two looks of one call, at first; then longer and longer.
const POLL: Duration = Duration::from_millis(50);
/// And at most.
const SELDOM: Duration = Duration::from_millis(400);
/// Looks at the same time. However many calls wait, the other connections are for the work that they wait for: without this a service
/// that is behind is kept behind by those who ask how far it is.
const AT_ONCE: usize = 2;

/// The looks of all calls of a process.
pub(crate) struct Looks(Semaphore);

impl Default for Looks {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}

impl Desk {
    /// Waits at most `within` until everything that `topic` said about `case`, up to and including `version`, has found
    /// its end here. True at once for the service's own topic, for a topic it does not read, and for an epoch that a
    /// restore has ended.
    pub async fn heard(&self, topic: &str, epoch: u32, case: Uuid, version: u64, within: Duration) -> bool {
        if topic == self.service() {
            return true;
        }
        let deadline = Instant::now() + within;
        let mut pause = POLL;
        loop {
            let woken = self.pulse().applied.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            let turn = timeout_at(deadline, self.pulse().looks.0.acquire()).await;
            let Ok(Ok(turn)) = turn else { return false };
            match self.has_heard(topic, epoch, case, version).await {
                Ok(true) => return true,
                Ok(false) => {}
                Err(fault) => tracing::warn!(%fault, "cannot tell what was heard"),
            }
            drop(turn);
            let now = Instant::now();
            if now >= deadline {
                return false;
            }
            tokio::select! {
                () = woken => {}
                () = tokio::time::sleep_until(deadline.min(now + pause)) => {}
            }
            pause = SELDOM.min(pause * 2);
        }
    }

    async fn has_heard(&self, topic: &str, epoch: u32, case: Uuid, version: u64) -> Result<bool, Fault> {
        let read = |error| Fault::new("read what was heard", error);
        let Some(mark) = watermark::Entity::find_by_id(topic).one(self.reader()).await.map_err(read)? else {
            return Ok(true);
        };
        if mark.epoch > i64::from(epoch) {
            return Ok(true);
        }
        let chain: Vec<(i64, i64, i64, i16)> =
            chain(topic, case).into_tuple().all(self.reader()).await.map_err(read)?;
        Ok(complete(&chain, version as i64))
    }
}

/// The case's events: number, number before, version, state.
pub(crate) fn chain(topic: &str, case: Uuid) -> Select<inbox::Entity> {
    use inbox::Column;
    inbox::Entity::find()
        .select_only()
        .columns([Column::PubSeq, Column::AfterSeq, Column::Version, Column::State])
        .filter(Column::Topic.eq(topic))
        .filter(Column::CaseId.eq(case))
        .order_by_asc(Column::PubSeq)
}

/// Whether the case's events (number, number before, version, state) are there without a gap and have found their end,
/// up to one that carries at least `version`.
fn complete(chain: &[(i64, i64, i64, i16)], version: i64) -> bool {
    let mut before = 0;
    let mut reached = false;
    for &(seq, after, its_version, state) in chain {
        if reached && its_version > version {
            break;
        }
        let ended = [APPLIED, SKIPPED, DISCARDED].contains(&state);
        if after != before || (!ended && its_version <= version) {
            return false;
        }
        if !ended {
            break;
        }
        before = seq;
        reached |= its_version >= version;
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::complete;
    use crate::rows::inbox::{APPLIED, QUARANTINED, SKIPPED, STORED};

    #[test]
    fn nothing_heard_is_not_heard() {
        assert!(!complete(&[], 1));
    }

    #[test]
    fn an_applied_version_is_heard_and_a_later_one_is_not() {
        let chain = [(3, 0, 1, APPLIED), (7, 3, 2, APPLIED)];
        assert!(complete(&chain, 2));
        assert!(!complete(&chain, 3));
    }

    #[test]
    fn a_skipped_event_does_not_hide_a_missing_or_waiting_one() {
        assert!(!complete(&[(3, 0, 1, APPLIED), (9, 7, 3, SKIPPED)], 2), "number 7 is still on its way");
        assert!(!complete(&[(3, 0, 1, APPLIED), (7, 3, 2, STORED), (9, 7, 3, SKIPPED)], 2));
        assert!(!complete(&[(3, 0, 1, QUARANTINED), (7, 3, 2, SKIPPED)], 1));
    }

    #[test]
    fn two_events_of_one_version_are_both_waited_for() {
        assert!(!complete(&[(3, 0, 1, APPLIED), (4, 3, 1, STORED)], 1));
        assert!(complete(&[(3, 0, 1, APPLIED), (4, 3, 1, APPLIED), (5, 4, 2, STORED)], 1));
    }
}
