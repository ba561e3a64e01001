//! What the law does not allow, each with a reason code of its own, the article that says so, and what to do.

use crate::period::Period;
use chrono::NaiveDate;
use lexicon::Refusal;

/// Fields named `article` carry the row's own citation; elsewhere the article is the rule's.
macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* } $reason:literal, $article:expr,
       [$($english:tt)+], [$($chinese:tt)+];)+) => {
        /// A rule that stood in the way.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Unlawful { $($(#[$doc])* $name { $(#[doc = concat!("The ", stringify!($field), ".")] $field: $type),* },)+ }

        #[expect(unused_variables, reason = "not every sentence and article needs every field")]
        impl Unlawful {
            /// The article that says so, as a citation of `sources.csv`.
            pub fn article(&self) -> &str {
                match self { $(Self::$name { $($field),* } => $article,)+ }
            }

            /// Every reason code, for tables and tests.
            pub const REASONS: &'static [&'static str] = &[$($reason),+];
        }

        #[expect(unused_variables, reason = "not every sentence needs every field")]
        impl Refusal for Unlawful {
            fn reason(&self) -> &'static str {
                match self { $(Self::$name { .. } => $reason,)+ }
            }

            fn english(&self) -> String {
                match self { $(Self::$name { $($field),* } => format!($($english)+),)+ }
            }

            fn chinese(&self) -> String {
                match self { $(Self::$name { $($field),* } => format!($($chinese)+),)+ }
            }

            fn facts(&self) -> Vec<(&'static str, String)> {
                let mut facts: Vec<(&'static str, String)> = match self {
                    $(Self::$name { $($field),* } => vec![$((stringify!($field), $field.to_string())),*],)+
                };
                if !facts.iter().any(|(name, _)| *name == "article") {
                    facts.push(("article", self.article().to_owned()));
                }
                facts
            }
        }
    };
}

const OURS: &str = "D1";
const CONSENT: &str = "L4 art. 27; L5 art. 24; P1 item 3";

