//! Whose demand for the court it is, and what is left to ask a court for.

use chrono::{DateTime, Utc};
use lexicon::{OrgId, Outcome, PartyId};
use uuid::Uuid;

use super::{News, Thread};
use crate::model::codes::Kind;
use crate::model::filing::{self, Filing};

impl Thread {
    /// A demand, with whose it is. A filing that opens with it is that party's alone: what others had demanded before was met by
    /// the one before.
    pub fn demanded_by(
        self,
        party: Option<PartyId>,
        first_receiver: &OrgId,
        id: impl Fn() -> Uuid,
        at: DateTime<Utc>,
    ) -> Outcome<Self, News> {
        let moved = self.demand(first_receiver, id, at);
        let Some(party) = party else { return moved };
        let (mut thread, news) = match moved {
            Outcome::Changed(thread, news) => (thread, news),
            Outcome::AlreadySo(thread) if thread.facts.demanding.contains(&party) => {
                return Outcome::AlreadySo(thread);
            }
            Outcome::AlreadySo(thread) => (thread, vec![]),
        };
        if news.contains(&News::Filing(filing::Event::Opened)) {
            thread.facts.demanding.clear();
        }
        if !thread.facts.demanding.contains(&party) {
            thread.facts.demanding.push(party);
        }
        Outcome::Changed(thread, news)
    }

    /// The kind with which the next filing opens. Once the rest of a partial settlement is at a court, what is left to sue for is
    /// the settled part.
    pub(super) fn kind(&self) -> Kind {
        let has_the_rest = |filing: &Filing| {
            filing.kind == Kind::Complaint && matches!(filing.state.code(), "FILED" | "OUTCOME")
        };
        match self.facts.kind() {
            Kind::Complaint
                if self.facts.settled.is_some() && self.filing.as_ref().is_some_and(has_the_rest) =>
            {
                Kind::SuitOnAgreement
            }
            kind => kind,
        }
    }

    /// The court whose ruling or document is enforced (L1 art. 235).
    pub fn enforced_by(&self) -> Option<&str> {
        let facts = &self.facts;
        let ruled =
            self.confirmation.as_ref().filter(|_| facts.confirmed).map(|noun| &noun.package.venue.court);
        let documented = || {
            let commissioned = self.commission.as_ref().map(|noun| &noun.court);
            commissioned.or_else(|| facts.suit.as_ref().map(|suit| &suit.court)).filter(|_| facts.documented)
        };
        ruled.or_else(documented).map(lexicon::CourtId::as_str)
    }
}
