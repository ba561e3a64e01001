//! The requests about a dispute that is there already.

use access::{Call, Vault};
use chrono::{DateTime, Utc};
use contracts::intake::v1 as proto;
use lexicon::text::Limits;
use lexicon::{CaseId, CourtId, Fault, PartyId, Violations};
use rulebook::case_number::CaseNumber;
use rulebook::screen::Sign;
use rulebook::{calendar::civil_date, courts, grounds};

use super::party::{self, Reading};
use super::{field, screening};
use crate::model::{Consent, HowSaid, Party, Suit};

/// People's mediation, where nothing else is said.
const DEFAULT_TRACK: &str = "PM";
const MOST_MISSING: usize = 20;
const DEFAULT_PAGE: u64 = 50;
const LARGEST_PAGE: i32 = 500;

/// A request that names a case and nothing else.
pub fn case(given: &str) -> Result<CaseId, Violations> {
    let mut violations = Violations::new();
    let case = field::id(&mut violations, "case_id", given);
    case.ok_or(violations)
}

/// What is missing: the complete list.
pub fn missing(request: &proto::RequestCorrectionRequest) -> Result<(CaseId, Vec<String>), Violations> {
    let mut violations = Violations::new();
    let case = field::id(&mut violations, "case_id", &request.case_id);
    let given = &request.missing_items;
    if given.is_empty() {
        violations.push("missing_items", Fault::REQUIRED);
    }
    if given.len() > MOST_MISSING {
        violations.push("missing_items", Fault::TOO_MANY);
    }
    let mut missing = vec![];
    for (at, item) in given.iter().take(MOST_MISSING).enumerate() {
        missing.push(field::required(
            &mut violations,
            &format!("missing_items[{at}]"),
            item,
            Limits::line(200),
        ));
    }
    done(violations, case).map(|case| (case, missing))
}

/// A party as it shall be.
pub struct Amendment {
    /// The case.
    pub case: CaseId,
    /// The version that was read.
    pub etag: u64,
    /// The party.
    pub party: Party,
    /// Warnings that came up and were confirmed.
    pub warnings: Vec<&'static str>,
}

/// Reads a change of one party.
pub fn amendment(request: &proto::AmendPartyRequest, now: DateTime<Utc>) -> Result<Amendment, Violations> {
    let mut violations = Violations::new();
    let case = field::id(&mut violations, "case_id", &request.case_id);
    if request.etag == 0 {
        violations.push("etag", Fault::REQUIRED);
    }
    let confirmed = field::warnings(&mut violations, &request.confirmed_warnings);
    let mut reading =
        Reading { today: civil_date(now), complete: true, confirmed: &confirmed, raised: vec![] };
    let given = violations.check("party", request.party.as_ref().ok_or(Fault::REQUIRED));
    let party = given.map(|given| party::party(&mut violations.at("party"), given, &mut reading));
    let (case, party) = done(violations, case.zip(party))?;
    Ok(Amendment { case, etag: request.etag, party, warnings: reading.raised })
}

/// What the clerk confirms when accepting.
pub struct Decision {
    /// The case.
    pub case: CaseId,
    /// The cause.
    pub cause: String,
    /// The track's code; whether there is such a track is the rule book's to say.
    pub track: String,
    /// Consents taken at the window, one a party.
    pub consents: Vec<Consent>,
    /// What the window has seen; none where it has not looked again.
    pub signs: Option<Vec<Sign>>,
    /// The court that has the suit or sent the case.
    pub suit: Option<Suit>,
}

