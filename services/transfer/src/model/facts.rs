//! What other services have told of a case: codes, ids, dates and amounts; and what follows for what may be filed.

use std::collections::BTreeMap;

use almanac::Law;
use chrono::{DateTime, Utc};
use lexicon::{AgreementId, CaseId, CourtId, Demands, FilingId, OrgId, PartyId};
use rulebook::jurisdiction;
use rulebook::tracks::{self, Exit};
use serde::{Deserialize, Serialize};

use super::codes::{Kind, Stage};
use super::filing::CourtOutcome;

/// What other services have told of a case: codes, ids, dates and amounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each was told by another service, on its own")]
pub struct Facts {
    /// Who took it in.
    pub first_receiver: Option<OrgId>,
    /// Which studio has it.
    pub studio: Option<OrgId>,
    /// The legal track; empty before it is accepted.
    pub track: String,
    /// The cause, if confirmed.
    pub cause: String,
    /// The parties, and whether each must agree to what is agreed.
    pub parties: Vec<(PartyId, bool)>,
    /// The keyed digests of their identity numbers, where these are known.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub digests: BTreeMap<PartyId, String>,
    /// The case in which a court has a suit about the same matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<Elsewhere>,
    /// How far mediation has come.
    pub stage: Stage,
    /// Why it failed.
    pub ground: String,
    /// The agreement in effect.
    pub settled: Option<Settled>,
    /// A court has confirmed it.
    pub confirmed: bool,
    /// A court has made its document of it.
    pub documented: bool,
    /// That document, where no commission has it: sealed beside the facts, for its number is the court's own text. A row of before has
    /// it among them.
    #[serde(skip_serializing)]
    pub document: Option<CourtOutcome>,
    /// A party has demanded the court.
    pub demanded: bool,
    /// Who has, and has not taken the demand back.
    pub demanding: Vec<PartyId>,
    /// By their numbers: which stand, which are over.
    pub demands: Demands,
    /// All filings of the case, as their rows have them: what one is beside another.
    #[serde(skip)]
    pub filings: Vec<Beside>,
    /// The court that has the suit or sent the case, and its number.
    pub suit: Option<Suit>,
    /// It was taken back or never accepted: no mediator will say how it ended.
    pub over: bool,
    /// It was taken back: nothing of it goes anywhere any more.
    pub withdrawn: bool,
    /// The editions of the rule book, as they are in force.
    #[serde(skip)]
    pub law: Law,
}

/// An agreement in effect, without its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Which.
    pub agreement: AgreementId,
    /// Since when.
    pub effective: DateTime<Utc>,
    /// Only a part of the claims.
    pub partial: bool,
    /// What is to be paid.
    pub amount: i64,
}

/// A suit about the same matter, in another case of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// That case.
    pub case: CaseId,
    /// The court that has it.
    pub court: CourtId,
}

/// A filing of the case, of which there may be several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// Which.
    pub id: FilingId,
    /// What is filed.
    pub kind: Kind,
    /// Its state's code.
    pub state: String,
    /// Its court, once it is packed.
    pub court: Option<CourtId>,
}

/// A suit at a court.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suit {
    /// The court.
    pub court: CourtId,
    /// Its case number; empty where it has given none.
    pub number: String,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            first_receiver: None,
            studio: None,
            track: String::new(),
            cause: String::new(),
            parties: vec![],
            digests: BTreeMap::new(),
            elsewhere: None,
            stage: Stage::Unmediated,
            ground: String::new(),
            settled: None,
            confirmed: false,
            documented: false,
            document: None,
            demanded: false,
            demanding: vec![],
            demands: Demands::default(),
            filings: vec![],
            suit: None,
            over: false,
            withdrawn: false,
            law: Law::default(),
        }
    }
}

impl Facts {
    /// Those without whom nothing is agreed.
    pub fn required(&self) -> impl Iterator<Item = PartyId> {
        self.parties.iter().filter(|(_, required)| *required).map(|(party, _)| *party)
    }

    /// Whether it is a party of the case.
    pub fn knows(&self, party: PartyId) -> bool {
        self.parties.iter().any(|(known, _)| *known == party)
    }

    /// Whoever demanded the court does so no longer.
    pub fn no_demand(&mut self) {
        self.demanded = false;
        self.demanding.clear();
        self.demands.take_back(None);
    }

    /// Where the rule book sees the case: the state's code.
    pub fn standing(&self) -> &'static str {
        match self.stage {
            Stage::Unmediated if self.track.is_empty() => "SUBMITTED",
            Stage::Unmediated => "ACCEPTED",
            Stage::Agreed if self.documented => "COURT_DOC",
            Stage::Agreed if self.confirmed => "CONFIRMED",
            stage => stage.code(),
        }
    }

    /// The kind with which a filing opens.
    pub fn kind(&self) -> Kind {
        match &self.settled {
            Some(_) if self.confirmed || self.documented => Kind::Enforcement,
            // Of a part that was settled and is in default, that part is what is left to sue for.
            Some(settled) if !settled.partial || self.stage == Stage::Breached => Kind::SuitOnAgreement,
            _ => Kind::Complaint,
        }
    }

    /// Whether the case has what a kind of filing needs. A settlement of a part leaves the rest to a complaint.
    pub fn allows(&self, kind: Kind) -> bool {
        match kind {
            Kind::Complaint => self.settled.as_ref().is_none_or(|settled| settled.partial),
            Kind::SuitOnAgreement => self.settled.is_some(),
            Kind::PaymentOrder => self.settled.as_ref().is_some_and(|settled| settled.amount > 0),
            Kind::Enforcement => self.confirmed || self.documented,
        }
    }

    /// Whether a court has registered the suit already.
    pub fn is_at_a_court(&self) -> bool {
        self.suit.as_ref().is_some_and(|suit| !suit.number.is_empty())
    }

    /// The track whose ways out the case has. One without a track was never accepted: its cause tells a labour matter, which goes to
    /// arbitration first (L15 art. 5), from a civil one, which leads where people's mediation leads.
    pub fn way(&self) -> &str {
        match self.track.as_str() {
            "" if jurisdiction::is_labour(&self.cause) => "LA",
            "" => "PM",
            track => track,
        }
    }

    /// Where the track leads.
    pub fn exit(&self) -> Exit {
        tracks::get(self.way()).map_or(Exit::Court, |track| track.exit)
    }
}
