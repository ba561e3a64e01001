//! Asks about the table beside consent and agreement: period, plans, facts, leaving.

use chrono::{DateTime, Utc};
use contracts::mediation::v1 as proto;
use lexicon::text::{Limits, clean};
use lexicon::{Fault, Fen, PartyId, Violations};
use rulebook::events;
use rulebook::period::{Period, Unit};

use super::{MOST_PARTIES, RECORD, Seat, done, future, instant_of, past, request_id, seat};
use crate::model::course::{Instalment, Planned};

const NOTE: Limits = Limits::long(10_000);
const FACTS: Limits = Limits::long(20_000);
const MOST_INSTALMENTS: usize = 120;
/// Parties of a case are some; more than these are none of one case.
const MOST_JOINING: usize = 200;
const DIGEST: usize = 128;

/// A sitting to plan.
#[derive(Debug)]
pub struct Plan {
    /// Where.
    pub seat: Seat,
    /// When and how.
    pub planned: Planned,
    /// Who agreed to leave video.
    pub agreeing: Vec<PartyId>,
}

/// Words to keep under a request id. No `Debug`.
pub struct Words {
    /// Where.
    pub seat: Seat,
    /// The caller's own id of this request.
    pub request_id: String,
    /// The words.
    pub words: String,
}

/// Words to keep. No `Debug`.
pub struct Text {
    /// Where.
    pub seat: Seat,
    /// The words.
    pub words: String,
}

/// A confirmation of undisputed facts.
#[derive(Debug)]
pub struct Confirm {
    /// Where.
    pub seat: Seat,
    /// Who.
    pub party: PartyId,
    /// What it read.
    pub digest: String,
}

/// An extension to record.
#[derive(Debug)]
pub struct Extend {
    /// Where.
    pub seat: Seat,
    /// By how much.
    pub length: Period,
    /// Everybody's consent.
    pub consents: Vec<(PartyId, DateTime<Utc>)>,
    /// The organ's approval instead.
    pub approved: Option<DateTime<Utc>>,
}

/// An appraisal to begin.
#[derive(Debug)]
pub struct Appraise {
    /// Where.
    pub seat: Seat,
    /// From when.
    pub at: DateTime<Utc>,
    /// Who applied or consented.
    pub agreeing: Vec<PartyId>,
    /// The court gave leave.
    pub court_leave: bool,
}

/// What a party says, or an instant about the run.
#[derive(Debug)]
pub struct At<T> {
    /// Where.
    pub seat: Seat,
    /// Who, or when.
    pub what: T,
}

/// What a period counts from.
#[derive(Debug)]
pub struct StartEvent {
    /// Where.
    pub seat: Seat,
    /// Its code in the rule book.
    pub event: &'static str,
    /// When it was.
    pub at: DateTime<Utc>,
}

/// Content agreed by word. No `Debug`.
pub struct Oral {
    /// Where.
    pub seat: Seat,
    /// The content.
    pub words: String,
    /// Only a part.
    pub partial: bool,
    /// What is to be paid.
    pub amount: Fen,
    /// When and how much.
    pub schedule: Vec<Instalment>,
    /// When it was agreed.
    pub at: DateTime<Utc>,
}

/// Reads a plan.
pub fn plan(request: &proto::ScheduleSessionRequest, now: DateTime<Utc>) -> Result<Plan, Violations> {
    let mut v = Violations::new();
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    let start = future(&mut v, "start_time", request.start_time.as_ref(), now);
    let mode = v.check("mode", super::mode(request.mode));
    let agreeing = parties(&mut v, "agreeing_party_ids", &request.agreeing_party_ids);
    let told = request.notice_time.as_ref().map(|at| past(&mut v, "notice_time", Some(at), now));
    let read = || {
        let told = match told {
            Some(told) => Some(told?),
            None => None,
        };
        let planned = Planned { start: start?, mode: mode?, told };
        Some(Plan { seat: seat?, planned, agreeing: agreeing? })
    };
    done(v, read())
}

/// Reads a note.
pub fn note(request: &proto::RecordNoteRequest) -> Result<Words, Violations> {
    let mut v = Violations::new();
    let request_id = v.check("request_id", request_id(&request.request_id));
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    let words = v.check("text", clean(&request.text, NOTE));
    let read = || Some(Words { seat: seat?, request_id: request_id?, words: words? });
    done(v, read())
}

