//! Several courts near one case: a confirmation at one and a suit at another, a suit on what was settled after the suit for the
//! rest. Each court keeps what is its own, and learns nothing of the other's.

use super::*;

impl House {
    pub(super) async fn outcome(
        &self,
        court: &str,
        case: Uuid,
        number: &str,
    ) -> Result<contract::Filing, Status> {
        self.outcome_of(court, case, number, "").await
    }

    pub(super) async fn outcome_of(
        &self,
        court: &str,
        case: Uuid,
        number: &str,
        filing_id: &str,
    ) -> Result<contract::Filing, Status> {
        let ask = contract::ReportOutcomeRequest {
            case_id: case.to_string(),
            outcome: Some(contract::CourtOutcome {
                kind: contract::OutcomeKind::Judgment.into(),
                decision_date: "2026-06-09".to_owned(),
                document_number: number.to_owned(),
            }),
            filing_id: filing_id.to_owned(),
        };
        let request = court_call("ReportOutcome", &court_clerk(court), ask);
        self.courts.report_outcome(request).await.map(tonic::Response::into_inner)
    }
}

async fn apply(house: &House, case: Uuid, parties: Vec<String>) -> Result<contract::Confirmation, Status> {
    let ask = contract::ApplyForConfirmationRequest {
        case_id: case.to_string(),
        applicant_party_ids: parties,
        court_org: "court-2071".to_owned(),
    };
    let request = desk_call("ApplyForConfirmation", &clerk("desk-1"), ask);
    house.front.apply_for_confirmation(request).await.map(tonic::Response::into_inner)
}

async fn accept(
    house: &House,
    court: &str,
    case: Uuid,
    seconds: i64,
) -> Result<contract::Confirmation, Status> {
    let now = house.now();
    let court_time = Some(prost_types::Timestamp { seconds: now.seconds + seconds, ..now });
    let ask = contract::AcceptConfirmationRequest { case_id: case.to_string(), court_time };
    let request = court_call("AcceptConfirmation", &court_clerk(court), ask);
    house.courts.accept_confirmation(request).await.map(tonic::Response::into_inner)
}

async fn package(
    house: &House,
    court: &str,
    case: Uuid,
    confirmation: bool,
) -> Result<contract::Package, Status> {
    let ask = contract::GetPackageRequest { case_id: case.to_string(), confirmation };
    let request = court_call("GetPackage", &court_clerk(court), ask);
    house.courts.get_package(request).await.map(tonic::Response::into_inner)
}

/// A suit elsewhere does not take the confirmation away from its court, nor the other way round.
#[tokio::test]
async fn a_confirmation_at_one_court_and_a_suit_at_another_both_go_on() {
    let house = House::new().await;
    let (case, sides) = house.agreed(true).await;
    let applied = apply(&house, case, sides.to_vec()).await.unwrap();
    assert_eq!(applied.court_org, "court-2071");
    assert_eq!(
        *house.told.agreements.lock().unwrap(),
        [applied.agreement_id],
        "the agreement itself is asked for"
    );
    house.demands(case, 4, &sides[0]).await;
    let sha256 = house.prepare(case, "court-2072").await.unwrap().package_sha256;
    house.submit(case, &sha256).await.unwrap();

    // The first court still has its application, and nothing of the suit.
    assert!(package(&house, "court-2071", case, true).await.is_ok());
    assert_eq!(bad(package(&house, "court-2071", case, false).await), "NotFound NOT_FOUND");
    assert_eq!(bad(house.acknowledge("court-2071", case, &sha256).await), "NotFound NOT_FOUND");
    assert!(accept(&house, "court-2071", case, 0).await.is_ok());
    let ask = contract::RuleOnConfirmationRequest {
        case_id: case.to_string(),
        valid: true,
        court_case_number: "（2026）粤2071诉前调确1号".to_owned(),
        reason: String::new(),
    };
    let rule = |court: &str| {
        let request = court_call("RuleOnConfirmation", &court_clerk(court), ask.clone());
        house.courts.rule_on_confirmation(request)
    };
    assert!(bad(rule("court-2072").await).contains("court_case_number:COURT_CODE"));
    let confirmed = rule("court-2071").await.unwrap().into_inner();
    assert_eq!(confirmed.state(), contract::ConfirmationState::Confirmed);

    // The second has the suit, and nothing of the application.
    assert_eq!(bad(package(&house, "court-2072", case, true).await), "NotFound NOT_FOUND");
    assert_eq!(bad(accept(&house, "court-2072", case, 0).await), "NotFound NOT_FOUND");
    house.acknowledge("court-2072", case, &sha256).await.unwrap();
    house.accept("court-2072", case, &sha256, "（2026）粤2072民初3号").await.unwrap();

    // The settled part is not performed: it is enforced by the court that ruled, while the suit for the rest goes on at its own.
    house.says(case, 5, &mediation::AgreementBreached::default()).await;
    house.demands(case, 6, &sides[0]).await;
    let again = house.prepare(case, "").await.unwrap();
    assert_eq!((again.kind(), again.court_org.as_str()), (contract::FilingKind::Enforcement, "court-2071"));
    house.submit(case, &again.package_sha256).await.unwrap();
    let over = house.outcome("court-2072", case, "（2026）粤2072民初3号").await.unwrap();
    assert_eq!(over.state(), contract::FilingState::Outcome);
    assert_ne!(over.filing_id, again.filing_id);
    let latest = house.get(case, &clerk("desk-1")).await.unwrap();
    assert_eq!((latest.state(), latest.filing_id), (contract::FilingState::Transferred, again.filing_id));
    house.acknowledge("court-2071", case, &again.package_sha256).await.unwrap();
    house.close().await;
}