/// Reads an acceptance.
pub fn acceptance(request: &proto::AcceptDisputeRequest, now: DateTime<Utc>) -> Result<Decision, Violations> {
    let mut violations = Violations::new();
    let id = field::id(&mut violations, "case_id", &request.case_id);
    if request.cause_code.is_empty() {
        violations.push("cause_code", Fault::REQUIRED);
    }
    let cause = field::cause(&mut violations, "cause_code", &request.cause_code);
    let track = if request.track.is_empty() { DEFAULT_TRACK } else { &request.track };
    let suit = suit(&mut violations, request);
    if request.mediation_consents.len() > party::MOST {
        violations.push("mediation_consents", Fault::TOO_MANY);
    }
    let mut consents: Vec<Consent> = vec![];
    for (at, given) in request.mediation_consents.iter().take(party::MOST).enumerate() {
        let mut violations = violations.at(format!("mediation_consents[{at}]"));
        let party: Option<PartyId> = field::id(&mut violations, "party_id", &given.party_id);
        let time = given.consent_time.as_ref().ok_or(Fault::REQUIRED);
        let at = violations.check("consent_time", time.and_then(|time| field::fact_time(time, now)));
        if let (Some(party), Some(at)) = (party, at)
            && consents.iter().all(|known| known.party != party)
        {
            consents.push(Consent { party, at });
        }
    }
    let signs = screening::signs(&mut violations, request.screening.as_ref());
    let id = done(violations, id)?;
    Ok(Decision { case: id, cause, track: track.to_owned(), consents, signs, suit })
}

/// The court and its number; a number without a court says nothing.
fn suit(violations: &mut Violations, request: &proto::AcceptDisputeRequest) -> Option<Suit> {
    let number = match request.court_case_number.as_str() {
        "" => Some(String::new()),
        text => {
            let parsed = CaseNumber::parse(text).map(|number| number.to_string());
            violations.check("court_case_number", parsed)
        }
    };
    if request.court_org.is_empty() {
        if !request.court_case_number.is_empty() {
            violations.push("court_org", Fault::REQUIRED);
        }
        return None;
    }
    let known = courts::by_id(&request.court_org).ok_or(Fault::UNKNOWN_CODE);
    let court = known.and_then(|court| CourtId::new(court.id.as_str()));
    let court = violations.check("court_org", court)?;
    Some(Suit { court, number: number? })
}

/// Reads a refusal: the case, the ground, and where to go instead (the ground's own words where the clerk gave none).
pub fn refusal(request: &proto::RefuseDisputeRequest) -> Result<(CaseId, &'static str, String), Violations> {
    let mut violations = Violations::new();
    let case = field::id(&mut violations, "case_id", &request.case_id);
    let ground = match request.ground.as_str() {
        "" => Err(Fault::REQUIRED),
        code => grounds::refuse(code).ok_or(Fault::UNKNOWN_CODE),
    };
    let ground = violations.check("ground", ground);
    let redirect = field::optional(&mut violations, "redirect", &request.redirect, Limits::long(500));
    let (case, ground) = done(violations, case.zip(ground))?;
    let redirect = if redirect.is_empty() { ground.redirect_zh.clone() } else { redirect };
    Ok((case, &ground.code, redirect))
}

/// Reads the advice that was given.
pub fn advice(request: &proto::RecordAdviceRequest) -> Result<(CaseId, String), Violations> {
    let mut violations = Violations::new();
    let case = field::id(&mut violations, "case_id", &request.case_id);
    let advice = field::required(&mut violations, "advice", &request.advice, Limits::long(5_000));
    done(violations, case).map(|case| (case, advice))
}

/// Reads a withdrawal.
pub fn withdrawal(
    request: &proto::WithdrawDisputeRequest,
) -> Result<(CaseId, PartyId, Vec<PartyId>), Violations> {
    let mut violations = Violations::new();
    let case = field::id(&mut violations, "case_id", &request.case_id);
    let party = field::id(&mut violations, "party_id", &request.party_id);
    let joining = parties(&mut violations, "joining_party_ids", &request.joining_party_ids);
    done(violations, case.zip(party)).map(|(case, party)| (case, party, joining))
}

fn parties(violations: &mut Violations, field: &str, given: &[String]) -> Vec<PartyId> {
    if given.len() > party::MOST {
        violations.push(field, Fault::TOO_MANY);
    }
    let given = given.iter().take(party::MOST).enumerate();
    given.filter_map(|(at, id)| field::id(violations, &format!("{field}[{at}]"), id)).collect()
}

