//! The rules about periods, agreements by word, performance and the like, each with its article.

lexicon::rules! {
    /// Leaving video without everybody's yes.
    ModeNeedsConsent = "MODE_NEEDS_CONSENT", "L5 art. 16",
        "All parties agree before a mediation leaves video.", "不再以音视频方式调解的，须各方当事人同意。";
    /// The parties of a traffic accident are told three days before.
    NoticeTooLate = "NOTICE_TOO_LATE", "L11 art. 88",
        "The traffic police tell the parties three days before they sit: choose a later day, or record that all agree to this one.",
        "交警调解应当提前三日通知当事人，请另定时间，或者登记各方同意提前。";
    /// Nothing was written down.
    NoUndisputedFacts = "NO_UNDISPUTED_FACTS", "L4 art. 22; L5 art. 18",
        "No undisputed facts have been written down.", "尚未记载无争议事实。";
    /// Another text was confirmed.
    FactsChanged = "FACTS_CHANGED", "L4 art. 22; L5 art. 18",
        "The facts are no longer the text that was confirmed: read them again.",
        "无争议事实记载已变更，请重新核对。";
    /// An appraisal needs both sides.
    AppraisalWithoutConsent = "APPRAISAL_WITHOUT_CONSENT", "L5 art. 26; L14 art. 38",
        "One side applies for an appraisal and the other consents; somebody's is missing.",
        "鉴定须一方申请、对方同意，尚有当事人未同意。";
    /// Before filing, the court gives leave.
    CourtLeaveMissing = "COURT_LEAVE_MISSING", "L5 art. 26",
        "An appraisal before filing needs the court's leave.", "诉前鉴定须经人民法院准许。";
    /// No appraisal is under way.
    NotInAppraisal = "NOT_IN_APPRAISAL", "L5 art. 26",
        "No appraisal is under way.", "当前没有进行中的鉴定评估。";
    /// It was not suspended.
    NotSuspended = "NOT_SUSPENDED", "L4 art. 18",
        "The mediation is not suspended.", "调解未中止。";
    /// Whoever mediates does not examine.
    ExaminesOwnMediation = "EXAMINES_OWN_MEDIATION", "L4 art. 18",
        "Whoever mediates is not the one who examines the suspicion: another head or the court does.",
        "调解员不得审查本人主持的调解，请由其他负责人或者人民法院审查。";
    /// Its court examines.
    ExaminedByCourt = "EXAMINED_BY_COURT", "L4 art. 18",
        "The court that commissioned this mediation examines the suspicion (CourtService/AnswerExamination).",
        "本案系人民法院委托调解，由委托的人民法院审查。";
    /// A sham is found by an examination.
    ShamNotExamined = "SHAM_NOT_EXAMINED", "L4 art. 18, 26",
        "A suspected sham is suspended and examined by the studio's head first (SuspendMediation, ConfirmSham).",
        "涉嫌虚假调解的，应先中止并报请审查，由工作室负责人确认后终结。";
    /// Danger that nobody has answered.
    EmergencyUnanswered = "EMERGENCY_UNANSWERED", "L3 art. 25",
        "An emergency of this case waits for an answer; then the mediation may go on.",
        "该案紧急情况尚未应答，应答后方可恢复调解。";
    /// The track's agreements are in writing.
    OralNotOpen = "ORAL_NOT_OPEN", "L3 art. 28; L4 art. 23",
        "On this track an agreement is made in writing.", "该途径的调解协议应当采用书面形式。";
    /// Nobody acts for this one.
    NotRepresented = "NOT_REPRESENTED", "M1 民事诉讼法第五十六条",
        "This party is no member of a group with representatives: it signs itself.",
        "该当事人没有由代表人代表，应当由其本人签署。";
    /// Representatives settle nothing alone.
    GroupConsentMissing = "GROUP_CONSENT_MISSING", "M1 民事诉讼法第五十六条",
        "Representatives settle only with the consent of everybody whom they represent, to these terms; who does not consent may \
         leave the group or go to the court.",
        "代表人达成协议须经其所代表的当事人同意；不同意的当事人可以退出该组，也可以到法院起诉。";
    /// The instalments are not what was agreed.
    ScheduleTotalDiffers = "SCHEDULE_TOTAL_DIFFERS", "L2 art. 358",
        "The instalments do not add up to the agreed amount: name all of it, or acts without an amount.",
        "分期金额合计与约定金额不一致：应列明全部款项，或者只列不涉金额的行为。";
    /// Nobody was told and warned.
    PartiesNotTold = "PARTIES_NOT_TOLD", "L4 art. 14, 18; L5 art. 17",
        "Before the first sitting the parties are told of their rights, the rules and the effect, identities are checked, and everybody is warned of sham mediation.",
        "首次调解前应告知权利义务、规则和效力，核对身份，并告诫不得虚假调解。";
    /// No address for a court's papers.
    AddressNotConfirmed = "ADDRESS_NOT_CONFIRMED", "L4 art. 14; L5 art. 17",
        "Before filing, every party that sits down confirms a service address.",
        "诉前调解中，到场当事人应填写送达地址确认书。";
    /// The track's period counts from something else.
    NoStartEvent = "NO_START_EVENT", "L11 art. 90; L10 art. 183; P30 art. 9",
        "No period of this track counts from that.", "本途径的调解期限不从该事项起算。";
    /// Only a claimant takes the case back.
    NotAClaimant = "NOT_A_CLAIMANT", "L5 art. 25; L3 art. 23",
        "Only a claimant takes the case back; any party may end the mediation by RecordRefusal or RequestTransfer.",
        "只有申请人可以撤回；其他当事人不愿继续的，请登记拒绝或起诉要求。";
    /// Others claim something, and have not said that they take it back.
    ClaimantsRemain = "CLAIMANTS_REMAIN", "L5 art. 25; L3 art. 23",
        "Other claimants have not taken their claims back: name them if they do; who leaves alone becomes a third party at the window (AmendParty).",
        "尚有其他申请人未撤回：一并撤回的请列明；仅一人退出的，请在窗口将其变更为第三人。";
    /// Nothing is in effect.
    NotAgreed = "NOT_AGREED", "L3 art. 31",
        "No agreement is being performed.", "没有处于履行阶段的调解协议。";
    /// It is not in default.
    NotBreached = "NOT_BREACHED", "L3 art. 31",
        "The agreement is not in default.", "协议未处于逾期未履行状态。";
    /// A schedule needs everybody.
    ScheduleWithoutConsent = "SCHEDULE_WITHOUT_CONSENT", "D1",
        "A new schedule needs the consent of every party to the agreement.", "变更履行计划须各方当事人同意。";
}
