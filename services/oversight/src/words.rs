//! What each event says to a person who reads a docket. One line an event; a test compares it with the contract.

/// (full name, Chinese, English)
pub const WORDS: &[(&str, &str, &str)] = &[
    ("supermarket.intake.v1.DraftSaved", "暂存草稿", "Draft saved"),
    ("supermarket.intake.v1.DraftMerged", "并入另一份草稿", "Merged into another draft"),
    ("supermarket.intake.v1.DraftRemoved", "逾期未提交，草稿已清除", "Draft removed: not filed in time"),
    ("supermarket.intake.v1.DisputesLinked", "与另一件纠纷关联", "Linked to another dispute"),
    ("supermarket.intake.v1.DisputeFiled", "提交申请，出具收件回执", "Dispute filed, receipt given"),
    ("supermarket.intake.v1.CorrectionRequested", "一次性告知补正", "Correction requested"),
    ("supermarket.intake.v1.DisputeCorrected", "补正完毕", "Dispute corrected"),
    ("supermarket.intake.v1.PartyAmended", "当事人信息变更", "Party amended"),
    ("supermarket.intake.v1.DisputeAccepted", "予以受理，编立案号", "Dispute accepted and numbered"),
    ("supermarket.intake.v1.DisputeRefused", "不予受理，告知其他途径", "Dispute refused, another way named"),
    ("supermarket.intake.v1.DisputeAdvised", "咨询办结", "Closed with advice"),
    ("supermarket.intake.v1.DisputeWithdrawn", "申请人撤回", "Withdrawn by the claimant"),
    ("supermarket.intake.v1.CourtDemanded", "当事人要求向法院起诉", "A party demanded the court"),
    ("supermarket.intake.v1.DisputeClosed", "办结", "Closed"),
    ("supermarket.intake.v1.DisputeArchived", "案卷归档", "File put away"),
    ("supermarket.routing.v1.ReferralOpened", "进入分流", "Referral opened"),
    ("supermarket.routing.v1.CaseReferred", "分流至工作室", "Referred to a studio"),
    ("supermarket.routing.v1.ReferralReturned", "工作室退回", "Returned by the studio"),
    ("supermarket.routing.v1.CasePooled", "工作室接收，待认领", "Taken by the studio, in the pool"),
    (
        "supermarket.routing.v1.ChoiceOffered",
        "告知当事人共同选定调解员",
        "The parties may choose a mediator together",
    ),
    (
        "supermarket.routing.v1.ChoiceLapsed",
        "当事人未在期限内选定调解员",
        "The parties chose no mediator in time",
    ),
    ("supermarket.routing.v1.CaseClaimed", "调解员认领", "Claimed by a mediator"),
    ("supermarket.routing.v1.ClaimConfirmed", "调解员披露并确认", "Disclosed and confirmed by the mediator"),
    ("supermarket.routing.v1.ClaimEnded", "认领终止", "Claim ended"),
    (
        "supermarket.routing.v1.SuccessorNamed",
        "另行指定调解员负责协议履行",
        "Another mediator looks after the agreement",
    ),
    ("supermarket.routing.v1.RecusalRequested", "提出回避或更换调解员", "A recusal was asked for"),
    ("supermarket.routing.v1.RecusalDecided", "对回避作出决定", "A recusal was decided"),
    ("supermarket.routing.v1.HandOverOffered", "提出移交，待接收", "A hand-over was offered"),
    ("supermarket.routing.v1.HandOverEnded", "移交有了结果", "An offered hand-over ended"),
    ("supermarket.routing.v1.ConsultationOpened", "召集会商", "A consultation was called"),
    ("supermarket.routing.v1.ConsultationDecided", "会商作出决定", "A consultation was decided"),
    ("supermarket.routing.v1.AssistanceRequested", "请求协助", "Assistance was asked for"),
    ("supermarket.routing.v1.AssistanceAnswered", "答复协助请求", "A request for assistance was answered"),
    ("supermarket.routing.v1.AssistanceEnded", "协助结束", "Assistance ended"),
    ("supermarket.routing.v1.GuestsChanged", "参与单位和共同调解员变更", "Who takes part has changed"),
    (
        "supermarket.routing.v1.FormerMediatorActs",
        "本案原调解员担任当事人一方代理人，应予更换",
        "A former mediator of the matter acts for a party",
    ),
    ("supermarket.routing.v1.ReferralEnded", "分流终结", "Referral ended"),
    ("supermarket.mediation.v1.MediationOpened", "征询当事人意愿", "Parties are being asked"),
    ("supermarket.mediation.v1.ConsentRecorded", "当事人同意调解", "A party consented"),
    ("supermarket.mediation.v1.MediationStarted", "调解期限起算", "Mediation period began"),
    ("supermarket.mediation.v1.SessionRecorded", "调解一次并记录", "A session was recorded"),
    ("supermarket.mediation.v1.AgreementDrafted", "拟定调解协议", "Agreement drafted"),
    ("supermarket.mediation.v1.SignatureAdded", "签署", "A signature was added"),
    ("supermarket.mediation.v1.AgreementSigned", "调解协议生效", "Agreement in effect"),
    (
        "supermarket.mediation.v1.MediationConcluded",
        "调解终结，未达成协议",
        "Mediation ended without agreement",
    ),
    ("supermarket.mediation.v1.MediationWithdrawn", "调解因撤回终结", "Mediation ended by withdrawal"),
    ("supermarket.mediation.v1.HolderSilent", "领取后长期无动作", "The holder has been silent for too long"),
    ("supermarket.mediation.v1.FenceRaised", "原认领失效已确认", "The former claim is fenced off"),
    ("supermarket.transfer.v1.FilingOpened", "进入移送立案", "Filing opened"),
    ("supermarket.transfer.v1.FilingPrepared", "立案材料备齐", "Filing packed"),
    ("supermarket.transfer.v1.FilingSubmitted", "提交法院", "Submitted to the court"),
    ("supermarket.transfer.v1.FilingReceived", "法院收到并出具回执", "Received by the court"),
    ("supermarket.transfer.v1.FilingAccepted", "法院立案", "Filed by the court"),
    ("supermarket.transfer.v1.FilingRefused", "法院不予立案", "Refused by the court"),
    ("supermarket.transfer.v1.FilingWithdrawn", "移送撤回", "Filing withdrawn"),
    ("supermarket.mediation.v1.SessionScheduled", "安排调解", "A session was planned"),
    ("supermarket.mediation.v1.NoteRecorded", "调解员记录", "A note was written"),
    (
        "supermarket.mediation.v1.UndisputedFactsRecorded",
        "记载无争议事实",
        "Undisputed facts were written down",
    ),
    (
        "supermarket.mediation.v1.UndisputedFactsConfirmed",
        "当事人确认无争议事实",
        "A party confirmed the undisputed facts",
    ),
    ("supermarket.mediation.v1.PeriodExtended", "调解期限延长", "The period was extended"),
    (
        "supermarket.mediation.v1.AppraisalStarted",
        "委托鉴定，期限停止计算",
        "An appraisal began; the period stands still",
    ),
    (
        "supermarket.mediation.v1.AppraisalFinished",
        "鉴定完成，期限继续计算",
        "The appraisal ended; the period goes on",
    ),
    ("supermarket.mediation.v1.MediationSuspended", "中止调解，报请审查", "Suspended and to be examined"),
    ("supermarket.mediation.v1.MediationResumed", "恢复调解", "The mediation goes on"),
    (
        "supermarket.mediation.v1.TransferRequested",
        "当事人在调解中要求起诉",
        "A party at the table wants the court",
    ),
    (
        "supermarket.mediation.v1.StartEventRecorded",
        "登记期限起算的事项",
        "Something that the period counts from was recorded",
    ),
    ("supermarket.mediation.v1.PerformanceBegan", "进入履行", "Performance began"),
    ("supermarket.mediation.v1.PerformanceRecorded", "履行一次并记录", "Performance was recorded"),
    ("supermarket.mediation.v1.AgreementPerformed", "协议履行完毕", "The agreement was performed"),
    ("supermarket.mediation.v1.AgreementBreached", "逾期未履行", "The agreement is in default"),
    ("supermarket.mediation.v1.PerformanceUrged", "督促履行", "The debtor was urged"),
    ("supermarket.transfer.v1.FilingCorrectionRequested", "法院要求补正", "The court wants a correction"),
    ("supermarket.transfer.v1.FilingCorrected", "补正材料已提交", "The correction was handed in"),
    ("supermarket.transfer.v1.FilingLapsed", "逾期未补正，不予立案", "Not corrected in time"),
    ("supermarket.transfer.v1.OutcomeReported", "裁判结果已回填", "The outcome was reported"),
    (
        "supermarket.transfer.v1.ConfirmationApplied",
        "共同申请司法确认",
        "Judicial confirmation was applied for",
    ),
    (
        "supermarket.transfer.v1.ConfirmationAccepted",
        "法院受理司法确认申请",
        "The court accepted the application",
    ),
    ("supermarket.transfer.v1.ConfirmationWithdrawn", "撤回司法确认申请", "The application was withdrawn"),
    ("supermarket.transfer.v1.ConfirmationGranted", "法院裁定确认协议有效", "The agreement was confirmed"),
    ("supermarket.transfer.v1.ConfirmationDenied", "法院驳回司法确认申请", "The application was dismissed"),
    ("supermarket.transfer.v1.HandoffOpened", "待移交法律指明的机关", "A hand-over is to be made"),
    ("supermarket.transfer.v1.HandoffPrepared", "确定接收机关", "The receiver was named"),
    ("supermarket.transfer.v1.HandoffRecorded", "已移交", "Handed over"),
    ("supermarket.transfer.v1.HandoffAcknowledged", "对方已接收", "The receiver has taken it"),
    ("supermarket.transfer.v1.HandoffDeclined", "对方不接收", "The receiver declined"),
    ("supermarket.transfer.v1.HandoffSilent", "对方逾期未答复", "The receiver was silent"),
    ("supermarket.transfer.v1.HandoffDone", "移交事项办结", "The receiver has finished"),
    ("supermarket.transfer.v1.HandoffWithdrawn", "移交撤回", "The hand-over was withdrawn"),
    ("supermarket.transfer.v1.DemandTakenBack", "一方撤回诉讼请求", "A party no longer wants the court"),
    ("supermarket.transfer.v1.DemandAnswered", "诉讼请求已有结果", "The demand for the court was answered"),
    ("supermarket.transfer.v1.CommissionReceived", "法院委托调解", "A court commissioned a mediation"),
    ("supermarket.transfer.v1.CommissionSigned", "签收委托材料", "The material was signed for"),
    ("supermarket.transfer.v1.CommissionDeclined", "不接受委托", "The commission was declined"),
    (
        "supermarket.transfer.v1.CommissionFiled",
        "委托案件立为本中心案件",
        "The commission became a case here",
    ),
    ("supermarket.transfer.v1.CommissionLinked", "来自法院委托", "Commissioned by a court"),
    ("supermarket.transfer.v1.CommissionReported", "向委托法院报告", "Reported to the court"),
    (
        "supermarket.transfer.v1.ShamExamined",
        "委托法院已审查虚假调解嫌疑",
        "The court examined a suspected sham",
    ),
    ("supermarket.transfer.v1.SuitFound", "同一纠纷已由法院受理", "A court has a suit about the same matter"),
    ("supermarket.transfer.v1.CommissionRecalled", "法院收回委托", "The court took its commission back"),
    ("supermarket.transfer.v1.CourtDocumentIssued", "法院出具文书", "The court issued its document"),
    ("supermarket.oversight.v1.DeadlineReached", "期限届满", "A deadline was reached"),
    ("supermarket.oversight.v1.EmergencyRaised", "提出紧急情况", "An emergency was raised"),
    (
        "supermarket.oversight.v1.EmergencyEscalated",
        "紧急情况逾时未应答，上报上一级",
        "The emergency went up unanswered",
    ),
    ("supermarket.oversight.v1.EmergencyAcknowledged", "紧急情况已应答", "The emergency was answered"),
    ("supermarket.oversight.v1.ReportDutyOpened", "发现应当报告的情形", "Something must be reported"),
    ("supermarket.oversight.v1.ReportRecorded", "已向有关部门报告", "It was reported"),
    ("supermarket.oversight.v1.ReportDutyDropped", "经核实无须报告", "It need not be reported"),
    ("supermarket.oversight.v1.EditionActivated", "规则版本启用", "An edition of the rule book is in force"),
];

/// What an event says, Chinese and English.
pub fn of(kind: &str) -> (&'static str, &'static str) {
    WORDS.iter().find(|(name, ..)| *name == kind).map_or(("", ""), |(_, zh, en)| (*zh, *en))
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost::Message as _;

    #[test]
    fn every_event_of_the_contract_has_words() {
        let files = prost_types::FileDescriptorSet::decode(contracts::DESCRIPTOR).unwrap().file;
        let events = files.iter().filter(|file| file.name().ends_with("/events.proto"));
        let mut names: Vec<String> = events
            .flat_map(|file| file.message_type.iter().map(|m| format!("{}.{}", file.package(), m.name())))
            .filter(|name| !name.ends_with("Digest"))
            .collect();
        let mut told: Vec<String> = WORDS.iter().map(|(name, ..)| (*name).to_owned()).collect();
        names.sort();
        told.sort();
        assert_eq!(names, told);
    }
}
