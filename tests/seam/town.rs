//! A case as both sides see it.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use almanac::{Editions, Law};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::intake::v1::{DisputeAccepted, DisputeFiled, PartyDigest};
use contracts::lexicon::v1::{Fence as FenceMessage, PartyRole};
use contracts::routing::v1::{CaseFacts, ClaimConfirmed, ReferralOpened};
use lexicon::{AccountId, Fen, MediationId, Outcome, PartyId};
use mediation::model::mediation::Answer;
use mediation::model::{CaseDesk, Event, Mediation, Refusal, Signatory, Terms};
use mediation::wire::{Letters, news, post};
use oversight::model::{Book, Changed, News, Noun, State, Step};
use oversight::reactions::{Slot, Told, table};
use prost::{Message, Name};
use uuid::Uuid;

use super::planted::Bug;

pub const CLAIMANT: u128 = 1;
pub const RESPONDENT: u128 = 2;
pub const HALL: &str = "hall-442000";
pub const STUDIO: &str = "studio-court";

type Rule = Box<dyn Fn(&[u8]) -> Vec<Step>>;

/// Oversight's rules without its store.
#[derive(Default)]
struct Rules(HashMap<String, Rule>);

impl Slot<()> for Rules {
    fn on<M: Message + Name + Default + 'static>(mut self, told: Told<(), M>) -> Self {
        let rule = move |body: &[u8]| (told.rule)(&M::decode(body).unwrap());
        self.0.insert(M::full_name(), Box::new(rule));
        self
    }
}

/// A letter on its way.
struct Letter {
    at: DateTime<Utc>,
    version: u64,
    kind: String,
    body: Vec<u8>,
}

/// What mediation says, with the instant.
struct Bag(DateTime<Utc>, Vec<Letter>);

impl Letters for Bag {
    fn say<M: Message + Name>(&mut self, _: Uuid, version: u64, event: &M) -> &mut Self {
        self.1.push(Letter { at: self.0, version, kind: M::full_name(), body: event.encode_to_vec() });
        self
    }
}

/// A deadline that was announced.
#[derive(Debug, Clone)]
pub struct Reached {
    pub clock: String,
    pub generation: u64,
}

