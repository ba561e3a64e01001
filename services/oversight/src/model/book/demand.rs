//! What a demand for the court makes needless, and what is waited for again when it is taken back: the clocks of an acceptance and
//! of the parties' choice. A demand is heard of before and after what it concerns, so both orders come to the same.

use rulebook::clocks::StopReason;
use rulebook::deadline::{Ledger, Start as Began};
use rulebook::unlawful::Unlawful;

use super::{Book, News};
use crate::model::{ACCEPTANCE_CLOCKS, CHOICE_CLOCK, Deadline, Holder, Noun, Since, Start, start};

/// A clock that need not run while a demand for the court stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spared {
    /// Which.
    pub clock: String,
    /// What its owner called it.
    pub generation: u64,
    /// What it counted from; nothing for a choice, which is given its time anew.
    pub began: Option<Began>,
}

impl Spared {
    fn of(found: &mut Deadline) -> Self {
        let began = found.ledger().map(|ledger| ledger.began().clone());
        Self { clock: found.clock.clone(), generation: found.generation, began }
    }
}

impl Book {
    pub(super) fn demanded(&mut self, news: &News<'_>) -> Result<(), Unlawful> {
        self.court_demanded = true;
        for noun in [Noun::Mediation, Noun::Confirmation] {
            let choice = self.clocks(noun).find(|found| found.clock == CHOICE_CLOCK && found.waits());
            if let Some(choice) = choice {
                choice.meet();
                let generation = choice.generation;
                self.spare(noun, Spared { clock: CHOICE_CLOCK.to_owned(), generation, began: None });
            }
        }
        if std::mem::take(&mut self.closed) {
            // What was closed and not performed is on its way again.
            self.open(news, Noun::Dispute, String::new());
            return self.begin(news, start(Noun::Dispute, "S11", Holder::FirstReceiver));
        }
        let waiting = self.clocks(Noun::Dispute).filter(|found| found.waits());
        let waiting = waiting.filter(|found| ACCEPTANCE_CLOCKS.contains(&found.clock.as_str()));
        let spared: Vec<Spared> = waiting.map(Spared::of).collect();
        if spared.is_empty() {
            return Ok(());
        }
        if let Some(stand) = self.nouns.get_mut(&Noun::Dispute) {
            stand.spared = spared;
        }
        self.begin(news, start(Noun::Dispute, "S11", Holder::Same))
    }

    /// The demand is taken back, as if nobody had demanded: the parties choose anew, and the window's own time was never over.
    pub(super) fn dropped(&mut self, news: &News<'_>) -> Result<(), Unlawful> {
        if !std::mem::take(&mut self.court_demanded) {
            return Ok(());
        }
        for noun in [Noun::Dispute, Noun::Mediation, Noun::Confirmation] {
            let Some(stand) = self.nouns.get_mut(&noun) else { continue };
            let spared = std::mem::take(&mut stand.spared);
            if spared.is_empty() || self.closed {
                continue;
            }
            stand.open = true;
            if noun == Noun::Dispute {
                self.clocks(noun).for_each(Deadline::meet);
            }
            let asked = spared.iter().find(|one| one.clock == "S03").and_then(|one| one.began.clone());
            for Spared { clock, generation, began } in spared {
                let since = began.map_or(Since::News, |began| Since::Event(began.event, began.at));
                let again = start(noun, &clock, Holder::Same).generation(Some(generation)).beside();
                self.begin(news, Start { from: since, ..again })?;
                if let Some(asked) = asked.as_ref().filter(|_| clock == "S02") {
                    let stop = |ledger: &mut Ledger| ledger.stop(asked.at, StopReason::Correction);
                    self.change(news, noun, &clock, None, stop)?;
                }
            }
        }
        Ok(())
    }

    /// Keeps a clock that need not run, and ends the noun if nothing else of it is waited for.
    pub(super) fn spare(&mut self, noun: Noun, clock: Spared) {
        self.forget(noun, &clock.clock);
        if let Some(stand) = self.nouns.get_mut(&noun) {
            stand.spared.push(clock);
        }
        if !self.clocks(noun).any(|found| found.waits()) {
            self.end(noun);
        }
    }

    /// What is met need not be waited for again.
    pub(super) fn forget(&mut self, noun: Noun, clock: &str) {
        if let Some(stand) = self.nouns.get_mut(&noun) {
            stand.spared.retain(|one| one.clock != clock);
        }
    }
}
