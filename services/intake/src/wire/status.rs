//! What a party sees with the code on the receipt: words for where the case is and what comes next, and no name.

use contracts::intake::v1 as proto;

use super::{answer, field};
use crate::model::{Course, Dispute, State};
use crate::receipt::{self, COURT_NOTICE};

/// The status of a dispute that has a receipt.
pub fn status(dispute: &Dispute, code: &str) -> proto::PartyStatus {
    let (chinese, english) = words(dispute);
    proto::PartyStatus {
        state_text: chinese.to_owned(),
        state_text_en: english.to_owned(),
        state: answer::state(&dispute.state).into(),
        course: dispute.course().map_or(0, field::course_number),
        case_number: dispute
            .acceptance
            .as_ref()
            .map(|accepted| accepted.case_number.clone())
            .unwrap_or_default(),
        submit_time: dispute.submitted_at.map(field::timestamp),
        next_step: next_step(dispute),
        receipt: answer::receipt(dispute, code),
        court_notice: if dispute.hears_demands() { COURT_NOTICE.to_owned() } else { String::new() },
    }
}

/// Where it is and who holds it, in Chinese and in English.
fn words(dispute: &Dispute) -> (&'static str, &'static str) {
    match &dispute.state {
        State::Draft if dispute.demand.is_none() => ("尚未提交", "not submitted yet"),
        State::Submitted { .. } => {
            ("已收件，受理窗口正在审查", "received; the reception window is checking it")
        }
        State::Correction { .. } => {
            ("需要补正，等待当事人补充材料", "something is missing; waiting for the party")
        }
        State::Advised { .. } => ("已提供咨询，办理完毕", "closed with advice"),
        State::Refused { .. } if dispute.demand.is_none() => ("不予受理", "not accepted"),
        State::Withdrawn { .. } => ("已撤回", "withdrawn"),
        State::Closed => ("已结案", "closed"),
        State::Archived => ("已结案，案卷已归档", "closed; the file is put away"),
        State::Merged { .. } => ("已并入另一份草稿", "merged into another draft"),
        State::Removed => ("草稿逾期未提交，已清除", "not filed in time; what was typed is gone"),
        State::Draft | State::Refused { .. } | State::Accepted => match dispute.course() {
            None if dispute.demand.is_some() => {
                ("当事人要求诉讼，正在准备移送法院", "a party wants the court; a filing is being prepared")
            }
            None => ("已受理，等待分派", "accepted; waiting to be routed"),
            Some(course) => beyond(course),
        },
    }
}

fn beyond(course: Course) -> (&'static str, &'static str) {
    match course {
        Course::Routed => ("已分派，等待调解组织接收", "referred; waiting for the studio"),
        Course::Pool => ("调解组织已接收，等待调解员领取", "with the studio; waiting for a mediator"),
        Course::Claimed => ("调解员已领取", "a mediator has taken it"),
        Course::InMediation => ("调解员正在调解", "in mediation"),
        Course::Agreed => ("已达成调解协议", "agreed"),
        Course::Failed => ("调解未达成协议", "mediation ended without agreement"),
        Course::Transfer => ("正在准备移送法院", "a filing is being prepared"),
        Course::SubmittedToCourt => {
            ("材料已提交法院，等待法院签收", "submitted to the court; waiting for its receipt")
        }
        Course::CourtReview => ("法院已签收，正在审查", "the court has received it and is examining"),
        Course::Filed => ("法院已立案", "the court has filed it"),
        Course::NotFiled => ("法院不予立案", "the court has not filed it"),
        Course::CourtCorrection => ("法院要求补正", "the court wants a correction"),
        Course::Outcome => ("法院已办结", "the court has finished"),
        Course::Handoff => ("正在移交有关机关", "being handed over to the body in charge"),
        Course::Handed => ("已移交有关机关，等待答复", "handed over; waiting for the answer"),
        Course::HandoffAcknowledged => ("有关机关已接收", "the body in charge has taken it"),
        Course::HandoffReturned => {
            ("有关机关未受理或逾期未答复", "the body in charge declined or did not answer")
        }
        Course::HandoffDone => ("有关机关已办结", "the body in charge has finished"),
        Course::ConfirmApplied => ("已申请司法确认", "judicial confirmation was applied for"),
        Course::Confirmed => ("调解协议已经司法确认", "the agreement is confirmed"),
        Course::ConfirmDenied => ("司法确认申请被驳回", "the application for confirmation was dismissed"),
        Course::Breached => ("协议逾期未履行", "the agreement is in default"),
        Course::Performed => ("协议已履行完毕", "the agreement was performed"),
        Course::Reported => ("已向委托法院报告", "reported to the court that commissioned it"),
        Course::FilingWithdrawn => ("移送材料已撤回", "the filing was taken back"),
        Course::Performing => ("调解协议正在履行", "the agreement is being performed"),
    }
}