/// A case.
pub struct Town {
    pub now: DateTime<Utc>,
    pub desk: CaseDesk,
    pub book: Book,
    editions: Arc<Editions>,
    rules: Rules,
    /// What mediation has said and oversight has not heard.
    news: VecDeque<Letter>,
    ids: u128,
    /// The version of the last letter of another service.
    told: u64,
    /// What is planted in it.
    pub bug: Option<Bug>,
    stopped: Option<DateTime<Utc>>,
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Nine in the morning in Zhongshan.
pub fn on(day: &str) -> DateTime<Utc> {
    at(&format!("{day}T01:00:00Z"))
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn party(n: u128) -> PartyId {
    Uuid::from_u128(n).into()
}

pub fn terms(amount: i64) -> Terms {
    Terms { digest: "terms".to_owned(), partial: false, amount: Fen::new(amount).unwrap() }
}

impl Town {
    pub fn new(now: DateTime<Utc>) -> Self {
        let editions = Arc::new(Editions::of(vec![]));
        let mut desk = CaseDesk::unheard(Uuid::from_u128(8).into());
        desk.begun.law = Law::of(editions.clone());
        let (book, rules) = (Book::default(), table(Rules::default(), &()));
        let (news, bug, stopped) = (VecDeque::new(), None, None);
        Self { now, desk, book, editions, rules, news, ids: 100, told: 0, bug, stopped }
    }

    /// A case that was filed and accepted, each on its day, and is confirmed by its mediator now; everybody consented.
    pub fn seated(track: &str, filed: &str, accepted: &str, now: &str) -> Self {
        let mut town = Self::confirmed(track, filed, accepted, now, &[CLAIMANT, RESPONDENT]);
        town.hear();
        town
    }

    /// The same with the consents that were given.
    pub fn confirmed(track: &str, filed: &str, accepted: &str, now: &str, consented: &[u128]) -> Self {
        let mut town = Self::new(on(filed));
        town.filed();
        town.now = on(accepted);
        town.accepted(on(filed));
        town.now = on(now);
        town.claim(track, consented);
        town
    }

    pub fn filed(&mut self) {
        let filed = DisputeFiled {
            first_receiver_org: HALL.to_owned(),
            submit_time: Some(oversight::store::timestamp(self.now)),
            ..DisputeFiled::default()
        };
        self.tell(&filed);
    }

    pub fn accepted(&mut self, filed: DateTime<Utc>) {
        let accepted = DisputeAccepted {
            first_receiver_org: HALL.to_owned(),
            submit_time: Some(oversight::store::timestamp(filed)),
            ..DisputeAccepted::default()
        };
        self.tell(&accepted);
        self.tell(&ReferralOpened { first_receiver_org: HALL.to_owned() });
        let now = self.now;
        self.learn(|desk| desk.accepted(news::accepted(&accepted, now)));
    }

    pub fn claim(&mut self, track: &str, consented: &[u128]) {
        let digest = |n: u128, role: PartyRole| PartyDigest {
            party_id: party(n).to_string(),
            role: role.into(),
            ..PartyDigest::default()
        };
        let facts = CaseFacts {
            track: track.to_owned(),
            parties: vec![digest(CLAIMANT, PartyRole::Claimant), digest(RESPONDENT, PartyRole::Respondent)],
            consented_party_ids: consented.iter().map(|n| party(*n).to_string()).collect(),
            ..CaseFacts::default()
        };
        let confirmed = ClaimConfirmed {
            studio_org: STUDIO.to_owned(),
            holder: "mediator-1".to_owned(),
            fence: Some(FenceMessage { epoch: 1, n: self.desk.fence.n + 1 }),
            facts: Some(facts),
        };
        self.tell(&confirmed);
        let (claim, id, now) = (news::claim(&confirmed, self.now).unwrap(), self.id(), self.now);
        self.learn(|desk| desk.confirmed(claim, id, now));
    }

    /// Another service's letter, which oversight hears at once.
    pub fn tell<M: Message + Name>(&mut self, event: &M) {
        self.told += 1;
        self.tell_in(self.told, event);
    }

    /// The same in this version of the other's noun.
    pub fn tell_in<M: Message + Name>(&mut self, version: u64, event: &M) {
        let letter = Letter { at: self.now, version, kind: M::full_name(), body: event.encode_to_vec() };
        self.take(&letter);
    }

    /// The desk hears something.
    pub fn learn(&mut self, act: impl FnOnce(CaseDesk) -> Outcome<CaseDesk, Event>) {
        if let Outcome::Changed(desk, events) = act(self.desk.clone()) {
            self.say(desk, &events);
        }
    }

    /// The holder acts.
    pub fn act(&mut self, act: impl FnOnce(Mediation) -> Answer) -> Result<(), Refusal> {
        if let Outcome::Changed(mut run, mut events) = act(self.run().clone())? {
            if let Some(bug) = self.bug {
                bug.in_the_owner(&mut run, &mut events);
            }
            let mut desk = self.desk.clone().with(run);
            desk.work(self.now);
            self.say(desk, &events);
        }
        Ok(())
    }

    fn say(&mut self, desk: CaseDesk, events: &[Event]) {
        let mut bag = Bag(self.now, vec![]);
        for event in events {
            post(&mut bag, &desk, event);
        }
        self.desk = desk;
        self.news.extend(bag.1);
    }

    /// The next letter of mediation arrives at oversight.
    pub fn hear_one(&mut self) {
        if let Some(letter) = self.news.pop_front() {
            self.take(&letter);
        }
    }

    /// How many are on their way.
    pub fn waiting(&self) -> usize {
        self.news.len()
    }

    /// All of them.
    pub fn hear(&mut self) {
        while !self.news.is_empty() {
            self.hear_one();
        }
    }

    fn take(&mut self, letter: &Letter) {
        let rule = self.rules.0.get(&letter.kind).unwrap_or_else(|| panic!("nobody hears {}", letter.kind));
        let ids = std::cell::Cell::new(self.ids);
        let id = || {
            ids.set(ids.get() + 1);
            Uuid::from_u128(ids.get())
        };
        let heard = if self.bug == Some(Bug::CountedFromArrival) { self.now } else { letter.at };
        let version = letter.version;
        let news =
            News { at: heard, version, case: self.desk.case.into(), editions: &self.editions, id: &id };
        let kind = &letter.kind;
        let steps = rule(&letter.body);
        let steps = match self.bug {
            Some(bug) => bug.in_the_ledger(steps, &mut self.stopped),
            None => steps,
        };
        self.book.take(&news, steps).unwrap_or_else(|refused| panic!("{kind}: {refused:?}"));
        self.ids = ids.get();
        // What is met is not read again, as in the rows.
        self.book.deadlines.retain(oversight::model::Deadline::waits);
        self.book.deadlines.iter_mut().for_each(|found| found.changed = Changed::No);
    }

    /// Time passes, and what has run out is announced.
    pub fn announce(&mut self) -> Vec<Reached> {
        let (now, editions) = (self.now, self.editions.clone());
        let due = |found: &&mut oversight::model::Deadline| {
            found.state == State::Running && found.in_force(&editions).is_some_and(|end| end.at <= now)
        };
        let announced = self.book.deadlines.iter_mut().filter(due).map(|found| {
            found.state = State::Reached;
            Reached { clock: found.clock.clone(), generation: found.generation }
        });
        announced.collect()
    }

    /// An announcement arrives at the desk.
    pub fn reached(&mut self, reached: &Reached) {
        let now = self.now;
        let any = (self.bug == Some(Bug::AnyGenerationEnds)).then(|| self.run().course.generation);
        self.learn(|desk| desk.expired(&reached.clock, any.unwrap_or(reached.generation), now));
    }

    /// All news is heard, by both, until nobody has anything to say.
    pub fn settle(&mut self) {
        loop {
            self.hear();
            let announced = self.announce();
            if announced.is_empty() {
                return;
            }
            for reached in &announced {
                self.reached(reached);
            }
        }
    }

    /// Until a day's morning, with everything that comes to its end meanwhile.
    pub fn until(&mut self, day: &str) {
        self.now = on(day);
        self.settle();
    }

    pub fn id(&mut self) -> MediationId {
        self.ids += 1;
        Uuid::from_u128(self.ids).into()
    }

    pub fn run(&self) -> &Mediation {
        self.desk.run.as_ref().unwrap()
    }

    pub fn state(&self) -> &'static str {
        self.run().state.name()
    }

    /// The clocks that wait, of all nouns.
    pub fn clocks(&self) -> BTreeSet<&str> {
        self.book.deadlines.iter().map(|found| found.clock.as_str()).collect()
    }

    /// The last day of a clock, by the ledger.
    pub fn due(&self, clock: &str) -> Option<NaiveDate> {
        let mut found = self.book.deadlines.iter().filter(|found| found.clock == clock);
        let due = found.next()?.expiry(&self.editions).map(|end| end.date);
        assert!(found.next().is_none(), "one {clock}");
        due
    }

    /// The last day of the run's period, as the desk shows it.
    pub fn shown(&self) -> Option<NaiveDate> {
        self.run().course.period.as_ref().and_then(|period| period.due(&self.desk.begun.law))
    }

    /// Where the noun stands with oversight: open, and who holds it.
    pub fn holder(&self, noun: Noun) -> Option<&str> {
        self.book.nouns.get(&noun).filter(|stand| stand.open).map(|stand| stand.holder.as_str())
    }

    pub fn agree(&mut self, amount: i64, schedule: &[(&str, i64)]) {
        let parts = schedule.iter().map(|(due, amount)| mediation::model::course::Instalment {
            due: due.parse().unwrap(),
            amount: *amount,
        });
        let (parts, id, now): (Vec<_>, Uuid, _) = (parts.collect(), self.id().into(), self.now);
        self.act(|run| run.draft(terms(amount), parts, id.into(), now)).unwrap();
        let pens =
            [Signatory::Party(party(1)), Signatory::Party(party(2)), Signatory::Mediator, Signatory::Seal];
        for pen in pens {
            if self.state() == "AGREED_UNSIGNED" {
                self.act(|run| run.sign(pen, now)).unwrap();
            }
        }
        self.hear();
    }
}

pub fn account(name: &str) -> AccountId {
    AccountId::new(name).unwrap()
}
