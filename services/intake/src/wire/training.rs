//! Corrections of suggestions: what a clerk says, and the rows that come of it.

use access::{Call, Vault};
use chrono::{DateTime, Utc};
use contracts::intake::v1 as proto;
use lexicon::{CaseId, Fault, Violations};
use suggest::Label;

use super::command::done;
use super::field;
use crate::model::{Correction, TrainingRow};

/// More than this many fit nothing.
const MOST_LABELS: usize = 3;
const DEFAULT_PAGE: u64 = 50;
/// A row may be a long story.
const LARGEST_PAGE: i32 = 100;

/// Reads what a clerk says the words of a case are.
pub fn correction(request: &proto::CorrectSuggestionRequest) -> Result<(CaseId, Correction), Violations> {
    let mut violations = Violations::new();
    let case = field::id(&mut violations, "case_id", &request.case_id);
    let ground = field::cause(&mut violations, "cause_code", &request.cause_code);
    if request.labels.is_empty() && ground.is_empty() {
        violations.push("labels", Fault::REQUIRED);
    }
    if request.labels.len() > MOST_LABELS {
        violations.push("labels", Fault::TOO_MANY);
    }
    let mut labels: Vec<Label> = vec![];
    for (at, code) in request.labels.iter().take(MOST_LABELS).enumerate() {
        let label = violations.check(&format!("labels[{at}]"), code.parse().map_err(|_| Fault::UNKNOWN_CODE));
        labels.extend(label.filter(|label| !labels.contains(label)));
    }
    let correction = Correction { labels, cause: Some(ground).filter(|code| !code.is_empty()) };
    done(violations, case).map(|case| (case, correction))
}

/// A place in the rows.
pub struct Page {
    /// How many at most.
    pub size: u64,
    /// Only cases after this one.
    pub after: Option<CaseId>,
    /// What a page token is bound to.
    pub purpose: String,
}

/// Reads a place in the rows.
pub fn page(
    request: &proto::ListTrainingRowsRequest,
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
    let purpose = call.policy.path.to_owned();
    let after = match request.page_token.as_str() {
        "" => None,
        token => {
            let position = vault.read_page_token(&call.caller, &purpose, now, token).ok();
            let place = position.and_then(|bytes| uuid::Uuid::from_slice(&bytes).ok());
            violations.check("page_token", place.map(CaseId::from).ok_or(Fault::MALFORMED))
        }
    };
    violations.into_result()?;
    Ok(Page { size, after, purpose })
}

/// A row as a message.
pub fn row(row: &TrainingRow) -> proto::TrainingRow {
    proto::TrainingRow {
        case_id: row.case.to_string(),
        text: row.text.clone(),
        labels: row.correction.labels.iter().map(|label| label.code().to_owned()).collect(),
        cause_code: row.correction.cause.clone().unwrap_or_default(),
        kept_time: Some(field::timestamp(row.at)),
    }
}