fn next_step(dispute: &Dispute) -> String {
    match &dispute.state {
        State::Draft if dispute.demand.is_none() => "请提交申请。".to_owned(),
        // After a correction the acceptance clock has run on from its own start, which the ledger knows.
        State::Submitted { corrected: true } => "补正材料已收到，将继续审查并答复是否受理。".to_owned(),
        State::Submitted { corrected: false } => match &dispute.answered_by {
            Some(term) => format!("最迟于{}答复是否受理。", receipt::last_day(term)),
            None => "将尽快答复是否受理。".to_owned(),
        },
        State::Correction { missing, term, .. } => {
            let day = receipt::last_day(term);
            format!("请最迟于{day}补正，共{}项，详见补正通知或向受理窗口查询。", missing.len())
        }
        State::Refused { ground, .. } if dispute.demand.is_none() => {
            match rulebook::grounds::refuse(ground) {
                Some(ground) => format!("不予受理的理由：{}。建议：{}。", ground.chinese, ground.redirect_zh),
                None => "请向受理窗口查询理由和其他途径。".to_owned(),
            }
        }
        State::Advised { .. }
        | State::Withdrawn { .. }
        | State::Closed
        | State::Archived
        | State::Merged { .. }
        | State::Removed => "如有新的纠纷，可以再次提出申请。".to_owned(),
        State::Draft | State::Refused { .. } | State::Accepted => match dispute.course() {
            None if dispute.demand.is_some() => "将准备材料并提交法院。".to_owned(),
            None => "将分派给调解组织。".to_owned(),
            Some(course) => after(course).to_owned(),
        },
    }
}

fn after(course: Course) -> &'static str {
    match course {
        Course::Routed => "调解组织接收后将安排调解员。",
        Course::Pool => "调解员领取后将与您联系。",
        Course::Claimed => "调解员将与您联系，征求是否同意调解。",
        Course::InMediation => "请按调解员的通知参加调解。",
        Course::Agreed => "请按协议履行；双方可以在法定期限内共同申请司法确认。",
        Course::Failed => "可以要求到法院起诉，也可以另行协商。",
        Course::Transfer => "材料备齐后将提交法院。",
        Course::SubmittedToCourt => "等待法院签收。",
        Course::CourtReview => "等待法院审查立案。",
        Course::Filed => "请按法院的通知参加诉讼。",
        Course::NotFiled => "请查看法院的书面理由；可以补正后再次提交。",
        Course::CourtCorrection => "请按法院的清单在期限内补正。",
        Course::Outcome | Course::HandoffDone => "请查看文书；有异议的按文书告知的途径办理。",
        Course::Handoff => "材料将移交法律指明的机关。",
        Course::Handed | Course::HandoffAcknowledged => "请按该机关的通知办理。",
        Course::HandoffReturned => "可以向人民法院起诉。",
        Course::ConfirmApplied => "等待法院审查裁定。",
        Course::Confirmed => "请按协议履行；逾期不履行的，对方可以申请强制执行。",
        Course::ConfirmDenied => "可以再次调解，也可以就协议起诉。",
        Course::Breached => "可以就协议起诉、申请支付令；经确认的可以申请强制执行。",
        Course::Performed => "无需再办理。",
        Course::Reported => "由人民法院继续审理。",
        Course::FilingWithdrawn => "仍可以随时要求到法院起诉。",
        Course::Performing => "请按协议约定的日期履行。",
    }
}
