//! Many hands on some cases at once, with a book of what each asked and was told; now and then a caller hangs up in the middle of a
//! call, and now and then the whole house stops and is opened again on what it left.

use std::collections::HashMap;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use contracts::lexicon::v1::Fence;
use contracts::mediation::v1::{FenceRaised, HolderSilent};
use contracts::oversight::v1::DeadlineReached;
use contracts::routing::v1::{
    AppointMediatorRequest, Appointment, AppointmentOutcome, Referral, ReferralState, TakeNextCaseRequest,
};
use courier::{Actor, Desk, WriteList};
use prost::{Message, Name};
use tokio::sync::RwLock;
use tokio::task::JoinSet;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

use super::checker::{Act, Number, Operation, Stand, Told};
use crate::town::{CENTRE, FAMILY, Town, as_caller, clerk, declared, head, mediator};

/// Mediators of the studio whom the directory has.
const LISTED: [&str; 3] = ["mediator-13", "mediator-14", "mediator-15"];

/// How much is played.
#[derive(Clone, Copy)]
pub struct Size {
    pub cases: usize,
    pub hands: usize,
    pub acts: usize,
    /// Somebody hangs up, and the house is opened anew.
    pub kills: bool,
}

/// Numbers that look like chance and are the same for the same seed.
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most
    }
}

/// A house that may stand or be down.
#[derive(Clone)]
pub struct House(Arc<RwLock<Arc<Town>>>);

impl House {
    pub fn of(town: Town) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(town))))
    }

    pub async fn town(&self) -> Arc<Town> {
        self.0.read().await.clone()
    }

    /// Stops in the middle of whatever is going on, and opens again.
    pub async fn again(&self) {
        let mut place = self.0.write().await;
        let (memory, clock) = (place.memory.clone(), place.clock.clone());
        place.stop().await;
        *place = Arc::new(Town::over(memory, clock).await);
    }
}

/// What everybody writes down.
#[derive(Clone, Default)]
struct Book {
    time: Arc<AtomicU64>,
    lines: Arc<Mutex<HashMap<Uuid, Vec<Operation>>>>,
    /// The highest fence that anybody has seen of a case.
    fences: Arc<Mutex<HashMap<Uuid, Number>>>,
}

impl Book {
    fn now(&self) -> u64 {
        self.time.fetch_add(1, Ordering::SeqCst)
    }

    fn note(&self, case: Uuid, act: Act, call: u64, told: Option<Told>) {
        let answer = told.map(|told| (self.now(), told));
        if let Some((_, Told::Yours(fence) | Told::Stands(_, fence))) = &answer {
            let mut fences = self.fences.lock().unwrap();
            let known = fences.entry(case).or_insert(*fence);
            *known = (*known).max(*fence);
        }
        self.lines.lock().unwrap().entry(case).or_default().push(Operation { act, call, answer });
    }

    fn fence(&self, case: Uuid) -> Number {
        self.fences.lock().unwrap().get(&case).copied().unwrap_or((1, 1))
    }
}

/// How a call ended.
enum Ended<T> {
    Told(T),
    /// It had no effect, and tells nothing about the case.
    Void,
    /// Its caller went away, or its answer does not say what became of it.
    Open,
}

/// Polls some times and lets go.
async fn hang_up<T>(call: impl Future<Output = T>, polls: u64) -> Option<T> {
    let mut call = pin!(call);
    for _ in 0..polls {
        let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        if let Poll::Ready(answer) = polled {
            return Some(answer);
        }
        tokio::time::sleep(Duration::from_micros(300)).await;
    }
    None
}

fn read(answer: Option<Result<Referral, Status>>, told: fn(&Referral) -> Told) -> Ended<Told> {
    match answer {
        None => Ended::Open,
        Some(Ok(referral)) => Ended::Told(told(&referral)),
        Some(Err(status)) => match status.code() {
            Code::NotFound => Ended::Told(Told::Refused),
            Code::Aborted => Ended::Void,
            Code::FailedPrecondition => {
                let info = status.get_details_error_info().unwrap();
                Ended::Told(match info.reason.as_str() {
                    "ALREADY_CLAIMED" => Told::HeldBy(info.metadata["holder"].clone()),
                    "NOT_IN_POOL" => Told::NotInPool,
                    _ => Told::Refused,
                })
            }
            _ => Ended::Open,
        },
    }
}

fn number(fence: Option<Fence>) -> Number {
    fence.map_or((0, 0), |fence| (fence.epoch, fence.n))
}

fn shown(fence: Number) -> Fence {
    Fence { epoch: fence.0, n: fence.1 }
}

fn yours(referral: &Referral) -> Told {
    Told::Yours(number(referral.fence))
}

