//! The transfer desk: opening, packing, submitting, withdrawing, reading, and what is on the disk.

use contract::DocumentKind::{Complaint, PartyIdentity, Report, ServiceAddress};

use super::*;

#[tokio::test]
async fn from_the_demand_to_the_court_s_number() {
    let house = House::new().await;
    let case = house.demanded().await;
    let opened = house.get(case, &clerk("desk-1")).await.unwrap();
    assert_eq!(
        (opened.state(), opened.version, opened.holder.as_str()),
        (contract::FilingState::TransferReady, 1, "desk-1")
    );
    assert_eq!(opened.court_org, "");

    assert_eq!(bad(house.submit(case, "").await), "FailedPrecondition NOT_PACKED");
    let packed = house.prepare(case, "").await.unwrap();
    assert_eq!((packed.court_org.as_str(), packed.jurisdiction_basis.as_str()), ("court-2071", "GENERAL_22"));
    let kinds: Vec<_> = packed.documents.iter().map(contract::DocumentEntry::kind).collect();
    assert_eq!(kinds, [Complaint, PartyIdentity, ServiceAddress, Report]);
    for wrong in ["", "00", &packed.package_sha256[1..]] {
        assert_eq!(bad(house.submit(case, wrong).await), "FailedPrecondition PACKAGE_CHANGED");
    }
    let sent = house.submit(case, &packed.package_sha256).await.unwrap();
    assert_eq!(
        (sent.state(), sent.version, sent.holder.as_str()),
        (contract::FilingState::Transferred, 3, "desk-1")
    );
    assert_eq!(house.submit(case, &packed.package_sha256).await.unwrap(), sent);
    assert_eq!(bad(house.prepare(case, "").await), "FailedPrecondition NOT_READY");
    assert_eq!(house.told.asked.load(Ordering::Relaxed), 1, "nobody is asked for what cannot be packed");

    let review = house.acknowledge("court-2071", case, &packed.package_sha256).await.unwrap();
    assert_eq!((review.state(), review.holder.as_str()), (contract::FilingState::CourtReview, "court-2071"));
    let filed =
        house.accept("court-2071", case, &packed.package_sha256, "(2026)粤2071民初12号").await.unwrap();
    assert_eq!(
        (filed.state(), filed.court_case_number.as_str()),
        (contract::FilingState::Filed, "（2026）粤2071民初12号")
    );
    assert_eq!(house.get(case, &clerk("desk-1")).await.unwrap(), filed);
    let said = house.said(case).await;
    let said: Vec<_> = said.iter().map(|(kind, version)| (kind.as_str(), *version)).collect();
    assert_eq!(
        said,
        [
            ("FilingOpened", 1),
            ("FilingPrepared", 2),
            ("FilingSubmitted", 3),
            ("FilingReceived", 4),
            ("DemandAnswered", 5),
            ("FilingAccepted", 5)
        ]
    );
    house.close().await;
}

#[tokio::test]
async fn a_demand_said_twice_opens_one_filing() {
    let house = House::new().await;
    let case = house.demanded().await;
    let again = intake::CourtDemanded { first_receiver_org: "desk-1".to_owned(), ..Default::default() };
    house.says(case, 3, &again).await;
    assert_eq!(house.said(case).await, [("FilingOpened".to_owned(), 1)]);
    house.close().await;
}

#[tokio::test]
async fn the_table_itself_refuses_a_second_open_filing() {
    let house = House::new().await;
    let case = house.demanded().await;
    let sql = "INSERT INTO filing (filing_id, centre, case_id, version, kind, state, first_receiver_org) \
               SELECT $3, centre, case_id, version, kind, $2, first_receiver_org FROM filing WHERE case_id = $1";
    let memory = house.close().await;
    let db = memory.owner("transfer").await;
    let insert = |state: &str| {
        Statement::from_sql_and_values(
            db.get_database_backend(),
            sql,
            [case.into(), state.into(), Uuid::from_u128(state.len() as u128).into()],
        )
    };
    assert!(db.execute_raw(insert("COURT_REVIEW")).await.is_err());
    db.execute_raw(insert("NOT_FILED")).await.unwrap();
}

#[tokio::test]
async fn a_withdrawal_ends_what_is_not_submitted_and_nothing_else() {
    let house = House::new().await;
    let case = house.demanded().await;
    house.prepare(case, "").await.unwrap();
    house.says(case, 3, &intake::DisputeWithdrawn::default()).await;
    let ended = house.get(case, &clerk("desk-1")).await.unwrap();
    assert_eq!((ended.state(), ended.version), (contract::FilingState::Withdrawn, 3));
    assert_eq!(house.said(case).await.last().unwrap().0, "FilingWithdrawn");
    assert_eq!(bad(house.submit(case, &ended.package_sha256).await), "FailedPrecondition NOT_READY");

    let (case, _) = house.submitted("").await;
    house.says(case, 3, &intake::DisputeWithdrawn::default()).await;
    assert_eq!(house.get(case, &clerk("desk-1")).await.unwrap().state(), contract::FilingState::Transferred);
    let elsewhere = house.clock.id();
    house.says(elsewhere, 1, &intake::DisputeWithdrawn::default()).await;
    assert_eq!(bad(house.get(elsewhere, &clerk("desk-1")).await), "NotFound NOT_FOUND");
    house.close().await;
}

