//! The commands that make a dispute: saving a draft and filing.
//!
//! Each is kept under its request id, so that a caller who did not hear the answer asks again and gets it. A sending
//! system's own identifier does the same for a whole organisation: the same matter sent twice is one dispute.

use access::{Call, Role};
use chassis::Denied;
use contracts::intake::v1::{DisputeBody, FileDisputeRequest, SaveDraftRequest};
use courier::{CommitError, Stamp, WriteList};
use lexicon::{CaseId, PartyId, Violations};
use prost::Message;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::row::{external_reference, request};
use super::{Store, TRIES, reading, translate};
use crate::model::{Channel, Dispute, Event, Origin, Screening};
use crate::wire::filing::{Draft, Filing};

const SAVE: &str = "SaveDraft";
/// Lost when the same request was answered meanwhile.
const REQUEST_ID: &str = "request_id";

/// A command under its request id.
pub struct Asked {
    /// Organisation, method and request id; unique within a centre.
    key: String,
    /// The keyed digest of everything that was asked.
    fingerprint: String,
    /// The keyed digest of the body alone: what makes two filings of one external identifier the same.
    body: String,
}

impl Store {
    /// The key and the digests of a request to file.
    pub fn asked_to_file(&self, call: &Call, request: &FileDisputeRequest) -> Asked {
        let whole = FileDisputeRequest { request_id: String::new(), ..request.clone() };
        let mut asked = self.asked(
            call,
            "FileDispute",
            &request.request_id,
            &whole.encode_to_vec(),
            request.body.as_ref(),
        );
        // What was seen since is not the same filing: told under a number that is known, it must not be dropped unheard.
        if let Some(seen) = request.screening.as_ref().filter(|seen| !seen.signs.is_empty()) {
            let mut told = request.body.clone().unwrap_or_default().encode_to_vec();
            told.extend(seen.encode_to_vec());
            asked.body = self.vault.fingerprint(&told);
        }
        asked
    }

    /// The key and the digests of a request to save a draft.
    pub fn asked_to_save(&self, call: &Call, request: &SaveDraftRequest) -> Asked {
        let whole = SaveDraftRequest { request_id: String::new(), ..request.clone() };
        self.asked(call, SAVE, &request.request_id, &whole.encode_to_vec(), request.body.as_ref())
    }

    /// Under which key a request to save a draft is kept.
    pub(super) fn save_key(&self, call: &Call, id: &str) -> String {
        self.asked(call, SAVE, id, &[], None).key
    }

    fn asked(&self, call: &Call, method: &str, id: &str, whole: &[u8], body: Option<&DisputeBody>) -> Asked {
        Asked {
            key: format!("{}|{method}|{id}", call.caller.org),
            fingerprint: self.vault.fingerprint(whole),
            body: self.vault.fingerprint(&body.cloned().unwrap_or_default().encode_to_vec()),
        }
    }

    /// What the command made when it was asked the first time, if it was.
    pub async fn replayed(&self, call: &Call, asked: &Asked) -> Result<Option<Dispute>, Denied> {
        let centre = call.caller.centre.as_str();
        let key = (centre.to_owned(), asked.key.clone());
        let Some(row) = request::Entity::find_by_id(key).one(self.desk.reader()).await.map_err(reading)?
        else {
            return Ok(None);
        };
        if row.fingerprint != asked.fingerprint {
            return Err(Denied::KeyReused);
        }
        let stamp = call.stamp(&self.desk);
        let mut list = WriteList::new(&stamp, Some(row.case_id));
        list.update_where::<request::Entity>(
            vec![(request::Column::ReplayedAt, stamp.now.into())],
            vec![
                (request::Column::Centre, centre.into()),
                (request::Column::RequestKey, asked.key.clone().into()),
            ],
            None,
        );
        self.desk.commit(list).await?;
        Ok(self.load(row.case_id.into()).await?)
    }

    /// Saves a draft, new or known.
    pub async fn save(&self, call: &Call, asked: &Asked, draft: &Draft) -> Result<Dispute, Denied> {
        let saved = self.try_save(call, asked, draft).await;
        self.or_replayed(call, asked, saved).await
    }

    /// Files a dispute, new or from a draft.
    pub async fn file(&self, call: &Call, asked: &Asked, filing: &Filing) -> Result<Dispute, Denied> {
        let filed = self.try_file(call, asked, filing).await;
        self.or_replayed(call, asked, filed).await
    }

    /// A refusal may be the work of the same request's twin, which was a moment faster: then its answer is ours.
    async fn or_replayed(
        &self,
        call: &Call,
        asked: &Asked,
        done: Result<Dispute, Denied>,
    ) -> Result<Dispute, Denied> {
        match done {
            Err(denied @ (Denied::Refused(_) | Denied::Stale { .. })) => {
                self.replayed(call, asked).await?.ok_or(denied)
            }
            done => done,
        }
    }

