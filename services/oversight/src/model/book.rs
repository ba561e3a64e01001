//! The book of a case: what its deadlines are computed from, who holds its nouns, and how news changes both.
//!
//! News of different services comes in any order. Of one noun it comes in the order of its owner, so a noun opens and ends
//! by its owner's events alone; a closed dispute ends what belongs to it, and what is heard later opens nothing.

mod demand;
mod table;

use std::collections::BTreeMap;

use almanac::Editions;
use chrono::{DateTime, Utc};
use lexicon::Demands;
use rulebook::calendar::civil_date;
use rulebook::courts;
use rulebook::deadline::{Ledger, Start as Began, Terms};
use rulebook::unlawful::Unlawful;
use uuid::Uuid;

use super::{
    CHOICE_CLOCK, Changed, Counting, Deadline, FENCING_CLOCK, Holder, Instalment, NOT_THE_MEDIATORS, Noun,
    Pin, Since, Start, State, Step, WINDOW_CLOCK, start,
};

pub use demand::{Spared, Stood};

/// How a noun stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stand {
    /// Which one of its kind.
    pub id: String,
    /// Whether it is waited for.
    pub open: bool,
    /// Who is responsible.
    pub holder: String,
    /// The highest that one of its clocks had.
    pub generation: u64,
    /// What a demand for the court made needless: it is waited for again when that is taken back.
    pub spared: Vec<Spared>,
    /// The court whose own settings of clocks hold for it; empty where none.
    pub court: String,
}

/// A case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    /// The demands for the court, of which one may stand.
    pub demands: Demands,
    /// The dispute is closed.
    pub closed: bool,
    /// Who took it in; empty until that is heard.
    pub first_receiver: String,
    /// What has happened that a clock may count from.
    pub starts: Vec<Began>,
    /// Its nouns.
    pub nouns: BTreeMap<Noun, Stand>,
    /// Its deadlines that are not met, and those that this news meets.
    pub deadlines: Vec<Deadline>,
}

/// What all steps of an event share.
pub struct News<'a> {
    /// When it happened at its producer.
    pub at: DateTime<Utc>,
    /// The version of the producer's noun since then.
    pub version: u64,
    /// The case, which is also the id of a noun that a case has one of.
    pub case: Uuid,
    /// The editions.
    pub editions: &'a Editions,
    /// Gives a new id.
    pub id: &'a dyn Fn() -> Uuid,
}

impl Book {
    /// Takes all steps of an event.
    pub fn take(&mut self, news: &News<'_>, steps: Vec<Step>) -> Result<(), Unlawful> {
        steps.into_iter().try_for_each(|step| self.step(news, step))
    }

    /// Whether any noun is waited for.
    pub fn is_open(&self) -> bool {
        self.nouns.values().any(|stand| stand.open)
    }

