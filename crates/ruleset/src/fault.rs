//! Why a rule set is not taken: each fault names the rule and what to do.

use std::fmt;

/// What is wrong with a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is not of the form.
    Unreadable(String),
    /// Another form, or causes of another revision.
    Foreign(String),
    /// Two rules have one name.
    Twice(String),
    /// A name, a reason or an amount that a rule may not have.
    Unfit {
        /// The rule, cut where it is too long.
        rule: String,
        /// What, and what it has to be.
        what: String,
    },
    /// A word that the rule book does not have.
    Unknown {
        /// The rule.
        rule: String,
        /// Where in it, and which word.
        what: String,
    },
    /// Neither studios nor a ground, or both, or the same studio twice.
    Answerless(String),
    /// No case can come to the rule.
    Unreachable {
        /// The rule.
        rule: String,
        /// What stands in the way: a condition that nothing passes, or the rules that leave nothing.
        by: String,
    },
    /// Two rules of one priority can speak about the same case.
    Overlap {
        /// The rule.
        rule: String,
        /// The other.
        other: String,
    },
    /// A cause for which neither it nor its second-level group has a rule.
    Uncovered {
        /// The group.
        group: String,
        /// The first such cause, and how many there are.
        causes: String,
    },
    /// A case of which nothing is known has no rule.
    NoLastRule,
    /// A rule sends from one kind of studio to another, and nothing says in which state the case goes on.
    NoStateMap {
        /// The rule.
        rule: String,
        /// From which kind to which.
        way: String,
        /// The states that are missing, or mapped to one that cannot follow.
        states: String,
    },
    /// It is larger or more tangled than can be checked.
    TooLarge(String),
}

impl Fault {
    /// Its stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Fault::Unreadable(_) => "UNREADABLE",
            Fault::Foreign(_) => "FOREIGN",
            Fault::Twice(_) => "NAME_TWICE",
            Fault::Unfit { .. } => "UNFIT",
            Fault::Unknown { .. } => "UNKNOWN_WORD",
            Fault::Answerless(_) => "NO_ANSWER",
            Fault::Unreachable { .. } => "UNREACHABLE",
            Fault::Overlap { .. } => "OVERLAP",
            Fault::Uncovered { .. } => "UNCOVERED",
            Fault::NoLastRule => "NO_LAST_RULE",
            Fault::NoStateMap { .. } => "NO_STATE_MAP",
            Fault::TooLarge(_) => "TOO_LARGE",
        }
    }

    /// The rule that it is about; for a cause without a rule, its group.
    pub fn rule(&self) -> &str {
        match self {
            Fault::Twice(rule)
            | Fault::Answerless(rule)
            | Fault::Unfit { rule, .. }
            | Fault::Unknown { rule, .. }
            | Fault::Unreachable { rule, .. }
            | Fault::Overlap { rule, .. }
            | Fault::NoStateMap { rule, .. } => rule,
            Fault::Uncovered { group, .. } => group,
            Fault::Unreadable(_) | Fault::Foreign(_) | Fault::NoLastRule | Fault::TooLarge(_) => "",
        }
    }

    /// In Chinese.
    pub fn chinese(&self) -> String {
        match self {
            Fault::Unreadable(why) => format!("规则集不符合格式：{why}"),
            Fault::Foreign(what) => format!("规则集的{what}不适用于本系统。"),
            Fault::Twice(rule) => format!("规则“{rule}”重名。"),
            Fault::Unfit { rule, what } => format!("规则“{rule}”的内容不合要求：{what}"),
            Fault::Unknown { rule, what } => format!("规则“{rule}”中的{what}不存在。"),
            Fault::Answerless(rule) => {
                format!("规则“{rule}”应写明两个不同的工作室类型，或者写明一个不予受理的理由。")
            }
            Fault::Unreachable { rule, by } => {
                format!("规则“{rule}”永远不会首先适用：{by}。请调整条件或者优先级，或者删除。")
            }
            Fault::Overlap { rule, other } => {
                format!("规则“{rule}”与“{other}”优先级相同且适用范围重叠，请分别设定优先级。")
            }
            Fault::Uncovered { group, causes } => {
                format!("第二级案由{group}没有规则：{causes}。请为该组设定规则。")
            }
            Fault::NoLastRule => "缺少无条件的兜底规则。".to_owned(),
            Fault::NoStateMap { rule, way, states } => {
                format!("规则“{rule}”涉及{way}的流转，但没有完整的状态对应：{states}。请补充[[move]]。")
            }
            Fault::TooLarge(what) => format!("规则集过大，无法检查：{what}。"),
        }
    }
}

/// In English.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Unreadable(why) => write!(f, "the set does not have the form: {why}"),
            Fault::Foreign(what) => write!(f, "the set's {what} is not that of this program"),
            Fault::Twice(rule) => write!(f, "two rules are called {rule}"),
            Fault::Unfit { rule, what } => write!(f, "rule {rule}: {what}"),
            Fault::Unknown { rule, what } => write!(f, "rule {rule}: there is no {what}"),
            Fault::Answerless(rule) => {
                write!(
                    f,
                    "rule {rule} needs two different kinds of studio (first, second), or a ground of refusal, not both"
                )
            }
            Fault::Unreachable { rule, by } => {
                write!(
                    f,
                    "rule {rule} can never speak first: {by}; change its conditions or priority, or take it out"
                )
            }
            Fault::Overlap { rule, other } => write!(
                f,
                "rules {rule} and {other} have one priority and can speak about the same case: give one a greater priority"
            ),
            Fault::Uncovered { group, causes } => {
                write!(f, "group {group} has causes without a rule ({causes}): write a rule for the group")
            }
            Fault::NoLastRule => {
                f.write_str("no rule without conditions speaks when nothing is known: write a last one")
            }
            Fault::NoStateMap { rule, way, states } => write!(
                f,
                "rule {rule} sends from {way}, and no [[move]] says in which state a case goes on: {states}"
            ),
            Fault::TooLarge(what) => write!(f, "the set is too large to be checked: {what}"),
        }
    }
}

impl std::error::Error for Fault {}
