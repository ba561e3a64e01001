//! The mail slot: what each event does to the deadline ledger. Every event also becomes a docket entry.

use contracts::intake::v1 as intake;
use contracts::mediation::v1 as mediation;
use contracts::routing::v1 as routing;
use contracts::transfer::v1 as transfer;
use courier::{Heard, Reaction, Reactions, Trouble};
use futures::future::BoxFuture;
use prost::Name;

mod lifecycle;

use crate::model::{FENCING_CLOCK, Holder, Noun, Step, start};
use crate::store::Store;

/// The reactions as a table of contents.
pub fn reactions(store: &Store) -> Reactions {
    use Noun::{Dispute, Filing, Mediation, Referral};
    let reactions = Reactions::of("oversight")
        .before(access::relation::KINDS, access::relation::feed)
        .on(told(store, |e: &intake::DraftSaved| vec![start(Dispute, "S01", named(&e.first_receiver_org))]))
        .on(told(store, |e: &intake::DisputeFiled| vec![start(Dispute, "S02", named(&e.first_receiver_org))]))
        .on(told(store, |_: &intake::CorrectionRequested| vec![start(Dispute, "S03", Holder::Same)]))
        .on(told(store, |_: &intake::DisputeCorrected| vec![start(Dispute, "S02", Holder::Same)]))
        .on(told(store, |_: &intake::PartyAmended| vec![]))
        .on(told(store, |_: &intake::DisputeAccepted| vec![start(Dispute, "S11", Holder::Same)]))
        .on(told(store, |_: &intake::DisputeRefused| vec![Step::End(Dispute)]))
        .on(told(store, |_: &intake::DisputeAdvised| vec![Step::End(Dispute)]))
        .on(told(store, |_: &intake::DisputeWithdrawn| vec![Step::Closed]))
        .on(told(store, |_: &intake::CourtDemanded| vec![Step::CourtDemanded]))
        .on(told(store, |_: &intake::DisputeClosed| vec![Step::Closed]))
        .on(told(store, |e: &routing::ReferralOpened| {
            vec![start(Referral, "S04", named(&e.first_receiver_org))]
        }))
        .on(told(store, |_: &routing::CaseReferred| vec![]))
        .on(told(store, |_: &routing::ReferralReturned| vec![]))
        .on(told(store, |e: &routing::CasePooled| vec![start(Referral, "S05", named(&e.studio_org))]))
        .on(told(store, |e: &routing::CaseClaimed| vec![claim("K03", &e.holder, e.fence)]))
        .on(told(store, |e: &routing::ClaimConfirmed| {
            vec![claim("S10", &e.holder, e.fence), hand(Mediation, &e.holder)]
        }))
        .on(told(store, |e: &routing::ClaimEnded| {
            vec![start(Referral, FENCING_CLOCK, named(&e.studio_org)), hand(Mediation, &e.studio_org)]
        }))
        .on(told(store, |_: &routing::ReferralEnded| vec![Step::End(Referral)]))
        .on(told(store, |e: &mediation::MediationOpened| {
            vec![start_at(Mediation, "K04", named(&e.mediator), e.generation)]
        }))
        .on(told(store, |_: &mediation::ConsentRecorded| worked()))
        .on(told(store, |e: &mediation::MediationStarted| {
            let clock = if e.clock.is_empty() { main_clock(&e.track) } else { &e.clock };
            vec![start_at(Mediation, clock, Holder::Same, e.generation)]
        }))
        .on(told(store, |_: &mediation::SessionRecorded| worked()))
        .on(told(store, |_: &mediation::AgreementDrafted| worked()))
        .on(told(store, |_: &mediation::SignatureAdded| worked()))
        .on(told(store, |e: &mediation::AgreementSigned| {
            vec![start_at(Mediation, "K27", Holder::Same, e.generation)]
        }))
        .on(told(store, |e: &mediation::MediationConcluded| {
            vec![start_at(Mediation, "S09", Holder::FirstReceiver, e.generation)]
        }))
        .on(told(store, |_: &mediation::MediationWithdrawn| vec![Step::End(Mediation)]))
        .on(told(store, |_: &mediation::FenceRaised| vec![]))
        .on(told(store, |e: &transfer::FilingOpened| {
            vec![start_at(Filing, "S06", named(&e.first_receiver_org), e.generation)]
        }))
        .on(told(store, |_: &transfer::FilingPrepared| vec![]))
        .on(told(store, |_: &transfer::FilingSubmitted| vec![start(Filing, "S07", Holder::Same)]))
        .on(told(store, |e: &transfer::FilingReceived| vec![start(Filing, "K34", named(&e.court_org))]))
        .on(told(store, |_: &transfer::FilingAccepted| vec![start(Filing, "S08", Holder::Same)]))
        .on(told(store, |_: &transfer::FilingRefused| vec![Step::End(Filing)]))
        .on(told(store, |_: &transfer::FilingWithdrawn| vec![Step::End(Filing)]));
    lifecycle::of_transfer(lifecycle::of_mediation(reactions, store), store)
}

/// A clock with the generation that its owner gave it; none from an owner of before there were any.
fn start_at(noun: Noun, clock: &str, holder: Holder, generation: u64) -> Step {
    let generation = (generation > 0).then_some(generation);
    Step::Start { noun, clock: clock.to_owned(), holder, generation }
}

fn named(holder: &str) -> Holder {
    Holder::Named(holder.to_owned())
}

fn hand(noun: Noun, holder: &str) -> Step {
    Step::Hand { noun, holder: holder.to_owned() }
}

/// The clocks of a claim carry its fence as their generation: a later claim makes an earlier deadline already so.
fn claim(clock: &str, holder: &str, fence: Option<contracts::lexicon::v1::Fence>) -> Step {
    let generation = fence.map(|fence| fence.n);
    Step::Start { noun: Noun::Referral, clock: clock.to_owned(), holder: named(holder), generation }
}

/// The holder has worked: the silence clock of the claim starts anew (S10).
fn worked() -> Vec<Step> {
    vec![Step::Renew { noun: Noun::Referral, clock: "S10" }]
}

/// The main period of a track; people's mediation's where the track has none of its own.
fn main_clock(track: &str) -> &str {
    rulebook::tracks::get(track).and_then(|track| track.main_clock.as_deref()).unwrap_or("K10")
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
