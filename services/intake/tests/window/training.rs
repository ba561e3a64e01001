//! Suggestions, and their corrections: who may make them, what is kept, what of it is in clear, and who may read it.

use access::Role;
use contracts::intake::v1 as proto;
use contracts::intake::v1::intake_service_server::IntakeService;
use contracts::lexicon::v1::{self as words, PartyRole};
use sea_orm::ConnectionTrait;
use tonic::{Code, Status};

use crate::stage::{
    Person, Stage, bad_fields, body, claimant, clerk, filing, person, person_of, reason, respondent,
};

fn correction(case_id: &str, labels: &[&str], cause_code: &str) -> proto::CorrectSuggestionRequest {
    proto::CorrectSuggestionRequest {
        case_id: case_id.to_owned(),
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        cause_code: cause_code.to_owned(),
    }
}

async fn correct(
    stage: &Stage,
    who: &Person,
    message: proto::CorrectSuggestionRequest,
) -> Result<proto::TrainingRow, Status> {
    stage
        .door
        .correct_suggestion(who.ask("CorrectSuggestion", message))
        .await
        .map(tonic::Response::into_inner)
}

async fn page(
    stage: &Stage,
    who: &Person,
    page_size: i32,
    page_token: &str,
) -> Result<proto::ListTrainingRowsResponse, Status> {
    let message = proto::ListTrainingRowsRequest { page_size, page_token: page_token.to_owned() };
    stage.door.list_training_rows(who.ask("ListTrainingRows", message)).await.map(tonic::Response::into_inner)
}

fn operator() -> Person {
    person("operator-1", "centre", Role::Operator)
}

#[tokio::test]
async fn what_a_clerk_says_is_kept_sealed_and_without_persons() {
    let stage = Stage::new().await;
    let mut told = filing("r-1");
    let body = told.body.as_mut().unwrap();
    body.text = "欧阳示甲请示乙装饰有限公司铺地板，尾款50000元，电话13912345678，一直拖着。".into();
    let dispute = stage.door.file_dispute(clerk().ask("FileDispute", told)).await.unwrap().into_inner();
    let case = dispute.case_id.as_str();
    let row = correct(&stage, &clerk(), correction(case, &["contract", "consumer"], "")).await.unwrap();
    assert_eq!(row.text, "装修款\n某某请某某铺地板，尾款50000元，电话某号，一直拖着。");
    assert_eq!(
        (row.labels.as_slice(), row.cause_code.as_str()),
        (&["contract".into(), "consumer".into()][..], "")
    );

    // The same again is already so; a cause adds to the category.
    let again = correct(&stage, &clerk(), correction(case, &["contract", "consumer"], "")).await.unwrap();
    assert_eq!(again, row);
    let both = correct(&stage, &clerk(), correction(case, &[], "120.7")).await.unwrap();
    assert_eq!((both.labels, both.cause_code.as_str()), (row.labels, "120.7"));
    assert_eq!(stage.count("SELECT count(*) FROM training_row").await, 1);
    assert_eq!(stage.count("SELECT version FROM training_row").await, 2);

    // The dispute did not move, and nobody was told.
    assert_eq!(stage.said(case).await, ["DisputeFiled"]);
    let bytes = stage.memory.bytes().await;
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("CorrectSuggestion"), "the search itself works");
    for secret in ["地板", "某某请", "120.7", "示甲"] {
        assert!(!holds(secret), "{secret} is in clear");
    }
}

#[tokio::test]
async fn an_acceptance_under_another_cause_is_a_correction() {
    let stage = Stage::new().await;
    let dispute = stage.filed("r-1").await;
    let ask = proto::SuggestCausesRequest { text: dispute.text.clone(), subject: dispute.subject.clone() };
    let suggested = stage.door.suggest_causes(clerk().ask("SuggestCauses", ask)).await.unwrap().into_inner();
    let first = suggested.causes[0].code.clone();
    assert_ne!(first, "108.3");
    let accept = |case_id: &str, cause_code: &str| {
        let message = proto::AcceptDisputeRequest {
            case_id: case_id.to_owned(),
            cause_code: cause_code.to_owned(),
            ..Default::default()
        };
        clerk().ask("AcceptDispute", message)
    };
    stage.door.accept_dispute(accept(&dispute.case_id, &first)).await.unwrap();
    assert_eq!(stage.count("SELECT count(*) FROM training_row").await, 0, "as suggested teaches nothing");
    let other = stage.filed("r-2").await;
    correct(&stage, &clerk(), correction(&other.case_id, &["contract"], "")).await.unwrap();
    stage.door.accept_dispute(accept(&other.case_id, "108.3")).await.unwrap();
    stage.door.accept_dispute(accept(&other.case_id, "108.3")).await.unwrap();
    let rows = page(&stage, &operator(), 0, "").await.unwrap().rows;
    let said: Vec<_> = rows.iter().map(|row| (row.labels.as_slice(), row.cause_code.as_str())).collect();
    assert_eq!(said, [(&["contract".to_owned()][..], "108.3")]);
    assert_eq!(rows[0].case_id, other.case_id);
}

