//! The model as it answers: two trained heads, and beside each the word list.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use crate::grams::Vector;
use crate::head::{Head, shares};
use crate::rank::{Scored, ScoredCause};
use crate::word_list::{Found, Reading, WordList};
use crate::{Label, Suggestion, judge, rank};

static SHIPPED: LazyLock<Model> = LazyLock::new(|| {
    Model::decode(include_bytes!("../data/shipped.model"))
        .unwrap_or_else(|error| panic!("data/shipped.model: {error}"))
});

/// What was learnt, ready to answer.
#[derive(Debug, Clone)]
pub struct Model {
    /// What it was made of, in words.
    pub card: String,
    /// One class per [`Label`], in their order.
    pub(crate) categories: Head,
    /// One class per cause code.
    pub(crate) causes: Head,
    /// What one point of the category list's weight adds to a score.
    pub(crate) word_weight: f32,
    /// For each cause the place of the one above it.
    above: Vec<Option<usize>>,
}

impl Model {
    /// Of 0.02, 0.05, 0.1, 0.2, on 260 posts that neither the list's authors nor the training had labels of.
    pub(crate) const WORD_WEIGHT: f32 = 0.1;
    /// The same for causes.
    const CAUSE_WORD_WEIGHT: f32 = 0.04;
    /// A longer text than this is a court's or a lawyer's, and holds a word of nearly every cause: the list falls silent with the
    /// fourth power of its length.
    const PLAIN_WORDS: f32 = 200.0;
    /// What the terms of a cause's usual facts add: of 0, 0.03, 0.05, 0.08, 0.1.
    const TERM_WEIGHT: f32 = 0.05;
    /// What a cause has of the best one below it: of 0, 0.2, 0.3.
    const PARENT: f32 = 0.2;
    /// By how much a cause must rise above what it has without a word, if no single word stands out.
    const SAID: f32 = 0.03;

    /// A model of two heads.
    pub(crate) fn new(card: String, categories: Head, causes: Head, word_weight: f32) -> Model {
        let above = above(&causes.classes);
        Model { card, categories, causes, word_weight, above }
    }

    /// The one that is compiled in, read once.
    pub fn shipped() -> &'static Model {
        &SHIPPED
    }

    /// The trained part of the categories alone: what it does without the word list, for measuring.
    #[must_use]
    pub fn without_word_list(&self) -> Model {
        Model { word_weight: 0.0, ..self.clone() }
    }

    /// What the words of `text` (and of `subject`, if there is one) speak for.
    pub fn suggest(&self, text: &str, subject: Option<&str>) -> Suggestion {
        let reading = Reading::of(subject.unwrap_or_default(), text);
        let categories = self.categories(&reading);
        let causes = self.causes(&reading);
        let verdict = judge::judge(&reading, &categories);
        Suggestion {
            disposition: verdict.disposition,
            question: verdict.question,
            redirect: verdict.redirect,
            categories: rank::shown(categories),
            causes: rank::shown_causes(causes),
        }
    }

    /// All 17 categories, best first.
    pub(crate) fn categories(&self, reading: &Reading) -> Vec<Scored> {
        let vector = self.categories.vocabulary.vector(&reading.folded);
        let mut scores = self.categories.scores(&vector);
        let found = reading.find(WordList::categories());
        let votes = rank::votes(&found, 0.5);
        for (label, score) in Label::ALL.iter().zip(&mut scores) {
            *score += self.word_weight * votes.get(label.code()).copied().unwrap_or_default();
        }
        let confidences = shares(&scores, self.categories.sharpness, self.categories.doubt);
        let mut ranked: Vec<Scored> = Label::ALL
            .iter()
            .enumerate()
            .map(|(class, label)| Scored {
                label: *label,
                confidence: confidences[class],
                words: rank::said_for(label.code(), &found),
            })
            .collect();
        ranked.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        for one in ranked.iter_mut().take(rank::SHOWN) {
            let class = Label::ALL.iter().position(|label| *label == one.label).unwrap_or_default();
            rank::add_words(&mut one.words, self.categories.reasons(reading, &vector, class, 3));
        }
        ranked
    }

    /// The grams that it knows.
    #[cfg(test)]
    pub(crate) fn grams(&self) -> Vec<crate::grams::Gram> {
        let heads = [&self.categories, &self.causes];
        heads.into_iter().flat_map(|head| head.vocabulary.entries()).map(|(gram, _)| gram).collect()
    }

    /// The score of every cause, with all that is known beside the trained part.
    pub(crate) fn cause_scores(&self, reading: &Reading, vector: &Vector, found: &[Found]) -> Vec<f32> {
        let mut scores = self.causes.scores(vector);
        let votes = rank::votes(found, 3.0);
        #[expect(clippy::cast_precision_loss, reason = "at most some thousand characters")]
        let plain = (Self::PLAIN_WORDS / reading.said.max(1) as f32).min(1.0).powi(4);
        let named = reading.find(WordList::terms());
        let facts = rank::votes(&named, 0.0);
        for (code, score) in self.causes.classes.iter().zip(&mut scores) {
            let of = |votes: &BTreeMap<&str, f32>| votes.get(code.as_str()).copied().unwrap_or_default();
            *score += Self::CAUSE_WORD_WEIGHT * plain * of(&votes) + Self::TERM_WEIGHT * of(&facts);
        }
        self.raise_parents(&mut scores);
        scores
    }

    fn causes(&self, reading: &Reading) -> Vec<ScoredCause> {
        let vector = self.causes.vocabulary.vector(&reading.folded);
        let found = reading.find(WordList::causes());
        let scores = self.cause_scores(reading, &vector, &found);
        let confidences = shares(&scores, self.causes.sharpness, self.causes.doubt);
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
        let best = order.into_iter().take(rank::SHOWN);
        best.filter_map(|class| {
            let cause = rulebook::causes::by_code(&self.causes.classes[class])?;
            let mut words = rank::said_for(&cause.code, &found);
            rank::add_words(&mut words, self.causes.reasons(reading, &vector, class, 3));
            // A cause for which nothing was said is no suggestion.
            let said = !words.is_empty() || scores[class] - self.causes.base[class] > Self::SAID;
            said.then(|| ScoredCause { cause, confidence: confidences[class], words })
        })
        .collect()
    }

    /// A cause that has more exact ones below it profits from the likeliest of them: courts often go up a level.
    fn raise_parents(&self, scores: &mut [f32]) {
        let mut raised = vec![0.0_f32; scores.len()];
        for (above, score) in self.above.iter().zip(scores.iter()) {
            if let Some(above) = above {
                raised[*above] = raised[*above].max(*score);
            }
        }
        for (score, raised) in scores.iter_mut().zip(raised) {
            *score += Self::PARENT * raised;
        }
    }
}

/// For each cause of `codes` the place of the one above it, if that is among them.
fn above(codes: &[String]) -> Vec<Option<usize>> {
    let places: HashMap<&str, usize> =
        codes.iter().enumerate().map(|(class, code)| (code.as_str(), class)).collect();
    let parent = |code: &String| rulebook::causes::by_code(code).map(|cause| cause.parent.as_str());
    codes.iter().map(|code| parent(code).and_then(|parent| places.get(parent).copied())).collect()
}
