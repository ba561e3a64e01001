//! Hand-overs as the contract shows and asks for them.

use chrono::{DateTime, Utc};
use contracts::transfer::v1 as contract;
use lexicon::text::{self, Limits};
use lexicon::{CaseId, Fault, Violations};
use rulebook::exits;

use super::{finish, past, timestamp};
use crate::model::handoff::Said;
use crate::model::{Handoff, exit};

const RECEIVER: Limits = Limits::line(100);
const EVIDENCE: Limits = Limits::long(1_000);
const WORDS: Limits = Limits::long(2_000);

/// A hand-over. Its words are free text: only those who see the case in clear get them.
pub(crate) fn handoff(handoff: &Handoff, clear: bool) -> contract::Handoff {
    let state = &handoff.content.state;
    let answered = state.answered();
    contract::Handoff {
        handoff_id: handoff.id.to_string(),
        case_id: handoff.case.to_string(),
        state: state_of(state.code()).into(),
        version: handoff.version,
        exit: exit::words(handoff.exit).0.to_owned(),
        article: exits::get(handoff.exit).map(|row| row.source.clone()).unwrap_or_default(),
        receiver: handoff.content.receiver.clone().unwrap_or_default(),
        hand_time: state.handed().map(timestamp),
        answer_due_time: handoff.answer_due().map(timestamp),
        answer_time: answered.map(|(at, _)| timestamp(at)),
        answer_text: answered.filter(|_| clear).map(|(_, words)| words.to_owned()).unwrap_or_default(),
        holder: handoff.holder().to_owned(),
    }
}

fn state_of(code: &str) -> contract::HandoffState {
    let states = (1..).map_while(|n| contract::HandoffState::try_from(n).ok());
    let mut states = states.filter(|state| state.as_str_name().strip_prefix("HANDOFF_STATE_") == Some(code));
    states.next().unwrap_or_default()
}

/// To whom it goes.
pub(crate) fn prepare(ask: &contract::PrepareHandoffRequest) -> Result<(CaseId, String), Violations> {
    let mut violations = Violations::new();
    let case = violations.check("case_id", ask.case_id.parse());
    let receiver = violations.check("receiver", text::clean(&ask.receiver, RECEIVER));
    finish(case.zip(receiver), violations)
}

/// That it was handed over.
pub(crate) fn record(
    ask: &contract::RecordHandoffRequest,
    now: DateTime<Utc>,
) -> Result<(CaseId, DateTime<Utc>, String), Violations> {
    let mut violations = Violations::new();
    let case = violations.check("case_id", ask.case_id.parse());
    let at = violations.check("hand_time", past(ask.hand_time.as_ref(), now));
    let evidence = violations.check("evidence", text::clean(&ask.evidence, EVIDENCE));
    let read = || Some((case?, at?, evidence?));
    finish(read(), violations)
}

/// What the receiver says.
pub(crate) fn answer(
    ask: &contract::RecordHandoffAnswerRequest,
    now: DateTime<Utc>,
) -> Result<(CaseId, Said, DateTime<Utc>, String), Violations> {
    let mut violations = Violations::new();
    let case = violations.check("case_id", ask.case_id.parse());
    let said = match contract::HandoffAnswer::try_from(ask.answer) {
        Ok(contract::HandoffAnswer::Acknowledged) => Ok(Said::Acknowledged),
        Ok(contract::HandoffAnswer::Declined) => Ok(Said::Declined),
        Ok(contract::HandoffAnswer::Done) => Ok(Said::Done),
        Ok(contract::HandoffAnswer::Unspecified) | Err(_) => Err(Fault::ENUM_UNKNOWN),
    };
    let said = violations.check("answer", said);
    let at = violations.check("answer_time", past(ask.answer_time.as_ref(), now));
    let words = violations.check("text", text::clean_optional(&ask.text, WORDS));
    if said == Some(Said::Declined) && words == Some(None) {
        violations.push("text", Fault::REQUIRED);
    }
    let read = || Some((case?, said?, at?, words?.unwrap_or_default()));
    finish(read(), violations)
}
