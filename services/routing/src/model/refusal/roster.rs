//! What the roster says to people.

use super::{Refusal, Rule};
use crate::model::roster::Standing;
use crate::model::state::State;

impl Rule {
    /// What stands against giving work to somebody who stands so.
    pub(in crate::model) fn against(standing: Standing) -> Option<Self> {
        match standing {
            Standing::Ready => None,
            Standing::OffDuty => Some(Rule::OffDuty),
            not => Some(Rule::NotOnRoster(not)),
        }
    }
}

impl Refusal {
    /// What is told, before any case is looked at, to somebody to whom no work is given today.
    pub fn of_standing(standing: Standing) -> Option<Self> {
        Rule::against(standing).map(|rule| Self { rule, state: State::OFFERED, claim: None })
    }
}

/// Where the rule comes from: the list's own law, or that of lists as such.
pub(super) fn article(standing: Standing) -> &'static str {
    standing.roster().map_or("L4 art. 5; L5 art. 5", |list| list.article())
}

/// English, then Chinese.
pub(super) fn words(standing: Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::Ready | Standing::OffDuty => (
            "This mediator is off duty: go on duty first (SetDuty). What is held stays held.",
            "该调解员当前不在岗，请先变更为在岗；已承办的案件不受影响。",
        ),
        Standing::Unlisted => (
            "This mediator is not on the roster: the studio's head or the centre registers them first (RegisterMediator).",
            "该调解员未列入名册，请由工作室负责人或者中心先行登记。",
        ),
        Standing::Suspended(_) => (
            "This mediator is suspended from the roster: no new case is given. What is held stays held.",
            "该调解员已被暂停执业，不得承接新案件；已承办的案件不受影响。",
        ),
        Standing::NotYet(_) => (
            "This mediator's time on the roster has not begun.",
            "该调解员的名册有效期尚未开始，不得承接案件。",
        ),
        Standing::Expired(_) => (
            "This mediator's time on the roster is over: no new case is given until it is renewed (RegisterMediator).",
            "该调解员的名册有效期已届满，续期前不得承接新案件。",
        ),
    }
}
