//! The numbers by which a text is found among very many.

use crate::shingles::{FEWEST, Shingles};

/// How many numbers a text has. With [`ROWS`] rows each, two texts with half of their shingles in common share at least one in
/// 99 of 100 cases, with a third in 85; two that have 2 in a hundred in common, in less than one.
pub const BANDS: usize = 16;

/// How many least values make a number.
const ROWS: usize = 2;

/// The numbers of a text, none for one that says too little. `keyed` is a digest under a key that nobody else has.
pub fn bands(shingles: &Shingles, keyed: impl Fn(&str) -> u64) -> Vec<i64> {
    if shingles.len() < FEWEST {
        return vec![];
    }
    let mut least = [u64::MAX; BANDS * ROWS];
    for text in shingles.texts() {
        let digest = keyed(&text);
        for (at, least) in (1_u64..).zip(least.iter_mut()) {
            *least = (*least).min(mixed(digest ^ mixed(at)));
        }
    }
    let number = |(at, rows): (u64, &[u64])| rows.iter().fold(mixed(at), |all, one| mixed(all ^ one));
    (1_u64..).zip(least.chunks_exact(ROWS)).map(number).map(u64::cast_signed).collect()
}

/// A permutation of the numbers that leaves no pattern (the finalizer of Steele's splitmix).
const fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No key at all, which is enough for numbers.
    fn digest(text: &str) -> u64 {
        text.chars().fold(7, |all, c| mixed(all ^ u64::from(u32::from(c))))
    }

    fn shared(a: &[i64], b: &[i64]) -> usize {
        a.iter().zip(b).filter(|(a, b)| a == b).count()
    }

    /// A text of which `kept` clauses of a hundred are those of text 0.
    fn text(kept: usize, own: usize) -> Shingles {
        let clause = |of: usize, at: usize| -> String {
            let at = at as u64;
            let letters = (0..9).map(|place| mixed(of as u64 * 1_000_003 + at * 97 + place) % 20_000);
            letters.filter_map(|one| char::from_u32(0x4e00 + one as u32)).collect()
        };
        let clauses = (0..100).map(|at| if at < kept { clause(0, at) } else { clause(own, at) });
        Shingles::of(&clauses.collect::<Vec<String>>().join("，"))
    }

    #[test]
    fn there_are_as_many_however_long_and_none_for_two_words() {
        assert_eq!(bands(&text(100, 0), digest).len(), BANDS);
        assert_eq!(bands(&Shingles::of("欠钱不还，已经三年多了，一直不接电话"), digest).len(), BANDS);
        assert_eq!(bands(&Shingles::of("欠钱不还"), digest), Vec::<i64>::new());
    }

    #[test]
    fn like_texts_meet_and_others_do_not() {
        let first = bands(&text(100, 0), digest);
        // 67 of 100 clauses are half of all shingles of both.
        let met =
            |kept| (1..=200).filter(|own| shared(&first, &bands(&text(kept, *own), digest)) > 0).count();
        assert!(met(67) >= 195, "{} of 200 with half", met(67));
        assert!(met(0) <= 1, "{} of 200 with nothing", met(0));
        assert_eq!(shared(&first, &bands(&text(100, 0), digest)), BANDS);
    }

    #[test]
    fn another_key_gives_other_numbers() {
        let told = text(100, 0);
        assert_eq!(shared(&bands(&told, digest), &bands(&told, |text| digest(text) ^ 1)), 0);
    }
}