#[tokio::test]
async fn rows_go_page_by_page_to_the_operator_of_the_centre_and_leave_a_trace() {
    let stage = Stage::new().await;
    let mut cases = vec![];
    for n in 0..5 {
        let dispute = stage.filed(&format!("r-{n}")).await;
        correct(&stage, &clerk(), correction(&dispute.case_id, &["consumer"], "")).await.unwrap();
        cases.push(dispute.case_id);
    }
    let audits = stage.count("SELECT count(*) FROM audit").await;
    let (mut seen, mut token) = (vec![], String::new());
    loop {
        let answer = page(&stage, &operator(), 2, &token).await.unwrap();
        seen.extend(answer.rows.into_iter().map(|row| row.case_id));
        token = answer.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, cases, "oldest first, none twice");
    assert_eq!(stage.count("SELECT count(*) FROM audit").await, audits + 3);
    let elsewhere = person_of("440100", "operator-1", "centre", Role::Operator);
    assert!(page(&stage, &elsewhere, 0, "").await.unwrap().rows.is_empty());
    assert_eq!(
        bad_fields(&page(&stage, &operator(), 101, "x").await.unwrap_err()),
        ["page_size RANGE", "page_token MALFORMED"]
    );
    // Only the window that took the case in corrects it.
    let foreign = person("clerk-2", "window-2", Role::Clerk);
    let told = correct(&stage, &foreign, correction(&cases[0], &["labour"], "")).await.unwrap_err();
    assert_eq!(told.code(), Code::NotFound);
}

#[tokio::test]
async fn who_becomes_a_party_later_is_taken_out_too() {
    let stage = Stage::new().await;
    let story = "邻居李四和示丙借钱不还，李四的电话是0760 8881。";
    let save = proto::SaveDraftRequest {
        request_id: "s-1".into(),
        channel: proto::Channel::Window.into(),
        body: Some(proto::DisputeBody { text: story.into(), ..Default::default() }),
        ..Default::default()
    };
    let draft = stage.door.save_draft(clerk().ask("SaveDraft", save)).await.unwrap().into_inner();
    let case = draft.case_id.as_str();
    let row = correct(&stage, &clerk(), correction(case, &["loan_debt"], "")).await.unwrap();
    assert!(row.text.contains("李四"), "nobody is a party yet");

    let party =
        |name: &str, role: PartyRole| words::Party { name: name.into(), role: role.into(), ..respondent() };
    let body = proto::DisputeBody {
        text: story.into(),
        parties: vec![claimant(), party("李四", PartyRole::Respondent)],
        ..body()
    };
    let file = proto::FileDisputeRequest {
        case_id: case.into(),
        etag: draft.version,
        body: Some(body),
        ..filing("r-1")
    };
    let filed = stage.door.file_dispute(clerk().ask("FileDispute", file)).await.unwrap().into_inner();
    let text = page(&stage, &operator(), 0, "").await.unwrap().rows.remove(0).text;
    assert_eq!(text, "邻居某某和示丙借钱不还，某某的电话是某号。");

    let amend = proto::AmendPartyRequest {
        case_id: case.into(),
        party: Some(party("示丙", PartyRole::ThirdParty)),
        etag: filed.version,
        ..Default::default()
    };
    stage.door.amend_party(clerk().ask("AmendParty", amend)).await.unwrap();
    let rows = page(&stage, &operator(), 0, "").await.unwrap().rows;
    assert_eq!(rows[0].text, "邻居某某和某某借钱不还，某某的电话是某号。");
}

