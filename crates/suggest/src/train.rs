//! From rows to a [`Model`]. The same rows give the same model, byte for byte.

use std::collections::{BTreeMap, HashMap};

use rulebook::causes::Cause;

use crate::Label;
use crate::calibration::{Unseen, sharpness_and_doubt};
use crate::grams::{Vector, Vocabulary};
use crate::head::Head;
use crate::knowledge;
use crate::model::Model;
use crate::ridge::Problem;
use crate::row::Row;
use crate::word_list::{Reading, WordList};

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
/// What a cause without a row of its own starts with, once [`ENOUGH`] rows of others are there: of 0, 0.05, 0.08, 0.1.
const UNSEEN: f32 = -0.06;
/// What a row of a cause counts against the words of all causes, while there are few: rises to 1 with [`ENOUGH`].
const FEW: f32 = 0.1;
/// What a cause with rows may start ahead of others: clerks correct what was suggested wrongly, which does not make it frequent.
const AHEAD: f32 = 0.05;

/// What a cause starts with of which only the name is known: short names are like everything.
const UNDESCRIBED: f32 = -0.1;

/// Scores of a thousand causes lie closer than those of 17 categories; so until a model's own rows are enough to measure it. Chosen, not
/// fitted: the shipped model's confidences of causes are an order, no shares.
const CAUSE_SHARPNESS: f32 = 30.0;

/// How many times the model is trained on a part, to see how sure it may be.
const PARTS: usize = 5;
/// With fewer rows than this, confidences keep their standing sharpness, and rows of causes say little of the causes without.
const ENOUGH: usize = 100;

/// How often [`train`] tells what it does.
pub const STEPS: u64 = 4;

