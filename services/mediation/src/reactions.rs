//! The mail slot: what other services announce and what the table makes of it.
//!
//! Who stands near a case is kept by the steps of `access`, in the same commit. Instants are those of the news, not of its
//! arrival: a claim ended when it ended, however late this service learned of it.
use access::relation;
use contracts::intake::v1::{CourtDemanded, DisputeWithdrawn, PartyAmended};
use contracts::oversight::v1::EditionActivated;
use contracts::routing::v1::{CaseClaimed, ClaimConfirmed, ClaimEnded};
use contracts::topics;
use courier::{Heard, Reaction, Reactions, Trouble};
use lexicon::MediationId;

use crate::store::Store;
use crate::wire::news;

/// Everything this service does about what it hears.
pub fn reactions(store: &Store) -> Reactions {
    let table = || store.clone();
    let (claimed, confirmed, ended) = (table(), table(), table());
    let (demanded, withdrawn, amended) = (table(), table(), table());
    Reactions::of(topics::MEDIATION)
        .before(relation::KINDS.iter().copied(), relation::feed)
        .on::<EditionActivated, _, _>(almanac::keep)
        .on(move |heard| case_claimed(claimed.clone(), heard))
        .on(move |heard| claim_confirmed(confirmed.clone(), heard))
        .on(move |heard| claim_ended(ended.clone(), heard))
        .on(move |heard| court_demanded(demanded.clone(), heard))
        .on(move |heard| dispute_withdrawn(withdrawn.clone(), heard))
        .on(move |heard| party_amended(amended.clone(), heard))
}

/// The fence rises; the table opens only when the mediator has disclosed and confirmed.
async fn case_claimed(store: Store, heard: Heard<CaseClaimed>) -> Result<Reaction, Trouble> {
    let fence = news::fence(heard.event.fence.as_ref())?;
    store.hear(&heard, |desk| desk.claimed(fence, heard.at)).await
}

/// A run opens, or the open one goes on under a new mediator.
async fn claim_confirmed(store: Store, heard: Heard<ClaimConfirmed>) -> Result<Reaction, Trouble> {
    let claim = news::claim(&heard.event, heard.at)?;
    let id = MediationId::from(heard.stamp.id());
    store.hear(&heard, |desk| desk.confirmed(claim, id, heard.at)).await
}

/// The fence rises and the mediator's place is empty; routing waits for the answer.
async fn claim_ended(store: Store, heard: Heard<ClaimEnded>) -> Result<Reaction, Trouble> {
    let fence = news::fence(heard.event.fence.as_ref())?;
    let former = news::former(&heard.event.former_holder)?;
    store.hear(&heard, |desk| desk.released(fence, former, heard.at)).await
}

/// An open run fails (F02), and none opens any more.
async fn court_demanded(store: Store, heard: Heard<CourtDemanded>) -> Result<Reaction, Trouble> {
    store.hear(&heard, |desk| desk.demanded(heard.at)).await
}

/// An open run ends, and none opens any more.
async fn dispute_withdrawn(store: Store, heard: Heard<DisputeWithdrawn>) -> Result<Reaction, Trouble> {
    store.hear(&heard, |desk| desk.withdrawn(heard.at)).await
}

/// The parties at the table are those of the file, also after the confirmation that named them.
async fn party_amended(store: Store, heard: Heard<PartyAmended>) -> Result<Reaction, Trouble> {
    let (party, role) = news::party(heard.event.party.as_ref())?;
    store.hear(&heard, |desk| desk.amended(party, role, heard.at)).await
}
