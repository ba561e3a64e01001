//! Who is in a dispute and what it is about. All of it is personal, so nothing here prints itself.

use lexicon::{Fen, PartyId, PartyKind, PartyRole};

/// A party. A draft's may still lack its role, its kind and its name.
#[derive(Clone, PartialEq, Eq)]
pub struct Party {
    /// Nil until the service has given one.
    pub id: PartyId,
    /// On which side.
    pub role: Option<PartyRole>,
    /// What it is.
    pub kind: Option<PartyKind>,
    /// Full name.
    pub name: String,
    /// The paper that proves who it is.
    pub paper: Option<Paper>,
    /// Phone in normal form.
    pub phone: String,
    /// Where it lives or sits.
    pub address: String,
    /// The town of the address.
    pub town: String,
    /// Where papers may be served.
    pub service_address: String,
    /// Who acts for it.
    pub representatives: Vec<Representative>,
    /// Who stands for it.
    pub guardian: Option<Guardian>,
    /// The group that elected it.
    pub elected_for: String,
    /// The group that it belongs to.
    pub member_of: String,
}

/// An identity paper. Its number is in normal form; a draft's may still be missing.
#[derive(Clone, PartialEq, Eq)]
pub struct Paper {
    /// Which paper.
    pub kind: lexicon::identity::PaperKind,
    /// Its number.
    pub number: String,
}

/// Who acts for a party.
#[derive(Clone, PartialEq, Eq)]
pub struct Representative {
    /// Full name.
    pub name: String,
    /// Phone in normal form; may be empty.
    pub phone: String,
    /// How far the power goes; a draft may still lack it.
    pub scope: Option<Scope>,
    /// Whether the power of attorney was handed in.
    pub proxy_given: bool,
    /// The paper that proves who it is, if it was shown.
    pub paper: Option<Paper>,
}

/// Who stands for a party without capacity.
#[derive(Clone, PartialEq, Eq)]
pub struct Guardian {
    /// Full name.
    pub name: String,
    /// Phone in normal form; may be empty.
    pub phone: String,
    /// Relation to the party.
    pub relation: String,
}

codes! {
    /// How far a representative may act.
    Scope {
        /// May not admit, waive or settle.
        General = "GENERAL";
        /// May admit, waive and settle.
        Special = "SPECIAL";
    }
}

/// What a person told.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// What it is about, in a line.
    pub subject: String,
    /// The story.
    pub text: String,
    /// What is asked for.
    pub claims: String,
}

/// What a dispute is about and who is in it: what a clerk fills in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// What was told.
    pub words: Words,
    /// The amount in controversy.
    pub amount: Fen,
    /// The town, or empty.
    pub town: String,
    /// The legal ground, or empty.
    pub cause: String,
    /// The parties.
    pub parties: Vec<Party>,
}

impl Sheet {
    /// The party of this id.
    pub fn party(&self, id: PartyId) -> Option<&Party> {
        self.parties.iter().find(|party| party.id == id)
    }

    /// Gives an id to every party whose own is not one of `known`, so that nobody can choose an id, and none stands twice.
    pub fn identify(&mut self, known: &[PartyId], mut new_id: impl FnMut() -> PartyId) {
        let mut free: Vec<PartyId> = known.to_vec();
        for party in &mut self.parties {
            match free.iter().position(|id| *id == party.id) {
                Some(at) => _ = free.swap_remove(at),
                None => party.id = new_id(),
            }
        }
    }

    /// Whether two sheets say the same; ids that are not given yet do not count.
    pub fn says_the_same(&self, other: &Sheet) -> bool {
        let same = |(a, b): (&Party, &Party)| *a == Party { id: a.id, ..b.clone() };
        self.words == other.words
            && (self.amount, &self.town, &self.cause) == (other.amount, &other.town, &other.cause)
            && self.parties.len() == other.parties.len()
            && self.parties.iter().zip(&other.parties).all(same)
    }
}

impl Party {
    /// The group that it belongs to, as a member or as one whom it has elected; empty for none.
    pub fn group(&self) -> &str {
        if self.elected_for.is_empty() { &self.member_of } else { &self.elected_for }
    }
}

impl std::fmt::Debug for Party {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Party({})", self.id)
    }
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Words(hidden)")
    }
}
