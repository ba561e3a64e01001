//! A court's own document on an agreement: of what it commissioned (T31), of what its judge mediated (T31b), and of what it
//! referred before filing (T31c). It can be enforced, and leaves nothing to confirm.

use chrono::{DateTime, Utc};
use lexicon::{CourtId, Outcome};
use rulebook::case_number::CaseNumber;
use rulebook::procedure;
use rulebook::validity::Dated as _;

use super::{Moved, News, Thread};
use crate::model::codes::OutcomeKind;
use crate::model::filing::CourtOutcome;
use crate::model::refusal::No;
use crate::model::rule::Rule;

/// The type of number that a mediation document carries where no suit is registered.
const BEFORE_FILING: &str = "诉前调书";

impl Thread {
    /// On what a commission brought about (T31).
    pub fn document(self, document: &CourtOutcome, at: DateTime<Utc>) -> Moved {
        let commission = self.commission.as_ref().ok_or(No::Missing("commission"))?;
        // Where it stands is told before what is wrong with the document.
        let mut moved = self.clone().commission(|noun| noun.document(document.clone(), at))?;
        if let Outcome::Changed(thread, _) = &mut moved {
            self.may_document(commission.track(), &commission.court, document)?;
            thread.facts.documented = true;
        }
        Ok(moved)
    }

    /// On an agreement behind which no commission stands: a judge of this court mediated (JM), or the court sent the parties to
    /// a mediator with a letter that the window has kept (WP).
    pub fn document_of_case(mut self, court: &CourtId, document: CourtOutcome, at: DateTime<Utc>) -> Moved {
        if let Some(commission) = &self.commission {
            let its = commission.court == *court;
            return if its { self.document(&document, at) } else { Err(No::Missing("case")) };
        }
        if self.facts.suit.as_ref().is_none_or(|suit| suit.court != *court) {
            return Err(No::Missing("case"));
        }
        if let Some(known) = &self.facts.document {
            let same = *known == document;
            return if same {
                Ok(Outcome::AlreadySo(self))
            } else {
                Err(Rule::DocumentIssued.against("COURT_DOC").into())
            };
        }
        if self.facts.settled.is_none() {
            return Err(Rule::CommissionNotAgreed.against(self.facts.standing()).into());
        }
        let track = self.facts.track.clone();
        self.may_document(&track, court, &document)?;
        self.version += 1;
        self.facts.documented = true;
        self.facts.document = Some(document);
        Ok(Outcome::Changed(self, vec![News::Document]))
    }

    /// Whether a court may answer an agreement on this track so.
    fn may_document(&self, track: &str, court: &CourtId, document: &CourtOutcome) -> Result<(), No> {
        let against = |rule: Rule| Err(rule.against(self.facts.standing()).into());
        let mut rows = procedure::transitions().iter().filter(|row| row.verb == "IssueCourtDocument");
        if !rows.any(|row| row.is_of(track) && row.holds_on(document.on)) {
            return against(Rule::CourtDocumentNotOpen);
        }
        let before_filing = track == "WP";
        let fits = match document.kind {
            OutcomeKind::MediationDocument => true,
            OutcomeKind::Withdrawn | OutcomeKind::Other => !before_filing,
            _ => false,
        };
        if !fits {
            return against(Rule::DocumentKind);
        }
        let own = |number: &CaseNumber| {
            let of_court = number.court().is_none_or(|known| known.id == court.as_str());
            number.case_type().is_some_and(|kind| kind.code == BEFORE_FILING) && of_court
        };
        if before_filing && !CaseNumber::parse(&document.number).is_ok_and(|number| own(&number)) {
            return against(Rule::DocumentNumber);
        }
        if self.applied().is_some() {
            return against(Rule::ConfirmationChosen);
        }
        Ok(())
    }
}
