//! The rules that can stand in the way of a referral's next step.

use lexicon::Refusal as _;

use super::org_tree::Level;
use super::referral::Referral;
use super::roster::Standing;
use super::state::{Claim, Fence, State};

mod joint;
mod reason;
mod roster;

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
    /// What was confirmed is released, not declined.
    AlreadyConfirmed,
    /// Somebody of the studio may still claim it.
    MediatorsLeft,
    /// The shown fence is not the one in force.
    FencePassed {
        /// The one in force.
        current: Fence,
    },
    /// The mediator has not declared.
    DisclosureRequired,
    /// A relation was disclosed and not all parties keep the mediator.
    ConflictUnresolved,
    /// Who has stepped aside in the case does not claim it.
    Recused,
    /// Another recusal waits for its decision.
    RecusalPending,
    /// Somebody who asks for nobody.
    AskedForNobody,
    /// Not a party of the case.
    UnknownParty,
    /// A replacement without a ground is open once.
    AlreadyReplaced,
    /// Nothing waits for a decision.
    NoRecusalPending,
    /// Nobody decides about themselves.
    DecidesOwnRecusal,
    /// A mediator with a ground is kept only by all parties.
    KeepWithoutConsent,
    /// The one who is to follow may not.
    SuccessorNotOpen,
    /// The parties may still choose a mediator.
    ChoiceOpen,
    /// The parties have had their time to choose.
    ChoicePassed,
    /// Not every claimant and respondent has chosen.
    ChoiceNotJoint,
    /// No mediator of the studio may take the case.
    NobodyFree,
    /// The case did not end in an agreement.
    NoAgreement,
    /// The pool has nothing that the caller may take.
    PoolEmpty,
    /// Ties bind the mediator to a party.
    Conflict {
        /// Their kinds, from the mediator to the party.
        path: String,
    },
    /// Somebody has claimed it, or a claim is being fenced off.
    ClaimInForce,
    /// Another organisation is responsible.
    NotResponsible,
    /// The directory has no such organisation, or it is the responsible one itself.
    UnknownOrganization,
    /// It is not on a higher level.
    NotALevelUp,
    /// It is neither on a lower level nor below in the tree.
    NotALevelDown,
    /// A level in between is passed over without a reason.
    LevelSkipped {
        /// Which.
        skipped: Vec<Level>,
    },
    /// The day has passed, or is too far ahead.
    DueDateOutOfRange,
    /// The day of the offer has passed.
    HandOverOver,
    /// Another consultation waits for its decision.
    ConsultationPending,
    /// No such consultation waits for a decision.
    NoConsultationPending,
    /// It takes no part in the consultation.
    NotAParticipant,
    /// Another request waits for its answer.
    AssistancePending,
    /// No such request waits for an answer.
    NoAssistancePending,
    /// It is not of the police.
    NotPolice,
    /// A consultation named another lead unit.
    LeadDecided,
    /// Whoever is to sit beside the holder may not.
    CoMediatorNotOpen,
    /// Whoever declines says why.
    ReasonMissing,
    /// Whoever is not on the roster today is given no work.
    NotOnRoster(Standing),
    /// Nor is who is off duty.
    OffDuty,
}