#[tokio::test]
async fn what_a_clerk_takes_back_is_taught_no_longer() {
    let stage = Stage::new().await;
    let dispute = stage.filed("r-1").await;
    let ask = proto::SuggestCausesRequest { text: dispute.text.clone(), subject: dispute.subject.clone() };
    let suggested = stage.door.suggest_causes(clerk().ask("SuggestCauses", ask)).await.unwrap().into_inner();
    let first = suggested.causes[0].code.clone();
    assert_ne!(first, "108.3");
    correct(&stage, &clerk(), correction(&dispute.case_id, &["contract"], "108.3")).await.unwrap();
    let accept = proto::AcceptDisputeRequest {
        case_id: dispute.case_id.clone(),
        cause_code: first.clone(),
        ..Default::default()
    };
    stage.door.accept_dispute(clerk().ask("AcceptDispute", accept)).await.unwrap();
    let rows = page(&stage, &operator(), 0, "").await.unwrap().rows;
    assert_eq!((rows[0].cause_code.as_str(), rows[0].labels.len()), (first.as_str(), 1));
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_left_out_and_counted() {
    let stage = Stage::new().await;
    let mut cases = vec![];
    for n in 0..3 {
        let dispute = stage.filed(&format!("r-{n}")).await;
        correct(&stage, &clerk(), correction(&dispute.case_id, &["consumer"], "")).await.unwrap();
        cases.push(dispute.case_id);
    }
    // The first row holds the second one's words, which are sealed for another place.
    let one =
        |offset: u32| format!("SELECT case_id FROM training_row ORDER BY case_id LIMIT 1 OFFSET {offset}");
    let db = stage.memory.owner("intake").await;
    let swap = format!(
        "UPDATE training_row SET sealed = (SELECT other.sealed FROM training_row other WHERE other.case_id = ({})) \
         WHERE case_id = ({})",
        one(1),
        one(0)
    );
    db.execute_unprepared(&swap).await.unwrap();
    db.close().await.unwrap();
    let first = page(&stage, &operator(), 1, "").await.unwrap();
    assert_eq!((first.rows.len(), first.left_out_count), (0, 1));
    let rest = page(&stage, &operator(), 50, &first.next_page_token).await.unwrap();
    let seen: Vec<String> = rest.rows.into_iter().map(|row| row.case_id).collect();
    assert_eq!((seen.as_slice(), rest.left_out_count), (&cases[1..], 0));
}

#[tokio::test]
async fn bad_corrections_are_refused_with_every_fault() {
    let stage = Stage::new().await;
    let told = correct(&stage, &clerk(), proto::CorrectSuggestionRequest::default()).await.unwrap_err();
    assert_eq!(bad_fields(&told), ["case_id REQUIRED", "labels REQUIRED"]);
    let dispute = stage.filed("r-1").await;
    let many = ["labour", "loan", "contract", "consumer"];
    let told = correct(&stage, &clerk(), correction(&dispute.case_id, &many, "9999")).await.unwrap_err();
    assert_eq!(bad_fields(&told), ["cause_code UNKNOWN_CODE", "labels TOO_MANY", "labels[1] UNKNOWN_CODE"]);
    let save = proto::SaveDraftRequest {
        request_id: "s".into(),
        channel: proto::Channel::Window.into(),
        ..Default::default()
    };
    let draft = stage.door.save_draft(clerk().ask("SaveDraft", save)).await.unwrap().into_inner();
    let told = correct(&stage, &clerk(), correction(&draft.case_id, &["labour"], "")).await.unwrap_err();
    assert_eq!((told.code(), reason(&told).as_str()), (Code::FailedPrecondition, "NOTHING_TOLD"));
}

#[tokio::test]
async fn a_persons_words_point_somewhere() {
    let stage = Stage::new().await;
    let ask = |text: &str| {
        let message = proto::SuggestCausesRequest { text: text.into(), subject: String::new() };
        let request = clerk().ask("SuggestCauses", message);
        async { stage.door.suggest_causes(request).await.unwrap().into_inner() }
    };
    let loan = ask("我借给朋友五万元，有借条，到期一直不还，想要他还本金和利息。").await;
    assert_eq!(loan.disposition(), proto::Disposition::Mediable);
    assert_eq!((loan.categories[0].label.as_str(), loan.causes[0].code.as_str()), ("loan_debt", "108.3"));
    assert!(!loan.categories[0].words.is_empty());
    let fraud = ask("我被电信诈骗骗了三万元，对方冒充公安局让我转账到安全账户。").await;
    assert_eq!(fraud.disposition(), proto::Disposition::NotForAMediator);
    assert_eq!(fraud.refuse_ground, "R06");
    assert!(!fraud.redirect.is_empty());
    assert!(!ask("你好").await.question.is_empty());
}

#[tokio::test]
async fn a_row_goes_so_many_days_after_its_last_correction() {
    let stage = Stage::new().await;
    let mut cases = vec![];
    for n in 0..3 {
        let dispute = stage.filed(&format!("r-{n}")).await;
        correct(&stage, &clerk(), correction(&dispute.case_id, &["consumer"], "")).await.unwrap();
        cases.push(dispute.case_id);
    }
    stage.clock.advance(chrono::Duration::days(300));
    // Corrected once more: its time begins anew.
    correct(&stage, &clerk(), correction(&cases[1], &["contract"], "")).await.unwrap();
    let audits = stage.count("SELECT count(*) FROM audit").await;
    let gone = async |days: i64| {
        let before = stage.clock.now() - chrono::Duration::days(days);
        stage.store.forget_training_rows(before).await.unwrap()
    };
    assert_eq!(gone(300).await, 0, "not before their time");
    stage.clock.advance(chrono::Duration::days(66));
    assert_eq!(gone(365).await, 2);
    let rows = page(&stage, &operator(), 0, "").await.unwrap().rows;
    assert_eq!(rows.into_iter().map(|row| row.case_id).collect::<Vec<_>>(), [cases[1].clone()]);
    let told = "SELECT count(*) FROM audit WHERE method = 'intake.training'";
    assert_eq!((stage.count(told).await, gone(365).await), (1, 0));
    assert_eq!(stage.count("SELECT count(*) FROM audit").await, audits + 2);
}
