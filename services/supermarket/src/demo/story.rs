//! The life of one case as its people play it: the clerk, a studio's head, a mediator. The court plays elsewhere.
//!
//! What happens is thrown with dice that depend on the seed and the dispute's id, so that a run can be repeated. Every
//! step is one RPC that is repeated until it has a definite answer.

use std::sync::Arc;

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{
    AcceptDisputeRequest, CloseDisputeRequest, CorrectDisputeRequest, DemandCourtRequest, Disposition,
    Dispute, DisputeBody, HowSaid, MediationConsent, RefuseDisputeRequest, RequestCorrectionRequest,
    SuggestCausesRequest, Suggestion,
};
use contracts::lexicon::v1::PartyRole;
use contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use contracts::transfer::v1::{
    Filing, FilingState, GetFilingRequest, PrepareFilingRequest, SubmitFilingRequest,
};
use rulebook::matters::{self, About};
use tonic::Status;

use super::books::{Books, Told};
use super::cast::Cast;
use super::table;
use crate::ask;
use crate::client::{Pause, Thread, reason};
use crate::input::Row;
use crate::invent::{Dice, parties};

/// When no cause is suggested after all, the contract group as a whole (go up when none fits, domain.md 5.1).
const FALLBACK_CAUSE: &str = "P10";

/// A case in the making.
pub struct Story {
    /// The people.
    pub cast: Arc<Cast>,
    /// What the clients were told.
    pub books: Arc<Books>,
    /// The dispute.
    pub row: Row,
    /// The identifier of this dispute in this run; also the request id.
    pub name: String,
    /// The dice.
    pub dice: Dice,
    /// What has been seen of the case.
    pub thread: Thread,
}

impl Story {
    /// From the window to the end.
    pub async fn play(mut self) -> Result<(), Status> {
        let dispute = self.file().await?;
        let case_id = dispute.case_id.clone();
        let Some(dispute) = self.decide(dispute).await? else { return Ok(()) };
        let straight_to_court = self.dice.below(33) == 0;
        let agreed = !straight_to_court && table::play(&mut self, &dispute).await?;
        if !agreed && (straight_to_court || self.dice.below(5) != 0) {
            self.go_to_court(&dispute).await?;
        }
        // What was agreed was done on the spot, as every side says.
        let satisfied = if agreed { sides(&dispute) } else { vec![] };
        self.close(&case_id, satisfied).await
    }

    async fn file(&mut self) -> Result<Dispute, Status> {
        let parties = if self.row.parties.is_empty() { parties(&mut self.dice) } else { self.row.parties() };
        let request = self.row.request(self.name.clone(), self.name.clone(), parties, "supermarket demo");
        let dispute = ask!(self.cast.clerk, self.thread, IntakeServiceClient::file_dispute, request)?;
        self.books.told(&dispute.case_id, Told::Filed { name: self.name.clone() });
        Ok(dispute)
    }

    /// Follows the disposition that the words suggest. `None`: the case was refused and is over.
    async fn decide(&mut self, dispute: Dispute) -> Result<Option<Dispute>, Status> {
        let (case_id, subject) = (dispute.case_id, self.row.subject.clone().unwrap_or_default());
        let words = SuggestCausesRequest { text: self.row.text.clone(), subject };
        let suggestion = ask!(self.cast.clerk, self.thread, IntakeServiceClient::suggest_causes, words)?;
        self.books.words(&self.row.id, &suggestion);
        match suggestion.disposition() {
            Disposition::NotForAMediator => {
                let ground = suggestion.refuse_ground.clone();
                let refuse =
                    RefuseDisputeRequest { case_id: case_id.clone(), ground, redirect: String::new() };
                ask!(self.cast.clerk, self.thread, IntakeServiceClient::refuse_dispute, refuse)?;
                self.books.told(&case_id, Told::Refused);
                return Ok(None);
            }
            Disposition::AskBack => self.ask_back(&case_id, &suggestion).await?,
            _ => {}
        }
        // The clerk confirms a cause that people's mediation may take.
        let fits = |code: &str| {
            let about = About { cause: Some(code), category: None };
            matters::may_mediate(about, "PM").is_ok()
        };
        let cause_code = suggestion.causes.iter().find(|cause| fits(&cause.code));
        let cause_code = cause_code.map_or_else(|| FALLBACK_CAUSE.to_owned(), |cause| cause.code.clone());
        let both = self.dice.below(2) == 0;
        let consent_time = Some(self.cast.now());
        let mediation_consents = dispute
            .parties
            .iter()
            .filter(|p| p.role() == PartyRole::Claimant || (both && p.role() == PartyRole::Respondent))
            .map(|p| MediationConsent { party_id: p.party_id.clone(), consent_time })
            .collect();
        let accept = AcceptDisputeRequest {
            case_id: case_id.clone(),
            cause_code,
            mediation_consents,
            ..Default::default()
        };
        let accepted = ask!(self.cast.clerk, self.thread, IntakeServiceClient::accept_dispute, accept)?;
        self.books.told(&case_id, Told::Accepted);
        Ok(Some(accepted))
    }