#[tokio::test]
async fn after_a_refusal_a_new_demand_goes_to_another_court() {
    let house = House::new().await;
    let (case, sha256) = house.submitted("court-2071").await;
    house.acknowledge("court-2071", case, &sha256).await.unwrap();
    let refused = house.refuse("court-2071", case, &sha256, "无管辖权").await.unwrap();
    let again = intake::CourtDemanded { first_receiver_org: "desk-1".to_owned(), ..Default::default() };
    house.says(case, 3, &again).await;
    let anew = house.get(case, &clerk("desk-1")).await.unwrap();
    assert_ne!(anew.filing_id, refused.filing_id);
    assert_eq!((anew.state(), anew.version), (contract::FilingState::TransferReady, refused.version + 1));
    // The first court's receipt, sent again, is about its own filing; what is prepared anew is not there for it.
    assert_eq!(house.acknowledge("court-2071", case, &sha256).await.unwrap(), refused);
    let sha256 = house.prepare(case, "court-2072").await.unwrap().package_sha256;
    house.submit(case, &sha256).await.unwrap();
    let other = bad(house.acknowledge("court-2071", case, &sha256).await);
    assert_eq!(other, "InvalidArgument INVALID_REQUEST package_sha256:DIGEST_MISMATCH");
    house.acknowledge("court-2072", case, &sha256).await.unwrap();
    house.close().await;
}

#[tokio::test]
async fn who_is_not_near_the_case_learns_nothing() {
    let house = House::new().await;
    let case = house.demanded().await;
    let nobody = bad(house.get(house.clock.id(), &clerk("desk-1")).await);
    assert_eq!(nobody, "NotFound NOT_FOUND");
    assert_eq!(bad(house.get(case, &clerk("desk-2")).await), nobody);
    assert_eq!(bad(house.get(case, &caller("m-1", "desk-1", Role::Mediator, None)).await), nobody);
    let mut abroad = caller("s-1", "centre", Role::Supervisor, None);
    assert!(house.get(case, &abroad).await.is_ok());
    abroad.centre = CentreId::new("440100").unwrap();
    assert_eq!(bad(house.get(case, &abroad).await), nobody);
    let ask = contract::PrepareFilingRequest { case_id: case.to_string(), court_org: String::new(), kind: 0 };
    let foreign = house.front.prepare_filing(desk_call("PrepareFiling", &clerk("desk-2"), ask)).await;
    assert_eq!(bad(foreign), nobody);
    assert_eq!(house.told.asked.load(Ordering::Relaxed), 0, "nobody is asked for a stranger");
    house.close().await;
}

#[tokio::test]
async fn a_bad_request_is_told_by_its_fields() {
    let house = House::new().await;
    let case = house.demanded().await;
    assert_eq!(bad(house.prepare(case, "court-9999").await), "FailedPrecondition UNKNOWN_COURT");
    let list = |page_size, state, page_token: &str| {
        let ask =
            contract::ListFilingsRequest { page_size, state, page_token: page_token.to_owned(), open: false };
        house.front.list_filings(desk_call("ListFilings", &clerk("desk-1"), ask))
    };
    assert_eq!(
        bad(list(-1, 99, "").await),
        "InvalidArgument INVALID_REQUEST page_size:RANGE state:ENUM_UNKNOWN"
    );
    assert_eq!(bad(list(501, 0, "").await), "InvalidArgument INVALID_REQUEST page_size:RANGE");
    assert!(list(500, 0, "").await.is_ok());
    assert_eq!(bad(list(1, 0, "x").await), "InvalidArgument INVALID_REQUEST page_token:MALFORMED");
    let ask = contract::GetFilingRequest { case_id: "1".to_owned() };
    let answer = house.front.get_filing(desk_call("GetFiling", &clerk("desk-1"), ask)).await;
    assert_eq!(bad(answer), "InvalidArgument INVALID_REQUEST case_id:MALFORMED");
    house.close().await;
}