impl Rule {
    /// The law that the rule comes from; nothing for a rule of good order.
    fn article(&self) -> Option<&'static str> {
        Some(match self {
            Rule::DisclosureRequired | Rule::ConflictUnresolved => "L5 art. 13; L4 art. 15",
            Rule::Recused | Rule::DecidesOwnRecusal | Rule::NoRecusalPending => "L4 art. 15",
            Rule::Conflict { .. } => "L4 art. 15, 16",
            Rule::AlreadyReplaced => "L4 art. 13; L5 art. 14",
            Rule::AlreadyConfirmed => "L5 art. 12, 29",
            Rule::KeepWithoutConsent => "L4 art. 15; L5 art. 13",
            Rule::SuccessorNotOpen => "L4 art. 12, 15",
            Rule::NoAgreement => "L3 art. 31",
            Rule::ChoiceOpen | Rule::ChoicePassed | Rule::ChoiceNotJoint => "L4 art. 12; L5 art. 10",
            Rule::NotOnRoster(standing) => roster::article(*standing),
            Rule::CoMediatorNotOpen => "L4 art. 13, 15; L5 art. 11",
            Rule::AskedForNobody | Rule::UnknownParty | Rule::RecusalPending => "L4 art. 13, 15; L5 art. 14",
            _ => return None,
        })
    }
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

    /// What is told to somebody for whom the pool has nothing.
    pub fn empty_pool() -> Self {
        Self { rule: Rule::PoolEmpty, state: State::OFFERED, claim: None }
    }

    /// What is told to a head about somebody else's mediator.
    pub fn not_of_this_studio() -> Self {
        Self { rule: Rule::NotOfThisStudio, state: "", claim: None }
    }

    /// What is told to somebody who would decide about a tie of their own.
    pub fn decides_about_themselves() -> Self {
        Self { rule: Rule::DecidesOwnRecusal, state: "", claim: None }
    }

    /// What is told to somebody who holds as many cases as they may, before any case is looked at.
    pub fn at_capacity(held: u64, capacity: u64) -> Self {
        Self { rule: Rule::OverCapacity { held, capacity }, state: State::OFFERED, claim: None }
    }

    /// English, then Chinese.
    fn words(&self) -> (&'static str, &'static str) {
        match self.rule {
            Rule::ClaimInForce
            | Rule::NotResponsible
            | Rule::UnknownOrganization
            | Rule::NotALevelUp
            | Rule::NotALevelDown
            | Rule::LevelSkipped { .. }
            | Rule::DueDateOutOfRange
            | Rule::HandOverOver
            | Rule::ConsultationPending
            | Rule::NoConsultationPending
            | Rule::NotAParticipant
            | Rule::AssistancePending
            | Rule::NoAssistancePending
            | Rule::NotPolice
            | Rule::LeadDecided
            | Rule::CoMediatorNotOpen
            | Rule::ReasonMissing => joint::words(&self.rule),
            Rule::NotOnRoster(standing) => roster::words(standing),
            Rule::OffDuty => roster::words(Standing::OffDuty),
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
            Rule::AlreadyConfirmed => (
                "The claim is confirmed and the parties know the mediator: release it instead.",
                "已确认承办，不能再退回，请改为释放认领。",
            ),
            Rule::MediatorsLeft => (
                "A mediator of this studio may still claim the case; only a case that none of them may take goes back.",
                "本工作室尚有调解员可以认领，只有全体调解员均不能承办的案件才可退回。",
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
            Rule::Recused => (
                "This mediator has stepped aside in this case and does not take it again.",
                "该调解员已在本案中回避，不得再次认领。",
            ),
            Rule::RecusalPending => (
                "Another recusal waits for its decision: have it decided first.",
                "已有回避申请等待决定，请先作出决定。",
            ),
            Rule::AskedForNobody => (
                "Name the party whose word this is; without one only the mediator or the studio's head asks.",
                "请写明提出申请的当事人；未写明的，只能由调解员本人或者工作室负责人提出。",
            ),
            Rule::UnknownParty => ("This is not a party of the case.", "该当事人不属于本案。"),
            Rule::AlreadyReplaced => (
                "The mediator has been replaced once: a party who still objects chooses one, or is taken to refuse \
                 mediation (RecordRefusal).",
                "已更换过调解员；当事人仍有异议又不另行选定的，视为不同意调解，请登记拒绝调解。",
            ),
            Rule::NoRecusalPending => ("No recusal waits for a decision.", "没有等待决定的回避申请。"),
            Rule::DecidesOwnRecusal => (
                "Nobody decides about themselves: a supervisor does.",
                "不得决定本人的回避，请由中心督导人员决定。",
            ),
            Rule::KeepWithoutConsent => (
                "A mediator with a ground to step aside is kept only when every claimant and respondent knows and agrees.",
                "存在回避情形的，只有申请人和被申请人均知情并同意，才可由其继续调解。",
            ),
            Rule::SuccessorNotOpen => (
                "The one named to follow is no mediator of this studio, is at capacity, or has stepped aside in this case.",
                "所指定的接替人不是本工作室调解员、持案已达上限，或者已在本案中回避。",
            ),
            Rule::ChoiceOpen => (
                "The parties may still choose a mediator: wait for their choice (ChooseMediator) or the end of its time.",
                "当事人共同选定调解员的期限尚未届满，请等待其选定或者期限届满。",
            ),
            Rule::ChoicePassed => (
                "The parties have had their 2 working days to choose: the studio's head appoints (AppointMediator).",
                "当事人共同选定调解员的期限已届满，由工作室负责人指定。",
            ),
            Rule::ChoiceNotJoint => (
                "Every claimant and respondent must have chosen this mediator.",
                "须由全体申请人和被申请人共同选定该调解员。",
            ),
            Rule::NobodyFree => (
                "No mediator of this studio may take the case: all are off duty or off the roster, at capacity, or stepped aside in it.",
                "本工作室没有可以承办本案的调解员：均不在岗、不在名册有效期内、持案达上限或者已在本案中回避。",
            ),
            Rule::Conflict { .. } => (
                "Ties bind this mediator to a party, or they have mediated the matter before: somebody else takes the case \
                 (FindConflict shows the path).",
                "该调解员与当事人存在利害关系或者曾经调解同一纠纷，应当回避，由其他调解员承办（可查询关系路径）。",
            ),
            Rule::NoAgreement => (
                "Only an agreement is given to another mediator this way; a claim that is open ends by release, recusal or silence.",
                "仅达成协议的案件可以这样另行指定调解员；仍在办理的，通过释放认领、回避或者逾期失效变更。",
            ),
            Rule::PoolEmpty => {
                ("The pool has no case that you may take now.", "待认领的案件中没有您当前可以认领的案件。")
            }
        }
    }
}

impl lexicon::Refusal for Refusal {
    fn reason(&self) -> &'static str {
        self.rule.reason()
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
        facts.extend(self.rule.article().map(|article| ("article", article.to_owned())));
        match &self.rule {
            Rule::FencePassed { current } => {
                facts
                    .extend([("fence_epoch", current.epoch.to_string()), ("fence_n", current.n.to_string())]);
            }
            Rule::Conflict { path } => facts.push(("path", path.clone())),
            Rule::NotOnRoster(standing) => {
                facts.push(("standing", standing.code().to_owned()));
                facts.extend(standing.roster().map(|list| ("roster", list.code().to_owned())));
            }
            Rule::LevelSkipped { skipped } => {
                let names: Vec<&str> = skipped.iter().map(|level| level.name()).collect();
                facts.push(("skipped", names.join(" ")));
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