/// Reads facts.
pub fn facts(request: &proto::RecordUndisputedFactsRequest) -> Result<Text, Violations> {
    let mut v = Violations::new();
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    let words = v.check("text", clean(&request.text, FACTS));
    let read = || Some(Text { seat: seat?, words: words? });
    done(v, read())
}

/// Reads a confirmation.
pub fn confirm(request: &proto::ConfirmUndisputedFactsRequest) -> Result<Confirm, Violations> {
    let mut v = Violations::new();
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    let party = v.check("party_id", request.party_id.parse());
    let digest = match request.digest.as_str() {
        "" => Err(Fault::REQUIRED),
        long if long.len() > DIGEST => Err(Fault::TOO_LONG),
        digest => Ok(digest.to_owned()),
    };
    let digest = v.check("digest", digest);
    let read = || Some(Confirm { seat: seat?, party: party?, digest: digest? });
    done(v, read())
}

/// Reads an extension.
pub fn extend(request: &proto::ExtendPeriodRequest, now: DateTime<Utc>) -> Result<Extend, Violations> {
    let mut v = Violations::new();
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    let unit = match proto::PeriodUnit::try_from(request.unit) {
        Ok(proto::PeriodUnit::Days) => Ok(Unit::Days),
        Ok(proto::PeriodUnit::WorkingDays) => Ok(Unit::WorkDays),
        Ok(proto::PeriodUnit::Months) => Ok(Unit::Months),
        Ok(proto::PeriodUnit::Unspecified) | Err(_) => Err(Fault::ENUM_UNKNOWN),
    };
    let unit = v.check("unit", unit);
    let length = unit.and_then(|unit| v.check("length", Period::new(request.length, unit)));
    let consents = consents(&mut v, &request.consents, now);
    let approved = match &request.approval_time {
        None => Some(None),
        at => past(&mut v, "approval_time", at.as_ref(), now).map(Some),
    };
    let read = || Some(Extend { seat: seat?, length: length?, consents: consents?, approved: approved? });
    done(v, read())
}

/// Reads the beginning of an appraisal.
pub fn appraise(request: &proto::StartAppraisalRequest, now: DateTime<Utc>) -> Result<Appraise, Violations> {
    let mut v = Violations::new();
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    let at = past(&mut v, "start_time", request.start_time.as_ref(), now);
    let agreeing = parties(&mut v, "agreeing_party_ids", &request.agreeing_party_ids);
    let read =
        || Some(Appraise { seat: seat?, at: at?, agreeing: agreeing?, court_leave: request.court_leave });
    done(v, read())
}

/// Reads the end of an appraisal.
pub fn finish(
    request: &proto::FinishAppraisalRequest,
    now: DateTime<Utc>,
) -> Result<At<DateTime<Utc>>, Violations> {
    let mut v = Violations::new();
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    let at = past(&mut v, "finish_time", request.finish_time.as_ref(), now);
    let read = || Some(At { seat: seat?, what: at? });
    done(v, read())
}

/// Reads what a period counts from.
pub fn start_event(
    request: &proto::RecordStartEventRequest,
    now: DateTime<Utc>,
) -> Result<StartEvent, Violations> {
    let mut v = Violations::new();
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    let event = match events::get(&request.event) {
        Some(event) => Ok(event.code.as_str()),
        None if request.event.is_empty() => Err(Fault::REQUIRED),
        None => Err(Fault::UNKNOWN_CODE),
    };
    let event = v.check("event", event);
    let at = past(&mut v, "event_time", request.event_time.as_ref(), now);
    let read = || Some(StartEvent { seat: seat?, event: event?, at: at? });
    done(v, read())
}

/// Reads a suspicion.
pub fn suspend(request: &proto::SuspendMediationRequest) -> Result<Text, Violations> {
    let mut v = Violations::new();
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    let words = v.check("reason", clean(&request.reason, NOTE));
    let read = || Some(Text { seat: seat?, words: words? });
    done(v, read())
}

/// Reads what the examination found.
pub fn sham(request: &proto::ConfirmShamRequest) -> Result<Text, Violations> {
    let mut v = Violations::new();
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    let words = v.check("explanation", clean(&request.explanation, NOTE));
    let read = || Some(Text { seat: seat?, words: words? });
    done(v, read())
}

