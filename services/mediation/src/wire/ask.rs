//! What callers ask, read whole: every bad field of a request is told at once, and no value is ever repeated.
pub mod performance;
pub mod table;

use access::{Call, Vault};
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use contracts::lexicon::v1::Fence as FenceMessage;
use contracts::mediation::v1 as proto;
use lexicon::text::{Limits, clean, clean_optional};
use lexicon::{AgreementId, CaseId, Fault, Fen, PartyId, Violations};
use prost_types::Timestamp;
use rulebook::grounds;
use uuid::Uuid;

use super::instant;
use crate::model::course::Instalment;
use crate::model::mediation::CLOCK_DIFFERENCE;
use crate::model::{Fence, SessionMode, Signatory, Told};

const RECORD: Limits = Limits::long(50_000);
const EXPLANATION: Limits = Limits::long(10_000);
const MOST_PARTIES: usize = 100;
const REQUEST_ID: usize = 64;
const FIRST_YEAR: i32 = 1900;
const A_YEAR: TimeDelta = TimeDelta::days(366);

/// The case and the fence that a holder shows.
#[derive(Debug, Clone, Copy)]
pub struct Seat {
    /// The case.
    pub case: CaseId,
    /// The claim's fence.
    pub fence: Fence,
}

/// A consent to record.
#[derive(Debug)]
pub struct Consent {
    /// Where.
    pub seat: Seat,
    /// Who consented.
    pub party: PartyId,
    /// When.
    pub at: DateTime<Utc>,
}

/// A refusal to record.
#[derive(Debug)]
pub struct Refuse {
    /// Where.
    pub seat: Seat,
    /// Who refused.
    pub party: PartyId,
    /// Could not be reached, rather.
    pub unreachable: bool,
}

/// A sitting to record. No `Debug`: it holds what was said.
pub struct Sitting {
    /// Where.
    pub seat: Seat,
    /// The caller's own id of this request.
    pub request_id: String,
    /// When it began.
    pub start: DateTime<Utc>,
    /// How it was held.
    pub mode: SessionMode,
    /// Who of the parties was there.
    pub present: Vec<PartyId>,
    /// What was said.
    pub words: String,
    /// What was done before.
    pub told: Told,
}

/// Terms to put down. No `Debug`: it holds them.
pub struct Draft {
    /// Where.
    pub seat: Seat,
    /// The terms.
    pub words: String,
    /// Only a part of the claims.
    pub partial: bool,
    /// What is to be paid.
    pub amount: Fen,
    /// When and how much is to be performed.
    pub schedule: Vec<Instalment>,
}

/// A signature to record.
#[derive(Debug)]
pub struct Sign {
    /// Where.
    pub seat: Seat,
    /// Who signed.
    pub by: Signatory,
    /// When.
    pub at: DateTime<Utc>,
}

/// An end without agreement. No `Debug`: it may hold what was said.
pub struct Conclude {
    /// Where.
    pub seat: Seat,
    /// Why.
    pub ground: &'static str,
    /// In words.
    pub words: Option<String>,
}

/// A page of a list.
#[derive(Debug)]
pub struct Page {
    /// At most this many.
    pub size: u64,
    /// After this run.
    pub after: Option<Uuid>,
    /// Only in this state, by its name in rows.
    pub state: Option<&'static str>,
    /// Only open runs.
    pub open: bool,
    /// What the page token is bound to.
    pub purpose: String,
}

/// Reads a case's id.
pub fn case(case_id: &str) -> Result<CaseId, Violations> {
    let mut v = Violations::new();
    let case = v.check("case_id", case_id.parse());
    done(v, case)
}

/// Reads which run a filing is about: that of an agreement, or the latest.
pub fn filing(request: &proto::ReadForFilingRequest) -> Result<(CaseId, Option<AgreementId>), Violations> {
    let mut v = Violations::new();
    let case = v.check("case_id", request.case_id.parse());
    let named = Some(&request.agreement_id).filter(|id| !id.is_empty());
    let about = named.map(|id| v.check("agreement_id", id.parse()));
    let read = || Some((case?, about.map_or(Some(None), |about| about.map(Some))?));
    done(v, read())
}

