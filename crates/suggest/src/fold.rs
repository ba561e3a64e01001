//! One character at a time, made comparable: lower case, half width, simplified.
//!
//! Folding keeps the number of characters, so a position in the folded text is a position in the text. Hong Kong, Macao and Taiwan write
//! traditional characters; every one of the lists' and of the training's has its pair in `data/scripts.txt`, if it has one.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The two scripts. Whoever adds a word with a character that is not in it is told by a test.
const SCRIPTS: &str = include_str!("../data/scripts.txt");

static FORMS: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let characters: Vec<char> = section("pairs").collect();
    characters.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
});

/// The characters of one part of the file.
fn section(name: &str) -> impl Iterator<Item = char> {
    let lines = SCRIPTS.lines().skip_while(move |line| line.trim_matches(['[', ']']) != name).skip(1);
    lines.take_while(|line| !line.starts_with('[')).filter(|line| !line.starts_with('#')).flat_map(str::chars)
}

/// The comparable form of one character.
pub fn fold(character: char) -> char {
    match character {
        c if c.is_ascii() => {
            if c.is_ascii_whitespace() {
                ' '
            } else {
                c.to_ascii_lowercase()
            }
        }
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(character) - 0xfee0).map_or(character, |c| c.to_ascii_lowercase())
        }
        c => FORMS.get(&c).copied().unwrap_or(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn width_case_and_script() {
        let folded: String = "ＰＯＳ　離婚 財產".chars().map(fold).collect();
        assert_eq!(folded, "pos 离婚 财产");
    }

    #[test]
    fn the_table_is_made_of_pairs() {
        assert_eq!(section("pairs").count(), FORMS.len() * 2, "in step, and none twice");
        assert_eq!((fold('遷'), fold('構')), ('迁', '构'));
        // no simplified form may itself be folded further
        for simple in FORMS.values() {
            assert_eq!(fold(*simple), *simple);
        }
    }

    #[test]
    fn every_character_of_ours_is_known_in_both_scripts() {
        let ours = [
            include_str!("../data/words.csv"),
            include_str!("../data/cause_words.csv"),
            include_str!("../data/cause_terms.txt"),
            include_str!("../data/sentences.txt"),
        ];
        let causes = rulebook::causes::all().iter().map(|cause| cause.name.as_str());
        let grams = crate::Model::shipped().grams();
        let written: HashSet<char> =
            ours.into_iter().chain(causes).flat_map(str::chars).chain(grams.into_iter().flatten()).collect();
        let simplified: HashSet<char> = FORMS.values().copied().collect();
        let alike: HashSet<char> = section("alike").collect();
        let ideographs: Vec<char> =
            written.into_iter().filter(|c| ('\u{3400}'..='\u{9fff}').contains(c)).collect();
        assert!(ideographs.len() > 1_500);
        for character in ideographs {
            assert_eq!(fold(character), character, "a traditional one would never be found");
            assert!(
                simplified.contains(&character) != alike.contains(&character),
                "{character} needs its traditional form among the pairs of scripts.txt, or to stand below `alike` if it has none"
            );
        }
    }

    #[test]
    fn words_of_the_lists_are_found_in_traditional_writing() {
        for (traditional, simplified) in [
            ("舉報", "举报"),
            ("不作為", "不作为"),
            ("信訪局", "信访局"),
            ("離異", "离异"),
            ("試用期", "试用期"),
            ("婚後", "婚后"),
            ("損壞賠償", "损坏赔偿"),
            ("拒絕領取", "拒绝领取"),
            ("語種級遲隱", "语种级迟隐"),
        ] {
            assert_eq!(traditional.chars().map(fold).collect::<String>(), simplified);
        }
    }
}
