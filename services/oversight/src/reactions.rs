//! The mail slot: what each event does to the deadline ledger. Every event also becomes a docket entry.
//!
//! A line says what the event is to the ledger: which noun it opens or ends, who has to act, what clock starts, stops, goes
//! on or is longer, and which event of the rule book it is, for clocks that count from it now or later.

mod lifecycle;
mod screening;

use chrono::{DateTime, Utc};
use contracts::intake::v1 as intake;
use contracts::mediation::v1 as mediation;
use contracts::routing::v1 as routing;
use contracts::transfer::v1 as transfer;
use courier::{Heard, Reaction, Reactions, Trouble};
use futures::future::BoxFuture;
use prost::Name;
use prost_types::Timestamp;
use rulebook::clocks::StopReason;

use crate::model::{FENCING_CLOCK, Holder, Noun, Start, Step, start};
use crate::store::Store;

/// The reactions as a table of contents.
pub fn reactions(store: &Store) -> Reactions {
    use Noun::{Dispute, Filing, Mediation, Recusal, Referral};
    use Step::{Closed, CourtDemanded, End, Keep, Met, Open, Received, Resume, Stop};
    let reactions = Reactions::of("oversight")
        .before(access::relation::KINDS, access::relation::feed)
        .on(told(store, |e: &intake::DraftSaved| {
            vec![
                Received(e.first_receiver_org.clone()),
                Open(Dispute, String::new()),
                start(Dispute, "S01", named(&e.first_receiver_org)).into(),
            ]
        }))
        .on(screening::filed(store))
        .on(told(store, |e: &intake::CorrectionRequested| {
            let asked = start(Dispute, "S03", Holder::Same).at("CORRECTION_SENT", instant(e.request_time));
            vec![
                Stop(Dispute, "S02".to_owned(), StopReason::Correction, None),
                asked.generation(given(e.generation)).beside().into(),
            ]
        }))
        .on(told(store, |_: &intake::DisputeCorrected| {
            vec![Met(Dispute, "S03"), Resume(Dispute, "S02".to_owned(), None)]
        }))
        .on(told(store, |_: &intake::PartyAmended| vec![]))
        .on(screening::accepted(store))
        .on(told(store, |_: &intake::DisputeRefused| vec![End(Dispute)]))
        .on(told(store, |_: &intake::DisputeAdvised| vec![End(Dispute)]))
        .on(told(store, |_: &intake::DisputeWithdrawn| vec![Closed]))
        .on(told(store, |_: &intake::CourtDemanded| vec![CourtDemanded]))
        .on(told(store, |_: &intake::DisputeClosed| vec![Closed]))
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
        .on(told(store, |e: &routing::RecusalRequested| {
            vec![Open(Recusal, String::new()), start(Recusal, "S12", named(&e.studio_org)).into()]
        }))
        .on(told(store, |_: &routing::RecusalDecided| vec![End(Recusal)]))
        .on(told(store, |_: &routing::ReferralEnded| vec![End(Referral), End(Recusal)]))
        .on(told(store, |e: &mediation::MediationOpened| {
            let asked = start(Mediation, "K04", named(&e.mediator)).generation(given(e.generation));
            vec![Open(Mediation, e.mediation_id.clone()), asked.into()]
        }))
        .on(told(store, |_: &mediation::ConsentRecorded| worked()))
        .on(told(store, |e: &mediation::MediationStarted| {
            vec![Keep("CONSENT_OF_ALL", instant(e.start_time)), main(e).into()]
        }))
        .on(told(store, |_: &mediation::SessionRecorded| worked()))
        .on(told(store, |_: &mediation::AgreementDrafted| worked()))
        .on(told(store, |_: &mediation::SignatureAdded| worked()))
        .on(told(store, |e: &mediation::AgreementSigned| {
            let effective = instant(e.effective_time);
            vec![
                Keep("AGREEMENT_EFFECTIVE", effective),
                start(Mediation, "K27", Holder::Same)
                    .at("AGREEMENT_EFFECTIVE", effective)
                    .generation(given(e.generation))
                    .into(),
            ]
        }))
        .on(told(store, |e: &mediation::MediationConcluded| {
            vec![start(Mediation, "S09", Holder::FirstReceiver).generation(given(e.generation)).into()]
        }))
        .on(told(store, |_: &mediation::MediationWithdrawn| vec![End(Mediation)]))
        .on(told(store, |_: &mediation::FenceRaised| vec![]))
        .on(told(store, |e: &transfer::FilingOpened| {
            vec![
                Received(e.first_receiver_org.clone()),
                Open(Filing, e.filing_id.clone()),
                start(Filing, "S06", named(&e.first_receiver_org)).generation(given(e.generation)).into(),
            ]
        }))
        .on(told(store, |_: &transfer::FilingPrepared| vec![]))
        .on(told(store, |e: &transfer::FilingSubmitted| {
            vec![start(Filing, "S07", Holder::Same).at("PACKAGE_VISIBLE", instant(e.submit_time)).into()]
        }))
        .on(told(store, |e: &transfer::FilingReceived| {
            vec![start(Filing, "K34", named(&e.court_org)).into()]
        }))
        .on(told(store, |_: &transfer::FilingAccepted| vec![start(Filing, "S08", Holder::Same).into()]))
        .on(told(store, |_: &transfer::FilingRefused| vec![End(Filing)]))
        .on(told(store, |_: &transfer::FilingWithdrawn| vec![End(Filing)]));
    lifecycle::of_transfer(lifecycle::of_mediation(reactions, store), store)
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

/// The main period of a track, from the events that begin it; where the parties agreed none, the local default (K11). The
/// suit's procedure may have another clock than the track's, and then the owner says which.
fn main(event: &mediation::MediationStarted) -> Start {
    let track = rulebook::tracks::get(&event.track);
    let known = track.and_then(|track| track.main_clock.as_deref()).unwrap_or("K11");
    let clock = if event.clock.is_empty() { known } else { event.clock.as_str() };
    let pin = track.map_or("ACCEPTED", |track| &track.pin);
    let counted = start(Noun::Mediation, clock, Holder::Same).kept(pin).generation(given(event.generation));
    match event.start_event.as_str() {
        // A court's material was signed for before there was a case: no event of this case tells when.
        "MATERIAL_SIGNED" => counted.at("MATERIAL_SIGNED", instant(event.clock_start_time)),
        _ => counted,
    }
}

/// Turns a rule into a handler.
fn told<M>(
    store: &Store,
    rule: fn(&M) -> Vec<Step>,
) -> impl Fn(Heard<M>) -> BoxFuture<'static, Result<Reaction, Trouble>> + Send + Sync + 'static
where
    M: Name + Send + Sync + 'static,
{
    let store = store.clone();
    move |heard| {
        let store = store.clone();
        Box::pin(async move {
            let steps = rule(&heard.event);
            store.hear(&heard, &M::full_name(), steps).await
        })
    }
}
