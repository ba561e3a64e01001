//! A court follows its inbox: everything that waits, a mark that it has caught up, then every new filing.
//!
//! The stream is pulled: nothing is read before the court's connection has room for it, so a slow court costs one page
//! of memory and no task. It resumes by place in the order of submissions; what still waits unacknowledged is always
//! told again, whatever the token says.

use std::collections::VecDeque;
use std::time::Duration;

use chassis::Denied;
use contracts::transfer::v1::InboxItem;
use courier::Fault;
use futures::StreamExt as _;
use futures::stream::{self, Stream};
use tokio_util::sync::CancellationToken;
use tonic::Status;

use crate::store::Store;
use crate::store::inbox::{Inbox, Placed};

/// Items that are read ahead.
const PAGE: u64 = 64;
/// How soon a submission by another replica is seen.
const LOOK: Duration = Duration::from_millis(200);

/// The stream of an inbox, from a place or from the beginning.
pub(crate) fn follow(
    store: Store,
    inbox: Inbox,
    from: Option<u64>,
    closing: CancellationToken,
) -> impl Stream<Item = Result<InboxItem, Status>> + Send + 'static {
    let watch = Watch { store, inbox, from, place: 0, phase: Phase::Beginning, ready: VecDeque::new() };
    let watched = stream::unfold(Some(watch), |watch| async {
        let mut watch = watch?;
        match watch.next().await {
            Ok(item) => Some((Ok(item), Some(watch))),
            Err(fault) => Some((Err(Denied::Fault(fault).into()), None)),
        }
    });
    // A stop need not wait for courts that listen: they are told, and come back elsewhere or later.
    let told = closing.clone();
    let last = stream::once(async move { told.is_cancelled().then(|| Err(Denied::Stopping.into())) });
    watched.take_until(closing.cancelled_owned()).chain(last.filter_map(std::future::ready))
}

struct Watch {
    store: Store,
    inbox: Inbox,
    from: Option<u64>,
    /// Up to here everything is told, or is in `phase`.
    place: u64,
    phase: Phase,
    ready: VecDeque<InboxItem>,
}

enum Phase {
    Beginning,
    /// What waited when the stream began.
    Telling(VecDeque<Placed>),
    Following,
}

impl Watch {
    async fn next(&mut self) -> Result<InboxItem, Fault> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Ok(item);
            }
            match &mut self.phase {
                Phase::Beginning => {
                    // The end is fixed before the rest is read: what comes after it is followed. What waits for its number
                    // would come twice, so it gets it now.
                    self.store.number().await?;
                    self.place = self.store.last_place().await?;
                    let waiting = self.waiting().await?;
                    self.phase = Phase::Telling(waiting);
                }
                Phase::Telling(waiting) if waiting.is_empty() => {
                    self.phase = Phase::Following;
                    let resume_token = self.store.resume_token(&self.inbox, self.place);
                    return Ok(InboxItem { resume_token, caught_up: true, ..Default::default() });
                }
                Phase::Telling(waiting) => {
                    let page: Vec<Placed> = waiting.drain(..waiting.len().min(PAGE as usize)).collect();
                    self.ready = self.store.items(&self.inbox, &page, self.from.unwrap_or(0)).await?.into();
                }
                Phase::Following => self.look().await?,
            }
        }
    }

    async fn waiting(&self) -> Result<VecDeque<Placed>, Fault> {
        let (store, inbox) = (&self.store, &self.inbox);
        let Some(from) = self.from else {
            let all = store.waiting(inbox, &["TRANSFERRED", "COURT_REVIEW"], self.place).await?;
            return Ok(all.into_iter().collect());
        };
        let mut all = store.waiting(inbox, &["TRANSFERRED"], self.place).await?;
        let mut after = from;
        while after < self.place {
            let (placed, through) = store.submitted(inbox, after, self.place, 8 * PAGE).await?;
            all.extend(placed);
            after = through;
        }
        Ok(all.into_iter().collect())
    }

    /// Reads what is new, or waits a moment for something to be.
    async fn look(&mut self) -> Result<(), Fault> {
        let last = self.store.last_place().await?;
        if last > self.place {
            let (placed, through) = self.store.submitted(&self.inbox, self.place, last, PAGE).await?;
            self.place = through;
            if !placed.is_empty() {
                self.ready = self.store.items(&self.inbox, &placed, 0).await?.into();
            }
            return Ok(());
        }
        tokio::select! {
            () = self.store.something_submitted() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
        Ok(())
    }
}