/// Reads a closing, and who says that nothing is left to do.
pub fn closing(request: &proto::CloseDisputeRequest) -> Result<(CaseId, Vec<PartyId>), Violations> {
    let mut violations = Violations::new();
    let case = field::id(&mut violations, "case_id", &request.case_id);
    let satisfied = parties(&mut violations, "satisfied_party_ids", &request.satisfied_party_ids);
    done(violations, case.map(|case| (case, satisfied)))
}

/// Reads the order to put a file away, and why something is not in it.
pub fn archive(request: &proto::ArchiveDisputeRequest) -> Result<(CaseId, String), Violations> {
    let mut violations = Violations::new();
    let case = field::id(&mut violations, "case_id", &request.case_id);
    let note = field::optional(&mut violations, "note", &request.note, Limits::long(2_000));
    done(violations, case).map(|case| (case, note))
}

/// Reads a demand for the court.
pub fn demand(request: &proto::DemandCourtRequest) -> Result<(CaseId, PartyId, HowSaid), Violations> {
    let mut violations = Violations::new();
    let case = field::id(&mut violations, "case_id", &request.case_id);
    let party = field::id(&mut violations, "party_id", &request.party_id);
    let how = violations.check("how_said", field::how_said(request.how_said));
    done(violations, case.zip(party).zip(how)).map(|((case, party), how)| (case, party, how))
}

/// A page of a list.
pub struct Page {
    /// How many at most.
    pub size: u64,
    /// Only cases before this one.
    pub before: Option<CaseId>,
    /// Only in this state, by its code.
    pub state: Option<&'static str>,
    /// Only with this external identifier.
    pub external_id: Option<String>,
    /// Only those of this batch.
    pub batch: Option<String>,
    /// Only open ones.
    pub open: bool,
    /// What a page token is bound to.
    pub purpose: String,
}

/// Reads a list's filter and place.
pub fn page(
    request: &proto::ListDisputesRequest,
    call: &Call,
    vault: &Vault,
    now: DateTime<Utc>,
) -> Result<Page, Violations> {
    let mut violations = Violations::new();
    let size = match request.page_size {
        0 => DEFAULT_PAGE,
        size @ 1..=LARGEST_PAGE => size as u64,
        _ => {
            violations.push("page_size", Fault::RANGE);
            DEFAULT_PAGE
        }
    };
    let state = match request.state {
        0 => None,
        number => {
            let known = proto::DisputeState::try_from(number).map_err(|_| Fault::ENUM_UNKNOWN);
            violations
                .check("state", known)
                .map(|state| state.as_str_name().trim_start_matches("DISPUTE_STATE_"))
        }
    };
    let external_id =
        field::optional(&mut violations, "external_id", &request.external_id, Limits::name(100));
    let batch = field::optional(&mut violations, "batch_id", &request.batch_id, Limits::name(30));
    let purpose = format!(
        "{}?state={}&open={}&external_id={external_id}&batch={batch}",
        call.policy.path, request.state, request.open
    );
    let before = match request.page_token.as_str() {
        "" => None,
        token => {
            let position = vault.read_page_token(&call.caller, &purpose, now, token).ok();
            let place = position.and_then(|bytes| uuid::Uuid::from_slice(&bytes).ok());
            violations.check("page_token", place.map(CaseId::from).ok_or(Fault::MALFORMED))
        }
    };
    let said = |text: String| Some(text).filter(|text| !text.is_empty());
    let (external_id, batch) = (said(external_id), said(batch));
    done(violations, Some(Page { size, before, state, external_id, batch, open: request.open, purpose }))
}

/// All was read, or everything that is wrong.
pub(super) fn done<T>(violations: Violations, read: Option<T>) -> Result<T, Violations> {
    match (read, violations.is_empty()) {
        (Some(read), true) => Ok(read),
        _ => Err(violations),
    }
}
