//! The mail slot: what each event does to the deadline ledger. Every event also becomes a docket entry.
//!
//! A line says what the event is to the ledger: which noun it opens or ends, who has to act, what clock starts, stops, goes
//! on or is longer, and which event of the rule book it is, for clocks that count from it now or later.

mod joint;
mod lifecycle;
mod screening;
mod traffic;

use chrono::{DateTime, Utc};
use contracts::intake::v1 as intake;
use contracts::mediation::v1 as mediation;
use contracts::routing::v1 as routing;
use contracts::transfer::v1 as transfer;
use courier::{Heard, Reaction, Reactions, Trouble};
use prost::{Message, Name};
use prost_types::Timestamp;
use rulebook::clocks::StopReason;

use crate::model::{FENCING_CLOCK, Holder, Noun, Start, Step, start};
use crate::store::Store;
pub use screening::Seen;

/// The reactions.
pub fn reactions(store: &Store) -> Reactions {
    let before = Reactions::of("oversight").before(access::relation::KINDS, access::relation::feed);
    table(before, store)
}

/// A rule for the slot: what one kind of event is to the ledger.
pub struct Told<S, M> {
    /// Whose slot it is.
    pub whose: S,
    /// The rule.
    pub rule: fn(&M) -> Vec<Step>,
    /// What the window's screen saw, where the event tells of one.
    pub seen: fn(&M) -> Option<Seen<'_>>,
}

/// A slot that rules are put into.
pub trait Slot<S> {
    /// One rule more.
    #[must_use]
    fn on<M: Message + Name + Default + 'static>(self, told: Told<S, M>) -> Self;
}

impl Slot<Store> for Reactions {
    fn on<M: Message + Name + Default + 'static>(self, told: Told<Store, M>) -> Self {
        let Told { whose, rule, seen } = told;
        Reactions::on(self, move |heard: Heard<M>| hear(whose.clone(), rule, seen, heard))
    }
}

async fn hear<M: Name>(
    store: Store,
    rule: fn(&M) -> Vec<Step>,
    seen: fn(&M) -> Option<Seen<'_>>,
    heard: Heard<M>,
) -> Result<Reaction, Trouble> {
    let steps = rule(&heard.event);
    match seen(&heard.event).filter(Seen::obliges) {
        Some(seen) => screening::hear(&store, &heard, steps, &seen).await,
        None => store.hear(&heard, &M::full_name(), steps).await,
    }
}