    fn step(&mut self, news: &News<'_>, step: Step) -> Result<(), Unlawful> {
        match step {
            Step::Keep(event, at) => return self.keep(news, event, at.unwrap_or(news.at)),
            Step::Received(org) => self.received(org),
            Step::Open(noun, id) => self.open(news, noun, id),
            Step::Court(noun, court) => self.before(noun, court),
            Step::Start(start) => return self.begin(news, start),
            Step::Seen(event, start) => {
                if self.starts.iter().any(|seen| seen.event == event) {
                    return self.begin(news, *start);
                }
            }
            Step::Renew(noun, clock) => return self.renew(news, noun, clock),
            Step::Hand(noun, holder) => self.hand(noun, &holder),
            Step::Met(noun, clock) => {
                self.forget(noun, clock);
                self.clocks(noun).filter(|found| found.clock == clock).for_each(Deadline::meet);
            }
            Step::Stop(noun, clock, reason, at, generation) => {
                let at = at.unwrap_or(news.at);
                self.stood(noun, &clock, |stood| stood.push((at, None)));
                return self.change(news, noun, &clock, generation, |ledger| ledger.stop(at, reason));
            }
            Step::Resume(noun, clock, at, generation) => {
                let at = at.unwrap_or(news.at);
                self.stood(noun, &clock, |stood| {
                    if let Some((_, on)) = stood.last_mut() {
                        on.get_or_insert(at);
                    }
                });
                return self.change(news, noun, &clock, generation, |ledger| ledger.resume(at));
            }
            Step::Extend(noun, clock, extension, generation) => {
                let edition = news.editions.active();
                return self
                    .change(news, noun, &clock, generation, |ledger| ledger.extend(extension, edition));
            }
            Step::EndOf(noun, id) => self.end_of(noun, &id),
            Step::MetBut(noun, left) => {
                let met = self.clocks(noun).filter(|found| !left.contains(&found.clock.as_str()));
                met.for_each(Deadline::meet);
            }
            Step::End(noun) => {
                self.end(noun);
                if let Some(stand) = self.nouns.get_mut(&noun) {
                    stand.spared.clear();
                }
            }
            Step::Chosen(noun) if self.waits_for_a_choice(noun) => self.choose(noun),
            Step::Chosen(_) => {}
            Step::CourtDemanded => return self.demanded(news),
            Step::DemandDropped(up_to) => return self.dropped(news, up_to),
            Step::DemandsOfBefore => {
                let before = self.demands.said.min(news.version);
                return self.dropped(news, Some(before));
            }
            Step::DemandAnswered(up_to) => self.answered(up_to),
            Step::EndedBy(demand, start) => return self.ended_by(news, demand, start),
            Step::Closed => {
                self.closed = true;
                for noun in Noun::ALL {
                    if noun.ends_with_the_dispute() || self.waits_for_a_choice(noun) {
                        self.end(noun);
                    }
                }
            }
            Step::Examine(by) => return self.examine(news, by),
            Step::Enforceable(at) => return self.enforceable(news, at.unwrap_or(news.at)),
            Step::Succeeded(former, holder) => self.succeed(&former, &holder),
            Step::ToBeArchived(generation) => return self.await_archiving(news, generation),
        }
        Ok(())
    }

    /// What was assumed to have happened later is set right.
    fn keep(&mut self, news: &News<'_>, event: &str, at: DateTime<Utc>) -> Result<(), Unlawful> {
        let began = Began { event: event.to_owned(), at };
        if self.starts.contains(&began) {
            return Ok(());
        }
        self.starts.push(began.clone());
        let waiting = self.deadlines.iter_mut().filter(|found| found.assumed && found.waits());
        for deadline in waiting {
            let begins = deadline.ledger().is_some_and(|ledger| ledger.terms().start.contains(&began.event));
            if begins && at <= deadline.began() {
                deadline.set_start(news.editions, began.clone())?;
            }
        }
        Ok(())
    }

    /// Whoever was to hold something for the first receiver, before that was heard of, is known now.
    fn received(&mut self, org: String) {
        self.first_receiver = org;
        for (noun, stand) in &mut self.nouns {
            if stand.holder.is_empty() {
                stand.holder.clone_from(&self.first_receiver);
                let clocks = self.deadlines.iter_mut().filter(|found| found.noun == *noun);
                clocks.for_each(|found| found.hand(&self.first_receiver));
            }
        }
    }

    fn open(&mut self, news: &News<'_>, noun: Noun, id: String) {
        if self.closed && noun.ends_with_the_dispute() {
            return;
        }
        let stand = self.nouns.entry(noun).or_default();
        stand.open = true;
        let id = if id.is_empty() { news.case.to_string() } else { id };
        if stand.id != id {
            // Another one of its kind may go to another court.
            stand.court.clear();
        }
        stand.id = id;
    }

    /// A court that the rule book does not know has set nothing.
    fn before(&mut self, noun: Noun, court: String) {
        if let Some(stand) = self.nouns.get_mut(&noun)
            && courts::by_id(&court).is_some()
        {
            stand.court = court;
        }
    }

