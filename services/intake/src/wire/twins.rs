//! Similar disputes: what is asked, and the reasons in words.

use chrono::{DateTime, Utc};
use contracts::intake::v1 as proto;
use lexicon::{CaseId, Fault, Violations};
use likeness::{LIKELY, Reason, Why};
use rulebook::calendar::civil_date;

use super::party::Reading;
use super::{field, filing};
use crate::model::Sheet;
use crate::store::{Twin, Twins};

const USUAL: usize = 10;
const MOST: i32 = 20;

/// What is looked for.
pub struct Search {
    /// The draft.
    pub sheet: Sheet,
    /// Its own dispute, if it has one.
    pub but: Option<CaseId>,
    /// How many at most.
    pub most: usize,
}

/// Reads what is looked for: whatever has been typed so far.
pub fn search(request: &proto::FindSimilarDisputesRequest, now: DateTime<Utc>) -> Result<Search, Violations> {
    let mut violations = Violations::new();
    let but = match request.case_id.as_str() {
        "" => None,
        text => field::id(&mut violations, "case_id", text),
    };
    let most = match request.max_results {
        0 => USUAL,
        most @ 1..=MOST => most as usize,
        _ => {
            violations.push("max_results", Fault::RANGE);
            USUAL
        }
    };
    let body = request.body.clone().unwrap_or_default();
    if body.text.trim().is_empty() && body.parties.is_empty() {
        violations.push("body", Fault::REQUIRED);
    }
    let mut reading = Reading { today: civil_date(now), complete: false, confirmed: &[], raised: vec![] };
    let sheet = filing::sheet(&mut violations.at("body"), &body, &mut reading);
    violations.into_result()?;
    Ok(Search { sheet, but, most })
}

/// What was found, as a message.
pub fn found(twins: &Twins) -> proto::FindSimilarDisputesResponse {
    let (elsewhere_text, elsewhere_text_en) = if twins.elsewhere {
        (
            "本中心其他单位已登记一件内容基本相同的纠纷，请联系中心核实，避免重复受理。",
            "Another organisation of this centre has a case in nearly the same words: ask the centre before you file.",
        )
    } else {
        ("", "")
    };
    proto::FindSimilarDisputesResponse {
        similar: twins.known.iter().map(similar).collect(),
        elsewhere: twins.elsewhere,
        elsewhere_text: elsewhere_text.to_owned(),
        elsewhere_text_en: elsewhere_text_en.to_owned(),
    }
}

fn similar(twin: &Twin) -> proto::SimilarDispute {
    let state = format!("DISPUTE_STATE_{}", twin.state);
    proto::SimilarDispute {
        case_id: twin.case.to_string(),
        state: proto::DisputeState::from_str_name(&state).unwrap_or_default().into(),
        case_number: twin.case_number.clone().unwrap_or_default(),
        submit_time: twin.submitted_at.map(field::timestamp),
        score: twin.likeness.score,
        likely: twin.likeness.score >= LIKELY,
        reasons: twin.likeness.reasons.iter().map(reason).collect(),
    }
}

fn reason(of: &Reason) -> proto::LikenessReason {
    use proto::LikenessKind as Kind;
    let part = (of.share * 100.0).round();
    let surely = if of.share > 0.95 { "证件一致" } else { "姓名或电话一致" };
    let surely_en = if of.share > 0.95 { "by paper" } else { "by name or phone" };
    let (kind, text, text_en) = match of.why {
        Why::SameClaimant => (
            Kind::SameClaimant,
            format!("申请人相同（{surely}）"),
            format!("the same claimant ({surely_en})"),
        ),
        Why::SameRespondent => (
            Kind::SameRespondent,
            format!("被申请人相同（{surely}）"),
            format!("the same respondent ({surely_en})"),
        ),
        Why::SidesSwapped => (
            Kind::SidesSwapped,
            format!("双方互为申请人与被申请人（{surely}）"),
            format!("each side is the other's other side ({surely_en})"),
        ),
        Why::SameWords => {
            (Kind::SameWords, format!("陈述内容{part}%相同"), format!("{part}% of the words are the same"))
        }
        Why::SamePeriod => (Kind::SamePeriod, "两个月内提出".to_owned(), "told within two months".to_owned()),
        Why::SameAmount => (Kind::SameAmount, "争议金额相同".to_owned(), "about the same amount".to_owned()),
        Why::OtherRespondent => (
            Kind::OtherRespondent,
            "被申请人不是同一人".to_owned(),
            "but the respondent is somebody else".to_owned(),
        ),
    };
    proto::LikenessReason { kind: kind.into(), share: of.share, text, text_en }
}
