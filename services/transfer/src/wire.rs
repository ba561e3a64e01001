//! The contract and the model, each in the other's words. Every bad field of a request is noted before it is refused.

use access::Caller;
use chrono::{DateTime, Utc};
use contracts::transfer::v1 as contract;
use courier::WriteList;
use lexicon::text::{self, Limits};
use lexicon::{CaseId, Fault, Violations};
use prost_types::Timestamp;
use rulebook::case_number::CaseNumber;
use rulebook::courts;

use crate::model::{Answer, DocumentKind, Entry, Event, Filing, No, Receipt, State};

/// A court's reason fits into a page.
const REASON: Limits = Limits::long(2_000);
const PAGE: u64 = 50;
const LONGEST_PAGE: u64 = 500;
/// The instants that a protobuf timestamp may hold: the years 1 to 9999.
const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// What a list asks for.
pub(crate) struct ListAsk {
    pub(crate) size: u64,
    pub(crate) token: String,
    /// Only in this state.
    pub(crate) state: Option<&'static str>,
    /// Only those that are not at their end.
    pub(crate) open: bool,
}

/// A request that names a case and nothing else to check.
pub(crate) fn case(case_id: &str) -> Result<CaseId, Violations> {
    let mut violations = Violations::new();
    finish(violations.check("case_id", case_id.parse()), violations)
}

pub(crate) fn list(ask: contract::ListFilingsRequest) -> Result<ListAsk, Violations> {
    let mut violations = Violations::new();
    let size = match u64::try_from(ask.page_size) {
        Ok(0) => Some(PAGE),
        Ok(size) if size <= LONGEST_PAGE => Some(size),
        _ => violations.check("page_size", Err(Fault::RANGE)),
    };
    let state = match contract::FilingState::try_from(ask.state) {
        Ok(state) => Some(state_code(state)),
        Err(_) => violations.check("state", Err(Fault::ENUM_UNKNOWN)),
    };
    let all =
        size.zip(state).map(|(size, state)| ListAsk { size, token: ask.page_token, state, open: ask.open });
    finish(all, violations)
}

pub(crate) fn acknowledge(
    ask: &contract::AcknowledgeReceiptRequest,
    caller: &Caller,
) -> Result<(CaseId, Answer), Violations> {
    let mut violations = Violations::new();
    let read = answer(&mut violations, caller, &ask.case_id, &ask.package_sha256, ask.court_time.as_ref());
    finish(read, violations)
}

/// The court's number comes out canonical, and is the court's own.
pub(crate) fn accept(
    ask: &contract::AcceptFilingRequest,
    caller: &Caller,
) -> Result<(CaseId, Answer, String), Violations> {
    let mut violations = Violations::new();
    let read = answer(&mut violations, caller, &ask.case_id, &ask.package_sha256, ask.court_time.as_ref());
    let parsed = match ask.court_case_number.as_str() {
        "" => Err(Fault::REQUIRED),
        text => CaseNumber::parse(text),
    };
    let number = violations.check("court_case_number", parsed);
    let court = caller.court.as_ref().and_then(|court| courts::by_id(court.as_str()));
    if number.as_ref().is_some_and(|n| court.is_none_or(|court| court.case_number_code != n.court_code())) {
        violations.push_worded(
            "court_case_number",
            "COURT_CODE",
            "The number carries the code of another court.",
            "案号中的法院代字不是本院的。",
        );
    }
    let all = read.zip(number).map(|((case, answer), number)| (case, answer, number.to_string()));
    finish(all, violations)
}

pub(crate) fn refuse(
    ask: &contract::RefuseFilingRequest,
    caller: &Caller,
) -> Result<(CaseId, Answer, String), Violations> {
    let mut violations = Violations::new();
    let read = answer(&mut violations, caller, &ask.case_id, &ask.package_sha256, ask.court_time.as_ref());
    let reason = violations.check("reason", text::clean(&ask.reason, REASON));
    finish(read.zip(reason).map(|((case, answer), reason)| (case, answer, reason)), violations)
}

fn answer(
    violations: &mut Violations,
    caller: &Caller,
    case_id: &str,
    package_sha256: &str,
    court_time: Option<&Timestamp>,
) -> Option<(CaseId, Answer)> {
    let case = violations.check("case_id", case_id.parse());
    let digest = if package_sha256.is_empty() { Err(Fault::REQUIRED) } else { Ok(package_sha256.to_owned()) };
    let package_sha256 = violations.check("package_sha256", digest);
    let court_time = violations.check("court_time", court_time.ok_or(Fault::REQUIRED).and_then(instant));
    let by = caller.account.clone();
    Some((case?, Answer { package_sha256: package_sha256?, court_time: court_time?, by }))
}

fn instant(time: &Timestamp) -> Result<DateTime<Utc>, Fault> {
    let nanos = u32::try_from(time.nanos).ok().filter(|nanos| *nanos < 1_000_000_000);
    let read = nanos.filter(|_| SECONDS.contains(&time.seconds));
    read.and_then(|nanos| DateTime::from_timestamp(time.seconds, nanos)).ok_or(Fault::RANGE)
}

fn finish<T>(read: Option<T>, violations: Violations) -> Result<T, Violations> {
    match read {
        Some(value) if violations.is_empty() => Ok(value),
        _ => Err(violations),
    }
}

impl From<No> for chassis::Denied {
    fn from(no: No) -> Self {
        match no {
            No::Refused(refusal) => Self::refused(refusal),
            No::Stale => Self::Stale { current: None },
            No::Unlike(mismatches) => {
                let mut violations = Violations::new();
                for mismatch in mismatches {
                    mismatch.note(&mut violations);
                }
                Self::Invalid(violations)
            }
        }
    }
}

