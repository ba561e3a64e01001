//! The mail slot: what other services announce and what the table makes of it.
//!
//! Who stands near a case is kept by the steps of `access`, in the same commit. Instants are those of the news, not of its
//! arrival: a claim ended when it ended, however late this service learned of it.
use access::relation;
use contracts::intake::v1::{CourtDemanded, DisputeAccepted, DisputeWithdrawn, PartyAmended};
use contracts::oversight::v1::{DeadlineReached, EditionActivated, EmergencyAcknowledged, EmergencyRaised};
use contracts::routing::v1::{CaseClaimed, ClaimConfirmed, ClaimEnded, SuccessorNamed};
use contracts::topics;
use contracts::transfer::v1::{
    CommissionLinked, CommissionRecalled, ConfirmationDenied, DemandAnswered, FilingWithdrawn, ShamExamined,
    SuitFound,
};
use courier::{Heard, Reaction, Reactions, Trouble};
use lexicon::{MediationId, Outcome};

use crate::model::CaseDesk;
use crate::model::lease::{SILENCE, Unheard};
use crate::store::Store;
use crate::wire::news;

/// Everything this service does about what it hears.
pub fn reactions(store: &Store) -> Reactions {
    let table = || store.clone();
    let (claimed, confirmed, ended, succeeded) = (table(), table(), table(), table());
    let (demanded, withdrawn, amended, back, answered) = (table(), table(), table(), table(), table());
    let (endangered, acknowledged, examined, sued) = (table(), table(), table(), table());
    let (accepted, linked, denied, recalled, expired) = (table(), table(), table(), table(), table());
    Reactions::of(topics::MEDIATION)
        .before(relation::KINDS.iter().copied(), relation::feed)
        .on::<EditionActivated, _, _>(almanac::keep)
        .on(move |heard| case_claimed(claimed.clone(), heard))
        .on(move |heard| claim_confirmed(confirmed.clone(), heard))
        .on(move |heard| claim_ended(ended.clone(), heard))
        .on(move |heard| successor_named(succeeded.clone(), heard))
        .on(move |heard| court_demanded(demanded.clone(), heard))
        .on(move |heard| filing_withdrawn(back.clone(), heard))
        .on(move |heard| demand_answered(answered.clone(), heard))
        .on(move |heard| dispute_withdrawn(withdrawn.clone(), heard))
        .on(move |heard| party_amended(amended.clone(), heard))
        .on(move |heard| dispute_accepted(accepted.clone(), heard))
        .on(move |heard| commission_linked(linked.clone(), heard))
        .on(move |heard| confirmation_denied(denied.clone(), heard))
        .on(move |heard| commission_recalled(recalled.clone(), heard))
        .on(move |heard| deadline_reached(expired.clone(), heard))
        .on(move |heard| emergency_raised(endangered.clone(), heard))
        .on(move |heard| emergency_acknowledged(acknowledged.clone(), heard))
        .on(move |heard| sham_examined(examined.clone(), heard))
        .on(move |heard| suit_found(sued.clone(), heard))
}

/// A base period may count from here.
async fn dispute_accepted(store: Store, heard: Heard<DisputeAccepted>) -> Result<Reaction, Trouble> {
    store.hear(&heard, |desk| desk.accepted(news::accepted(&heard.event, heard.at))).await
}

/// A court's material was signed for: its period counts from there, and by the suit's procedure.
async fn commission_linked(store: Store, heard: Heard<CommissionLinked>) -> Result<Reaction, Trouble> {
    store.hear(&heard, |desk| desk.begins(news::linked(&heard.event))).await
}

/// The parties may sit down again (T47).
async fn confirmation_denied(store: Store, heard: Heard<ConfirmationDenied>) -> Result<Reaction, Trouble> {
    store.hear(&heard, CaseDesk::denied).await
}

/// The court takes its commission back: an open run fails (F12).
async fn commission_recalled(store: Store, heard: Heard<CommissionRecalled>) -> Result<Reaction, Trouble> {
    store.hear(&heard, |desk| desk.recalled(heard.at)).await
}

