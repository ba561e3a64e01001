//! The one clock of a process, and the ids that come from it.
//!
//! Time is an argument everywhere else in the house. Instants are cut to microseconds, which is what PostgreSQL keeps, so
//! that a value read back equals the value written. Ids are UUID v7: they sort by time, and two taken from one clock are
//! never equal, also while a test holds the clock still. On PostgreSQL the desk sets the clock by the database's, so that all
//! replicas judge by the same one.
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use uuid::{ContextV7, Timestamp, Uuid};

/// A difference from which on somebody should look at the machines' clocks, in microseconds.
const ALARM: i64 = 5_000_000;

/// A clock; clones share it.
#[derive(Clone)]
pub struct Clock {
    inner: Arc<Inner>,
}

struct Inner {
    source: Source,
    sequence: Mutex<ContextV7>,
}

enum Source {
    /// The machine's clock and what the database's is ahead of it, in microseconds.
    System(AtomicI64),
    #[cfg(feature = "manual-clock")]
    Manual(Mutex<DateTime<Utc>>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::with(Source::System(AtomicI64::new(0)))
    }

    /// A clock that stands still until [`advance`](Self::advance) moves it.
    #[cfg(feature = "manual-clock")]
    pub fn manual(start: DateTime<Utc>) -> Self {
        Self::with(Source::Manual(Mutex::new(micros(start))))
    }

    /// Moves a manual clock; the system clock stays untouched.
    #[cfg(feature = "manual-clock")]
    pub fn advance(&self, by: chrono::Duration) {
        if let Source::Manual(now) = &self.inner.source {
            let mut now = now.lock().unwrap_or_else(PoisonError::into_inner);
            *now = micros(*now + by);
        }
    }

    /// The instant, cut to microseconds.
    pub fn now(&self) -> DateTime<Utc> {
        match &self.inner.source {
            Source::System(ahead) => machine() + TimeDelta::microseconds(ahead.load(Ordering::Relaxed)),
            #[cfg(feature = "manual-clock")]
            Source::Manual(now) => *now.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Learns that the database's clock is `ahead` of this machine's, as asked within `asking`. One slow answer does not
    /// shake the clock: what is within its doubt is left as it is. A manual clock stays where it is.
    pub(crate) fn set_by(&self, ahead: TimeDelta, asking: TimeDelta) {
        let Some(ahead) = ahead.num_microseconds() else { return };
        #[cfg_attr(
            not(feature = "manual-clock"),
            expect(irrefutable_let_patterns, reason = "two sources in tests")
        )]
        if let Source::System(kept) = &self.inner.source {
            let doubt = asking.num_microseconds().unwrap_or(i64::MAX) / 2;
            let difference = ahead - kept.load(Ordering::Relaxed);
            if difference.abs() <= doubt {
                return;
            }
            kept.store(ahead, Ordering::Relaxed);
            if difference.abs() > ALARM {
                tracing::warn!(
                    milliseconds = difference / 1_000,
                    "the database's clock and this machine's have moved apart"
                );
            }
        }
    }

    /// A new id, greater than every id this clock gave before.
    pub fn id(&self) -> Uuid {
        let now = self.now();
        let sequence = self.inner.sequence.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
        Uuid::new_v7(Timestamp::from_unix(&*sequence, seconds, now.timestamp_subsec_nanos()))
    }

    fn with(source: Source) -> Self {
        Clock { inner: Arc::new(Inner { source, sequence: Mutex::new(ContextV7::new()) }) }
    }
}

/// The machine's time, also where the clock of the house stands still: a back-off is about machines, not about law.
#[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else is told to use")]
pub(crate) fn machine() -> DateTime<Utc> {
    micros(Utc::now())
}

fn micros(instant: DateTime<Utc>) -> DateTime<Utc> {
    instant.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_a_standing_clock_differ_and_rise() {
        let clock = Clock::manual(machine());
        let ids: Vec<_> = (0..10_000).map(|_| clock.id()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(ids[0].get_version_num(), 7);
    }

    #[test]
    fn instants_hold_no_more_than_microseconds() {
        assert_eq!(Clock::system().now().timestamp_subsec_nanos() % 1_000, 0);
    }
}
