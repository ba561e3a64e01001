//! Joint acts in the contract's words.

mod news;

use chrono::NaiveDate;
use contracts::routing::v1 as proto;
use lexicon::text::{Limits, clean, clean_optional};
use lexicon::{AccountId, CaseId, Fault, OrgId, Violations};

use super::{REASON, all_good, instant};
use crate::model::{Assistance, AssistanceKind, Consultation, HandOver, HandOverKind, Minutes};
use crate::store::Told;
use news::kind;
pub use news::post;

const DECISION: Limits = Limits::long(2000);
const MINUTES: Limits = Limits::long(8000);
const PARTICIPANTS: usize = 20;
const CO_MEDIATORS: usize = 5;

/// Assistance that is to end.
pub struct Leaving {
    /// Whose.
    pub of: OrgId,
    /// Only these of its co-mediators leave.
    pub co_mediators: Vec<AccountId>,
    /// Why.
    pub reason: String,
}

/// A hand-over that is asked for.
pub struct HandingOver {
    /// Up or down.
    pub kind: HandOverKind,
    /// To whom.
    pub to: OrgId,
    /// Why.
    pub reason: String,
    /// Why a level is passed over.
    pub skip_reason: Option<String>,
    /// Until when.
    pub until: Option<NaiveDate>,
}

/// A consultation that is asked for.
pub struct Consulting {
    /// Who is to take part.
    pub participants: Vec<OrgId>,
    /// About what.
    pub question: String,
    /// By when it is to be decided.
    pub until: Option<NaiveDate>,
}

/// A decision that is asked for.
pub struct Deciding {
    /// Of which consultation.
    pub number: u64,
    /// Who leads.
    pub lead: OrgId,
    /// Who helps.
    pub co_units: Vec<OrgId>,
    /// Until when another lead unit can accept.
    pub until: Option<NaiveDate>,
    /// In words.
    pub words: Minutes,
}

/// Assistance that is asked for.
pub struct Assisting {
    /// What for.
    pub kind: AssistanceKind,
    /// Of whom.
    pub to: OrgId,
    /// Why.
    pub reason: String,
    /// The last day for the answer.
    pub until: Option<NaiveDate>,
}

/// An answer that is given.
pub struct Answering {
    /// To which request.
    pub number: u64,
    /// Whether assistance is given.
    pub accepted: bool,
    /// How, or why not.
    pub note: Option<String>,
    /// Who sits beside the holder.
    pub co_mediators: Vec<AccountId>,
}

/// Which case goes up, to whom, why, until when.
pub fn escalate(ask: &proto::EscalateCaseRequest) -> Result<(CaseId, HandingOver), Violations> {
    let words = (ask.reason.as_str(), ask.skip_reason.as_str());
    handing_over(HandOverKind::Escalate, &ask.case_id, &ask.to_org, words, &ask.due_date)
}

/// Which case goes down, to whom, why, until when.
pub fn delegate(ask: &proto::DelegateCaseRequest) -> Result<(CaseId, HandingOver), Violations> {
    let words = (ask.reason.as_str(), ask.skip_reason.as_str());
    handing_over(HandOverKind::Delegate, &ask.case_id, &ask.to_org, words, &ask.due_date)
}

fn handing_over(
    kind: HandOverKind,
    case_id: &str,
    to_org: &str,
    (reason, skip_reason): (&str, &str),
    due_date: &str,
) -> Result<(CaseId, HandingOver), Violations> {
    let mut wrong = Violations::new();
    let case = wrong.check("case_id", case_id.parse());
    let to = wrong.check("to_org", OrgId::new(to_org));
    let reason = wrong.check("reason", clean(reason, REASON));
    let skip_reason = wrong.check("skip_reason", clean_optional(skip_reason, REASON));
    let until = wrong.check("due_date", day(due_date));
    let read = || {
        let (to, reason, skip_reason, until) = (to?, reason?, skip_reason?, until?);
        Some((case?, HandingOver { kind, to, reason, skip_reason, until }))
    };
    all_good(read(), wrong)
}

