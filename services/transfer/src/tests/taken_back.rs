//! What is taken back, and whose word that is; and a court's own text at rest.

use super::*;

/// The number of a court's document is its own text.
#[tokio::test]
async fn an_outcome_is_sealed_at_rest() {
    let house = House::new().await;
    let (case, sha256) = house.submitted("court-2071").await;
    house.acknowledge("court-2071", case, &sha256).await.unwrap();
    house.accept("court-2071", case, &sha256, "（2026）粤2071民初12号").await.unwrap();
    let told = house.outcome("court-2071", case, "张三案（2026）粤2071民初12号之一").await.unwrap();
    assert_eq!(house.get(case, &clerk("desk-1")).await.unwrap(), told);
    assert_eq!(told.outcome.unwrap().document_number, "张三案（2026）粤2071民初12号之一");
    let memory = house.close().await;
    let bytes = memory.bytes().await;
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("OUTCOME") && !holds("张三案"));
}

/// The same of its document on an agreement behind which no commission stands.
#[tokio::test]
async fn a_court_s_document_is_sealed_at_rest() {
    let house = House::new().await;
    let case = house.clock.id();
    let sides = [words::PartyRole::Claimant, words::PartyRole::Respondent];
    let parties = sides.map(|role| intake::PartyDigest {
        party_id: house.clock.id().to_string(),
        role: role.into(),
        ..Default::default()
    });
    let accepted = intake::DisputeAccepted {
        first_receiver_org: "desk-1".to_owned(),
        track: "JM".to_owned(),
        cause_code: "108.3".to_owned(),
        parties: parties.to_vec(),
        court_org: "court-2071".to_owned(),
        court_case_number: "（2026）粤2071民初5号".to_owned(),
        ..Default::default()
    };
    house.says(case, 1, &accepted).await;
    let signed = mediation::AgreementSigned {
        agreement_id: house.clock.id().to_string(),
        effective_time: Some(house.now()),
        track: "JM".to_owned(),
        ..Default::default()
    };
    house.says(case, 2, &signed).await;
    let issue = |number: &str| {
        let ask = contract::IssueCourtDocumentRequest {
            case_id: case.to_string(),
            document: Some(contract::CourtOutcome {
                kind: contract::OutcomeKind::MediationDocument.into(),
                decision_date: "2026-03-02".to_owned(),
                document_number: number.to_owned(),
            }),
            ..Default::default()
        };
        house.courts.issue_court_document(court_call("IssueCourtDocument", &court_clerk("court-2071"), ask))
    };
    let number = "张三案（2026）粤2071民初5号";
    let told = issue(number).await.unwrap().into_inner();
    assert_eq!(issue(number).await.unwrap().into_inner(), told, "again is already so, by what was kept");
    assert!(bad(issue("2").await).starts_with("FailedPrecondition"), "another is not");
    let memory = house.close().await;
    let bytes = memory.bytes().await;
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("CourtDocumentIssued") && !holds("张三案"));
}

/// A refused case that was taken back: nobody sends it elsewhere.
#[tokio::test]
async fn a_case_that_was_taken_back_is_not_packed() {
    let house = House::new().await;
    let (case, sha256) = house.submitted("court-2071").await;
    house.acknowledge("court-2071", case, &sha256).await.unwrap();
    house.refuse("court-2071", case, &sha256, "无管辖权").await.unwrap();
    house.says(case, 3, &intake::DisputeWithdrawn::default()).await;
    assert_eq!(bad(house.prepare(case, "court-2072").await), "FailedPrecondition DISPUTE_ENDED");
    house.close().await;
}

/// Two parties want the court; one takes its word back.
#[tokio::test]
async fn a_filing_is_withdrawn_with_the_last_demand() {
    let house = House::new().await;
    let (case, [claimant, respondent]) = house.agreed(false).await;
    house.demands(case, 4, &claimant).await;
    house.demands(case, 5, &respondent).await;
    let withdraw = |party_id: &str| {
        let ask =
            contract::WithdrawFilingRequest { case_id: case.to_string(), party_id: party_id.to_owned() };
        house.front.withdraw_filing(desk_call("WithdrawFiling", &clerk("desk-1"), ask))
    };
    assert_eq!(bad(withdraw("").await), "FailedPrecondition DEMAND_STANDS");
    assert_eq!(bad(withdraw("x").await), "InvalidArgument INVALID_REQUEST party_id:MALFORMED");
    assert_eq!(bad(withdraw(&house.clock.id().to_string()).await), "FailedPrecondition UNKNOWN_PARTY");
    let stays = withdraw(&claimant).await.unwrap().into_inner();
    assert_eq!(stays.state(), contract::FilingState::TransferReady, "the respondent's demand stands");
    assert_eq!(house.said(case).await.last().unwrap().0, "DemandTakenBack");
    assert_eq!(withdraw(&claimant).await.unwrap().into_inner(), stays, "again is already so");
    let ended = withdraw(&respondent).await.unwrap().into_inner();
    assert_eq!(ended.state(), contract::FilingState::Withdrawn);
    assert_eq!(withdraw(&respondent).await.unwrap().into_inner(), ended, "again is already so");
    house.close().await;
}
