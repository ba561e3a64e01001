//! A duty lawyer's advice in the contract's words.

use access::{Call, Vault};
use chrono::{DateTime, Utc};
use contracts::intake::v1 as proto;
use lexicon::text::Limits;
use lexicon::{AccountId, Fault, Violations};
use uuid::Uuid;

use super::command::done;
use super::{field, filing};
use crate::store::LegalAdvice;

const ADVICE: Limits = Limits::long(5_000);
const DEFAULT_PAGE: u64 = 20;
/// A record may be a long story.
const LARGEST_PAGE: i32 = 50;

/// What of a record is read beside the body.
pub struct Told {
    /// Who advised.
    pub lawyer: AccountId,
    /// What.
    pub advice: String,
    /// When, if not now.
    pub at: Option<DateTime<Utc>>,
}

/// Reads a record; its body must be good for a draft.
pub fn record(request: &proto::RecordLegalAdviceRequest, now: DateTime<Utc>) -> Result<Told, Violations> {
    let mut violations = Violations::new();
    let draft = proto::SaveDraftRequest {
        request_id: request.request_id.clone(),
        channel: proto::Channel::LawyerDuty.into(),
        body: request.body.clone(),
        ..proto::SaveDraftRequest::default()
    };
    if let Err(wrong) = filing::draft(&draft, now) {
        violations = wrong;
    }
    let lawyer = violations.check("lawyer", AccountId::new(request.lawyer.as_str()));
    let advice = field::required(&mut violations, "advice", &request.advice, ADVICE);
    let told = request.advice_time.as_ref();
    let at = told.and_then(|at| violations.check("advice_time", field::fact_time(at, now)));
    done(violations, lawyer).map(|lawyer| Told { lawyer, advice, at })
}

/// Which record becomes a draft.
pub fn draft(request: &proto::OpenDraftFromAdviceRequest) -> Result<Uuid, Violations> {
    let mut violations = Violations::new();
    let id = Uuid::parse_str(&request.advice_id).map_err(|_| Fault::MALFORMED);
    let id = violations.check("advice_id", id);
    done(violations, id)
}

/// A place in the records.
pub struct Page {
    /// How many at most.
    pub size: u64,
    /// Only records before this one.
    pub before: Option<Uuid>,
    /// What a page token is bound to.
    pub purpose: String,
}

/// Reads a place in the records.
pub fn page(
    request: &proto::ListLegalAdviceRequest,
    call: &Call,
    vault: &Vault,
    now: DateTime<Utc>,
) -> Result<Page, Violations> {
    let mut violations = Violations::new();
    let size = match request.page_size {
        0 => Ok(DEFAULT_PAGE),
        size @ 1.. => Ok(size.min(LARGEST_PAGE) as u64),
        _ => Err(Fault::RANGE),
    };
    let size = violations.check("page_size", size);
    let purpose = call.policy.path.to_owned();
    let before = match request.page_token.as_str() {
        "" => None,
        token => {
            let place = vault.read_page_token(&call.caller, &purpose, now, token).ok();
            let place = place.and_then(|bytes| Uuid::from_slice(&bytes).ok());
            violations.check("page_token", place.ok_or(Fault::MALFORMED))
        }
    };
    done(violations, size).map(|size| Page { size, before, purpose })
}

/// A record as it is told.
pub fn told(record: LegalAdvice) -> proto::LegalAdvice {
    proto::LegalAdvice {
        advice_id: record.id.to_string(),
        lawyer: record.lawyer,
        advice_time: Some(field::timestamp(record.at)),
        body: Some(record.body),
        advice: record.advice,
        case_id: record.case.map(|case| case.to_string()).unwrap_or_default(),
    }
}
