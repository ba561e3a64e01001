//! One event's effect: the handler's answer and the inbox row's "applied" in one commit, or a reason why not.
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use sea_orm::{EntityName, IdenStatic, Value};

use crate::fault::CommitError;
use crate::planted::{self, Bug};
use crate::reactions::{Reactions, Trouble};
use crate::rows::inbox::{self, APPLIED, Column, QUARANTINED, STORED};
use crate::write_list::Step;
use crate::{Actor, Desk, Pace, WriteList, clock};

/// Lost when the event has found its end already: nothing is left to do.
const INBOX_ROW: &str = "INBOX_ROW";
/// How often a handler decides anew at once when somebody else was faster.
const TRIES: u32 = 3;
/// A reason is a sentence, not a dump.
const REASON_CHARS: usize = 300;

/// What it takes to apply an event.
#[derive(Clone)]
pub(crate) struct Applying {
    pub(crate) desk: Desk,
    pub(crate) reactions: Arc<Reactions>,
    pub(crate) pace: Pace,
}

impl Applying {
    /// Applies the event of `row`, or writes down why it waits.
    pub(crate) async fn apply(&self, row: &inbox::Model) {
        let work = AssertUnwindSafe(self.try_apply(row)).catch_unwind();
        let trouble = match tokio::time::timeout(self.pace.handler_limit, work).await {
            Ok(Ok(Ok(()))) => return,
            Ok(Ok(Err(trouble))) => trouble,
            Ok(Err(_)) => Trouble::Later("HANDLER_PANICKED".to_owned()),
            Err(_) => Trouble::Later("HANDLER_TOO_SLOW".to_owned()),
        };
        if let Err(error) = self.postpone(row, &trouble).await {
            tracing::error!(topic = row.topic, pub_seq = row.pub_seq, %error, "a failed event could not be postponed");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    async fn try_apply(&self, row: &inbox::Model) -> Result<(), Trouble> {
        let event = row.envelope();
        let mut rival = "";
        for _ in 0..TRIES {
            let actor = Actor::service(self.reactions.service(), event.centre.clone());
            let stamp = self.desk.stamp(actor, self.reactions.method(&event.kind), event.trace.clone());
            let mut list = self.reactions.react(&event, &stamp).await?;
            if planted::is(Bug::EffectOutsideInbox) {
                let effect = std::mem::replace(&mut list, WriteList::bookkeeping());
                drop(self.desk.commit_patiently(effect).await);
            }
            list.first(Step::Update {
                table: inbox::Entity.table_name(),
                set: vec![
                    (Column::State.as_str(), APPLIED.into()),
                    (Column::AppliedAt.as_str(), stamp.now.into()),
                    (Column::NextAt.as_str(), Value::ChronoDateTimeUtc(None)),
                    (Column::Reason.as_str(), Value::String(None)),
                ],
                matching: vec![
                    (Column::Topic.as_str(), row.topic.clone().into()),
                    (Column::PubSeq.as_str(), row.pub_seq.into()),
                    (Column::State.as_str(), STORED.into()),
                ],
                guard: Some(INBOX_ROW),
            });
            match self.desk.commit_patiently(list).await {
                Ok(()) | Err(CommitError::Lost(INBOX_ROW)) => return Ok(()),
                Err(CommitError::Lost(guard)) => rival = guard,
                Err(CommitError::Busy) => return Err(Trouble::Away("WRITER_BUSY".to_owned())),
                Err(CommitError::Fault(fault)) => return Err(fault.into()),
            }
        }
        Err(Trouble::Later(format!("GUARD_LOST {rival}")))
    }

    async fn postpone(&self, row: &inbox::Model, trouble: &Trouble) -> Result<(), CommitError> {
        let counted = !matches!(trouble, Trouble::Away(_));
        let attempts = row.attempts.saturating_add(counted.into());
        let (hopeless, reason) = match trouble {
            Trouble::Later(reason) => (attempts >= self.pace.attempts, reason),
            Trouble::Away(reason) => (false, reason),
            Trouble::Poison(reason) => (true, reason),
        };
        let reason: String = reason.chars().filter(|c| !c.is_control()).take(REASON_CHARS).collect();
        if hopeless {
            tracing::error!(
                topic = row.topic,
                pub_seq = row.pub_seq,
                kind = row.kind,
                reason,
                "event quarantined"
            );
        } else {
            tracing::warn!(
                topic = row.topic,
                pub_seq = row.pub_seq,
                kind = row.kind,
                reason,
                attempts,
                "event waits"
            );
        }
        let delay = chrono::Duration::from_std(self.pace.retry_delay(attempts.max(1)))
            .unwrap_or(chrono::Duration::MAX);
        let next_at = if hopeless { None } else { Some(clock::machine() + delay) };
        let mut list = WriteList::bookkeeping();
        list.update_where::<inbox::Entity>(
            vec![
                (Column::Attempts, attempts.into()),
                (Column::State, if hopeless { QUARANTINED } else { STORED }.into()),
                (Column::NextAt, next_at.into()),
                (Column::Reason, reason.into()),
            ],
            vec![
                (Column::Topic, row.topic.clone().into()),
                (Column::PubSeq, row.pub_seq.into()),
                (Column::State, STORED.into()),
            ],
            None,
        );
        self.desk.commit_patiently(list).await
    }
}
