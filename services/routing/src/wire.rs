//! The contract and the model, one into the other.

pub mod assignment;
pub mod conflict;
pub mod directory;
pub mod facts;
pub mod joint;
pub mod recusal;
pub mod rules;
pub mod sheets;

use chrono::{DateTime, Utc};
use contracts::lexicon::v1::Fence as FenceMessage;
use contracts::routing::v1 as proto;
use courier::WriteList;
use lexicon::text::{Limits, clean, clean_optional};
use lexicon::{AccountId, CaseId, Fault, OrgId, Violations};
use prost_types::Timestamp;

use crate::model::{Disclosure, EndReason, Ending, Event, Fence, Referral, State};

/// Reasons are for the file, not for stories.
const REASON: Limits = Limits::long(500);
const PAGE: i32 = 50;
const LARGEST_PAGE: i32 = 500;

/// A request that names one case and nothing else.
pub fn case(case_id: &str) -> Result<CaseId, Violations> {
    let mut wrong = Violations::new();
    let case = wrong.check("case_id", case_id.parse());
    all_good(case, wrong)
}

/// Which case, to which studio, why, and what the window knows.
pub fn refer(ask: &proto::ReferCaseRequest) -> Result<rules::Refer, Violations> {
    let mut wrong = Violations::new();
    let case = wrong.check("case_id", ask.case_id.parse());
    let studio = wrong.check("studio_org", OrgId::new(ask.studio_org.as_str()));
    let reason = wrong.check("reason", clean_optional(&ask.reason, REASON));
    let told = rules::circumstances(ask.circumstances.as_ref(), &mut wrong);
    let until = wrong.check("due_date", joint::day(&ask.due_date));
    let read = || Some((case?, studio?, reason?, told?, until?));
    all_good(read(), wrong)
}

/// Which case, and why it goes back.
pub fn send_back(ask: &proto::ReturnReferralRequest) -> Result<(CaseId, String), Violations> {
    let mut wrong = Violations::new();
    let case = wrong.check("case_id", ask.case_id.parse());
    let reason = wrong.check("reason", clean(&ask.reason, REASON));
    all_good(case.zip(reason), wrong)
}

/// Which claim, and what is disclosed. Nothing disclosed is a matter for the model.
pub fn confirm(ask: &proto::ConfirmClaimRequest) -> Result<(CaseId, Fence, Disclosure), Violations> {
    let mut wrong = Violations::new();
    let case = wrong.check("case_id", ask.case_id.parse());
    let fence = wrong.check("fence", ask.fence.ok_or(Fault::REQUIRED));
    let said = ask.disclosure.unwrap_or_default();
    let disclosure = Disclosure {
        declared: said.declared,
        relation_exists: said.relation_exists,
        all_parties_keep: said.all_parties_keep,
    };
    all_good(case.zip(fence).map(|(case, shown)| (case, fence_shown(shown), disclosure)), wrong)
}

/// Which claim, and why it ends.
pub fn release(ask: &proto::ReleaseClaimRequest) -> Result<(CaseId, Fence, String), Violations> {
    let mut wrong = Violations::new();
    let case = wrong.check("case_id", ask.case_id.parse());
    let fence = wrong.check("fence", ask.fence.ok_or(Fault::REQUIRED));
    let reason = wrong.check("reason", clean(&ask.reason, REASON));
    all_good(
        case.zip(fence).zip(reason).map(|((case, shown), reason)| (case, fence_shown(shown), reason)),
        wrong,
    )
}

/// Which agreement, to whom, and why.
pub fn successor(ask: &proto::NameSuccessorRequest) -> Result<(CaseId, AccountId, String), Violations> {
    let mut wrong = Violations::new();
    let case = wrong.check("case_id", ask.case_id.parse());
    let mediator = wrong.check("mediator", AccountId::new(ask.mediator.as_str()));
    let reason = wrong.check("reason", clean(&ask.reason, REASON));
    let read = || Some((case?, mediator?, reason?));
    all_good(read(), wrong)
}

/// Which claim is declined, and why.
pub fn decline(ask: &proto::DeclineCaseRequest) -> Result<(CaseId, Fence, String), Violations> {
    let (case_id, fence, reason) = (ask.case_id.clone(), ask.fence, ask.reason.clone());
    release(&proto::ReleaseClaimRequest { case_id, fence, reason })
}

