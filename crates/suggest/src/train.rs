//! From rows to a [`Model`]. The same rows give the same model, byte for byte.

use std::collections::BTreeMap;

use rulebook::causes::{self, Cause};

use crate::Label;
use crate::calibration::{Unseen, sharpness_and_doubt};
use crate::grams::{Vector, Vocabulary};
use crate::head::Head;
use crate::knowledge;
use crate::model::Model;
use crate::ridge::Problem;
use crate::row::Row;
use crate::word_list::Reading;

// Chosen by 4-fold cross-validation on the developers' rows, from the few values named.

/// Of 0.15, 0.3, 0.6, 1.2.
const CATEGORY_PENALTY: f32 = 0.15;
/// How much an invented sentence counts against a real row: of 0.3, 0.6, 1.
const SENTENCE_WEIGHT: f32 = 0.6;
/// What the first label has of a row with several accepted ones: of 0.5, 0.6, 0.7, 1.
const FIRST_SHARE: f32 = 0.6;
/// Of 0.1, 0.2, 0.3.
const CAUSE_PENALTY: f32 = 0.1;
/// How much the likeness to a cause's name and to the words its facts usually name counts: of 0, 0.3, 0.5, 0.7.
const TERMS: f32 = 0.7;
/// What a cause without a row of its own starts with, once others have theirs: of 0, 0.05, 0.08, 0.1.
const UNSEEN: f32 = -0.06;

/// What a cause starts with of which only the name is known: short names are like everything.
const UNDESCRIBED: f32 = -0.1;

/// Scores of a thousand causes lie closer than those of 17 categories; so until it has been measured.
const CAUSE_SHARPNESS: f32 = 30.0;

/// How many times the model is trained on a part, to see how sure it may be.
const PARTS: usize = 5;
/// With fewer rows than this, confidences keep their standing sharpness.
const ENOUGH: usize = 100;

/// How often [`train`] tells what it does.
pub const STEPS: u64 = 4;

/// Trains both heads. `told` hears what is being done, for people who wait.
pub fn train(rows: &[Row], told: &mut dyn FnMut(&str)) -> Model {
    let worded: Vec<(&Row, Vec<char>)> =
        rows.iter().map(|row| (row, Reading::of("", &row.text).folded)).collect();
    let (posts, facts): (Vec<_>, Vec<_>) = worded.into_iter().partition(|(row, _)| row.cause.is_none());
    told("categories");
    let mut categories = category_head(&posts);
    told("how sure the categories may be");
    if let Some((sharpness, doubt)) = calibrated(&posts, |row| !row.tidy, &category_head, &|row| {
        row.labels.iter().filter_map(|l| Label::ALL.iter().position(|of| of == l)).collect()
    }) {
        (categories.sharpness, categories.doubt) = (sharpness, doubt);
    }
    told("causes");
    let mut causes = cause_head(&facts);
    told("how sure the causes may be");
    let codes = causes.classes.clone();
    if let Some((sharpness, doubt)) = calibrated(&facts, |_| true, &cause_head, &|row| {
        row.cause.into_iter().filter_map(|c| codes.iter().position(|of| *of == c.code)).collect()
    }) {
        (causes.sharpness, causes.doubt) = (sharpness, doubt);
    }
    Model::new(card(rows), categories, causes, Model::WORD_WEIGHT)
}

/// What a model is made of: how many rows of which source.
fn card(rows: &[Row]) -> String {
    let mut sources: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for row in rows {
        let kind = if row.cause.is_some() { "causes" } else { "categories" };
        let source = if row.source.is_empty() { "no source named" } else { &row.source };
        *sources.entry((kind, source)).or_default() += 1;
    }
    let rows =
        sources.into_iter().map(|((kind, source), rows)| format!(", {rows} rows of {source} ({kind})"));
    rows.fold("trained on the sentences and terms of crates/suggest/data".to_owned(), |card, part| {
        card + &part
    })
}

type Post<'a> = (&'a Row, Vec<char>);

/// Sharpness and doubt found on rows that a part of the training had not seen.
fn calibrated(
    rows: &[Post],
    counts: impl Fn(&Row) -> bool,
    train: &dyn Fn(&[Post]) -> Head,
    right: &dyn Fn(&Row) -> Vec<usize>,
) -> Option<(f32, f32)> {
    if rows.iter().filter(|(row, _)| counts(row)).count() < ENOUGH {
        return None;
    }
    let mut unseen = Vec::new();
    for part in 0..PARTS {
        let kept = rows.iter().enumerate().filter(|(n, _)| n % PARTS != part).map(|(_, row)| row.clone());
        let head = train(&kept.collect::<Vec<_>>());
        let left = rows.iter().enumerate().filter(|(n, (row, _))| n % PARTS == part && counts(row));
        unseen.extend(left.map(|(_, (row, folded))| Unseen {
            scores: head.scores(&head.vocabulary.vector(folded)),
            right: right(row),
        }));
    }
    Some(sharpness_and_doubt(&unseen))
}

