//! A closed case's file is put away (T42; L3 art. 27): when its documents are there, or when a person has noted why one is not.
//! It is sealed then, and nothing changes it any more; but no file stands between a party and the court: where a closed case hears a
//! demand, an archived one does, and is open again.

use chrono::{DateTime, Utc};
use lexicon::Outcome;
use rulebook::calendar::civil_date;
use rulebook::channels::{self, Field};
use rulebook::dossier::{self, Document, Row, When};

use super::dispute::Moved;
use super::{Dispute, Event, Refusal, State};

/// What is known of a case's file beside the dispute itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dossier {
    /// A mediation began with everybody's consent.
    pub mediated: bool,
    /// A sitting was recorded.
    pub recorded: bool,
    /// The version in which the dispute was closed the last time: what a deadline that was reached is compared with.
    pub closed: u64,
    /// Why something is not in the file, in a person's words; sealed.
    pub note: String,
}

/// What another service tells of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filed {
    /// A mediation began.
    Mediation,
    /// A sitting was recorded.
    Record,
}

impl Dispute {
    /// What belongs into the file and is not there.
    pub fn missing_documents(&self) -> Vec<&'static Row> {
        let day = civil_date(self.submitted_at.unwrap_or(self.updated_at));
        dossier::on(day).filter(|row| self.needs(row.when) && !self.holds(row.document)).collect()
    }

    fn needs(&self, when: When) -> bool {
        match when {
            When::Submitted => self.submitted_at.is_some(),
            When::ByWord => self.submitted_at.is_some_and(|at| {
                channels::on(self.entry.channel.code(), civil_date(at))
                    .any(|row| row.field == Field::OralNote)
            }),
            When::Accepted => self.acceptance.is_some(),
            When::Mediated => self.dossier.mediated,
            When::Agreed => self.beyond.agreed(),
        }
    }

    fn holds(&self, document: Document) -> bool {
        match document {
            Document::Application => self.submitted_at.is_some(),
            Document::OralNote => self.entry.oral.is_some(),
            Document::Acceptance => self.acceptance.is_some(),
            Document::MediationRecord => self.dossier.recorded,
            // Mediation lets none take effect that is not kept, in writing or as the mediator wrote it down.
            Document::Agreement => self.beyond.agreed(),
        }
    }

    /// CLOSED → ARCHIVED, on a person's word: what is missing is explained, or nothing is.
    pub fn archive(mut self, note: &str, at: DateTime<Utc>) -> Moved {
        match self.state {
            State::Archived => Ok(Outcome::AlreadySo(self)),
            State::Closed => {
                let missing = self.missing_documents();
                if !missing.is_empty() && note.is_empty() {
                    return Err(Refusal::FileIncomplete(self.standing(), missing));
                }
                note.clone_into(&mut self.dossier.note);
                self.state = State::Archived;
                Ok(self.changed(at, Event::Archived))
            }
            _ => Err(Refusal::NotClosed(self.standing())),
        }
    }

    /// CLOSED → ARCHIVED (T42): the day has come (S17). Where a document is missing the file stays open, and its clock overdue, until a
    /// person explains it. Of an earlier closing: already so.
    pub fn put_away(mut self, generation: u64, at: DateTime<Utc>) -> Outcome<Dispute, Event> {
        let its = self.state == State::Closed && self.dossier.closed == generation;
        if !its || !self.missing_documents().is_empty() {
            return Outcome::AlreadySo(self);
        }
        self.state = State::Archived;
        self.changed(at, Event::Archived)
    }

    /// What another service tells of the file: no news of ours.
    pub fn documented(mut self, what: Filed, at: DateTime<Utc>) -> Outcome<Dispute, Event> {
        let before = self.dossier.clone();
        match what {
            Filed::Mediation => self.dossier.mediated = true,
            Filed::Record => self.dossier.recorded = true,
        }
        if self.dossier == before {
            return Outcome::AlreadySo(self);
        }
        self.version += 1;
        self.updated_at = at;
        Outcome::Changed(self, vec![])
    }
}
