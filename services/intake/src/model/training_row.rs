//! What a clerk corrected, kept as a row to learn from: the words without who said them, and what the clerk says they are.
//!
//! A row teaches words, so it has no use for persons: what the dispute knows of its parties is taken out, and so is
//! whatever else looks like a number, an account or an address of the net. Names of others in a story stay, which
//! is why a row is still sealed like the story itself.

use chrono::{DateTime, Utc};
use lexicon::{CaseId, Outcome};
use suggest::{Label, READ_LIMIT};

use super::party::{Party, Sheet};
use super::{Dispute, Event, Refusal};

/// Amounts and dates are shorter; phones, papers, accounts are not.
const LONG_NUMBER: usize = 7;

/// Too short to be taken out of a text without harm.
const SHORT: usize = 2;

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
    /// The case. A row is found by it, and goes with it.
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

/// The subject and the story, as far as they are read, without what the dispute knows of persons.
fn impersonal(sheet: &Sheet) -> String {
    let words = &sheet.words;
    let mut text = if words.subject.is_empty() {
        words.text.clone()
    } else {
        format!("{}\n{}", words.subject, words.text)
    };
    let mut known: Vec<(&str, &str)> = sheet.parties.iter().flat_map(particulars).collect();
    // The longest first, so that no part of one is left.
    known.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
    for (value, instead) in known.into_iter().filter(|(value, _)| value.chars().count() >= SHORT) {
        text = text.replace(value, instead);
    }
    without_long_numbers(&text).chars().take(READ_LIMIT).collect()
}

/// What is known of a party, and what stands instead.
fn particulars(party: &Party) -> impl Iterator<Item = (&str, &str)> {
    let people = party
        .representatives
        .iter()
        .flat_map(|one| [(one.name.as_str(), "某某"), (one.phone.as_str(), "某号")])
        .chain(
            party.guardian.iter().flat_map(|one| [(one.name.as_str(), "某某"), (one.phone.as_str(), "某号")]),
        );
    let paper = party.paper.iter().map(|paper| (paper.number.as_str(), "某号"));
    let own = [
        (party.name.as_str(), "某某"),
        (party.phone.as_str(), "某号"),
        (party.address.as_str(), "某地"),
        (party.service_address.as_str(), "某地"),
    ];
    own.into_iter().chain(people).chain(paper)
}

/// A run of letters, digits and their joiners that has many digits, or an `@`, becomes one word.
fn without_long_numbers(text: &str) -> String {
    let joined = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '-' | '_' | '.' | '+') || wide(c);
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c| joined(c) != joined(first)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        let digits = run.chars().filter(|c| c.is_ascii_digit() || wide(*c)).count();
        let personal = joined(first) && (digits >= LONG_NUMBER || run.contains('@'));
        kept.push_str(if personal { "某号" } else { run });
        rest = after;
    }
    kept
}

/// A full-width digit.
fn wide(c: char) -> bool {
    ('\u{ff10}'..='\u{ff19}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::party::{Guardian, Paper, Representative, Words};
    use crate::model::{Channel, Origin};
    use lexicon::identity::PaperKind;
    use lexicon::{Fen, PartyId};
    use proptest::prelude::*;

    fn sheet(text: &str) -> Sheet {
        let party = Party {
            id: PartyId::from(uuid::Uuid::nil()),
            role: None,
            kind: None,
            name: "欧阳小明".into(),
            paper: Some(Paper { kind: PaperKind::Passport, number: "E1234".into() }),
            phone: "13912345678".into(),
            address: "石岐区民生路1号".into(),
            town: String::new(),
            service_address: String::new(),
            representatives: vec![Representative {
                name: "何律师".into(),
                phone: String::new(),
                scope: None,
                proxy_given: false,
            }],
            guardian: Some(Guardian {
                name: "欧阳大明".into(),
                phone: String::new(),
                relation: String::new(),
            }),
            member_of: String::new(),
            elected_for: String::new(),
        };
        Sheet {
            words: Words { subject: "借款".into(), text: text.into(), claims: String::new() },
            amount: Fen::new(0).unwrap(),
            town: String::new(),
            cause: String::new(),
            parties: vec![party],
        }
    }

    fn draft(text: &str) -> Dispute {
        let case = CaseId::from(uuid::Uuid::from_u128(7));
        let origin = Origin { case, centre: "442000".into(), first_receiver: "window-1".into() };
        Dispute::draft(origin, Channel::Window, sheet(text), DateTime::UNIX_EPOCH)
    }

    #[test]
    fn persons_are_taken_out_and_the_matter_stays() {
        let told = "欧阳小明（住石岐区民生路1号，电话139-1234-5678，微信a_b123@qq.com）借了我50000元，2025年3月还，\
                    证件E1234，账号６２２２０２１２３４５６７，何律师和欧阳大明都知道。";
        let text = impersonal(&sheet(told));
        assert_eq!(
            text,
            "借款\n某某（住某地，电话某号，微信某号）借了我50000元，2025年3月还，\
             证件某号，账号某号，某某和某某都知道。"
        );
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

    proptest! {
        #[test]
        fn nothing_known_of_a_party_is_left(before in "[^0-9a-zA-Z@]{0,20}", after in "[^0-9a-zA-Z@]{0,20}") {
            let told = format!("{before}欧阳小明{after}13912345678{before}E1234{after}");
            let text = impersonal(&sheet(&told));
            for known in ["欧阳小明", "13912345678", "E1234"] {
                prop_assert!(!text.contains(known), "{text}");
            }
        }

        #[test]
        fn what_is_short_and_nobodys_stays(text in "[一-龥]{1,30}[0-9]{1,6}元") {
            prop_assert_eq!(without_long_numbers(&text), text);
        }
    }
}
