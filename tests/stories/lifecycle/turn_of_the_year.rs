//! Register first, mediate after, since 1 January 2025 (P1): what a court had received and referred before goes on under the law of its
//! letter's day, wherever the letter is on that morning; what it received since is not referred any more.

use contracts::intake::v1::GetDisputeRequest;
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::mediation::v1::GetMediationRequest;
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::transfer::v1::court_service_client::CourtServiceClient;
use contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use contracts::transfer::v1::{
    CommissionMediationRequest, ListCommissionsRequest, ReferralLetter, SignForCommissionsRequest,
};
use supermarket::client::{Thread, reason};
use tests::{Case, World, ask, filing};

use super::{STUDIO, seat, take, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_of_new_year_s_eve_that_arrives_in_the_new_year_is_mediated() {
    let world = World::open_at("2025-01-02T01:00:00Z").await;
    let (clerk, court) = (world.person("clerk-1").await, world.person("court-2071").await);
    let head = world.head(STUDIO).await;
    let mut thread = Thread::default();
    let refer = |name: &str, day: &str| CommissionMediationRequest {
        request_id: name.to_owned(),
        court_case_number: "（2024）粤2071诉前调901号".to_owned(),
        studio_org: STUDIO.to_owned(),
        reception_org: "hall-442000".to_owned(),
        body: filing(name).body,
        referral: Some(ReferralLetter {
            letter_number: "（2024）委派函9号".to_owned(),
            letter_date: day.to_owned(),
            materials: vec!["起诉状副本".to_owned()],
            contact: String::new(),
        }),
        applicant_consents: true,
        ..Default::default()
    };
    let late = refer("late", "2025-01-01");
    let refused = ask!(court, thread, CourtServiceClient::commission_mediation, late).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("TRACK_CLOSED"));
    let eve = refer("eve", "2024-12-31");
    let sent = ask!(court, thread, CourtServiceClient::commission_mediation, eve).unwrap();
    let sign = SignForCommissionsRequest { commission_ids: vec![sent.commission_id] };
    ask!(head, thread, TransferServiceClient::sign_for_commissions, sign).unwrap();
    let mut case_id = String::new();
    until("the referral is a case", async || {
        let list = ListCommissionsRequest::default();
        let list = ask!(head, thread, TransferServiceClient::list_commissions, list).unwrap();
        case_id.clone_from(&list.commissions[0].case_id);
        !case_id.is_empty()
    })
    .await;
    world.settle().await;
    let get = GetDisputeRequest { case_id: case_id.clone() };
    let dispute = ask!(clerk, thread, IntakeServiceClient::get_dispute, get).unwrap();
    let record = dispute.record.clone().unwrap();
    assert_eq!(
        (record.document_number.as_str(), record.document_date.as_str()),
        ("（2024）委派函9号", "2024-12-31"),
        "the window sees what the court sent"
    );
    let case = take(&world, &clerk, Case { id: case_id.clone(), dispute, thread }, "WP", "108.3").await;
    let mut table = seat(&world, &clerk, case).await;
    let get = GetMediationRequest { case_id };
    let run = ask!(table.mediator, table.case.thread, MediationServiceClient::get_mediation, get).unwrap();
    let period = run.period.unwrap();
    assert_eq!((period.clock.as_str(), period.start_event.as_str()), ("K05", "MATERIAL_SIGNED"));
    assert_eq!(period.due_date, "2025-02-05", "thirty days from 2 January end on 1 February, in the holiday");
    world.close().await;
}
