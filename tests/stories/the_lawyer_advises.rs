//! A duty lawyer advises at the window (domain.md 1, row 5): the talk is written down once, and what becomes a case is not typed again.

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{
    Channel, ChannelRecord, DisputeState, FileDisputeRequest, LegalAdvice, ListLegalAdviceRequest,
    OpenDraftFromAdviceRequest, RecordLegalAdviceRequest,
};
use supermarket::client::{Person, Thread, reason};
use tests::{World, ask, filing};
use tonic::Code;
use tonic_types::StatusExt as _;

async fn records(clerk: &Person, page_size: i32, page_token: &str) -> (Vec<LegalAdvice>, String) {
    let list = ListLegalAdviceRequest { page_size, page_token: page_token.to_owned() };
    let page = ask!(clerk, Thread::default(), IntakeServiceClient::list_legal_advice, list).unwrap();
    (page.records, page.next_page_token)
}

#[tokio::test(flavor = "multi_thread")]
async fn advice_becomes_a_case_and_nothing_is_typed_again() {
    let world = World::open().await;
    let (clerk, elsewhere) = (world.person("clerk-1").await, world.person("station-clerk-1").await);
    let told = RecordLegalAdviceRequest {
        request_id: "talk-1".to_owned(),
        lawyer: "lawyer-1".to_owned(),
        advice_time: None,
        body: filing("talk").body,
        advice: "先书面催告，保留转账记录，再申请调解。".to_owned(),
    };
    let record = async |who: &Person, message: RecordLegalAdviceRequest| {
        ask!(who, Thread::default(), IntakeServiceClient::record_legal_advice, message)
    };
    let one = record(&clerk, told.clone()).await.unwrap();
    assert_eq!((one.lawyer.as_str(), one.case_id.as_str()), ("lawyer-1", ""));
    assert_eq!(record(&clerk, told.clone()).await.unwrap(), one, "the same request, the same record");
    let other = RecordLegalAdviceRequest { advice: "不必调解。".to_owned(), ..told.clone() };
    let refused = record(&clerk, other).await.unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("IDEMPOTENCY_KEY_REUSED"));
    let bad = RecordLegalAdviceRequest { lawyer: String::new(), advice: " ".to_owned(), ..told.clone() };
    let bad = RecordLegalAdviceRequest { request_id: "no blank".to_owned(), ..bad };
    let refused = record(&clerk, bad).await.unwrap_err();
    let wrong = refused.get_details_bad_request().unwrap().field_violations;
    let mut fields: Vec<&str> = wrong.iter().map(|one| one.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["advice", "lawyer", "request_id"]);
    // Somebody who told nothing but a question has a record too.
    let short = RecordLegalAdviceRequest { request_id: "talk-2".to_owned(), body: None, ..told };
    let two = record(&clerk, short).await.unwrap();

    let (page, token) = records(&clerk, 1, "").await;
    assert_eq!((page[0].advice_id.as_str(), page.len()), (two.advice_id.as_str(), 1), "newest first");
    let (page, end) = records(&clerk, 1, &token).await;
    assert_eq!((page[0].clone(), end.as_str()), (one.clone(), ""));
    assert_eq!(records(&elsewhere, 0, "").await.0, [], "another window's talks are not told");

    let open = OpenDraftFromAdviceRequest { advice_id: one.advice_id.clone() };
    let draft = async |who: &Person| {
        ask!(who, Thread::default(), IntakeServiceClient::open_draft_from_advice, open.clone())
    };
    assert_eq!(draft(&elsewhere).await.unwrap_err().code(), Code::NotFound);
    let first = draft(&clerk).await.unwrap();
    assert_eq!((first.state(), first.channel()), (DisputeState::Draft, Channel::LawyerDuty));
    assert_eq!(draft(&clerk).await.unwrap().case_id, first.case_id, "one record, one draft");
    let body = one.body.clone().unwrap();
    assert_eq!(
        (first.subject.as_str(), first.claims.as_str()),
        (body.subject.as_str(), body.claims.as_str())
    );
    assert_eq!(first.parties.len(), body.parties.len());
    assert_eq!(first.parties[0].name, body.parties[0].name);
    let (listed, _) = records(&clerk, 0, "").await;
    assert_eq!(listed[1].case_id, first.case_id);
    assert_eq!(listed[0].case_id, "");

    // The record goes on its way as it is.
    let file = FileDisputeRequest {
        case_id: first.case_id.clone(),
        etag: first.version,
        channel: Channel::LawyerDuty.into(),
        body: Some(body),
        // Whatever is sent back, who has advised has advised.
        record: Some(ChannelRecord { adviser: String::new(), ..first.record.clone().unwrap() }),
        ..filing("from-advice")
    };
    let filed = ask!(clerk, Thread::default(), IntakeServiceClient::file_dispute, file).unwrap();
    assert_eq!((filed.case_id.as_str(), filed.state()), (first.case_id.as_str(), DisputeState::Submitted));
    assert_eq!(filed.record.as_ref().map(|record| record.adviser.as_str()), Some("lawyer-1"));
    assert_eq!(draft(&clerk).await.unwrap().case_id, first.case_id, "also when it is a draft no more");
    world.close().await;
}
