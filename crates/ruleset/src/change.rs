//! One input told otherwise: what it was, what it would be, and how much of the case that changes.

use lexicon::coded;
use serde::{Deserialize, Serialize};

use crate::grid::kinds;
use crate::inputs::Inputs;

coded! {
    /// An input that could have been another.
    Input {
        /// The cause.
        Cause = "CAUSE", "案由";
        /// The category.
        Category = "CATEGORY", "纠纷类别";
        /// The town.
        Town = "TOWN", "镇街";
        /// The amount, in fen.
        Amount = "AMOUNT", "标的额";
        /// The day.
        Date = "DATE", "日期";
        /// What the claimants are, as a number of kinds.
        Claimants = "CLAIMANTS", "申请人类型";
        /// What the respondents are.
        Respondents = "RESPONDENTS", "被申请人类型";
        /// Whether somebody is hurt.
        Injury = "INJURY", "人身伤害";
        /// Whether the police were called.
        Police = "POLICE", "报警情况";
        /// Whether a minor is concerned.
        Minors = "MINORS", "涉未成年人";
        /// Whether there was violence.
        Violence = "VIOLENCE", "涉暴力";
        /// What institution takes part.
        Institution = "INSTITUTION", "机构类型";
        /// The language.
        Language = "LANGUAGE", "语言";
        /// Who dealt with it before.
        PriorBody = "PRIOR_BODY", "先前处理机构";
        /// What the parties wish.
        Wish = "WISH", "当事人意愿";
        /// How many cases a studio has.
        Load = "LOAD", "工作室在办案件数";
        /// Whether a studio has somebody on duty.
        Duty = "DUTY", "工作室值班";
    }
}

/// One input told otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which.
    pub input: Input,
    /// Of which studio, for its load and its duty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub studio: String,
    /// What it was; empty for nothing.
    pub from: String,
    /// What it would be.
    pub to: String,
}

impl Change {
    /// The same case, told so; nothing if the change does not fit it.
    pub fn apply(&self, inputs: &Inputs) -> Option<Inputs> {
        let mut told = inputs.clone();
        let to = self.to.as_str();
        match self.input {
            Input::Cause => to.clone_into(&mut told.cause),
            Input::Category => to.clone_into(&mut told.category),
            Input::Town => to.clone_into(&mut told.town),
            Input::Amount => told.amount_fen = to.parse().ok()?,
            Input::Date => told.date = to.parse().ok()?,
            Input::Claimants => told.claimants = read_kinds(to)?,
            Input::Respondents => told.respondents = read_kinds(to)?,
            Input::Injury => told.injury = to.parse().ok()?,
            Input::Police => told.police = to.parse().ok()?,
            Input::Minors => told.minors = to.parse().ok()?,
            Input::Violence => told.violence = to.parse().ok()?,
            Input::Institution => told.institution = to.parse().ok()?,
            Input::Language => told.language = to.parse().ok()?,
            Input::PriorBody => told.prior_body = to.parse().ok()?,
            Input::Wish => told.wish = if to.is_empty() { None } else { Some(to.parse().ok()?) },
            Input::Load | Input::Duty => {
                let studio = told.studios.iter_mut().find(|one| one.id == self.studio)?;
                match self.input {
                    Input::Load => studio.load = to.parse().ok()?,
                    _ => studio.on_duty = to.parse().ok()?,
                }
            }
        }
        Some(told)
    }
}

/// Kinds as a text: their codes with a comma between.
pub(crate) fn kinds_text(number: usize) -> String {
    kinds(number).iter().map(|kind| kind.code()).collect::<Vec<_>>().join(",")
}

fn read_kinds(text: &str) -> Option<std::collections::BTreeSet<lexicon::PartyKind>> {
    text.split(',').filter(|code| !code.is_empty()).map(|code| code.parse().ok()).collect()
}
