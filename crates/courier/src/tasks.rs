//! Background tasks that are counted, so that shutdown can wait for them and a panic is seen.
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::Fault;

/// A group of background tasks; clones share it.
#[derive(Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
}

impl Tasks {
    /// An empty group.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs `work` beside the caller. A panic ends the task and is logged under `name`.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place of this crate that spawns: tracked, panics logged"
    )]
    pub fn spawn(&self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let work = self.tracker.track_future(async move {
            if AssertUnwindSafe(work).catch_unwind().await.is_err() {
                tracing::error!(task = name, "a background task panicked");
            }
        });
        drop(tokio::spawn(work));
    }

    /// Runs `work` and starts it again a second after it failed or panicked, until `cancel`.
    pub fn supervise<F, Fut>(&self, name: &'static str, cancel: CancellationToken, mut work: F)
    where
        F: FnMut() -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), Fault>> + Send + 'static,
    {
        self.spawn(name, async move {
            while !cancel.is_cancelled() {
                match AssertUnwindSafe(work()).catch_unwind().await {
                    Ok(Ok(())) => return,
                    Ok(Err(fault)) => {
                        tracing::warn!(task = name, %fault, "a background task failed, starting again");
                    }
                    Err(_) => tracing::error!(task = name, "a background task panicked, starting again"),
                }
                tokio::select! {
                    () = cancel.cancelled() => {}
                    () = tokio::time::sleep(Duration::from_secs(1)) => {}
                }
            }
        });
    }

    /// Waits until every task has ended. None may be added any more.
    pub async fn finished(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }
}