fn stands(referral: &Referral) -> Told {
    let held = |confirmed| Stand::Held { by: referral.holder.clone(), confirmed };
    let stand = match referral.state() {
        ReferralState::Pool => Stand::Pool,
        ReferralState::Assigned => held(false),
        ReferralState::Confirmed => held(true),
        _ => Stand::Fencing,
    };
    Told::Stands(stand, number(referral.fence))
}

fn appointed(answer: Option<Result<(AppointmentOutcome, Number, String), Status>>) -> Ended<Told> {
    match answer {
        Some(Ok((AppointmentOutcome::Refused, _, reason))) => Ended::Told(match reason.as_str() {
            "ALREADY_CLAIMED" => Told::HeldBy(String::new()),
            "NOT_IN_POOL" => Told::NotInPool,
            "VERSION_MISMATCH" => return Ended::Void,
            _ => Told::Refused,
        }),
        Some(Ok((_, fence, _))) => Ended::Told(Told::Yours(fence)),
        Some(Err(_)) | None => Ended::Open,
    }
}

/// One who asks, about one case.
struct Hand {
    house: House,
    book: Book,
    case: Uuid,
    name: String,
    dice: Dice,
    kills: bool,
    /// Fences that this one was ever given.
    given: Vec<Number>,
}

impl Hand {
    async fn ask(&mut self, act: Act) {
        let town = self.house.town().await;
        let hangs_up = self.kills && self.dice.below(8) == 0;
        let polls = if hangs_up { 1 + self.dice.below(6) } else { u64::MAX };
        let call = self.book.now();
        let (case, who) = (self.case, &self.name);
        let me = mediator(who, FAMILY);
        let ended = match &act {
            Act::Claim(_) => read(maybe(town.claim(case, &me), polls).await, yours),
            Act::Confirm(_, fence) => {
                let asked = town.confirm(case, &me, Some(shown(*fence)), declared());
                read(maybe(asked, polls).await, |_| Told::Done)
            }
            Act::Release(_, fence) => {
                read(maybe(town.release(case, &me, Some(shown(*fence))), polls).await, |_| Told::Done)
            }
            Act::Read => read(maybe(town.get(case, &clerk()), polls).await, stands),
            Act::Appoint(whom) => appointed(maybe(appoint(&town, case, whom), polls).await),
            Act::Lapse(n) => {
                let event = DeadlineReached { clock: "K03".to_owned(), generation: *n, ..Default::default() };
                said(&town, &town.oversight, case, &event).await
            }
            Act::Silence(fence) => {
                let event = HolderSilent { fence: Some(shown(*fence)), ..Default::default() };
                said(&town, &town.mediation, case, &event).await
            }
            Act::Stored(fence) => {
                said(&town, &town.mediation, case, &FenceRaised { fence: Some(shown(*fence)) }).await
            }
        };
        let told = match ended {
            Ended::Void => return,
            Ended::Told(told) => Some(told),
            Ended::Open => None,
        };
        if let (Some(Told::Yours(fence)), Act::Claim(_)) = (&told, &act) {
            self.given.push(*fence);
        }
        let is_open = told.is_none();
        self.book.note(case, act, call, told);
        if is_open {
            // Nobody knows what the old one still does: a new one goes on.
            self.name = format!("{}x", self.name);
            self.given.clear();
        }
    }

    /// The next thing that somebody might do.
    fn next(&mut self, first: bool) -> Act {
        let (me, hint) = (self.name.clone(), self.book.fence(self.case));
        let mine = match self.given.len() as u64 {
            0 => hint,
            many => self.given[self.dice.below(many) as usize],
        };
        let after = (hint.0, hint.1 + 1);
        match if first { 0 } else { self.dice.below(15) } {
            0..=3 => Act::Claim(me),
            4 | 5 => Act::Confirm(me, mine),
            6 | 7 => Act::Release(me, mine),
            8 => Act::Appoint(LISTED[self.dice.below(3) as usize].to_owned()),
            9 => Act::Lapse(hint.1),
            10 => Act::Silence(hint),
            11 | 12 => Act::Stored(after),
            13 => Act::Stored(hint),
            _ => Act::Read,
        }
    }

    async fn play(mut self, acts: usize) {
        for at in 0..acts {
            let act = self.next(at == 0);
            self.ask(act).await;
        }
    }

    /// One who gives a case up, has it again, and then does what they had in mind under the claim before.
    async fn sleep_and_wake(mut self) {
        let me = || self.name.clone();
        let acts = [
            Act::Claim(me()),
            Act::Release(me(), (1, 1)),
            Act::Stored((1, 2)),
            Act::Claim(me()),
            Act::Release(me(), (1, 1)),
            Act::Read,
        ];
        for act in acts {
            self.ask(act).await;
        }
    }

