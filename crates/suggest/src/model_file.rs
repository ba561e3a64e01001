//! A model as bytes: a head line, the card, two heads, a checksum. Little endian throughout.

use std::fmt;

use crate::Label;
use crate::grams::Vocabulary;
use crate::head::Head;
use crate::knowledge;
use crate::model::Model;

/// What every model of ours begins with, whatever its version.
const KIND: &[u8; 7] = b"SUGGEST";

/// What this version writes and reads.
const VERSION: u8 = b'1';

/// More than this of anything is no model of ours.
const MOST: usize = 50_000_000;

/// Why bytes are no model that this version reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoModel {
    /// They never were a model of ours.
    Foreign,
    /// A model that another version of this program wrote.
    OtherVersion,
    /// A model for another list of causes.
    OtherCauses,
    /// A model that is not as it was written.
    Damaged,
}

impl fmt::Display for NoModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NoModel::Foreign => "not a model; `supermarket train` makes one",
            NoModel::OtherVersion => {
                "a model that another version of this program wrote; make it anew with `supermarket train`"
            }
            NoModel::OtherCauses => {
                "a model for another list of causes than the one in force; make it anew with `supermarket train`"
            }
            NoModel::Damaged => "a damaged model; copy it again, or make it anew with `supermarket train`",
        })
    }
}

impl std::error::Error for NoModel {}

impl Model {
    /// As bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = KIND.to_vec();
        bytes.push(VERSION);
        put_text(&mut bytes, &self.card);
        bytes.extend(self.word_weight.to_le_bytes());
        put_head(&mut bytes, &self.categories);
        put_head(&mut bytes, &self.causes);
        let sum = checksum(&bytes);
        bytes.extend(sum.to_le_bytes());
        bytes
    }

    /// From bytes, refused unless every one is as it was written.
    pub fn decode(bytes: &[u8]) -> Result<Model, NoModel> {
        let versioned = bytes.strip_prefix(KIND).ok_or(NoModel::Foreign)?;
        match versioned.first() {
            Some(&VERSION) => {}
            Some(_) => return Err(NoModel::OtherVersion),
            None => return Err(NoModel::Damaged),
        }
        let (body, sum) = versioned[1..].split_last_chunk::<8>().ok_or(NoModel::Damaged)?;
        if checksum(&bytes[..bytes.len() - sum.len()]) != u64::from_le_bytes(*sum) {
            return Err(NoModel::Damaged);
        }
        let mut left = body;
        let card = text(&mut left)?;
        let word_weight = f32::from_le_bytes(take(&mut left)?);
        let categories = head(&mut left)?;
        let causes = head(&mut left)?;
        let ours =
            categories.classes.iter().map(String::as_str).eq(Label::ALL.iter().map(|label| label.code()));
        if !left.is_empty() || !ours {
            return Err(NoModel::Damaged);
        }
        // A cause that is gone from the list could not be shown, and one that is new would never be.
        if !causes.classes.iter().eq(knowledge::causes().map(|cause| &cause.code)) {
            return Err(NoModel::OtherCauses);
        }
        Ok(Model::new(card, categories, causes, word_weight))
    }
}

