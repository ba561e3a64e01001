//! When a demand has found its end: nothing of it is on its way here any more. What a demand means is written down in
//! [`lexicon::demand`].

use lexicon::Outcome;

use super::{News, Thread};
use crate::model::handoff;

/// The states of a filing that is on its way.
const UNDER_WAY: [&str; 4] = ["TRANSFER_READY", "TRANSFERRED", "COURT_REVIEW", "COURT_CORRECTION"];

impl Thread {
    /// What happened, and that the demands are answered where it was the end of them. Said in every change of a case, so no demand
    /// is left that nobody carries: a party that was heard is on its way, or may be heard again.
    pub fn settled(moved: Outcome<Self, News>) -> Outcome<Self, News> {
        let Outcome::Changed(mut thread, mut news) = moved else { return moved };
        if !thread.facts.demands.stands() || thread.carries_a_demand() {
            return Outcome::Changed(thread, news);
        }
        thread.facts.demands.answer(None);
        thread.facts.demanding.clear();
        if news.is_empty() {
            thread.version += 1;
        }
        // Before a filing that was withdrawn for another reason than the party's word: then the demand is over otherwise.
        news.insert(0, News::DemandAnswered);
        Outcome::Changed(thread, news)
    }

    /// Whether a filing or a hand-over is on its way, to anybody. What the receiver of a hand-over has taken is answered.
    fn carries_a_demand(&self) -> bool {
        let own = self.filing.as_ref();
        let is_own = |id| own.is_some_and(|own| own.id == id);
        let others = self.facts.filings.iter().filter(|one| !is_own(one.id)).map(|one| one.state.as_str());
        let handed = self.handoff.as_ref().is_some_and(|one| {
            matches!(one.content.state, handoff::State::Offered | handoff::State::Handed { .. })
        });
        handed || others.chain(own.map(|own| own.state.code())).any(|state| UNDER_WAY.contains(&state))
    }
}