    async fn try_save(&self, call: &Call, asked: &Asked, draft: &Draft) -> Result<Dispute, Denied> {
        call.decide(None)?;
        for _ in 0..TRIES {
            let stamp = call.stamp(&self.desk);
            let mut sheet = draft.sheet.clone();
            let (before, mut now) = match draft.known {
                None => {
                    sheet.identify(&[], || PartyId::from(stamp.id()));
                    (None, Dispute::draft(origin(&stamp), draft.channel, sheet, stamp.now))
                }
                Some((case, etag)) => {
                    let before = self.own(call, case).await?;
                    // An ended draft is told as such, whatever version was read.
                    let known: Vec<PartyId> = before.sheet.parties.iter().map(|party| party.id).collect();
                    sheet.identify(&known, || PartyId::from(stamp.id()));
                    let now = before.clone().save(draft.channel, sheet, stamp.now)?.into_noun();
                    if etag != before.version {
                        return Err(Denied::Stale { current: Some(before.version) });
                    }
                    (Some(before), now)
                }
            };
            let adviser = std::mem::take(&mut now.entry.record.adviser);
            now.entry.record.clone_from(&draft.record);
            now.advised_by(adviser);
            let list = self.made(&stamp, asked, before.as_ref(), &now, &[Event::DraftSaved])?;
            match self.desk.commit(list).await {
                Ok(()) => return Ok(now),
                Err(CommitError::Lost(REQUEST_ID)) => break,
                Err(CommitError::Lost(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Denied::Stale { current: None })
    }

    /// A new dispute is written without a look at what is there: its unique keys tell whether it, or another under the same
    /// identifier, was there before. One round trip is most of what a filing costs.
    async fn try_file(&self, call: &Call, asked: &Asked, filing: &Filing) -> Result<Dispute, Denied> {
        call.decide(None)?;
        let mut new = filing.draft.is_none();
        for _ in 0..TRIES {
            let stamp = call.stamp(&self.desk);
            let known = if new { None } else { self.known_outside(call, filing).await? };
            let (list, now) = match known {
                Some(reference) if reference.fingerprint != asked.body => return Err(duplicate()),
                Some(reference) => {
                    let mut list = WriteList::new(&stamp, Some(reference.case_id));
                    remember(&mut list, &stamp, asked, reference.case_id);
                    let dispute = self.load(reference.case_id.into()).await?;
                    (list, dispute.ok_or(Denied::Missing("case"))?)
                }
                None => {
                    let (before, now) = self.filed(call, &stamp, filing).await?;
                    let mut list = self.made(&stamp, asked, before.as_ref(), &now, &[Event::Filed])?;
                    if !now.entry.external_id.is_empty() {
                        let reference = external_reference::ActiveModel {
                            centre: Set(now.origin.centre.clone()),
                            org: Set(now.origin.first_receiver.clone()),
                            channel: Set(now.entry.channel.code().to_owned()),
                            external_id: Set(now.entry.external_id.clone()),
                            case_id: Set(now.origin.case.into()),
                            fingerprint: Set(asked.body.clone()),
                        };
                        list.insert(reference, "external_id");
                    }
                    (list, now)
                }
            };
            match self.desk.commit(list).await {
                Ok(()) => return Ok(now),
                Err(CommitError::Lost(_)) if new => {
                    // Whichever key was met first, a repeated request comes before everything else.
                    if let Some(dispute) = self.replayed(call, asked).await? {
                        return Ok(dispute);
                    }
                    new = false;
                }
                Err(CommitError::Lost(REQUEST_ID)) => break,
                Err(CommitError::Lost(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Denied::Stale { current: None })
    }

    /// The dispute as filing would make it: nothing is stored, so it has no ids, no version and no receipt.
    pub async fn preview(&self, call: &Call, asked: &Asked, filing: &Filing) -> Result<Dispute, Denied> {
        call.decide(None)?;
        if self
            .known_outside(call, filing)
            .await?
            .is_some_and(|reference| reference.fingerprint != asked.body)
        {
            return Err(duplicate());
        }
        let stamp = call.stamp(&self.desk);
        let (_, mut dispute) = self.filed(call, &stamp, filing).await?;
        dispute.origin.case = Uuid::nil().into();
        (dispute.version, dispute.said) = (0, 0);
        for party in &mut dispute.sheet.parties {
            party.id = Uuid::nil().into();
        }
        Ok(dispute)
    }

    async fn filed(
        &self,
        call: &Call,
        stamp: &Stamp,
        filing: &Filing,
    ) -> Result<(Option<Dispute>, Dispute), Denied> {
        if filing.entry.channel == Channel::CourtWt && call.role() != Role::Service {
            return Err(commissioned_elsewhere());
        }
        let mut sheet = filing.sheet.clone();
        let answered_by = super::begin(&*self.editions().await?, "S02", stamp.now);
        let account = || call.caller.account.clone();
        let signs = filing.signs.as_deref();
        let seen = signs.map(|signs| Screening::new(signs, filing.entry.channel, stamp.now, account()));
        let Some((case, etag)) = filing.draft else {
            sheet.identify(&[], || PartyId::from(stamp.id()));
            let mut origin = origin(stamp);
            // Only a service of ours files for another organisation: what a court has commissioned.
            if let Some(org) = filing.first_receiver.as_ref().filter(|_| call.role() == Role::Service) {
                origin.first_receiver = org.to_string();
            }
            let filed = Dispute::filed(origin, filing.entry.clone(), sheet, answered_by, stamp.now);
            return Ok((None, filed.screened(seen)));
        };
        let before = self.own(call, case).await?;
        let known: Vec<PartyId> = before.sheet.parties.iter().map(|party| party.id).collect();
        sheet.identify(&known, || PartyId::from(stamp.id()));
        let now = before.clone().file(filing.entry.clone(), sheet, answered_by, stamp.now)?.into_noun();
        if etag != before.version {
            return Err(Denied::Stale { current: Some(before.version) });
        }
        Ok((Some(before), now.screened(seen)))
    }

    /// A dispute of the caller's own organisation: another's draft is like one that is not there.
    async fn own(&self, call: &Call, case: CaseId) -> Result<Dispute, Denied> {
        let (centre, org) = (call.caller.centre.as_str(), call.caller.org.as_str());
        let dispute = self.load(case).await?;
        let own = dispute.filter(|d| d.origin.centre == centre && d.origin.first_receiver == org);
        own.ok_or(Denied::Missing("case"))
    }

    async fn known_outside(
        &self,
        call: &Call,
        filing: &Filing,
    ) -> Result<Option<external_reference::Model>, Denied> {
        if filing.entry.external_id.is_empty() {
            return Ok(None);
        }
        let key = (
            call.caller.centre.to_string(),
            call.caller.org.to_string(),
            filing.entry.channel.code().to_owned(),
            filing.entry.external_id.clone(),
        );
        Ok(external_reference::Entity::find_by_id(key).one(self.desk.reader()).await.map_err(reading)?)
    }

    /// The list of a command that makes or changes a draft, or files it.
    fn made(
        &self,
        stamp: &Stamp,
        asked: &Asked,
        before: Option<&Dispute>,
        now: &Dispute,
        events: &[Event],
    ) -> Result<WriteList, Denied> {
        let mut list = if let Some(before) = before {
            self.changes(stamp, before, now, events)?
        } else {
            let mut list = WriteList::new(stamp, Some(now.origin.case.into()));
            list.insert(translate::row(&self.vault, now, None)?, "case_id");
            self.parties(&mut list, now)?;
            self.find_by_words(&mut list, None, now);
            let Origin { case, centre, first_receiver } = &now.origin;
            access::relation::first_receiver(&mut list, centre, case.as_uuid(), first_receiver);
            self.announce(&mut list, now, events);
            list
        };
        remember(&mut list, stamp, asked, now.origin.case.into());
        Ok(list)
    }
}

fn remember(list: &mut WriteList, stamp: &Stamp, asked: &Asked, case: Uuid) {
    let row = request::ActiveModel {
        centre: Set(stamp.by.centre.clone()),
        request_key: Set(asked.key.clone()),
        case_id: Set(case),
        fingerprint: Set(asked.fingerprint.clone()),
        answered_at: Set(stamp.now),
        replayed_at: NotSet,
    };
    list.insert(row, REQUEST_ID);
}

fn origin(stamp: &Stamp) -> Origin {
    Origin {
        case: CaseId::from(stamp.id()),
        centre: stamp.by.centre.clone(),
        first_receiver: stamp.by.org.clone(),
    }
}

fn duplicate() -> Denied {
    let mut violations = Violations::new();
    violations.push_worded(
        "external_id",
        "DUPLICATE_EXTERNAL_ID",
        "Another dispute was filed under this identifier.",
        "该外部编号已用于另一件纠纷。",
    );
    violations.into()
}

/// What a court commissions comes by the court's own door, with its number and everybody's consent.
fn commissioned_elsewhere() -> Denied {
    let mut violations = Violations::new();
    violations.push_worded(
        "channel",
        "COURT_ONLY",
        "A court's commission comes by CommissionMediation; no window files one.",
        "法院委托的案件由法院通过委托接口发来，窗口不能代为登记。",
    );
    violations.into()
}
