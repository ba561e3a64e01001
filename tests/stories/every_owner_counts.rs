//! A notice of holidays is put in force, and every owner shows the day that follows: intake for a correction, mediation for its
//! period, transfer for the window of confirmation and for a receiver's answer. What the parties were told heals; nothing moves.

use chrono::{DateTime, Utc};
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{
    AcceptDisputeRequest, DemandCourtRequest, GetDisputeRequest, HowSaid, MediationConsent,
    RequestCorrectionRequest,
};
use contracts::lexicon::v1::{Fence, PartyRole};
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{DraftAgreementRequest, GetMediationRequest, SignAgreementRequest, Signatory};
use contracts::oversight::v1::rulebook_service_client::RulebookServiceClient;
use contracts::oversight::v1::{
    ActivateEditionRequest, CalendarNotice, Edition, NoticeSpan, PreviewEditionRequest,
};
use contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use contracts::transfer::v1::{
    ApplyForConfirmationRequest, GetConfirmationRequest, GetHandoffRequest, PrepareHandoffRequest,
    RecordHandoffRequest,
};
use supermarket::client::{Person, Thread};
use tests::{Case, World, ask, file, hold, party, pool};

const STUDIO: &str = "studio-family";

fn instant(at: Option<prost_types::Timestamp>) -> String {
    DateTime::<Utc>::from_timestamp(at.unwrap().seconds, 0).unwrap().to_rfc3339()
}

/// Everybody signs.
async fn agree(world: &World, mediator: &Person, case: &mut Case, fence: Option<Fence>) {
    let draft = DraftAgreementRequest {
        case_id: case.id.clone(),
        fence,
        terms: "返还二万元。".to_owned(),
        partial: false,
        amount_fen: 2_000_000,
        schedule: vec![],
    };
    ask!(mediator, case.thread, MediationServiceClient::draft_agreement, draft).unwrap();
    let sides = [PartyRole::Claimant, PartyRole::Respondent].map(|role| party(&case.dispute, role));
    let parties = sides.into_iter().map(|side| (Signatory::Party, side));
    let hands = parties.chain([(Signatory::Mediator, String::new()), (Signatory::Seal, String::new())]);
    for (signatory, party_id) in hands {
        let sign = SignAgreementRequest {
            case_id: case.id.clone(),
            fence,
            signatory: signatory.into(),
            party_id,
            sign_time: Some(world.now()),
        };
        ask!(mediator, case.thread, MediationServiceClient::sign_agreement, sign).unwrap();
    }
    world.settle().await;
}

