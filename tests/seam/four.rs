//! A case as the four services have it that know of a demand for the court: intake hears it, transfer carries it, oversight watches
//! and mediation leaves the table. The four are the real ones; what one says lies in a queue for each that hears it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{DateTime, Utc};
use contracts::intake::v1::CourtDemanded;
use contracts::transfer::v1 as contract;
use intake::model::{
    Acceptance, Channel, Course, Demand, Dispute, Entry, HowSaid, Origin, Party, Sheet, State as Standing,
};
use lexicon::{AccountId, CourtId, DocumentId, OrgId, Outcome, PartyId, PartyKind, PartyRole};
use oversight::model::Noun;
use transfer::model::{
    Answer, DocumentKind, Entry as Paper, Facts, Filing, News, No, Package, Settled, Stage, Thread, Venue,
    filing,
};
use uuid::Uuid;

use super::demands::course;
use super::town::{CLAIMANT, HALL, RESPONDENT, Town, party};

type Verb = Box<dyn FnOnce(Filing) -> Result<Outcome<Filing, filing::Event>, No>>;

/// The parties of the case.
pub const PARTIES: [u128; 3] = [CLAIMANT, RESPONDENT, 3];
const COURT: &str = "court-2071";

/// What one of the four says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// Intake: this party's demand, of this number.
    Demanded(PartyId, u64),
    /// Transfer: of a filing; the last demand that is taken back with it.
    Filing(filing::Event, Uuid, u64, Option<u64>),
    /// Transfer.
    TakenBack(PartyId, u64),
    /// Transfer.
    Answered(u64),
}

/// Who hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ear {
    Intake,
    Transfer,
    Oversight,
    Mediation,
}

/// The case.
pub struct Four {
    pub dispute: Dispute,
    pub thread: Thread,
    pub town: Town,
    /// What is on its way, by who said it and who hears it.
    queues: BTreeMap<(Ear, Ear), VecDeque<Word>>,
    /// Who wants the court, by what everybody did: with the number of its demand.
    pub wanted: BTreeMap<PartyId, u64>,
    /// Who has taken its word back since it demanded last: its client has seen that.
    seen: BTreeSet<PartyId>,
    ids: u128,
}

fn package() -> Package {
    let venue = Venue { court: CourtId::new(COURT).unwrap(), basis: "CONFIRM_205_2".parse().unwrap() };
    let id = DocumentId::from(Uuid::from_u128(1));
    Package::of(venue, vec![Paper::of(id, DocumentKind::SignedAgreement, b"a")])
}

fn dispute(at: DateTime<Utc>, agreed: bool) -> Dispute {
    let of = |n: u128, role| Party {
        id: party(n),
        role: Some(role),
        kind: Some(PartyKind::Person),
        name: format!("某{n}"),
        paper: None,
        phone: String::new(),
        address: String::new(),
        town: String::new(),
        service_address: String::new(),
        representatives: vec![],
        guardian: None,
        elected_for: String::new(),
        member_of: String::new(),
    };
    let roles = [PartyRole::Claimant, PartyRole::Respondent, PartyRole::Respondent];
    let parties = PARTIES.into_iter().zip(roles).map(|(n, role)| of(n, role)).collect();
    let origin =
        Origin { case: Uuid::from_u128(8).into(), centre: "442000".into(), first_receiver: HALL.into() };
    let sheet = Sheet { parties, ..Sheet::default() };
    let filed = Dispute::filed(origin, Entry::of(Channel::Window), sheet, None, at);
    let acceptance =
        Acceptance { at, case_number: "1".into(), track: "PM".into(), consents: vec![], suit: None };
    let course = if agreed { Course::Agreed } else { Course::InMediation };
    let beyond = filed.beyond.after(course);
    Dispute { state: Standing::Accepted, acceptance: Some(acceptance), beyond, ..filed }
}

