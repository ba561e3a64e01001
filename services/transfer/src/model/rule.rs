//! The rules about confirmations, hand-overs, commissions and what may be filed, each with its article.

lexicon::rules! {
    /// The kind needs what the case does not have.
    KindNotOpen = "KIND_NOT_OPEN", "L3 art. 32-33; L1 art. 206, 225, 247",
        "This kind of filing is not open to the case as it stands.", "以案件目前情况不能提出该类申请。";
    /// It was demanded of a draft that does not say enough yet.
    ComplaintIncomplete = "COMPLAINT_INCOMPLETE", "L1 art. 122",
        "A complaint names a plaintiff and a defendant and tells the facts: complete the draft, then prepare again.",
        "起诉应当有明确的原告、被告和事实、理由，请先补全草稿再准备材料。";
    /// It is about an agreement that is not there to be read.
    TermsMissing = "TERMS_MISSING", "L3 art. 32-33; L1 art. 122, 205, 247",
        "A suit on an agreement, its confirmation or its enforcement goes to the court with the agreement, and its terms were not found.",
        "就协议起诉、申请司法确认或者强制执行应当附调解协议，未找到协议内容。";
    /// The case was taken back.
    DisputeEnded = "DISPUTE_ENDED", "L5 art. 25; L3 art. 23",
        "The claimant has taken the case back: nothing of it goes elsewhere any more.", "申请人已撤回，不再移送。";
    /// Several have demanded the court.
    DemandStands = "DEMAND_STANDS", "L3 art. 23",
        "Several parties have demanded the court: say which of them takes the demand back.",
        "多名当事人已要求向法院起诉，请注明由谁撤回要求。";
    /// Nobody of this case.
    UnknownParty = "UNKNOWN_PARTY", "L3 art. 23; L1 art. 205",
        "The party is not one of this case who may say so.", "该当事人不是本案中可以作此表示的人。";
    /// The court asked once already.
    CorrectionOnlyOnce = "CORRECTION_ONLY_ONCE", "L7 art. 7; L9 art. 9",
        "A court asks for corrections once, with the whole list.", "补正要求应当一次性全面告知，不得再次提出。";
    /// Nothing is to be corrected.
    NotInCorrection = "NOT_IN_CORRECTION", "L7 art. 7",
        "The court waits for no correction.", "法院未在等待补正。";
    /// The court has not filed the case.
    NotFiledYet = "NOT_FILED_YET", "L1 art. 126; P1 items 2-3",
        "The court has not filed this case.", "法院尚未登记立案。";
    /// The court has filed several of this case.
    FilingUnnamed = "FILING_UNNAMED", "L1 art. 126; P1 items 2-3",
        "This court has filed several of this case: say by filing_id whose outcome it is.",
        "本院对本案立有多件，请以 filing_id 注明是哪一件的结果。";
    /// There is no agreement in effect.
    NoAgreement = "NO_AGREEMENT", "L1 art. 205; L3 art. 33",
        "No agreement is in effect.", "没有已生效的调解协议。";
    /// Not all parties apply.
    NotJoint = "NOT_JOINT", "L1 art. 205; L3 art. 33",
        "All parties to the agreement apply together.", "应由双方当事人共同申请司法确认。";
    /// The thirty days are over.
    WindowClosed = "WINDOW_CLOSED", "L1 art. 205; L3 art. 33",
        "The thirty days since the agreement took effect are over; a suit on it is still possible.",
        "自调解协议生效之日起三十日已过，不能再申请确认，仍可就协议起诉。";
    /// Nothing was applied for.
    NoConfirmation = "NO_CONFIRMATION", "L1 art. 205",
        "No confirmation has been applied for.", "没有司法确认申请。";
    /// The court has ruled, or the application was withdrawn.
    ConfirmationDecided = "CONFIRMATION_DECIDED", "L1 art. 206; L2 art. 356-358",
        "The application has found its end.", "该确认申请已经终结。";
    /// The exit of the track is a court.
    NotForHandoff = "NOT_FOR_HANDOFF", "L3 art. 26; L15 art. 5; L10 art. 185; L13 art. 31",
        "A case of this track goes to a court, not to another body.", "该途径的案件应向法院提出，不移交其他机关。";
    /// One is open.
    HandoffUnderWay = "HANDOFF_UNDER_WAY", "D1",
        "The receiver has it already.", "已移交接收机关。";
    /// A run is open.
    StillInMediation = "STILL_IN_MEDIATION", "D1",
        "The mediation has not ended; a party that wants to leave says so by DemandCourt.",
        "调解尚未结束；当事人不愿继续的，请登记其起诉要求。";
    /// None was prepared.
    NoHandoff = "NO_HANDOFF", "D1",
        "Nothing is to be handed over.", "没有待移交事项。";
    /// Nobody said to whom.
    NoReceiver = "NO_RECEIVER", "D1",
        "Say first to whom it goes.", "请先确定接收机关。";
    /// It was not handed over.
    NotHanded = "NOT_HANDED", "D1",
        "It has not been handed over.", "尚未移交。";
    /// The receiver answered otherwise.
    HandoffAnswered = "HANDOFF_ANSWERED", "D1",
        "The receiver has answered otherwise.", "接收机关已作出不同答复。";
    /// The court's parties have not all consented.
    ConsentOfAllNeeded = "CONSENT_OF_ALL_NEEDED", "P1 items 2-3; L4 art. 20",
        "A suit is sent to mediation only with the consent of all parties.", "立案后委托调解须经各方当事人同意。";
    /// The applicant of a referral has not consented.
    ApplicantConsentNeeded = "APPLICANT_CONSENT_NEEDED", "L4 art. 11",
        "A court refers a matter before filing only with the applicant's consent.", "立案前委派调解须经申请人同意。";
    /// The track has no court's document, or had none on that day.
    CourtDocumentNotOpen = "COURT_DOCUMENT_NOT_OPEN", "L4 art. 19-20; L1 art. 100; P4; P5",
        "On this track a court made no document of an agreement on that day; the parties may apply for its confirmation.",
        "该途径在文书日期不由法院就调解协议制作文书，双方可以申请司法确认。";
    /// It is no act with which a court answers an agreement.
    DocumentKind = "DOCUMENT_KIND", "L4 art. 20; L1 art. 100; P1 item 4",
        "On an agreement a court issues a mediation document, allows a withdrawal or closes in another way; before filing it issues a mediation document.",
        "对调解协议，法院制作调解书、准予撤诉或以其他方式结案；立案前只制作调解书。";
    /// The number is not of the type that such a document carries.
    DocumentNumber = "DOCUMENT_NUMBER", "P4; P5",
        "A mediation document after mediation before filing carries a number of this court, of the type for such documents.",
        "诉前调解后制作的调解书应当使用本院“诉前调书”案号。";
    /// Another document stands.
    DocumentIssued = "DOCUMENT_ISSUED", "L1 art. 100",
        "The court has issued another document on this agreement.", "法院已就该协议出具其他文书。";
    /// The parties have taken the other way to a court's word.
    ConfirmationChosen = "CONFIRMATION_CHOSEN", "L1 art. 205; L1 art. 100",
        "The parties have applied for a confirmation of this agreement; its court rules on it.",
        "双方已就该协议申请司法确认，由受理法院裁定。";
    /// A court's document leaves nothing to confirm.
    CourtDocumentStands = "COURT_DOCUMENT_STANDS", "L1 art. 100, 205",
        "A court has issued its document on this agreement: it can be enforced as it is, and nothing is left to confirm.",
        "法院已就该协议出具文书，可以直接申请强制执行，无须再申请司法确认。";
    /// It has found its end.
    CommissionEnded = "COMMISSION_ENDED", "L4 art. 20, 26",
        "The commission has found its end.", "该委托已经终结。";
    /// The studio has taken it.
    CommissionSigned = "COMMISSION_SIGNED", "L4 art. 27; L5 art. 12",
        "The studio has signed for it; report to the court instead.", "已签收，应以报告方式答复法院。";
    /// The parties have agreed.
    CommissionAgreed = "COMMISSION_AGREED", "L4 art. 20, 26",
        "The parties have agreed: the studio reports it, and the court makes its document.",
        "各方已达成调解协议，由调解组织报告，法院依法出具文书。";
    /// The studio has not.
    CommissionNotSigned = "COMMISSION_NOT_SIGNED", "L4 art. 27",
        "The studio has not signed for it.", "尚未签收。";
    /// Nothing waits for an examination.
    NoSuspicion = "NO_SUSPICION", "L4 art. 18",
        "No suspected sham of this commission waits for an examination.", "该委托没有待审查的虚假调解嫌疑。";
    /// There is no agreement to make a document of.
    CommissionNotAgreed = "COMMISSION_NOT_AGREED", "L4 art. 20; L1 art. 100",
        "No agreement was reported.", "未报告达成协议。";
}

/// A rule, and where its noun stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Against {
    /// The rule.
    pub rule: Rule,
    /// Where the noun stands; empty where there is none.
    pub state: &'static str,
}

impl Rule {
    /// It stands in the way of a noun in this state.
    pub const fn against(self, state: &'static str) -> Against {
        Against { rule: self, state }
    }
}

impl lexicon::Refusal for Against {
    fn reason(&self) -> &'static str {
        self.rule.reason()
    }

    fn english(&self) -> String {
        self.rule.english().to_owned()
    }

    fn chinese(&self) -> String {
        self.rule.chinese().to_owned()
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        vec![("state", self.state.to_owned()), ("article", self.rule.article().to_owned())]
    }
}
