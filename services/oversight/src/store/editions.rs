//! Editions: what one would move, putting it in force, and moving exactly that.
//!
//! Whether a deadline moves is computed from its ledger by both calendars, page by page. Once an edition is in force every
//! decision goes by its calendar; the ledgers that it moves are brought after it (`heal`), at once and again by the tick, so
//! that a process that died in between leaves nothing behind. `deadline.edition` says by which one a row was looked at last.

use std::sync::atomic::Ordering;

use access::Call;
use almanac::{Editions, Faulty, Shelved};
use chassis::Denied;
use chrono::{DateTime, Utc};
use contracts::oversight::v1::{Edition as Body, EditionActivated};
use courier::{Actor, CommitError, Fault, WriteList};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use prost::Message as _;
use rulebook::clocks::Expiry;
use rulebook::edition::Edition;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use uuid::Uuid;

use super::rows::deadline;
use super::{MET, Store, casebook, timestamp};
use crate::model::{Deadline, FENCING_CLOCK, Refusal};

/// Rows of a page.
const PAGE: u64 = 1_000;
/// Rows of a write.
const TOGETHER: usize = 50;
/// Writes at the same time.
const AT_ONCE: usize = 16;

/// A deadline that would end otherwise.
pub struct Move {
    /// The case.
    pub case: Uuid,
    /// The deadline.
    pub deadline: Deadline,
    /// How it ends now.
    pub from: Expiry,
    /// How it would end.
    pub to: Expiry,
}

/// What an edition would move.
#[derive(Default)]
pub struct Preview {
    /// Of the caller's centre, as many as were asked for.
    pub moves: Vec<Move>,
    /// How many move.
    pub moved: u64,
    /// Of these, how many become sure.
    pub healed: u64,
    /// How many open deadlines were looked at.
    pub open: u64,
    /// Stands for the edition and exactly these moves.
    pub digest: String,
}

impl Store {
    /// Everything that was activated, oldest first.
    pub async fn shelf(&self) -> Result<Arc<Vec<Shelved>>, Fault> {
        self.almanac.refresh(&self.desk).await?;
        Ok(self.almanac.shelf())
    }

    /// What an edition would move.
    pub async fn preview(&self, call: &Call, body: &Body, most: usize) -> Result<Preview, Denied> {
        let activated = self.shelf().await?;
        let (whole, edition) = laid(&activated, body)?;
        Ok(self.moves(call.caller.centre.as_str(), &whole, &edition, most).await?)
    }

    /// Puts an edition in force and moves what its preview listed.
    pub async fn activate(&self, call: &Call, body: &Body, digest: &str) -> Result<Shelved, Denied> {
        let activated = self.shelf().await?;
        if let Some(last) = activated.last().filter(|last| almanac::with(&last.body, body) == last.body) {
            // Said again: vouched for by a write, as every answer to a command.
            self.desk.commit(WriteList::new(&call.stamp(&self.desk), None)).await?;
            return Ok(last.clone());
        }
        let (whole, edition) = laid(&activated, body)?;
        let preview = self.moves(call.caller.centre.as_str(), &whole, &edition, 0).await?;
        if preview.digest != digest {
            return Err(Denied::refused(Refusal::PreviewOutdated));
        }
        let stamp = call.stamp(&self.desk);
        let number = activated.last().map_or(1, |last| last.number + 1);
        let shelved = Shelved { number, body: whole, at: stamp.now };
        let mut list = WriteList::new(&stamp, None);
        almanac::put(&mut list, &shelved);
        let (edition, activate_time) = (Some(shelved.body.clone()), Some(timestamp(shelved.at)));
        list.post(Uuid::nil(), number, &EditionActivated { number, edition, activate_time });
        self.desk.commit(list).await?;
        self.catch_up().await?;
        Ok(shelved)
    }

    /// Takes over the editions that others put in force, and brings the deadlines after the one in force.
    pub async fn catch_up(&self) -> Result<(), Fault> {
        if self.almanac.refresh(&self.desk).await? {
            self.unhealed.store(true, Ordering::Relaxed);
        }
        // What another worker wrote meanwhile is looked at by the next run, until one finds nothing.
        if self.unhealed.load(Ordering::Relaxed) && self.heal().await? == 0 {
            self.unhealed.store(false, Ordering::Relaxed);
        }
        Ok(())
    }