/// The rules as a table of contents.
pub fn table<S: Clone, T: Slot<S>>(slot: T, store: &S) -> T {
    use Noun::{Dispute, Filing, Mediation, Recusal, Referral};
    use Step::{Closed, CourtDemanded, End, Keep, Met, Open, Received, Resume, Stop};
    let reactions = slot
        .on(told(store, |e: &intake::DraftSaved| {
            vec![
                Received(e.first_receiver_org.clone()),
                Open(Dispute, String::new()),
                start(Dispute, "S01", named(&e.first_receiver_org)).generation(given(e.generation)).into(),
            ]
        }))
        .on(screening::filed(store))
        .on(told(store, |e: &intake::CorrectionRequested| {
            let asked = start(Dispute, "S03", Holder::Same).at("CORRECTION_SENT", instant(e.request_time));
            vec![
                Stop(Dispute, "S02".to_owned(), StopReason::Correction, instant(e.request_time), None),
                asked.generation(given(e.generation)).beside().into(),
            ]
        }))
        .on(told(store, |_: &intake::DisputeCorrected| {
            vec![Met(Dispute, "S03"), Resume(Dispute, "S02".to_owned(), None, None)]
        }))
        .on(told(store, |_: &intake::DraftMerged| vec![End(Dispute)]))
        .on(told(store, |_: &intake::DraftRemoved| vec![End(Dispute)]))
        .on(told(store, |_: &intake::DisputesLinked| vec![]))
        .on(told(store, |_: &intake::PartyAmended| vec![]))
        .on(screening::accepted(store))
        .on(told(store, |_: &intake::DisputeRefused| vec![End(Dispute)]))
        .on(told(store, |_: &intake::DisputeAdvised| vec![End(Dispute)]))
        .on(told(store, |_: &intake::DisputeWithdrawn| vec![Closed]))
        .on(told(store, |_: &intake::CourtDemanded| vec![CourtDemanded]))
        .on(told(store, |e: &intake::DisputeClosed| {
            // One of before files were put away gives no generation.
            [Closed].into_iter().chain(given(e.generation).map(Step::ToBeArchived)).collect()
        }))
        .on(told(store, |_: &intake::DisputeArchived| vec![End(Dispute)]))
        .on(told(store, |e: &routing::ReferralOpened| {
            vec![
                Received(e.first_receiver_org.clone()),
                Open(Referral, String::new()),
                start(Referral, "S04", named(&e.first_receiver_org)).kept("ACCEPTED").into(),
            ]
        }))
        .on(told(store, |_: &routing::CaseReferred| vec![]))
        .on(told(store, |e: &routing::ReferralReturned| {
            // Before a studio has taken it the first receiver's time goes on; after, it begins anew.
            let anew = e.taken.then(|| start(Referral, "S04", Holder::FirstReceiver).into());
            anew.into_iter().collect()
        }))
        .on(told(store, |e: &routing::CasePooled| vec![start(Referral, "S05", named(&e.studio_org)).into()]))
        .on(told(store, |e: &routing::ChoiceOffered| {
            let asked = start(Referral, "K01", named(&e.studio_org)).generation(given(e.generation));
            vec![asked.beside().into()]
        }))
        .on(told(store, |_: &routing::ChoiceLapsed| vec![Met(Referral, "K01")]))
        .on(told(store, |e: &routing::CaseClaimed| vec![claim("K03", &e.holder, e.fence)]))
        .on(told(store, |e: &routing::ClaimConfirmed| {
            vec![
                Keep("PLATFORM_CONFIRMED", None),
                claim("S10", &e.holder, e.fence),
                Step::Hand(Mediation, e.holder.clone()),
            ]
        }))
        .on(told(store, |e: &routing::ClaimEnded| {
            vec![
                start(Referral, FENCING_CLOCK, named(&e.studio_org)).into(),
                Step::Hand(Mediation, e.studio_org.clone()),
                End(Recusal),
            ]
        }))
        .on(told(store, |e: &routing::SuccessorNamed| {
            vec![Step::Succeeded(e.former_holder.clone(), e.holder.clone())]
        }))
        .on(told(store, |e: &routing::RecusalRequested| {
            vec![Open(Recusal, String::new()), start(Recusal, "S12", named(&e.studio_org)).into()]
        }))
        .on(told(store, |_: &routing::RecusalDecided| vec![End(Recusal)]))
        .on(told(store, |_: &routing::FormerMediatorActs| vec![]))
        .on(told(store, |_: &routing::ReferralEnded| joint::over()))
        .on(told(store, |e: &mediation::MediationOpened| {
            let asked = start(Mediation, "K04", named(&e.mediator)).generation(given(e.generation));
            vec![
                Step::Chosen(Noun::Confirmation),
                Open(Mediation, e.mediation_id.clone()),
                Step::Court(Mediation, e.court_org.clone()),
                asked.into(),
            ]
        }))
        .on(told(store, |_: &mediation::ConsentRecorded| worked()))
        .on(told(store, |e: &mediation::MediationStarted| {
            let court = Step::Court(Mediation, e.court_org.clone());
            let asked = Step::MetBut(Mediation, traffic::BESIDE_THE_PERIOD);
            vec![Keep("CONSENT_OF_ALL", instant(e.start_time)), court, asked, main(e).beside().into()]
        }))
        .on(told(store, |e: &mediation::SessionRecorded| {
            worked_by(e.by_co_mediator)
                .into_iter()
                .chain(traffic::NOTICES.map(|clock| Met(Mediation, clock)))
                .collect()
        }))
        .on(told(store, |_: &mediation::AgreementDrafted| worked()))
        .on(told(store, |_: &mediation::SignatureAdded| worked()))
        .on(told(store, lifecycle::agreed))
        .on(told(store, |e: &mediation::MediationConcluded| {
            let choice = start(Mediation, "S09", Holder::FirstReceiver).generation(given(e.generation));
            let demanded = (e.demand_version > 0).then(|| Step::EndedBy(e.demand_version, choice.clone()));
            // Of a case that no mediator ever had the end is the first that is heard (T43).
            let open = Open(Mediation, e.mediation_id.clone());
            vec![open, demanded.unwrap_or(choice.into()), traffic::after_a_failure(given(e.generation))]
        }))
        .on(told(store, |_: &mediation::MediationWithdrawn| vec![End(Mediation)]))
        .on(told(store, |_: &mediation::FenceRaised| vec![]))
        .on(told(store, |e: &transfer::FilingOpened| {
            vec![
                Received(e.first_receiver_org.clone()),
                Step::Chosen(Noun::Handoff),
                // Of the filing before, only what waits for the parties' choice is over.
                Step::Chosen(Filing),
                Open(Filing, e.filing_id.clone()),
                start(Filing, "S06", named(&e.first_receiver_org)).generation(given(e.generation)).into(),
            ]
        }))
        .on(told(store, |_: &transfer::FilingPrepared| vec![]))
        .on(told(store, |e: &transfer::FilingSubmitted| {
            let seen = start(Filing, "S07", Holder::Same).at("PACKAGE_VISIBLE", instant(e.submit_time));
            vec![Step::Court(Filing, e.court_org.clone()), seen.into()]
        }))
        .on(told(store, |e: &transfer::FilingReceived| {
            vec![start(Filing, "K34", named(&e.court_org)).into()]
        }))
        .on(told(store, |_: &transfer::FilingAccepted| vec![start(Filing, "S08", Holder::Same).into()]))
        .on(told(store, |_: &transfer::FilingRefused| lifecycle::not_filed()))
        .on(told(store, |e: &transfer::FilingWithdrawn| {
            vec![Step::EndOf(Filing, e.filing_id.clone()), Step::DemandDropped(e.demand_version)]
        }))
        .on(told(store, |_: &transfer::DemandTakenBack| vec![]))
        .on(told(store, |e: &transfer::DemandAnswered| vec![Step::DemandAnswered(e.demand_version)]));
    lifecycle::of_transfer(lifecycle::of_mediation(joint::of_routing(reactions, store), store), store)
}