    /// Takes whatever is next; which case that is tells the answer.
    async fn take(self, cases: Vec<Uuid>, n: usize) {
        let town = self.house.town().await;
        let call = self.book.now();
        let ask = TakeNextCaseRequest { request_id: format!("{}-{n}", self.name) };
        let me = mediator(&self.name, FAMILY);
        match town.client().take_next_case(as_caller(&me, "TakeNextCase", ask)).await {
            Ok(answer) => {
                let referral = answer.into_inner().referral.unwrap();
                let case = referral.case_id.parse().unwrap();
                if cases.contains(&case) {
                    self.book.note(case, Act::Claim(self.name), call, Some(yours(&referral)));
                }
            }
            Err(status) if matches!(status.code(), Code::FailedPrecondition | Code::Aborted) => {}
            // It may have taken any of them.
            Err(_) => {
                for case in cases {
                    self.book.note(case, Act::Claim(self.name.clone()), call, None);
                }
            }
        }
    }
}

async fn maybe<T>(call: impl Future<Output = T>, polls: u64) -> Option<T> {
    if polls == u64::MAX { Some(call.await) } else { hang_up(call, polls).await }
}

async fn appoint(
    town: &Town,
    case: Uuid,
    whom: &str,
) -> Result<(AppointmentOutcome, Number, String), Status> {
    let appointment = Appointment { case_id: case.to_string(), mediator: whom.to_owned() };
    let ask = AppointMediatorRequest { appointments: vec![appointment] };
    let answer = town.client().appoint_mediator(as_caller(&head(FAMILY), "AppointMediator", ask)).await?;
    let result = answer.into_inner().results.remove(0);
    Ok((result.outcome(), number(result.fence), result.reason))
}

/// A neighbour says something; it is answered when it has been heard.
async fn said<M: Message + Name>(town: &Town, from: &Desk, case: Uuid, event: &M) -> Ended<Told> {
    let stamp = from.stamp(Actor::service(from.service(), CENTRE), "test", None);
    let mut list = WriteList::new(&stamp, Some(case));
    list.post(case, 1, event);
    match from.commit(list).await {
        Ok(()) if town.is_settled().await => Ended::Told(Told::Nothing),
        _ => Ended::Open,
    }
}

/// Plays, and answers with the history of each case.
pub async fn play(house: &House, size: Size, seed: u64) -> Vec<Vec<Operation>> {
    let (book, mut hands) = (Book::default(), JoinSet::new());
    // Whoever goes on after an act that nobody knows the end of has an x more.
    let who = |h: usize| LISTED.get(h).map_or_else(|| format!("m-{h}"), |listed| (*listed).to_owned());
    let acts = size.acts;
    let names = (0..size.hands).flat_map(|h| (0..=acts).map(move |n| format!("{}{}", who(h), "x".repeat(n))));
    let names = names.chain((0..size.cases).map(|n| format!("taker-{n}"))).chain(["sleeper".to_owned()]);
    house.town().await.enlist(FAMILY, names).await;
    let mut cases = vec![];
    for _ in 0..size.cases {
        cases.push(house.town().await.pooled(FAMILY).await);
    }
    let hand = |case: Uuid, name: String, n: u64| {
        let dice = Dice(seed.wrapping_mul(1_000_003).wrapping_add(n));
        let (house, book) = (house.clone(), book.clone());
        Hand { house, book, case, name, dice, kills: size.kills, given: vec![] }
    };
    for (c, case) in cases.iter().enumerate() {
        for h in 0..size.hands {
            let n = (c * size.hands + h) as u64;
            hands.spawn(hand(*case, who(h), n).play(size.acts));
        }
    }
    for n in 0..size.cases {
        hands.spawn(hand(cases[0], format!("taker-{n}"), 7_000 + n as u64).take(cases.clone(), n));
    }
    let alone = house.town().await.pooled(FAMILY).await;
    let sleeper = Hand { kills: false, ..hand(alone, "sleeper".to_owned(), 9_000) };
    let again = async {
        if size.kills {
            tokio::time::sleep(Duration::from_millis(40 + seed % 5 * 40)).await;
            house.again().await;
        }
    };
    let all = async { while hands.join_next().await.transpose().unwrap().is_some() {} };
    tokio::join!(again, all);
    sleeper.sleep_and_wake().await;
    let town = house.town().await;
    town.settle().await;
    for case in &cases {
        let call = book.now();
        let told = stands(&town.get(*case, &clerk()).await.unwrap());
        book.note(*case, Act::Read, call, Some(told));
    }
    std::mem::take(&mut *book.lines.lock().unwrap()).into_values().collect()
}
