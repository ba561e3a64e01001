//! A side of many that acts through those whom it elected. What they do at the table binds their group; what settles or gives up
//! a member's claims needs that member's own consent, to the very terms. Who leaves the group acts for itself again.

use chrono::{DateTime, Utc};
use lexicon::{PartyId, PartyRole};
use serde::{Deserialize, Serialize};

use super::{Agreement, Mediation, Party, Signatory};

/// A party's place in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Which group, by its keyed digest.
    pub group: String,
    /// Whether the group has elected it.
    pub elected: bool,
}

/// Where a party sits: its side and its place in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Seating {
    /// Its side.
    pub role: PartyRole,
    /// Its place in a group, if it has one.
    pub member: Option<Member>,
}

/// As it is written: a side alone, as before there were groups, where there is nothing else.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Side(PartyRole),
    Whole { role: PartyRole, member: Member },
}

impl From<Written> for Seating {
    fn from(written: Written) -> Self {
        match written {
            Written::Side(role) => Seating { role, member: None },
            Written::Whole { role, member } => Seating { role, member: Some(member) },
        }
    }
}

impl From<Seating> for Written {
    fn from(Seating { role, member }: Seating) -> Self {
        match member {
            None => Written::Side(role),
            Some(member) => Written::Whole { role, member },
        }
    }
}

impl Mediation {
    /// Those whom the party's group has elected, on its side; nobody where it is none of a group's members, or elected itself.
    fn representatives(&self, of: &Party) -> impl Iterator<Item = &Party> {
        let group = of.member.as_ref().filter(|member| !member.elected).map(|member| member.group.clone());
        let role = of.role;
        self.parties.iter().filter(move |party| {
            let elected = party.member.as_ref().filter(|member| member.elected);
            party.role == role && elected.is_some_and(|member| Some(&member.group) == group.as_ref())
        })
    }

    /// Whether others act for it.
    pub fn is_represented(&self, party: &Party) -> bool {
        party.is_required() && self.representatives(party).next().is_some()
    }

    /// Those who must act themselves.
    pub(super) fn acting(&self) -> impl Iterator<Item = &Party> {
        self.parties.iter().filter(|party| party.is_required() && !self.is_represented(party))
    }

    /// Everybody whose claims are settled, represented or not.
    pub(super) fn settling(&self) -> Vec<PartyId> {
        self.parties.iter().filter(|party| party.is_required()).map(|party| party.id).collect()
    }

    /// When it consented to mediate: itself, or the first of those who act for it.
    pub(super) fn consent_of(&self, party: &Party) -> Option<DateTime<Utc>> {
        party.consented.or_else(|| self.representatives(party).filter_map(|one| one.consented).min())
    }

    /// Whether anybody is represented.
    pub(super) fn has_represented(&self) -> bool {
        self.parties.iter().any(|party| self.is_represented(party))
    }

    /// Whether somebody whom `who` represents has not consented to these terms; of nobody in particular: whether anybody has not.
    pub(super) fn lacks_consent(&self, agreement: &Agreement, who: Option<PartyId>) -> bool {
        let agreed = |party: &Party| {
            let id = party.id;
            agreement.is_signed_by(Signatory::Member(id)) || agreement.is_signed_by(Signatory::Party(id))
        };
        self.parties.iter().filter(|party| self.is_represented(party)).any(|party| {
            let his = who.is_none_or(|who| self.representatives(party).any(|one| one.id == who));
            his && !agreed(party)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_from_before_there_were_groups_is_read_and_one_without_a_group_is_written_like_it() {
        let side = Seating { role: PartyRole::Claimant, member: None };
        let old = serde_json::to_string(&PartyRole::Claimant).unwrap();
        assert_eq!(serde_json::to_string(&side).unwrap(), old);
        assert_eq!(serde_json::from_str::<Seating>(&old).unwrap(), side);
        let member = Some(Member { group: "g".to_owned(), elected: true });
        let whole = Seating { member, ..side };
        let text = serde_json::to_string(&whole).unwrap();
        assert_eq!(serde_json::from_str::<Seating>(&text).unwrap(), whole);
    }
}
