//! Asks about what becomes of an agreement.

use chrono::{DateTime, Utc};
use contracts::mediation::v1 as proto;
use lexicon::text::{Limits, clean};
use lexicon::{Fault, Fen, PartyId, Violations};

use super::table::{At, Words, consents, schedule};
use super::{Seat, done, past, request_id, seat};
use crate::model::course::Instalment;

const EVIDENCE: Limits = Limits::long(10_000);

/// A performance to record. No `Debug`: it holds words.
pub struct Perform {
    /// Where.
    pub seat: Seat,
    /// The caller's own id of this request.
    pub request_id: String,
    /// How much, in fen.
    pub amount: i64,
    /// All is done.
    pub whole: bool,
    /// When it was performed.
    pub at: DateTime<Utc>,
    /// The evidence.
    pub words: String,
}

/// A new schedule.
#[derive(Debug)]
pub struct Reschedule {
    /// Where.
    pub seat: Seat,
    /// When and how much.
    pub schedule: Vec<Instalment>,
    /// Who agrees.
    pub agreeing: Vec<PartyId>,
}

/// Reads a performance.
pub fn perform(request: &proto::RecordPerformanceRequest, now: DateTime<Utc>) -> Result<Perform, Violations> {
    let mut v = Violations::new();
    let request_id = v.check("request_id", request_id(&request.request_id));
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    let amount = v.check("amount_fen", Fen::new(request.amount_fen));
    let at = past(&mut v, "perform_time", request.perform_time.as_ref(), now);
    let words = v.check("evidence", clean(&request.evidence, EVIDENCE));
    let read = || {
        let (seat, request_id, amount, words) = (seat?, request_id?, amount?.get(), words?);
        Some(Perform { seat, request_id, amount, whole: request.whole, at: at?, words })
    };
    done(v, read())
}

/// Reads a default.
pub fn breach(
    request: &proto::ReportBreachRequest,
    now: DateTime<Utc>,
) -> Result<At<DateTime<Utc>>, Violations> {
    let mut v = Violations::new();
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    let at = past(&mut v, "breach_time", request.breach_time.as_ref(), now);
    let read = || Some(At { seat: seat?, what: at? });
    done(v, read())
}

/// Reads an urging.
pub fn urge(request: &proto::UrgePerformanceRequest) -> Result<Words, Violations> {
    let mut v = Violations::new();
    let request_id = v.check("request_id", request_id(&request.request_id));
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    let words = v.check("text", clean(&request.text, EVIDENCE));
    let read = || Some(Words { seat: seat?, request_id: request_id?, words: words? });
    done(v, read())
}

/// Reads a new schedule.
pub fn reschedule(
    request: &proto::AmendScheduleRequest,
    now: DateTime<Utc>,
) -> Result<Reschedule, Violations> {
    let mut v = Violations::new();
    let seat = seat(&mut v, &request.case_id, request.fence.as_ref());
    let parts = schedule(&mut v, &request.schedule);
    if parts.as_ref().is_some_and(Vec::is_empty) {
        v.push("schedule", Fault::REQUIRED);
    }
    let consents = consents(&mut v, &request.consents, now);
    let read = || {
        let agreeing = consents?.into_iter().map(|(party, _)| party).collect();
        Some(Reschedule { seat: seat?, schedule: parts?, agreeing })
    };
    done(v, read())
}
