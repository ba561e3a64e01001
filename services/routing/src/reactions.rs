//! What routing hears, and what it does about it.

use std::future::Future;

use access::relation;
use contracts::intake::v1::{
    CourtDemanded, DisputeAccepted, DisputeClosed, DisputeWithdrawn, DisputesLinked, LinkKind, PartyAmended,
};
use contracts::mediation::v1::{AgreementSigned, FenceRaised, HolderSilent, MediationConcluded};
use contracts::oversight::v1::{DeadlineReached, EditionActivated};
use contracts::transfer::v1::CommissionRecalled;
use courier::{Heard, Reaction, Reactions, Trouble};
use lexicon::{AccountId, OrgId};

use crate::model::{EndReason, Referral};
use crate::store::Store;
use crate::{NAME, wire};

type Answer = Result<Reaction, Trouble>;

/// The clock of an unconfirmed claim.
const CONFIRMATION: &str = "K03";
/// The clock of the parties' choice of a mediator.
const CHOICE: &str = "K01";
/// The clock of a hand-over that is offered.
const HAND_OVER: &str = "S21";
/// The clock of assistance that is asked for.
const ASSISTANCE: &str = "S23";

/// The mail slot, one line an event.
pub fn reactions(store: &Store) -> Reactions {
    Reactions::of(NAME)
        .before(relation::KINDS, relation::feed)
        .on::<EditionActivated, _, _>(almanac::keep)
        .on(with(store, accepted))
        .on(with(store, party_amended))
        .on(with(store, disputes_linked))
        .on(with(store, court_demanded))
        .on(with(store, withdrawn))
        .on(with(store, closed))
        .on(with(store, agreement_signed))
        .on(with(store, concluded))
        .on(with(store, recalled))
        .on(with(store, fence_raised))
        .on(with(store, holder_silent))
        .on(with(store, deadline_reached))
}

/// The handler with its store.
fn with<M, F, Fut>(store: &Store, react: F) -> impl Fn(Heard<M>) -> Fut + Send + Sync + 'static
where
    F: Fn(Store, Heard<M>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Answer> + Send + 'static,
{
    let store = store.clone();
    move |heard| react(store.clone(), heard)
}

/// An accepted dispute needs a place to go.
async fn accepted(store: Store, heard: Heard<DisputeAccepted>) -> Answer {
    let event = &heard.event;
    let receiver = OrgId::new(event.first_receiver_org.as_str());
    let receiver = receiver.map_err(|_| Trouble::Poison("FIRST_RECEIVER_MALFORMED".to_owned()))?;
    let facts = wire::facts::accepted(event);
    let epoch = store.desk().epoch();
    let noun = Referral::open(heard.case.into(), receiver, facts, heard.pub_seq, epoch, heard.stamp.now);
    let adviser = Some(event.adviser.as_str()).filter(|adviser| !adviser.is_empty());
    let adviser = adviser.map(AccountId::new).transpose();
    let adviser = adviser.map_err(|_| Trouble::Poison("ADVISER_MALFORMED".to_owned()))?;
    store.open_heard(&heard, noun, adviser.as_ref()).await
}

/// Mediation asks the parties that `ClaimConfirmed` names, so they are kept up to date until then.
async fn party_amended(store: Store, heard: Heard<PartyAmended>) -> Answer {
    match &heard.event.party {
        Some(party) => store.party_heard(&heard, wire::facts::party(party)).await,
        None => Err(Trouble::Poison("NO_PARTY".to_owned())),
    }
}

/// The same matter in another case: who has mediated it there is not to mediate it here.
async fn disputes_linked(store: Store, heard: Heard<DisputesLinked>) -> Answer {
    if !matches!(heard.event.kind(), LinkKind::DuplicateOf | LinkKind::HasDuplicate) {
        return Ok(Reaction::Nothing);
    }
    let other = heard.event.other_case_id.parse();
    let other = other.map_err(|_| Trouble::Poison("OTHER_CASE_MALFORMED".to_owned()))?;
    store.one_matter_heard(&heard, other).await
}

async fn court_demanded(store: Store, heard: Heard<CourtDemanded>) -> Answer {
    end(&store, &heard, EndReason::CourtDemanded).await
}

async fn withdrawn(store: Store, heard: Heard<DisputeWithdrawn>) -> Answer {
    end(&store, &heard, EndReason::Withdrawn).await
}

async fn closed(store: Store, heard: Heard<DisputeClosed>) -> Answer {
    end(&store, &heard, EndReason::Closed).await
}

async fn agreement_signed(store: Store, heard: Heard<AgreementSigned>) -> Answer {
    end(&store, &heard, EndReason::Agreed).await
}

async fn concluded(store: Store, heard: Heard<MediationConcluded>) -> Answer {
    end(&store, &heard, EndReason::Failed).await
}

/// The court takes its commission back (T64): nobody is to mediate it any more.
async fn recalled(store: Store, heard: Heard<CommissionRecalled>) -> Answer {
    // Between AcceptDispute and intake's own hearing of the recall its acceptance may be on its way here.
    store.end_or_foretell(&heard, EndReason::Recalled).await
}

/// The former holder can write no more: the case is offered again.
async fn fence_raised(store: Store, heard: Heard<FenceRaised>) -> Answer {
    let Some(fence) = heard.event.fence else { return Err(Trouble::Poison("NO_FENCE".to_owned())) };
    store.fence_heard(&heard, wire::fence_shown(fence)).await
}

/// The holder has not worked on the case (S10): the claim ends, and the case is offered again once that is stored.
async fn holder_silent(store: Store, heard: Heard<HolderSilent>) -> Answer {
    let Some(fence) = heard.event.fence else { return Err(Trouble::Poison("NO_FENCE".to_owned())) };
    let epoch = store.desk().epoch();
    store.change_heard(&heard, |noun, stamp| noun.silence(wire::fence_shown(fence), epoch, stamp.now)).await
}

/// Nobody confirmed the claim in time, the parties have chosen nobody, or nobody accepted the hand-over or answered the request. Every
/// other deadline is somebody else's.
async fn deadline_reached(store: Store, heard: Heard<DeadlineReached>) -> Answer {
    let (number, epoch) = (heard.event.generation, store.desk().epoch());
    // A commission has a K03 of its own.
    let of_referral = ["", "referral"].contains(&heard.event.noun.to_lowercase().as_str());
    match heard.event.clock.as_str() {
        CONFIRMATION if of_referral => {
            store.change_heard(&heard, |noun, stamp| noun.lapse(number, epoch, stamp.now)).await
        }
        CHOICE => store.change_heard(&heard, |noun, stamp| noun.lapse_choice(number, stamp.now)).await,
        HAND_OVER => store.change_heard(&heard, |noun, stamp| noun.offer_lapsed(number, stamp.now)).await,
        ASSISTANCE => {
            store.change_heard(&heard, |noun, stamp| noun.assistance_lapsed(number, stamp.now)).await
        }
        _ => Ok(Reaction::Nothing),
    }
}

async fn end<M>(store: &Store, heard: &Heard<M>, reason: EndReason) -> Answer {
    store.change_heard(heard, |noun, stamp| noun.end(reason, stamp.now)).await
}
