//! Taking, choosing and appointing in the contract's words.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use contracts::routing::v1 as proto;
use courier::WriteList;
use lexicon::{AccountId, CaseId, Fault, Refusal as _, Violations};

use super::{all_good, fence, instant};
use crate::model::next::{Fit, Ground, Next};
use crate::model::{Event, Referral, Refusal, State, Way};

/// Appointments in one call, at most.
const APPOINTMENTS: usize = 500;
const REQUEST_ID: usize = 64;
/// Parties of a case are some; more than these are none of one case.
const PARTIES: usize = 200;
/// A case that is asked about twice in one call.
const REPEATED: Fault = Fault {
    reason: "REPEATED",
    english: "This case is named twice; name it once.",
    chinese: "同一案件重复列出，请只列一次。",
};

/// An appointment that is asked for.
#[derive(Debug, Clone)]
pub struct Appointing {
    /// The case.
    pub case: CaseId,
    /// Who; nobody for the least loaded.
    pub mediator: Option<AccountId>,
}

/// What the parties have chosen.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// Whom.
    pub mediator: AccountId,
    /// Which of them.
    pub agreeing: Vec<String>,
    /// They know that ties bind the mediator.
    pub relation_known: bool,
}

/// What became of an appointment.
pub enum Appointed {
    /// The mediator has it.
    Done(Box<Referral>),
    /// It was so before.
    So(Box<Referral>),
    /// The referral refuses.
    Refused(Refusal),
    /// Not there, or not of the caller's studio.
    Missing,
    /// Somebody else changed it again and again in the meantime.
    Stale,
}

/// The key that makes taking again harmless.
pub fn take(ask: &proto::TakeNextCaseRequest) -> Result<&str, Violations> {
    let given = ask.request_id.as_str();
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let fault = match given {
        "" => Some(Fault::REQUIRED),
        long if long.len() > REQUEST_ID => Some(Fault::TOO_LONG),
        other if !other.bytes().all(allowed) => Some(Fault::MALFORMED),
        _ => None,
    };
    let mut wrong = Violations::new();
    if let Some(fault) = fault {
        wrong.push("request_id", fault);
    }
    all_good(Some(given), wrong)
}

/// Which case, whom the parties chose, and which parties.
pub fn choose(ask: &proto::ChooseMediatorRequest) -> Result<(CaseId, Chosen), Violations> {
    let mut wrong = Violations::new();
    let case = wrong.check("case_id", ask.case_id.parse());
    let mediator = wrong.check("mediator", AccountId::new(ask.mediator.as_str()));
    let many = ask.agreeing_party_ids.len() > PARTIES;
    let parties = if many { Err(Fault::TOO_MANY) } else { Ok(ask.agreeing_party_ids.clone()) };
    let parties = wrong.check("agreeing_party_ids", parties);
    let read = || {
        let known = ask.relation_known;
        Some((case?, Chosen { mediator: mediator?, agreeing: parties?, relation_known: known }))
    };
    all_good(read(), wrong)
}

/// The appointments that are asked for.
pub fn appoint(ask: &proto::AppointMediatorRequest) -> Result<Vec<Appointing>, Violations> {
    let mut wrong = Violations::new();
    match ask.appointments.len() {
        0 => wrong.push("appointments", Fault::REQUIRED),
        1..=APPOINTMENTS => {}
        _ => {
            // What is too much is not read.
            wrong.push("appointments", Fault::TOO_MANY);
            return Err(wrong);
        }
    }
    let (mut known, mut read) = (HashSet::new(), Vec::with_capacity(ask.appointments.len()));
    for (at, one) in ask.appointments.iter().enumerate() {
        let field = format!("appointments[{at}].case_id");
        let case: Option<CaseId> = wrong.check(&field, one.case_id.parse());
        if case.is_some_and(|case| !known.insert(case)) {
            wrong.push(&field, REPEATED);
        }
        let mediator = match one.mediator.as_str() {
            "" => Some(None),
            account => {
                let field = format!("appointments[{at}].mediator");
                wrong.check(&field, AccountId::new(account).map(Some))
            }
        };
        read.extend(case.zip(mediator).map(|(case, mediator)| Appointing { case, mediator }));
    }
    all_good(Some(read), wrong)
}