    async fn ask_back(&mut self, case_id: &str, suggestion: &Suggestion) -> Result<(), Status> {
        let missing_items = vec![suggestion.question.clone()];
        let ask = RequestCorrectionRequest { case_id: case_id.to_owned(), missing_items };
        ask!(self.cast.clerk, self.thread, IntakeServiceClient::request_correction, ask)?;
        let text = format!("{}\n（补充：双方为民事纠纷，希望调解。）", self.row.text);
        let body = DisputeBody { text, ..DisputeBody::default() };
        let correct =
            CorrectDisputeRequest { case_id: case_id.to_owned(), body: Some(body), ..Default::default() };
        ask!(self.cast.clerk, self.thread, IntakeServiceClient::correct_dispute, correct)?;
        Ok(())
    }

    async fn go_to_court(&mut self, dispute: &Dispute) -> Result<(), Status> {
        let case_id = dispute.case_id.clone();
        let party_id =
            dispute.parties.iter().find(|p| p.role() == PartyRole::Claimant).map(|p| p.party_id.clone());
        let demand = DemandCourtRequest {
            case_id: case_id.clone(),
            party_id: party_id.unwrap_or_default(),
            how_said: HowSaid::AtWindow.into(),
        };
        ask!(self.cast.clerk, self.thread, IntakeServiceClient::demand_court, demand)?;
        let prepare = PrepareFilingRequest { case_id: case_id.clone(), court_org: String::new(), kind: 0 };
        let filing = ask!(self.cast.clerk, self.thread, TransferServiceClient::prepare_filing, prepare)?;
        let submit = SubmitFilingRequest { case_id: case_id.clone(), package_sha256: filing.package_sha256 };
        ask!(self.cast.clerk, self.thread, TransferServiceClient::submit_filing, submit)?;
        let filing = self.await_court(&case_id).await?;
        self.books.told(&case_id, Told::CourtAnswered { filed: filing.state() == FilingState::Filed });
        Ok(())
    }

    async fn await_court(&mut self, case_id: &str) -> Result<Filing, Status> {
        let mut pause = Pause::default();
        loop {
            let get = GetFilingRequest { case_id: case_id.to_owned() };
            let filing = ask!(self.cast.clerk, self.thread, TransferServiceClient::get_filing, get)?;
            if matches!(filing.state(), FilingState::Filed | FilingState::NotFiled) {
                return Ok(filing);
            }
            if !pause.again().await {
                return Err(Status::deadline_exceeded("no court has answered: is one following its inbox?"));
            }
        }
    }

    /// Closes the case once intake has heard how it ended.
    async fn close(&mut self, case_id: &str, satisfied: Vec<String>) -> Result<(), Status> {
        let mut pause = Pause::default();
        loop {
            let (case_id, satisfied_party_ids) = (case_id.to_owned(), satisfied.clone());
            let close = CloseDisputeRequest { case_id, satisfied_party_ids };
            match ask!(self.cast.clerk, self.thread, IntakeServiceClient::close_dispute, close) {
                Ok(_) => break,
                Err(status) if reason(&status).as_deref() == Some("STILL_OPEN") && pause.again().await => {}
                Err(status) => return Err(status),
            }
        }
        self.books.told(case_id, Told::Closed);
        Ok(())
    }
}

/// Claimants and respondents.
fn sides(dispute: &Dispute) -> Vec<String> {
    let side = |role| matches!(role, PartyRole::Claimant | PartyRole::Respondent);
    dispute.parties.iter().filter(|p| side(p.role())).map(|p| p.party_id.clone()).collect()
}
