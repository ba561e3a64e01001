//! Commissions as the contract shows and asks for them.

use access::Caller;
use chrono::{DateTime, Utc};
use contracts::intake::v1::DisputeBody;
use contracts::transfer::v1 as contract;
use lexicon::text::{self, Limits};
use lexicon::{CaseId, CourtId, Fault, OrgId, Violations};
use prost::Message as _;
use rulebook::case_number::CaseNumber;
use uuid::Uuid;

use super::court::read_outcome;
use super::{LONGEST_PAGE, PAGE, finish, outcome, timestamp};
use crate::model::CourtOutcome;
use crate::model::commission::{Commission, Content, State};

const REASON: Limits = Limits::long(2_000);
const REQUEST_ID: usize = 64;
const MOST_SIGNED: usize = 100;

/// A commission that a court sends.
pub(crate) struct Received {
    /// The court's own id of the item.
    pub(crate) request_id: String,
    /// The whole request without its id, for the fingerprint.
    pub(crate) whole: Vec<u8>,
    /// The case of ours it comes from.
    pub(crate) origin: Option<CaseId>,
    /// Whether the court has recorded everybody's consent.
    pub(crate) all_consent: bool,
    /// The suit.
    pub(crate) body: DisputeBody,
    number: String,
    court: CourtId,
    studio: OrgId,
    reception: OrgId,
    summary: bool,
}

impl Received {
    /// The commission, as it begins.
    pub(crate) fn commission(&self, id: Uuid, at: DateTime<Utc>) -> Commission {
        Commission {
            id,
            thread: id.into(),
            version: 1,
            court: self.court.clone(),
            studio: self.studio.clone(),
            content: Content {
                number: self.number.clone(),
                origin: self.origin,
                reception: self.reception.clone(),
                summary: self.summary,
                received: at,
                signed: None,
                refused: false,
                suspected: None,
                examined: None,
                state: State::Received,
            },
        }
    }
}

/// A page of commissions.
pub(crate) struct CommissionPage {
    /// At most this many.
    pub(crate) size: u64,
    /// From the previous answer.
    pub(crate) token: String,
    /// Only in this state.
    pub(crate) state: Option<&'static str>,
}

/// A commission. What is said to the court comes from the report alone.
pub(crate) fn commission(noun: &Commission) -> contract::Commission {
    let content = &noun.content;
    contract::Commission {
        commission_id: noun.id.to_string(),
        case_id: noun.case().map(|case| case.to_string()).unwrap_or_default(),
        state: state_of(content.state.code()).into(),
        version: noun.version,
        court_org: noun.court.to_string(),
        court_case_number: content.number.clone(),
        studio_org: noun.studio.to_string(),
        summary_procedure: content.summary,
        receive_time: Some(timestamp(content.received)),
        sign_time: content.signed.map(timestamp),
        sham_suspected_time: content.suspected.map(timestamp),
        examination: content.examined.as_ref().map(|found| contract::Examination {
            sham: found.sham,
            reason: found.reason.clone(),
            answer_time: Some(timestamp(found.at)),
        }),
        report: content.state.report().map(|report| contract::CommissionReport {
            agreed: report.agreed,
            partial: report.partial,
            fail_ground: report.ground.clone(),
            court_demanded: report.demanded,
            report_time: Some(timestamp(report.at)),
        }),
        end_time: content.state.ended().map(timestamp),
        origin_case_id: content.origin.map(|case| case.to_string()).unwrap_or_default(),
        court_document: match &content.state {
            State::CourtDoc { document, .. } => Some(outcome(document)),
            _ => None,
        },
    }
}

fn state_of(code: &str) -> contract::CommissionState {
    let states = (1..).map_while(|n| contract::CommissionState::try_from(n).ok());
    let mut states = states.filter(|state| state_code(*state) == Some(code));
    states.next().unwrap_or_default()
}

fn state_code(state: contract::CommissionState) -> Option<&'static str> {
    state.as_str_name().strip_prefix("COMMISSION_STATE_").filter(|code| *code != "UNSPECIFIED")
}

