//! The rules that stand in the way of a command, each under the code that the contract names.

use rulebook::dossier::Row;
use rulebook::unlawful::Unlawful;

use super::{Course, State};

/// What a refused caller may know of the dispute: codes, never words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The state.
    pub state: &'static str,
    /// Where the case is beyond intake.
    pub course: Option<Course>,
    /// Whether a party has demanded the court.
    pub court_demanded: bool,
}

impl Standing {
    pub(super) fn of(state: &State, course: Option<Course>, court_demanded: bool) -> Self {
        Self { state: state.code(), course, court_demanded }
    }
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $reason:literal, $english:literal, $chinese:literal;)+) => {
        /// Why a dispute does not move.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Refusal {
            $($(#[$doc])* $name(Standing),)+
            /// The rule book does not allow it, and names the article.
            Unlawful(Standing, Unlawful),
            /// Documents are missing from the file.
            FileIncomplete(Standing, Vec<&'static Row>),
        }

        impl Refusal {
            fn standing(&self) -> Standing {
                match self {
                    $(Refusal::$name(standing) => *standing,)+
                    Refusal::Unlawful(standing, _) | Refusal::FileIncomplete(standing, _) => *standing,
                }
            }
        }

        impl lexicon::Refusal for Refusal {
            fn reason(&self) -> &'static str {
                match self {
                    $(Refusal::$name(_) => $reason,)+
                    Refusal::Unlawful(_, unlawful) => unlawful.reason(),
                    Refusal::FileIncomplete(..) => "FILE_INCOMPLETE",
                }
            }

            fn english(&self) -> String {
                match self {
                    $(Refusal::$name(_) => $english.to_owned(),)+
                    Refusal::Unlawful(_, unlawful) => unlawful.english(),
                    Refusal::FileIncomplete(_, missing) => {
                        let missing: Vec<&str> = missing.iter().map(|row| row.english.as_str()).collect();
                        format!("The file lacks: {}. Say in a note why, or add it.", missing.join("; "))
                    }
                }
            }

            fn chinese(&self) -> String {
                match self {
                    $(Refusal::$name(_) => $chinese.to_owned(),)+
                    Refusal::Unlawful(_, unlawful) => unlawful.chinese(),
                    Refusal::FileIncomplete(_, missing) => {
                        let missing: Vec<&str> = missing.iter().map(|row| row.chinese.as_str()).collect();
                        format!("案卷缺少：{}。请补齐，或者在备考中说明原因。", missing.join("；"))
                    }
                }
            }

            fn facts(&self) -> Vec<(&'static str, String)> {
                let standing = self.standing();
                let mut facts = vec![
                    ("state", standing.state.to_owned()),
                    ("court_demanded", standing.court_demanded.to_string()),
                ];
                facts.extend(standing.course.map(|course| ("course", course.code().to_owned())));
                if let Refusal::Unlawful(_, unlawful) = self {
                    facts.extend(unlawful.facts());
                }
                if let Refusal::FileIncomplete(_, missing) = self {
                    let codes: Vec<&str> = missing.iter().map(|row| row.document.code()).collect();
                    let articles: Vec<&str> = missing.iter().map(|row| row.source.as_str()).collect();
                    facts.extend([("missing", codes.join(",")), ("article", articles.join("; "))]);
                }
                facts
            }
        }
    };
}

refusals! {
    /// What was submitted is no draft any more.
    AlreadySubmitted = "ALREADY_SUBMITTED",
        "This dispute has been submitted; a draft cannot be saved over it.", "该纠纷已提交，不能再作为草稿保存。";
    /// Only a draft is filed by its id.
    NotADraft = "NOT_A_DRAFT",
        "Only a draft can be filed; this dispute has been submitted.", "只有草稿可以提交，该纠纷已提交过。";
    /// The verb belongs to SUBMITTED.
    NotSubmitted = "NOT_SUBMITTED",
        "This is only possible while acceptance is being checked.", "仅在受理审查期间可以办理此项操作。";
    /// A party wants the court: nobody is sent to a mediator against that.
    CourtDemanded = "COURT_DEMANDED",
        "A party has demanded the court; prepare the filing instead.", "当事人已要求向法院起诉，请办理移送立案。";
    /// Given once and complete.
    CorrectionAlreadyAsked = "CORRECTION_ALREADY_ASKED",
        "What is missing is asked for once, with a complete list; that has been done.", "补正要求应一次性告知，此前已经告知过。";
    /// Nothing is missing.
    NotInCorrection = "NOT_IN_CORRECTION",
        "No correction is being waited for.", "该纠纷不在补正阶段。";
    /// Withdrawn, closed, advised, or refused.
    DisputeEnded = "DISPUTE_ENDED",
        "This dispute has ended.", "该纠纷已经结束。";
    /// Nobody in the dispute who could do this has that id.
    UnknownParty = "UNKNOWN_PARTY",
        "No party of this dispute who could do this has that id.", "该纠纷中没有可以进行此项操作的这一当事人。";
    /// Whoever has demanded the court would not be one of the case any more.
    DemandingPartyMissing = "DEMANDING_PARTY_MISSING",
        "A party who has demanded the court is not among these: name it by its party_id, or take the demand back first.",
        "已要求起诉的当事人不在其中：请以其编号（party_id）保留，或者先撤回其要求。";
    /// Others claim something, and have not said that they take it back.
    ClaimantsRemain = "CLAIMANTS_REMAIN",
        "Other claimants have not taken their claims back: name them if they do; who leaves alone becomes a third party (AmendParty).",
        "尚有其他申请人未撤回：一并撤回的请列明；仅一人退出的，请将其变更为第三人。";
    /// A filing has been submitted.
    CourtHasIt = "COURT_HAS_IT",
        "A filing has been submitted to the court: withdraw it there.", "材料已提交法院，请向法院撤回。";
    /// Only what was accepted is closed.
    NotAccepted = "NOT_ACCEPTED",
        "Only an accepted dispute can be closed.", "只有已受理的纠纷可以结案。";
    /// Only what is closed is archived.
    NotClosed = "NOT_CLOSED",
        "Only a closed dispute is archived.", "只有已办结的纠纷可以归档。";
    /// It has not come to an end elsewhere.
    StillOpen = "STILL_OPEN",
        "The case has not come to an end yet.", "该案尚在办理之中，不能结案。";
    /// Only what was filed is linked.
    StillADraft = "STILL_A_DRAFT",
        "A draft is not linked: file it, or merge it with another draft.", "草稿不能关联，请先提交，或者与其他草稿合并。";
    /// Said already, and otherwise.
    LinkedOtherwise = "LINKED_OTHERWISE",
        "Something else was said of these two already.", "这两件纠纷此前已作其他关联。";
    /// A person cannot oversee more.
    TooManyLinks = "TOO_MANY_LINKS",
        "One of the two has as many links as a case may have (100).", "其中一件的关联已达上限（100件）。";
    /// Together they are more than a dispute holds.
    MergedTooLarge = "MERGED_TOO_LARGE",
        "Together the two drafts are more than one dispute may hold.", "两份草稿合并后超过一件纠纷的容量。";
    /// A draft without a story.
    NothingTold = "NOTHING_TOLD",
        "This dispute has no words yet that a suggestion could be corrected for.", "该纠纷尚无事实陈述，无从更正建议。";
}
