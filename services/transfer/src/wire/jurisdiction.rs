//! The rule book's opinion on where a matter belongs, asked for and shown.

use contracts::transfer::v1 as contract;
use lexicon::{CaseId, Fault, Violations};
use rulebook::courts;
use rulebook::jurisdiction::{Fact, Opinion, Point, Seat};

use super::{finish, kind_of};
use crate::model::Kind;
use crate::model::venue::Agreed;
use crate::papers::Purpose;

const MOST_PLACES: usize = 20;

/// What is asked, beside what the file says.
pub(crate) struct JurisdictionAsk {
    /// The case.
    pub(crate) case: CaseId,
    /// For what.
    pub(crate) purpose: Purpose,
    /// Other places.
    pub(crate) places: Vec<(Point, String)>,
    /// What else is known.
    pub(crate) facts: Vec<Fact>,
    /// A venue that the parties agreed.
    pub(crate) agreed: Option<Agreed>,
    /// The court that invited the organisation to mediate, where the file does not say it.
    pub(crate) invited_by: Option<&'static str>,
}

/// Reads what is asked.
pub(crate) fn ask(ask: &contract::CheckJurisdictionRequest) -> Result<JurisdictionAsk, Violations> {
    let mut violations = Violations::new();
    let case = violations.check("case_id", ask.case_id.parse());
    let kind = violations.check("kind", kind_of(ask.kind));
    if ask.places.len() > MOST_PLACES {
        violations.push("places", Fault::TOO_MANY);
    }
    let mut places = vec![];
    for (at, place) in ask.places.iter().take(MOST_PLACES).enumerate() {
        let point = place.point.parse::<Point>().map_err(|_| Fault::UNKNOWN_CODE);
        let point = violations.check(&format!("places[{at}].point"), point);
        let code = violations.check(&format!("places[{at}].division_code"), division(&place.division_code));
        places.extend(point.zip(code));
    }
    let purpose = if ask.confirmation {
        Some(Purpose::Confirmation)
    } else {
        kind.map(|kind| Purpose::Filing(kind.unwrap_or(Kind::Complaint)))
    };
    let known = [(ask.arbitration_agreed, Fact::ArbitrationAgreed), (ask.online, Fact::Online)];
    let facts = known.into_iter().filter(|(is, _)| *is).map(|(_, fact)| fact).collect();
    let agreed = ask.agreed_venue.as_ref().and_then(|venue| {
        let division = violations.check("agreed_venue.division_code", division(&venue.division_code))?;
        Some(Agreed { division, written: venue.written, connected: venue.connected })
    });
    let invited_by = match ask.inviting_court_org.as_str() {
        "" => None,
        id => {
            let court = courts::by_id(id).map(|court| court.id.as_str()).ok_or(Fault::UNKNOWN_CODE);
            violations.check("inviting_court_org", court)
        }
    };
    let read = || Some(JurisdictionAsk { case: case?, purpose: purpose?, places, facts, agreed, invited_by });
    finish(read(), violations)
}

fn division(code: &str) -> Result<String, Fault> {
    let digits = (2..=12).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit());
    if digits { Ok(code.to_owned()) } else { Err(Fault::MALFORMED) }
}

/// The opinion.
pub(crate) fn opinion(opinion: &Opinion) -> contract::JurisdictionOpinion {
    let elsewhere = opinion.elsewhere.as_ref();
    let proposals = opinion.proposals.iter().map(|proposal| {
        let (court_org, name) = match &proposal.seat {
            Seat::Court(court) => (court.id.clone(), court.name.clone()),
            Seat::Special(name) => (String::new(), name.clone()),
            Seat::Elsewhere { division, .. } => (String::new(), division.clone()),
        };
        contract::CourtProposal {
            court_org,
            name,
            basis: proposal.basis.clone(),
            because_zh: proposal.because_zh.clone(),
            because_en: proposal.because_en.clone(),
            article: proposal.article.clone(),
            verified: proposal.verified,
        }
    });
    let findings = opinion.findings.iter().map(|finding| contract::JurisdictionFinding {
        step: i32::from(finding.step),
        chinese: finding.chinese.clone(),
        english: finding.english.clone(),
        article: finding.article.clone(),
    });
    contract::JurisdictionOpinion {
        proposals: proposals.collect(),
        elsewhere_zh: elsewhere.map(|to| to.chinese.to_owned()).unwrap_or_default(),
        elsewhere_en: elsewhere.map(|to| to.english.to_owned()).unwrap_or_default(),
        elsewhere_ground: elsewhere.map(|to| to.ground.to_owned()).unwrap_or_default(),
        missing_points: opinion.missing.iter().map(|point| point.code().to_owned()).collect(),
        findings: findings.collect(),
    }
}
