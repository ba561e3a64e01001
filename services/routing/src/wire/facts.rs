//! The facts of a case, as intake tells them, as they are kept and as mediation is told them.
//!
//! A side or a kind that this contract does not name is read as not told.

use contracts::intake::v1::{AgentDigest, DisputeAccepted, PartyDigest};
use contracts::lexicon::v1::{PartyKind as KindMessage, PartyRole as RoleMessage};
use contracts::routing::v1::CaseFacts;
use lexicon::{PartyKind, PartyRole};

use crate::model::{Agent, Facts, Party, Referral};

/// What intake tells of a dispute that it accepted.
pub fn accepted(event: &DisputeAccepted) -> Facts {
    Facts {
        cause_code: event.cause_code.clone(),
        track: event.track.clone(),
        town_code: event.town_code.clone(),
        amount_in_controversy_fen: event.amount_in_controversy_fen,
        case_number: event.case_number.clone(),
        parties: event.parties.iter().map(party).collect(),
        consented_party_ids: event.consented_party_ids.clone(),
    }
}

/// A party that is told.
pub fn party(told: &PartyDigest) -> Party {
    Party {
        party_id: told.party_id.clone(),
        role: role(told.role()),
        kind: kind(told.kind()),
        digest: told.digest.clone(),
        group: told.group.clone(),
        elected: told.elected,
        agents: told
            .agents
            .iter()
            .map(|one| Agent { digest: one.digest.clone(), phone: one.phone.clone() })
            .collect(),
        phone: told.phone.clone(),
    }
}

/// The facts that were kept as a message.
pub fn kept(message: CaseFacts) -> Facts {
    Facts {
        cause_code: message.cause_code,
        track: message.track,
        town_code: message.town_code,
        amount_in_controversy_fen: message.amount_in_controversy_fen,
        case_number: message.case_number,
        parties: message.parties.iter().map(party).collect(),
        consented_party_ids: message.consented_party_ids,
    }
}

/// The facts of a referral as a message, to be told or to be kept.
pub fn told(noun: &Referral) -> CaseFacts {
    let facts = &noun.facts;
    CaseFacts {
        cause_code: facts.cause_code.clone(),
        track: facts.track.clone(),
        town_code: facts.town_code.clone(),
        amount_in_controversy_fen: facts.amount_in_controversy_fen,
        case_number: facts.case_number.clone(),
        first_receiver_org: noun.first_receiver.to_string(),
        parties: facts.parties.iter().map(digest).collect(),
        consented_party_ids: facts.consented_party_ids.clone(),
    }
}

fn digest(party: &Party) -> PartyDigest {
    PartyDigest {
        party_id: party.party_id.clone(),
        role: role_message(party.role).into(),
        kind: kind_message(party.kind).into(),
        digest: party.digest.clone(),
        group: party.group.clone(),
        elected: party.elected,
        agents: party
            .agents
            .iter()
            .map(|one| AgentDigest { digest: one.digest.clone(), phone: one.phone.clone() })
            .collect(),
        phone: party.phone.clone(),
    }
}

fn role(role: RoleMessage) -> Option<PartyRole> {
    match role {
        RoleMessage::Unspecified => None,
        RoleMessage::Claimant => Some(PartyRole::Claimant),
        RoleMessage::Respondent => Some(PartyRole::Respondent),
        RoleMessage::ThirdParty => Some(PartyRole::ThirdParty),
    }
}

fn role_message(role: Option<PartyRole>) -> RoleMessage {
    match role {
        None => RoleMessage::Unspecified,
        Some(PartyRole::Claimant) => RoleMessage::Claimant,
        Some(PartyRole::Respondent) => RoleMessage::Respondent,
        Some(PartyRole::ThirdParty) => RoleMessage::ThirdParty,
    }
}

fn kind(kind: KindMessage) -> Option<PartyKind> {
    match kind {
        KindMessage::Unspecified => None,
        KindMessage::Person => Some(PartyKind::Person),
        KindMessage::Organization => Some(PartyKind::Organization),
        KindMessage::SoleTrader => Some(PartyKind::SoleTrader),
    }
}

fn kind_message(kind: Option<PartyKind>) -> KindMessage {
    match kind {
        None => KindMessage::Unspecified,
        Some(PartyKind::Person) => KindMessage::Person,
        Some(PartyKind::Organization) => KindMessage::Organization,
        Some(PartyKind::SoleTrader) => KindMessage::SoleTrader,
    }
}

#[cfg(test)]
mod tests {
    use lexicon::{CaseId, OrgId};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn facts_come_back_as_they_were_told() {
        let roles = [RoleMessage::Claimant, RoleMessage::Respondent, RoleMessage::ThirdParty];
        let kinds = [KindMessage::Person, KindMessage::Organization, KindMessage::SoleTrader];
        let mut parties = vec![PartyDigest { party_id: "p0".to_owned(), ..PartyDigest::default() }];
        for (role, kind) in roles.into_iter().zip(kinds) {
            let party_id = format!("p{}", role as i32);
            let digest = format!("digest of {party_id}");
            let (group, elected) = (format!("group of {party_id}"), role == RoleMessage::Claimant);
            parties.push(PartyDigest {
                party_id,
                role: role.into(),
                kind: kind.into(),
                digest,
                group,
                elected,
                agents: vec![AgentDigest { digest: "an agent".to_owned(), phone: "a phone".to_owned() }],
                phone: "another phone".to_owned(),
            });
        }
        let message = CaseFacts {
            cause_code: "P2".to_owned(),
            track: "CIVIL".to_owned(),
            town_code: "442000001".to_owned(),
            amount_in_controversy_fen: 12_345,
            case_number: "2026-1".to_owned(),
            first_receiver_org: "hall-442000".to_owned(),
            parties,
            consented_party_ids: vec!["p1".to_owned()],
        };
        let event = DisputeAccepted {
            cause_code: message.cause_code.clone(),
            track: message.track.clone(),
            town_code: message.town_code.clone(),
            amount_in_controversy_fen: message.amount_in_controversy_fen,
            case_number: message.case_number.clone(),
            first_receiver_org: message.first_receiver_org.clone(),
            parties: message.parties.clone(),
            consented_party_ids: message.consented_party_ids.clone(),
            ..DisputeAccepted::default()
        };
        let at = chrono::DateTime::from_timestamp(1_770_000_000, 0).unwrap();
        let hall = OrgId::new("hall-442000").unwrap();
        for facts in [kept(message.clone()), accepted(&event)] {
            let noun = Referral::open(CaseId::from(Uuid::from_u128(1)), hall.clone(), facts, 7, 1, at);
            assert_eq!(told(&noun), message);
        }
    }
}
