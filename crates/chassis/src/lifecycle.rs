//! Starting tasks that are waited for, and stopping in time.
//!
//! Three tokens: *leaving* says "tell everybody to look elsewhere", *soft* says "take nothing new, finish what you have",
//! *hard* says "stop now". SIGTERM or Ctrl-C is leaving; soft follows when the time to drain is over, hard when the soft
//! time is. A task that still runs when the whole time is over is abandoned, because a supervisor would kill us then
//! anyway, with less said about it.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::settings::Settings;

/// The life of one process. Cheap to clone; all clones are the same life.
#[derive(Clone, Debug)]
pub struct Lifecycle {
    leaving: CancellationToken,
    soft: CancellationToken,
    hard: CancellationToken,
    tasks: TaskTracker,
    drain_time: Duration,
    soft_time: Duration,
    whole_time: Duration,
}

impl Lifecycle {
    /// A life that ends by [`Lifecycle::stop`] alone: soft for `soft_time`, over after `whole_time`.
    pub fn new(soft_time: Duration, whole_time: Duration) -> Self {
        Self {
            leaving: CancellationToken::new(),
            soft: CancellationToken::new(),
            hard: CancellationToken::new(),
            tasks: TaskTracker::new(),
            drain_time: Duration::ZERO,
            soft_time,
            whole_time: whole_time.max(soft_time),
        }
    }

    /// The same life with a time in which [`Lifecycle::leave`] still lets calls in.
    #[must_use]
    pub fn draining(self, drain_time: Duration) -> Self {
        Self { drain_time, ..self }
    }

    /// A life with the times of the settings, that also ends by SIGTERM and Ctrl-C. In the embedded mode nobody drains:
    /// there is no other process that could take the calls.
    pub fn of(settings: &Settings) -> std::io::Result<Self> {
        let times = &settings.shutdown;
        let drain = Duration::from_secs(if settings.is_embedded() { 0 } else { times.drain_seconds });
        let (soft, hard) = (Duration::from_secs(times.soft_seconds), Duration::from_secs(times.hard_seconds));
        let life = Self::new(soft, hard.saturating_sub(drain)).draining(drain);
        let mut signals = Signals::listen()?;
        let ends = life.clone();
        life.spawn("signals", async move {
            tokio::select! {
                name = signals.next() => {
                    tracing::info!(signal = name, "asked to stop");
                    ends.leave(async { _ = signals.next().await }).await;
                }
                () = ends.soft.cancelled() => {}
            }
        });
        Ok(life)
    }

    /// Cancelled when others should look elsewhere; calls are still taken.
    pub fn leaving(&self) -> CancellationToken {
        self.leaving.clone()
    }

    /// Cancelled when nothing new should begin.
    pub fn soft(&self) -> CancellationToken {
        self.soft.clone()
    }

    /// Cancelled when everything should end at once.
    pub fn hard(&self) -> CancellationToken {
        self.hard.clone()
    }

    /// Starts a task that stopping waits for. Its panic is logged under its name and ends this life: a process
    /// that lost one of its parts must not go on as if it were whole.
    pub fn spawn(&self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let running = self.tasks.spawn(work);
        let life = self.clone();
        drop(self.tasks.spawn(async move {
            if running.await.is_err_and(|ended| ended.is_panic()) {
                tracing::error!(task = name, "a task panicked; stopping");
                life.stop();
            }
        }));
    }

    /// Says that this process is about to stop, takes calls while it drains or until `hurry`, and begins to stop.
    pub async fn leave(&self, hurry: impl Future<Output = ()>) {
        self.leaving.cancel();
        tokio::select! {
            () = tokio::time::sleep(self.drain_time) => {}
            () = hurry => {}
            () = self.soft.cancelled() => {}
        }
        self.stop();
    }

    /// Begins to stop at once. Calling it again changes nothing.
    pub fn stop(&self) {
        self.leaving.cancel();
        self.tasks.close();
        self.soft.cancel();
    }

    /// Waits until this life is asked to end and all tasks have ended, at most for the whole time. Answers
    /// whether all had ended.
    pub async fn ended(&self) -> bool {
        self.soft.cancelled().await;
        let begun = tokio::time::Instant::now();
        if tokio::time::timeout_at(begun + self.soft_time, self.tasks.wait()).await.is_ok() {
            self.hard.cancel();
            return true;
        }
        tracing::warn!("calls are still open; closing them");
        self.hard.cancel();
        let all = tokio::time::timeout_at(begun + self.whole_time, self.tasks.wait()).await.is_ok();
        if !all {
            tracing::error!(tasks = self.tasks.len(), "abandoned what did not stop in time");
        }
        all
    }
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    #[expect(clippy::unnecessary_wraps, reason = "the other platforms can fail here")]
    fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> &'static str {
        let _ = tokio::signal::ctrl_c().await;
        "Ctrl-C"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // A time that is not to be waited for is longer than any machine is slow; one that is has no close upper bound.
    fn brief() -> Lifecycle {
        Lifecycle::new(Duration::from_millis(100), Duration::from_millis(300))
    }

    #[tokio::test]
    async fn what_ends_softly_is_waited_for() {
        let life = Lifecycle::new(Duration::from_secs(20), Duration::from_secs(30));
        let soft = life.soft();
        life.spawn("polite", async move { soft.cancelled().await });
        life.stop();
        let begun = tokio::time::Instant::now();
        assert!(life.ended().await);
        assert!(begun.elapsed() < Duration::from_secs(10));
    }

    #[tokio::test]
    async fn what_only_hears_hard_gets_the_soft_time() {
        let life = Lifecycle::new(Duration::from_millis(100), Duration::from_secs(30));
        let hard = life.hard();
        life.spawn("stream", async move { hard.cancelled().await });
        life.stop();
        let begun = tokio::time::Instant::now();
        assert!(life.ended().await);
        assert!((100..10_000).contains(&(begun.elapsed().as_millis() as u64)));
    }

    #[tokio::test]
    async fn what_hears_nothing_is_abandoned() {
        let life = brief();
        life.spawn("deaf", std::future::pending());
        life.stop();
        let begun = tokio::time::Instant::now();
        assert!(!life.ended().await);
        assert!((300..10_000).contains(&(begun.elapsed().as_millis() as u64)));
    }

    #[tokio::test]
    async fn whoever_leaves_is_open_until_it_has_drained_or_is_hurried() {
        let life = brief().draining(Duration::from_millis(100));
        let begun = tokio::time::Instant::now();
        let looking = async {
            life.leaving().cancelled().await;
            assert!(!life.soft().is_cancelled());
        };
        tokio::join!(life.leave(std::future::pending()), looking);
        assert!(life.soft().is_cancelled() && begun.elapsed() >= Duration::from_millis(100));

        let life = brief().draining(Duration::from_mins(1));
        let begun = tokio::time::Instant::now();
        life.leave(std::future::ready(())).await;
        assert!(life.soft().is_cancelled() && begun.elapsed() < Duration::from_secs(20));
    }

    #[tokio::test]
    async fn a_panic_ends_the_life() {
        let life = brief();
        life.spawn("broken", async { panic!("planted") });
        assert!(tokio::time::timeout(Duration::from_secs(20), life.ended()).await.unwrap());
    }
}