impl Four {
    /// In mediation, or agreed.
    pub fn new(agreed: bool) -> Self {
        let mut town = Town::seated("PM", "2026-03-02", "2026-03-02", "2026-03-02");
        if agreed {
            town.agree(5_000, &[]);
        }
        let settled = Settled {
            agreement: Uuid::from_u128(3).into(),
            effective: town.now,
            partial: false,
            amount: 5_000,
        };
        let facts = Facts {
            first_receiver: Some(OrgId::new(HALL).unwrap()),
            track: "PM".to_owned(),
            parties: PARTIES.map(|n| (party(n), true)).to_vec(),
            stage: if agreed { Stage::Agreed } else { Stage::InMediation },
            settled: agreed.then_some(settled),
            ..Facts::default()
        };
        let thread = Thread { facts, ..Thread::unheard(Uuid::from_u128(8).into()) };
        let dispute = dispute(town.now, agreed);
        let (queues, wanted, seen) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        Self { dispute, thread, town, queues, wanted, seen, ids: 1_000 }
    }

    fn say(&mut self, from: Ear, word: &Word) {
        for to in [Ear::Intake, Ear::Transfer, Ear::Oversight, Ear::Mediation] {
            if to != from {
                self.queues.entry((from, to)).or_default().push_back(word.clone());
            }
        }
    }

    /// A party demands the court at the window. Whoever has just taken its word back has seen that, and intake waits until it has
    /// heard it.
    pub fn demand(&mut self, who: PartyId) {
        if self.seen.remove(&who) {
            while self.hear((Ear::Transfer, Ear::Intake)) {}
        }
        let demand = Demand { party: who, how: HowSaid::AtWindow, at: self.town.now };
        match self.dispute.clone().demand_court(demand).unwrap() {
            Outcome::Changed(dispute, _) => {
                let number = dispute.version;
                self.dispute = dispute;
                self.wanted.insert(who, number);
                self.say(Ear::Intake, &Word::Demanded(who, number));
            }
            Outcome::AlreadySo(_) => {
                assert!(self.dispute.standing_demands.of(who), "already so, and it stands");
            }
        }
    }

    /// A verb at the transfer desk.
    fn change(&mut self, moved: Result<Outcome<Thread, News>, No>) -> bool {
        match moved.map(Thread::settled) {
            Ok(Outcome::Changed(thread, news)) => {
                self.carried(thread, &news);
                true
            }
            _ => false,
        }
    }

    fn carried(&mut self, thread: Thread, news: &[News]) {
        self.thread = thread;
        let demands = self.thread.facts.demands;
        for one in news {
            let word = match one {
                News::Filing(event) => {
                    let filing = self.thread.filing.as_ref().unwrap();
                    let up_to = Some(demands.taken_back);
                    Word::Filing(*event, filing.id.as_uuid(), filing.version, up_to)
                }
                News::DemandTakenBack(who) => Word::TakenBack(*who, demands.said),
                News::DemandAnswered => {
                    self.wanted.retain(|_, number| *number > demands.answered);
                    Word::Answered(demands.said)
                }
                other => panic!("{other:?}"),
            };
            self.say(Ear::Transfer, &word);
        }
    }

    /// A party takes its word back at the transfer desk.
    pub fn take_back(&mut self, who: PartyId) {
        let heard = self.thread.facts.demands.said;
        if self.change(self.thread.clone().take_back(Some(who))) {
            self.seen.insert(who);
            if self.wanted.get(&who).is_some_and(|number| *number <= heard) {
                self.wanted.remove(&who);
            }
        }
    }

