//! What a dispute lacks: it is asked for once, with a day, and comes, or does not.

use chrono::{DateTime, Utc};
use lexicon::{Fen, Outcome, PartyId};
use rulebook::grounds;

use super::dispute::Moved;
use super::{Dispute, Event, Party, Record, Refusal, Sheet, State, Term};

/// The ground of a dispute whose missing parts did not come in time.
const NOT_SUPPLIED: &str = "R14";

/// What a correction brings; `None` leaves the old as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Patch {
    /// In a line.
    pub subject: Option<String>,
    /// The story.
    pub text: Option<String>,
    /// What is asked for.
    pub claims: Option<String>,
    /// The amount.
    pub amount: Option<Fen>,
    /// The town.
    pub town: Option<String>,
    /// The legal ground.
    pub cause: Option<String>,
    /// All parties.
    pub parties: Option<Vec<Party>>,
    /// Warnings that the clerk confirmed.
    pub warnings: Vec<&'static str>,
    /// What the channel has recorded.
    pub record: Record,
}

impl Dispute {
    /// SUBMITTED → CORRECTION (T02). The list is given once.
    pub fn request_correction(mut self, missing: Vec<String>, term: Term, at: DateTime<Utc>) -> Moved {
        match &self.state {
            State::Submitted { corrected: false } => {
                let generation = self.version + 1;
                self.state = State::Correction { missing, since: at, term, generation };
                Ok(self.changed(at, Event::CorrectionRequested))
            }
            State::Correction { missing: asked, .. } if *asked == missing => Ok(Outcome::AlreadySo(self)),
            State::Submitted { .. } | State::Correction { .. } => {
                Err(Refusal::CorrectionAlreadyAsked(self.standing()))
            }
            _ => Err(Refusal::NotSubmitted(self.standing())),
        }
    }

    /// What the sheet would be with the patch.
    pub fn patched(&self, patch: &Patch) -> Sheet {
        let Sheet { words, amount, town, cause, parties } = self.sheet.clone();
        Sheet {
            words: super::Words {
                subject: patch.subject.clone().unwrap_or(words.subject),
                text: patch.text.clone().unwrap_or(words.text),
                claims: patch.claims.clone().unwrap_or(words.claims),
            },
            amount: patch.amount.unwrap_or(amount),
            town: patch.town.clone().unwrap_or(town),
            cause: patch.cause.clone().unwrap_or(cause),
            parties: patch.parties.clone().unwrap_or(parties),
        }
    }

    /// CORRECTION → SUBMITTED (T03). The same correction once more is already so.
    pub fn correct(mut self, patch: &Patch, at: DateTime<Utc>, new_id: impl FnMut() -> PartyId) -> Moved {
        let mut sheet = self.patched(patch);
        let record = self.entry.record.replaced(&patch.record);
        match self.state {
            State::Correction { .. } => {
                let known: Vec<PartyId> = self.sheet.parties.iter().map(|party| party.id).collect();
                sheet.identify(&known, new_id);
                self.keeps_who_demands(&sheet)?;
                self.sheet = sheet;
                self.entry.record = record;
                self.confirm(&patch.warnings);
                self.state = State::Submitted { corrected: true };
                Ok(self.changed(at, Event::Corrected))
            }
            State::Submitted { corrected: true }
                if self.sheet.says_the_same(&sheet) && self.entry.record == record =>
            {
                Ok(Outcome::AlreadySo(self))
            }
            _ => Err(Refusal::NotInCorrection(self.standing())),
        }
    }

    /// CORRECTION → REFUSED (T03): what was missing has not come by the day. Of an older generation, or no longer waited for:
    /// already so. Who has demanded the court is on the way there, and waits for no acceptance.
    pub fn lapse(mut self, generation: u64, at: DateTime<Utc>) -> Outcome<Dispute, Event> {
        match &self.state {
            State::Correction { generation: asked, .. }
                if self.demand.is_none() && (*asked == generation || *asked == 0) =>
            {
                let redirect = grounds::refuse(NOT_SUPPLIED).map(|ground| ground.redirect_zh.clone());
                let (ground, redirect) = (NOT_SUPPLIED.to_owned(), redirect.unwrap_or_default());
                self.state = State::Refused { ground, redirect };
                self.changed(at, Event::Lapsed)
            }
            _ => Outcome::AlreadySo(self),
        }
    }

    pub(super) fn confirm(&mut self, warnings: &[&'static str]) {
        for warning in warnings {
            if !self.entry.warnings.contains(warning) {
                self.entry.warnings.push(warning);
            }
        }
    }
}
