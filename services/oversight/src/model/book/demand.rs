//! What a demand for the court makes needless, and what is waited for again when it is taken back: the clocks of an acceptance and
//! of the parties' choice. A demand is heard of before and after what it concerns, so both orders come to the same.

use chrono::{DateTime, Utc};
use rulebook::calendar::civil_date;
use rulebook::clocks::StopReason;
use rulebook::deadline::{Entry, Ledger, Start as Began};
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
    /// When it stood still for a correction, and went on, also while it was spared.
    pub stood: Stood,
}

/// From when until when.
pub type Stood = Vec<(DateTime<Utc>, Option<DateTime<Utc>>)>;

impl Spared {
    fn of(found: &mut Deadline) -> Self {
        let began = found.ledger().map(|ledger| ledger.began().clone());
        let mut stood = Stood::new();
        for entry in found.ledger().map(Ledger::entries).unwrap_or_default() {
            match entry {
                Entry::Stopped { at, .. } => stood.push((*at, None)),
                Entry::Resumed { at } => {
                    if let Some((_, on)) = stood.last_mut() {
                        *on = Some(*at);
                    }
                }
                _ => {}
            }
        }
        Self { clock: found.clock.clone(), generation: found.generation, began, stood }
    }

    fn choice(generation: u64) -> Self {
        Self { clock: CHOICE_CLOCK.to_owned(), generation, began: None, stood: vec![] }
    }
}

impl Book {
    pub(super) fn demanded(&mut self, news: &News<'_>) -> Result<(), Unlawful> {
        self.demands.say(news.version);
        if std::mem::take(&mut self.closed) {
            // What was closed and not performed is on its way again, and stays so when the demand is taken back.
            self.open(news, Noun::Dispute, String::new());
            self.begin(news, start(Noun::Dispute, "S11", Holder::FirstReceiver))?;
        }
        if self.demands.taken_back >= news.version {
            // Transfer has heard it, and that it is taken back, before this came here.
            return Ok(());
        }
        self.spare_all(news)?;
        if !self.demands.stands() {
            self.forget_all();
        }
        Ok(())
    }

    fn spare_all(&mut self, news: &News<'_>) -> Result<(), Unlawful> {
        for noun in [Noun::Mediation, Noun::Confirmation] {
            let choice = self.clocks(noun).find(|found| found.clock == CHOICE_CLOCK && found.waits());
            if let Some(choice) = choice {
                choice.meet();
                let generation = choice.generation;
                self.spare(noun, Spared::choice(generation));
            }
        }
        let waiting = self.clocks(Noun::Dispute).filter(|found| found.waits());
        let waiting = waiting.filter(|found| ACCEPTANCE_CLOCKS.contains(&found.clock.as_str()));
        let spared: Vec<Spared> = waiting.map(Spared::of).collect();
        if spared.is_empty() {
            return Ok(());
        }
        if let Some(stand) = self.nouns.get_mut(&Noun::Dispute) {
            // A correction that was asked for since the first demand runs beside what that one spared.
            stand.spared.retain(|one| spared.iter().all(|again| again.clock != one.clock));
            stand.spared.extend(spared);
        }
        self.begin(news, start(Noun::Dispute, "S11", Holder::Same))
    }

    /// What would wait for an acceptance while a demand stands: it is waited for once that is taken back, from where it begins now.
    pub(super) fn spare_instead(&mut self, news: &News<'_>, clock: &str, from: &Since, generation: u64) {
        let began = if let Since::Event(event, at) = from {
            Some(Began { event: event.clone(), at: *at })
        } else {
            let terms = news.editions.active().terms(clock, None, civil_date(news.at)).ok();
            let event = terms.and_then(|terms| terms.start.first().cloned());
            event.map(|event| Began { event, at: news.at })
        };
        if let Some(stand) = self.nouns.get_mut(&Noun::Dispute) {
            stand.spared = vec![Spared { clock: clock.to_owned(), generation, began, stood: vec![] }];
        }
    }

    /// A spared clock stands still and goes on like any other.
    pub(super) fn stood(&mut self, noun: Noun, clock: &str, change: impl FnOnce(&mut Stood)) {
        let stand = self.nouns.get_mut(&noun);
        if let Some(one) = stand.and_then(|stand| stand.spared.iter_mut().find(|one| one.clock == clock)) {
            change(&mut one.stood);
        }
    }

    /// The demands have come to their end: what they spared is not waited for again.
    pub(super) fn answered(&mut self, up_to: Option<u64>) {
        self.demands.answer(up_to);
        if !self.demands.stands() {
            self.forget_all();
        }
    }

    fn forget_all(&mut self) {
        self.nouns.values_mut().for_each(|stand| stand.spared.clear());
    }

    /// Who demanded the court has chosen by that, also where the demand is heard of later, or was answered meanwhile.
    pub(super) fn ended_by(&mut self, news: &News<'_>, demand: u64, begins: Start) -> Result<(), Unlawful> {
        self.demands.say(demand);
        let answered = self.demands.answered >= self.demands.said;
        if !answered {
            // It stands, and the choice is spared; or it is taken back, and they choose.
            return self.begin(news, begins);
        }
        self.end(begins.noun);
        Ok(())
    }

    /// The parties have chosen to file: should they take that back, they choose anew.
    pub(super) fn choose(&mut self, noun: Noun) {
        let choice = self.own_clocks(noun).find(|found| found.clock == CHOICE_CLOCK && found.waits());
        let choice = choice.map(|found| Spared::choice(found.generation));
        self.end(noun);
        if let (Some(stand), Some(choice)) = (self.nouns.get_mut(&noun), choice)
            && matches!(noun, Noun::Filing | Noun::Handoff)
        {
            stand.spared = vec![choice];
        }
    }

    /// The demand is taken back, as if nobody had demanded: the parties choose anew, and the window's own time was never over.
    pub(super) fn dropped(&mut self, news: &News<'_>, up_to: Option<u64>) -> Result<(), Unlawful> {
        self.demands.take_back(up_to);
        if self.demands.stands() {
            return Ok(());
        }
        for noun in [Noun::Dispute, Noun::Mediation, Noun::Confirmation, Noun::Handoff, Noun::Filing] {
            let Some(stand) = self.nouns.get_mut(&noun) else { continue };
            let spared = std::mem::take(&mut stand.spared);
            if spared.is_empty() || self.closed {
                continue;
            }
            stand.open = true;
            if noun == Noun::Dispute {
                // A correction that was asked for meanwhile runs on.
                self.clocks(noun).filter(|found| found.clock == "S11").for_each(Deadline::meet);
            }
            for Spared { clock, generation, began, stood } in spared {
                let since = began.map_or(Since::News, |began| Since::Event(began.event, began.at));
                let again = start(noun, &clock, Holder::Same).generation(Some(generation)).beside();
                self.begin(news, Start { from: since, ..again })?;
                for (since, until) in stood {
                    let stop = |ledger: &mut Ledger| ledger.stop(since, StopReason::Correction);
                    self.change(news, noun, &clock, None, stop)?;
                    if let Some(until) = until {
                        self.change(news, noun, &clock, None, |ledger| ledger.resume(until))?;
                    }
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
