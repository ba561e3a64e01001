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
        match self.facts.kind() {
            Kind::Complaint if self.facts.settled.is_some() && self.has_the_rest() => Kind::SuitOnAgreement,
            kind => kind,
        }
    }

    /// Whether a court has a complaint of this case, whatever was filed after it.
    fn has_the_rest(&self) -> bool {
        let has = |kind: Kind, state: &str| kind == Kind::Complaint && matches!(state, "FILED" | "OUTCOME");
        let own = self.filing.as_ref().map(|filing: &Filing| (filing.kind, filing.state.code()));
        let others = self.facts.filings.iter().map(|one| (one.kind, one.state.as_str()));
        own.into_iter().chain(others).any(|(kind, state)| has(kind, state))
    }

    /// Whether a court has this very suit, registered, and nothing was agreed that could be sued on: of a commission after filing,
    /// wherever it stands, and of a judge's own mediation.
    pub(super) fn is_sued_already(&self) -> bool {
        let commissioned = self.commission.as_ref().is_some_and(|one| one.track() == "WT");
        self.facts.settled.is_none() && (commissioned || self.facts.is_at_a_court())
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
