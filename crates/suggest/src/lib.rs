//! From the words of a person to categories and causes.
//!
//! A clerk, a hotline or a web form hands over what a person said; this crate answers which of the 17 categories
//! and which causes of action (案由) it sounds like, and whether a mediator should have it at all. More than a third of what
//! people bring is no mediator's matter, or not yet: crime goes to the police, acts of authorities to the
//! department or the petition office, and where too little was said the person is asked one useful question.
//!
//! This first version is a weighted word list (`data/words.csv`, `data/cause_words.csv`): a score is the sum of the
//! weights of the distinct words found, so every answer can be explained by the words it returns. Nothing here
//! decides: a clerk confirms, and may choose otherwise with a reason. The same text always gets the same answer;
//! there is no clock, no network and no chance in it. A trained model may take the word list's place behind [`suggest`].

mod answer;
mod fold;
mod judge;
mod label;
mod rank;
mod word_list;

pub use answer::{Destination, Disposition, Question, Ranked, RankedCause, Redirect, Suggestion};
pub use label::{Label, UnknownLabel};

use word_list::Reading;

/// How many characters of a text are read: a dispute is told in its first pages, and the work stays bounded.
pub const READ_LIMIT: usize = 4_000;

/// How many characters of a subject are read.
pub const SUBJECT_LIMIT: usize = 200;

/// What the words of `text` (and of `subject`, if there is one) speak for.
///
/// Only the first [`READ_LIMIT`] characters of the text are read. Categories and causes come best first, at most five of each;
/// categories are never empty (where nothing was recognised, [`Label::OtherUnclear`] stands alone).
pub fn suggest(text: &str, subject: Option<&str>) -> Suggestion {
    let reading = Reading::of(subject.unwrap_or_default(), text);
    let categories = rank::categories(&reading);
    let causes = rank::causes(&reading);
    let verdict = judge::judge(&reading, &categories);
    Suggestion {
        disposition: verdict.disposition,
        question: verdict.question,
        redirect: verdict.redirect,
        categories: rank::shown(&categories),
        causes,
    }
}
