//! What is said of joint acts to the other services.

use contracts::routing::v1 as proto;
use courier::WriteList;

use super::{asked_kind, strings};
use crate::model::{Act, Answered, HandOverEnd, HandOverKind, Referral};

/// The news of an act.
pub fn post<'a>(list: &'a mut WriteList, noun: &Referral, act: &Act) -> &'a mut WriteList {
    let (case, version) = (noun.case.as_uuid(), noun.version);
    match act {
        Act::Offered(offer, ..) => {
            let said = proto::HandOverOffered {
                kind: kind(offer.kind).into(),
                from_org: offer.from.to_string(),
                to_org: offer.to.to_string(),
                due_date: offer.until.to_string(),
                number: offer.number,
                skips_level: offer.skips,
            };
            list.post(case, version, &said)
        }
        Act::OfferEnded(offer, how) => {
            let (from_org, to_org) = (offer.from.to_string(), offer.to.to_string());
            let said = proto::HandOverEnded { end: end(how).into(), from_org, to_org, number: offer.number };
            list.post(case, version, &said)
        }
        Act::Consulted(meeting, _) => {
            let said = proto::ConsultationOpened {
                number: meeting.number,
                convener_org: meeting.convener.to_string(),
                participant_orgs: strings(&meeting.participants),
                due_date: meeting.until.to_string(),
            };
            list.post(case, version, &said)
        }
        Act::Decided(number, lead, co_units, words) => {
            let said = proto::ConsultationDecided {
                number: *number,
                lead_org: lead.to_string(),
                co_orgs: strings(co_units),
                objection_count: words.objections.len() as u32,
            };
            list.post(case, version, &said)
        }
        Act::Asked(asked, _) => {
            let said = proto::AssistanceRequested {
                number: asked.number,
                kind: asked_kind(asked.kind).into(),
                from_org: asked.from.to_string(),
                to_org: asked.to.to_string(),
                due_date: asked.until.to_string(),
            };
            list.post(case, version, &said)
        }
        Act::Answered(asked, how) => {
            let answer = match how {
                Answered::Accepted(..) => proto::AssistanceAnswer::Accepted,
                Answered::Declined(_) => proto::AssistanceAnswer::Declined,
                Answered::Silent => proto::AssistanceAnswer::Silent,
            };
            let to_org = asked.to.to_string();
            let said = proto::AssistanceAnswered { number: asked.number, answer: answer.into(), to_org };
            list.post(case, version, &said)
        }
        Act::AssistanceEnded(of, left, _) => {
            let (org, co_mediators) = (of.to_string(), strings(left));
            list.post(case, version, &proto::AssistanceEnded { org, co_mediators })
        }
        Act::Guests(left) => {
            let now = noun.guests();
            let said = proto::GuestsChanged {
                orgs: strings(&now.orgs),
                co_mediators: strings(&now.accounts),
                left_orgs: strings(&left.orgs),
                left_co_mediators: strings(&left.accounts),
            };
            list.post(case, version, &said)
        }
    }
}

/// Why it is handed over, as the contract has it.
pub fn kind(kind: HandOverKind) -> proto::HandOverKind {
    match kind {
        HandOverKind::Refer => proto::HandOverKind::Refer,
        HandOverKind::Escalate => proto::HandOverKind::Escalate,
        HandOverKind::Delegate => proto::HandOverKind::Delegate,
        HandOverKind::Consultation => proto::HandOverKind::Consultation,
    }
}

fn end(how: &HandOverEnd) -> proto::HandOverEnd {
    match how {
        HandOverEnd::Accepted => proto::HandOverEnd::Accepted,
        HandOverEnd::Returned(_) => proto::HandOverEnd::Returned,
        HandOverEnd::Lapsed => proto::HandOverEnd::Lapsed,
        HandOverEnd::Replaced => proto::HandOverEnd::Replaced,
        HandOverEnd::Claimed => proto::HandOverEnd::Claimed,
        HandOverEnd::CaseOver => proto::HandOverEnd::CaseOver,
    }
}
