//! A case as one: read whole, judged, and written whole under the revision that was read.

use access::{Call, relation};
use chassis::Denied;
use courier::{CommitError, Fault, Heard, Reaction, Stamp, Trouble, WriteList};
use lexicon::{CaseId, Outcome};
use sea_orm::{EntityTrait, IntoActiveModel};

use super::row::thread;
use super::{Store, TRIES, matters};
use crate::model::thread::Moved;
use crate::model::{News, Thread, filing};
use crate::packing::Packed;
use crate::wire;

/// A case as it was read.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    /// What was read.
    pub(crate) thread: Thread,
    /// The revision; none where there is no row yet.
    revision: Option<u64>,
}

impl Store {
    /// A verb of a court about a case that it need not have been sent by us: the act itself says whose it is, and to another
    /// court it is not there.
    pub(crate) async fn change_of_court(
        &self,
        call: &Call,
        case: CaseId,
        act: impl Fn(Thread, &Stamp) -> Moved,
    ) -> Result<Thread, Denied> {
        call.decide(None)?;
        for _ in 0..TRIES {
            let before = self.read(call.caller.centre.as_str(), case).await?;
            let stamp = call.stamp(&self.desk);
            let (after, news) = match Thread::settled(act(before.thread.clone(), &stamp)?) {
                Outcome::AlreadySo(thread) => {
                    self.desk.vouch(&stamp, case.as_uuid()).await?;
                    return Ok(thread);
                }
                Outcome::Changed(after, news) => (after, news),
            };
            let list = self.change_list(&stamp, &before, &after, &news, None)?;
            match self.desk.commit(list).await {
                Ok(()) => return Ok(after),
                Err(CommitError::Lost(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Denied::Stale { current: None })
    }

    /// The case. The rows are read one after another; whatever fell between them has raised the revision that the write
    /// shows, so nothing is decided on a torn view.
    pub(crate) async fn read(&self, centre: &str, case: CaseId) -> Result<Read, Fault> {
        let row = thread::Entity::find_by_id(case.as_uuid()).one(self.desk.reader()).await?;
        let row = row.filter(|row| row.centre == centre);
        let mut thread = Thread::unheard(case);
        if let Some(row) = &row {
            thread.version = row.version as u64;
            let facts = serde_json::from_str(&row.facts);
            thread.facts = facts.map_err(|_| Fault::inconsistent("thread", "facts", row.case_id))?;
            if let Some(sealed) = &row.document_sealed {
                thread.facts.document = Some(self.open_content(centre, "thread", row.case_id, sealed)?);
            }
        }
        thread.facts.law = self.law().await?;
        thread.filing = self.filing_of(centre, case).await?;
        thread.facts.filings = self.filings_of(centre, case).await?;
        thread.confirmation = self.confirmation_of(centre, case).await?;
        thread.handoff = self.handoff_of(centre, case).await?;
        thread.commission = self.commission_of(centre, case).await?;
        if row.is_none()
            && let Some(filing) = &thread.filing
        {
            // A case from before there were threads.
            thread.version = filing.version;
            thread.facts.track.clone_from(&filing.track);
            thread.facts.first_receiver = Some(filing.first_receiver.clone());
            thread.facts.demanded = true;
        }
        Ok(Read { thread, revision: row.map(|row| row.revision as u64) })
    }

    /// The steps from what was read to what is, and the news.
    pub(super) fn put_thread(
        &self,
        list: &mut WriteList,
        centre: &str,
        before: &Read,
        after: &Thread,
        news: &[News],
        packed: Option<&Packed>,
    ) -> Result<(), Fault> {
        self.put_row(list, centre, before.revision, after)?;
        let old = &before.thread;
        matters::put(list, centre, old, after);
        if let Some(filing) = after.filing.as_ref().filter(|filing| old.filing.as_ref() != Some(filing)) {
            self.put(list, centre, old.filing.as_ref(), filing, packed)?;
        }
        if let Some(now) = after.confirmation.as_ref().filter(|now| old.confirmation.as_ref() != Some(now)) {
            self.put_confirmation(list, centre, old.confirmation.as_ref(), now, packed)?;
            relation::court(list, centre, after.case.as_uuid(), now.package.venue.court.as_str());
        }
        if let Some(now) = after.handoff.as_ref().filter(|now| old.handoff.as_ref() != Some(now)) {
            self.put_handoff(list, centre, old.handoff.as_ref(), now)?;
        }
        if let Some(now) = after.commission.as_ref().filter(|now| old.commission.as_ref() != Some(now)) {
            self.put_commission(list, centre, now)?;
        }
        for news in news {
            wire::news::post(list, after, *news);
        }
        Ok(())
    }

    /// What was heard about a case, in one write. What the model refuses has come too late, and changes nothing.
    pub(crate) async fn hear<M>(
        &self,
        heard: &Heard<M>,
        act: impl FnOnce(Thread) -> Outcome<Thread, News>,
    ) -> Result<Reaction, Trouble> {
        let before = self.read(&heard.centre, heard.case.into()).await?;
        let Outcome::Changed(mut after, mut news) = Thread::settled(act(before.thread.clone())) else {
            return Ok(Reaction::Nothing);
        };
        if after == before.thread && news.is_empty() {
            return Ok(Reaction::Nothing);
        }
        let seen = self.of_one_matter(&heard.centre, &before.thread, &mut after, &mut news).await?;
        let mut list = WriteList::new(&heard.stamp, Some(heard.case));
        self.put_thread(&mut list, &heard.centre, &before, &after, &news, None)?;
        self.put_seen(&mut list, &heard.centre, &seen)?;
        Ok(Reaction::Write(list))
    }

    /// The list of one change, ready to be committed.
    pub(super) fn change_list(
        &self,
        stamp: &Stamp,
        before: &Read,
        after: &Thread,
        news: &[News],
        packed: Option<&Packed>,
    ) -> Result<WriteList, Fault> {
        let mut list = WriteList::new(stamp, Some(after.case.as_uuid()));
        self.put_thread(&mut list, &stamp.by.centre, before, after, news, packed)?;
        Ok(list)
    }

    /// Wakes the courts that follow their inboxes.
    pub(super) fn wake(&self, news: &[News]) {
        use crate::model::confirmation::Event::Applied;
        let told = |news: &News| {
            matches!(
                news,
                News::Filing(filing::Event::Submitted | filing::Event::Corrected)
                    | News::Confirmation(Applied)
            )
        };
        if news.iter().any(told) {
            self.submitted.notify_waiters();
        }
    }
}

impl Store {
    /// The case's own row. Its update asks for the revision that was read; with no such row nothing of the list is written.
    pub(super) fn put_row(
        &self,
        list: &mut WriteList,
        centre: &str,
        revision: Option<u64>,
        after: &Thread,
    ) -> Result<(), Fault> {
        let facts = serde_json::to_string(&after.facts);
        let document = after.facts.document.as_ref();
        let sealed =
            document.map(|document| self.seal_content(centre, "thread", after.case.as_uuid(), document));
        let document_sealed = sealed.transpose()?;
        let row = thread::Model {
            case_id: after.case.as_uuid(),
            centre: centre.to_owned(),
            revision: revision.map_or(1, |revision| revision as i64 + 1),
            version: after.version as i64,
            facts: facts.map_err(|error| Fault::new("write what is known of a case", error))?,
            document_sealed,
        };
        let Some(revision) = revision else {
            list.insert(row.into_active_model(), "revision");
            return Ok(());
        };
        list.update_where::<thread::Entity>(
            vec![
                (thread::Column::Revision, row.revision.into()),
                (thread::Column::Version, row.version.into()),
                (thread::Column::Facts, row.facts.into()),
                (thread::Column::DocumentSealed, row.document_sealed.into()),
            ],
            vec![
                (thread::Column::CaseId, row.case_id.into()),
                (thread::Column::Revision, (revision as i64).into()),
            ],
            Some("revision"),
        );
        Ok(())
    }
}

impl Read {
    /// The revision under which it was read.
    pub(super) const fn revision(&self) -> Option<u64> {
        self.revision
    }
}