#[tokio::test]
async fn a_neighbour_s_trouble_is_told_as_what_it_is() {
    use tonic::Code;
    for (code, told) in [
        (Code::Unavailable, "Unavailable NOT_YET_HEARD"),
        (Code::ResourceExhausted, "ResourceExhausted BUSY"),
        (Code::NotFound, "NotFound NOT_FOUND"),
        (Code::PermissionDenied, "Internal INTERNAL"),
    ] {
        let house = House::with(Told { status: Some(code), ..Told::default() }).await;
        let case = house.demanded().await;
        assert_eq!(bad(house.prepare(case, "").await), told);
        assert_eq!(house.said(case).await.len(), 1);
        house.close().await;
    }
    // A case that was never mediated is packed without more ado.
    let house = House::with(Told::default()).await;
    let case = house.demanded().await;
    assert_eq!(house.prepare(case, "").await.unwrap().documents.len(), 4);
    house.close().await;
}

#[tokio::test]
async fn a_list_comes_in_pages_newest_first_and_only_one_s_own() {
    let house = House::new().await;
    let mut cases = vec![];
    for _ in 0..5 {
        cases.push(house.demanded().await);
    }
    cases.reverse();
    let page = |who: Caller, page_token: String, state: contract::FilingState| {
        let ask = contract::ListFilingsRequest { page_size: 2, page_token, state: state.into(), open: true };
        house.front.list_filings(desk_call("ListFilings", &who, ask))
    };
    let (mut seen, mut token) = (vec![], String::new());
    loop {
        let answer =
            page(clerk("desk-1"), token, contract::FilingState::Unspecified).await.unwrap().into_inner();
        assert!(answer.filings.len() <= 2);
        seen.extend(answer.filings.into_iter().map(|filing| filing.case_id));
        token = answer.next_page_token;
        if token.is_empty() {
            break;
        }
        // Another's token, or the same for another list, is none.
        let stolen = page(clerk("desk-2"), token.clone(), contract::FilingState::Unspecified).await;
        assert_eq!(bad(stolen), "InvalidArgument INVALID_REQUEST page_token:MALFORMED");
        let turned = page(clerk("desk-1"), token.clone(), contract::FilingState::Filed).await;
        assert_eq!(bad(turned), "InvalidArgument INVALID_REQUEST page_token:MALFORMED");
    }
    assert_eq!(seen, cases.iter().map(Uuid::to_string).collect::<Vec<_>>());
    let foreign = page(clerk("desk-2"), String::new(), contract::FilingState::Unspecified).await.unwrap();
    assert!(foreign.into_inner().filings.is_empty());
    let filed = page(clerk("desk-1"), String::new(), contract::FilingState::Filed).await.unwrap();
    assert!(filed.into_inner().filings.is_empty());
    house.close().await;
}

#[tokio::test]
async fn packing_in_a_crowd_leaves_one_whole_package() {
    let house = Arc::new(House::new().await);
    let case = house.demanded().await;
    let crowd = (0..6).map(|n| {
        let house = house.clone();
        async move { house.prepare(case, if n % 2 == 0 { "court-2071" } else { "court-2072" }).await }
    });
    let answers = futures::future::join_all(crowd).await;
    let won = answers.iter().filter(|answer| answer.is_ok()).count();
    for lost in answers.into_iter().filter(Result::is_err) {
        assert_eq!(bad(lost), "Aborted VERSION_MISMATCH");
    }
    assert!(won >= 3, "a lost version is tried again");
    let filing = house.get(case, &clerk("desk-1")).await.unwrap();
    assert_eq!(filing.version, 1 + won as u64);
    assert_eq!(house.said(case).await.len(), 1 + won);
    let sent = house.submit(case, &filing.package_sha256).await.unwrap();
    let ask = contract::GetPackageRequest { case_id: case.to_string(), confirmation: false };
    let package =
        house.courts.get_package(court_call("GetPackage", &court_clerk(&sent.court_org), ask)).await.unwrap();
    assert_eq!(package.into_inner().documents.len(), 4);
}

#[tokio::test]
async fn nothing_personal_is_in_clear_on_the_disk() {
    let house = House::new().await;
    let (case, sha256) = house.submitted("").await;
    house.acknowledge("court-2071", case, &sha256).await.unwrap();
    house.refuse("court-2071", case, &sha256, "张三的材料不全").await.unwrap();
    let memory = house.close().await;
    let bytes = memory.bytes().await;
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("NOT_FILED") && holds(&sha256), "the search finds what is there");
    for personal in ["张三", "李四光", STORY, RESIDENT, "13800138000", "返还借款", "石岐街道2号", "材料不全"]
    {
        assert!(!holds(personal), "{personal}");
    }
}