/// What a list of referrals asks for.
pub struct ListAsk {
    /// At most so many.
    pub size: u64,
    /// Only in this state.
    pub state: Option<&'static str>,
    /// Only those that are not over.
    pub open: bool,
}

/// Size and filters of a list.
pub fn list(ask: &proto::ListReferralsRequest) -> Result<ListAsk, Violations> {
    let mut wrong = Violations::new();
    let size = wrong.check("page_size", size(ask.page_size));
    let state = proto::ReferralState::try_from(ask.state).map_err(|_| Fault::ENUM_UNKNOWN);
    let state = wrong.check("state", state);
    let wanted =
        size.zip(state).map(|(size, state)| ListAsk { size, state: state_name(state), open: ask.open });
    all_good(wanted, wrong)
}

/// Size of a list of the pool.
pub fn pool(ask: &proto::ListPoolRequest) -> Result<u64, Violations> {
    let mut wrong = Violations::new();
    let size = wrong.check("page_size", size(ask.page_size));
    all_good(size, wrong)
}

/// The studio a list of mediators is narrowed to.
pub fn mediators(ask: &proto::ListMediatorsRequest) -> Result<Option<OrgId>, Violations> {
    if ask.studio_org.is_empty() {
        return Ok(None);
    }
    let mut wrong = Violations::new();
    let studio = wrong.check("studio_org", OrgId::new(ask.studio_org.as_str()));
    all_good(studio.map(Some), wrong)
}

/// A referral as it is told.
pub fn referral(noun: &Referral) -> proto::Referral {
    let to = noun.state.destination();
    let due = if let State::Assigned { confirm, .. } = &noun.state { Some(confirm.due) } else { None };
    let reason = if let State::Ended(_, reason) = &noun.state { Some(*reason) } else { None };
    let cause = rulebook::causes::by_code(&noun.facts.cause_code);
    proto::Referral {
        case_id: noun.case.to_string(),
        state: state(&noun.state).into(),
        version: noun.version,
        studio_org: to.map(|to| to.studio.to_string()).unwrap_or_default(),
        first_receiver_org: noun.first_receiver.to_string(),
        holder: noun.responsible().unwrap_or_default().to_owned(),
        fence: Some(fence(noun.fence)),
        cause_code: noun.facts.cause_code.clone(),
        cause_name: cause.map(|cause| cause.name.clone()).unwrap_or_default(),
        town_code: noun.facts.town_code.clone(),
        amount_in_controversy_fen: noun.facts.amount_in_controversy_fen,
        case_number: noun.facts.case_number.clone(),
        rule_id: to.map(|to| to.rule.clone()).unwrap_or_default(),
        state_time: Some(instant(noun.state_since)),
        confirm_due_time: due.map(instant),
        return_count: noun.returns,
        end_reason: reason.map_or(proto::EndReason::Unspecified, end_reason).into(),
        recusal: recusal::pending(noun),
        successor: noun.aside.successor.as_ref().map(ToString::to_string).unwrap_or_default(),
        choice_due_time: noun
            .choice
            .as_ref()
            .filter(|choice| !choice.passed)
            .map(|choice| instant(choice.until)),
        hand_over: noun.joint.hand_over.as_ref().map(joint::hand_over),
        consultation: noun.joint.consultation.as_ref().map(joint::consultation),
        assistance: noun.joint.assistance.as_ref().map(joint::assistance),
        co_orgs: joint::strings(&noun.joint.co_units),
        co_mediators: noun.joint.co_mediators.iter().map(|one| one.account.to_string()).collect(),
    }
}

