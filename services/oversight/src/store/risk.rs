//! Emergencies and duties to report: the one thing of a case that oversight itself owns. A command is one write with the docket
//! entry, the clock and the news, under the docket's version; what nobody answered goes up by the tick.

use access::{Call, Place, Role, Vault, relation};
use chassis::Denied;
use chrono::{DateTime, Utc};
use courier::{Actor, CommitError, Fault, Heard, Reaction, Stamp, Trouble, WriteList};
use lexicon::{AccountId, Outcome, Refusal as _};
use prost::Name as _;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use uuid::Uuid;

use super::rows::{deadline, docket, docket_entry, risk, risk_word};
use super::{REACHED, Store, casebook, enter};
use crate::model::risk::{ANSWER_CLOCK, Danger, Event, Hand, Matter, Moved, REPORT_CLOCK, Risk};
use crate::model::{Holder, News, Noun, Step, start};
use crate::wire;
use contracts::oversight::v1 as proto;

const TRIES: u32 = 3;
/// Emergencies, or words, of a list.
const MOST: u64 = 500;

/// What was said, opened. No `Debug`.
pub struct Text {
    /// When.
    pub at: DateTime<Utc>,
    /// Who said it.
    pub by: String,
    /// In clear.
    pub words: String,
}

/// Words that come with a command. No `Debug`.
pub struct Words<'a> {
    /// EMERGENCY, REPORT or DROPPED.
    pub kind: &'static str,
    /// In clear.
    pub text: &'a str,
    /// What seals them.
    pub vault: &'a Vault,
}

impl Store {
    /// The risk of a case that the caller may see, and what was said of it for those who must act on it.
    pub async fn risk(&self, call: &Call, case: Uuid, vault: &Vault) -> Result<(Risk, Vec<Text>), Denied> {
        let near = relation::find(self.desk().reader(), case).await?;
        let clear = call.decide(near.as_ref())?.clear;
        let acts = clear || call.caller.is(Role::StudioHead) || call.caller.is(Role::Supervisor);
        let texts = if acts { self.texts(case, vault).await? } else { vec![] };
        Ok((self.known_risk(case).await?.unwrap_or_default(), texts))
    }

    async fn texts(&self, case: Uuid, vault: &Vault) -> Result<Vec<Text>, Fault> {
        let rows = risk_word::Entity::find()
            .filter(risk_word::Column::CaseId.eq(case))
            .order_by_asc(risk_word::Column::WordId)
            .limit(MOST)
            .all(self.desk().reader())
            .await
            .map_err(|e| Fault::new("read words of a risk", e))?;
        let open = |row: risk_word::Model| {
            let id = row.word_id.to_string();
            let place = Place { centre: &row.centre, table: "risk_word", row: &id, field: "words" };
            let words = vault.open(&place, &row.words).map_err(|fault| Fault::new("open words", fault))?;
            let words = String::from_utf8(words).map_err(|error| Fault::new("read words", error))?;
            Ok(Text { at: row.at, by: row.account, words })
        };
        rows.into_iter().map(open).collect()
    }

    /// The unanswered emergencies of the caller's centre, longest waiting first.
    pub async fn emergencies(&self, call: &Call) -> Result<Vec<(Uuid, Risk)>, Denied> {
        call.decide(None)?;
        let rows = risk::Entity::find()
            .filter(risk::Column::Centre.eq(call.caller.centre.as_str()))
            .filter(risk::Column::Unanswered.eq(true))
            .limit(MOST)
            .all(self.desk().reader())
            .await
            .map_err(|e| Fault::new("list emergencies", e))?;
        let read = |row: risk::Model| Ok((row.case_id, content(&row.content)?));
        let mut all: Vec<(Uuid, Risk)> = rows.into_iter().map(read).collect::<Result<_, Fault>>()?;
        all.sort_by_key(|(_, risk)| risk.emergency.as_ref().map(|emergency| emergency.at));
        Ok(all)
    }

