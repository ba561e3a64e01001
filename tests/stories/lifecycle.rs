//! The whole lifecycle: from the table to each of the ways out, over gRPC.
#![expect(clippy::similar_names, reason = "case and cause are the field's words")]

mod batch;
mod commission;
mod court_before_and_at_filing;
mod draft;
mod group;
mod instalments;
mod period;
mod silence;
mod tracks;
mod ways_out;

use std::time::Duration;

use chrono::{DateTime, Utc};
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{AcceptDisputeRequest, DemandCourtRequest, HowSaid, MediationConsent};
use contracts::lexicon::v1::{Fence, PartyRole};
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{
    ConcludeWithoutAgreementRequest, DraftAgreementRequest, GivenConsent, Instalment, Mediation,
    SignAgreementRequest, Signatory,
};
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{AcceptReferralRequest, ReferCaseRequest};
use contracts::transfer::v1::court_service_client::CourtServiceClient;
use contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use contracts::transfer::v1::{
    AcceptFilingRequest, AcknowledgeReceiptRequest, Filing, PrepareFilingRequest, SubmitFilingRequest,
};
use supermarket::client::Person;
use tests::{Case, World, ask, file, hold, party};

pub(crate) const STUDIO: &str = "studio-court";

/// Looks again until something is so, for as long as a tick and its news may take.
async fn until(what: &str, mut look: impl AsyncFnMut() -> bool) {
    for _ in 0..200 {
        if look().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{what}: not so after twenty seconds");
}

/// A case at the table.
pub(crate) struct Seated {
    pub(crate) case: Case,
    pub(crate) mediator: Person,
    pub(crate) fence: Option<Fence>,
}

/// Moves the town's clock to an instant of its future.
pub(crate) fn move_to(world: &World, instant: &str) {
    let instant: DateTime<Utc> = instant.parse().unwrap();
    world.clock.advance(instant - world.clock.now());
}

/// Accepts a filed case on a track; every party has consented at the window.
pub(crate) async fn take(world: &World, clerk: &Person, mut case: Case, track: &str, cause: &str) -> Case {
    let consent_time = Some(world.now());
    let parties = case.dispute.parties.iter();
    let mediation_consents =
        parties.map(|p| MediationConsent { party_id: p.party_id.clone(), consent_time }).collect();
    let message = AcceptDisputeRequest {
        case_id: case.id.clone(),
        cause_code: cause.to_owned(),
        track: track.to_owned(),
        mediation_consents,
        ..AcceptDisputeRequest::default()
    };
    case.dispute = ask!(clerk, case.thread, IntakeServiceClient::accept_dispute, message).unwrap();
    case
}

/// From acceptance to the table of a mediator.
pub(crate) async fn seat(world: &World, clerk: &Person, mut case: Case) -> Seated {
    let refer = ReferCaseRequest {
        case_id: case.id.clone(),
        studio_org: STUDIO.to_owned(),
        reason: "test".to_owned(),
    };
    ask!(clerk, case.thread, RoutingServiceClient::refer_case, refer).unwrap();
    let head = world.head(STUDIO).await;
    let accept = AcceptReferralRequest { case_id: case.id.clone() };
    ask!(head, case.thread, RoutingServiceClient::accept_referral, accept).unwrap();
    let mediator = world.mediators(STUDIO).await.remove(0);
    let held = hold(&mediator, &mut case).await;
    world.settle().await;
    Seated { case, mediator, fence: held.fence }
}

/// Files, accepts on a track, and seats everybody.
pub(crate) async fn seated(world: &World, clerk: &Person, name: &str, track: &str, cause: &str) -> Seated {
    let case = file(clerk, name).await;
    let case = take(world, clerk, case, track, cause).await;
    seat(world, clerk, case).await
}

impl Seated {
    /// Claimant and respondent.
    pub(crate) fn sides(&self) -> [String; 2] {
        [PartyRole::Claimant, PartyRole::Respondent].map(|role| party(&self.case.dispute, role))
    }

    /// Everybody's consent, now.
    pub(crate) fn consents(&self, world: &World) -> Vec<GivenConsent> {
        let consent_time = Some(world.now());
        self.sides().map(|party_id| GivenConsent { party_id, consent_time }).to_vec()
    }

    /// Ends the mediation without agreement.
    pub(crate) async fn fail(&mut self, ground: &str) -> Mediation {
        let message = ConcludeWithoutAgreementRequest {
            case_id: self.case.id.clone(),
            fence: self.fence,
            ground: ground.to_owned(),
            explanation: "说明".to_owned(),
        };
        ask!(self.mediator, self.case.thread, MediationServiceClient::conclude_without_agreement, message)
            .unwrap()
    }

    /// Puts terms down and has everybody sign.
    pub(crate) async fn agree(&mut self, world: &World, schedule: Vec<Instalment>) -> Mediation {
        let draft = DraftAgreementRequest {
            case_id: self.case.id.clone(),
            fence: self.fence,
            terms: "三十日内返还二万元。".to_owned(),
            partial: false,
            amount_fen: 2_000_000,
            schedule,
        };
        let mut run =
            ask!(self.mediator, self.case.thread, MediationServiceClient::draft_agreement, draft).unwrap();
        let [claimant, respondent] = self.sides();
        for (signatory, party_id) in [
            (Signatory::Party, claimant),
            (Signatory::Party, respondent),
            (Signatory::Mediator, String::new()),
            (Signatory::Seal, String::new()),
        ] {
            let sign = SignAgreementRequest {
                case_id: self.case.id.clone(),
                fence: self.fence,
                signatory: signatory.into(),
                party_id,
                sign_time: Some(world.now()),
            };
            run =
                ask!(self.mediator, self.case.thread, MediationServiceClient::sign_agreement, sign).unwrap();
        }
        world.settle().await;
        run
    }
}

/// One party's word.
pub(crate) async fn demand(world: &World, clerk: &Person, case: &mut Case) {
    let message = DemandCourtRequest {
        case_id: case.id.clone(),
        party_id: party(&case.dispute, PartyRole::Claimant),
        how_said: HowSaid::AtWindow.into(),
    };
    ask!(clerk, case.thread, IntakeServiceClient::demand_court, message).unwrap();
    world.settle().await;
}

/// Packs and submits.
pub(crate) async fn submit(world: &World, clerk: &Person, case: &mut Case, court: &str) -> Filing {
    let prepare = PrepareFilingRequest { case_id: case.id.clone(), court_org: court.to_owned(), kind: 0 };
    let filing = ask!(clerk, case.thread, TransferServiceClient::prepare_filing, prepare).unwrap();
    let message = SubmitFilingRequest { case_id: case.id.clone(), package_sha256: filing.package_sha256 };
    let sent = ask!(clerk, case.thread, TransferServiceClient::submit_filing, message).unwrap();
    world.settle().await;
    sent
}

/// The court has received.
pub(crate) async fn acknowledge(world: &World, court: &Person, case: &mut Case, sent: &Filing) -> Filing {
    let receipt = AcknowledgeReceiptRequest {
        case_id: case.id.clone(),
        package_sha256: sent.package_sha256.clone(),
        court_time: Some(world.now()),
    };
    ask!(court, case.thread, CourtServiceClient::acknowledge_receipt, receipt).unwrap()
}

/// The court files.
pub(crate) async fn register(
    world: &World,
    court: &Person,
    case: &mut Case,
    sent: &Filing,
    n: u32,
) -> Filing {
    let message = AcceptFilingRequest {
        case_id: case.id.clone(),
        package_sha256: sent.package_sha256.clone(),
        court_case_number: format!("（2026）粤2071民初{n}号"),
        court_time: Some(world.now()),
    };
    let filed = ask!(court, case.thread, CourtServiceClient::accept_filing, message).unwrap();
    world.settle().await;
    filed
}
