//! Which court, and on which basis. The rule book proposes, the party decides, the court examines.
//!
//! Nobody is kept from filing because a place was not recorded: where the rule book can propose no court of the city, the
//! town of the case speaks, and then the centre's seat; where the party chooses another court, that is the basis.

use std::str::FromStr;

use chrono::NaiveDate;
use lexicon::CourtId;
use rulebook::courts::Court;
use rulebook::jurisdiction::{self, AgreedVenue, Fact, Kind, Matter, Opinion, Place, Point, Seat};
use rulebook::unlawful::Unlawful;
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

/// The code of the basis: the rule book's, such as `GENERAL_22`, or one of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis(String);

/// Ours, with their words: where the rule book proposes nothing, or the party decides otherwise.
const OURS: [(&str, &str); 4] = [
    ("CASE_TOWN", "案件所在镇街，由人民法院审查"),
    ("PARTY_CHOICE_36", "当事人选择（民事诉讼法第三十六条），由人民法院审查"),
    ("CENTRE_DEFAULT", "未登记地址，按本中心所在地，由人民法院审查"),
    ("ENFORCE_235", "作出裁定、文书的人民法院（民事诉讼法第二百三十五条）"),
];

impl Basis {
    /// The code in rows and in the contract.
    pub fn code(&self) -> &str {
        &self.0
    }
}

impl FromStr for Basis {
    type Err = lexicon::Fault;
    fn from_str(code: &str) -> Result<Self, lexicon::Fault> {
        let known = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let fits = !code.is_empty() && code.len() <= 40 && code.chars().all(known);
        if fits { Ok(Self(code.to_owned())) } else { Err(lexicon::Fault::UNKNOWN_CODE) }
    }
}

/// What is known of a matter when a court is looked for.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// For what.
    pub kind: Kind,
    /// The day.
    pub on: NaiveDate,
    /// The track.
    pub track: &'a str,
    /// The cause's code; may be empty.
    pub cause: &'a str,
    /// The amount.
    pub amount_fen: i64,
    /// The claimants' towns.
    pub claimants: Vec<&'a str>,
    /// The respondents' towns.
    pub respondents: Vec<&'a str>,
    /// The town of the case.
    pub case_town: &'a str,
    /// Other places: point and division.
    pub places: Vec<(Point, &'a str)>,
    /// What else is known.
    pub facts: Vec<Fact>,
    /// The court that ruled on the agreement.
    pub ruled_by: Option<&'a str>,
    /// A venue that the parties agreed.
    pub agreed: Option<Agreed>,
    /// The court that invited the organisation to mediate before filing.
    pub invited_by: Option<&'a str>,
}

/// A venue that the parties agreed (L1 art. 35).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// A town of the city, or any other division.
    pub division: String,
    /// In writing.
    pub written: bool,
    /// It has an actual connection with the dispute.
    pub connected: bool,
}

/// A court that was found, with the words for its basis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The court and the basis.
    pub venue: Venue,
    /// The court's row.
    pub court: &'static Court,
    /// The basis in words.
    pub because: String,
}

/// What the rule book says of the matter.
pub fn opinion(asked: &Asked<'_>) -> Result<Opinion, Unlawful> {
    let claimants: Vec<Place<'_>> = asked.claimants.iter().copied().map(place).collect();
    let respondents: Vec<Place<'_>> = asked.respondents.iter().copied().map(place).collect();
    let points: Vec<(Point, Place<'_>)> =
        asked.places.iter().map(|(point, town)| (*point, place(town))).collect();
    let matter = Matter {
        kind: asked.kind,
        track: Some(asked.track).filter(|track| !track.is_empty()),
        cause: Some(asked.cause).filter(|cause| !cause.is_empty()),
        amount_fen: Some(asked.amount_fen).filter(|amount| *amount > 0),
        plaintiffs: &claimants,
        defendants: &respondents,
        points: &points,
        facts: &asked.facts,
        agreed: asked.agreed.as_ref().map(|agreed| AgreedVenue {
            place: place(&agreed.division),
            written: agreed.written,
            connected: agreed.connected,
        }),
        invited_by: asked.invited_by,
        ..Matter::on(asked.on)
    };
    jurisdiction::check(&matter)
}

fn place(town: &str) -> Place<'_> {
    match town {
        "" => Place::Unknown,
        town if towns::successor_of(town).is_some() => Place::Town(town),
        other => Place::Division(other),
    }
}

