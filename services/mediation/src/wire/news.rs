//! What other services tell, in the model's words. A letter that says nothing usable is poison: no waiting mends it.
use std::collections::HashSet;

use chrono::{DateTime, Utc};
use contracts::intake::v1::{DisputeAccepted, PartyDigest};
use contracts::lexicon::v1::{Fence as FenceMessage, PartyRole as RoleMessage};
use contracts::routing::v1::ClaimConfirmed;
use contracts::transfer::v1::CommissionLinked;
use courier::Trouble;
use lexicon::{AccountId, OrgId, PartyId, PartyRole};

use super::instant;
use crate::model::{Begun, Claim, Fence, Member, Party, Seating};

/// A fence; one is always there.
pub fn fence(fence: Option<&FenceMessage>) -> Result<Fence, Trouble> {
    let fence = fence.ok_or_else(|| poison("NO_FENCE"))?;
    Ok(Fence { epoch: fence.epoch, n: fence.n })
}

/// A party, its side and its place in a group.
pub fn party(party: Option<&PartyDigest>) -> Result<(PartyId, Seating), Trouble> {
    let party = party.ok_or_else(|| poison("NO_PARTY"))?;
    let member = Some(&party.group).filter(|group| !group.is_empty());
    let member = member.map(|group| Member { group: group.clone(), elected: party.elected });
    let seating = Seating { role: role(party.role())?, member };
    Ok((party.party_id.parse().map_err(|_| poison("PARTY_ID"))?, seating))
}

/// What an acceptance tells of when a base period may begin.
pub fn accepted(event: &DisputeAccepted, at: DateTime<Utc>) -> impl FnOnce(&mut Begun) + use<> {
    let applied = event.submit_time.as_ref().and_then(instant);
    let suit = Some(event.court_org.clone()).filter(|court| !court.is_empty());
    move |begun| {
        begun.accepted = Some(at);
        begun.applied = applied;
        begun.suit = suit;
    }
}

/// A court's material was signed for: its period counts from there, and by the suit's procedure.
pub fn linked(event: &CommissionLinked) -> impl FnOnce(&mut Begun) + use<> {
    let signed = event.sign_time.as_ref().and_then(instant);
    let commissioned = event.commission_time.as_ref().and_then(instant);
    let (court, summary) = (Some(event.court_org.clone()), event.summary_procedure);
    let received = commissioned.filter(|_| event.before_filing);
    move |begun| {
        // What a court refers it has received by then; what it commissions it has registered.
        begun.happened.extend(received.map(|at| ("SUIT_RECEIVED".to_owned(), at)));
        begun.signed = signed;
        begun.commissioned = commissioned;
        begun.court = court;
        begun.summary = summary;
    }
}

/// The one whose claim ended; nobody, if it was nobody's.
pub fn former(account: &str) -> Result<Option<AccountId>, Trouble> {
    if account.is_empty() {
        return Ok(None);
    }
    AccountId::new(account).map(Some).map_err(|_| poison("FORMER_HOLDER"))
}

/// Who has a case now; somebody has.
pub fn holder(account: &str) -> Result<AccountId, Trouble> {
    AccountId::new(account).map_err(|_| poison("HOLDER"))
}

/// A confirmed claim with the facts that a run opens from. A consent taken at the window came before `at`, and no letter
/// says when; for the run it counts from its opening.
pub fn claim(event: &ClaimConfirmed, at: DateTime<Utc>) -> Result<Claim, Trouble> {
    let facts = event.facts.as_ref().ok_or_else(|| poison("NO_FACTS"))?;
    let consented: HashSet<&str> = facts.consented_party_ids.iter().map(String::as_str).collect();
    let parties: Vec<Party> = facts
        .parties
        .iter()
        .map(|party| {
            let consented = consented.contains(party.party_id.as_str()).then_some(at);
            let (id, Seating { role, member }) = self::party(Some(party))?;
            Ok(Party { id, role, consented, member })
        })
        .collect::<Result<_, Trouble>>()?;
    if !parties.iter().any(Party::is_required) {
        return Err(poison("NO_REQUIRED_PARTY"));
    }
    if facts.track.is_empty() {
        return Err(poison("NO_TRACK"));
    }
    Ok(Claim {
        fence: fence(event.fence.as_ref())?,
        mediator: AccountId::new(event.holder.as_str()).map_err(|_| poison("HOLDER"))?,
        studio: OrgId::new(event.studio_org.as_str()).map_err(|_| poison("STUDIO"))?,
        track: facts.track.clone(),
        parties,
    })
}

fn role(role: RoleMessage) -> Result<PartyRole, Trouble> {
    match role {
        RoleMessage::Claimant => Ok(PartyRole::Claimant),
        RoleMessage::Respondent => Ok(PartyRole::Respondent),
        RoleMessage::ThirdParty => Ok(PartyRole::ThirdParty),
        RoleMessage::Unspecified => Err(poison("PARTY_ROLE")),
    }
}

fn poison(what: &str) -> Trouble {
    Trouble::Poison(format!("UNUSABLE {what}"))
}