/// The owner's generation; none from an owner of before there were any.
fn given(generation: u64) -> Option<u64> {
    (generation > 0).then_some(generation)
}

fn named(holder: &str) -> Holder {
    Holder::Named(holder.to_owned())
}

/// An instant as the house keeps them; what is outside the calendar was never said.
fn instant(at: Option<Timestamp>) -> Option<DateTime<Utc>> {
    at.and_then(|at| DateTime::from_timestamp(at.seconds, u32::try_from(at.nanos).ok()?))
}

/// The clocks of a claim carry its fence as their generation: a later claim makes an earlier deadline already so.
fn claim(clock: &str, holder: &str, fence: Option<contracts::lexicon::v1::Fence>) -> Step {
    start(Noun::Referral, clock, named(holder)).generation(fence.map(|fence| fence.n)).into()
}

/// The holder has worked: the silence clock of the claim starts anew (S10).
fn worked() -> Vec<Step> {
    vec![Step::Renew(Noun::Referral, "S10")]
}

/// The same, unless it was somebody beside the holder: a claim lives by its holder's own work.
fn worked_by(co_mediator: bool) -> Vec<Step> {
    if co_mediator { vec![] } else { worked() }
}

/// The main period of a track, as its owner counts it: the clock, what begins it and when, the day whose law holds. What an
/// owner of before did not say is taken from what the case has seen, and by the track.
fn main(event: &mediation::MediationStarted) -> Start {
    let track = rulebook::tracks::get(&event.track);
    let known = track.and_then(|track| track.main_clock.as_deref()).unwrap_or("K11");
    let clock = if event.clock.is_empty() { known } else { event.clock.as_str() };
    let pin = track.map_or("ACCEPTED", |track| &track.pin);
    let counted = start(Noun::Mediation, clock, Holder::Same).kept(pin).generation(given(event.generation));
    match instant(event.clock_start_time).filter(|_| !event.start_event.is_empty()) {
        Some(at) => counted.at(&event.start_event, Some(at)).pinned(event.pin_date.parse().ok()),
        None => counted,
    }
}

fn told<S: Clone, M>(whose: &S, rule: fn(&M) -> Vec<Step>) -> Told<S, M> {
    Told { whose: whose.clone(), rule, seen: |_| None }
}
