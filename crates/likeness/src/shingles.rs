//! A text as the set of its short runs of characters.

use suggest::{READ_LIMIT, fold};

/// Three characters are a word and its neighbour: two are shared by all disputes, four do not outlive a typing error.
const LENGTH: usize = 3;

/// A text with fewer of them says too little to be like another.
pub const FEWEST: usize = 8;

/// The shingles of a text: each once, in their own order. A run of two characters between marks stands for itself.
///
/// They are a person's words, so nothing here prints itself.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Shingles(Vec<[char; LENGTH]>);

impl Shingles {
    /// Of the first [`READ_LIMIT`] characters of a text, folded to one width, case and script. Marks and blanks divide it and do
    /// not count, so it does not matter which were typed.
    pub fn of(text: &str) -> Shingles {
        let folded: Vec<char> = text.chars().take(READ_LIMIT).map(fold).collect();
        let mut all: Vec<[char; LENGTH]> = vec![];
        for clause in folded.split(|c| !c.is_alphanumeric()) {
            match clause {
                [first, second] => all.push([*first, *second, '\0']),
                longer => all.extend(longer.windows(LENGTH).map(|run| [run[0], run[1], run[2]])),
            }
        }
        all.sort_unstable();
        all.dedup();
        Shingles(all)
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each as text, for a keyed digest.
    pub fn texts(&self) -> impl Iterator<Item = String> + '_ {
        self.0.iter().map(|run| run.iter().filter(|c| **c != '\0').collect())
    }

    /// How many stand in both.
    fn shared(&self, other: &Shingles) -> usize {
        let (mut left, mut right, mut shared) = (self.0.iter().peekable(), other.0.iter().peekable(), 0);
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            match a.cmp(b) {
                std::cmp::Ordering::Less => _ = left.next(),
                std::cmp::Ordering::Greater => _ = right.next(),
                std::cmp::Ordering::Equal => {
                    (_, _) = (left.next(), right.next());
                    shared += 1;
                }
            }
        }
        shared
    }

    /// The part of all of both that stands in both: 1 for the same, 0 where one says too little.
    #[expect(clippy::cast_precision_loss, reason = "some thousand runs of characters")]
    pub fn jaccard(&self, other: &Shingles) -> f64 {
        if self.len().min(other.len()) < FEWEST {
            return 0.0;
        }
        let shared = self.shared(other);
        shared as f64 / (self.len() + other.len() - shared) as f64
    }

    /// The part of the shorter that stands in the longer too: 1 for a text that was only shortened.
    #[expect(clippy::cast_precision_loss, reason = "some thousand runs of characters")]
    pub fn contained(&self, other: &Shingles) -> f64 {
        let shorter = self.len().min(other.len());
        if shorter < FEWEST { 0.0 } else { self.shared(other) as f64 / shorter as f64 }
    }
}

impl std::fmt::Debug for Shingles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shingles({} hidden)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TOLD: &str = "去年十月装修完工，尾款五万元一直不付。多次上门催要，对方总说没钱！";

    #[test]
    fn marks_blanks_width_and_order_of_clauses_do_not_matter() {
        let told = Shingles::of(TOLD);
        let other = Shingles::of("多次上门催要 对方总说没钱;去年十月装修完工\n尾款五万元一直不付");
        assert_eq!(told, other);
        assert_eq!(Shingles::of("ＡＢＣ１２３４５６７８９"), Shingles::of("abc123456789"));
    }

    #[test]
    fn what_was_left_out_is_contained_in_the_rest() {
        let (whole, part) = (Shingles::of(TOLD), Shingles::of("尾款五万元一直不付，对方总说没钱。"));
        assert!((whole.contained(&part) - 1.0).abs() < f64::EPSILON);
        assert!(whole.jaccard(&part) < 0.6);
        assert!(whole.jaccard(&Shingles::of("楼上漏水把天花板泡坏了，物业说不归他们管。")) < 0.05);
    }

    #[test]
    fn two_words_are_like_nothing() {
        let short = Shingles::of("欠钱不还");
        assert!(short.jaccard(&short) < f64::EPSILON && short.contained(&short) < f64::EPSILON);
    }

    proptest! {
        #[test]
        fn likeness_has_no_direction_and_is_a_part(a in "[甲乙丙丁，]{0,60}", b in "[甲乙丙丁，]{0,60}") {
            let (a, b) = (Shingles::of(&a), Shingles::of(&b));
            prop_assert_eq!(a.jaccard(&b).to_bits(), b.jaccard(&a).to_bits());
            prop_assert!((0.0..=1.0).contains(&a.jaccard(&b)));
            prop_assert!(a.contained(&b) >= a.jaccard(&b));
        }
    }
}
