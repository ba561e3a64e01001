//! Which court, and on which basis. The service proposes, the party decides, the court examines.
//!
//! Proposed is the basic court of the case's town, else of the first respondent's town, else the first court of the
//! city. Level (very large amounts), exclusive and agreed venue are for the party and the court: nothing that is
//! recorded here would settle them.

use std::str::FromStr;

use lexicon::CourtId;
use rulebook::courts::Court;
use rulebook::{courts, towns};

/// Where nothing says where: the first basic court has most towns and the centre's seat.
const FALLBACK: &str = "court-2071";

/// A court and the basis of its jurisdiction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Venue {
    /// The court.
    pub court: CourtId,
    /// Why that one.
    pub basis: Basis,
}

/// On which basis a court is competent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The respondent's domicile (Civil Procedure Law art. 22).
    General22,
    /// The town of the case: where it happened or where the claimant lives.
    CaseTown,
    /// The party chose it (art. 36 where several are competent).
    PartyChoice36,
    /// Nothing known speaks for another.
    CentreDefault,
}

impl Basis {
    /// Every basis.
    pub const ALL: [Self; 4] = [Self::General22, Self::CaseTown, Self::PartyChoice36, Self::CentreDefault];

    /// The code in rows and in the contract.
    pub const fn code(self) -> &'static str {
        match self {
            Self::General22 => "GENERAL_22",
            Self::CaseTown => "CASE_TOWN",
            Self::PartyChoice36 => "PARTY_CHOICE_36",
            Self::CentreDefault => "CENTRE_DEFAULT",
        }
    }

    /// In words, for the complaint.
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::General22 => "被告住所地（民事诉讼法第二十二条）",
            Self::CaseTown => "案件所在镇街，由人民法院审查",
            Self::PartyChoice36 => "当事人选择（民事诉讼法第三十六条），由人民法院审查",
            Self::CentreDefault => "未登记地址，按本中心所在地，由人民法院审查",
        }
    }
}

impl FromStr for Basis {
    type Err = lexicon::Fault;
    fn from_str(code: &str) -> Result<Self, lexicon::Fault> {
        Self::ALL.into_iter().find(|basis| basis.code() == code).ok_or(lexicon::Fault::UNKNOWN_CODE)
    }
}

/// The court to file with: `chosen` if the party chose one, else the proposal. `None` when the chosen one is not a
/// court that takes filings.
pub fn decide<'a>(
    chosen: &str,
    case_town: &str,
    respondent_towns: impl Iterator<Item = &'a str> + Clone,
) -> Option<(Venue, &'static Court)> {
    let first = respondent_towns.clone().find(|town| !town.is_empty()).unwrap_or_default();
    let court = match chosen {
        "" => {
            towns::court_of(case_town).or_else(|| towns::court_of(first)).or_else(|| courts::by_id(FALLBACK))
        }
        chosen => {
            courts::by_id(chosen).filter(|court| matches!(court.level.as_str(), "basic" | "intermediate"))
        }
    }?;
    let here = |town: &str| towns::court_of(town).is_some_and(|of_town| of_town.id == court.id);
    let basis = if respondent_towns.into_iter().any(here) {
        Basis::General22
    } else if !chosen.is_empty() {
        Basis::PartyChoice36
    } else if here(case_town) {
        Basis::CaseTown
    } else {
        Basis::CentreDefault
    };
    Some((Venue { court: CourtId::new(court.id.as_str()).ok()?, basis }, court))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proposed_by_town_or_chosen_by_the_party() {
        let of = |chosen: &str, town: &str, respondents: &[&str]| {
            decide(chosen, town, respondents.iter().copied())
                .map(|(venue, _)| (venue.court.to_string(), venue.basis))
        };
        let answer = |court: &str, basis| Some((court.to_owned(), basis));
        // 小榄 belongs to the second court, 石岐 to the first.
        assert_eq!(of("", "442000118", &["442000118"]), answer("court-2072", Basis::General22));
        assert_eq!(of("", "442000118", &["442000001"]), answer("court-2072", Basis::CaseTown));
        assert_eq!(of("", "", &["", "442000118"]), answer("court-2072", Basis::General22));
        assert_eq!(of("", "", &[]), answer("court-2071", Basis::CentreDefault));
        assert_eq!(of("court-2071", "442000118", &["442000118"]), answer("court-2071", Basis::PartyChoice36));
        assert_eq!(of("court-2072", "", &["442000001", "442000118"]), answer("court-2072", Basis::General22));
        assert_eq!(of("court-20", "", &[]), answer("court-20", Basis::PartyChoice36));
        assert_eq!(of("court-9999", "442000118", &[]), None);
        for basis in Basis::ALL {
            assert_eq!(basis.code().parse(), Ok(basis));
        }
    }
}
