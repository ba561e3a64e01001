//! Whether a mediator should have the matter, another authority, or whether to ask first.

use crate::answer::{Destination, Disposition, Question, Redirect};
use crate::rank::Scored;
use crate::word_list::Reading;
use crate::{Label, word_list::WordList};

/// Less than this many letters or ideographs cannot tell a dispute.
const FEWEST: usize = 5;

/// How likely crime and authorities' acts together must be against all that a mediator can take, before a person is
/// sent away. Sending a mediable dispute away costs more than one question: of 0.87, 0.9, 0.91, 0.93, the first that sends
/// clearly fewer than three in a hundred away wrongly.
const SENT_AWAY: f64 = 0.91;

/// From here on a matter that looks mediable is asked about all the same: of 0.3, 0.4, 1.
const DOUBTFUL: f64 = 0.3;

/// Below this the first guess is no answer, and the person is asked.
const TOO_UNSURE: f64 = 0.2;

/// Words of a complaint to or about the authorities' conduct, which petition offices hear.
const PETITION: [&str; 9] =
    ["信访", "信访局", "上访", "举报", "不作为", "纪委", "巡视组", "监察委", "投诉领导"];

static TOO_LITTLE: Question = Question {
    zh: "请再说得具体一些：您和谁发生了纠纷？什么时候、在哪里发生了什么事？您希望对方怎么做？",
    en: "Please tell us more: who is the dispute with, what happened, when and where, and what do you want the other side to do?",
};
static PROCEDURE: Question = Question {
    zh: "这件事是否已经起诉、判决或正在执行？如果还没有，请说明您与对方之间是什么纠纷；如果已经有案号，请提供案号。",
    en: "Is this already before a court, decided, or being enforced? If not, what is the dispute between you and the other side? If so, please give the case number.",
};
static POLICE_OR_US: Question = Question {
    zh: "您是否已经报警，公安机关是否立案？除此之外，您与对方之间还有没有想协商解决的赔偿或还款问题？",
    en: "Have you reported this to the police, and have they opened a case? Apart from that, is there compensation or repayment you want to settle with the other side?",
};
static AUTHORITY_OR_US: Question = Question {
    zh: "您是对行政机关的决定（如罚款、登记、审批）不满，还是与某个人或单位之间有民事纠纷？对方是谁？",
    en: "Is this about a decision of an authority (a fine, a registration, a permit), or a civil dispute with a person or an organisation? Who is the other side?",
};

static POLICE: Redirect = Redirect {
    to: Destination::Police,
    ground: "R06",
    zh: "您说的情况可能涉及违法犯罪，应由公安机关处理，不适合调解。请拨打110或到就近派出所报案，并保留聊天、转账等记录。",
    en: "What you describe may be a crime. It is for the police, not for mediation: call 110 or go to the nearest police station, and keep messages and payment records.",
};
static DEPARTMENT: Redirect = Redirect {
    to: Destination::Department,
    ground: "R01",
    zh: "这属于行政机关的事项，不是民事纠纷。请向作出决定或主管的部门咨询；对决定不服的，可以在法定期限内申请行政复议或提起行政诉讼。",
    en: "This is a matter of an authority, not a civil dispute. Ask the department in charge; a decision can be challenged by administrative reconsideration or suit within the legal period.",
};
static PETITION_OFFICE: Redirect = Redirect {
    to: Destination::PetitionOffice,
    ground: "R13",
    zh: "检举、控告或对机关工作的意见，由信访等部门受理，不属于调解范围。请向当地信访部门提出，网上也可以提交。",
    en: "Accusations, and complaints about how an authority works, are heard by the petition office and not mediated. You can file with the local petition office, also online.",
};

/// The disposition with what goes with it.
pub struct Verdict {
    pub disposition: Disposition,
    pub question: Option<&'static Question>,
    pub redirect: Option<&'static Redirect>,
}

fn ask(question: &'static Question) -> Verdict {
    Verdict { disposition: Disposition::AskBack, question: Some(question), redirect: None }
}

fn send(redirect: &'static Redirect) -> Verdict {
    Verdict { disposition: Disposition::NotForAMediator, question: None, redirect: Some(redirect) }
}

/// `scored` is all categories, best first.
pub fn judge(reading: &Reading, scored: &[Scored]) -> Verdict {
    let Some(best) = scored.first() else { return ask(&TOO_LITTLE) };
    if reading.said < FEWEST || best.confidence < TOO_UNSURE || best.words.is_empty() {
        return ask(&TOO_LITTLE);
    }
    let sum = |of: fn(Label) -> bool| -> f64 {
        scored.iter().filter(|one| of(one.label)).map(|one| one.confidence).sum()
    };
    let elsewhere = sum(|label| matches!(label, Label::CriminalFraud | Label::Administrative));
    let share = elsewhere / (elsewhere + sum(Label::mediable));
    let clear = share >= SENT_AWAY;
    match best.label {
        Label::CriminalFraud | Label::Administrative if !clear => ask(whose(scored)),
        Label::CriminalFraud => send(&POLICE),
        Label::Administrative if petitions(reading) => send(&PETITION_OFFICE),
        Label::Administrative => send(&DEPARTMENT),
        // Words of procedure, or nothing that tells more.
        Label::OtherUnclear if spoken_for(reading, Label::OtherUnclear) => ask(&PROCEDURE),
        Label::OtherUnclear => ask(&TOO_LITTLE),
        _ if share >= DOUBTFUL => ask(whose(scored)),
        _ => Verdict { disposition: Disposition::Mediable, question: None, redirect: None },
    }
}

/// Whether it is the police's or an authority's, if it is not ours: the likelier one is asked about.
fn whose(scored: &[Scored]) -> &'static Question {
    let mut labels = scored.iter().map(|one| one.label);
    match labels.find(|label| matches!(label, Label::CriminalFraud | Label::Administrative)) {
        Some(Label::CriminalFraud) => &POLICE_OR_US,
        _ => &AUTHORITY_OR_US,
    }
}

fn petitions(reading: &Reading) -> bool {
    reading.find(WordList::categories()).iter().any(|found| PETITION.contains(&found.folded.as_str()))
}

/// Whether words of weight spoke for `label`, not only courtesies.
fn spoken_for(reading: &Reading, label: Label) -> bool {
    let found = reading.find(WordList::categories());
    found.iter().flat_map(|f| f.votes).any(|(key, weight)| *key == label.code() && *weight > 1.0)
}
