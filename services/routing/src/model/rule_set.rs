//! Why a rule set is not put in force.

/// What stands in its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// It is not sound: each fault with its rule.
    Defective(Vec<ruleset::Fault>),
    /// Nobody has seen what it would do, compared with the set that is in force now.
    Outdated,
}

/// How many faults are told at once.
const TOLD: usize = 10;
/// How many characters of each.
const CHARACTERS: usize = 240;

impl lexicon::Refusal for Unfit {
    fn reason(&self) -> &'static str {
        match self {
            Unfit::Defective(_) => "RULE_SET_DEFECTIVE",
            Unfit::Outdated => "SIMULATION_OUTDATED",
        }
    }

    fn english(&self) -> String {
        match self {
            Unfit::Defective(_) => "The rule set is not sound; mend what `faults` names.",
            Unfit::Outdated => {
                "This rule set was not simulated against the one that is in force now; simulate it again."
            }
        }
        .to_owned()
    }

    fn chinese(&self) -> String {
        match self {
            Unfit::Defective(faults) => {
                let first = faults.first().map(ruleset::Fault::chinese).unwrap_or_default();
                format!("规则集有误：{}", short(&first))
            }
            Unfit::Outdated => "该规则集尚未与现行规则集对比演练，请重新演练。".to_owned(),
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Unfit::Defective(faults) => {
                let told = |fault: &ruleset::Fault| {
                    short(format!("{} {}: {fault}", fault.code(), fault.rule()).trim())
                };
                let rules: Vec<String> = faults.iter().take(TOLD).map(|fault| short(fault.rule())).collect();
                vec![
                    ("faults", faults.iter().take(TOLD).map(told).collect::<Vec<_>>().join("; ")),
                    ("rules", rules.join(" ")),
                    ("fault_count", faults.len().to_string()),
                ]
            }
            Unfit::Outdated => vec![],
        }
    }
}

fn short(text: &str) -> String {
    text.chars().map(|one| if one.is_control() { ' ' } else { one }).take(CHARACTERS).collect()
}
