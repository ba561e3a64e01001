//! What a rule is called, what it says of itself and the amounts it names: bounded, because names go into every decision, every
//! proposal and every refusal.

use crate::fault::Fault;
use crate::written::{Written, WrittenRule};

/// The longest name of a rule, a set or a version.
const NAME: usize = 64;
/// The longest reason or source, in characters.
const REASON: usize = 400;
/// What stands for a rule where a clerk decided against all of them.
const OVERRIDE: &str = "override";

/// What is wrong with a rule's name, reasons, source and amounts.
pub(crate) fn unfit(rule: &WrittenRule) -> Vec<Fault> {
    let name = || rule.id.chars().take(NAME).collect::<String>();
    let mut faults = Vec::new();
    let mut say = |what: &str| faults.push(Fault::Unfit { rule: name(), what: what.to_owned() });
    if !is_name(&rule.id) || rule.id == OVERRIDE {
        say("`id` is 1 to 64 of a-z, 0-9 and -, and not `override` / 名称为1至64个小写字母、数字或连字符");
    }
    for (key, text) in
        [("reason_zh", &rule.reason_zh), ("reason_en", &rule.reason_en), ("source", &rule.source)]
    {
        if text.trim().is_empty() || text.chars().count() > REASON {
            say(&format!("`{key}` has 1 to {REASON} characters / 应为1至{REASON}字"));
        }
    }
    for (key, amount) in [("amount_from", rule.amount_from), ("amount_below", rule.amount_below)] {
        if amount.is_some_and(|fen| fen < 1) {
            say(&format!("`{key}` is at least 1 fen / 金额至少为1分"));
        }
    }
    faults
}

/// What is wrong with the set's own name and version.
pub(crate) fn unfit_head(set: &Written) -> Option<Fault> {
    let version =
        |text: &str| !text.is_empty() && text.len() <= NAME && text.chars().all(|one| one.is_ascii_graphic());
    let fit = is_name(&set.id) && version(&set.version);
    (!fit).then(|| Fault::Foreign(format!("name or version (1 to {NAME} letters, digits and dashes)")))
}

fn is_name(text: &str) -> bool {
    let allowed = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-';
    !text.is_empty() && text.len() <= NAME && text.chars().all(allowed)
}