/// Reads a consent.
pub fn consent(request: &proto::RecordConsentRequest, now: DateTime<Utc>) -> Result<Consent, Violations> {
    let mut v = Violations::new();
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    let party = v.check("party_id", request.party_id.parse());
    let at = past(&mut v, "consent_time", request.consent_time.as_ref(), now);
    let read = || Some(Consent { seat: seat?, party: party?, at: at? });
    done(v, read())
}

/// Reads a refusal.
pub fn refuse(request: &proto::RecordRefusalRequest) -> Result<Refuse, Violations> {
    let mut v = Violations::new();
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    let party = v.check("party_id", request.party_id.parse());
    let read = || Some(Refuse { seat: seat?, party: party?, unreachable: request.unreachable });
    done(v, read())
}

/// Reads a sitting.
pub fn sitting(request: &proto::RecordSessionRequest, now: DateTime<Utc>) -> Result<Sitting, Violations> {
    let mut v = Violations::new();
    let request_id = v.check("request_id", request_id(&request.request_id));
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    let start = past(&mut v, "start_time", request.start_time.as_ref(), now);
    let mode = v.check("mode", mode(request.mode));
    let present = present(&mut v, &request.present_party_ids);
    if request.present_party_ids.is_empty() {
        v.push("present_party_ids", Fault::REQUIRED);
    }
    let words = v.check("text", clean(&request.text, RECORD));
    let addresses =
        table::parties(&mut v, "address_confirmed_party_ids", &request.address_confirmed_party_ids);
    let read = || {
        let (seat, request_id, start, mode, words) = (seat?, request_id?, start?, mode?, words?);
        let (rights, identities, sham) =
            (request.rights_told, request.identities_checked, request.sham_warned);
        let told = Told { rights, identities, sham, addresses: addresses? };
        Some(Sitting { seat, request_id, start, mode, present, words, told })
    };
    done(v, read())
}

/// Reads terms.
pub fn draft(request: &proto::DraftAgreementRequest) -> Result<Draft, Violations> {
    let mut v = Violations::new();
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    let words = v.check("terms", clean(&request.terms, RECORD));
    let amount = v.check("amount_fen", Fen::new(request.amount_fen));
    let schedule = table::schedule(&mut v, &request.schedule);
    let read = || {
        let (seat, words, amount, schedule) = (seat?, words?, amount?, schedule?);
        Some(Draft { seat, words, partial: request.partial, amount, schedule })
    };
    done(v, read())
}

/// Reads a signature.
pub fn sign(request: &proto::SignAgreementRequest, now: DateTime<Utc>) -> Result<Sign, Violations> {
    let mut v = Violations::new();
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    let by = match proto::Signatory::try_from(request.signatory) {
        Ok(proto::Signatory::Party) => v.check("party_id", request.party_id.parse()).map(Signatory::Party),
        Ok(proto::Signatory::Member) => v.check("party_id", request.party_id.parse()).map(Signatory::Member),
        Ok(proto::Signatory::Mediator) => Some(Signatory::Mediator),
        Ok(proto::Signatory::Seal) => Some(Signatory::Seal),
        Ok(proto::Signatory::Unspecified) | Err(_) => v.check("signatory", Err(Fault::ENUM_UNKNOWN)),
    };
    let at = past(&mut v, "sign_time", request.sign_time.as_ref(), now);
    let read = || Some(Sign { seat: seat?, by: by?, at: at? });
    done(v, read())
}

/// Reads an end without agreement.
pub fn conclude(request: &proto::ConcludeWithoutAgreementRequest) -> Result<Conclude, Violations> {
    let mut v = Violations::new();
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    let ground = match grounds::fail(&request.ground) {
        Some(ground) => Some(ground),
        None if request.ground.is_empty() => v.check("ground", Err(Fault::REQUIRED)),
        None => v.check("ground", Err(Fault::UNKNOWN_CODE)),
    };
    let words = v.check("explanation", clean_optional(&request.explanation, EXPLANATION));
    if ground.is_some_and(grounds::Ground::needs_words) && words == Some(None) {
        v.push("explanation", Fault::REQUIRED);
    }
    let read = || Some(Conclude { seat: seat?, ground: ground?.code.as_str(), words: words? });
    done(v, read())
}

