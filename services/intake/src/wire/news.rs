//! What intake announces: ids, codes, dates, amounts and keyed digests, never a person.

use access::Vault;
use contracts::intake::v1 as proto;
use courier::WriteList;

use super::{field, screening};
use crate::model::{Dispute, Event, Paper, Party, State};

/// The digest of a party's identity number: equal digests are the same paper. Empty when it is not known.
pub fn digest(vault: &Vault, party: &Party) -> String {
    numbered(vault, party.paper.as_ref())
}

fn numbered(vault: &Vault, paper: Option<&Paper>) -> String {
    match paper.filter(|paper| !paper.number.is_empty()) {
        Some(paper) => vault.index("party-number", &format!("{}:{}", paper.kind.code(), paper.number)),
        None => String::new(),
    }
}

/// Adds the event to the list of the change.
pub fn post(list: &mut WriteList, vault: &Vault, dispute: &Dispute, event: Event) {
    let case = dispute.origin.case.as_uuid();
    let version = dispute.version;
    let parties =
        || dispute.sheet.parties.iter().map(|party| party_digest(vault, dispute, party)).collect::<Vec<_>>();
    let first_receiver_org = dispute.origin.first_receiver.clone();
    let channel = field::channel_number(dispute.entry.channel);
    let track = || dispute.acceptance.as_ref().map(|a| a.track.clone()).unwrap_or_default();
    let (sheet, court_demanded) = (&dispute.sheet, dispute.demand.is_some());
    match event {
        Event::DraftSaved => {
            let generation = version;
            let event = proto::DraftSaved { first_receiver_org, channel, court_demanded, generation };
            list.post(case, version, &event)
        }
        Event::Linked(other, kind) => {
            let kind = field::link_kind_number(kind);
            list.post(case, version, &proto::DisputesLinked { other_case_id: other.to_string(), kind })
        }
        Event::Merged(into) => {
            list.post(case, version, &proto::DraftMerged { into_case_id: into.to_string() })
        }
        Event::Removed => list.post(case, version, &proto::DraftRemoved {}),
        Event::Filed => list.post(
            case,
            version,
            &proto::DisputeFiled {
                first_receiver_org,
                channel,
                town_code: sheet.town.clone(),
                amount_in_controversy_fen: sheet.amount.get(),
                parties: parties(),
                requested_time: dispute.entry.requested_at.or(dispute.submitted_at).map(field::timestamp),
                submit_time: dispute.submitted_at.map(field::timestamp),
                court_demanded,
                oral: dispute.entry.oral.is_some(),
                screening: dispute.screening.as_ref().map(screening::obliges),
            },
        ),
        Event::CorrectionRequested => {
            let asked = match &dispute.state {
                State::Correction { missing, since, generation, .. } => proto::CorrectionRequested {
                    item_count: missing.len() as u32,
                    generation: *generation,
                    request_time: Some(field::timestamp(*since)),
                },
                _ => proto::CorrectionRequested::default(),
            };
            list.post(case, version, &asked)
        }
        Event::Corrected => list.post(case, version, &proto::DisputeCorrected { parties: parties() }),
        Event::PartyAmended(id) => {
            let party = sheet.party(id).map(|party| party_digest(vault, dispute, party));
            list.post(case, version, &proto::PartyAmended { party })
        }
        Event::Accepted => {
            let accepted = dispute.acceptance.as_ref();
            let suit = accepted.and_then(|accepted| accepted.suit.as_ref());
            let event = proto::DisputeAccepted {
                first_receiver_org,
                case_number: accepted.map(|a| a.case_number.clone()).unwrap_or_default(),
                cause_code: sheet.cause.clone(),
                track: track(),
                town_code: sheet.town.clone(),
                amount_in_controversy_fen: sheet.amount.get(),
                parties: parties(),
                consented_party_ids: accepted
                    .map(|a| a.consents.iter().map(|consent| consent.party.to_string()).collect())
                    .unwrap_or_default(),
                channel,
                screening: dispute.screened_at_acceptance().map(screening::obliges),
                court_org: suit.map(|suit| suit.court.to_string()).unwrap_or_default(),
                court_case_number: suit.map(|suit| suit.number.clone()).unwrap_or_default(),
                submit_time: dispute.submitted_at.map(field::timestamp),
                adviser: dispute.entry.record.adviser.clone(),
            };
            list.post(case, version, &event)
        }
        Event::Refused | Event::Lapsed => {
            let ground = match &dispute.state {
                State::Refused { ground, .. } => ground.clone(),
                _ => String::new(),
            };
            list.post(case, version, &proto::DisputeRefused { ground, lapsed: event == Event::Lapsed })
        }
        Event::Advised => list.post(case, version, &proto::DisputeAdvised {}),
        Event::Withdrawn => {
            let party_id = match &dispute.state {
                State::Withdrawn { by } => by.to_string(),
                _ => String::new(),
            };
            list.post(case, version, &proto::DisputeWithdrawn { party_id })
        }
        Event::CourtDemanded => {
            let event = proto::CourtDemanded {
                party_id: dispute.demand.map(|demand| demand.party.to_string()).unwrap_or_default(),
                how_said: dispute.demand.map_or(0, |demand| field::how_said_number(demand.how)),
                first_receiver_org,
                cause_code: sheet.cause.clone(),
                town_code: sheet.town.clone(),
                amount_in_controversy_fen: sheet.amount.get(),
                track: track(),
            };
            list.post(case, version, &event)
        }
        Event::Closed => {
            let course = dispute.course().map_or(0, field::course_number);
            let generation = dispute.dossier.closed;
            list.post(case, version, &proto::DisputeClosed { visit_waived: true, course, generation })
        }
        Event::Archived => {
            let explained = !dispute.dossier.note.is_empty();
            list.post(case, version, &proto::DisputeArchived { explained })
        }
    };
}

fn party_digest(vault: &Vault, of: &Dispute, party: &Party) -> proto::PartyDigest {
    proto::PartyDigest {
        party_id: party.id.to_string(),
        role: party.role.map_or(0, field::role_number),
        kind: party.kind.map_or(0, field::kind_number),
        digest: digest(vault, party),
        // The same name in another case is another group.
        group: match party.group() {
            "" => String::new(),
            name => vault.index("party-group", &format!("{}:{name}", of.origin.case)),
        },
        elected: !party.elected_for.is_empty(),
        agents: agents(vault, party),
        phone: dialled(vault, &party.phone),
    }
}

/// The same digest as that by which a party is found by its phone.
fn dialled(vault: &Vault, phone: &str) -> String {
    if phone.is_empty() { String::new() } else { vault.index("party-phone", phone) }
}

/// Those who act for a party and of whom more is known than a name.
fn agents(vault: &Vault, party: &Party) -> Vec<proto::AgentDigest> {
    let represent = party.representatives.iter().map(|one| (one.paper.as_ref(), one.phone.as_str()));
    let guards = party.guardian.iter().map(|one| (None, one.phone.as_str()));
    let digests = represent.chain(guards).map(|(paper, phone)| proto::AgentDigest {
        digest: numbered(vault, paper),
        phone: dialled(vault, phone),
    });
    digests.filter(|one| !one.digest.is_empty() || !one.phone.is_empty()).collect()
}
