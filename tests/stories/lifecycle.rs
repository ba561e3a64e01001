//! The whole lifecycle: from the table to each of the ways out, over gRPC.
#![expect(clippy::similar_names, reason = "case and cause are the field's words")]

mod again;
mod agreements;
mod archive;
mod batch;
mod commission;
mod court_before_and_at_filing;
mod court_document;
mod court_setting;
mod declined;
mod draft;
mod group;
mod instalments;
mod period;
mod silence;
mod succession;
mod sued_elsewhere;
mod taken_back;
mod tracks;
mod traffic;
mod turn_of_the_year;
mod ways_out;

use std::time::Duration;

use chrono::{DateTime, Utc};
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{
    AcceptDisputeRequest, DemandCourtRequest, GetDisputeRequest, HowSaid, MediationConsent,
};
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
    AcceptFilingRequest, AcknowledgeReceiptRequest, CommissionMediationRequest, Filing,
    ListCommissionsRequest, PrepareFilingRequest, SignForCommissionsRequest, SubmitFilingRequest,
};
use supermarket::client::{Person, Thread};
use tests::{Case, World, ask, file, filing, hold, party};

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

/// The suit that a judge mediates in these stories.
const SUIT: &str = "（2026）粤2071民初5号";

/// Accepts a filed case on a track; every party has consented at the window. A judge's mediation has its suit at a court.
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
        court_org: if track == "JM" { "court-2071".to_owned() } else { String::new() },
        court_case_number: if track == "JM" { SUIT.to_owned() } else { String::new() },
        ..AcceptDisputeRequest::default()
    };
    case.dispute = ask!(clerk, case.thread, IntakeServiceClient::accept_dispute, message).unwrap();
    case
}

/// A suit that a court has filed and commissioned, signed for by the studio and accepted: the commission's id, and the case.
pub(crate) async fn commissioned(
    world: &World,
    clerk: &Person,
    name: &str,
    summary_procedure: bool,
) -> (String, Case) {
    let (commission_id, case) = signed(world, clerk, name, summary_procedure).await;
    (commission_id, take(world, clerk, case, "WT", "108.3").await)
}

/// The same, before the window has accepted it.
pub(crate) async fn signed(
    world: &World,
    clerk: &Person,
    name: &str,
    summary_procedure: bool,
) -> (String, Case) {
    let (court, head) = (world.person("court-2071").await, world.head(STUDIO).await);
    let message = CommissionMediationRequest {
        request_id: format!("c-{name}"),
        origin_case_id: String::new(),
        court_case_number: "（2026）粤2071民初9号".to_owned(),
        studio_org: STUDIO.to_owned(),
        reception_org: "hall-442000".to_owned(),
        summary_procedure,
        all_parties_consent: true,
        body: filing(name).body,
        ..Default::default()
    };
    let mut thread = Thread::default();
    let sent = ask!(court, thread, CourtServiceClient::commission_mediation, message).unwrap();
    let id = sent.commission_id;
    let sign = SignForCommissionsRequest { commission_ids: vec![id.clone()] };
    ask!(head, thread, TransferServiceClient::sign_for_commissions, sign).unwrap();
    let mut case_id = String::new();
    until("the commission is a case", async || {
        let list = ListCommissionsRequest { page_size: 100, ..Default::default() };
        let list = ask!(head, thread, TransferServiceClient::list_commissions, list).unwrap().commissions;
        let found = list.into_iter().find(|one| one.commission_id == id && !one.case_id.is_empty());
        case_id = found.map(|one| one.case_id).unwrap_or_default();
        !case_id.is_empty()
    })
    .await;
    world.settle().await;
    let message = GetDisputeRequest { case_id: case_id.clone() };
    let dispute = ask!(clerk, thread, IntakeServiceClient::get_dispute, message).unwrap();
    (id, Case { id: case_id, dispute, thread })
}

/// From acceptance to the table of a mediator.
pub(crate) async fn seat(world: &World, clerk: &Person, mut case: Case) -> Seated {
    let refer = ReferCaseRequest {
        case_id: case.id.clone(),
        studio_org: STUDIO.to_owned(),
        reason: "test".to_owned(),
        circumstances: None,
        due_date: String::new(),
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
