//! What `suggest` answers: the disposition, the ranked categories and causes, and what to say to the person.

use crate::Label;

/// What should happen with what was said. A proposal; a clerk decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Disposition {
    /// A dispute between parties that a mediator can take.
    Mediable,
    /// Another authority's matter: see [`Suggestion::redirect`].
    NotForAMediator,
    /// Too little, or not clear whose matter it is: put [`Suggestion::question`] to the person.
    AskBack,
}

/// A category with the words that spoke for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// The category.
    pub label: Label,
    /// Between 0 and 1, over all categories: how likely a fair reader accepts it (`data/MODEL_CARD.md` has the reliability).
    pub confidence: f64,
    /// As they stand in the text (or the subject), in the order found.
    pub words: Vec<String>,
}

/// A cause of action with the words that spoke for it.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedCause {
    /// The code of the 2026 revision, for instance `108.3`.
    pub code: &'static str,
    /// Its official name.
    pub name: &'static str,
    /// Between 0 and 1, over all causes.
    pub confidence: f64,
    /// As they stand in the text (or the subject), in the order found.
    pub words: Vec<String>,
}

/// A question to put to the person, in both languages.
#[derive(Debug, PartialEq, Eq)]
pub struct Question {
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

/// Who has the matter when no mediator does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Destination {
    /// 公安机关
    Police,
    /// The authority that acted, or the one above it: 主管部门, 行政复议.
    Department,
    /// 信访部门
    PetitionOffice,
}

/// Where to send the person, under which ground of refusal, and how to say so.
#[derive(Debug, PartialEq, Eq)]
pub struct Redirect {
    /// Who has the matter.
    pub to: Destination,
    /// The ground of refusal: `R01`, `R06` or `R13`.
    pub ground: &'static str,
    /// What to tell the person, in Chinese.
    pub zh: &'static str,
    /// What to tell the person, in English.
    pub en: &'static str,
}

/// The whole answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// What should happen.
    pub disposition: Disposition,
    /// Best first, one to five.
    pub categories: Vec<Ranked>,
    /// Best first, none to five. Given for every disposition: the clerk may see it otherwise.
    pub causes: Vec<RankedCause>,
    /// With [`Disposition::AskBack`] only.
    pub question: Option<&'static Question>,
    /// With [`Disposition::NotForAMediator`] only.
    pub redirect: Option<&'static Redirect>,
}
