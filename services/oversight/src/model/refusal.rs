//! Why an edition is not put in force.

/// The rule that stands in its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It does not fit the rule book; one line a fault.
    EditionDefective(Vec<String>),
    /// Another edition has this name.
    EditionKnown,
    /// What would move is no longer what the preview listed.
    PreviewOutdated,
    /// Nothing of the case is waited for.
    CaseNotLive,
    /// No emergency of this id.
    NoEmergency,
    /// Nobody answers to themselves.
    OwnEmergency,
    /// It has gone up.
    AnsweredAbove,
    /// Nothing is due to be reported.
    NoReportDue,
    /// An emergency waits for an answer.
    EmergencyUnanswered,
}

/// Reason, English and Chinese of what concerns a case's risk; all are by L3 art. 25.
type Told = (&'static str, &'static str, &'static str);

impl Refusal {
    const fn of_risk(&self) -> Option<Told> {
        Some(match self {
            Refusal::CaseNotLive => (
                "CASE_NOT_LIVE",
                "The case has ended: call the police directly.",
                "案件已经结束，请直接报警。",
            ),
            Refusal::NoEmergency => {
                ("NO_EMERGENCY", "The case has no emergency of this id.", "该案没有此项紧急情况。")
            }
            Refusal::OwnEmergency => (
                "OWN_EMERGENCY",
                "Somebody else than the one who raised it answers an emergency.",
                "紧急情况须由提出人以外的人员应答。",
            ),
            Refusal::AnsweredAbove => (
                "ANSWERED_ABOVE",
                "It was not answered in time and has gone up: a supervisor answers.",
                "逾时未应答，已上报，须由中心督导人员应答。",
            ),
            Refusal::NoReportDue => {
                ("NO_REPORT_DUE", "Nothing is due to be reported in this case.", "该案没有待报告的事项。")
            }
            Refusal::EmergencyUnanswered => (
                "EMERGENCY_UNANSWERED",
                "An emergency of this case waits for an answer: what threatens is reported.",
                "该案紧急情况尚未应答，不得免除报告。",
            ),
            Refusal::EditionDefective(_) | Refusal::EditionKnown | Refusal::PreviewOutdated => return None,
        })
    }
}

impl lexicon::Refusal for Refusal {
    fn reason(&self) -> &'static str {
        match self {
            Refusal::EditionDefective(_) => "EDITION_DEFECTIVE",
            Refusal::EditionKnown => "EDITION_KNOWN",
            Refusal::PreviewOutdated => "PREVIEW_OUTDATED",
            other => other.of_risk().map_or("", |told| told.0),
        }
    }

    fn english(&self) -> String {
        match self {
            Refusal::EditionDefective(_) => {
                "The edition does not fit the rule book; mend what `faults` names."
            }
            Refusal::EditionKnown => "Another edition has this name; choose a new one.",
            Refusal::PreviewOutdated => {
                "Other deadlines would move than the preview listed; preview it again."
            }
            other => other.of_risk().map_or("", |told| told.1),
        }
        .to_owned()
    }

    fn chinese(&self) -> String {
        match self {
            Refusal::EditionDefective(_) => "该版本与规则库不符，请按 faults 所列修改。",
            Refusal::EditionKnown => "已有同名版本，请另取名称。",
            Refusal::PreviewOutdated => "将变动的期限与预览不同，请重新预览。",
            other => other.of_risk().map_or("", |told| told.2),
        }
        .to_owned()
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Refusal::EditionDefective(faults) => vec![("faults", faults.join("; "))],
            other if other.of_risk().is_some() => vec![("article", "L3 art. 25".to_owned())],
            _ => vec![],
        }
    }
}