/// Both at one court, which is the usual case: whose outcome it is must be said once the court has filed both.
#[tokio::test]
async fn an_outcome_names_its_filing_where_a_court_has_filed_several() {
    let house = House::new().await;
    let (case, sides) = house.agreed(true).await;
    house.demands(case, 4, &sides[0]).await;
    let rest = house.prepare(case, "court-2071").await.unwrap();
    house.submit(case, &rest.package_sha256).await.unwrap();
    house.acknowledge("court-2071", case, &rest.package_sha256).await.unwrap();
    house.accept("court-2071", case, &rest.package_sha256, "（2026）粤2071民初3号").await.unwrap();
    house.says(case, 5, &mediation::AgreementBreached::default()).await;
    house.demands(case, 6, &sides[0]).await;
    let part = house.prepare(case, "court-2071").await.unwrap();
    assert_eq!(part.kind(), contract::FilingKind::SuitOnAgreement);
    house.submit(case, &part.package_sha256).await.unwrap();
    house.acknowledge("court-2071", case, &part.package_sha256).await.unwrap();
    house.accept("court-2071", case, &part.package_sha256, "（2026）粤2071民初4号").await.unwrap();
    let unnamed = house.outcome("court-2071", case, "（2026）粤2071民初3号").await;
    assert_eq!(bad(unnamed), "FailedPrecondition FILING_UNNAMED");
    let first = house.outcome_of("court-2071", case, "（2026）粤2071民初3号", &rest.filing_id).await.unwrap();
    assert_eq!((first.state(), first.filing_id), (contract::FilingState::Outcome, rest.filing_id.clone()));
    let strange = house.outcome_of("court-2072", case, "1", &rest.filing_id).await;
    assert_eq!(bad(strange), "NotFound NOT_FOUND", "of another court it is not there");
    let malformed = house.outcome_of("court-2071", case, "1", "x").await;
    assert!(bad(malformed).contains("filing_id:"));
    let latest = house.get(case, &clerk("desk-1")).await.unwrap();
    assert_eq!((latest.state(), &latest.filing_id), (contract::FilingState::Filed, &part.filing_id));
    let second =
        house.outcome_of("court-2071", case, "（2026）粤2071民初4号", &part.filing_id).await.unwrap();
    assert_eq!((second.state(), second.filing_id), (contract::FilingState::Outcome, part.filing_id));
    house.close().await;
}