/// Reads which page of which list is asked for.
pub fn page(
    call: &Call,
    vault: &Vault,
    now: DateTime<Utc>,
    request: &proto::ListMediationsRequest,
) -> Result<Page, Violations> {
    let mut v = Violations::new();
    let size = v.check(
        "page_size",
        match request.page_size {
            0 => Ok(50),
            size @ 1..=500 => Ok(size as u64),
            _ => Err(Fault::RANGE),
        },
    );
    let state = match proto::MediationState::try_from(request.state) {
        Ok(proto::MediationState::Unspecified) => Some(None),
        Ok(state) => Some(Some(state.as_str_name().trim_start_matches("MEDIATION_STATE_"))),
        Err(_) => v.check("state", Err(Fault::ENUM_UNKNOWN)),
    };
    let purpose = format!("{}?state={}&open={}", call.policy.path, request.state, request.open);
    let after = if request.page_token.is_empty() {
        Some(None)
    } else {
        let position = vault.read_page_token(&call.caller, &purpose, now, &request.page_token);
        let position = position.ok().and_then(|bytes| Uuid::from_slice(&bytes).ok());
        v.check("page_token", position.map(Some).ok_or(Fault::MALFORMED))
    };
    let read = || Some(Page { size: size?, after: after?, state: state?, open: request.open, purpose });
    done(v, read())
}

fn done<T>(violations: Violations, read: Option<T>) -> Result<T, Violations> {
    match read {
        Some(read) if violations.is_empty() => Ok(read),
        _ => Err(violations),
    }
}

fn seat(v: &mut Violations, case_id: &str, fence: Option<&FenceMessage>) -> Option<Seat> {
    let case = v.check("case_id", case_id.parse());
    let fence = v.check("fence", fence.ok_or(Fault::REQUIRED));
    Some((case?, fence?)).map(|(case, fence)| Seat { case, fence: Fence { epoch: fence.epoch, n: fence.n } })
}

/// A fact, so not in the future. What a client's fast clock puts there is taken as now.
fn past(
    v: &mut Violations,
    field: &str,
    at: Option<&Timestamp>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    v.check(field, instant_of(at, now))
}

fn instant_of(at: Option<&Timestamp>, now: DateTime<Utc>) -> Result<DateTime<Utc>, Fault> {
    match at.map(instant) {
        None => Err(Fault::REQUIRED),
        Some(Some(at)) if at.year() >= FIRST_YEAR && at <= now + CLOCK_DIFFERENCE => Ok(at.min(now)),
        Some(_) => Err(Fault::RANGE),
    }
}

/// A plan, so not in the past; nobody plans further than a year.
fn future(
    v: &mut Violations,
    field: &str,
    at: Option<&Timestamp>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let read = match at.map(instant) {
        None => Err(Fault::REQUIRED),
        Some(Some(at)) if at + CLOCK_DIFFERENCE >= now && at <= now + A_YEAR => Ok(at),
        Some(_) => Err(Fault::RANGE),
    };
    v.check(field, read)
}

fn request_id(text: &str) -> Result<String, Fault> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    match text {
        "" => Err(Fault::REQUIRED),
        text if text.len() > REQUEST_ID => Err(Fault::TOO_LONG),
        text if text.bytes().all(allowed) => Ok(text.to_owned()),
        _ => Err(Fault::MALFORMED),
    }
}

fn mode(mode: i32) -> Result<SessionMode, Fault> {
    match proto::SessionMode::try_from(mode) {
        Ok(proto::SessionMode::Onsite) => Ok(SessionMode::Onsite),
        Ok(proto::SessionMode::Online) => Ok(SessionMode::Online),
        Ok(proto::SessionMode::Phone) => Ok(SessionMode::Phone),
        Ok(proto::SessionMode::Hybrid) => Ok(SessionMode::Hybrid),
        Ok(proto::SessionMode::Async) => Ok(SessionMode::Async),
        Ok(proto::SessionMode::Unspecified) | Err(_) => Err(Fault::ENUM_UNKNOWN),
    }
}

/// Keeps the request's order, so that a violation found later can name the index.
fn present(v: &mut Violations, ids: &[String]) -> Vec<PartyId> {
    if ids.len() > MOST_PARTIES {
        v.push("present_party_ids", Fault::TOO_MANY);
        return vec![];
    }
    let read = ids.iter().enumerate();
    read.filter_map(|(index, id)| v.check(&format!("present_party_ids[{index}]"), id.parse())).collect()
}