    /// The desk packs and submits, and the court reads it; or the court answers what it has read.
    pub fn goes_on(&mut self, refuse: bool) {
        let answer = || Answer {
            package_sha256: package().sha256,
            court_time: self.town.now,
            by: AccountId::new("court-1").unwrap(),
        };
        let (now, sha256) = (self.town.now, package().sha256);
        let steps: Vec<Verb> = match self.thread.filing.as_ref().map(|filing| filing.state.code()) {
            Some("TRANSFER_READY") => {
                let read = answer();
                vec![
                    Box::new(|one| {
                        let amendments = one.amendments;
                        one.pack(package(), amendments)
                    }),
                    Box::new(move |one| one.submit(&sha256, now)),
                    Box::new(move |one| one.acknowledge(read, now)),
                ]
            }
            Some("COURT_REVIEW") if refuse => {
                let no = answer();
                vec![Box::new(move |one| one.refuse(no, "x".to_owned(), now))]
            }
            Some("COURT_REVIEW") => {
                let yes = answer();
                vec![Box::new(move |one| one.accept(yes, "（2026）粤2071民初1号".to_owned(), now))]
            }
            _ => vec![],
        };
        for step in steps {
            assert!(self.change(self.thread.clone().filing(step)));
        }
    }

    /// The next letter of a queue arrives.
    pub fn hear(&mut self, queue: (Ear, Ear)) -> bool {
        let Some(word) = self.queues.get_mut(&queue).and_then(VecDeque::pop_front) else { return false };
        match queue.1 {
            Ear::Intake => self.heard_at_intake(&word),
            Ear::Transfer => self.heard_at_transfer(&word),
            Ear::Oversight => self.heard_at_oversight(&word),
            Ear::Mediation => {
                let now = self.town.now;
                match word {
                    Word::Demanded(_, number) => self.town.learn(|desk| desk.demanded(number, now)),
                    Word::Filing(filing::Event::Withdrawn, _, _, up_to) => {
                        self.town.learn(|desk| desk.taken_back(up_to));
                    }
                    _ => {}
                }
            }
        }
        true
    }

    /// Queues in which something waits.
    pub fn waiting(&self) -> Vec<(Ear, Ear)> {
        self.queues.iter().filter(|(_, queue)| !queue.is_empty()).map(|(queue, _)| *queue).collect()
    }

    fn heard_at_intake(&mut self, word: &Word) {
        let (dispute, now) = (self.dispute.clone(), self.town.now);
        self.dispute = match word {
            Word::Demanded(..) => return,
            Word::Filing(filing::Event::Withdrawn, _, _, up_to) => dispute.filing_withdrawn(*up_to, now),
            Word::Filing(event, ..) => match course(*event) {
                Some(course) => dispute.heard(course, now),
                None => return,
            },
            Word::TakenBack(who, up_to) => dispute.demand_taken_back(*who, Some(*up_to), now),
            Word::Answered(up_to) => dispute.demand_answered(Some(*up_to), now),
        }
        .into_noun();
    }

    fn heard_at_transfer(&mut self, word: &Word) {
        let Word::Demanded(who, number) = word else { return };
        let mut thread = self.thread.clone();
        thread.facts.demands.say(*number);
        self.ids += 1;
        let (id, now) = (Uuid::from_u128(self.ids), self.town.now);
        let moved = thread.demanded_by(Some(*who), &OrgId::new(HALL).unwrap(), || id, now);
        // As the reaction does: what was heard is kept.
        let moved = match moved {
            Outcome::AlreadySo(thread) => Outcome::Changed(thread, vec![]),
            moved @ Outcome::Changed(..) => moved,
        };
        assert!(self.change(Ok(moved)));
    }