/// A judgment on the first is told while the second is on its way to the same court.
#[tokio::test]
async fn an_outcome_is_that_of_the_filing_which_the_court_has_filed() {
    let house = House::new().await;
    let (case, sides) = house.agreed(true).await;
    house.demands(case, 4, &sides[0]).await;
    let rest = house.prepare(case, "court-2071").await.unwrap();
    house.submit(case, &rest.package_sha256).await.unwrap();
    house.acknowledge("court-2071", case, &rest.package_sha256).await.unwrap();
    house.accept("court-2071", case, &rest.package_sha256, "（2026）粤2071民初3号").await.unwrap();
    house.says(case, 5, &mediation::AgreementBreached::default()).await;
    house.demands(case, 6, &sides[0]).await;
    let part = house.prepare(case, "court-2071").await.unwrap();
    house.submit(case, &part.package_sha256).await.unwrap();
    let over = house.outcome("court-2071", case, "（2026）粤2071民初3号").await.unwrap();
    assert_eq!((over.state(), over.filing_id), (contract::FilingState::Outcome, rest.filing_id));
    let said: Vec<String> = house.said(case).await.into_iter().map(|(kind, _)| kind).collect();
    let answers = said.iter().filter(|kind| *kind == "DemandAnswered").count();
    assert_eq!(answers, 1, "the second demand is on its way: {said:?}");
    house.close().await;
}

/// A second instalment is a second default.
#[tokio::test]
async fn a_second_default_goes_to_the_court_as_the_first_did() {
    let house = House::new().await;
    let (case, sides) = house.agreed(false).await;
    for (n, version) in [(1, 4), (2, 6)] {
        house.says(case, version, &mediation::AgreementBreached::default()).await;
        house.demands(case, version + 1, &sides[0]).await;
        let filing = house.prepare(case, "court-2071").await.unwrap();
        assert_eq!(filing.kind(), contract::FilingKind::SuitOnAgreement);
        let sha256 = filing.package_sha256;
        house.submit(case, &sha256).await.unwrap();
        house.acknowledge("court-2071", case, &sha256).await.unwrap();
        let number = format!("（2026）粤2071民初{n}号");
        house.accept("court-2071", case, &sha256, &number).await.unwrap();
        // Of the second it must be said: the first may be told again.
        house.outcome_of("court-2071", case, &number, &filing.filing_id).await.unwrap();
    }
    house.close().await;
}

/// Strangers apply for nothing and take nothing back; a court cannot have accepted what was not applied for.
#[tokio::test]
async fn only_a_party_of_the_case_applies_and_takes_back() {
    let house = House::new().await;
    let (case, sides) = house.agreed(false).await;
    let stranger = house.clock.id().to_string();
    let with_stranger = [sides.to_vec(), vec![stranger.clone()]].concat();
    assert_eq!(bad(apply(&house, case, with_stranger).await), "FailedPrecondition UNKNOWN_PARTY");
    let applied = apply(&house, case, sides.to_vec()).await.unwrap();
    assert_eq!(apply(&house, case, sides.to_vec()).await.unwrap(), applied, "again is already so");
    let late = bad(accept(&house, "court-2071", case, -301).await);
    assert_eq!(late, "InvalidArgument INVALID_REQUEST court_time:TIME_BEFORE_SUBMISSION");
    let withdraw = |party_id: &str| {
        let ask = contract::WithdrawConfirmationRequest {
            case_id: case.to_string(),
            party_id: party_id.to_owned(),
        };
        house.front.withdraw_confirmation(desk_call("WithdrawConfirmation", &clerk("desk-1"), ask))
    };
    assert_eq!(bad(withdraw(&stranger).await), "FailedPrecondition UNKNOWN_PARTY");
    assert!(accept(&house, "court-2071", case, -300).await.is_ok());
    let back = withdraw(&sides[1]).await.unwrap().into_inner();
    assert_eq!(back.state(), contract::ConfirmationState::Withdrawn);
    let sql = "SELECT body FROM outbox WHERE kind LIKE '%ConfirmationWithdrawn'";
    let db = house.desk.reader();
    let row =
        db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
    let body: Vec<u8> = row.try_get_by_index(0).unwrap();
    let said = <contract::ConfirmationWithdrawn as prost::Message>::decode(body.as_slice()).unwrap();
    assert_eq!(said.party_id, sides[1], "whose word it was");
    house.close().await;
}
