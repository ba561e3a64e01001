//! From the words of a person to categories and causes.
//!
//! A clerk, a hotline or a web form hands over what a person said; this crate answers which of the 17 categories
//! and which causes of action (案由) it sounds like, and whether a mediator should have it at all. More than a third of what
//! people bring is no mediator's matter, or not yet: crime goes to the police, acts of authorities to the
//! department or the petition office, and where too little was said the person is asked one useful question.
//!
//! A [`Model`] answers: a linear model over characters and their neighbours, and beside it a list of weighted words
//! (`data/words.csv`, `data/cause_words.csv`). [`suggest`] uses the shipped one (`data/shipped.model`; `data/MODEL_CARD.md` says what
//! it was made of); [`train`] makes another from rows. Nothing here decides: a clerk confirms, and may choose
//! otherwise with a reason. The same text always gets the same answer; there is no clock, no network and no chance in it.

mod answer;
mod calibration;
mod fold;
mod grams;
mod head;
mod judge;
mod knowledge;
mod label;
mod model;
mod model_file;
mod rank;
mod ridge;
mod row;
mod train;
mod word_list;

pub use answer::{Destination, Disposition, Question, Ranked, RankedCause, Redirect, Suggestion};
pub use fold::fold;
pub use label::{Label, UnknownLabel};
pub use model::Model;
pub use model_file::NoModel;
pub use row::Row;
pub use train::{STEPS, train};

/// How many characters of a text are read: a dispute is told in its first pages, and the work stays bounded.
pub const READ_LIMIT: usize = 4_000;

/// How many characters of a subject are read.
pub const SUBJECT_LIMIT: usize = 200;

/// What the words of `text` (and of `subject`, if there is one) speak for, by the shipped model.
///
/// Only the first [`READ_LIMIT`] characters of the text are read. Categories and causes come best first, at most five of each;
/// categories are never empty.
pub fn suggest(text: &str, subject: Option<&str>) -> Suggestion {
    Model::shipped().suggest(text, subject)
}
