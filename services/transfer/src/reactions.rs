//! What transfer does about the news it hears: its mail slot.

use access::relation;
use contracts::intake::v1::{CourtDemanded, DisputeCorrected, DisputeWithdrawn, PartyAmended};
use contracts::oversight::v1::EditionActivated;
use courier::{Heard, Reaction, Reactions, Trouble};
use lexicon::OrgId;

use crate::model::Filing;
use crate::store::Store;

/// Everything that is heard, one line each.
pub(crate) fn reactions(store: &Store) -> Reactions {
    let (opens, withdraws, amends, corrects) = (store.clone(), store.clone(), store.clone(), store.clone());
    Reactions::of("transfer")
        .before(relation::KINDS.iter().copied(), relation::feed)
        .on::<EditionActivated, _, _>(almanac::keep)
        .on::<CourtDemanded, _, _>(move |heard| court_demanded(opens.clone(), heard))
        .on::<DisputeWithdrawn, _, _>(move |heard| dispute_withdrawn(withdraws.clone(), heard))
        .on::<PartyAmended, _, _>(move |heard| complaint_changed(amends.clone(), heard))
        .on::<DisputeCorrected, _, _>(move |heard| complaint_changed(corrects.clone(), heard))
}

/// A party wants the court: a filing opens at the first receiver's transfer desk.
async fn court_demanded(store: Store, heard: Heard<CourtDemanded>) -> Result<Reaction, Trouble> {
    let first_receiver = OrgId::new(heard.event.first_receiver_org.as_str())
        .map_err(|_| Trouble::Poison("FIRST_RECEIVER_ORG".to_owned()))?;
    let (id, case, track) = (heard.stamp.id().into(), heard.case.into(), heard.event.track.clone());
    store.open(&heard, |last| Filing::open(id, case, first_receiver, track, last)).await
}

/// The claimant takes the case back: what is not yet submitted ends. What is submitted is withdrawn at the court.
async fn dispute_withdrawn(store: Store, heard: Heard<DisputeWithdrawn>) -> Result<Reaction, Trouble> {
    store.change_heard(&heard, Filing::withdraw).await
}

/// What a package would be made of is no longer what it was: one that nobody has submitted is dropped.
async fn complaint_changed<M>(store: Store, heard: Heard<M>) -> Result<Reaction, Trouble> {
    store.change_heard(&heard, Filing::amended).await
}
