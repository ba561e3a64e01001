//! What a clerk corrected, kept as a row to learn from: the words without who said them, and what the clerk says they are.
//!
//! A row teaches words, so it has no use for persons: what the dispute knows of its parties is taken out, and so is
//! whatever else looks like a number, an account or an address of the net ([`impersonal`]). Names of others in a story stay,
//! which is why a row is still sealed like the story itself. Whoever becomes a party later is taken out when the row is
//! read for the operator.

use chrono::{DateTime, Utc};
use lexicon::{CaseId, Outcome};
use suggest::Label;

use super::impersonal::{impersonal, without_persons};
use super::party::Party;
use super::{Dispute, Event, Refusal};

/// What a clerk says it is. One of the two at least is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The category, and others that fit as well; the first is meant most.
    pub labels: Vec<Label>,
    /// The cause's code.
    pub cause: Option<String>,
}

impl Correction {
    /// This one over an `earlier` one of the same words: what it leaves open stays as it was.
    fn over(self, earlier: &Correction) -> Correction {
        Correction {
            labels: if self.labels.is_empty() { earlier.labels.clone() } else { self.labels },
            cause: self.cause.or_else(|| earlier.cause.clone()),
        }
    }
}

/// One case's row.
#[derive(Clone, PartialEq, Eq)]
pub struct TrainingRow {
    /// The case. A row is found by it.
    pub case: CaseId,
    /// Raised by every correction.
    pub version: u64,
    /// What was told, without persons.
    pub text: String,
    /// What it is.
    pub correction: Correction,
    /// When it was last corrected.
    pub at: DateTime<Utc>,
}

impl TrainingRow {
    /// The row as it may be read today: the dispute may know of more people than when it was corrected.
    #[must_use]
    pub fn without(self, parties: &[Party]) -> TrainingRow {
        TrainingRow { text: without_persons(&self.text, parties), ..self }
    }
}

impl Dispute {
    /// The row that `correction` makes of the words as they are now, over the one that there is. No state forbids it, for
    /// a category may turn out wrong at any time, and nobody is told; only where nothing was told there is nothing to learn.
    pub fn taught(
        &self,
        before: Option<TrainingRow>,
        correction: Correction,
        at: DateTime<Utc>,
    ) -> Result<Outcome<TrainingRow, Event>, Refusal> {
        if self.sheet.words.text.is_empty() {
            return Err(Refusal::NothingTold(self.standing()));
        }
        let text = impersonal(&self.sheet);
        let (version, correction) = match before {
            None => (1, correction),
            Some(before) => {
                let correction = correction.over(&before.correction);
                if before.text == text && before.correction == correction {
                    return Ok(Outcome::AlreadySo(before));
                }
                (before.version + 1, correction)
            }
        };
        Ok(Outcome::Changed(TrainingRow { case: self.origin.case, version, text, correction, at }, vec![]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::party::{Sheet, Words};
    use crate::model::{Channel, Origin};

    fn sheet(text: &str) -> Sheet {
        Sheet {
            words: Words { subject: "借款".into(), text: text.into(), claims: String::new() },
            ..Sheet::default()
        }
    }

    fn draft(text: &str) -> Dispute {
        let case = CaseId::from(uuid::Uuid::from_u128(7));
        let origin = Origin { case, centre: "442000".into(), first_receiver: "window-1".into() };
        Dispute::draft(origin, Channel::Window, sheet(text), DateTime::UNIX_EPOCH)
    }

    #[test]
    fn a_later_correction_adds_to_the_earlier_and_the_same_changes_nothing() {
        let told = draft("定做家具");
        let label = Correction { labels: vec![Label::Contract], cause: None };
        let cause = Correction { labels: vec![], cause: Some("119".into()) };
        let teach = |told: &Dispute, before, correction: &Correction| {
            told.taught(before, correction.clone(), DateTime::UNIX_EPOCH).unwrap()
        };
        let first = teach(&told, None, &label).into_noun();
        assert_eq!(first.version, 1);
        let second = teach(&told, Some(first), &cause).into_noun();
        assert_eq!(second.version, 2);
        assert_eq!(
            second.correction,
            Correction { labels: vec![Label::Contract], cause: Some("119".into()) }
        );
        for repeated in [&label, &cause] {
            assert!(!teach(&told, Some(second.clone()), repeated).is_changed());
        }
        assert_eq!(teach(&draft("定做沙发"), Some(second), &label).into_noun().version, 3);
    }

    #[test]
    fn without_a_story_there_is_nothing_to_learn() {
        let correction = Correction { labels: vec![Label::Contract], cause: None };
        let refused = draft("").taught(None, correction, DateTime::UNIX_EPOCH).err().unwrap();
        assert_eq!(lexicon::Refusal::reason(&refused), "NOTHING_TOLD");
    }
}
