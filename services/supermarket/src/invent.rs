//! Parties for disputes that name none: invented from a seed and the dispute's id, so that a run can be repeated.
//! Nobody real is meant; numbers are valid in form only, and the phones' prefix is followed by a digest.

use contracts::lexicon::v1::{IdentityPaper, PaperKind, Party, PartyKind, PartyRole};

const SURNAMES: &[&str] =
    &["赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "褚", "卫", "欧阳", "司徒"];
const GIVEN: &[&str] = &["示甲", "示乙", "示丙", "示丁", "示戊", "示己", "示庚", "示辛", "示壬", "示癸"];
const TOWNS: &[&str] = &["442000001", "442000002", "442000003", "442000101", "442000105", "442000118"];
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// A stream of numbers that depends on the seed and the id only (`SplitMix64` over an FNV-1a hash).
pub struct Dice(u64);

impl Dice {
    /// Dice for one dispute of one run.
    pub fn new(seed: u64, id: &str) -> Self {
        let hash = id
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325 ^ seed, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        Self(hash)
    }

    /// A number below `sides`.
    pub fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    /// One of some things.
    pub fn one_of<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len() as u64) as usize]
    }
}

/// A claimant and a respondent.
pub fn parties(dice: &mut Dice) -> Vec<Party> {
    let claimant = person(dice, PartyRole::Claimant, None);
    let other = claimant.paper.as_ref().map(|paper| paper.number.clone());
    let respondent = person(dice, PartyRole::Respondent, other.as_deref());
    vec![claimant, respondent]
}

fn person(dice: &mut Dice, role: PartyRole, not: Option<&str>) -> Party {
    let name = format!("{}{}", dice.one_of(SURNAMES), dice.one_of(GIVEN));
    let town = *dice.one_of(TOWNS);
    let mut number = resident_id(dice);
    while Some(number.as_str()) == not {
        number = resident_id(dice);
    }
    Party {
        role: role.into(),
        kind: PartyKind::Person.into(),
        name,
        paper: Some(IdentityPaper { kind: PaperKind::ResidentId.into(), number }),
        phone: format!("139{:08}", dice.below(100_000_000)),
        address: format!("虚构路{}号", 1 + dice.below(999)),
        town_code: town.to_owned(),
        ..Party::default()
    }
}

/// A resident identity number with a right checksum, born 1950–1999 in Zhongshan.
fn resident_id(dice: &mut Dice) -> String {
    let (year, month, day) = (1950 + dice.below(50), 1 + dice.below(12), 1 + dice.below(28));
    let body = format!("442000{year:04}{month:02}{day:02}{:03}", dice.below(1000));
    let sum: u32 = body.bytes().zip(WEIGHTS).map(|(b, w)| u32::from(b - b'0') * w).sum();
    format!("{body}{}", char::from(b"10X98765432"[(sum % 11) as usize]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_id_invent_the_same_parties() {
        let again = |id| parties(&mut Dice::new(7, id));
        assert_eq!(again("a"), again("a"));
        assert_ne!(again("a"), again("b"));
    }
}
