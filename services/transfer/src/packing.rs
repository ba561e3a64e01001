//! Packing: from gathered facts to a package and the contents that belong to it.

use chrono::NaiveDate;
use contracts::intake::v1::ReadForFilingResponse as Told;
use contracts::lexicon::v1::PartyRole;
use contracts::mediation::v1::ReadForFilingResponse as Run;
use contracts::transfer::v1::Complaint;
use lexicon::DocumentId;
use uuid::Uuid;

use rulebook::jurisdiction::{self, Fact};

use crate::model::venue::{self, Asked};
use crate::model::{DocumentKind, Entry, Kind, No, Package, Refusal, Rule, Thread};
use crate::papers::{Facts, Purpose};

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

/// What is packed, for what, and on which day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order<'a> {
    /// For what.
    pub(crate) purpose: Purpose,
    /// The court that the party chose; may be empty.
    pub(crate) chosen: &'a str,
    /// The day.
    pub(crate) on: NaiveDate,
    /// The case's track.
    pub(crate) track: &'a str,
    /// Labour arbitration has answered or been silent, or there is an agreement to sue on.
    pub(crate) arbitration_done: bool,
    /// The court that ruled on the agreement, or made its document of it.
    pub(crate) ruled_by: Option<&'a str>,
    /// The court that sent the case before filing (WP): it confirms what came of it.
    pub(crate) invited_by: Option<&'a str>,
}

impl<'a> Order<'a> {
    /// An order about a case as it is known here.
    pub(crate) fn of(thread: &'a Thread, purpose: Purpose, chosen: &'a str, on: NaiveDate) -> Self {
        let done = thread.handoff.as_ref().is_some_and(crate::model::Handoff::opens_the_court);
        let enforced = purpose == Purpose::Filing(Kind::Enforcement);
        Order {
            purpose,
            chosen,
            on,
            track: &thread.facts.track,
            arbitration_done: done || thread.facts.settled.is_some(),
            ruled_by: enforced.then(|| thread.enforced_by()).flatten(),
            invited_by: thread
                .facts
                .suit
                .as_ref()
                .filter(|_| thread.facts.track == "WP")
                .map(|suit| suit.court.as_str()),
        }
    }
}

/// The matter as the rule book asks about it.
pub(crate) fn asked<'a>(told: &'a Told, order: &Order<'a>) -> Asked<'a> {
    let towns = |role| {
        let side = told.parties.iter().filter(move |party| party.role() == role);
        side.map(|party| party.town_code.as_str()).collect()
    };
    let kind = match order.purpose {
        Purpose::Confirmation => jurisdiction::Kind::Confirmation,
        Purpose::Filing(Kind::PaymentOrder) => jurisdiction::Kind::PaymentOrder,
        Purpose::Filing(_) => jurisdiction::Kind::Suit,
    };
    let facts = if order.arbitration_done { vec![Fact::LabourArbitrationDone] } else { vec![] };
    Asked {
        kind,
        on: order.on,
        track: order.track,
        cause: &told.cause_code,
        amount_fen: told.amount_in_controversy_fen,
        claimants: towns(PartyRole::Claimant),
        respondents: towns(PartyRole::Respondent),
        case_town: &told.town_code,
        places: vec![],
        facts,
        ruled_by: order.ruled_by,
        agreed: None,
        invited_by: order.invited_by,
    }
}

/// Packs for the chosen court, or for the proposed one. `id` gives ids of documents.
pub(crate) fn pack(told: &Told, run: &Run, order: &Order<'_>, id: impl Fn() -> Uuid) -> Result<Packed, No> {
    let state = "TRANSFER_READY";
    if order.purpose == Purpose::Filing(Kind::Complaint) && !says_enough(told) {
        return Err(Rule::ComplaintIncomplete.against(state).into());
    }
    if order.purpose.needs_agreement() && run.agreement_terms.is_empty() {
        return Err(Rule::TermsMissing.against(state).into());
    }
    let found = venue::decide(&asked(told, order), order.chosen).ok_or(Refusal::UnknownCourt { state })?;
    let facts = Facts { told, run, court: found.court, because: &found.because, purpose: order.purpose };
    let mut documents = vec![];
    let mut contents = vec![];
    for kind in DocumentKind::ALL {
        if let Some(content) = kind.render(&facts) {
            documents.push(Entry::of(DocumentId::from(id()), *kind, content.as_bytes()));
            contents.push(content);
        }
    }
    Ok(Packed { package: Package::of(found.venue, documents), complaint: complaint(&facts), contents })
}

/// Who sues whom, and why. A dispute that was filed says so; a draft of which a party demands the court may not yet.
fn says_enough(told: &Told) -> bool {
    let named = |role| told.parties.iter().any(|party| party.role() == role && !party.name.is_empty());
    named(PartyRole::Claimant) && named(PartyRole::Respondent) && !told.text.is_empty()
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