    /// A command on the risk of a case; answers with the version under which its news was said.
    pub async fn change_risk(
        &self,
        call: &Call,
        case: Uuid,
        words: Option<Words<'_>>,
        act: impl Fn(Risk, &Hand, &dyn Fn() -> Uuid) -> Moved,
    ) -> Result<(Risk, u64), Denied> {
        for _ in 0..TRIES {
            let near = relation::find(self.desk().reader(), case).await?;
            call.decide(near.as_ref())?;
            let near = near.ok_or(Denied::Missing("case"))?;
            // A case that is known to access only is on its way to the docket.
            let head = self.head(case).await?.ok_or(Denied::NotYetHeard)?;
            let stamp = call.stamp(self.desk());
            let responsible = near.studio_org.or(near.first_receiver_org);
            let hand = Hand {
                by: call.caller.account.clone(),
                at: stamp.now,
                responsible: responsible.unwrap_or_else(|| "centre".to_owned()),
                live: head.open,
            };
            let before = self.known_risk(case).await?;
            let moved =
                act(before.clone().unwrap_or_default(), &hand, &|| stamp.id()).map_err(Denied::refused)?;
            let (after, events) = match moved {
                Outcome::AlreadySo(risk) => {
                    let said = risk.said;
                    // The same danger in other words is no other danger, but what was said is kept.
                    match &words {
                        Some(words) if !self.is_said(case, &call.caller.account, words).await? => {
                            let mut list = WriteList::new(&stamp, Some(case));
                            seal(&mut list, &stamp, case, words)?;
                            self.desk().commit(list).await?;
                        }
                        _ => self.desk().vouch(&stamp, case).await?,
                    }
                    return Ok((risk, said));
                }
                Outcome::Changed(after, events) => (after, events),
            };
            let mut list = WriteList::new(&stamp, Some(case));
            let version = self.put_risk(&mut list, &stamp, &head, before.as_ref(), &after, &events).await?;
            if let Some(words) = &words {
                seal(&mut list, &stamp, case, words)?;
            }
            match self.desk().commit(list).await {
                Ok(()) => return Ok((after, version)),
                Err(CommitError::Lost(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Denied::Stale { current: None })
    }

    /// Sends up what nobody answered in time; answers how many. Another worker's write is left to it.
    pub async fn escalate(&self) -> Result<u64, Fault> {
        let unanswered = risk::Entity::find()
            .filter(risk::Column::Unanswered.eq(true))
            .order_by_asc(risk::Column::CaseId)
            .all(self.desk().reader())
            .await
            .map_err(|e| Fault::new("read unanswered emergencies", e))?;
        let mut gone_up = 0;
        for row in unanswered {
            let before = content(&row.content)?;
            let Some(head) = self.head(row.case_id).await? else { continue };
            if !self.is_answer_overdue(row.case_id).await? {
                continue;
            }
            let Outcome::Changed(after, events) = before.clone().escalate() else { continue };
            let by = Actor::service("oversight", head.centre.clone());
            let stamp = self.desk().stamp(by, "oversight.tick.emergencies", None);
            let mut list = WriteList::new(&stamp, Some(row.case_id));
            self.put_risk(&mut list, &stamp, &head, Some(&before), &after, &events).await?;
            match self.desk().commit(list).await {
                Ok(()) => gone_up += 1,
                Err(CommitError::Lost(_) | CommitError::Busy) => {}
                Err(CommitError::Fault(fault)) => return Err(fault),
            }
        }
        Ok(gone_up)
    }

    /// An event of another service, and what its screen saw: one write with the event's own entry and steps.
    pub async fn hear_danger<M>(
        &self,
        heard: &Heard<M>,
        kind: &str,
        mut own: Vec<Step>,
        (dangers, matters): (Vec<Danger>, Vec<Matter>),
        hand: &Hand,
    ) -> Result<Reaction, Trouble> {
        let (case, centre) = (heard.case, heard.centre.as_str());
        let known = self.known_risk(case).await?;
        let before = known.clone().unwrap_or_default();
        let seen = before.clone().see(&dangers, &matters, hand, || heard.stamp.id());
        let Ok(Outcome::Changed(after, events)) = seen else { return self.hear(heard, kind, own).await };
        let docket = self.head(case).await?;
        let mut book = self.book(docket.as_ref(), case).await?;
        let editions = self.editions().await?;
        own.extend(events.iter().flat_map(|event| steps(*event, &before, &after)));
        let (at, version) = (heard.at, heard.version);
        let news = News { at, version, case, editions: &editions, id: &|| heard.stamp.id() };
        book.take(&news, own)
            .map_err(|unlawful| Trouble::Poison(format!("UNLAWFUL {}", unlawful.reason())))?;
        let mut list = WriteList::new(&heard.stamp, Some(case));
        let entries = 1 + events.len() as u64;
        let first = enter(&mut list, docket.as_ref(), centre, case, Some(&book), entries)?;
        list.insert(docket_entry::new(case, first, centre, heard.at, kind, &heard.topic), "number");
        casebook::put(&mut list, centre, case, &book, &editions)?;
        put(&mut list, (case, centre, heard.at), first + 1, known.is_some(), &after, &events)?;
        Ok(Reaction::Write(list))
    }

    /// The row, the clocks, a docket entry and the news for each event; the docket's version is the guard of it all.
    async fn put_risk(
        &self,
        list: &mut WriteList,
        stamp: &Stamp,
        head: &docket::Model,
        known: Option<&Risk>,
        after: &Risk,
        events: &[Event],
    ) -> Result<u64, Fault> {
        let (case, centre) = (head.case_id, head.centre.as_str());
        let editions = self.editions().await?;
        let mut book = self.book(Some(head), case).await?;
        let (at, version) = (stamp.now, 0);
        let news = News { at, version, case, editions: &editions, id: &|| stamp.id() };
        let nothing = Risk::default();
        let before = known.unwrap_or(&nothing);
        let steps = events.iter().flat_map(|event| steps(*event, before, after)).collect();
        book.take(&news, steps)
            .map_err(|_| Fault::plain("start a clock of a risk", "the book refuses it"))?;
        // The first entry raises the docket's version; every further event has an entry of its own.
        let first = enter(list, Some(head), centre, case, Some(&book), events.len() as u64)?;
        casebook::put(list, centre, case, &book, &editions)?;
        put(list, (case, centre, stamp.now), first, known.is_some(), after, events)
    }

    /// Whether this account has said these very words of the case before.
    async fn is_said(&self, case: Uuid, by: &AccountId, words: &Words<'_>) -> Result<bool, Fault> {
        let texts = self.texts(case, words.vault).await?;
        Ok(texts.iter().any(|text| text.by == by.as_str() && text.words == words.text))
    }

    /// Whether the time for an answer ran out, as the ledger announced it.
    async fn is_answer_overdue(&self, case: Uuid) -> Result<bool, Fault> {
        let overdue = deadline::Entity::find()
            .filter(deadline::Column::CaseId.eq(case))
            .filter(deadline::Column::Noun.eq(Noun::Emergency.name()))
            .filter(deadline::Column::State.eq(REACHED))
            .one(self.desk().reader())
            .await;
        overdue.map(|row| row.is_some()).map_err(|e| Fault::new("read an emergency's deadline", e))
    }

    async fn known_risk(&self, case: Uuid) -> Result<Option<Risk>, Fault> {
        let row = risk::Entity::find_by_id(case).one(self.desk().reader()).await;
        let row = row.map_err(|e| Fault::new("read the risk of a case", e))?;
        row.map(|row| content(&row.content)).transpose()
    }
}

/// An entry and the news for each event, the first under this number, and the row; answers with the number of the last.
fn put(
    list: &mut WriteList,
    (case, centre, at): (Uuid, &str, DateTime<Utc>),
    first: u64,
    known: bool,
    after: &Risk,
    events: &[Event],
) -> Result<u64, Fault> {
    for (version, event) in (first..).zip(events) {
        list.insert(docket_entry::new(case, version, centre, at, &kind(*event), "oversight"), "number");
        wire::risk::post(list, case, version, after, *event);
    }
    let said = first + events.len() as u64 - 1;
    let after = Risk { said, ..after.clone() };
    let row = risk::ActiveModel {
        case_id: Set(case),
        centre: Set(centre.to_owned()),
        unanswered: Set(after.is_unanswered()),
        content: Set(
            serde_json::to_string(&after).map_err(|error| Fault::new("write the risk of a case", error))?
        ),
    };
    if known {
        list.upsert(row);
    } else {
        list.insert(row, "risk");
    }
    Ok(said)
}

fn content(text: &str) -> Result<Risk, Fault> {
    serde_json::from_str(text).map_err(|error| Fault::new("read the risk of a case", error))
}

/// What an event does to the ledger.
fn steps(event: Event, before: &Risk, risk: &Risk) -> Vec<Step> {
    let named = |holder: &String| Holder::Named(holder.clone());
    match (event, &risk.emergency, &risk.duty) {
        // A danger that joins gives nobody more time for the first; a level that is new has its own.
        (Event::Raised, Some(_), _) if before.is_unanswered() => vec![],
        (Event::Raised | Event::Escalated, Some(emergency), _) => vec![
            Step::Open(Noun::Emergency, emergency.id.to_string()),
            start(Noun::Emergency, ANSWER_CLOCK, named(&emergency.holder)).into(),
        ],
        (Event::Acknowledged, ..) => vec![Step::End(Noun::Emergency)],
        // A matter that joins does not begin the time of the others anew.
        (Event::DutyOpened, _, Some(duty)) if !before.is_report_due() => vec![
            Step::Open(Noun::Report, duty.id.to_string()),
            start(Noun::Report, REPORT_CLOCK, named(&duty.holder)).into(),
        ],
        (Event::Reported | Event::Dropped, ..) => vec![Step::End(Noun::Report)],
        _ => vec![],
    }
}

fn kind(event: Event) -> String {
    match event {
        Event::Raised => proto::EmergencyRaised::full_name(),
        Event::Escalated => proto::EmergencyEscalated::full_name(),
        Event::Acknowledged => proto::EmergencyAcknowledged::full_name(),
        Event::DutyOpened => proto::ReportDutyOpened::full_name(),
        Event::Reported => proto::ReportRecorded::full_name(),
        Event::Dropped => proto::ReportDutyDropped::full_name(),
    }
}

fn seal(list: &mut WriteList, stamp: &Stamp, case: Uuid, words: &Words<'_>) -> Result<(), Fault> {
    let (id, centre) = (stamp.id(), stamp.by.centre.as_str());
    let row = id.to_string();
    let place = Place { centre, table: "risk_word", row: &row, field: "words" };
    let sealed = words.vault.seal(&place, words.text.as_bytes());
    list.insert(
        risk_word::ActiveModel {
            word_id: Set(id),
            centre: Set(centre.to_owned()),
            case_id: Set(case),
            at: Set(stamp.now),
            account: Set(stamp.by.account.clone()),
            kind: Set(words.kind.to_owned()),
            words: Set(sealed.map_err(|fault| Fault::new("seal words of a risk", fault))?),
        },
        "word",
    );
    Ok(())
}