/// Trains both heads. `told` hears what is being done, for people who wait.
pub fn train(rows: &[Row], told: &mut dyn FnMut(&str)) -> Model {
    let readings: Vec<Reading> = rows.iter().map(|row| Reading::of("", &row.text)).collect();
    let (posts, facts): (Vec<Post>, Vec<Post>) =
        rows.iter().zip(&readings).partition(|(row, _)| row.cause.is_none());
    told("categories");
    let mut categories = category_head(&posts);
    told("how sure the categories may be");
    let scored = |head: Head, part: &[Post]| -> Vec<Vec<f32>> {
        part.iter().map(|(_, told)| head.scores(&head.vocabulary.vector(&told.folded))).collect()
    };
    let found =
        calibrated(&posts, |row| !row.tidy, &|kept, left| scored(category_head(kept), left), &|row| {
            row.labels.iter().filter_map(|l| Label::ALL.iter().position(|of| of == l)).collect()
        });
    if let Some((sharpness, doubt)) = found {
        (categories.sharpness, categories.doubt) = (sharpness, doubt);
    }
    told("causes");
    let mut causes = cause_head(&facts);
    told("how sure the causes may be");
    let codes = causes.classes.clone();
    let found = calibrated(&facts, |_| true, &|kept, left| cause_scores(cause_head(kept), left), &|row| {
        row.cause.into_iter().filter_map(|c| codes.iter().position(|of| *of == c.code)).collect()
    });
    if let Some((sharpness, doubt)) = found {
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
    let ours =
        format!("trained on the sentences and terms of crates/suggest/data ({:016x})", knowledge::digest());
    rows.fold(ours, |card, part| card + &part)
}

type Post<'a> = (&'a Row, &'a Reading);

fn folded(posts: &[Post]) -> Vec<Vec<char>> {
    posts.iter().map(|(_, told)| told.folded.clone()).collect()
}

/// The texts that clerks' corrections brought, and the others.
fn apart(posts: &[Post]) -> (Vec<Vec<char>>, Vec<Vec<char>>) {
    let (private, public): (Vec<Post>, Vec<Post>) =
        posts.iter().partition(|(row, _)| row.source == Row::CLERK);
    (folded(&private), folded(&public))
}

/// The scores of every cause as the whole model gives them, the lists' words included: on these confidences rest.
fn cause_scores(head: Head, posts: &[Post]) -> Vec<Vec<f32>> {
    let model = Model::new(String::new(), Head::default(), head, 0.0);
    let scores = |told: &Reading| {
        let vector = model.causes.vocabulary.vector(&told.folded);
        model.cause_scores(told, &vector, &told.find(WordList::causes()))
    };
    posts.iter().map(|(_, told)| scores(told)).collect()
}

/// The scores of some rows by what others teach.
type Scoring<'a> = dyn Fn(&[Post], &[Post]) -> Vec<Vec<f32>> + 'a;

/// Sharpness and doubt found on rows that a part of the training had not seen.
fn calibrated(
    rows: &[Post],
    counts: impl Fn(&Row) -> bool,
    scores: &Scoring<'_>,
    right: &dyn Fn(&Row) -> Vec<usize>,
) -> Option<(f32, f32)> {
    if rows.iter().filter(|(row, _)| counts(row)).count() < ENOUGH {
        return None;
    }
    let mut unseen = Vec::new();
    for part in 0..PARTS {
        let of = |wanted: &dyn Fn(usize, &Row) -> bool| -> Vec<Post> {
            let rows = rows.iter().enumerate().filter(|(n, (row, _))| wanted(*n, row));
            rows.map(|(_, row)| *row).collect()
        };
        let kept = of(&|n, _| n % PARTS != part);
        let left = of(&|n, row| n % PARTS == part && counts(row));
        let scores = scores(&kept, &left).into_iter();
        unseen.extend(scores.zip(&left).map(|(scores, (row, _))| Unseen { scores, right: right(row) }));
    }
    Some(sharpness_and_doubt(&unseen))
}

fn category_head(posts: &[Post]) -> Head {
    let sentences: Vec<(Label, Vec<char>)> =
        knowledge::sentences().map(|(label, text)| (label, Reading::of("", text).folded)).collect();
    let ours: Vec<Vec<char>> = sentences.iter().map(|(_, text)| text.clone()).collect();
    let texts: Vec<Vec<char>> = folded(posts).into_iter().chain(ours.iter().cloned()).collect();
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
    let (private, public) = apart(posts);
    let vocabulary = Vocabulary::of(&texts).without_the_rare(&private, ours.iter().chain(&public));
    let base = shares_of(&targets, outputs, texts.len());
    let lesson = Lesson { vocabulary, texts, weights, targets, classes, base, penalty: CATEGORY_PENALTY };
    learn(lesson, &HashMap::new())
}

fn cause_head(cases: &[Post]) -> Head {
    let listed: Vec<&'static Cause> = knowledge::causes().collect();
    let described: Vec<Vec<char>> = listed
        .iter()
        .map(|cause| {
            let facts = format!("{} {}", cause.name, knowledge::terms(&cause.code));
            Reading::of("", &facts).folded
        })
        .collect();
    let texts = folded(cases);
    let sentences = knowledge::sentences().map(|(_, text)| Reading::of("", text).folded);
    let ours: Vec<Vec<char>> = sentences.chain(described.iter().cloned()).collect();
    // Without cases the names and sentences must tell which grams are rare.
    let vocabulary = if cases.len() >= ENOUGH {
        Vocabulary::of(&texts)
    } else {
        Vocabulary::of(&ours.iter().chain(&texts).cloned().collect::<Vec<_>>())
    };
    let (private, public) = apart(cases);
    let vocabulary = vocabulary.without_the_rare(&private, ours.iter().chain(&public));
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
    let mut known: HashMap<u32, Vec<(u16, f32)>> = HashMap::new();
    for (class, facts) in vectors.into_iter().enumerate() {
        for (gram, value) in facts {
            known.entry(gram).or_default().push((class as u16, TERMS * value));
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "at most a hundred")]
    let whole = cases.len().min(ENOUGH) as f32 / ENOUGH as f32;
    let trust = whole.max(FEW);
    // A handful of rows tells what they are, not how frequent it is.
    let mut base = shares_of(&targets, outputs, texts.len().max(ENOUGH));
    for share in &mut base {
        *share = share.min(AHEAD);
    }
    let weights = vec![trust; texts.len()];
    let penalty = CAUSE_PENALTY;
    let mut head = learn(Lesson { vocabulary, texts, weights, targets, classes, base, penalty }, &known);
    head.sharpness = CAUSE_SHARPNESS;
    let unseen = UNSEEN * whole;
    for ((base, cause), _) in head.base.iter_mut().zip(&listed).zip(&seen).filter(|(_, seen)| !**seen) {
        *base += unseen;
        *base += if knowledge::terms(&cause.code).is_empty() { UNDESCRIBED } else { 0.0 };
    }
    head
}

/// What of `rows` each class has.
#[expect(clippy::cast_precision_loss, reason = "counts of some thousand rows")]
fn shares_of(targets: &[f32], outputs: usize, rows: usize) -> Vec<f32> {
    let mut shares = vec![0.0; outputs];
    for target in targets.chunks_exact(outputs) {
        for (share, target) in shares.iter_mut().zip(target) {
            *share += target / rows as f32;
        }
    }
    shares
}

/// What a head is taught.
struct Lesson {
    vocabulary: Vocabulary,
    texts: Vec<Vec<char>>,
    /// How much each text counts.
    weights: Vec<f32>,
    /// Text after text, a number for each class.
    targets: Vec<f32>,
    classes: Vec<String>,
    /// What each class has before anything is read.
    base: Vec<f32>,
    penalty: f32,
}

/// Learns how far each class lies from its base, and adds what is known of each gram beforehand.
fn learn(lesson: Lesson, known: &HashMap<u32, Vec<(u16, f32)>>) -> Head {
    let Lesson { vocabulary, texts, weights, mut targets, classes, base, penalty } = lesson;
    let outputs = classes.len();
    let rows: Vec<Vector> = texts.iter().map(|text| vocabulary.vector(text)).collect();
    for target in targets.chunks_exact_mut(outputs) {
        for (target, base) in target.iter_mut().zip(&base) {
            *target -= base;
        }
    }
    // Classes without a row stay flat: they are solved along at no cost in accuracy, but much in time.
    let live: Vec<usize> =
        (0..outputs).filter(|class| targets.chunks_exact(outputs).any(|t| t[*class] > 0.0)).collect();
    let mut solved = vec![];
    if !live.is_empty() {
        let narrow: Vec<f32> =
            targets.chunks_exact(outputs).flat_map(|t| live.iter().map(|class| t[*class])).collect();
        let problem = Problem {
            rows: &rows,
            features: vocabulary.len(),
            weights: &weights,
            targets: &narrow,
            outputs: live.len(),
            penalty,
        };
        solved = problem.solve();
    }
    let weights = |gram: u32| {
        let own = solved.chunks_exact(live.len().max(1)).nth(gram as usize).unwrap_or_default();
        let own = live.iter().zip(own).map(|(class, weight)| (*class as u16, *weight));
        let mut weights: Vec<(u16, f32)> = own.collect();
        for (class, more) in known.get(&gram).into_iter().flatten() {
            match weights.binary_search_by_key(class, |(of, _)| *of) {
                Ok(at) => weights[at].1 += more,
                Err(at) => weights.insert(at, (*class, *more)),
            }
        }
        weights
    };
    Head::pack(vocabulary, classes, base, &weights, if outputs > 17 { 0.004 } else { 0.002 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Suggestion;

    fn cause(text: &str, code: &str) -> Row {
        Row::parse(&format!(r#"{{"text":"{text}","cause_code":"{code}"}}"#)).unwrap()
    }

    fn firsts(model: &Model) -> Vec<String> {
        let told = [
            "前同事借了我三万块写了借条，到期一直拖着不还，电话也不接",
            "电子厂欠了我们十几个人两个月工资，老板说没钱发",
            "楼上邻居半夜拖桌子噪音很大，孩子睡不着，说了几次都没用",
            "租房到期搬走了，房东说墙面有划痕不退押金",
            "散步时被邻居家没拴绳的狗咬伤小腿，医药费对方不肯出",
            "他不讲道理，太过分了",
        ];
        let first = |found: Suggestion| {
            let sure = found.causes.first().filter(|one| one.confidence > 0.1);
            sure.map_or(String::new(), |one| one.code.to_owned())
        };
        told.iter().map(|text| first(model.suggest(text, None))).collect()
    }

    /// What was wrong once: a single row of a cause made it the first for every text.
    #[test]
    fn a_few_rows_of_a_cause_change_nothing_of_other_matters_and_are_learnt() {
        let bare = train(&[], &mut |_| {});
        let told = "跟木匠师傅定做的鞋柜尺寸不对，门关不上，他不肯重做";
        let before = firsts(&bare);
        assert!(before.iter().filter(|code| !code.is_empty()).count() >= 4, "{before:?}");
        assert_ne!(bare.suggest(told, None).causes[0].code, "142.16");
        let one = train(&[cause(told, "142.16")], &mut |_| {});
        assert_eq!(firsts(&one), before);
        assert_eq!(one.suggest(told, None).causes[0].code, "142.16", "{:?}", one.suggest(told, None).causes);
        let others = ["窗帘做短了", "门锁装反了", "桌子腿断了", "灯罩做错颜色", "衣服改坏了", "招牌字写错了"];
        let many: Vec<Row> =
            others.iter().map(|text| cause(&format!("{text}，师傅不肯重做"), "142.16")).collect();
        assert_eq!(firsts(&train(&many, &mut |_| {})), before);
    }

    #[test]
    fn what_only_one_clerks_row_says_is_not_in_the_model() {
        let row = |source: &str, said: &str| {
            Row::parse(&format!(r#"{{"text":"{said}","label":"labour","source":"{source}"}}"#)).unwrap()
        };
        let known = |rows: &[Row]| train(rows, &mut |_| {}).grams().contains(&['龘', '闿']);
        assert!(!known(&[row(Row::CLERK, "龘闿欠工资"), row(Row::CLERK, "老板欠工资")]));
        assert!(known(&[row(Row::CLERK, "龘闿欠工资"), row(Row::CLERK, "龘闿拖工资")]));
        assert!(known(&[row("published", "龘闿欠工资")]));
    }

    /// The data has its digest in the card; this is for the code: whoever changes how a model is made must make the shipped one anew
    /// (`data/MODEL_CARD.md` has the command), and then these figures.
    #[test]
    fn the_shipped_model_is_what_this_program_makes_of_its_rows() {
        let digest = format!("{:016x}", knowledge::digest());
        assert!(
            Model::shipped().card.contains(&digest),
            "make the shipped model anew, as its card says: {digest}"
        );
        let bare = train(&[], &mut |_| {});
        let told = |head: &Head| {
            let sum: f32 = head.weights.iter().map(|(_, weight)| f32::from(weight.abs()) * head.unit).sum();
            format!("{} grams, {} weights, {sum:.1} in all", head.vocabulary.len(), head.weights.len())
        };
        let made = [told(&bare.categories), told(&bare.causes)];
        assert_eq!(
            made,
            ["11166 grams, 157653 weights, 5541.5 in all", "15687 grams, 30903 weights, 3306.9 in all"]
        );
    }
}
