//! The police room and the mediation room joined (domain.md 1, row 35): a police station sends a dispute that is no crime, stays its
//! first receiver until the hall has accepted it, and comes back to the table when the mediator asks for it.

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{
    AcceptDisputeRequest, Channel, ChannelRecord, FileDisputeRequest, MediationConsent,
};
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{RecordSessionRequest, SessionMode};
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{
    AcceptReferralRequest, AnswerAssistanceRequest, AssistanceKind, DelegateCaseRequest, EscalateCaseRequest,
    JointActKind, RequestAssistanceRequest,
};
use supermarket::client::Thread;
use tests::{Case, World, ask, filing, hold};
use tonic::Code;

use super::{clock, referral, running, trace};

const STATION: &str = "police-442000001";
const HALL: &str = "hall-442000";
const STUDIO: &str = "studio-property";

#[tokio::test(flavor = "multi_thread")]
async fn the_police_send_a_dispute_and_come_to_the_table() {
    let world = World::open().await;
    let (sergeant, hall) = (world.person("police-clerk-1").await, world.person("hall-head-1").await);
    let mut thread = Thread::default();
    let record =
        ChannelRecord { document_number: "公移〔2026〕3号".to_owned(), ..ChannelRecord::default() };
    let channel = Channel::Police.into();
    let message = FileDisputeRequest { channel, record: Some(record), ..filing("police-in") };
    let dispute = ask!(sergeant, thread, IntakeServiceClient::file_dispute, message).unwrap();
    let mut case = Case { id: dispute.case_id.clone(), dispute, thread };
    let consent_time = Some(world.now());
    let parties = case.dispute.parties.iter();
    let message = AcceptDisputeRequest {
        case_id: case.id.clone(),
        cause_code: "108.3".to_owned(),
        mediation_consents: parties
            .map(|one| MediationConsent { party_id: one.party_id.clone(), consent_time })
            .collect(),
        ..Default::default()
    };
    case.dispute = ask!(sergeant, case.thread, IntakeServiceClient::accept_dispute, message).unwrap();
    let first = running(&world, &sergeant, &mut case).await;
    assert_eq!(clock(&first, "referral", "S04").holder, STATION, "the police answer for it");

    // To the hall, in one call with its note; the station answers for it until the hall has accepted.
    let up = EscalateCaseRequest {
        case_id: case.id.clone(),
        to_org: HALL.to_owned(),
        reason: "邻里纠纷，不构成违反治安管理行为。".to_owned(),
        ..Default::default()
    };
    let offered = ask!(sergeant, case.thread, RoutingServiceClient::escalate_case, up).unwrap();
    assert_eq!((offered.holder.as_str(), offered.first_receiver_org.as_str()), (STATION, STATION));
    world.settle().await;
    let accept = AcceptReferralRequest { case_id: case.id.clone() };
    let taken = ask!(hall, case.thread, RoutingServiceClient::accept_referral, accept.clone()).unwrap();
    assert_eq!((taken.holder.as_str(), taken.first_receiver_org.as_str()), (HALL, STATION));
    let down = DelegateCaseRequest {
        case_id: case.id.clone(),
        to_org: STUDIO.to_owned(),
        reason: "由专业工作室调解。".to_owned(),
        ..Default::default()
    };
    ask!(hall, case.thread, RoutingServiceClient::delegate_case, down).unwrap();
    world.settle().await;
    let head = world.head(STUDIO).await;
    let taken = ask!(head, case.thread, RoutingServiceClient::accept_referral, accept).unwrap();
    assert_eq!((taken.holder.as_str(), taken.first_receiver_org.as_str()), (STUDIO, STATION));
    let mediator = world.mediators(STUDIO).await.remove(0);
    let claim = hold(&mediator, &mut case).await;
    world.settle().await;
    assert!(referral(&sergeant, &case).await.is_ok(), "the first receiver sees how it goes on");
    let officer = world.mediators("studio-police").await.remove(0);
    assert_eq!(referral(&officer, &case).await.unwrap_err().code(), Code::NotFound);

    // The mediator asks for the police, whose mediator sits beside and records what was done together.
    let wish = RequestAssistanceRequest {
        case_id: case.id.clone(),
        to_org: "studio-police".to_owned(),
        kind: AssistanceKind::Police.into(),
        reason: "双方曾有冲突，请到场维持秩序并共同调解。".to_owned(),
        due_date: String::new(),
    };
    let asked = ask!(mediator, case.thread, RoutingServiceClient::request_assistance, wish).unwrap();
    world.settle().await;
    let answer = AnswerAssistanceRequest {
        case_id: case.id.clone(),
        number: asked.assistance.unwrap().number,
        accepted: true,
        note: "派员到场。".to_owned(),
        co_mediators: vec![officer.account.account.clone()],
    };
    let police = world.head("studio-police").await;
    let given = ask!(police, case.thread, RoutingServiceClient::answer_assistance, answer).unwrap();
    assert_eq!(given.co_orgs, ["studio-police"]);
    world.settle().await;
    let parties: Vec<String> = case.dispute.parties.iter().map(|one| one.party_id.clone()).collect();
    let session = RecordSessionRequest {
        request_id: "together".to_owned(),
        case_id: case.id.clone(),
        fence: claim.fence,
        start_time: Some(world.now()),
        mode: SessionMode::Onsite.into(),
        present_party_ids: parties.clone(),
        text: "民警与调解员共同主持。".to_owned(),
        rights_told: true,
        identities_checked: true,
        sham_warned: true,
        address_confirmed_party_ids: parties,
    };
    let mut thread = case.thread.clone();
    let sitting = ask!(officer, thread, MediationServiceClient::record_session, session).unwrap();
    assert_eq!(sitting.sessions.len(), 1);
    let kinds: Vec<JointActKind> = trace(&head, &case).await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(
        kinds,
        [
            JointActKind::HandOverOffered,
            JointActKind::HandOverAccepted,
            JointActKind::HandOverOffered,
            JointActKind::HandOverAccepted,
            JointActKind::AssistanceRequested,
            JointActKind::AssistanceAccepted,
        ]
    );
    world.close().await;
}