/// A filing as the contract shows it. The court's reason is free text: only those who see the case in clear get it.
pub(crate) fn filing(filing: &Filing, clear: bool) -> contract::Filing {
    let state = &filing.state;
    let package = state.package();
    let (number, reason) = match state {
        State::Filed { number, .. } => (number.clone(), String::new()),
        State::NotFiled { reason, .. } if clear => (String::new(), reason.clone()),
        _ => Default::default(),
    };
    contract::Filing {
        filing_id: filing.id.to_string(),
        case_id: filing.case.to_string(),
        kind: contract::FilingKind::Complaint.into(),
        state: state_of(state.code()).into(),
        version: filing.version,
        court_org: package.map(|p| p.venue.court.to_string()).unwrap_or_default(),
        jurisdiction_basis: package.map(|p| p.venue.basis.code().to_owned()).unwrap_or_default(),
        documents: package.map(|p| p.documents.iter().map(entry).collect()).unwrap_or_default(),
        package_sha256: package.map(|p| p.sha256.clone()).unwrap_or_default(),
        submit_time: state.sent().map(|sent| timestamp(sent.at)),
        receipts: state.receipts().into_iter().map(|(kind, told)| receipt(kind, told)).collect(),
        court_case_number: number,
        refusal_reason: reason,
        holder: filing.holder().to_owned(),
    }
}

/// A document without its content.
pub(crate) fn entry(entry: &Entry) -> contract::DocumentEntry {
    contract::DocumentEntry {
        document_id: entry.id.to_string(),
        kind: kind(entry.kind).into(),
        title: entry.title.clone(),
        size_bytes: entry.size as i64,
        sha256: entry.sha256.clone(),
    }
}

fn receipt(kind: &str, receipt: &Receipt) -> contract::CourtReceipt {
    let kind = match kind {
        "RECEIVED" => contract::ReceiptKind::Received,
        "ACCEPTED" => contract::ReceiptKind::Accepted,
        _ => contract::ReceiptKind::Refused,
    };
    contract::CourtReceipt {
        kind: kind.into(),
        package_sha256: receipt.package_sha256.clone(),
        court_time: Some(timestamp(receipt.court_time)),
        receive_time: Some(timestamp(receipt.receive_time)),
        by: receipt.by.to_string(),
    }
}

/// The kind in the contract.
pub(crate) const fn kind(kind: DocumentKind) -> contract::DocumentKind {
    match kind {
        DocumentKind::Complaint => contract::DocumentKind::Complaint,
        DocumentKind::PartyIdentity => contract::DocumentKind::PartyIdentity,
        DocumentKind::Proxy => contract::DocumentKind::Proxy,
        DocumentKind::Evidence => contract::DocumentKind::Evidence,
        DocumentKind::ServiceAddress => contract::DocumentKind::ServiceAddress,
        DocumentKind::UndisputedFacts => contract::DocumentKind::UndisputedFacts,
        DocumentKind::SignedAgreement => contract::DocumentKind::SignedAgreement,
        DocumentKind::Report => contract::DocumentKind::Report,
    }
}

const STATES: [contract::FilingState; 7] = [
    contract::FilingState::Unspecified,
    contract::FilingState::TransferReady,
    contract::FilingState::Transferred,
    contract::FilingState::CourtReview,
    contract::FilingState::Filed,
    contract::FilingState::NotFiled,
    contract::FilingState::Withdrawn,
];

/// The contract's state for a code of the model's.
pub(crate) fn state_of(code: &str) -> contract::FilingState {
    STATES.into_iter().find(|state| state_code(*state) == Some(code)).unwrap_or_default()
}

fn state_code(state: contract::FilingState) -> Option<&'static str> {
    state.as_str_name().strip_prefix("FILING_STATE_").filter(|code| *code != "UNSPECIFIED")
}

/// An instant of ours in the contract's form.
pub(crate) fn timestamp(at: DateTime<Utc>) -> Timestamp {
    Timestamp { seconds: at.timestamp(), nanos: at.timestamp_subsec_nanos() as i32 }
}

/// Says the event, in the filing's new version.
pub(crate) fn post(list: &mut WriteList, filing: &Filing, event: &Event) {
    let (case, version, filing_id) = (filing.case.as_uuid(), filing.version, filing.id.to_string());
    let package = filing.state.package();
    let court_org = package.map(|p| p.venue.court.to_string()).unwrap_or_default();
    let package_sha256 = package.map(|p| p.sha256.clone()).unwrap_or_default();
    match event {
        Event::Opened => {
            let first_receiver_org = filing.first_receiver.to_string();
            list.post(case, version, &contract::FilingOpened { filing_id, first_receiver_org })
        }
        Event::Prepared => {
            list.post(case, version, &contract::FilingPrepared { filing_id, court_org, package_sha256 })
        }
        Event::Submitted => {
            let submit_time = filing.state.sent().map(|sent| timestamp(sent.at));
            let said = contract::FilingSubmitted { filing_id, court_org, package_sha256, submit_time };
            list.post(case, version, &said)
        }
        Event::Received => {
            let court_time =
                filing.state.receipts().first().map(|(_, receipt)| timestamp(receipt.court_time));
            list.post(case, version, &contract::FilingReceived { filing_id, court_org, court_time })
        }
        Event::Accepted => {
            let court_case_number = match &filing.state {
                State::Filed { number, .. } => number.clone(),
                _ => String::new(),
            };
            list.post(case, version, &contract::FilingAccepted { filing_id, court_org, court_case_number })
        }
        Event::Refused => list.post(case, version, &contract::FilingRefused { filing_id, court_org }),
        Event::Withdrawn => list.post(case, version, &contract::FilingWithdrawn { filing_id }),
    };
}
