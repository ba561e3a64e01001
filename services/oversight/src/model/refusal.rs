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
}

impl lexicon::Refusal for Refusal {
    fn reason(&self) -> &'static str {
        match self {
            Refusal::EditionDefective(_) => "EDITION_DEFECTIVE",
            Refusal::EditionKnown => "EDITION_KNOWN",
            Refusal::PreviewOutdated => "PREVIEW_OUTDATED",
        }
    }

    fn english(&self) -> String {
        match self {
            Refusal::EditionDefective(_) => {
                "The edition does not fit the rule book; mend what `faults` names.".to_owned()
            }
            Refusal::EditionKnown => "Another edition has this name; choose a new one.".to_owned(),
            Refusal::PreviewOutdated => {
                "Other deadlines would move than the preview listed; preview it again.".to_owned()
            }
        }
    }

    fn chinese(&self) -> String {
        match self {
            Refusal::EditionDefective(_) => "该版本与规则库不符，请按 faults 所列修改。".to_owned(),
            Refusal::EditionKnown => "已有同名版本，请另取名称。".to_owned(),
            Refusal::PreviewOutdated => "将变动的期限与预览不同，请重新预览。".to_owned(),
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Refusal::EditionDefective(faults) => vec![("faults", faults.join("; "))],
            Refusal::EditionKnown | Refusal::PreviewOutdated => vec![],
        }
    }
}