/// Reads the end of a suspension.
pub fn resume(request: &proto::ResumeMediationRequest) -> Result<Seat, Violations> {
    let mut v = Violations::new();
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    done(v, seat)
}

/// Reads who takes the case back.
pub fn take_back(
    request: &proto::WithdrawMediationRequest,
) -> Result<At<(PartyId, Vec<PartyId>)>, Violations> {
    let mut v = Violations::new();
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    let party = v.check("party_id", request.party_id.parse());
    let joining = match request.joining_party_ids.len() {
        0..=MOST_JOINING => {
            let given = request.joining_party_ids.iter().enumerate();
            given.map(|(at, id)| v.check(&format!("joining_party_ids[{at}]"), id.parse())).collect()
        }
        _ => v.check("joining_party_ids", Err(Fault::TOO_MANY)),
    };
    let read = || Some(At { seat: seat?, what: (party?, joining?) });
    done(v, read())
}

/// Reads who wants the court.
pub fn transfer(request: &proto::RequestTransferRequest) -> Result<At<PartyId>, Violations> {
    of_party(&request.case_id, request.fence.as_ref(), &request.party_id)
}

/// Reads an agreement by word.
pub fn oral(request: &proto::RecordOralAgreementRequest, now: DateTime<Utc>) -> Result<Oral, Violations> {
    let mut v = Violations::new();
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    let words = v.check("terms", clean(&request.terms, RECORD));
    let amount = v.check("amount_fen", Fen::new(request.amount_fen));
    let schedule = schedule(&mut v, &request.schedule);
    let at = past(&mut v, "agree_time", request.agree_time.as_ref(), now);
    let read = || {
        let (seat, words, amount, schedule, at) = (seat?, words?, amount?, schedule?, at?);
        Some(Oral { seat, words, partial: request.partial, amount, schedule, at })
    };
    done(v, read())
}

fn of_party(
    case_id: &str,
    fence: Option<&contracts::lexicon::v1::Fence>,
    party_id: &str,
) -> Result<At<PartyId>, Violations> {
    let mut v = Violations::new();
    let seat = seat(&mut v, case_id, fence);
    let party = v.check("party_id", party_id.parse());
    let read = || Some(At { seat: seat?, what: party? });
    done(v, read())
}

/// Instalments in the order of their days.
pub(super) fn schedule(v: &mut Violations, parts: &[proto::Instalment]) -> Option<Vec<Instalment>> {
    if parts.len() > MOST_INSTALMENTS {
        return v.check("schedule", Err(Fault::TOO_MANY));
    }
    let read = parts.iter().enumerate().map(|(at, part)| {
        let due = part.due_date.parse().map_err(|_| Fault::MALFORMED);
        let due = v.check(&format!("schedule[{at}].due_date"), due);
        let amount = v.check(&format!("schedule[{at}].amount_fen"), Fen::new(part.amount_fen));
        Some(Instalment { due: due?, amount: amount?.get() })
    });
    let mut read: Vec<Instalment> = read.collect::<Option<_>>()?;
    read.sort_by_key(|part| part.due);
    Some(read)
}

/// Consents with their instants.
pub(super) fn consents(
    v: &mut Violations,
    given: &[proto::GivenConsent],
    now: DateTime<Utc>,
) -> Option<Vec<(PartyId, DateTime<Utc>)>> {
    if given.len() > MOST_PARTIES {
        return v.check("consents", Err(Fault::TOO_MANY));
    }
    let each = given.iter().enumerate().map(|(at, consent)| {
        let party = v.check(&format!("consents[{at}].party_id"), consent.party_id.parse());
        let time = instant_of(consent.consent_time.as_ref(), now);
        Some((party?, v.check(&format!("consents[{at}].consent_time"), time)?))
    });
    each.collect()
}

pub(super) fn parties(v: &mut Violations, field: &str, ids: &[String]) -> Option<Vec<PartyId>> {
    if ids.len() > MOST_PARTIES {
        return v.check(field, Err(Fault::TOO_MANY));
    }
    ids.iter().enumerate().map(|(at, id)| v.check(&format!("{field}[{at}]"), id.parse())).collect()
}