/// What a court sends. The suit itself is checked where it is filed: by intake, like any other.
pub(crate) fn receive(
    ask: &contract::CommissionMediationRequest,
    caller: &Caller,
) -> Result<Received, Violations> {
    let mut violations = Violations::new();
    let request_id = violations.check("request_id", request_id(&ask.request_id));
    let origin = if ask.origin_case_id.is_empty() {
        Some(None)
    } else {
        violations.check("origin_case_id", ask.origin_case_id.parse().map(Some))
    };
    let parsed = match ask.court_case_number.as_str() {
        "" => Err(Fault::REQUIRED),
        text => CaseNumber::parse(text),
    };
    let number = violations.check("court_case_number", parsed);
    let studio = violations.check("studio_org", OrgId::new(ask.studio_org.as_str()));
    let reception = if ask.reception_org.is_empty() { &ask.studio_org } else { &ask.reception_org };
    let reception = violations.check("reception_org", OrgId::new(reception.as_str()));
    let body = violations.check("body", ask.body.clone().ok_or(Fault::REQUIRED));
    let whole = contract::CommissionMediationRequest { request_id: String::new(), ..ask.clone() };
    let read = || {
        Some(Received {
            request_id: request_id?,
            whole: whole.encode_to_vec(),
            origin: origin?,
            all_consent: ask.all_parties_consent,
            body: body?,
            number: number?.to_string(),
            court: caller.court.clone()?,
            studio: studio?,
            reception: reception?,
            summary: ask.summary_procedure,
        })
    };
    finish(read(), violations)
}

/// A commission's id.
pub(crate) fn id(commission_id: &str) -> Result<Uuid, Violations> {
    let mut violations = Violations::new();
    let id = violations.check("commission_id", read_id(commission_id));
    finish(id, violations)
}

/// Those that are signed for.
pub(crate) fn ids(ask: &contract::SignForCommissionsRequest) -> Result<Vec<Uuid>, Violations> {
    let mut violations = Violations::new();
    let ids = match ask.commission_ids.len() {
        0 => violations.check("commission_ids", Err(Fault::REQUIRED)),
        n if n > MOST_SIGNED => violations.check("commission_ids", Err(Fault::TOO_MANY)),
        _ => {
            let each = ask.commission_ids.iter().enumerate();
            let read = each.map(|(at, id)| violations.check(&format!("commission_ids[{at}]"), read_id(id)));
            read.collect::<Option<Vec<Uuid>>>()
        }
    };
    finish(ids, violations)
}

/// Why it is not taken.
pub(crate) fn decline(ask: &contract::DeclineCommissionRequest) -> Result<(Uuid, String), Violations> {
    let mut violations = Violations::new();
    let id = violations.check("commission_id", read_id(&ask.commission_id));
    let reason = violations.check("reason", text::clean(&ask.reason, REASON));
    finish(id.zip(reason), violations)
}

/// What a court found: which commission, whether it is a sham, and its words.
pub(crate) fn examination(
    ask: &contract::AnswerExaminationRequest,
) -> Result<(Uuid, bool, String), Violations> {
    let mut violations = Violations::new();
    let id = violations.check("commission_id", read_id(&ask.commission_id));
    let reason = violations.check("reason", text::clean(&ask.reason, REASON));
    finish(id.zip(reason).map(|(id, reason)| (id, ask.sham, reason)), violations)
}

/// Which suspicion a court has seen when it answered; none where it does not say.
pub(crate) fn suspicion(
    ask: &contract::AnswerExaminationRequest,
) -> Result<Option<DateTime<Utc>>, Violations> {
    let mut violations = Violations::new();
    let seen = ask.sham_suspected_time.as_ref().map(super::instant).transpose();
    let seen = violations.check("sham_suspected_time", seen);
    finish(seen, violations)
}

/// The court's document.
pub(crate) fn document(
    ask: &contract::IssueCourtDocumentRequest,
) -> Result<(Uuid, CourtOutcome), Violations> {
    let mut violations = Violations::new();
    let id = violations.check("commission_id", read_id(&ask.commission_id));
    let document = read_outcome(&mut violations, "document", ask.document.as_ref());
    finish(id.zip(document), violations)
}

/// Which page.
pub(crate) fn page(ask: contract::ListCommissionsRequest) -> Result<CommissionPage, Violations> {
    let mut violations = Violations::new();
    let size = match u64::try_from(ask.page_size) {
        Ok(0) => Some(PAGE),
        Ok(size) if size <= LONGEST_PAGE => Some(size),
        _ => violations.check("page_size", Err(Fault::RANGE)),
    };
    let state = match contract::CommissionState::try_from(ask.state) {
        Ok(state) => Some(state_code(state)),
        Err(_) => violations.check("state", Err(Fault::ENUM_UNKNOWN)),
    };
    let all = size.zip(state).map(|(size, state)| CommissionPage { size, token: ask.page_token, state });
    finish(all, violations)
}

fn read_id(text: &str) -> Result<Uuid, Fault> {
    text.parse::<CaseId>().map(|id| id.as_uuid())
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