    async fn moves(&self, centre: &str, body: &Body, next: &Edition, most: usize) -> Result<Preview, Fault> {
        let editions = self.editions().await?;
        let mut digest = Sha256::new_with_prefix(body.encode_to_vec());
        let (mut preview, mut after) = (Preview::default(), Uuid::nil());
        loop {
            let page = self.open(after, None).await?;
            let Some(last) = page.last() else { break };
            after = last.deadline_id;
            for row in page {
                let found = casebook::deadline(&row, &editions)?;
                preview.open += 1;
                let Some((from, to)) =
                    found.expiry(&editions).zip(found.by(next)).filter(|(from, to)| from != to)
                else {
                    continue;
                };
                digest.update(row.deadline_id.as_bytes());
                digest.update(format!("{from:?} {to:?}"));
                preview.moved += 1;
                preview.healed += u64::from(from.provisional && !to.provisional);
                if row.centre == centre && preview.moves.len() < most {
                    preview.moves.push(Move { case: row.case_id, deadline: found, from, to });
                }
            }
        }
        let short =
            digest.finalize().iter().take(16).fold(0_u128, |short, byte| short << 8 | u128::from(*byte));
        preview.digest = format!("{short:032x}");
        Ok(preview)
    }

    /// Deadlines that are waited for, by key; with `edition`, those that were last looked at by another.
    async fn open(&self, after: Uuid, edition: Option<&str>) -> Result<Vec<deadline::Model>, Fault> {
        use deadline::Column::{Clock, DeadlineId, Edition, Ledger, State};
        let mut open = deadline::Entity::find().filter(State.ne(MET)).filter(DeadlineId.gt(after));
        if let Some(edition) = edition {
            // What no calendar counts has no edition, and nothing to be brought after one.
            let counted =
                Condition::any().add(Edition.ne("")).add(Ledger.eq("").and(Clock.ne(FENCING_CLOCK)));
            open = open.filter(Edition.ne(edition)).filter(counted);
        }
        open.order_by_asc(DeadlineId)
            .limit(PAGE)
            .all(self.desk.reader())
            .await
            .map_err(|e| Fault::new("read open deadlines", e))
    }

    /// Brings every open deadline after the edition in force: those that it moves adopt it, the others are marked as looked
    /// at. Answers how many were looked at. A row that somebody else changes at the same moment is left for the next run.
    async fn heal(&self) -> Result<usize, Fault> {
        let (editions, now) = (self.editions().await?, self.desk.clock().now());
        let (mut seen, mut after) = (0, Uuid::nil());
        loop {
            let page = self.open(after, Some(editions.active().id())).await?;
            let Some(last) = page.last() else { return Ok(seen) };
            after = last.deadline_id;
            seen += page.len();
            let lists: Vec<WriteList> = page
                .chunks(TOGETHER)
                .map(|rows| self.healing(rows, &editions, now))
                .collect::<Result<_, _>>()?;
            stream::iter(lists)
                .map(|list| async {
                    match self.desk.commit(list).await {
                        Ok(()) | Err(CommitError::Lost(_) | CommitError::Busy) => Ok(()),
                        Err(CommitError::Fault(fault)) => Err(fault),
                    }
                })
                .buffer_unordered(AT_ONCE)
                .try_collect::<()>()
                .await?;
        }
    }

    fn healing(
        &self,
        rows: &[deadline::Model],
        editions: &Editions,
        now: DateTime<Utc>,
    ) -> Result<WriteList, Fault> {
        use deadline::Column::{DeadlineId, DueAt, Edition, Generation, Ledger, State};
        let by = Actor::service("oversight", rows.first().map_or("", |row| row.centre.as_str()));
        let mut list = WriteList::new(&self.desk.stamp(by, "oversight.tick.editions", None), None);
        for row in rows {
            let mut found = casebook::deadline(row, editions)?;
            let moves = found.ledger().is_some() && found.expiry(editions) != found.in_force(editions);
            let set = if moves {
                found
                    .adopt(editions, now)
                    .map_err(|_| Fault::plain("adopt an edition", "the ledger refuses it"))?;
                casebook::moved(&found, editions)?
            } else {
                vec![(Edition, editions.active().id().into())]
            };
            let as_read = vec![
                (DeadlineId, row.deadline_id.into()),
                (State, row.state.clone().into()),
                (Generation, row.generation.into()),
                (DueAt, row.due_at.into()),
                (Ledger, row.ledger.clone().into()),
            ];
            list.update_where::<deadline::Entity>(set, as_read, None);
        }
        Ok(list)
    }
}

/// An edition laid over the one in force, and read.
fn laid(shelf: &[Shelved], body: &Body) -> Result<(Body, Edition), Denied> {
    if shelf.iter().any(|shelved| shelved.body.edition_id == body.edition_id) {
        return Err(Denied::refused(Refusal::EditionKnown));
    }
    let whole = shelf.last().map_or_else(|| body.clone(), |last| almanac::with(&last.body, body));
    let edition =
        almanac::read(&whole).map_err(|Faulty(faults)| Denied::refused(Refusal::EditionDefective(faults)))?;
    Ok((whole, edition))
}
