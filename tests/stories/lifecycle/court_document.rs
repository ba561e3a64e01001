//! A court's own paper at the end: of what its judge mediated (T31b), and of what it referred with a letter before filing (T31c).

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{CloseDisputeRequest, Course, DisputeState, GetDisputeRequest};
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{GetMediationRequest, MediationState};
use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use contracts::oversight::v1::{DeadlineState, ListDeadlinesRequest};
use contracts::transfer::v1::court_service_client::CourtServiceClient;
use contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use contracts::transfer::v1::{
    ApplyForConfirmationRequest, CommissionMediationRequest, CommissionState, CourtOutcome,
    IssueCourtDocumentRequest, ListCommissionsRequest, OutcomeKind, ReferralLetter,
    SignForCommissionsRequest, SubmitCommissionReportRequest,
};
use supermarket::client::{Thread, reason};
use tests::{Case, World, ask, filing};
use tonic::Code;

use super::{STUDIO, move_to, seat, seated, take, until};

fn paper(kind: OutcomeKind, number: &str, day: &str) -> CourtOutcome {
    let (decision_date, document_number) = (day.to_owned(), number.to_owned());
    CourtOutcome { kind: kind.into(), decision_date, document_number }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_judge_s_mediation_ends_in_the_court_s_document() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut table = seated(&world, &clerk, "ruled", "JM", "108.3").await;
    let (court, other) = (world.person("court-2071").await, world.person("court-2072").await);
    let case_id = table.case.id.clone();
    let number = "（2026）粤2071民初5号";
    let ask_for = |kind| IssueCourtDocumentRequest {
        commission_id: String::new(),
        document: Some(paper(kind, number, "2026-03-03")),
        case_id: case_id.clone(),
    };
    let document = ask_for(OutcomeKind::MediationDocument);
    let thread = &mut table.case.thread;
    let early = ask!(court, *thread, CourtServiceClient::issue_court_document, document.clone()).unwrap_err();
    assert_eq!(reason(&early).as_deref(), Some("COMMISSION_NOT_AGREED"));
    let agreed = table.agree(&world, vec![]).await;
    assert_eq!(agreed.state(), MediationState::Agreed);
    let thread = &mut table.case.thread;
    let hidden =
        ask!(other, *thread, CourtServiceClient::issue_court_document, document.clone()).unwrap_err();
    assert_eq!(hidden.code(), Code::NotFound, "another court learns nothing");
    let both = IssueCourtDocumentRequest { commission_id: case_id.clone(), ..document.clone() };
    let unclear = ask!(court, *thread, CourtServiceClient::issue_court_document, both).unwrap_err();
    assert_eq!(unclear.code(), Code::InvalidArgument, "one of the two");
    let judgment = ask_for(OutcomeKind::Judgment);
    let refused = ask!(court, *thread, CourtServiceClient::issue_court_document, judgment).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("DOCUMENT_KIND"));
    let issued = ask!(court, *thread, CourtServiceClient::issue_court_document, document.clone()).unwrap();
    assert_eq!((issued.state(), issued.case_id.as_str()), (CommissionState::CourtDoc, case_id.as_str()));
    assert_eq!((issued.commission_id.as_str(), issued.court_case_number.as_str()), ("", number));
    assert_eq!(issued.court_document, document.document);
    let again = ask!(court, *thread, CourtServiceClient::issue_court_document, document.clone()).unwrap();
    assert_eq!(again, issued, "the same again is already so");
    let second = IssueCourtDocumentRequest {
        document: Some(paper(OutcomeKind::MediationDocument, "（2026）粤2071民初6号", "2026-03-03")),
        ..document
    };
    let refused = ask!(court, *thread, CourtServiceClient::issue_court_document, second).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("DOCUMENT_ISSUED"));
    world.settle().await;
    let close = CloseDisputeRequest { case_id, ..Default::default() };
    let closed = ask!(clerk, *thread, IntakeServiceClient::close_dispute, close).unwrap();
    assert_eq!((closed.state(), closed.course()), (DisputeState::Closed, Course::Reported));
    world.close().await;
}

