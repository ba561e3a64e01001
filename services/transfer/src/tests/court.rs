//! The courts' door: what a court gets, and what it may answer.

use std::fmt::Write as _;

use super::*;
use crate::model::package::sha256;

async fn package(house: &House, court: &str, case: Uuid) -> Result<contract::Package, Status> {
    let ask = contract::GetPackageRequest { case_id: case.to_string(), confirmation: false };
    house
        .courts
        .get_package(court_call("GetPackage", &court_clerk(court), ask))
        .await
        .map(tonic::Response::into_inner)
}

#[tokio::test]
async fn the_court_gets_what_its_digests_say() {
    let house = House::new().await;
    let case = house.demanded().await;
    house.prepare(case, "").await.unwrap();
    assert_eq!(bad(package(&house, "court-2071", case).await), "NotFound NOT_FOUND");
    let filing = house.get(case, &clerk("desk-1")).await.unwrap();
    house.submit(case, &filing.package_sha256).await.unwrap();
    let got = package(&house, "court-2071", case).await.unwrap();
    let mut lines = String::new();
    for document in &got.documents {
        let entry = document.entry.as_ref().unwrap();
        assert_eq!(sha256(&document.content), entry.sha256);
        assert_eq!(document.content.len() as i64, entry.size_bytes);
        let kind = entry.kind().as_str_name().trim_start_matches("DOCUMENT_KIND_");
        let _ = writeln!(lines, "{kind}:{}", entry.sha256);
    }
    assert_eq!(sha256(lines.as_bytes()), filing.package_sha256);
    let data = got.complaint.unwrap();
    assert_eq!((data.plaintiffs.len(), data.defendants.len()), (1, 1));
    assert_eq!(data.plaintiffs, complaint().parties[..1]);
    assert!(data.facts.contains(STORY));
    // Another court, and one that is none, learn nothing.
    assert_eq!(bad(package(&house, "court-2072", case).await), "NotFound NOT_FOUND");
    assert_eq!(
        bad(house.acknowledge("court-2072", case, &filing.package_sha256).await),
        "NotFound NOT_FOUND"
    );
    let ask = contract::GetPackageRequest { case_id: case.to_string(), confirmation: false };
    let none = caller("court-x", "court-x", Role::Court, None);
    assert_eq!(
        bad(house.courts.get_package(court_call("GetPackage", &none, ask)).await),
        "NotFound NOT_FOUND"
    );
    house.close().await;
}

#[tokio::test]
async fn a_receipt_is_about_the_package_and_comes_after_it() {
    let house = House::new().await;
    let (case, sha256) = house.submitted("").await;
    let ask = |digest: &str, court_time: Option<prost_types::Timestamp>| {
        let ask = contract::AcknowledgeReceiptRequest {
            case_id: case.to_string(),
            package_sha256: digest.to_owned(),
            court_time,
        };
        house.courts.acknowledge_receipt(court_call("AcknowledgeReceipt", &court_clerk("court-2071"), ask))
    };
    let time = |seconds: i64, nanos: i32| {
        let now = house.now();
        Some(prost_types::Timestamp { seconds: now.seconds + seconds, nanos })
    };
    assert_eq!(
        bad(ask("", None).await),
        "InvalidArgument INVALID_REQUEST package_sha256:REQUIRED court_time:REQUIRED"
    );
    assert_eq!(bad(ask(&sha256, time(0, -1)).await), "InvalidArgument INVALID_REQUEST court_time:RANGE");
    assert_eq!(
        bad(ask(&sha256, time(i64::MAX / 2, 0)).await),
        "InvalidArgument INVALID_REQUEST court_time:RANGE"
    );
    assert_eq!(
        bad(ask("ab", time(-301, 0)).await),
        "InvalidArgument INVALID_REQUEST package_sha256:DIGEST_MISMATCH court_time:TIME_BEFORE_SUBMISSION"
    );
    // The court's clock stays as it is, to the nanosecond, also where ours keeps less.
    let theirs = time(-300, 123_456_789);
    let filing = ask(&sha256, theirs).await.unwrap().into_inner();
    assert_eq!(filing.receipts[0].court_time, theirs);
    let again = ask(&sha256, time(5, 0)).await.unwrap().into_inner();
    assert_eq!(again, filing);
    assert_eq!(house.get(case, &clerk("desk-1")).await.unwrap().receipts, filing.receipts);
    assert_eq!(filing.receipts[0].by, "court-2071-filing");
    house.close().await;
}

#[tokio::test]
async fn a_court_decides_once_and_under_its_own_number() {
    let house = House::new().await;
    let (case, sha256) = house.submitted("").await;
    let accept = |number: &'static str| house.accept("court-2071", case, &sha256, number);
    assert_eq!(bad(accept("（2026）粤2071民初1号").await), "FailedPrecondition NOT_IN_REVIEW");
    house.acknowledge("court-2071", case, &sha256).await.unwrap();
    for (number, reason) in [
        ("", "court_case_number:REQUIRED"),
        ("民初1号", "court_case_number:CASE_NUMBER"),
        ("（2026）粤2072民初1号", "court_case_number:COURT_CODE"),
    ] {
        assert_eq!(bad(accept(number).await), format!("InvalidArgument INVALID_REQUEST {reason}"));
    }
    let filed = accept("(2026)粤2071民初1号").await.unwrap();
    assert_eq!(accept("（2026）粤2071民初1号").await.unwrap(), filed);
    assert_eq!(bad(accept("（2026）粤2071民初2号").await), "FailedPrecondition ALREADY_ANSWERED");
    assert_eq!(
        bad(house.refuse("court-2071", case, &sha256, "x").await),
        "FailedPrecondition ALREADY_ANSWERED"
    );
    assert_eq!(house.acknowledge("court-2071", case, &sha256).await.unwrap(), filed);
    let kinds: Vec<_> = filed.receipts.iter().map(contract::CourtReceipt::kind).collect();
    assert_eq!(kinds, [contract::ReceiptKind::Received, contract::ReceiptKind::Accepted]);
    house.close().await;
}

#[tokio::test]
async fn a_refusal_has_a_reason_that_only_those_near_the_case_read() {
    let house = House::new().await;
    let (case, sha256) = house.submitted("").await;
    house.acknowledge("court-2071", case, &sha256).await.unwrap();
    let empty = house.refuse("court-2071", case, &sha256, " ").await;
    assert_eq!(bad(empty), "InvalidArgument INVALID_REQUEST reason:REQUIRED");
    let long = house.refuse("court-2071", case, &sha256, &"长".repeat(2_001)).await;
    assert_eq!(bad(long), "InvalidArgument INVALID_REQUEST reason:TOO_LONG");
    let refused = house.refuse("court-2071", case, &sha256, "被告不明确").await.unwrap();
    assert_eq!(refused.refusal_reason, "被告不明确");
    assert_eq!(house.refuse("court-2071", case, &sha256, "被告不明确").await.unwrap(), refused);
    assert_eq!(house.get(case, &clerk("desk-1")).await.unwrap(), refused);
    let supervisor = caller("s-1", "centre", Role::Supervisor, None);
    let far = house.get(case, &supervisor).await.unwrap();
    assert_eq!((far.state(), far.refusal_reason.as_str()), (contract::FilingState::NotFiled, ""));
    assert_eq!(house.said(case).await.last().unwrap().0, contract::FilingRefused::NAME);
    house.close().await;
}
