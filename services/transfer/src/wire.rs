//! The contract and the model, each in the other's words. Every bad field of a request is noted before it is refused.

use access::Caller;
use chrono::{DateTime, TimeDelta, Utc};
use contracts::transfer::v1 as contract;
use lexicon::text::{self, Limits};
use lexicon::{CaseId, Fault, PartyId, Violations};
use prost_types::Timestamp;
use rulebook::case_number::CaseNumber;
use rulebook::courts;

use crate::model::{
    Answer, CourtOutcome, DocumentKind, Entry, Filing, Kind, No, OutcomeKind, Receipt, State,
};

pub(crate) mod commission;
pub(crate) mod confirmation;
pub(crate) mod court;
pub(crate) mod handoff;
pub(crate) mod jurisdiction;
pub(crate) mod news;

/// A court's reason fits into a page.
const REASON: Limits = Limits::long(2_000);
/// Clocks of clients differ from ours; closer than this is "now".
const CLOCK_DIFFERENCE: TimeDelta = TimeDelta::seconds(5);
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

/// Whose demand is taken back, where that is said.
pub(crate) fn take_back(
    ask: &contract::WithdrawFilingRequest,
) -> Result<(CaseId, Option<PartyId>), Violations> {
    let mut violations = Violations::new();
    let case = violations.check("case_id", ask.case_id.parse());
    let named = Some(&ask.party_id).filter(|id| !id.is_empty());
    let party = violations.check("party_id", named.map(|id| id.parse()).transpose());
    finish(case.zip(party), violations)
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

/// A fact, so not in the future. What a client's fast clock puts there is taken as now.
fn past(time: Option<&Timestamp>, now: DateTime<Utc>) -> Result<DateTime<Utc>, Fault> {
    let at = time.ok_or(Fault::REQUIRED).and_then(instant)?;
    if at <= now + CLOCK_DIFFERENCE { Ok(at.min(now)) } else { Err(Fault::RANGE) }
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
            No::Against(against) => Self::refused(against),
            No::Unlawful(unlawful) => Self::refused(unlawful),
            No::Missing(noun) => Self::Missing(noun),
        }
    }
}

/// A filing as the contract shows it. The court's reason is free text: only those who see the case in clear get it.
pub(crate) fn filing(filing: &Filing, clear: bool) -> contract::Filing {
    let state = &filing.state;
    let package = state.package();
    let (number, reason) = match state {
        State::Filed { number, .. } | State::Outcome { number, .. } => (number.clone(), String::new()),
        State::NotFiled { reason, .. } if clear => (String::new(), reason.clone()),
        _ => Default::default(),
    };
    contract::Filing {
        filing_id: filing.id.to_string(),
        case_id: filing.case.to_string(),
        kind: filing_kind(filing.kind).into(),
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
        correction_items: match &filing.correction {
            Some(correction) if clear => correction.items.clone(),
            _ => vec![],
        },
        correction_answer_time: filing
            .correction
            .as_ref()
            .and_then(|correction| correction.answer.as_ref())
            .map(|(at, _)| timestamp(*at)),
        outcome: match state {
            State::Outcome { outcome: told, .. } => Some(outcome(told)),
            _ => None,
        },
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

const STATES: [contract::FilingState; 9] = [
    contract::FilingState::Unspecified,
    contract::FilingState::TransferReady,
    contract::FilingState::Transferred,
    contract::FilingState::CourtReview,
    contract::FilingState::Filed,
    contract::FilingState::NotFiled,
    contract::FilingState::Withdrawn,
    contract::FilingState::CourtCorrection,
    contract::FilingState::Outcome,
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

/// Either name of a kind of filing.
pub(crate) fn filing_kind(kind: Kind) -> contract::FilingKind {
    match kind {
        Kind::Complaint => contract::FilingKind::Complaint,
        Kind::SuitOnAgreement => contract::FilingKind::SuitOnAgreement,
        Kind::PaymentOrder => contract::FilingKind::PaymentOrder,
        Kind::Enforcement => contract::FilingKind::Enforcement,
    }
}

/// The kind that was asked for; none where it was left open.
pub(crate) fn kind_of(number: i32) -> Result<Option<Kind>, Fault> {
    let kind = contract::FilingKind::try_from(number).map_err(|_| Fault::ENUM_UNKNOWN)?;
    Ok(Kind::ALL.iter().copied().find(|known| filing_kind(*known) == kind))
}

/// How a case ended at a court.
pub(crate) fn outcome(outcome: &CourtOutcome) -> contract::CourtOutcome {
    contract::CourtOutcome {
        kind: outcome_kind(outcome.kind).into(),
        decision_date: outcome.on.to_string(),
        document_number: outcome.number.clone(),
    }
}

/// What a court did, in the contract.
pub(crate) fn outcome_kind(kind: OutcomeKind) -> contract::OutcomeKind {
    match kind {
        OutcomeKind::Judgment => contract::OutcomeKind::Judgment,
        OutcomeKind::MediationDocument => contract::OutcomeKind::MediationDocument,
        OutcomeKind::Withdrawn => contract::OutcomeKind::Withdrawn,
        OutcomeKind::Ruling => contract::OutcomeKind::Ruling,
        OutcomeKind::PaymentOrder => contract::OutcomeKind::PaymentOrder,
        OutcomeKind::EnforcementEnded => contract::OutcomeKind::EnforcementEnded,
        OutcomeKind::Other => contract::OutcomeKind::Other,
    }
}