/// A wage dispute that is handed to labour arbitration.
async fn hand_over(world: &World, clerk: &Person) -> Case {
    let mut case = file(clerk, "wages").await;
    let consent_time = Some(world.now());
    let parties = case.dispute.parties.iter();
    let accept = AcceptDisputeRequest {
        case_id: case.id.clone(),
        cause_code: "205".to_owned(),
        track: "LA".to_owned(),
        mediation_consents: parties
            .map(|p| MediationConsent { party_id: p.party_id.clone(), consent_time })
            .collect(),
        ..AcceptDisputeRequest::default()
    };
    ask!(clerk, case.thread, IntakeServiceClient::accept_dispute, accept).unwrap();
    let demand = DemandCourtRequest {
        case_id: case.id.clone(),
        party_id: party(&case.dispute, PartyRole::Claimant),
        how_said: HowSaid::AtWindow.into(),
    };
    ask!(clerk, case.thread, IntakeServiceClient::demand_court, demand).unwrap();
    world.settle().await;
    let to = PrepareHandoffRequest {
        case_id: case.id.clone(),
        receiver: "劳动人事争议仲裁委员会".to_owned(),
    };
    ask!(clerk, case.thread, TransferServiceClient::prepare_handoff, to).unwrap();
    let handed = RecordHandoffRequest {
        case_id: case.id.clone(),
        hand_time: Some(world.now()),
        evidence: "EMS 1".to_owned(),
    };
    ask!(clerk, case.thread, TransferServiceClient::record_handoff, handed).unwrap();
    case
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_moves_the_dates_of_every_owner() {
    let world = World::open_at("2026-12-31T02:00:00Z").await;
    let (clerk, supervisor) = (world.person("clerk-1").await, world.person("supervisor-1").await);
    let mediator = world.mediators(STUDIO).await.remove(0);

    let mut corrected = file(&clerk, "corrected").await;
    let message =
        RequestCorrectionRequest { case_id: corrected.id.clone(), missing_items: vec!["借条".to_owned()] };
    ask!(clerk, corrected.thread, IntakeServiceClient::request_correction, message).unwrap();
    let mut mediated = pool(&world, &clerk, "mediated", STUDIO).await;
    hold(&mediator, &mut mediated).await;
    let mut agreed = pool(&world, &clerk, "agreed", STUDIO).await;
    let fence = hold(&mediator, &mut agreed).await.fence;
    world.settle().await;
    agree(&world, &mediator, &mut agreed, fence).await;
    let applicants = [PartyRole::Claimant, PartyRole::Respondent].map(|role| party(&agreed.dispute, role));
    let apply = ApplyForConfirmationRequest {
        case_id: agreed.id.clone(),
        applicant_party_ids: applicants.to_vec(),
        court_org: "court-2071".to_owned(),
    };
    ask!(clerk, agreed.thread, TransferServiceClient::apply_for_confirmation, apply).unwrap();
    let mut handed = hand_over(&world, &clerk).await;
    world.settle().await;

    let mut dates = async || -> [String; 4] {
        let get = GetDisputeRequest { case_id: corrected.id.clone() };
        let dispute = ask!(clerk, corrected.thread, IntakeServiceClient::get_dispute, get).unwrap();
        let get = GetMediationRequest { case_id: mediated.id.clone() };
        let run = ask!(mediator, mediated.thread, MediationServiceClient::get_mediation, get).unwrap();
        let get = GetConfirmationRequest { case_id: agreed.id.clone() };
        let applied = ask!(clerk, agreed.thread, TransferServiceClient::get_confirmation, get).unwrap();
        let get = GetHandoffRequest { case_id: handed.id.clone() };
        let given = ask!(clerk, handed.thread, TransferServiceClient::get_handoff, get).unwrap();
        [
            instant(dispute.correction_due_time),
            run.period.unwrap().due_date,
            applied.window_end_date,
            instant(given.answer_due_time),
        ]
    };
    // Seven days; a month, whose last day is a Sunday; thirty days, which end with a Saturday; five days.
    assert_eq!(
        dates().await,
        ["2027-01-07T16:00:00+00:00", "2027-02-01", "2027-02-01", "2027-01-05T16:00:00+00:00"]
    );

    let span = |first: &str, last: &str, holiday: &str| NoticeSpan {
        first_date: first.to_owned(),
        last_date: last.to_owned(),
        holiday: holiday.to_owned(),
        worked: false,
    };
    let notices = vec![CalendarNotice {
        year: 2027,
        spans: vec![span("2027-01-01", "2027-01-07", "元旦"), span("2027-01-30", "2027-02-03", "春节")],
        source: "P55 a story's notice".to_owned(),
        verified: true,
    }];
    let edition =
        Some(Edition { edition_id: "2027.1".to_owned(), notices, settings: vec![], openings: vec![] });
    let mut thread = Thread::default();
    let message = PreviewEditionRequest { edition: edition.clone(), page_size: 500 };
    let preview = ask!(supervisor, thread, RulebookServiceClient::preview_edition, message).unwrap();
    assert!(preview.healed_count > 0, "{preview:?}");
    let message = ActivateEditionRequest { edition, preview_digest: preview.preview_digest };
    ask!(supervisor, thread, RulebookServiceClient::activate_edition, message).unwrap();
    world.settle().await;

    let wanted = ["2027-01-08T16:00:00+00:00", "2027-02-04", "2027-02-04", "2027-01-08T16:00:00+00:00"];
    let mut seen = dates().await;
    for _ in 0..200 {
        if seen == wanted {
            break;
        }
        // A service looks once a second whether it has heard of another edition.
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        seen = dates().await;
    }
    assert_eq!(seen, wanted);
    world.close().await;
}