    fn begin(&mut self, news: &News<'_>, start: Start) -> Result<(), Unlawful> {
        let Start { noun, mut clock, holder, mut from, pin, generation, beside } = start;
        if clock == WINDOW_CLOCK && self.nouns.get(&Noun::Confirmation).is_some_and(|stand| stand.open) {
            // The application was heard of before the agreement: there is nothing left to be in time for.
            return Ok(());
        }
        let demanded = self.demands.stands() && matches!(noun, Noun::Mediation | Noun::Confirmation);
        if clock == CHOICE_CLOCK && self.closed {
            self.end(noun);
        }
        let Some(stand) = self.nouns.get(&noun).filter(|stand| stand.open).cloned() else { return Ok(()) };
        let holder = match holder {
            Holder::Named(name) => name,
            Holder::FirstReceiver => self.first_receiver.clone(),
            Holder::Same => stand.holder,
        };
        let generation = generation.unwrap_or(stand.generation + 1);
        if noun == Noun::Dispute && self.demands.stands() && ["S01", "S02"].contains(&clock.as_str()) {
            // Who wants the court waits for no acceptance: a draft that is saved or filed after all is watched on, and waits for
            // that if the demand is taken back.
            self.spare_instead(news, &clock, &from, generation);
            (clock, from) = ("S11".to_owned(), Since::News);
        }
        if !beside {
            self.own_clocks(noun).for_each(Deadline::meet);
        }
        if clock == CHOICE_CLOCK && demanded {
            // The parties' choice has been made: they want the court. What else is waited for goes on.
            self.hand(noun, &holder);
            self.spare(noun, Spared { clock, generation, began: None, stood: vec![] });
            return Ok(());
        }
        let court = Some(stand.court.as_str()).filter(|court| !court.is_empty());
        let law = (pin.as_ref(), court);
        let (counting, assumed) = self.counting(news, &clock, from, law, generation)?;
        self.hand(noun, &holder);
        self.deadlines.push(Deadline {
            id: (news.id)(),
            noun,
            noun_id: stand.id,
            clock,
            counting,
            assumed,
            state: State::Running,
            holder: holder.clone(),
            generation,
            changed: Changed::New,
        });
        if let Some(stand) = self.nouns.get_mut(&noun) {
            stand.holder = holder;
            stand.generation = stand.generation.max(generation);
        }
        Ok(())
    }

    fn counting(
        &self,
        news: &News<'_>,
        clock: &str,
        from: Since,
        (pin, court): (Option<&Pin>, Option<&str>),
        generation: u64,
    ) -> Result<(Counting, bool), Unlawful> {
        if clock == FENCING_CLOCK {
            return Ok((Counting::Fencing(news.at), false));
        }
        if let Since::Day(day, amount) = from {
            return Ok((Counting::Agreed(Instalment { from: news.at, day, amount }), false));
        }
        let edition = news.editions.active();
        let pinned = match pin {
            Some(Pin::Day(day)) => Some(*day),
            Some(Pin::Event(event)) => {
                self.latest(std::slice::from_ref(event), news.at).map(|began| civil_date(began.at))
            }
            None => None,
        };
        let terms = |at: DateTime<Utc>| edition.terms(clock, court, pinned.unwrap_or_else(|| civil_date(at)));
        let first = |terms: &Terms, at| Began { event: terms.start.first().cloned().unwrap_or_default(), at };
        let (terms, began, assumed) = match from {
            Since::Event(event, at) => (terms(at)?, Began { event, at }, false),
            Since::Agreed(terms, began) => (*terms, began, false),
            Since::News | Since::Day(..) => {
                let terms = terms(news.at)?;
                let began = first(&terms, news.at);
                (terms, began, false)
            }
            Since::Kept => {
                let terms = terms(news.at)?;
                match self.latest(&terms.start, news.at) {
                    Some(began) => (terms, began.clone(), false),
                    None => (terms.clone(), first(&terms, news.at), true),
                }
            }
        };
        Ledger::start(terms, began, edition, generation)
            .map(|ledger| (Counting::Law(Box::new(ledger)), assumed))
    }