/// Which case, and who meets about what.
pub fn consult(ask: &proto::OpenConsultationRequest) -> Result<(CaseId, Consulting), Violations> {
    let mut wrong = Violations::new();
    let case = wrong.check("case_id", ask.case_id.parse());
    let participants = match ask.participant_orgs.as_slice() {
        [] => wrong.check("participant_orgs", Err(Fault::REQUIRED)),
        named => orgs("participant_orgs", named, &mut wrong),
    };
    let question = wrong.check("question", clean(&ask.question, REASON));
    let until = wrong.check("due_date", day(&ask.due_date));
    let read = || {
        let (participants, question, until) = (participants?, question?, until?);
        Some((case?, Consulting { participants, question, until }))
    };
    all_good(read(), wrong)
}

/// Which case, and what was decided.
pub fn decide(ask: &proto::DecideConsultationRequest) -> Result<(CaseId, Deciding), Violations> {
    let mut wrong = Violations::new();
    let case = wrong.check("case_id", ask.case_id.parse());
    let lead = wrong.check("lead_org", OrgId::new(ask.lead_org.as_str()));
    let co_units = orgs("co_orgs", &ask.co_orgs, &mut wrong);
    let until = wrong.check("due_date", day(&ask.due_date));
    let decision = wrong.check("decision", clean(&ask.decision, DECISION));
    let minutes = wrong.check("minutes", clean(&ask.minutes, MINUTES));
    // The convener and each participant, once.
    let objections: Option<Vec<(OrgId, String)>> = if ask.objections.len() > PARTICIPANTS + 1 {
        wrong.check("objections", Err(Fault::RANGE))
    } else {
        ask.objections.iter().map(|one| objection(one, &mut wrong)).collect()
    };
    let number = ask.number;
    let read = || {
        let words = Minutes { decision: decision?, minutes: minutes?, objections: objections? };
        let (lead, co_units, until) = (lead?, co_units?, until?);
        Some((case?, Deciding { number, lead, co_units, until, words }))
    };
    all_good(read(), wrong)
}

fn objection(one: &proto::Objection, wrong: &mut Violations) -> Option<(OrgId, String)> {
    let org = wrong.check("objections", OrgId::new(one.org.as_str()));
    let text = wrong.check("objections", clean(&one.text, REASON));
    org.zip(text)
}

/// Which case, and whose help is asked for.
pub fn assist(ask: &proto::RequestAssistanceRequest) -> Result<(CaseId, Assisting), Violations> {
    let mut wrong = Violations::new();
    let case = wrong.check("case_id", ask.case_id.parse());
    let to = wrong.check("to_org", OrgId::new(ask.to_org.as_str()));
    let kind = wrong.check("kind", assistance_kind(ask.kind()));
    let reason = wrong.check("reason", clean(&ask.reason, REASON));
    let until = wrong.check("due_date", day(&ask.due_date));
    let read = || Some((case?, Assisting { kind: kind?, to: to?, reason: reason?, until: until? }));
    all_good(read(), wrong)
}

/// Which case, and the answer.
pub fn answer(ask: &proto::AnswerAssistanceRequest) -> Result<(CaseId, Answering), Violations> {
    let mut wrong = Violations::new();
    let case = wrong.check("case_id", ask.case_id.parse());
    let note = wrong.check("note", clean_optional(&ask.note, REASON));
    let named = if ask.accepted { ask.co_mediators.as_slice() } else { &[] };
    let co_mediators = accounts(named, &mut wrong);
    let (number, accepted) = (ask.number, ask.accepted);
    let read = || {
        let (note, co_mediators) = (note?, co_mediators?);
        Some((case?, Answering { number, accepted, note, co_mediators }))
    };
    all_good(read(), wrong)
}

/// Which case, and whose assistance ends.
pub fn leave(ask: &proto::EndAssistanceRequest) -> Result<(CaseId, Leaving), Violations> {
    let mut wrong = Violations::new();
    let case = wrong.check("case_id", ask.case_id.parse());
    let of = wrong.check("org", OrgId::new(ask.org.as_str()));
    let reason = wrong.check("reason", clean(&ask.reason, REASON));
    let co_mediators = accounts(&ask.co_mediators, &mut wrong);
    let read = || Some((case?, Leaving { of: of?, co_mediators: co_mediators?, reason: reason? }));
    all_good(read(), wrong)
}