fn category_head(posts: &[Post]) -> Head {
    let sentences: Vec<(Label, Vec<char>)> =
        knowledge::sentences().map(|(label, text)| (label, Reading::of("", text).folded)).collect();
    let texts: Vec<Vec<char>> =
        posts.iter().map(|(_, text)| text.clone()).chain(sentences.iter().map(|(_, t)| t.clone())).collect();
    let outputs = Label::ALL.len();
    let place = |label: Label| Label::ALL.iter().position(|of| *of == label).unwrap_or_default();
    let mut targets = vec![0.0; texts.len() * outputs];
    for (target, labels) in targets.chunks_exact_mut(outputs).zip(
        posts
            .iter()
            .map(|(row, _)| row.labels.clone())
            .chain(sentences.iter().map(|(label, _)| vec![*label])),
    ) {
        let others = labels.len().saturating_sub(1);
        for (n, label) in labels.into_iter().enumerate() {
            target[place(label)] = match (n, others) {
                (_, 0) => 1.0,
                (0, _) => FIRST_SHARE,
                #[expect(clippy::cast_precision_loss, reason = "at most sixteen other labels")]
                _ => (1.0 - FIRST_SHARE) / others as f32,
            };
        }
    }
    let mut weights = vec![1.0; posts.len()];
    weights.resize(texts.len(), SENTENCE_WEIGHT);
    let classes = Label::ALL.iter().map(|label| label.code().to_owned()).collect();
    learn(Vocabulary::of(&texts), &texts, &weights, targets, classes, CATEGORY_PENALTY, &|_, _| {})
}

fn cause_head(cases: &[Post]) -> Head {
    let listed: Vec<&'static Cause> = causes::all().iter().filter(|cause| mediable_group(cause)).collect();
    let described: Vec<Vec<char>> = listed
        .iter()
        .map(|cause| {
            let facts = format!("{} {}", cause.name, knowledge::terms(&cause.code));
            Reading::of("", &facts).folded
        })
        .collect();
    let texts: Vec<Vec<char>> = cases.iter().map(|(_, text)| text.clone()).collect();
    // Without cases the names and sentences must tell which grams are rare.
    let vocabulary = if cases.len() >= ENOUGH {
        Vocabulary::of(&texts)
    } else {
        let known = knowledge::sentences().map(|(_, text)| Reading::of("", text).folded);
        let known = known.chain(described.iter().cloned());
        Vocabulary::of(&known.chain(texts.iter().cloned()).collect::<Vec<_>>())
    };
    let outputs = listed.len();
    let mut targets = vec![0.0; texts.len() * outputs];
    for ((row, _), target) in cases.iter().zip(targets.chunks_exact_mut(outputs)) {
        if let Some(place) = row.cause.and_then(|c| listed.iter().position(|of| of.code == c.code)) {
            target[place] = 1.0;
        }
    }
    let seen: Vec<bool> = (0..outputs).map(|n| targets.chunks_exact(outputs).any(|t| t[n] > 0.0)).collect();
    let classes = listed.iter().map(|cause| cause.code.clone()).collect();
    let vectors: Vec<Vector> = described.iter().map(|text| vocabulary.vector(text)).collect();
    let weights = vec![1.0; texts.len()];
    let mut head = learn(vocabulary, &texts, &weights, targets, classes, CAUSE_PENALTY, &|dense, outputs| {
        for (class, facts) in vectors.iter().enumerate() {
            for (gram, value) in facts {
                dense[*gram as usize * outputs + class] += TERMS * value;
            }
        }
    });
    head.sharpness = CAUSE_SHARPNESS;
    for ((base, cause), _) in head.base.iter_mut().zip(&listed).zip(&seen).filter(|(_, seen)| !**seen) {
        *base += if cases.is_empty() { 0.0 } else { UNSEEN };
        *base += if knowledge::terms(&cause.code).is_empty() { UNDESCRIBED } else { 0.0 };
    }
    head
}

/// Groups 36 to 59 are applications to a court, not disputes.
fn mediable_group(cause: &Cause) -> bool {
    cause.group.trim_start_matches('P').parse::<u32>().is_ok_and(|group| group < 36)
}

/// Learns how far each class lies from its mean, and adds what `known` knows beforehand.
#[expect(clippy::cast_precision_loss, reason = "counts of some thousand rows")]
fn learn(
    vocabulary: Vocabulary,
    texts: &[Vec<char>],
    weights: &[f32],
    mut targets: Vec<f32>,
    classes: Vec<String>,
    penalty: f32,
    known: &dyn Fn(&mut [f32], usize),
) -> Head {
    let outputs = classes.len();
    let rows: Vec<Vector> = texts.iter().map(|text| vocabulary.vector(text)).collect();
    let mut base = vec![0.0; outputs];
    for target in targets.chunks_exact(outputs) {
        for (base, target) in base.iter_mut().zip(target) {
            *base += target / texts.len() as f32;
        }
    }
    for target in targets.chunks_exact_mut(outputs) {
        for (target, base) in target.iter_mut().zip(&base) {
            *target -= base;
        }
    }
    // Classes without a row stay flat: they are solved along at no cost in accuracy, but much in time.
    let live: Vec<usize> =
        (0..outputs).filter(|class| targets.chunks_exact(outputs).any(|t| t[*class] > 0.0)).collect();
    let mut dense = vec![0.0; vocabulary.len() * outputs];
    if !live.is_empty() {
        let narrow: Vec<f32> =
            targets.chunks_exact(outputs).flat_map(|t| live.iter().map(|class| t[*class])).collect();
        let problem = Problem {
            rows: &rows,
            features: vocabulary.len(),
            weights,
            targets: &narrow,
            outputs: live.len(),
            penalty,
        };
        for (gram, solved) in problem.solve().chunks_exact(live.len()).enumerate() {
            for (class, weight) in live.iter().zip(solved) {
                dense[gram * outputs + class] = *weight;
            }
        }
    }
    known(&mut dense, outputs);
    Head::pack(vocabulary, classes, base, &dense, if outputs > 17 { 0.004 } else { 0.002 })
}
