//! What a court answers to a filing, and what follows when an answer to it does not come.

use chrono::{DateTime, TimeDelta, Utc};
use lexicon::Outcome;

use super::{Answer, Correction, CourtOutcome, Event, Filing, Moved, State, Submission};
use crate::model::package::Receipt;
use crate::model::refusal::{Mismatch, No, Refusal};
use crate::model::rule::Rule;

/// How far a court's clock may be behind ours: more, and it answers what was not there yet.
pub(in crate::model) const CLOCKS_APART: TimeDelta = TimeDelta::minutes(5);
/// The clock of a correction.
pub(super) const CORRECTION_CLOCK: &str = "S03";

impl Filing {
    /// The court has received. Its first receipt stays; the same again, also after its decision, changes nothing.
    pub fn acknowledge(self, answer: Answer, now: DateTime<Utc>) -> Moved {
        let state = self.state.code();
        let sent = self.state.sent().ok_or(Refusal::NotSubmitted { state })?;
        let received = receipt(sent, answer, now)?;
        match self.state.clone() {
            State::Transferred { sent } => {
                Ok(self.moved(State::CourtReview { sent, received }, Event::Received))
            }
            _ => Ok(Outcome::AlreadySo(self)),
        }
    }

    /// The court files under its number, which is canonical and its own.
    pub fn accept(self, answer: Answer, number: String, now: DateTime<Utc>) -> Moved {
        let state = self.state.code();
        let sent = self.state.received().ok_or(Refusal::NotInReview { state })?;
        let accepted = receipt(sent, answer, now)?;
        match self.state.clone() {
            State::CourtReview { sent, received } => {
                Ok(self.moved(State::Filed { sent, received, accepted, number }, Event::Accepted))
            }
            State::Filed { number: given, .. } if given == number => Ok(Outcome::AlreadySo(self)),
            State::CourtCorrection { .. } => Err(Refusal::NotInReview { state }.into()),
            _ => Err(Refusal::AlreadyAnswered { state }.into()),
        }
    }

    /// The court refuses in writing.
    pub fn refuse(self, answer: Answer, reason: String, now: DateTime<Utc>) -> Moved {
        let state = self.state.code();
        let sent = self.state.received().ok_or(Refusal::NotInReview { state })?;
        let refused = receipt(sent, answer, now)?;
        match self.state.clone() {
            State::CourtReview { sent, received } => {
                let refused = Some(refused);
                Ok(self.moved(State::NotFiled { sent, received, refused, reason }, Event::Refused))
            }
            State::NotFiled { reason: given, .. } if given == reason => Ok(Outcome::AlreadySo(self)),
            State::CourtCorrection { .. } => Err(Refusal::NotInReview { state }.into()),
            _ => Err(Refusal::AlreadyAnswered { state }.into()),
        }
    }

    /// The court wants a correction: one written list, once (T37; L7 art. 7).
    pub fn request_correction(mut self, answer: Answer, items: Vec<String>, now: DateTime<Utc>) -> Moved {
        let state = self.state.code();
        let sent = self.state.received().ok_or(Refusal::NotInReview { state })?;
        receipt(sent, answer, now)?;
        match self.state.clone() {
            State::CourtReview { .. } if self.correction.is_some() => {
                Err(Rule::CorrectionOnlyOnce.against(state).into())
            }
            State::CourtReview { sent, received } => {
                self.correction = Some(Correction { items, asked: now, answer: None });
                Ok(self.moved(State::CourtCorrection { sent, received }, Event::CorrectionRequested))
            }
            State::CourtCorrection { .. } => match &self.correction {
                Some(asked) if asked.items == items => Ok(Outcome::AlreadySo(self)),
                _ => Err(Rule::CorrectionOnlyOnce.against(state).into()),
            },
            _ => Err(Refusal::NotInReview { state }.into()),
        }
    }

    /// The party has supplied what was missing (T37b).
    pub fn answer_correction(mut self, words: &str, now: DateTime<Utc>) -> Moved {
        let state = self.state.code();
        if self.state.sent().is_none() {
            return Err(Refusal::NotSubmitted { state }.into());
        }
        match (self.state.clone(), &mut self.correction) {
            (State::CourtCorrection { sent, received }, Some(correction)) => {
                correction.answer = Some((now, words.to_owned()));
                Ok(self.moved(State::CourtReview { sent, received }, Event::Corrected))
            }
            (_, Some(Correction { answer: Some((_, given)), .. })) if given == words => {
                Ok(Outcome::AlreadySo(self))
            }
            _ => Err(Rule::NotInCorrection.against(state).into()),
        }
    }

    /// The time for the correction of this generation has run out (T51): an older one is already so.
    pub fn lapse(self, clock: &str, generation: u64) -> Moved {
        match self.state.clone() {
            State::CourtCorrection { sent, received }
                if clock == CORRECTION_CLOCK && generation == self.version =>
            {
                let state = State::NotFiled { sent, received, refused: None, reason: String::new() };
                Ok(self.moved(state, Event::Lapsed))
            }
            _ => Ok(Outcome::AlreadySo(self)),
        }
    }

    /// The court tells how it ended (T40).
    pub fn report_outcome(self, outcome: CourtOutcome) -> Moved {
        let state = self.state.code();
        match self.state.clone() {
            State::Filed { sent, received, accepted, number } => {
                let state = State::Outcome { sent, received, accepted, number, outcome };
                Ok(self.moved(state, Event::Outcome))
            }
            State::Outcome { outcome: given, .. } if given == outcome => Ok(Outcome::AlreadySo(self)),
            State::Outcome { .. } => Err(Refusal::AlreadyAnswered { state }.into()),
            _ => Err(Rule::NotFiledYet.against(state).into()),
        }
    }
}

/// The answer as a receipt, if it is about what was submitted and came after it.
fn receipt(sent: &Submission, answer: Answer, now: DateTime<Utc>) -> Result<Receipt, No> {
    let mut wrong = vec![];
    if !sent.package.is(&answer.package_sha256) {
        wrong.push(Mismatch::Digest);
    }
    if answer.court_time < sent.at - CLOCKS_APART {
        wrong.push(Mismatch::Time);
    }
    if !wrong.is_empty() {
        return Err(No::Unlike(wrong));
    }
    Ok(Receipt {
        package_sha256: sent.package.sha256.clone(),
        court_time: answer.court_time,
        receive_time: now,
        by: answer.by,
    })
}