/// FNV-1a: against damage, not against malice.
fn checksum(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn put_count(bytes: &mut Vec<u8>, count: usize) {
    bytes.extend((count as u32).to_le_bytes());
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put_count(bytes, text.len());
    bytes.extend(text.as_bytes());
}

fn put_head(bytes: &mut Vec<u8>, head: &Head) {
    let grams = head.vocabulary.entries();
    put_count(bytes, grams.len());
    for ([first, second], rarity) in grams {
        bytes.extend(u32::from(first).to_le_bytes());
        bytes.extend(u32::from(second).to_le_bytes());
        bytes.extend(rarity.to_le_bytes());
    }
    put_count(bytes, head.classes.len());
    for (class, base) in head.classes.iter().zip(&head.base) {
        put_text(bytes, class);
        bytes.extend(base.to_le_bytes());
    }
    for start in &head.starts {
        bytes.extend(start.to_le_bytes());
    }
    for (class, weight) in &head.weights {
        bytes.extend(class.to_le_bytes());
        bytes.extend(weight.to_le_bytes());
    }
    bytes.extend(head.unit.to_le_bytes());
    bytes.extend(head.sharpness.to_le_bytes());
    bytes.extend(head.doubt.to_le_bytes());
}

fn take<const N: usize>(left: &mut &[u8]) -> Result<[u8; N], NoModel> {
    let (taken, rest) = left.split_first_chunk::<N>().ok_or(NoModel::Damaged)?;
    *left = rest;
    Ok(*taken)
}

fn count(left: &mut &[u8]) -> Result<usize, NoModel> {
    let count = u32::from_le_bytes(take(left)?) as usize;
    if count <= MOST && count <= left.len() { Ok(count) } else { Err(NoModel::Damaged) }
}

fn text(left: &mut &[u8]) -> Result<String, NoModel> {
    let length = count(left)?;
    let (taken, rest) = left.split_at_checked(length).ok_or(NoModel::Damaged)?;
    *left = rest;
    String::from_utf8(taken.to_vec()).map_err(|_| NoModel::Damaged)
}

fn character(left: &mut &[u8]) -> Result<char, NoModel> {
    char::from_u32(u32::from_le_bytes(take(left)?)).ok_or(NoModel::Damaged)
}

fn head(left: &mut &[u8]) -> Result<Head, NoModel> {
    let mut grams = Vec::new();
    for _ in 0..count(left)? {
        grams.push(([character(left)?, character(left)?], f32::from_le_bytes(take(left)?)));
    }
    let known = grams.len();
    let mut head = Head { vocabulary: Vocabulary::restored(grams.into_iter()), ..Head::default() };
    for _ in 0..count(left)? {
        head.classes.push(text(left)?);
        head.base.push(f32::from_le_bytes(take(left)?));
    }
    for _ in 0..=known {
        head.starts.push(u32::from_le_bytes(take(left)?));
    }
    let rising = head.starts.first() == Some(&0) && head.starts.is_sorted() && head.vocabulary.len() == known;
    let weights = head.starts.last().copied().filter(|_| rising).ok_or(NoModel::Damaged)?;
    for _ in 0..weights {
        let weight = (u16::from_le_bytes(take(left)?), i16::from_le_bytes(take(left)?));
        if usize::from(weight.0) >= head.classes.len() {
            return Err(NoModel::Damaged);
        }
        head.weights.push(weight);
    }
    head.unit = f32::from_le_bytes(take(left)?);
    head.sharpness = f32::from_le_bytes(take(left)?);
    head.doubt = f32::from_le_bytes(take(left)?);
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn small() -> Vec<u8> {
        let row =
            |text, label| crate::Row::parse(&format!(r#"{{"text":"{text}","label":"{label}"}}"#)).unwrap();
        let rows = [row("老板拖欠工资", "labour"), row("房东不退押金", "housing_tenancy")];
        crate::train(&rows, &mut |_| {}).encode()
    }

    static SMALL: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(small);

    /// `body` with the sum that it would have been written with.
    fn summed(body: &[u8]) -> Vec<u8> {
        [body, &checksum(body).to_le_bytes()].concat()
    }

    #[test]
    fn a_model_survives() {
        for bytes in [&Model::shipped().encode(), &*SMALL] {
            assert_eq!(&Model::decode(bytes).unwrap().encode(), bytes);
        }
        assert_eq!(
            Model::decode(include_bytes!("../data/shipped.model")).unwrap().card,
            Model::shipped().card
        );
    }

    #[test]
    fn the_same_rows_give_the_same_bytes() {
        assert_eq!(small(), *SMALL);
    }

    #[test]
    fn each_fault_has_its_name() {
        assert_eq!(Model::decode(b"").unwrap_err(), NoModel::Foreign);
        assert_eq!(Model::decode(b"PK\x03\x04 some archive").unwrap_err(), NoModel::Foreign);
        assert_eq!(Model::decode(b"SUGGEST").unwrap_err(), NoModel::Damaged);
        let mut other = SMALL.clone();
        other[KIND.len()] = b'0';
        assert_eq!(Model::decode(&other).unwrap_err(), NoModel::OtherVersion);
        assert_eq!(Model::decode(&[&SMALL[..], b"x"].concat()).unwrap_err(), NoModel::Damaged);
        let mut renamed = Model::decode(&SMALL).unwrap();
        "9999".clone_into(renamed.causes.classes.last_mut().unwrap());
        assert_eq!(Model::decode(&renamed.encode()).unwrap_err(), NoModel::OtherCauses);
        for fault in [NoModel::Foreign, NoModel::OtherVersion, NoModel::OtherCauses, NoModel::Damaged] {
            assert!(fault.to_string().contains("supermarket train"));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn one_changed_or_missing_byte_is_noticed(at in 8..SMALL.len(), by in 1..=255_u8) {
            let mut bent = SMALL.clone();
            bent[at] ^= by;
            prop_assert_eq!(Model::decode(&bent).unwrap_err(), NoModel::Damaged);
            prop_assert_eq!(Model::decode(&SMALL[..at]).unwrap_err(), NoModel::Damaged);
        }

        /// With a right sum over wrong content it is refused, or answers like any model; it never breaks.
        #[test]
        fn wrong_content_breaks_nothing(at in 8..SMALL.len() - 8, by in 1..=255_u8) {
            let mut body = SMALL[..SMALL.len() - 8].to_vec();
            body[at] ^= by;
            if let Ok(model) = Model::decode(&summed(&body)) {
                prop_assert!(!model.suggest("老板拖欠工资", None).categories.is_empty());
            }
        }

        #[test]
        fn other_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(Model::decode(&bytes).is_err());
            prop_assert!(Model::decode(&summed(&[&b"SUGGEST1"[..], &bytes].concat())).is_err());
        }
    }
}
