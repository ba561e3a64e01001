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

async fn one(house: &House, id: Uuid) -> contract::Commission {
    let ask = contract::ListCommissionsRequest { page_size: 100, ..Default::default() };
    let head = caller("head-1", "studio-1", Role::StudioHead, None);
    let listed = house.front.list_commissions(desk_call("ListCommissions", &head, ask)).await.unwrap();
    let mut listed = listed.into_inner().commissions.into_iter();
    listed.find(|found| found.commission_id == id.to_string()).unwrap()
}

async fn recall(house: &House, id: Uuid) -> Result<contract::Commission, Status> {
    let ask = contract::RecallCommissionRequest { commission_id: id.to_string() };
    let request = court_call("RecallCommission", &court_clerk("court-2071"), ask);
    house.courts.recall_commission(request).await.map(tonic::Response::into_inner)
}

/// Joins a commission with the case that it became, as the tick does.
async fn join(house: &House, id: Uuid, case: Uuid, judged: impl Fn() + Send + Sync) {
    let signed = house.front.store.signed(100, None).await.unwrap();
    let found = signed.iter().find(|one| one.commission.id == id).unwrap();
    house.front.store.link(found, case.into(), judged).await.unwrap();
}

/// Advice was all that was wanted: nobody will mediate it, and the court is told.
#[tokio::test]
async fn a_commissioned_case_that_ends_with_advice_is_reported() {
    let house = House::new().await;
    let id = signed(&house, 1).await;
    let case = house.clock.id();
    join(&house, id, case, || ()).await;
    house.says(case, 1, &intake::DisputeAdvised::default()).await;
    let told = one(&house, id).await;
    let report = told.report.clone().unwrap();
    assert_eq!((told.state(), report.fail_ground.as_str()), (contract::CommissionState::Reported, "F11"));
    house.close().await;
}

/// Transfer was away between the filing and the link, and hears of the case first.
#[tokio::test]
async fn what_was_heard_of_the_case_before_the_link_is_reported() {
    let house = House::new().await;
    let id = signed(&house, 1).await;
    let case = house.demanded().await;
    assert_eq!(house.said(case).await.last().unwrap().0, "FilingOpened");
    join(&house, id, case, || ()).await;
    let told = one(&house, id).await;
    assert!(told.report.unwrap().court_demanded && told.case_id == case.to_string());
    let said: Vec<String> = house.said(case).await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(
        said,
        ["FilingOpened", "CommissionLinked", "DemandAnswered", "FilingWithdrawn", "CommissionReported"]
    );
    house.close().await;
}

/// The court takes it back between the link's reading and its writing: the case hears of it all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_recall_at_the_moment_of_the_link_leaves_no_orphan() {
    let house = House::new().await;
    let id = signed(&house, 1).await;
    let case = house.clock.id();
    let judged = AtomicUsize::new(0);
    join(&house, id, case, || {
        if judged.fetch_add(1, Ordering::SeqCst) == 0 {
            let recalled = async { recall(&house, id).await.unwrap() };
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(recalled));
        }
    })
    .await;
    assert_eq!(judged.load(Ordering::SeqCst), 2, "looked at again");
    let said: Vec<String> = house.said(case).await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(said, ["CommissionLinked", "CommissionRecalled"]);
    assert_eq!(one(&house, id).await.case_id, case.to_string());
    house.close().await;
}

/// What intake refuses for good can be given back to the court; what it may still take cannot.
#[tokio::test]
async fn what_the_window_does_not_take_in_is_given_back_to_the_court() {
    let house = House::new().await;
    let id = signed(&house, 1).await;
    let decline = || {
        let ask = contract::DeclineCommissionRequest {
            commission_id: id.to_string(),
            reason: "登记窗口不予受理".to_owned(),
        };
        let head = caller("head-1", "studio-1", Role::StudioHead, None);
        house.front.decline_commission(desk_call("DeclineCommission", &head, ask))
    };
    assert_eq!(bad(decline().await), "FailedPrecondition COMMISSION_SIGNED");
    let signed = house.front.store.signed(10, None).await.unwrap();
    house.front.store.refuse(&signed[0]).await.unwrap();
    let declined = decline().await.unwrap().into_inner();
    assert_eq!(declined.state(), contract::CommissionState::CommissionDeclined);
    assert!(house.front.store.signed(10, None).await.unwrap().is_empty(), "it is tried no more");
    house.close().await;
}

/// Its clocks run on its own thread: the window and the studio stand near it.
#[tokio::test]
async fn a_commission_is_seen_by_its_window_and_its_studio() {
    let house = House::new().await;
    let id = signed(&house, 1).await;
    let near = access::relation::find(house.desk.reader(), id).await.unwrap().expect("somebody is near");
    assert_eq!(near.first_receiver_org.as_deref(), Some("studio-1"), "the studio's own window");
    assert_eq!(near.studio_org.as_deref(), Some("studio-1"));
    let said = house.said(id).await;
    assert_eq!(said[0].0, "CommissionReceived");
    house.close().await;
}
