//! The one clock of a process, and the ids that come from it.
//!
//! Time is an argument everywhere else in the house. Instants are cut to microseconds, which is what PostgreSQL keeps, so
//! that a value read back equals the value written. Ids are UUID v7: they sort by time, and two taken from one clock are
//! never equal, also while a test holds the clock still. On PostgreSQL the desk sets the clock by the database's, so that all
//! replicas judge by the same one; between two settings it goes on by the machine's steady clock, which nobody sets.
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use uuid::{ContextV7, Timestamp, Uuid};

/// A difference from which on somebody should look at the machines' clocks.
const ALARM: TimeDelta = TimeDelta::seconds(5);

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
    /// The machine's clock, until a database has told the time.
    System(RwLock<Option<Told>>),
    #[cfg(feature = "manual-clock")]
    Manual(Mutex<DateTime<Utc>>),
}

/// What the database's clock said, and when by the steady one. A machine whose clock is set, by an hour or by a day, judges
/// no deadline otherwise for it.
#[derive(Clone, Copy)]
struct Told {
    time: DateTime<Utc>,
    then: Instant,
}

impl Told {
    fn at(self, instant: Instant) -> DateTime<Utc> {
        let since = match instant.checked_duration_since(self.then) {
            Some(since) => TimeDelta::from_std(since),
            None => TimeDelta::from_std(self.then - instant).map(|before| -before),
        };
        self.time + since.unwrap_or(TimeDelta::zero())
    }
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::with(Source::System(RwLock::new(None)))
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

    /// Whether somebody moves it by hand.
    pub(crate) fn jumps(&self) -> bool {
        match &self.inner.source {
            Source::System(_) => false,
            #[cfg(feature = "manual-clock")]
            Source::Manual(_) => true,
        }
    }

    /// The instant, cut to microseconds.
    pub fn now(&self) -> DateTime<Utc> {
        match &self.inner.source {
            Source::System(told) => match *told.read().unwrap_or_else(PoisonError::into_inner) {
                None => machine(),
                Some(told) => micros(told.at(Instant::now())),
            },
            #[cfg(feature = "manual-clock")]
            Source::Manual(now) => *now.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Learns that the database's clock said `time`, asked at `asked` and answered after `asking`. One slow answer does not
    /// shake the clock: what is within its doubt is left as it is. A manual clock stays where it is.
    pub(crate) fn set_by(&self, time: DateTime<Utc>, asked: Instant, asking: Duration) {
        #[cfg_attr(
            not(feature = "manual-clock"),
            expect(irrefutable_let_patterns, reason = "two sources in tests")
        )]
        if let Source::System(told) = &self.inner.source {
            let then = asked + asking / 2;
            let mut told = told.write().unwrap_or_else(PoisonError::into_inner);
            let expected = match *told {
                Some(told) => told.at(then),
                None => Told { time: machine(), then: Instant::now() }.at(then),
            };
            let difference = time - expected;
            let doubt = TimeDelta::from_std(asking / 2).unwrap_or(TimeDelta::MAX);
            let time = if difference.abs() <= doubt { expected } else { time };
            *told = Some(Told { time, then });
            if difference.abs() > ALARM.max(doubt) {
                tracing::warn!(
                    milliseconds = difference.num_milliseconds(),
                    "the database's clock is not where it was expected"
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
    fn a_clock_that_was_told_the_time_goes_on_by_the_steady_clock() {
        let (clock, asked) = (Clock::system(), Instant::now());
        let yesterday = machine() - TimeDelta::days(1);
        clock.set_by(yesterday, asked, Duration::ZERO);
        let now = clock.now();
        assert!((yesterday..yesterday + TimeDelta::minutes(1)).contains(&now), "not the machine's: {now}");
        clock.set_by(yesterday + TimeDelta::seconds(40), asked, Duration::from_mins(2));
        assert!(clock.now() < yesterday + TimeDelta::seconds(100), "a slow answer shakes nothing");
    }

    #[test]
    fn instants_hold_no_more_than_microseconds() {
        assert_eq!(Clock::system().now().timestamp_subsec_nanos() % 1_000, 0);
    }
}