    /// The latest of some events that the case has seen by an instant.
    fn latest(&self, events: &[String], by: DateTime<Utc>) -> Option<&Began> {
        let seen = self.starts.iter().filter(|began| events.contains(&began.event) && began.at <= by);
        seen.max_by_key(|began| began.at)
    }

    fn renew(&mut self, news: &News<'_>, noun: Noun, clock: &str) -> Result<(), Unlawful> {
        let running = self.clocks(noun).find(|found| found.clock == clock && found.waits());
        let Some((holder, generation)) = running.map(|found| {
            found.meet();
            (found.holder.clone(), found.generation)
        }) else {
            return Ok(());
        };
        let anew = start(noun, clock, Holder::Named(holder)).generation(Some(generation)).beside();
        self.begin(news, anew)
    }

    fn hand(&mut self, noun: Noun, holder: &str) {
        let over =
            |found: &Deadline| noun == Noun::Mediation && NOT_THE_MEDIATORS.contains(&found.clock.as_str());
        if self.deadlines.iter().any(|found| found.noun == noun && found.waits() && over(found)) {
            return;
        }
        if let Some(stand) = self.nouns.get_mut(&noun).filter(|stand| stand.open) {
            holder.clone_into(&mut stand.holder);
            self.own_clocks(noun).for_each(|found| found.hand(holder));
        }
    }

    fn change(
        &mut self,
        news: &News<'_>,
        noun: Noun,
        clock: &str,
        generation: Option<u64>,
        entry: impl FnOnce(&mut Ledger) -> Result<u64, Unlawful>,
    ) -> Result<(), Unlawful> {
        let Some(stand) = self.nouns.get_mut(&noun) else { return Ok(()) };
        let generation = generation.unwrap_or(stand.generation + 1);
        stand.generation = stand.generation.max(generation);
        let found = self.clocks(noun).find(|found| found.clock == clock && found.waits());
        found.map_or(Ok(()), |found| found.enter(news.editions, news.at, generation, entry))
    }

    fn end(&mut self, noun: Noun) {
        if let Some(stand) = self.nouns.get_mut(&noun) {
            stand.open = false;
        }
        self.own_clocks(noun).for_each(Deadline::meet);
        // A filing that is at a court beside it is watched on.
        let left = self.clocks(noun).find(|found| found.waits());
        let left = left.map(|found| (found.noun_id.clone(), found.holder.clone()));
        if let (Some(stand), Some((id, holder))) = (self.nouns.get_mut(&noun), left) {
            (stand.id, stand.holder, stand.open) = (id, holder, true);
        }
    }

    /// An earlier one of its kind may come to its end while another is waited for.
    fn end_of(&mut self, noun: Noun, id: &str) {
        let is_this = self.nouns.get(&noun).is_some_and(|stand| stand.id == id);
        if is_this || id.is_empty() {
            self.end(noun);
        } else {
            self.clocks(noun).filter(|found| found.noun_id == id).for_each(Deadline::meet);
        }
    }

    /// Whether nobody but the parties is waited for: they choose their way.
    fn waits_for_a_choice(&self, noun: Noun) -> bool {
        let mut waiting = self.deadlines.iter().filter(|found| found.noun == noun && found.waits());
        waiting.any(|found| found.clock == CHOICE_CLOCK)
    }

    /// Those of the one that the noun is now: an earlier filing is watched beside it.
    fn own_clocks(&mut self, noun: Noun) -> impl Iterator<Item = &mut Deadline> {
        let id = self.nouns.get(&noun).filter(|_| noun == Noun::Filing).map(|stand| stand.id.clone());
        self.clocks(noun).filter(move |found| id.as_ref().is_none_or(|id| found.noun_id == *id))
    }

    fn clocks(&mut self, noun: Noun) -> impl Iterator<Item = &mut Deadline> {
        self.deadlines.iter_mut().filter(move |found| found.noun == noun)
    }
}
