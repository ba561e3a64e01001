//! The rules that stand in a holder's way, as the contract names them.
use chrono::{DateTime, Utc};

use rulebook::unlawful::Unlawful;

use super::{Fence, Rule, State};

/// Why a verb is refused. The state is the run's, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Consent is no longer being asked for.
    NotConsentPending {
        /// Where the run stands.
        state: &'static str,
    },
    /// Not a party of this run.
    UnknownParty {
        /// Where the run stands.
        state: &'static str,
    },
    /// The run is not where this can be done.
    NotInMediation {
        /// Where the run stands.
        state: &'static str,
    },
    /// A sitting before everybody had consented.
    SessionBeforeConsent {
        /// Where the run stands.
        state: &'static str,
    },
    /// Somebody whose consent is needed joined late and has not given it.
    ConsentMissing {
        /// Where the run stands.
        state: &'static str,
    },
    /// The terms are fixed once a signature stands under them.
    AlreadySignedBySome {
        /// Where the run stands.
        state: &'static str,
    },
    /// There are no terms to sign.
    NoAgreementDrafted {
        /// Where the run stands.
        state: &'static str,
    },
    /// A rule with an article of its own.
    Against {
        /// Where the run stands.
        state: &'static str,
        /// The rule.
        rule: Rule,
    },
    /// The rule book does not allow it.
    Unlawful {
        /// Where the run stands.
        state: &'static str,
        /// What it says.
        unlawful: Unlawful,
    },
    /// The claim behind this write has ended.
    FencePassed {
        /// Where the run stands; empty when none is open.
        state: &'static str,
        /// The fence in force.
        current: Fence,
        /// Since when.
        since: Option<DateTime<Utc>>,
    },
    /// The claim behind this write has been silent for too long; that it ends is on its way.
    ClaimLapsed {
        /// Where the run stands.
        state: &'static str,
        /// Since when.
        since: DateTime<Utc>,
    },
}

impl Refusal {
    /// [`Refusal::NotInMediation`] for a run in this state.
    pub(super) fn not_in_mediation(state: &State) -> Self {
        Refusal::NotInMediation { state: state.name() }
    }
}

impl lexicon::Refusal for Refusal {
    fn reason(&self) -> &'static str {
        match self {
            Refusal::NotConsentPending { .. } => "NOT_CONSENT_PENDING",
            Refusal::UnknownParty { .. } => "UNKNOWN_PARTY",
            Refusal::NotInMediation { .. } => "NOT_IN_MEDIATION",
            Refusal::SessionBeforeConsent { .. } => "SESSION_BEFORE_CONSENT",
            Refusal::ConsentMissing { .. } => "CONSENT_MISSING",
            Refusal::AlreadySignedBySome { .. } => "ALREADY_SIGNED_BY_SOME",
            Refusal::NoAgreementDrafted { .. } => "NO_AGREEMENT_DRAFTED",
            Refusal::FencePassed { .. } => "FENCE_PASSED",
            Refusal::ClaimLapsed { .. } => "CLAIM_LAPSED",
            Refusal::Against { rule, .. } => rule.reason(),
            Refusal::Unlawful { unlawful, .. } => unlawful.reason(),
        }
    }

    fn english(&self) -> String {
        match self {
            Refusal::NotConsentPending { .. } => "The parties are no longer being asked for their consent.",
            Refusal::UnknownParty { .. } => "This is not a party of this mediation.",
            Refusal::NotInMediation { .. } => "The mediation is not at a stage where this can be done.",
            Refusal::SessionBeforeConsent { .. } => {
                "A sitting can be held only after every side has consented."
            }
            Refusal::ConsentMissing { .. } => "A party that joined later has not consented yet.",
            Refusal::AlreadySignedBySome { .. } => {
                "Somebody has signed already, so the terms can no longer change."
            }
            Refusal::NoAgreementDrafted { .. } => "No agreement is waiting for signatures.",
            Refusal::Against { rule, .. } => rule.english(),
            Refusal::Unlawful { unlawful, .. } => return unlawful.english(),
            Refusal::FencePassed { .. } => "Your claim of this case has ended; nothing was written.",
            Refusal::ClaimLapsed { .. } => {
                "Your claim of this case has been silent for too long and is over; nothing was written. Claim it again from the pool."
            }
        }
        .to_owned()
    }

    fn chinese(&self) -> String {
        match self {
            Refusal::NotConsentPending { .. } => "当前不在征询当事人意愿的阶段。",
            Refusal::UnknownParty { .. } => "该当事人不属于本次调解。",
            Refusal::NotInMediation { .. } => "调解不在可进行此项操作的阶段。",
            Refusal::SessionBeforeConsent { .. } => "各方当事人同意之后才能开展调解。",
            Refusal::ConsentMissing { .. } => "后加入的当事人尚未同意调解。",
            Refusal::AlreadySignedBySome { .. } => "已有人签署，协议内容不能再变更。",
            Refusal::NoAgreementDrafted { .. } => "没有待签署的调解协议。",
            Refusal::Against { rule, .. } => rule.chinese(),
            Refusal::Unlawful { unlawful, .. } => return unlawful.chinese(),
            Refusal::FencePassed { .. } => "您对本案的认领已经结束，本次内容未写入。",
            Refusal::ClaimLapsed { .. } => {
                "您领取本案后长期无动作，领取已经终止，本次内容未写入；可在待领取列表中重新领取。"
            }
        }
        .to_owned()
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Refusal::NotConsentPending { state }
            | Refusal::UnknownParty { state }
            | Refusal::NotInMediation { state }
            | Refusal::SessionBeforeConsent { state }
            | Refusal::ConsentMissing { state }
            | Refusal::AlreadySignedBySome { state }
            | Refusal::NoAgreementDrafted { state } => vec![("state", (*state).to_owned())],
            Refusal::Against { state, rule } => {
                vec![("state", (*state).to_owned()), ("article", rule.article().to_owned())]
            }
            Refusal::Unlawful { state, unlawful } => {
                let mut facts = unlawful.facts();
                facts.push(("state", (*state).to_owned()));
                facts
            }
            Refusal::ClaimLapsed { state, since } => {
                let article = ("article", "D1".to_owned());
                vec![("state", (*state).to_owned()), article, ("since", since.to_rfc3339())]
            }
            Refusal::FencePassed { state, current, since } => {
                let mut facts = vec![
                    ("state", (*state).to_owned()),
                    ("fence_epoch", current.epoch.to_string()),
                    ("fence_n", current.n.to_string()),
                ];
                facts.extend(since.map(|at| ("since", at.to_rfc3339())));
                facts
            }
        }
    }
}
