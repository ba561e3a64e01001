//! Commissions on their way to becoming cases.

use super::*;

/// A commission, received and signed for.
async fn signed(house: &House, n: u32) -> Uuid {
    let ask = contract::CommissionMediationRequest {
        request_id: format!("c-{n}"),
        court_case_number: format!("（2026）粤2071民初{n}号"),
        studio_org: "studio-1".to_owned(),
        all_parties_consent: true,
        body: Some(intake::DisputeBody::default()),
        ..Default::default()
    };
    let court = court_clerk("court-2071");
    let request = court_call("CommissionMediation", &court, ask);
    let taken = house.courts.commission_mediation(request).await.unwrap().into_inner();
    let head = caller("head-1", "studio-1", Role::StudioHead, None);
    let ask = contract::SignForCommissionsRequest { commission_ids: vec![taken.commission_id.clone()] };
    house.front.sign_for_commissions(desk_call("SignForCommissions", &head, ask)).await.unwrap();
    taken.commission_id.parse().unwrap()
}

/// Those that intake refuses for good stay signed; they do not stand before all that come after them.
#[tokio::test]
async fn a_page_of_refused_commissions_does_not_stop_the_next() {
    let house = House::new().await;
    let mut all = vec![];
    for n in 1..=5 {
        all.push(signed(&house, n).await);
    }
    let page = async |after| {
        let signed = house.front.store.signed(2, after).await.unwrap();
        signed.into_iter().map(|one| one.commission.id).collect::<Vec<_>>()
    };
    assert_eq!(page(None).await, all[..2]);
    assert_eq!(page(Some(all[1])).await, all[2..4]);
    assert_eq!(page(Some(all[3])).await, all[4..], "a short page: the next round begins anew");
    house.close().await;
}
