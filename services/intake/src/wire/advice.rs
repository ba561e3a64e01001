//! What a person's words point to. A proposal, with the words that decided; nothing is stored.

use contracts::intake::v1 as proto;
use lexicon::Violations;
use lexicon::text::Limits;
use suggest::{Disposition, Model};

use super::field;

/// Reads the words and answers what they point to.
pub fn suggestion(
    model: &Model,
    request: &proto::SuggestCausesRequest,
) -> Result<proto::Suggestion, Violations> {
    let mut violations = Violations::new();
    let text = field::required(&mut violations, "text", &request.text, Limits::long(20_000));
    let subject = field::optional(&mut violations, "subject", &request.subject, Limits::line(200));
    violations.into_result()?;
    let found = model.suggest(&text, Some(subject.as_str()).filter(|subject| !subject.is_empty()));
    let disposition = match found.disposition {
        Disposition::Mediable => proto::Disposition::Mediable,
        Disposition::NotForAMediator => proto::Disposition::NotForAMediator,
        Disposition::AskBack => proto::Disposition::AskBack,
    };
    Ok(proto::Suggestion {
        disposition: disposition.into(),
        categories: found
            .categories
            .into_iter()
            .map(|one| proto::RankedCategory {
                label: one.label.code().to_owned(),
                confidence: one.confidence,
                words: one.words,
            })
            .collect(),
        causes: found
            .causes
            .into_iter()
            .map(|one| proto::RankedCause {
                code: one.code.to_owned(),
                name: one.name.to_owned(),
                confidence: one.confidence,
                words: one.words,
            })
            .collect(),
        question: found.question.map(|question| question.zh.to_owned()).unwrap_or_default(),
        refuse_ground: found.redirect.map(|redirect| redirect.ground.to_owned()).unwrap_or_default(),
        redirect: found.redirect.map(|redirect| redirect.zh.to_owned()).unwrap_or_default(),
        question_en: found.question.map(|question| question.en.to_owned()).unwrap_or_default(),
        redirect_en: found.redirect.map(|redirect| redirect.en.to_owned()).unwrap_or_default(),
    })
}
