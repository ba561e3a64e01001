//! Commissions as the contract shows and asks for them.

use access::Caller;
use chrono::{DateTime, NaiveDate, Utc};
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
use crate::model::Thread;
use crate::model::commission::{Commission, Content, Letter, State};

const REASON: Limits = Limits::long(2_000);
const REQUEST_ID: usize = 64;
const MOST_SIGNED: usize = 100;
const LINE: Limits = Limits::line(100);
const MATERIAL: Limits = Limits::line(200);
const MOST_MATERIALS: usize = 50;

/// A commission that a court sends.
pub(crate) struct Received {
    /// The court's own id of the item.
    pub(crate) request_id: String,
    /// The whole request without its id, for the fingerprint.
    pub(crate) whole: Vec<u8>,
    /// The case of ours it comes from.
    pub(crate) origin: Option<CaseId>,
    /// Whether the court has recorded everybody's consent; of a referral, the applicant's.
    pub(crate) consented: bool,
    /// The suit.
    pub(crate) body: DisputeBody,
    number: String,
    court: CourtId,
    studio: OrgId,
    reception: OrgId,
    summary: bool,
    /// The letter of a referral before filing.
    pub(crate) referral: Option<Letter>,
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
                referral: self.referral.clone(),
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
        referral: content.referral.as_ref().map(|letter| contract::ReferralLetter {
            letter_number: letter.number.clone(),
            letter_date: letter.on.to_string(),
            materials: letter.materials.clone(),
            contact: letter.contact.clone(),
        }),
    }
}

/// A case with its court's document and no commission behind it, as that court sees it.
pub(crate) fn of_case(thread: &Thread) -> contract::Commission {
    let facts = &thread.facts;
    let suit = facts.suit.as_ref();
    contract::Commission {
        case_id: thread.case.to_string(),
        state: contract::CommissionState::CourtDoc.into(),
        version: thread.version,
        court_org: suit.map(|suit| suit.court.to_string()).unwrap_or_default(),
        court_case_number: suit.map(|suit| suit.number.clone()).unwrap_or_default(),
        studio_org: facts.studio.as_ref().map(ToString::to_string).unwrap_or_default(),
        court_document: facts.document.as_ref().map(outcome),
        ..Default::default()
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
    today: NaiveDate,
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
    let referral = match &ask.referral {
        None => Some(None),
        Some(asked) => letter(&mut violations, asked, today).map(Some),
    };
    let whole = contract::CommissionMediationRequest { request_id: String::new(), ..ask.clone() };
    let read = || {
        Some(Received {
            request_id: request_id?,
            whole: whole.encode_to_vec(),
            origin: origin?,
            consented: if ask.referral.is_some() { ask.applicant_consents } else { ask.all_parties_consent },
            body: body?,
            number: number?.to_string(),
            court: caller.court.clone()?,
            studio: studio?,
            reception: reception?,
            summary: ask.summary_procedure,
            referral: referral?,
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

fn letter(violations: &mut Violations, asked: &contract::ReferralLetter, today: NaiveDate) -> Option<Letter> {
    let number = violations.check("referral.letter_number", text::clean(&asked.letter_number, LINE));
    let on = match asked.letter_date.parse::<NaiveDate>() {
        Ok(on) if on <= today => Ok(on),
        Ok(_) => Err(Fault::RANGE),
        Err(_) => Err(Fault::MALFORMED),
    };
    let on = violations.check("referral.letter_date", on);
    let materials = match asked.materials.len() {
        0 => violations.check("referral.materials", Err(Fault::REQUIRED)),
        n if n > MOST_MATERIALS => violations.check("referral.materials", Err(Fault::TOO_MANY)),
        _ => {
            let each = asked.materials.iter().enumerate().map(|(at, item)| {
                violations.check(&format!("referral.materials[{at}]"), text::clean(item, MATERIAL))
            });
            each.collect::<Option<Vec<String>>>()
        }
    };
    let contact = match asked.contact.as_str() {
        "" => Some(String::new()),
        contact => violations.check("referral.contact", text::clean(contact, LINE)),
    };
    Some(Letter { number: number?, on: on?, materials: materials?, contact: contact? })
}

/// On what a court issues its document.
pub(crate) enum Documented {
    /// On what a commission brought about.
    Commission(Uuid),
    /// On the agreement of a case.
    Case(CaseId),
}

/// The court's document.
pub(crate) fn document(
    ask: &contract::IssueCourtDocumentRequest,
) -> Result<(Documented, CourtOutcome), Violations> {
    let mut violations = Violations::new();
    let on = match (ask.commission_id.as_str(), ask.case_id.as_str()) {
        (id, "") => violations.check("commission_id", read_id(id)).map(Documented::Commission),
        ("", case) => violations.check("case_id", case.parse()).map(Documented::Case),
        _ => violations.check("case_id", Err(Fault::MALFORMED)),
    };
    let document = read_outcome(&mut violations, "document", ask.document.as_ref());
    finish(on.zip(document), violations)
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
