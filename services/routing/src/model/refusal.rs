//! The rules that can stand in the way of a referral's next step.

use lexicon::Refusal as _;

use super::referral::Referral;
use super::state::{Claim, Fence};

/// Which rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// Only a case that waits for a studio can be referred, accepted or returned.
    NotRouted,
    /// The directory has no such studio.
    UnknownStudio,
    /// Another studio than the first proposal needs a reason.
    ReasonRequired,
    /// Nobody has chosen a studio yet.
    NoStudio,
    /// Somebody else was first.
    AlreadyClaimed,
    /// The case is not offered.
    NotInPool,
    /// The directory has the mediator in another studio.
    NotOfThisStudio,
    /// The mediator holds as many cases as they may.
    OverCapacity {
        /// How many they hold.
        held: u64,
        /// How many they may hold.
        capacity: u64,
    },
    /// The case is not claimed.
    NotAssigned,
    /// The claim was not confirmed in time; it is about to end.
    NotAssignedAnyMore,
    /// The shown fence is not the one in force.
    FencePassed {
        /// The one in force.
        current: Fence,
    },
    /// The mediator has not declared.
    DisclosureRequired,
    /// A relation was disclosed and not all parties keep the mediator.
    ConflictUnresolved,
}

/// A rule, and where the referral stood when it spoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The rule.
    pub rule: Rule,
    /// The state.
    pub state: &'static str,
    /// The claim that is in force, if one is.
    pub claim: Option<Claim>,
}

impl Refusal {
    pub(super) fn of(referral: &Referral, rule: Rule) -> Self {
        Self { rule, state: referral.state.name(), claim: referral.state.claim().cloned() }
    }

    /// English, then Chinese.
    fn words(&self) -> (&'static str, &'static str) {
        match self.rule {
            Rule::NotRouted => ("The case is not waiting for a studio.", "案件不处于待分流状态。"),
            Rule::UnknownStudio => ("There is no such studio in the directory.", "名录中没有该调解工作室。"),
            Rule::ReasonRequired => (
                "This is not the studio proposed first: a reason is needed.",
                "所选工作室不是首选建议，须填写理由。",
            ),
            Rule::NoStudio => ("No studio has been chosen yet.", "尚未选定调解工作室。"),
            Rule::AlreadyClaimed => ("Another mediator has claimed the case.", "案件已被其他调解员认领。"),
            Rule::NotInPool => ("The case is not offered for claiming.", "案件当前不可认领。"),
            Rule::NotOfThisStudio => {
                ("The directory has this mediator in another studio.", "名录显示该调解员属于其他工作室。")
            }
            Rule::OverCapacity { .. } => {
                ("This mediator holds as many cases as allowed.", "该调解员持有的案件已达上限。")
            }
            Rule::NotAssigned => ("The case is not claimed.", "案件未被认领。"),
            Rule::NotAssignedAnyMore => (
                "The claim was not confirmed within the working days allowed and is ending.",
                "认领后未在规定工作日内确认，认领即将失效。",
            ),
            Rule::FencePassed { .. } => {
                ("The claim shown is not the one in force.", "所示认领凭证不是当前有效的凭证。")
            }
            Rule::DisclosureRequired => (
                "The mediator must make the disclosure that the law asks for.",
                "调解员须先作出法定披露声明。",
            ),
            Rule::ConflictUnresolved => (
                "A relation was disclosed and not all parties have agreed to keep the mediator.",
                "已披露可能影响公正的关系，但并非各方当事人均同意由其继续调解。",
            ),
        }
    }
}

impl lexicon::Refusal for Refusal {
    fn reason(&self) -> &'static str {
        match self.rule {
            Rule::NotRouted => "NOT_ROUTED",
            Rule::UnknownStudio => "UNKNOWN_STUDIO",
            Rule::ReasonRequired => "REASON_REQUIRED",
            Rule::NoStudio => "NO_STUDIO",
            Rule::AlreadyClaimed => "ALREADY_CLAIMED",
            Rule::NotInPool => "NOT_IN_POOL",
            Rule::NotOfThisStudio => "NOT_OF_THIS_STUDIO",
            Rule::OverCapacity { .. } => "OVER_CAPACITY",
            Rule::NotAssigned | Rule::NotAssignedAnyMore => "NOT_ASSIGNED",
            Rule::FencePassed { .. } => "FENCE_PASSED",
            Rule::DisclosureRequired => "DISCLOSURE_REQUIRED",
            Rule::ConflictUnresolved => "CONFLICT_UNRESOLVED",
        }
    }

    fn english(&self) -> String {
        self.words().0.to_owned()
    }

    fn chinese(&self) -> String {
        self.words().1.to_owned()
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let mut facts = vec![("state", self.state.to_owned())];
        if let Some(claim) = &self.claim {
            let since = claim.since.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
            facts.extend([("holder", claim.holder.to_string()), ("since", since)]);
        }
        match &self.rule {
            Rule::FencePassed { current } => {
                facts
                    .extend([("fence_epoch", current.epoch.to_string()), ("fence_n", current.n.to_string())]);
            }
            Rule::OverCapacity { held, capacity } => {
                facts.extend([("held", held.to_string()), ("capacity", capacity.to_string())]);
            }
            _ => {}
        }
        facts
    }
}

/// So that a refusal can stand in a log: its code, never its facts.
impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.reason())
    }
}
