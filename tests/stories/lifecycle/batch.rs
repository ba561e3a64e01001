//! A court sends many suits at once, each answered as it comes: a refused one does not end the stream, and a repeated one is
//! one commission.

use contracts::transfer::v1::court_service_client::CourtServiceClient;
use contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use contracts::transfer::v1::{
    BatchCommissionMediationRequest, BatchCommissionMediationResponse, CommissionMediationRequest,
    CommissionState, ListCommissionsRequest, RecallCommissionRequest, SignForCommissionsRequest,
};
use supermarket::client::{Person, Thread};
use tests::{World, ask, filing};
use tokio_stream::StreamExt as _;

use super::{STUDIO, until};

fn item(n: u32, consent: bool) -> BatchCommissionMediationRequest {
    BatchCommissionMediationRequest {
        item: Some(CommissionMediationRequest {
            request_id: format!("b-{n}"),
            origin_case_id: String::new(),
            court_case_number: format!("（2026）粤2071民初{n}号"),
            studio_org: STUDIO.to_owned(),
            reception_org: "hall-442000".to_owned(),
            summary_procedure: false,
            all_parties_consent: consent,
            body: filing(&format!("batch-{n}")).body,
            ..Default::default()
        }),
    }
}

async fn send(
    court: &Person,
    items: Vec<BatchCommissionMediationRequest>,
) -> Vec<BatchCommissionMediationResponse> {
    let items = tokio_stream::iter(items);
    let answers =
        CourtServiceClient::new(court.line.clone()).batch_commission_mediation(items).await.unwrap();
    answers.into_inner().map(Result::unwrap).collect().await
}

#[tokio::test(flavor = "multi_thread")]
async fn many_suits_are_commissioned_at_once() {
    let world = World::open().await;
    let (court, head) = (world.person("court-2071").await, world.head(STUDIO).await);
    let items: Vec<_> = (1..=40).map(|n| item(n, n % 10 != 0)).collect();
    let answers = send(&court, items.clone()).await;
    assert_eq!(answers.len(), 40);
    let named = |answer: &BatchCommissionMediationResponse| answer.request_id.clone();
    let mut asked: Vec<String> = answers.iter().map(named).collect();
    asked.sort();
    asked.dedup();
    assert_eq!(asked.len(), 40, "every item has its own answer");
    let refused: Vec<_> = answers.iter().filter(|one| one.commission.is_none()).collect();
    assert_eq!(refused.len(), 4);
    assert!(refused.iter().all(|one| one.refusal_reason == "CONSENT_OF_ALL_NEEDED"), "{refused:?}");
    // The stream broke, and the court sends all of it again.
    let again = send(&court, items).await;
    let ids = |answers: &[BatchCommissionMediationResponse]| {
        let mut ids: Vec<String> = answers
            .iter()
            .filter_map(|one| one.commission.as_ref())
            .map(|commission| commission.commission_id.clone())
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&again), ids(&answers), "a repeated item is one commission");

    let mut taken = ids(&answers);
    let recalled = taken.remove(0);
    let mut thread = Thread::default();
    let recall = RecallCommissionRequest { commission_id: recalled };
    let back = ask!(court, thread, CourtServiceClient::recall_commission, recall).unwrap();
    assert_eq!(back.state(), CommissionState::Recalled);
    let sign = SignForCommissionsRequest { commission_ids: taken };
    let signed = ask!(head, thread, TransferServiceClient::sign_for_commissions, sign).unwrap();
    assert_eq!(signed.commissions.len(), 35);
    until("every signed suit is a case", async || {
        let list = ListCommissionsRequest { page_size: 100, ..ListCommissionsRequest::default() };
        let list = ask!(head, thread, TransferServiceClient::list_commissions, list).unwrap().commissions;
        list.iter().filter(|one| !one.case_id.is_empty()).count() == 35
    })
    .await;
    world.close().await;
}
