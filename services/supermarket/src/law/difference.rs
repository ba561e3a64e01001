//! What is otherwise under one regime than under another.

use std::io::Write;

use lexicon::Refusal as _;
use rulebook::difference::{Change, between, regimes_between};
use rulebook::regimes::{self, Regime};
use rulebook::unlawful::Unlawful;
use serde_json::json;

use super::columns::{Line, print};

fn known(code: &str) -> anyhow::Result<&'static Regime> {
    let refused = Unlawful::UnknownRegime {};
    let codes = || regimes::all().iter().map(|regime| regime.code.as_str()).collect::<Vec<_>>().join(" ");
    regimes::get(code).ok_or_else(|| {
        anyhow::anyhow!("{} {} {} ({})", refused.reason(), refused.english(), refused.chinese(), codes())
    })
}

/// Prints the changes.
pub fn tell(from: &str, to: &str, machine: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let (from, to) = (known(from)?, known(to)?);
    let (steps, changes) = (regimes_between(from, to), between(from, to));
    if machine {
        let told = |change: &Change| {
            json!({ "area": change.area.code(), "key": change.key, "field": change.field, "before": change.before,
                    "after": change.after, "source": change.source })
        };
        let steps = steps.iter().map(|step| {
            json!({ "code": step.code, "valid_from": step.valid_from, "changes_zh": step.changes_zh,
                    "changes_en": step.changes_en, "verified": step.verified, "source": step.source })
        });
        let answer = json!({ "from": from.code, "to": to.code, "regimes": steps.collect::<Vec<_>>(),
                             "changes": changes.iter().map(told).collect::<Vec<_>>() });
        writeln!(out, "{answer}")?;
        return Ok(());
    }
    writeln!(out, "{} → {}\n", from.code, to.code)?;
    let rows = steps.iter().flat_map(|step| {
        let doubt = if step.verified { "" } else { "?" };
        let head = [&step.code, &step.valid_from.to_string(), doubt, &step.changes_zh].map(str::to_owned);
        [Line::Cells(head.to_vec()), Line::Below(format!("{} [{}]", step.changes_en, step.source))]
    });
    print(&rows.collect::<Vec<_>>(), out)?;
    writeln!(out)?;
    let none = |value: &Option<String>| value.clone().unwrap_or_else(|| "无 none".to_owned());
    let rows = changes.iter().map(|change| {
        Line::Cells(vec![
            format!("{} {}", change.area.chinese(), change.area.english()),
            change.key.clone(),
            change.field.to_owned(),
            format!("[{}]", change.source),
            format!("{} → {}", none(&change.before), none(&change.after)),
        ])
    });
    print(&rows.collect::<Vec<_>>(), out)?;
    if changes.is_empty() {
        writeln!(out, "规则库中没有不同 nothing in the book differs")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_change_of_2025_is_told_in_both_forms() {
        let told = |machine| {
            let mut out = Vec::new();
            tell("R-2024", "R-2025", machine, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let people = told(false);
        assert!(people.starts_with("R-2024 → R-2025\n\nR-2025  2025-01-01"), "{people}");
        assert!(people.contains("K07") && people.contains("consent → consent-30d"), "{people}");
        let machine: serde_json::Value = serde_json::from_str(&told(true)).unwrap();
        assert_eq!(machine["changes"][0]["after"], "closed");
        let unknown = tell("R-2024", "R-1999", false, &mut Vec::new()).unwrap_err().to_string();
        assert!(unknown.starts_with("UNKNOWN_REGIME ") && !unknown.contains("R-1999"), "{unknown}");
    }
}
