//! What a referral knows of its case: what routes it, and what mediation is told when a claim is confirmed.

use lexicon::{PartyKind, PartyRole};

/// The facts of a case, as intake told them last. Who took it in is the referral's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The cause; empty when none was told.
    pub cause_code: String,
    /// The legal track.
    pub track: String,
    /// The town; empty when none was told.
    pub town_code: String,
    /// The amount in controversy in fen.
    pub amount_in_controversy_fen: i64,
    /// The number on papers.
    pub case_number: String,
    /// The parties.
    pub parties: Vec<Party>,
    /// The parties who consented at the window.
    pub consented_party_ids: Vec<String>,
}

/// A party, without anything that tells who it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    /// Its id.
    pub party_id: String,
    /// Its side, if told.
    pub role: Option<PartyRole>,
    /// What it is, if told.
    pub kind: Option<PartyKind>,
    /// Equal digests are the same person; empty when its identity number is unknown.
    pub digest: String,
    /// Keyed digest of its group; empty for none.
    pub group: String,
    /// Whether that group has elected it.
    pub elected: bool,
    /// Those who act for it.
    pub agents: Vec<Agent>,
    /// Equal digests are the same phone; empty when it is unknown.
    pub phone: String,
}

/// Who acts for a party, without anything that tells who it is. At least one of the two is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agent {
    /// Equal digests are the same person; empty when its identity number is unknown.
    pub digest: String,
    /// Equal digests are the same phone; empty when it is unknown.
    pub phone: String,
}
