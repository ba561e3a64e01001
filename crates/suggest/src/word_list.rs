//! The word lists as data, and finding their words in a text.
//!
//! Matching goes from left to right and takes the longest word at each place; a word counts once however often it stands
//! there. A Latin word matches whole (a plural or past ending is allowed), a Chinese word anywhere.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::fold::fold;
use crate::knowledge;
use crate::{Label, READ_LIMIT, SUBJECT_LIMIT};

static WORDS: LazyLock<WordList> = LazyLock::new(|| WordList::parse(include_str!("../data/words.csv")));
static CAUSE_WORDS: LazyLock<WordList> =
    LazyLock::new(|| WordList::parse(include_str!("../data/cause_words.csv")));

static CAUSE_TERMS: LazyLock<WordList> = LazyLock::new(|| WordList::of(knowledge::term_votes()));

/// Endings a Latin word of the list may carry in a text.
const ENDINGS: [&str; 6] = ["", "s", "es", "d", "ed", "ing"];

/// Said directly in front of a word of crime, these take its meaning away: who says that it was no fraud has another matter. They do
/// not of other words, for it is the other side that denies them ("公司说我不属于工伤", "he did not repay"), nor does a plain
/// "no" or 没有: who has no contract still speaks of a contract.
const DENIALS: [&str; 6] = ["不是", "并非", "不属于", "不涉及", "not ", "not a "];

/// A word and what it speaks for.
struct Entry {
    word: Box<[char]>,
    latin: bool,
    /// Label or cause code, with the weight.
    votes: Vec<(&'static str, f64)>,
}

impl Entry {
    /// Whether it speaks of a crime.
    fn deniable(&self) -> bool {
        self.votes.iter().any(|(key, _)| *key == Label::CriminalFraud.code())
    }
}

/// A list of words, ready to be found: by first character, longest first.
pub struct WordList {
    by_first: HashMap<char, Vec<Entry>>,
}

impl WordList {
    /// Reads `word,key,weight` rows below a heading. Rows that are not so are left out; a test holds the files to the form.
    fn parse(csv: &'static str) -> WordList {
        WordList::of(csv.lines().skip(1).filter_map(row))
    }

    fn of(rows: impl IntoIterator<Item = (&'static str, &'static str, f64)>) -> WordList {
        let mut votes: HashMap<&'static str, Vec<(&'static str, f64)>> = HashMap::new();
        for (word, key, weight) in rows {
            votes.entry(word).or_default().push((key, weight));
        }
        let mut by_first: HashMap<char, Vec<Entry>> = HashMap::new();
        for (word, votes) in votes {
            let characters: Box<[char]> = word.chars().map(fold).collect();
            if let Some(first) = characters.first() {
                by_first.entry(*first).or_default().push(Entry {
                    latin: word.is_ascii(),
                    word: characters,
                    votes,
                });
            }
        }
        for entries in by_first.values_mut() {
            entries.sort_by(|a, b| b.word.len().cmp(&a.word.len()).then_with(|| a.word.cmp(&b.word)));
        }
        WordList { by_first }
    }

    /// The list of categories.
    pub fn categories() -> &'static WordList {
        &WORDS
    }

    /// What the facts of causes usually name.
    pub fn terms() -> &'static WordList {
        &CAUSE_TERMS
    }

    /// The list of causes.
    pub fn causes() -> &'static WordList {
        &CAUSE_WORDS
    }
}

fn row(line: &'static str) -> Option<(&'static str, &'static str, f64)> {
    let mut cells = line.split(',');
    let (word, key, weight) = (cells.next()?, cells.next()?, cells.next()?);
    Some((word, key, weight.parse().ok()?)).filter(|_| cells.next().is_none())
}

/// A word found, as it stands in the text, with what it speaks for.
pub struct Found {
    /// As the person wrote it.
    pub written: String,
    /// As it is compared.
    pub folded: String,
    /// Label or cause code, with the weight.
    pub votes: &'static [(&'static str, f64)],
}

/// What was said, bounded and folded once.
pub struct Reading {
    /// As it was written.
    pub written: Vec<char>,
    /// The same, folded: place for place.
    pub folded: Vec<char>,
    /// Letters, ideographs and digits: how much was said at all.
    pub said: usize,
}

impl Reading {
    /// The subject's and the text's first characters. They are kept apart by a line end, which is in no word.
    pub fn of(subject: &str, text: &str) -> Reading {
        let subject = subject.chars().take(SUBJECT_LIMIT);
        let written: Vec<char> =
            subject.chain(std::iter::once('\n')).chain(text.chars().take(READ_LIMIT)).collect();
        let folded: Vec<char> = written.iter().map(|c| if *c == '\n' { '\n' } else { fold(*c) }).collect();
        let said = folded.iter().filter(|c| c.is_alphanumeric()).count();
        Reading { written, folded, said }
    }