/// What became of an appointment, as it is told.
pub fn result(case: CaseId, became: &Appointed) -> proto::AppointmentResult {
    use proto::AppointmentOutcome as Outcome;
    let blank = || proto::AppointmentResult { case_id: case.to_string(), ..Default::default() };
    let held = |outcome: Outcome, noun: &Referral| {
        let due = if let State::Assigned { confirm, .. } = &noun.state { Some(confirm.due) } else { None };
        proto::AppointmentResult {
            outcome: outcome.into(),
            mediator: noun.state.claim().map(|claim| claim.holder.to_string()).unwrap_or_default(),
            fence: Some(fence(noun.fence)),
            confirm_due_time: due.map(instant),
            ..blank()
        }
    };
    let refused = |reason: &str, chinese: &str, english: &str| proto::AppointmentResult {
        outcome: Outcome::Refused.into(),
        reason: reason.to_owned(),
        message: chinese.to_owned(),
        message_en: english.to_owned(),
        ..blank()
    };
    match became {
        Appointed::Done(noun) => held(Outcome::Appointed, noun),
        Appointed::So(noun) => held(Outcome::AlreadySo, noun),
        Appointed::Refused(refusal) => refused(refusal.reason(), &refusal.chinese(), &refusal.english()),
        Appointed::Missing => {
            refused("NOT_FOUND", "未找到该案件，或者无权查看。", "There is no such record here.")
        }
        Appointed::Stale => refused(
            "VERSION_MISMATCH",
            "案件同时被他人变更，请重试。",
            "Somebody else changed the case at the same time: try again.",
        ),
    }
}

/// Why a case was taken, as it is told. `offered` is when it was offered, `of` how many were looked at.
pub fn why(next: &Next, offered: DateTime<Utc>, of: usize) -> proto::TakeReason {
    let ground = match next.ground {
        Ground::LongestWaiting => proto::TakeGround::LongestWaiting,
        Ground::BestFit => proto::TakeGround::BestFit,
        Ground::Oldest => proto::TakeGround::Oldest,
    };
    let (text, text_en) = words(next, of);
    let fits = next.fits.iter().map(|one| match one {
        Fit::Strength => proto::Fit::Strength.into(),
        Fit::Language => proto::Fit::Language.into(),
        Fit::Territory => proto::Fit::Territory.into(),
    });
    proto::TakeReason {
        ground: ground.into(),
        fits: fits.collect(),
        offer_time: Some(instant(offered)),
        waited_percent: next.waited,
        considered_count: of as u32,
        text,
        text_en,
    }
}

fn words(next: &Next, of: usize) -> (String, String) {
    let named = |words: fn(Fit) -> &'static str, between: &str| {
        next.fits.iter().map(|fit| words(*fit)).collect::<Vec<_>>().join(between)
    };
    match next.ground {
        Ground::LongestWaiting => (
            format!("该案已等待待领取期限的{}%，且等待最久，优先办理。", next.waited),
            format!("It has waited {}% of its time in the pool, longer than any other.", next.waited),
        ),
        Ground::BestFit => (
            format!("在您可以认领的{of}件案件中，该案与您的{}最相符。", named(chinese, "、")),
            format!("Of {of} cases that you may take it fits you best: {}.", named(english, ", ")),
        ),
        Ground::Oldest => (
            format!("在您可以认领的{of}件案件中，该案等待最久。"),
            format!("Of {of} cases that you may take it is the oldest."),
        ),
    }
}

fn chinese(fit: Fit) -> &'static str {
    match fit {
        Fit::Strength => "专长",
        Fit::Language => "语言",
        Fit::Territory => "服务地域",
    }
}

fn english(fit: Fit) -> &'static str {
    match fit {
        Fit::Strength => "strength",
        Fit::Language => "language",
        Fit::Territory => "territory",
    }
}

/// How a mediator came to have the case.
pub(super) fn way(event: &Event) -> proto::ClaimWay {
    match event {
        Event::Given(Way::Followed) => proto::ClaimWay::Followed,
        Event::Given(Way::Chosen) => proto::ClaimWay::Chosen,
        Event::Given(Way::Appointed) => proto::ClaimWay::Appointed,
        _ => proto::ClaimWay::Claimed,
    }
}

/// News of the parties' choice.
pub(super) fn post_choice<'a>(list: &'a mut WriteList, noun: &Referral, event: &Event) -> &'a mut WriteList {
    let studio_org = noun.state.destination().map(|to| to.studio.to_string()).unwrap_or_default();
    let (case, version) = (noun.case.as_uuid(), noun.version);
    match (&noun.choice, event) {
        (Some(choice), Event::ChoiceOffered) => {
            let (generation, due) = (choice.generation, Some(instant(choice.until)));
            let said = proto::ChoiceOffered { studio_org, generation, choice_due_time: due };
            list.post(case, version, &said)
        }
        _ => list.post(case, version, &proto::ChoiceLapsed { studio_org }),
    }
}