#[tokio::test]
async fn what_changed_after_packing_is_packed_again_before_it_is_submitted() {
    let house = House::new().await;
    let case = house.demanded().await;
    let mut digest = house.prepare(case, "").await.unwrap().package_sha256;
    for version in [3, 4] {
        let before = house.get(case, &clerk("desk-1")).await.unwrap();
        let said = house.said(case).await;
        if version == 3 {
            house.says(case, version, &intake::PartyAmended::default()).await;
        } else {
            house.says(case, version, &intake::DisputeCorrected::default()).await;
        }
        assert_eq!(bad(house.submit(case, &digest).await), "FailedPrecondition NOT_PACKED");
        let dropped = house.get(case, &clerk("desk-1")).await.unwrap();
        assert_eq!((dropped.package_sha256.as_str(), dropped.documents.len()), ("", 0));
        assert_eq!(
            (dropped.state(), dropped.version),
            (contract::FilingState::TransferReady, before.version)
        );
        assert_eq!(house.said(case).await, said, "no version is raised, and nothing said");
        let left = "SELECT (SELECT count(*) FROM document) + (SELECT count(complaint) FROM filing)";
        let db = house.desk.reader();
        let left = db.query_one_raw(Statement::from_string(db.get_database_backend(), left)).await.unwrap();
        assert_eq!(left.unwrap().try_get_by_index::<i64>(0).unwrap(), 0, "nothing of it stays behind");
        digest = house.prepare(case, "").await.unwrap().package_sha256;
    }
    let sent = house.submit(case, &digest).await.unwrap();
    house.says(case, 5, &intake::PartyAmended::default()).await;
    assert_eq!(house.get(case, &clerk("desk-1")).await.unwrap(), sent, "what is submitted stays");
    house.close().await;
}

#[tokio::test]
async fn a_write_judged_before_an_amendment_does_not_pass_it() {
    let house = House::new().await;
    for packed_before in [false, true] {
        let case = house.demanded().await;
        if packed_before {
            house.prepare(case, "").await.unwrap();
        }
        // The neighbours have answered; then the amendment is heard; then the package is written.
        let ask = desk_call("PrepareFiling", &clerk("desk-1"), ());
        let (call, store) = (Call::of(&ask).unwrap(), &house.front.store);
        let read = store.get(&call, case.into()).await.unwrap().0.amendments;
        let packed = crate::packing::pack(&complaint(), &run(), &order(""), || house.clock.id())
            .map_err(|_| ())
            .unwrap();
        house.says(case, 3, &intake::PartyAmended::default()).await;
        let late = store
            .change_thread(&call, case.into(), Some(&packed), |thread, stamp| {
                thread.pack(None, packed.package.clone(), read, || stamp.id())
            })
            .await
            .map(drop);
        assert_eq!(bad(late.map_err(Status::from)), "Aborted VERSION_MISMATCH");
        assert_eq!(house.get(case, &clerk("desk-1")).await.unwrap().package_sha256, "");
    }
    house.close().await;
}

#[tokio::test]
async fn a_labour_case_gets_no_civil_complaint() {
    let house = House::new().await;
    let case = house.clock.id();
    let demand = |track: &str| intake::CourtDemanded {
        first_receiver_org: "desk-1".to_owned(),
        track: track.to_owned(),
        ..Default::default()
    };
    let filed = intake::DisputeFiled { first_receiver_org: "desk-1".to_owned(), ..Default::default() };
    house.says(case, 1, &filed).await;
    house.says(case, 2, &demand("LA")).await;
    let refused = house.prepare(case, "").await.unwrap_err();
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(
        (info.reason.as_str(), info.metadata.get("exit").map(String::as_str)),
        ("NOT_FOR_COURT", Some("LABOUR_ARBITRATION"))
    );
    assert_eq!(house.told.asked.load(Ordering::Relaxed), 0);
    let case = house.clock.id();
    house.says(case, 1, &filed).await;
    house.says(case, 2, &demand("PM")).await;
    house.prepare(case, "").await.unwrap();
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_that_was_judged_before_an_amendment_loses_its_guard() {
    let house = House::new().await;
    let case = house.demanded().await;
    let sha256 = house.prepare(case, "").await.unwrap().package_sha256;
    let call = Call::of(&desk_call("SubmitFiling", &clerk("desk-1"), ())).unwrap();
    let judged = AtomicUsize::new(0);
    let submit = |filing: crate::model::Filing, stamp: &courier::Stamp| {
        if judged.fetch_add(1, Ordering::SeqCst) == 0 {
            let heard = async { house.says(case, 3, &intake::PartyAmended::default()).await };
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(heard));
        }
        filing.submit(&sha256, stamp.now)
    };
    let late = house.front.store.change(&call, case.into(), submit).await;
    assert_eq!(bad(late.map_err(Status::from)), "FailedPrecondition NOT_PACKED");
    assert_eq!(judged.load(Ordering::SeqCst), 2);
    assert_eq!(house.said(case).await.len(), 2, "nothing was submitted");
    house.close().await;
}