    /// The distinct words of `list` in it, in the order of their first place.
    pub fn find(&self, list: &'static WordList) -> Vec<Found> {
        let mut found = Vec::new();
        let mut seen: HashSet<*const Entry> = HashSet::new();
        let mut at = 0;
        while at < self.folded.len() {
            let entries = list.by_first.get(&self.folded[at]).map_or(&[][..], Vec::as_slice);
            let hit = entries.iter().find_map(|entry| self.end_of(entry, at).map(|end| (entry, end)));
            let Some((entry, end)) = hit else {
                at += 1;
                continue;
            };
            if !(entry.deniable() && self.denied(at)) && seen.insert(std::ptr::from_ref(entry)) {
                found.push(Found {
                    written: self.written[at..end].iter().collect(),
                    folded: self.folded[at..end].iter().collect(),
                    votes: &entry.votes,
                });
            }
            at = end;
        }
        found
    }

    /// Where `entry` ends, if it stands at `at`.
    fn end_of(&self, entry: &Entry, at: usize) -> Option<usize> {
        let end = at + entry.word.len();
        if self.folded.get(at..end)? != &*entry.word {
            return None;
        }
        if !entry.latin {
            return Some(end);
        }
        let latin = |place: usize| self.folded.get(place).is_some_and(char::is_ascii_alphanumeric);
        if at > 0 && latin(at - 1) {
            return None;
        }
        let tail: String = (end..end + 4).take_while(|i| latin(*i)).map(|i| self.folded[i]).collect();
        ENDINGS.contains(&tail.as_str()).then_some(end + tail.len())
    }

    /// Whether a denial stands directly in front of `at`. "是不是" asks, it does not deny.
    fn denied(&self, at: usize) -> bool {
        DENIALS.iter().any(|denial| {
            let length = denial.chars().count();
            at >= length
                && self.folded[at - length..at].iter().copied().eq(denial.chars())
                && !(at > length && self.folded[at - length - 1] == '是')
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        Reading::of("", text).find(WordList::categories()).into_iter().map(|f| f.written).collect()
    }

    #[test]
    fn the_longest_word_wins() {
        assert!(words("交通事故").contains(&"交通事故".to_owned()));
        assert!(!words("交通事故").contains(&"事故".to_owned()));
    }

    #[test]
    fn a_word_counts_once() {
        assert_eq!(words("离婚，离婚，离婚"), ["离婚"]);
    }

    #[test]
    fn latin_words_stand_alone() {
        assert_eq!(words("The Banks refused"), ["Banks"]);
        assert!(words("embankment").is_empty());
        assert_eq!(words("my unpaid wages"), ["unpaid wages"]);
    }

    #[test]
    fn a_denied_word_is_silent_and_a_question_is_not() {
        assert!(!words("这不是诈骗").contains(&"诈骗".to_owned()));
        assert!(words("这是不是诈骗").contains(&"诈骗".to_owned()));
        assert!(words("没有劳动合同").contains(&"劳动合同".to_owned()));
    }

    #[test]
    fn what_the_other_side_denies_is_still_the_matter() {
        for (text, word) in [
            ("公司说我不属于工伤，不肯赔", "工伤"),
            ("医院说不是医疗事故", "医疗事故"),
            ("The shop did not refund me", "refund"),
            ("he did not repay", "repay"),
        ] {
            assert!(words(text).contains(&word.to_owned()), "{text}: {:?}", words(text));
        }
    }

    #[test]
    fn no_word_reaches_from_the_subject_into_the_text() {
        let reading = Reading::of("关于离", "婚礼酒店不退款");
        assert!(reading.find(WordList::categories()).iter().all(|f| f.written != "离婚"));
    }

    #[test]
    fn every_row_of_the_lists_is_well_formed() {
        for csv in [include_str!("../data/words.csv"), include_str!("../data/cause_words.csv")] {
            let mut seen = HashSet::new();
            for line in csv.lines().skip(1) {
                let (word, key, weight) = row(line).unwrap_or_else(|| panic!("not word,key,weight: {line}"));
                assert!(!word.trim().is_empty() && word.trim() == word, "{line}");
                assert!((0.1..=5.0).contains(&weight), "{line}");
                assert!(seen.insert((word, key)), "twice: {line}");
                assert!(word.chars().all(|c| fold(c) == c), "not folded, can never match as written: {line}");
            }
        }
    }
}
