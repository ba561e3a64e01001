//! What happens to those who have a case, and to what they have: an examination, an agreement that can be enforced, a successor, a
//! file that is put away.

use chrono::{DateTime, Utc};
use rulebook::deadline::Ledger;
use rulebook::unlawful::Unlawful;

use super::{Book, News};
use crate::model::{ARCHIVE_CLOCK, Deadline, ENFORCEMENT_CLOCK, Holder, Noun, REVIEW_CLOCK, start};

/// From what the time for enforcement counts, where nothing was put on a schedule.
const EFFECTIVE: &str = "DOCUMENT_EFFECTIVE";

impl Book {
    /// Of one who has gone everything is another's.
    pub(super) fn succeed(&mut self, former: &str, holder: &str) {
        for (noun, stand) in &mut self.nouns {
            if stand.open && stand.holder == former {
                holder.clone_into(&mut stand.holder);
                let clocks = self.deadlines.iter_mut().filter(|found| found.noun == *noun);
                clocks.for_each(|found| found.hand(holder));
            }
        }
    }

    /// A suspended run is examined: whoever does so already goes on in their time, another has a time of their own.
    pub(super) fn examine(&mut self, news: &News<'_>, by: String) -> Result<(), Unlawful> {
        let runs = |found: &&mut Deadline| found.clock == REVIEW_CLOCK && found.waits();
        if self.clocks(Noun::Mediation).filter(runs).any(|found| found.holder == by) {
            return Ok(());
        }
        self.clocks(Noun::Mediation).filter(runs).for_each(Deadline::meet);
        self.begin(news, start(Noun::Mediation, REVIEW_CLOCK, Holder::Named(by)).beside())
    }

    /// A court's document or ruling can be enforced: the time for that counts from it and not from the agreement's own effect, unless
    /// a schedule names later days (L1 art. 250).
    pub(super) fn enforceable(&mut self, news: &News<'_>, at: DateTime<Utc>) -> Result<(), Unlawful> {
        self.keep(news, EFFECTIVE, at)?;
        let earlier = |found: &Deadline| {
            let ledger = found.ledger().map(Ledger::began);
            ledger.is_some_and(|began| began.event == EFFECTIVE && began.at < at)
        };
        let counts =
            |found: &&mut Deadline| found.clock == ENFORCEMENT_CLOCK && found.waits() && earlier(found);
        let found = self.clocks(Noun::Mediation).find(counts);
        let Some((holder, generation)) = found.map(|found| {
            found.meet();
            (found.holder.clone(), found.generation)
        }) else {
            return Ok(());
        };
        let anew = start(Noun::Mediation, ENFORCEMENT_CLOCK, Holder::Named(holder)).at(EFFECTIVE, Some(at));
        self.begin(news, anew.generation(Some(generation)).beside())
    }

    /// The dispute is over, and its file is waited for.
    pub(super) fn await_archiving(&mut self, news: &News<'_>, generation: u64) -> Result<(), Unlawful> {
        let stand = self.nouns.entry(Noun::Dispute).or_default();
        stand.open = true;
        if stand.id.is_empty() {
            stand.id = news.case.to_string();
        }
        let file = start(Noun::Dispute, ARCHIVE_CLOCK, Holder::FirstReceiver);
        self.begin(news, file.generation(Some(generation)))
    }
}
