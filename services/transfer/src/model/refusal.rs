//! The rules that stand in the way of a change, in words for the person at the window and codes for programs.

use lexicon::Violations;
use rulebook::tracks::Exit;
use rulebook::unlawful::Unlawful;

use super::exit;
use super::rule::Against;

/// A rule about where the filing stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is submitted or withdrawn: nothing can be packed or submitted any more.
    NotReady {
        /// Where it stands.
        state: &'static str,
    },
    /// No such court takes filings.
    UnknownCourt {
        /// Where it stands.
        state: &'static str,
    },
    /// A failed mediation on the case's track does not lead to a court.
    NotForCourt {
        /// Where it stands.
        state: &'static str,
        /// Where it leads instead.
        exit: Exit,
    },
    /// There is no package yet.
    NotPacked {
        /// Where it stands.
        state: &'static str,
    },
    /// The digest given is not the package's.
    PackageChanged {
        /// Where it stands.
        state: &'static str,
    },
    /// The court answers what was not submitted to it.
    NotSubmitted {
        /// Where it stands.
        state: &'static str,
    },
    /// The court decides before it has acknowledged.
    NotInReview {
        /// Where it stands.
        state: &'static str,
    },
    /// The court has decided otherwise.
    AlreadyAnswered {
        /// Where it stands.
        state: &'static str,
    },
}

/// What in a court's answer is unlike what was submitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mismatch {
    /// The court saw another package.
    Digest,
    /// The court's clock is before the submission.
    Time,
    /// The hand-over is before it was opened.
    Handed,
}

/// Why a change does not happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum No {
    /// The filing is not where it must be.
    Refused(Refusal),
    /// The court's answer does not fit; everything that does not is named.
    Unlike(Vec<Mismatch>),
    /// It was decided on what is no longer so.
    Stale,
    /// A rule about what the case may do.
    Against(Against),
    /// The rule book does not allow it.
    Unlawful(Unlawful),
    /// There is no such noun.
    Missing(&'static str),
}

impl From<Against> for No {
    fn from(against: Against) -> Self {
        Self::Against(against)
    }
}

impl From<Unlawful> for No {
    fn from(unlawful: Unlawful) -> Self {
        Self::Unlawful(unlawful)
    }
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Mismatch {
    /// Notes it at the request's field.
    pub fn note(self, violations: &mut Violations) {
        match self {
            Self::Digest => violations.push("package_sha256", lexicon::Fault::DIGEST_MISMATCH),
            Self::Time => violations.push_worded(
                "court_time",
                "TIME_BEFORE_SUBMISSION",
                "The court's time is more than five minutes before the submission; please check the clock.",
                "法院时间早于提交时间五分钟以上，请核对时钟。",
            ),
            Self::Handed => violations.push_worded(
                "hand_time",
                "TIME_BEFORE_OPENING",
                "The hand-over is more than five minutes before it was opened; please check the day.",
                "移交时间早于该移交的开启时间五分钟以上，请核对。",
            ),
        }
    }
}

impl lexicon::Refusal for Refusal {
    fn reason(&self) -> &'static str {
        match self {
            Self::NotReady { .. } => "NOT_READY",
            Self::UnknownCourt { .. } => "UNKNOWN_COURT",
            Self::NotForCourt { .. } => "NOT_FOR_COURT",
            Self::NotPacked { .. } => "NOT_PACKED",
            Self::PackageChanged { .. } => "PACKAGE_CHANGED",
            Self::NotSubmitted { .. } => "NOT_SUBMITTED",
            Self::NotInReview { .. } => "NOT_IN_REVIEW",
            Self::AlreadyAnswered { .. } => "ALREADY_ANSWERED",
        }
    }

    fn english(&self) -> String {
        match self {
            Self::NotReady { .. } => "The filing is no longer being prepared.",
            Self::UnknownCourt { .. } => "No court of this name takes filings here.",
            Self::NotForCourt { exit, .. } => {
                let to = exit::words(*exit).1;
                return format!("A case on this track does not go to court with a complaint but to {to}.");
            }
            Self::NotPacked { .. } => "The filing has no package yet: prepare it first.",
            Self::PackageChanged { .. } => {
                "The package is not the one that was looked at: read the filing again."
            }
            Self::NotSubmitted { .. } => "The filing has not been submitted.",
            Self::NotInReview { .. } => "Acknowledge the receipt first.",
            Self::AlreadyAnswered { .. } => "The court has already answered otherwise.",
        }
        .to_owned()
    }

    fn chinese(&self) -> String {
        match self {
            Self::NotReady { .. } => "该移送已不在准备阶段。",
            Self::UnknownCourt { .. } => "此处没有可受理移送的该法院。",
            Self::NotForCourt { exit, .. } => {
                let to = exit::words(*exit).2;
                return format!("该类案件不直接向法院起诉，请转往：{to}。");
            }
            Self::NotPacked { .. } => "尚未生成起诉材料包，请先准备。",
            Self::PackageChanged { .. } => "材料包与所核对的不一致，请重新读取。",
            Self::NotSubmitted { .. } => "该移送尚未提交。",
            Self::NotInReview { .. } => "请先回执确认收到。",
            Self::AlreadyAnswered { .. } => "法院已作出不同的答复。",
        }
        .to_owned()
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NotForCourt { state, exit } => {
                vec![("state", (*state).to_owned()), ("exit", exit::words(*exit).0.to_owned())]
            }
            Self::NotReady { state }
            | Self::UnknownCourt { state }
            | Self::NotPacked { state }
            | Self::PackageChanged { state }
            | Self::NotSubmitted { state }
            | Self::NotInReview { state }
            | Self::AlreadyAnswered { state } => vec![("state", (*state).to_owned())],
        }
    }
}