/// The court to file with: `chosen` if the party chose one, else the first that the rule book proposes. `None` when the
/// chosen one is not a court that takes filings.
pub fn decide(asked: &Asked<'_>, chosen: &str) -> Option<Found> {
    let known = opinion(asked).or_else(|_| opinion(&Asked { cause: "", ..asked.clone() }));
    let proposals = known.map(|opinion| opinion.proposals).unwrap_or_default();
    let mut here = proposals.iter().filter_map(|proposal| match &proposal.seat {
        Seat::Court(court) => Some((*court, proposal)),
        _ => None,
    });
    let proposed = if chosen.is_empty() { here.next() } else { here.find(|(court, _)| court.id == chosen) };
    if asked.ruled_by.is_some_and(|court| chosen.is_empty() || court == chosen) {
        return ours(asked.ruled_by.and_then(courts::by_id)?, "ENFORCE_235");
    }
    if let Some((court, proposal)) = proposed {
        let because = format!("{}（{}）", proposal.because_zh, proposal.article);
        let venue =
            Venue { court: CourtId::new(court.id.as_str()).ok()?, basis: proposal.basis.parse().ok()? };
        return Some(Found { venue, court, because });
    }
    if !chosen.is_empty() {
        let takes = |court: &&Court| matches!(court.level.as_str(), "basic" | "intermediate");
        return ours(courts::by_id(chosen).filter(takes)?, "PARTY_CHOICE_36");
    }
    let of_case = towns::court_of(asked.case_town).map(|court| (court, "CASE_TOWN"));
    let (court, basis) =
        of_case.or_else(|| courts::by_id(FALLBACK).map(|court| (court, "CENTRE_DEFAULT")))?;
    ours(court, basis)
}

fn ours(court: &'static Court, code: &str) -> Option<Found> {
    let because = OURS.iter().find(|(ours, _)| *ours == code).map_or("", |(_, words)| words).to_owned();
    let venue = Venue { court: CourtId::new(court.id.as_str()).ok()?, basis: code.parse().ok()? };
    Some(Found { venue, court, because })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked<'a>(town: &'a str, respondents: &[&'a str], cause: &'a str) -> Asked<'a> {
        Asked {
            kind: Kind::Suit,
            on: "2026-03-02".parse().unwrap(),
            track: "PM",
            cause,
            amount_fen: 2_000_000,
            claimants: vec![town],
            respondents: respondents.to_vec(),
            case_town: town,
            places: vec![],
            facts: vec![],
            ruled_by: None,
            agreed: None,
            invited_by: None,
        }
    }

    #[test]
    fn an_agreed_venue_and_the_court_that_invited_come_first() {
        let mut matter = asked("442000001", &["442000001"], "108.3");
        matter.agreed = Some(Agreed { division: "442000118".to_owned(), written: true, connected: true });
        let of = |matter: &Asked<'_>| {
            let found = decide(matter, "").unwrap().venue;
            (found.court.to_string(), found.basis.code().to_owned())
        };
        assert_eq!(of(&matter), ("court-2072".to_owned(), "AGREED_35".to_owned()));
        matter.agreed.as_mut().unwrap().written = false;
        assert_eq!(of(&matter).1, "SPECIAL_24", "what was only said does not hold");
        let confirmation =
            Asked { kind: Kind::Confirmation, track: "WP", invited_by: Some("court-2072"), ..matter };
        assert_eq!(of(&confirmation), ("court-2072".to_owned(), "CONFIRM_205_1".to_owned()));
    }

    #[test]
    fn proposed_by_the_rule_book_or_chosen_by_the_party() {
        let of = |chosen: &str, town: &str, respondents: &[&str], cause: &str| {
            decide(&asked(town, respondents, cause), chosen)
                .map(|found| (found.venue.court.to_string(), found.venue.basis.code().to_owned()))
        };
        let answer = |court: &str, basis: &str| Some((court.to_owned(), basis.to_owned()));
        // 小榄 belongs to the second court, 石岐 to the first.
        assert_eq!(of("", "442000118", &["442000118"], ""), answer("court-2072", "GENERAL_22"));
        assert_eq!(of("", "442000001", &["442000118"], "108.3"), answer("court-2072", "SPECIAL_24"));
        assert_eq!(of("", "442000118", &[""], ""), answer("court-2072", "CASE_TOWN"));
        assert_eq!(of("", "", &[], ""), answer("court-2071", "CENTRE_DEFAULT"));
        assert_eq!(
            of("court-2071", "442000118", &["442000118"], ""),
            answer("court-2071", "PARTY_CHOICE_36")
        );
        assert_eq!(of("court-2072", "", &["442000001", "442000118"], ""), answer("court-2072", "GENERAL_22"));
        assert_eq!(of("court-20", "", &[], ""), answer("court-20", "PARTY_CHOICE_36"));
        assert_eq!(of("court-9999", "442000118", &["442000118"], ""), None);
        assert_eq!(of("", "", &["442000118"], "no such cause"), answer("court-2072", "GENERAL_22"));
    }

    #[test]
    fn enforcement_goes_to_the_court_that_ruled() {
        let mut matter = asked("442000118", &["442000118"], "108.3");
        matter.ruled_by = Some("court-2071");
        let found = decide(&matter, "").unwrap();
        assert_eq!((found.venue.court.as_str(), found.venue.basis.code()), ("court-2071", "ENFORCE_235"));
        assert_eq!(decide(&matter, "court-2072").unwrap().venue.basis.code(), "SPECIAL_24");
    }

    #[test]
    fn labour_goes_to_arbitration_before_it_goes_to_a_court() {
        let mut matter = asked("442000118", &["442000118"], "205.1");
        assert_eq!(opinion(&matter).unwrap().elsewhere.unwrap().ground, "R01");
        matter.facts = vec![Fact::LabourArbitrationDone];
        assert!(opinion(&matter).unwrap().elsewhere.is_none());
    }
}