/// Adds what has happened to the list, with the version that the referral has since.
pub fn post(list: &mut WriteList, noun: &Referral, event: &Event) {
    let case = noun.case.as_uuid();
    let studio_org = noun.state.destination().map(|to| to.studio.to_string()).unwrap_or_default();
    let rule_id = noun.state.destination().map(|to| to.rule.clone()).unwrap_or_default();
    let holder = noun.state.claim().map(|claim| claim.holder.to_string()).unwrap_or_default();
    let fence = Some(fence(noun.fence));
    match event {
        Event::Joint(act) => joint::post(list, noun, act),
        Event::RecusalRequested { .. } => recusal::post_requested(list, noun),
        Event::RecusalDecided { verdict, fence: of, .. } => recusal::post_decided(list, noun, *verdict, *of),
        Event::Opened => {
            let first_receiver_org = noun.first_receiver.to_string();
            list.post(case, noun.version, &proto::ReferralOpened { first_receiver_org })
        }
        Event::Referred(_) => list.post(case, noun.version, &proto::CaseReferred { studio_org, rule_id }),
        Event::Returned { studio, taken, .. } => {
            let said = proto::ReferralReturned { studio_org: studio.to_string(), taken: *taken };
            list.post(case, noun.version, &said)
        }
        Event::Pooled => list.post(case, noun.version, &proto::CasePooled { studio_org }),
        Event::Claimed | Event::Given(_) => {
            let due =
                if let State::Assigned { confirm, .. } = &noun.state { Some(confirm.due) } else { None };
            let (confirm_due_time, way) = (due.map(instant), assignment::way(event).into());
            let said = proto::CaseClaimed { studio_org, holder, fence, confirm_due_time, way };
            list.post(case, noun.version, &said)
        }
        Event::ChoiceOffered | Event::ChoiceLapsed => assignment::post_choice(list, noun, event),
        Event::Confirmed => {
            let facts = Some(facts::told(noun));
            list.post(case, noun.version, &proto::ClaimConfirmed { studio_org, holder, fence, facts })
        }
        Event::ClaimEnded { former, how, .. } => {
            let (former_holder, lapsed) = (former.to_string(), *how == Ending::Lapsed);
            let recused_accounts = noun.aside.accounts.iter().map(ToString::to_string).collect();
            let said = proto::ClaimEnded { studio_org, former_holder, fence, lapsed, recused_accounts };
            list.post(case, noun.version, &said)
        }
        Event::Succeeded { former, successor, .. } => {
            let former_holder = former.as_ref().map(ToString::to_string).unwrap_or_default();
            let holder = successor.to_string();
            list.post(case, noun.version, &proto::SuccessorNamed { studio_org, former_holder, holder, fence })
        }
        Event::Ended => {
            let reason = if let State::Ended(_, reason) = &noun.state { Some(*reason) } else { None };
            let reason = reason.map_or(proto::EndReason::Unspecified, end_reason).into();
            list.post(case, noun.version, &proto::ReferralEnded { reason })
        }
    };
}

/// A fence that somebody shows or tells.
pub fn fence_shown(fence: FenceMessage) -> Fence {
    Fence { epoch: fence.epoch, n: fence.n }
}

fn fence(fence: Fence) -> FenceMessage {
    FenceMessage { epoch: fence.epoch, n: fence.n }
}

fn state(state: &State) -> proto::ReferralState {
    match state {
        State::Routed(_) => proto::ReferralState::Routed,
        State::Pool(_) => proto::ReferralState::Pool,
        State::Assigned { .. } => proto::ReferralState::Assigned,
        State::Confirmed { .. } => proto::ReferralState::Confirmed,
        State::Fencing(_) => proto::ReferralState::Fencing,
        State::Ended(..) => proto::ReferralState::Ended,
    }
}

fn state_name(state: proto::ReferralState) -> Option<&'static str> {
    match state {
        proto::ReferralState::Unspecified => None,
        named => Some(named.as_str_name().trim_start_matches("REFERRAL_STATE_")),
    }
}

fn end_reason(reason: EndReason) -> proto::EndReason {
    match reason {
        EndReason::Agreed => proto::EndReason::Agreed,
        EndReason::Failed => proto::EndReason::Failed,
        EndReason::CourtDemanded => proto::EndReason::CourtDemanded,
        EndReason::Withdrawn => proto::EndReason::Withdrawn,
        EndReason::Closed => proto::EndReason::Closed,
        EndReason::Recalled => proto::EndReason::Recalled,
    }
}

/// Too many asked for is the most there is; less than nothing is a mistake.
fn size(asked: i32) -> Result<u64, Fault> {
    match asked {
        0 => Ok(PAGE as u64),
        1.. => Ok(asked.min(LARGEST_PAGE) as u64),
        _ => Err(Fault::RANGE),
    }
}

/// An instant on the wire.
pub fn instant(at: DateTime<Utc>) -> Timestamp {
    Timestamp { seconds: at.timestamp(), nanos: at.timestamp_subsec_nanos() as i32 }
}

fn all_good<T>(read: Option<T>, wrong: Violations) -> Result<T, Violations> {
    match read {
        Some(read) if wrong.is_empty() => Ok(read),
        _ => Err(wrong),
    }
}
