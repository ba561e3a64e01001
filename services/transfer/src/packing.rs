//! Packing: from gathered facts to a package and the contents that belong to it.

use contracts::intake::v1::ReadForFilingResponse as Told;
use contracts::lexicon::v1::PartyRole;
use contracts::mediation::v1::ReadForFilingResponse as Run;
use contracts::transfer::v1::Complaint;
use lexicon::DocumentId;
use uuid::Uuid;

use crate::model::{DocumentKind, Entry, Package, Refusal, venue};
use crate::papers::Facts;

/// A package with what is sealed beside it.
#[derive(Debug, Clone)]
pub(crate) struct Packed {
    /// What the filing keeps.
    pub(crate) package: Package,
    /// The complaint as data.
    pub(crate) complaint: Complaint,
    /// The contents, in the order of the package's documents.
    pub(crate) contents: Vec<String>,
}

/// Packs for the chosen court, or for the proposed one. `id` gives ids of documents.
pub(crate) fn pack(told: &Told, run: &Run, chosen: &str, id: impl Fn() -> Uuid) -> Result<Packed, Refusal> {
    let respondents = told.parties.iter().filter(|party| party.role() == PartyRole::Respondent);
    let towns = respondents.map(|party| party.town_code.as_str());
    let state = "TRANSFER_READY";
    let (venue, court) =
        venue::decide(chosen, &told.town_code, towns).ok_or(Refusal::UnknownCourt { state })?;
    let facts = Facts { told, run, court, basis: venue.basis };
    let mut documents = vec![];
    let mut contents = vec![];
    for kind in DocumentKind::ALL {
        if let Some(content) = kind.render(&facts) {
            documents.push(Entry::of(DocumentId::from(id()), *kind, content.as_bytes()));
            contents.push(content);
        }
    }
    Ok(Packed { package: Package::of(venue, documents), complaint: complaint(&facts), contents })
}

fn complaint(facts: &Facts<'_>) -> Complaint {
    let told = facts.told;
    let side = |role| facts.side(role).cloned().collect();
    Complaint {
        plaintiffs: side(PartyRole::Claimant),
        defendants: side(PartyRole::Respondent),
        third_parties: side(PartyRole::ThirdParty),
        claims: told.claims.clone(),
        facts: facts.story(),
        cause_code: told.cause_code.clone(),
        cause_name: told.cause_name.clone(),
        amount_in_controversy_fen: told.amount_in_controversy_fen,
        mediation_case_number: told.case_number.clone(),
        requested_time: told.requested_time,
    }
}
