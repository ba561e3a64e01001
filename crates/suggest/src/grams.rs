//! A text as a weighted bag of characters and pairs of neighbouring characters (TF-IDF).
//!
//! Chinese needs no word breaker for this: two characters are most of a word, and a person's own spelling and
//! half-finished words still match.

use std::collections::{BTreeMap, HashMap, HashSet};

/// One character, or two neighbours; the second is `\0` for one alone.
pub type Gram = [char; 2];

/// Features with their weights, by rising number, of length 1 unless empty.
pub type Vector = Vec<(u32, f32)>;

/// The grams of a folded text with the place of their first character. None reaches over a line end or into a Latin
/// word: two Latin letters say nothing, whole words are the word list's matter.
pub fn grams(folded: &[char]) -> impl Iterator<Item = (Gram, usize)> + '_ {
    let said = |c: char| c != '\n' && c != '\0' && !c.is_ascii_alphabetic();
    folded.iter().enumerate().filter(move |(_, c)| said(**c)).flat_map(move |(at, first)| {
        let pair = folded.get(at + 1).copied().filter(|c| said(*c));
        std::iter::once(([*first, '\0'], at)).chain(pair.map(|second| ([*first, second], at)))
    })
}

/// In how many of `texts` each gram stands.
fn texts_with<'a>(texts: impl IntoIterator<Item = &'a Vec<char>>) -> BTreeMap<Gram, u32> {
    let mut counts = BTreeMap::new();
    for text in texts {
        let distinct: HashSet<Gram> = grams(text).map(|(gram, _)| gram).collect();
        for gram in distinct {
            *counts.entry(gram).or_default() += 1;
        }
    }
    counts
}

/// The grams a model knows, numbered, each with its rarity (smoothed inverse document frequency).
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    numbers: HashMap<Gram, u32>,
    rarity: Vec<f32>,
}

impl Vocabulary {
    /// Numbers the grams of `texts` in their own order, so that the same texts give the same numbers.
    #[expect(clippy::cast_precision_loss, reason = "counts of some thousand texts")]
    pub fn of(texts: &[Vec<char>]) -> Vocabulary {
        let counts = texts_with(texts);
        let all = texts.len() as f32;
        Vocabulary::restored(
            counts.into_iter().map(|(gram, n)| (gram, ((1.0 + all) / (1.0 + n as f32)).ln() + 1.0)),
        )
    }

    /// Without the grams that stand in one of the `private` texts only and in none of the `public`: two characters may be a name, and a
    /// model is read by more people than its rows. Texts of the same words are one.
    #[must_use]
    pub fn without_the_rare<'a>(
        self,
        private: &[Vec<char>],
        public: impl Iterator<Item = &'a Vec<char>>,
    ) -> Vocabulary {
        let private = texts_with(private.iter().collect::<HashSet<_>>());
        let public = texts_with(public);
        let kept = |gram: &Gram| public.contains_key(gram) || private.get(gram).is_some_and(|n| *n > 1);
        Vocabulary::restored(self.entries().into_iter().filter(|(gram, _)| kept(gram)))
    }

    /// From grams in their order, each with its rarity.
    pub fn restored(entries: impl Iterator<Item = (Gram, f32)>) -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        for (gram, rarity) in entries {
            vocabulary.numbers.insert(gram, vocabulary.rarity.len() as u32);
            vocabulary.rarity.push(rarity);
        }
        vocabulary
    }

    /// Every gram with its rarity, by number.
    pub fn entries(&self) -> Vec<(Gram, f32)> {
        let mut entries = vec![(['\0'; 2], 0.0); self.rarity.len()];
        for (gram, number) in &self.numbers {
            entries[*number as usize] = (*gram, self.rarity[*number as usize]);
        }
        entries
    }

    /// How many grams there are.
    pub fn len(&self) -> usize {
        self.rarity.len()
    }

    /// The gram's number, if the model knows it.
    pub fn number(&self, gram: Gram) -> Option<u32> {
        self.numbers.get(&gram).copied()
    }

    /// A folded text as features: `(1 + ln count) · rarity`, brought to length 1.
    #[expect(clippy::cast_precision_loss, reason = "a text has at most some thousand grams")]
    pub fn vector(&self, folded: &[char]) -> Vector {
        let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
        for number in grams(folded).filter_map(|(gram, _)| self.number(gram)) {
            *counts.entry(number).or_default() += 1;
        }
        let mut vector: Vector = counts
            .into_iter()
            .map(|(number, n)| (number, (1.0 + (n as f32).ln()) * self.rarity[number as usize]))
            .collect();
        let length = vector.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
        for (_, value) in &mut vector {
            *value /= length;
        }
        vector
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn characters(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn characters_and_neighbours_and_none_over_a_line_end() {
        let text = characters("离婚\n房ok");
        let found: Vec<(Gram, usize)> = grams(&text).collect();
        assert_eq!(found, [(['离', '\0'], 0), (['离', '婚'], 0), (['婚', '\0'], 1), (['房', '\0'], 3)]);
    }

    #[test]
    fn what_only_one_private_text_says_is_not_kept() {
        let text = characters("欧阳欠款");
        let (private, public) = ([text.clone(), text, characters("欠钱")], [characters("还款")]);
        let counted: Vec<Vec<char>> = private.iter().chain(&public).cloned().collect();
        let kept = Vocabulary::of(&counted).without_the_rare(&private, public.iter());
        let known: Vec<Gram> = kept.entries().into_iter().map(|(gram, _)| gram).collect();
        assert_eq!(known, [['欠', '\0'], ['款', '\0'], ['还', '\0'], ['还', '款']]);
    }

    #[test]
    fn a_vector_has_length_one_and_rare_grams_weigh_more() {
        let texts = [characters("的离"), characters("的婚"), characters("的")];
        let vocabulary = Vocabulary::of(&texts);
        let vector = vocabulary.vector(&texts[0]);
        assert!((vector.iter().map(|(_, v)| v * v).sum::<f32>() - 1.0).abs() < 1e-6);
        let of = |c| vector.iter().find(|(n, _)| Some(*n) == vocabulary.number([c, '\0'])).unwrap().1;
        assert!(of('离') > of('的'));
        assert!(vocabulary.vector(&characters("甲乙")).is_empty());
    }
}
