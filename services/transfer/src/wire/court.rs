//! What a court says of a filing beside its receipts, read whole.

use access::Caller;
use chrono::NaiveDate;
use contracts::transfer::v1 as contract;
use lexicon::text::{self, Limits};
use lexicon::{CaseId, Fault, FilingId, Violations};

use super::{answer, finish};
use crate::model::{Answer, CourtOutcome, OutcomeKind};

const ITEM: Limits = Limits::long(500);
const MOST_ITEMS: usize = 50;
const NUMBER: Limits = Limits::line(100);
const ANSWER: Limits = Limits::long(5_000);

/// A court's list of what is missing.
pub(crate) fn correction(
    ask: &contract::RequestCorrectionRequest,
    caller: &Caller,
) -> Result<(CaseId, Answer, Vec<String>), Violations> {
    let mut violations = Violations::new();
    let read = answer(&mut violations, caller, &ask.case_id, &ask.package_sha256, ask.court_time.as_ref());
    let items = match ask.items.len() {
        0 => violations.check("items", Err(Fault::REQUIRED)),
        n if n > MOST_ITEMS => violations.check("items", Err(Fault::TOO_MANY)),
        _ => {
            let each = ask.items.iter().enumerate();
            let read =
                each.map(|(at, item)| violations.check(&format!("items[{at}]"), text::clean(item, ITEM)));
            read.collect::<Option<Vec<String>>>()
        }
    };
    let all = read.zip(items).map(|((case, answer), items)| (case, answer, items));
    finish(all, violations)
}

/// What a party supplies.
pub(crate) fn corrected(ask: &contract::AnswerCorrectionRequest) -> Result<(CaseId, String), Violations> {
    let mut violations = Violations::new();
    let case = violations.check("case_id", ask.case_id.parse());
    let words = violations.check("answer", text::clean(&ask.answer, ANSWER));
    finish(case.zip(words), violations)
}

/// How a case ended, and which filing of it, if the court says so.
pub(crate) fn outcome(
    ask: &contract::ReportOutcomeRequest,
) -> Result<(CaseId, CourtOutcome, Option<FilingId>), Violations> {
    let mut violations = Violations::new();
    let case = violations.check("case_id", ask.case_id.parse());
    let outcome = read_outcome(&mut violations, "outcome", ask.outcome.as_ref());
    let named = Some(&ask.filing_id).filter(|id| !id.is_empty());
    let named = named.and_then(|id| violations.check("filing_id", id.parse()));
    finish(case.zip(outcome).map(|(case, outcome)| (case, outcome, named)), violations)
}

/// A court's act with its day and number.
pub(super) fn read_outcome(
    violations: &mut Violations,
    field: &str,
    told: Option<&contract::CourtOutcome>,
) -> Option<CourtOutcome> {
    let Some(told) = told else {
        violations.push(field, Fault::REQUIRED);
        return None;
    };
    let kind = contract::OutcomeKind::try_from(told.kind)
        .ok()
        .and_then(|kind| OutcomeKind::ALL.iter().copied().find(|known| super::outcome_kind(*known) == kind));
    let kind = violations.check(&format!("{field}.kind"), kind.ok_or(Fault::ENUM_UNKNOWN));
    let on = told.decision_date.parse::<NaiveDate>().map_err(|_| Fault::MALFORMED);
    let on = violations.check(&format!("{field}.decision_date"), on);
    let number =
        violations.check(&format!("{field}.document_number"), text::clean(&told.document_number, NUMBER));
    Some(CourtOutcome { kind: kind?, on: on?, number: number? })
}