/// A clock has run out: the run compares generations. That of a claim's silence carries the fence of the claim, and is judged
/// by this desk's last write under it.
async fn deadline_reached(store: Store, heard: Heard<DeadlineReached>) -> Result<Reaction, Trouble> {
    let event = &heard.event;
    if event.noun.eq_ignore_ascii_case("referral") && event.clock == SILENCE {
        let due = event.due_time.as_ref().and_then(crate::wire::instant);
        let due = due.ok_or_else(|| Trouble::Poison("DUE_TIME".to_owned()))?;
        let mut unheard = false;
        let judge = |desk: CaseDesk| {
            let same = desk.clone();
            desk.silent(event.generation, due).unwrap_or_else(|Unheard| {
                unheard = true;
                Outcome::AlreadySo(same)
            })
        };
        let reaction = store.hear(&heard, judge).await?;
        return if unheard { Err(Trouble::Later("CLAIM_UNKNOWN".to_owned())) } else { Ok(reaction) };
    }
    if !event.noun.eq_ignore_ascii_case("mediation") {
        return Ok(Reaction::Nothing);
    }
    store.hear(&heard, |desk| desk.expired(&event.clock, event.generation, heard.at)).await
}

/// The court that commissioned the run has examined the suspicion (T22c, T22d).
async fn sham_examined(store: Store, heard: Heard<ShamExamined>) -> Result<Reaction, Trouble> {
    store.hear(&heard, |desk| desk.examined(heard.event.sham, heard.at)).await
}

/// A court has a suit about the matter in another case: an open run fails (F12), and one that opens (T43).
async fn suit_found(store: Store, heard: Heard<SuitFound>) -> Result<Reaction, Trouble> {
    store.hear(&heard, |desk| desk.sued(heard.at)).await
}

/// Danger: a run at the table stops (T44).
async fn emergency_raised(store: Store, heard: Heard<EmergencyRaised>) -> Result<Reaction, Trouble> {
    store.hear(&heard, |desk| desk.endangered(heard.at)).await
}

/// Somebody answered: the studio's head may let the run go on.
async fn emergency_acknowledged(
    store: Store,
    heard: Heard<EmergencyAcknowledged>,
) -> Result<Reaction, Trouble> {
    store.hear(&heard, CaseDesk::answered).await
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

/// An agreement has another mediator.
async fn successor_named(store: Store, heard: Heard<SuccessorNamed>) -> Result<Reaction, Trouble> {
    let fence = news::fence(heard.event.fence.as_ref())?;
    let former = news::former(&heard.event.former_holder)?;
    let mediator = news::holder(&heard.event.holder)?;
    store.hear(&heard, |desk| desk.succeeded(fence, former, mediator, heard.at)).await
}

/// An open run fails (F02), and none opens any more.
async fn court_demanded(store: Store, heard: Heard<CourtDemanded>) -> Result<Reaction, Trouble> {
    store.hear(&heard, |desk| desk.demanded(heard.version, heard.at)).await
}

/// A demand is taken back: about an agreement the parties choose anew.
async fn filing_withdrawn(store: Store, heard: Heard<FilingWithdrawn>) -> Result<Reaction, Trouble> {
    store.hear(&heard, |desk| desk.taken_back(heard.event.demand_version)).await
}

/// A demand has found its end. Where no court has the suit, the parties to an agreement may sit down again as before it.
async fn demand_answered(store: Store, heard: Heard<DemandAnswered>) -> Result<Reaction, Trouble> {
    if !heard.event.court_org.is_empty() {
        return Ok(Reaction::Nothing);
    }
    store.hear(&heard, |desk| desk.demand_answered(heard.event.demand_version)).await
}

/// An open run ends, and none opens any more.
async fn dispute_withdrawn(store: Store, heard: Heard<DisputeWithdrawn>) -> Result<Reaction, Trouble> {
    store.hear(&heard, |desk| desk.withdrawn(heard.at)).await
}

/// The parties at the table are those of the file, also after the confirmation that named them.
async fn party_amended(store: Store, heard: Heard<PartyAmended>) -> Result<Reaction, Trouble> {
    let (party, seating) = news::party(heard.event.party.as_ref())?;
    store.hear(&heard, |desk| desk.amended(party, &seating, heard.at)).await
}