fn accounts(names: &[String], wrong: &mut Violations) -> Option<Vec<AccountId>> {
    if names.len() > CO_MEDIATORS {
        return wrong.check("co_mediators", Err(Fault::RANGE));
    }
    names.iter().map(|one| wrong.check("co_mediators", AccountId::new(one.as_str()))).collect()
}

fn orgs(field: &str, names: &[String], wrong: &mut Violations) -> Option<Vec<OrgId>> {
    if names.len() > PARTICIPANTS {
        return wrong.check(field, Err(Fault::RANGE));
    }
    names.iter().map(|one| wrong.check(field, OrgId::new(one.as_str()))).collect()
}

/// A day, if one is told.
pub fn day(text: &str) -> Result<Option<NaiveDate>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| Fault::MALFORMED)
}

/// The hand-over that is offered.
pub fn hand_over(offer: &HandOver) -> proto::HandOver {
    proto::HandOver {
        kind: kind(offer.kind).into(),
        from_org: offer.from.to_string(),
        to_org: offer.to.to_string(),
        due_date: offer.until.to_string(),
        number: offer.number,
        offer_time: Some(instant(offer.at)),
    }
}

/// The consultation that waits.
pub fn consultation(meeting: &Consultation) -> proto::Consultation {
    proto::Consultation {
        number: meeting.number,
        convener_org: meeting.convener.to_string(),
        participant_orgs: strings(&meeting.participants),
        due_date: meeting.until.to_string(),
        open_time: Some(instant(meeting.at)),
    }
}

/// The assistance that is asked for.
pub fn assistance(asked: &Assistance) -> proto::Assistance {
    proto::Assistance {
        number: asked.number,
        kind: asked_kind(asked.kind).into(),
        from_org: asked.from.to_string(),
        to_org: asked.to.to_string(),
        due_date: asked.until.to_string(),
        request_time: Some(instant(asked.at)),
    }
}

/// An act of the trace.
pub fn act(told: &Told) -> proto::JointAct {
    let kept = &told.kept;
    let kind = proto::JointActKind::from_str_name(&format!("JOINT_ACT_KIND_{}", told.kind));
    let objection =
        |(org, text): &(String, String)| proto::Objection { org: org.clone(), text: text.clone() };
    proto::JointAct {
        kind: kind.unwrap_or_default().into(),
        act_time: Some(instant(told.at)),
        org: told.org.clone(),
        account: told.account.clone(),
        number: kept.number,
        orgs: kept.orgs.clone(),
        co_orgs: kept.co_orgs.clone(),
        co_mediators: kept.co_mediators.clone(),
        due_date: kept.until.map(|day| day.to_string()).unwrap_or_default(),
        text: kept.text.clone(),
        skip_reason: kept.skip_reason.clone(),
        minutes: kept.minutes.clone(),
        objections: kept.objections.iter().map(objection).collect(),
    }
}

fn assistance_kind(kind: proto::AssistanceKind) -> Result<AssistanceKind, Fault> {
    match kind {
        proto::AssistanceKind::Unspecified => Err(Fault::REQUIRED),
        proto::AssistanceKind::Unit => Ok(AssistanceKind::Unit),
        proto::AssistanceKind::JointMediation => Ok(AssistanceKind::JointMediation),
        proto::AssistanceKind::Police => Ok(AssistanceKind::Police),
    }
}

fn asked_kind(kind: AssistanceKind) -> proto::AssistanceKind {
    match kind {
        AssistanceKind::Unit => proto::AssistanceKind::Unit,
        AssistanceKind::JointMediation => proto::AssistanceKind::JointMediation,
        AssistanceKind::Police => proto::AssistanceKind::Police,
    }
}

/// Names as the contract has them.
pub fn strings<T: ToString>(names: &[T]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}
