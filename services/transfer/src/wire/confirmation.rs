//! Confirmations as the contract shows and asks for them.

use access::Caller;
use chrono::{DateTime, Utc};
use contracts::transfer::v1 as contract;
use lexicon::text::{self, Limits};
use lexicon::{CaseId, Fault, PartyId, Violations};
use rulebook::case_number::CaseNumber;
use rulebook::courts;

use super::{finish, past, timestamp};
use crate::model::Confirmation;
use crate::model::confirmation::{Ruling, State, window_end};

const REASON: Limits = Limits::long(2_000);
const MOST_PARTIES: usize = 100;

/// A confirmation. The court's reason is free text: only those who see the case in clear get it.
pub(crate) fn confirmation(noun: &Confirmation, clear: bool) -> contract::Confirmation {
    let content = &noun.content;
    let (number, reason) = match &content.state {
        State::Confirmed { number, .. } => (number.clone(), String::new()),
        State::Denied { reason, .. } if clear => (String::new(), reason.clone()),
        _ => Default::default(),
    };
    let court = noun.package.venue.court.to_string();
    contract::Confirmation {
        confirmation_id: noun.id.to_string(),
        case_id: noun.case.to_string(),
        state: state_of(content.state.code()).into(),
        version: noun.version,
        agreement_id: content.agreement.to_string(),
        effective_time: Some(timestamp(content.effective)),
        window_end_date: window_end(&content.law, Some(noun.package.venue.court.as_str()), content.effective)
            .map(|day| day.to_string())
            .unwrap_or_default(),
        court_org: court,
        jurisdiction_basis: noun.package.venue.basis.code().to_owned(),
        apply_time: Some(timestamp(content.applied)),
        court_case_number: number,
        denial_reason: reason,
        end_time: content.state.ended().map(timestamp),
        holder: content.holder.to_string(),
        accept_time: content.accepted.map(timestamp),
    }
}

fn state_of(code: &str) -> contract::ConfirmationState {
    let states = (1..).map_while(|n| contract::ConfirmationState::try_from(n).ok());
    let mut states =
        states.filter(|state| state.as_str_name().strip_prefix("CONFIRMATION_STATE_") == Some(code));
    states.next().unwrap_or_default()
}

/// A joint application.
pub(crate) fn apply(
    ask: &contract::ApplyForConfirmationRequest,
) -> Result<(CaseId, Vec<PartyId>, String), Violations> {
    let mut violations = Violations::new();
    let case = violations.check("case_id", ask.case_id.parse());
    let parties = if ask.applicant_party_ids.len() > MOST_PARTIES {
        violations.check("applicant_party_ids", Err(Fault::TOO_MANY))
    } else {
        let each = ask.applicant_party_ids.iter().enumerate();
        let read = each.map(|(at, id)| violations.check(&format!("applicant_party_ids[{at}]"), id.parse()));
        read.collect::<Option<Vec<PartyId>>>()
    };
    let all = case.zip(parties).map(|(case, parties)| (case, parties, ask.court_org.clone()));
    finish(all, violations)
}

/// Whose word takes it back.
pub(crate) fn withdraw(ask: &contract::WithdrawConfirmationRequest) -> Result<(CaseId, PartyId), Violations> {
    let mut violations = Violations::new();
    let case = violations.check("case_id", ask.case_id.parse());
    let party = violations.check("party_id", ask.party_id.parse());
    finish(case.zip(party), violations)
}

/// A court's acceptance. Its clock is not ours, and none is ahead of us.
pub(crate) fn accept(
    ask: &contract::AcceptConfirmationRequest,
    now: DateTime<Utc>,
) -> Result<(CaseId, DateTime<Utc>), Violations> {
    let mut violations = Violations::new();
    let case = violations.check("case_id", ask.case_id.parse());
    let at = violations.check("court_time", past(ask.court_time.as_ref(), now));
    finish(case.zip(at), violations)
}

/// A court's ruling. Its number is its own.
pub(crate) fn ruling(
    ask: &contract::RuleOnConfirmationRequest,
    caller: &Caller,
) -> Result<(CaseId, Ruling), Violations> {
    let mut violations = Violations::new();
    let case = violations.check("case_id", ask.case_id.parse());
    let ruling = if ask.valid {
        let parsed = match ask.court_case_number.as_str() {
            "" => Err(Fault::REQUIRED),
            text => CaseNumber::parse(text),
        };
        let number = violations.check("court_case_number", parsed);
        let court = caller.court.as_ref().and_then(|court| courts::by_id(court.as_str()));
        let foreign =
            |number: &CaseNumber| court.is_none_or(|court| court.case_number_code != number.court_code());
        if number.as_ref().is_some_and(foreign) {
            violations.push_worded(
                "court_case_number",
                "COURT_CODE",
                "The number carries the code of another court.",
                "案号中的法院代字不是本院的。",
            );
        }
        number.map(|number| Ruling::Valid { number: number.to_string() })
    } else {
        let reason = violations.check("reason", text::clean(&ask.reason, REASON));
        reason.map(|reason| Ruling::Dismissed { reason })
    };
    finish(case.zip(ruling), violations)
}