/// The letter, the list that the studio signs for, thirty days from that signature, and the document under 诉前调书.
#[tokio::test(flavor = "multi_thread")]
async fn a_letter_before_filing_leads_to_the_court_s_document() {
    let world = World::open_at("2024-03-04T01:00:00Z").await;
    let (clerk, court) = (world.person("clerk-1").await, world.person("court-2071").await);
    let head = world.head(STUDIO).await;
    let mut thread = Thread::default();
    let letter = ReferralLetter {
        letter_number: "（2024）委派函3号".to_owned(),
        letter_date: "2024-03-01".to_owned(),
        materials: vec!["起诉状副本".to_owned(), "借条复印件".to_owned()],
        contact: String::new(),
    };
    let refer = CommissionMediationRequest {
        request_id: "r-1".to_owned(),
        court_case_number: "（2024）粤2071诉前调801号".to_owned(),
        studio_org: STUDIO.to_owned(),
        reception_org: "hall-442000".to_owned(),
        body: filing("letter").body,
        referral: Some(letter.clone()),
        applicant_consents: true,
        ..Default::default()
    };
    let unasked = CommissionMediationRequest { applicant_consents: false, ..refer.clone() };
    let refused = ask!(court, thread, CourtServiceClient::commission_mediation, unasked).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("APPLICANT_CONSENT_NEEDED"));
    let bare = ReferralLetter { letter_date: "2024-03-05".to_owned(), ..Default::default() };
    let bare = CommissionMediationRequest { referral: Some(bare), ..refer.clone() };
    let refused = ask!(court, thread, CourtServiceClient::commission_mediation, bare).unwrap_err();
    let fields = tonic_types::StatusExt::get_details_bad_request(&refused).unwrap().field_violations;
    let fields: Vec<&str> = fields.iter().map(|field| field.field.as_str()).collect();
    assert_eq!(fields, ["referral.letter_number", "referral.letter_date", "referral.materials"]);

    let sent = ask!(court, thread, CourtServiceClient::commission_mediation, refer.clone()).unwrap();
    assert_eq!((sent.state(), sent.referral.as_ref()), (CommissionState::Received, Some(&letter)));
    let commission_id = sent.commission_id;
    move_to(&world, "2024-03-05T01:00:00Z");
    let sign = SignForCommissionsRequest { commission_ids: vec![commission_id.clone()] };
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
    let case = Case { id: case_id.clone(), dispute, thread };
    let case = take(&world, &clerk, case, "WP", "108.3").await;
    move_to(&world, "2024-03-06T01:00:00Z");
    let mut table = seat(&world, &clerk, case).await;
    let get = GetMediationRequest { case_id: case_id.clone() };
    let thread = &mut table.case.thread;
    let run = ask!(table.mediator, *thread, MediationServiceClient::get_mediation, get).unwrap();
    let period = run.period.unwrap();
    assert_eq!((period.clock.as_str(), period.start_event.as_str()), ("K05", "MATERIAL_SIGNED"));
    assert_eq!(
        period.due_date, "2024-04-07",
        "thirty days from the signature of 5 March; 4 to 6 April are a holiday"
    );
    table.agree(&world, vec![]).await;
    let sides = table.sides().to_vec();
    let thread = &mut table.case.thread;
    let document = |number: &str| IssueCourtDocumentRequest {
        commission_id: commission_id.clone(),
        document: Some(paper(OutcomeKind::MediationDocument, number, "2024-03-08")),
        case_id: String::new(),
    };
    let number = "（2024）粤2071诉前调书2号";
    let early = ask!(court, *thread, CourtServiceClient::issue_court_document, document(number)).unwrap_err();
    assert_eq!(reason(&early).as_deref(), Some("COMMISSION_NOT_AGREED"), "report first (L4 art. 26)");
    let report = SubmitCommissionReportRequest { commission_id: commission_id.clone() };
    let reported = ask!(head, *thread, TransferServiceClient::submit_commission_report, report).unwrap();
    assert!(reported.report.unwrap().agreed);
    let suit = document("（2024）粤2071民初2号");
    let refused = ask!(court, *thread, CourtServiceClient::issue_court_document, suit).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("DOCUMENT_NUMBER"), "no suit is registered");
    let issued = ask!(court, *thread, CourtServiceClient::issue_court_document, document(number)).unwrap();
    assert_eq!((issued.state(), issued.referral), (CommissionState::CourtDoc, Some(letter.clone())));
    world.settle().await;
    // It can be enforced as it is: the window for a confirmation no longer runs, the time for enforcement does.
    let list = ListDeadlinesRequest { case_id: case_id.clone() };
    let supervisor = world.person("supervisor-1").await;
    let running = ask!(supervisor, *thread, OversightServiceClient::list_deadlines, list).unwrap().deadlines;
    let running = running.iter().filter(|one| one.state() == DeadlineState::Running);
    let clocks: Vec<&str> = running.map(|one| one.clock.as_str()).collect();
    assert!(clocks.contains(&"K40") && !clocks.contains(&"K27"), "{clocks:?}");
    let apply = ApplyForConfirmationRequest {
        case_id: case_id.clone(),
        applicant_party_ids: sides,
        court_org: "court-2071".to_owned(),
    };
    let refused = ask!(clerk, *thread, TransferServiceClient::apply_for_confirmation, apply).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("COURT_DOCUMENT_STANDS"));
    let close = CloseDisputeRequest { case_id, ..Default::default() };
    let closed = ask!(clerk, *thread, IntakeServiceClient::close_dispute, close).unwrap();
    assert_eq!((closed.state(), closed.course()), (DisputeState::Closed, Course::Reported));

    // From 2025 on a court registers first: no letter of that year is taken any more (one of before: `turn_of_the_year`).
    move_to(&world, "2025-01-02T01:00:00Z");
    let court = world.person("court-2071").await;
    let letter = ReferralLetter { letter_date: "2025-01-02".to_owned(), ..letter };
    let late = CommissionMediationRequest { request_id: "r-2".to_owned(), referral: Some(letter), ..refer };
    let mut thread = Thread::default();
    let refused = ask!(court, thread, CourtServiceClient::commission_mediation, late).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("TRACK_CLOSED"));
    world.close().await;
}