rules! {
    /// No track has this code.
    UnknownTrack {} "UNKNOWN_TRACK", OURS,
        ["No track has this code; choose one of the thirteen."], ["没有该调解途径代码，请从十三种途径中选择。"];
    /// No regime has this code.
    UnknownRegime {} "UNKNOWN_REGIME", OURS,
        ["No regime has this code; `supermarket law` lists them."], ["没有该规则版本代码，可用 supermarket law 查看。"];
    /// No clock has this id.
    UnknownClock {} "UNKNOWN_CLOCK", OURS,
        ["No clock has this id; `supermarket law` lists them."], ["没有该期限代码，可用 supermarket law 查看。"];
    /// No court has this id.
    UnknownCourt {} "UNKNOWN_COURT", OURS,
        ["No court of the directory has this id."], ["法院名录中没有该代码。"];
    /// No cause has this code.
    UnknownCause {} "UNKNOWN_CAUSE", "P33",
        ["No cause of action has this code."], ["没有该案由代码。"];
    /// The book has codes of the present revision only.
    CauseTableMissing { on: NaiveDate } "CAUSE_TABLE_MISSING", "P33",
        ["The rule book has no table of the causes of action in force on {on}."], ["规则库没有{on}施行的案由表。"];
    /// The day lies before the book begins.
    OutsideEveryRegime { on: NaiveDate } "OUTSIDE_EVERY_REGIME", OURS,
        ["The rule book begins on 2016-01-01 and has no law for {on}."], ["规则库自2016-01-01起，没有{on}的规则。"];
    /// The book has no row for the track on this day.
    TrackOutsideTheBook { track: String, on: NaiveDate } "TRACK_OUTSIDE_THE_BOOK", OURS,
        ["The rule book has no rules for track {track} on {on}; choose another track."],
        ["规则库没有途径{track}在{on}的规则，请选择其他途径。"];
    /// The track takes no new case.
    TrackClosed { track: String, on: NaiveDate } "TRACK_CLOSED", "P1; P2",
        ["Track {track} takes no new case on {on}; register the suit first, or choose another track."],
        ["途径{track}在{on}不再接收新案，请先登记立案或选择其他途径。"];
    /// No court has commissioned the mediation.
    NotCommissioned {} "NOT_COMMISSIONED", "P1 items 2-3; L4 art. 20",
        ["This track takes what a court has commissioned after filing; choose another track, or let the court commission it."],
        ["该途径只接收法院立案后委托的案件，请选择其他途径，或由法院委托。"];
    /// No court has registered the suit.
    SuitNotRegistered { track: String } "SUIT_NOT_REGISTERED", "P1 item 2; L8 art. 4",
        ["Track {track} takes a suit that a court has registered; give the court and its case number, or choose another track."],
        ["途径{track}只接收法院已登记立案的案件，请填写法院和案号，或选择其他途径。"];
    /// Another event fixes the regime on this track.
    NotThePinningEvent { track: String, event: String } "NOT_THE_PINNING_EVENT", OURS,
        ["On track {track} the regime is fixed by the event {event}."],
        ["途径{track}以事件{event}之日确定适用的规则。"];
    /// The clock did not run on this day.
    ClockNotInForce { clock: String, on: NaiveDate } "CLOCK_NOT_IN_FORCE", OURS,
        ["Clock {clock} was not in force on {on}."], ["期限{clock}在{on}尚未施行或已失效。"];
    /// The law leaves the length to a body, and no edition gives one.
    LengthNotFixed { clock: String, article: String } "LENGTH_NOT_FIXED", article,
        ["The length of {clock} is left to the body; set it in an edition first."],
        ["{clock}的长度由有关组织自定，请先在版本中设定。"];
    /// The parties agree the period of this track; there is no clock to start.
    PeriodIsAgreed { track: String } "PERIOD_IS_AGREED", "P32",
        ["On track {track} the parties agree the period; record what they agreed."],
        ["途径{track}的期限由当事人约定，请登记约定的期限。"];
    /// The clock does not begin with this event.
    NotAStartEvent { clock: String, article: String } "NOT_A_START_EVENT", article,
        ["{clock} does not begin with this event."], ["{clock}不从该事件起算。"];
    /// This clock cannot be extended.
    NotExtendable { clock: String, article: String } "NOT_EXTENDABLE", article,
        ["{clock} cannot be extended."], ["{clock}不得延长。"];
    /// Not everybody has consented.
    ExtensionWithoutConsent { missing: usize } "EXTENSION_WITHOUT_CONSENT", CONSENT,
        ["An extension needs the consent of all parties; {missing} missing."],
        ["延长期限须各方当事人同意，尚缺{missing}方。"];
    /// A consent was given by somebody who is no party.
    ConsentOfAStranger {} "CONSENT_OF_A_STRANGER", CONSENT,
        ["A consent was given by somebody who is no party."], ["有同意人不是本案当事人。"];
    /// The organ's approval is needed, not the parties' consent, or the other way round.
    WrongHandExtends { clock: String, article: String } "WRONG_HAND_EXTENDS", article,
        ["{clock} is extended by another hand: see its rule for consent or approval."],
        ["{clock}的延长方式不符，请核对应由当事人同意还是由机关批准。"];
    /// Longer than the cap, together with what was granted before.
    ExtensionOverTheCap { cap: Period, article: String } "EXTENSION_OVER_THE_CAP", article,
        ["Extensions may not exceed {} together.", cap.english()], ["延长合计不得超过{}。", cap.chinese()];
    /// A capped extension is counted in the unit of its cap, any other in days, working days, months or years.
    ExtensionInAnotherUnit { unit: String, article: String } "EXTENSION_IN_ANOTHER_UNIT", article,
        ["Give the extension in {unit}."], ["请以{unit}为单位登记延长。"];
    /// The period had ended before everybody agreed.
    ExtensionAfterTheEnd { due: NaiveDate } "EXTENSION_AFTER_THE_END", "L4 art. 27; L5 art. 24",
        ["The period ended with {due}; an extension must be agreed before its end."],
        ["期限已于{due}届满，延长须在届满前同意。"];
    /// This clock does not stand still for that reason.
    StopNotAllowed { clock: String, article: String } "STOP_NOT_ALLOWED", article,
        ["{clock} does not stand still for this reason."], ["{clock}不因该事由停止计算。"];
    /// It stands still already.
    AlreadyStopped {} "ALREADY_STOPPED", "L5 art. 26",
        ["The period stands still already."], ["期限已在停止计算中。"];
    /// It is not standing still.
    NotStopped {} "NOT_STOPPED", "L5 art. 26",
        ["The period is not standing still."], ["期限并未停止计算。"];
    /// Earlier than what was entered before.
    OutOfOrder {} "OUT_OF_ORDER", OURS,
        ["This lies before what was entered last; enter events in their order."],
        ["早于上一条记录，请按发生顺序登记。"];
    /// A case is moved only with a reason.
    ReasonMissing {} "REASON_MISSING", OURS,
        ["Say why the case is moved."], ["请写明变更理由。"];
    /// Matters of this kind cannot be mediated.
    NotMediable { matter: String, article: String } "NOT_MEDIABLE", article,
        ["This matter cannot be mediated ({matter})."], ["该类事项不得调解（{matter}）。"];
    /// Agreements on matters of this kind cannot be confirmed.
    NotConfirmable { matter: String, article: String } "NOT_CONFIRMABLE", article,
        ["An agreement on this matter cannot be confirmed by a court ({matter})."],
        ["该类事项的调解协议不得申请司法确认（{matter}）。"];
    /// Agreements of this track could not be confirmed on this day.
    TrackNotConfirmable { track: String, on: NaiveDate } "TRACK_NOT_CONFIRMABLE",
        "L1 art. 205; L3 art. 33; L2 art. 351, 352",
        ["An agreement of track {track} could not be confirmed by a court on {on}."],
        ["途径{track}的调解协议在{on}不得申请司法确认。"];
}