    fn heard_at_oversight(&mut self, word: &Word) {
        let court_org = COURT.to_owned();
        match word {
            Word::Demanded(who, number) => {
                let party_id = who.to_string();
                self.town.tell_in(*number, &CourtDemanded { party_id, ..CourtDemanded::default() });
            }
            Word::TakenBack(who, up_to) => {
                let (party_id, demand_version) = (who.to_string(), Some(*up_to));
                self.town.tell(&contract::DemandTakenBack { party_id, demand_version });
            }
            Word::Answered(up_to) => {
                self.town
                    .tell(&contract::DemandAnswered { demand_version: Some(*up_to), ..Default::default() });
            }
            Word::Filing(event, id, generation, up_to) => {
                let (filing_id, generation) = (id.to_string(), *generation);
                match event {
                    filing::Event::Opened => {
                        let first_receiver_org = HALL.to_owned();
                        let kind = 0;
                        self.town.tell(&contract::FilingOpened {
                            filing_id,
                            first_receiver_org,
                            kind,
                            generation,
                        });
                    }
                    filing::Event::Submitted => self.town.tell(&contract::FilingSubmitted {
                        filing_id,
                        court_org,
                        ..contract::FilingSubmitted::default()
                    }),
                    filing::Event::Received => {
                        self.town.tell(&contract::FilingReceived { filing_id, court_org, court_time: None });
                    }
                    filing::Event::Accepted => self.town.tell(&contract::FilingAccepted {
                        filing_id,
                        court_org,
                        court_case_number: String::new(),
                    }),
                    filing::Event::Refused => {
                        self.town.tell(&contract::FilingRefused { filing_id, court_org });
                    }
                    filing::Event::Withdrawn => {
                        self.town.tell(&contract::FilingWithdrawn { filing_id, demand_version: *up_to });
                    }
                    _ => {}
                }
            }
        }
    }

    /// Everything has arrived: the four agree, nobody who wants the court is without a filing, and what is open is watched.
    pub fn agrees(&mut self, seed: u64) {
        while let Some(queue) = self.waiting().first().copied() {
            self.hear(queue);
        }
        self.town.hear();
        let facts = &self.thread.facts;
        let at_transfer: BTreeSet<PartyId> = facts.demanding.iter().copied().collect();
        let at_intake: BTreeSet<PartyId> =
            PARTIES.map(party).into_iter().filter(|who| self.dispute.standing_demands.of(*who)).collect();
        let wanted: BTreeSet<PartyId> = self.wanted.keys().copied().collect();
        assert_eq!(at_intake, wanted, "case {seed}: who wants the court, by intake");
        assert_eq!(at_transfer, wanted, "case {seed}: who wants the court, by transfer");
        let stands = facts.demands.stands();
        assert_eq!(stands, !wanted.is_empty(), "case {seed}: whether a demand stands");
        assert_eq!(self.town.book.demands, facts.demands, "case {seed}: the ledger");
        let of_table = self.town.desk.begun.demands;
        let known = (facts.demands.said, facts.demands.taken_back);
        assert_eq!((of_table.said, of_table.taken_back), known, "case {seed}: the table");
        let state = self.thread.filing.as_ref().map_or("", |filing| filing.state.code());
        if stands {
            let carried = ["TRANSFER_READY", "COURT_REVIEW"].contains(&state);
            assert!(carried, "case {seed}: a demand stands, and its filing is {state}");
        }
        self.is_watched(seed, state, stands);
    }

    fn is_watched(&self, seed: u64, state: &str, stands: bool) {
        let waits = |noun: Noun| -> BTreeSet<&str> {
            let of = self.town.book.deadlines.iter().filter(|found| found.noun == noun);
            of.map(|found| found.clock.as_str()).collect()
        };
        for (noun, stand) in self.town.book.nouns.iter().filter(|(_, stand)| stand.open) {
            assert!(!stand.holder.is_empty(), "case {seed}: {noun:?} has no holder");
            assert!(!waits(*noun).is_empty(), "case {seed}: {noun:?} has no clock");
        }
        let clock = match state {
            "TRANSFER_READY" => Some("S06"),
            "COURT_REVIEW" => Some("K34"),
            "NOT_FILED" => Some("S09"),
            "FILED" => Some("S08"),
            _ => None,
        };
        let filing = waits(Noun::Filing);
        let choice = filing.contains("S09") || waits(Noun::Mediation).contains("S09");
        // A filing that was taken back leaves the choice that it had made.
        if state != "WITHDRAWN" {
            assert_eq!(filing.into_iter().next(), clock, "case {seed}: the filing is {state}");
        }
        if self.town.state() == "FAILED" {
            let chosen = stands || state == "FILED";
            assert_eq!(choice, !chosen, "case {seed}: the parties' choice, with the filing {state}");
        }
    }
}
